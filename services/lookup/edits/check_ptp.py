"""Procedures of one date against the procedure-to-procedure edits."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from typing import NamedTuple

from services.lookup.edits.check import Finding, FindingKind, Sourced, Verdict, listed
from services.lookup.edits.claim import Line, by_code, numbers
from services.lookup.edits.model import NCCI_ASSOCIATED, ModifierIndicator, PtpEdit, PtpEdits

_ANATOMIC = frozenset(modifier for modifier in NCCI_ASSOCIATED if modifier[0] in "EFTLR")


class PairVerdict(NamedTuple):
    """What two procedures of one date come to: the edit between them, and the modifiers that bypass it."""

    verdict: Verdict
    edit: PtpEdit | None = None
    bypassed_by: tuple[str, ...] = ()


def pair_verdict(first: Line, second: Line, edits: Mapping[str, PtpEdits], day: date) -> PairVerdict:
    """Return what two lines of a date of service come to; `edits` by code are those in which it is column 1."""
    edit = edit_between(first.code, second.code, edits, day)
    if edit is None:
        return PairVerdict(Verdict.PASS)
    bypassed_by = bypassing(edit, first.modifiers, second.modifiers)
    return PairVerdict(_verdict(bypassed_by), edit, bypassed_by)


def edit_between(first: str, second: str, edits: Mapping[str, PtpEdits], day: date) -> PtpEdit | None:
    """Return the edit in force between two codes, whichever is column 1; the stricter should there be two."""
    if first == second:
        return None
    found = None
    for column1, column2 in ((first, second), (second, first)):
        of_code = edits.get(column1)
        edit = of_code.with_code(column2, day) if of_code else None
        if edit and (found is None or (edit.indicator, edit.column1) < (found.indicator, found.column1)):
            found = edit
    return found


def bypassing(edit: PtpEdit, first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    """Return the modifiers of two lines that bypass the edit between them.

    An edit of indicator 1 is bypassed by an NCCI-associated modifier on either line (NCCI Policy Manual, Chapter I,
    Section E; for 59 and X{EPSU} CMS Change Request 11168). An anatomic modifier tells sites apart: one that stands on
    both lines does not, they are of the same site. Whether a line takes its modifier is a finding of its own.
    """
    if edit.indicator is not ModifierIndicator.ALLOWED:
        return ()
    same_site = _ANATOMIC.intersection(first).intersection(second)
    associated = (one for one in (*first, *second) if one in NCCI_ASSOCIATED and one not in same_site)
    return tuple(sorted(set(associated)))


def check_ptp(lines: Sequence[Line], edits: Mapping[str, Sourced[PtpEdits]], day: date) -> Iterator[Finding]:
    """Check the lines of one date of service: a finding for each pair of codes with an edit, one for all others.

    Of a pair of codes that stands on several lines those that fail and those that are bypassed are told apart.
    """
    of_code = by_code(lines)
    if len(of_code) == 1:
        return
    source, missing = edits[lines[0].code].source, edits[lines[0].code].missing
    if missing:
        yield Finding(FindingKind.PTP, Verdict.NO_DATA, missing, numbers(lines), tuple(of_code), "")
        return
    column1 = {code: one.value for code, one in edits.items() if one.value}
    pairs = list(combinations(of_code, 2))
    without_edit = 0
    for first, second in pairs:
        edit = edit_between(first, second, column1, day)
        if edit is None:
            without_edit += 1
        else:
            yield from _of_edit(edit, of_code[first], of_code[second], source)
    if without_edit:
        message = f"{_pairs(without_edit, len(pairs))} of {day}: no edit in force."
        yield Finding(FindingKind.PTP, Verdict.PASS, message, numbers(lines), tuple(of_code), source)


def _verdict(bypassed_by: Sequence[str]) -> Verdict:
    return Verdict.BYPASSED if bypassed_by else Verdict.FAIL


def _of_edit(edit: PtpEdit, first: Sequence[Line], second: Sequence[Line], source: str) -> Iterator[Finding]:
    """Yield what an edit comes to on the lines of its two codes."""
    about: dict[Verdict, set[int]] = {}
    modifiers: set[str] = set()
    for one, other in product(first, second):
        bypassed_by = bypassing(edit, one.modifiers, other.modifiers)
        about.setdefault(_verdict(bypassed_by), set()).update((one.number, other.number))
        modifiers.update(bypassed_by)
    beside = f"{edit.column2} (column 2) is not paid beside {edit.column1} (column 1)"
    if edit.indicator is ModifierIndicator.NOT_ALLOWED:
        failed = f"{beside}; no modifier bypasses the edit (indicator 0)."
    else:
        failed = f"{beside} unless an NCCI-associated modifier tells the services apart (indicator 1)."
    bypassed = f"{beside}, but {listed(sorted(modifiers))} bypasses the edit (indicator 1), if the record supports it."
    for verdict, message in ((Verdict.FAIL, failed), (Verdict.BYPASSED, bypassed)):
        if verdict in about:
            lines, codes = tuple(sorted(about[verdict])), (edit.column1, edit.column2)
            bypassed_by = tuple(sorted(modifiers)) if verdict is Verdict.BYPASSED else ()
            yield Finding(FindingKind.PTP, verdict, message, lines, codes, source, ptp=edit, bypassed_by=bypassed_by)


def _pairs(some: int, every: int) -> str:
    if some == every:
        return "The pair of codes" if every == 1 else f"All {every} pairs of codes"
    return f"{some} of {every} pairs of codes"
