"""The documents of NCCI edits: procedure-to-procedure edits by code and column, units and add-on rules by code."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from services.lookup.edits.model import (
    AddOnHistory,
    AddOnWindow,
    AdjudicationIndicator,
    ModifierIndicator,
    Mue,
    PtpEdits,
    PtpTerms,
    Setting,
)
from services.lookup.edits.table import PtpTable
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import FactKind
from services.lookup.facts.source import Source

PTP_SOURCES = {
    Setting.PRACTITIONER: Source.PTP_PRACTITIONER,
    Setting.HOSPITAL: Source.PTP_HOSPITAL,
}
MUE_SOURCES = {
    Setting.PRACTITIONER: Source.MUE_PRACTITIONER,
    Setting.HOSPITAL: Source.MUE_HOSPITAL,
    Setting.DME: Source.MUE_DME,
}


def ptp_id(code: str, column: int) -> str:
    """Return the id of the document of the edits in which a code stands in a column."""
    return code if column == 1 else f"{code}-2"


class PtpDocuments:
    """The documents of a settled table: one for each code in column 1, then one for each in column 2."""

    def __init__(self, table: PtpTable) -> None:
        self._table = table
        self._keys = [(code, column) for column in (1, 2) for code in table.codes(column)]

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Document]:
        return ((ptp_id(*key), ptp_document(self._table.edits(*key))) for key in self._keys)


def ptp_document(edits: PtpEdits) -> dict[str, Any]:
    """Return the document of the edits of a code in a column: what they share is written once."""
    rationales: dict[str, int] = {}
    terms = [
        (
            one.effective_from.isoformat(),
            _written(one.effective_to),
            one.indicator.value,
            rationales.setdefault(one.rationale, len(rationales)),
        )
        for one in edits.terms
    ]
    return {"others": edits.others, "places": edits.places, "terms": terms, "rationales": list(rationales)}


def _read_ptp(column: int, id: str, values: Mapping[str, Any]) -> PtpEdits:
    """Read the document of the edits of a code in a column."""
    terms = tuple(
        PtpTerms(
            effective_from=date.fromisoformat(effective_from),
            effective_to=_read_date(effective_to),
            indicator=ModifierIndicator(indicator),
            rationale=values["rationales"][rationale],
        )
        for effective_from, effective_to, indicator, rationale in values["terms"]
    )
    return PtpEdits(id.removesuffix("-2"), column, values["others"], terms, tuple(values["places"]))


def mue_document(mue: Mue) -> dict[str, Any]:
    """Return the document of a medically unlikely edit, whose id is its code."""
    return {"value": mue.value, "mai": mue.adjudication_indicator.value, "rationale": mue.rationale}


def read_mue(id: str, values: Mapping[str, Any]) -> Mue:
    """Read the document of a medically unlikely edit."""
    return Mue(id, values["value"], AdjudicationIndicator(values["mai"]), values["rationale"])


def add_on_document(history: AddOnHistory) -> dict[str, Any]:
    """Return the document of the add-on rules of a code, whose id is the code."""
    return {"primaries": _window_values(history.primaries), "add_ons": _window_values(history.add_ons)}


def read_add_on(id: str, values: Mapping[str, Any]) -> AddOnHistory:
    """Read the document of the add-on rules of a code."""
    return AddOnHistory(id, _read_windows(values["primaries"]), _read_windows(values["add_ons"]))


# The edits of a code as column 1 are wanted by ptp_id(code, 1), those as column 2 by ptp_id(code, 2).
PTP1 = {setting: FactKind(source, partial(_read_ptp, 1)) for setting, source in PTP_SOURCES.items()}
PTP2 = {setting: FactKind(source, partial(_read_ptp, 2)) for setting, source in PTP_SOURCES.items()}
MUE = {setting: FactKind(source, read_mue) for setting, source in MUE_SOURCES.items()}
ADD_ON = FactKind(Source.ADD_ON_CODES, read_add_on)


def _window_values(windows: Sequence[AddOnWindow]) -> list[tuple[str, int, str, str]]:
    return [(one.code, one.type, _written(one.effective_from), _written(one.effective_to)) for one in windows]


def _read_windows(values: Sequence[Sequence[Any]]) -> tuple[AddOnWindow, ...]:
    return tuple(AddOnWindow(code, type, _read_date(first), _read_date(last)) for code, type, first, last in values)


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read_date(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
