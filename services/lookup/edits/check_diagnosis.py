"""Diagnosis codes against the release of ICD-10-CM and its guidelines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.lookup.codes.history import Action, Event
from services.lookup.codes.model import Level
from services.lookup.codes.record import EntryLine, Record
from services.lookup.edits.check import Finding, FindingKind, Sourced, Verdict, listed
from services.lookup.edits.claim import Claim


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis of a claim as the book has it; `ancestors` chapter first."""

    record: Record
    ancestors: tuple[Record, ...]

    @property
    def code(self) -> str:
        """The code in display form."""
        return self.record.line.code

    @property
    def printed(self) -> bool:
        """Whether the tabular list is loaded: the order file alone has neither its chapters nor its notes."""
        return self.upwards[-1].line.level is not Level.CODE

    @property
    def upwards(self) -> list[Record]:
        """The code, then what stands above it, nearest first."""
        return [self.record, *reversed(self.ancestors)]


def check_diagnoses(
    claim: Claim, book: Mapping[str, Sourced[Diagnosis]], history: Mapping[str, Sequence[Event]]
) -> Iterator[Finding]:
    """Check the diagnoses of a claim; those that are right share a finding.

    `history` has what happened, newest first, to codes that the book has not.
    """
    if not claim.diagnoses:
        return
    codes = tuple(dict.fromkeys(claim.diagnoses))
    source, missing = book[codes[0]].source, book[codes[0]].missing
    if missing:
        yield Finding(FindingKind.DIAGNOSIS, Verdict.NO_DATA, missing, claim.lines_for(*codes), codes, "")
        return
    right = []
    for code in codes:
        found = book[code].value
        if found is None:
            message = f"{code} is not in {source}, in force on {claim.day}.{_happened(history.get(code, ()))}"
            yield Finding(FindingKind.DIAGNOSIS, Verdict.FAIL, message, claim.lines_for(code), (code,), source)
        elif not found.record.line.billable:
            yield Finding(
                FindingKind.DIAGNOSIS, Verdict.FAIL, _header(found.record), claim.lines_for(code), (code,), source
            )
        else:
            right.append(code)
        if claim.diagnoses.count(code) > 1:
            message = f"{code} is reported more than once; a code is reported once (Guidelines, section I.B.12)."
            yield Finding(FindingKind.DIAGNOSIS, Verdict.FAIL, message, claim.lines_for(code), (code,), source)
    if right:
        message = f"{listed(right)}: valid for submission on {claim.day}."
        yield Finding(FindingKind.DIAGNOSIS, Verdict.PASS, message, claim.lines_for(*right), tuple(right), source)


def _header(record: Record) -> str:
    example = _example(record.children)
    return f"{record.line.code} is not valid for submission: more characters are needed{example}."


def _example(children: Sequence[EntryLine]) -> str:
    for child in sorted(children, key=lambda one: not one.billable):
        if child.level is Level.CODE:
            return f", such as {child.code}{'' if child.billable else '-'}"
    return ""


def _happened(events: Sequence[Event]) -> str:
    """Return what became of a code that is gone."""
    for event in events:
        if event.replaced_by:
            return f" It was replaced by {listed(event.replaced_by)} on {event.effective_from} ({event.source})."
    for event in events:
        if event.action in (Action.DELETED, Action.ADDED):
            return f" It was {event.action} on {event.effective_from} ({event.source})."
    return ""
