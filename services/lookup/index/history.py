"""The indices of addenda and of the conversion table: one document a code, fetched by its id from every edition."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.lookup.codes.history import Action, Change, Conversion, Conversions, Event, codes_in, events
from services.lookup.codes.model import System
from services.lookup.codes.notation import compact
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import Answers, FactKind, Want
from services.lookup.facts.source import Source


def addenda_documents(changes: Iterable[tuple[str, Change]]) -> list[Document]:
    """Return the documents of an addenda from its changes, each with its code."""
    of_code: dict[str, list[list[Any]]] = defaultdict(list)
    for code, change in changes:
        of_code[compact(code)].append(
            [
                change.action.value,
                change.effective_from.isoformat(),
                int(change.valid),
                change.title,
                change.short_title,
                change.earlier_title,
                change.earlier_short_title,
            ]
        )
    return [(code, {"changes": values}) for code, values in of_code.items()]


def read_changes(_: str, source: Mapping[str, Any]) -> tuple[Change, ...]:
    """Read the document of a code in an addenda."""
    return tuple(
        Change(Action(action), date.fromisoformat(day), bool(valid), *titles)
        for action, day, valid, *titles in source["changes"]
    )


def conversion_documents(conversions: Sequence[Conversion]) -> list[Document]:
    """Return the documents of a conversion table: of the new codes, and of those that were assigned before."""
    of_code: dict[str, dict[str, list[list[Any]]]] = defaultdict(lambda: {"came": [], "followed_by": []})
    for one in conversions:
        values = [one.code, one.effective_from.isoformat(), list(one.previous), one.assignment]
        of_code[compact(one.code)]["came"].append(values)
        for code in dict.fromkeys(code for span in one.previous for code in codes_in(span)):
            of_code[compact(code)]["followed_by"].append(values)
    return list(of_code.items())


def read_conversions(_: str, source: Mapping[str, Any]) -> Conversions:
    """Read the document of a code in a conversion table."""
    return Conversions(_conversions(source["came"]), _conversions(source["followed_by"]))


def _conversions(values: Iterable[Any]) -> tuple[Conversion, ...]:
    return tuple(
        Conversion(code, date.fromisoformat(day), tuple(previous), assignment)
        for code, day, previous, assignment in values
    )


ADDENDA: Mapping[System, FactKind[tuple[Change, ...]]] = {
    System.ICD10CM: FactKind(Source.ADDENDA_ICD10CM, read_changes),
    System.ICD10PCS: FactKind(Source.ADDENDA_ICD10PCS, read_changes),
}
CONVERSION: Mapping[System, FactKind[Conversions]] = {System.ICD10CM: FactKind(Source.CONVERSION, read_conversions)}


def wants(system: System, code: str) -> list[Want]:
    """Return what the history of a code is read from, in every edition: what happened stays true."""
    return [Want(kinds[system], compact(code)) for kinds in (ADDENDA, CONVERSION) if system in kinds]


def events_of(system: System, code: str, answers: Answers) -> list[Event]:
    """Return what happened to a code, newest first, from what `wants` asked every edition for."""
    addenda, table = ADDENDA.get(system), CONVERSION.get(system)
    changes = answers.every(addenda, compact(code)) if addenda else ()
    # Each table repeats all before it, corrected: the newest speaks.
    conversions = answers.every(table, compact(code))[:1] if table else ()
    return events(
        ((one.cited, one.fact) for one in changes if one.fact is not None),
        ((one.cited, one.fact) for one in conversions if one.fact is not None),
    )
