"""Add-on codes against their primary codes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from services.lookup.edits.check import Finding, FindingKind, Sourced, Verdict, listed
from services.lookup.edits.claim import Line, by_code, numbers
from services.lookup.edits.model import AddOn, AddOnHistory


def check_add_ons(lines: Sequence[Line], rules: Mapping[str, Sourced[AddOnHistory]], day: date) -> Iterator[Finding]:
    """Check the add-on codes of one date of service: each needs a primary code beside it.

    NCCI Policy Manual, Chapter I, Section W: of type 1 CMS lists all primary codes, of type 2 contractors define them,
    of type 3 they may add to the list.
    """
    codes = by_code(lines)
    missing = rules[lines[0].code].missing
    if missing:
        yield Finding(FindingKind.ADD_ON, Verdict.NO_DATA, missing, numbers(lines), tuple(codes), "")
        return
    for code in codes:
        found = rules[code]
        add_on = found.value.on(day) if found.value else None
        if add_on and add_on.type:
            primaries = tuple(one for one in add_on.primaries if one in codes and one != code)
            about = numbers(line for line in lines if line.code == code or line.code in primaries)
            verdict, message = _judged(add_on, primaries)
            yield Finding(FindingKind.ADD_ON, verdict, message, about, (code, *primaries), found.source)


def _judged(add_on: AddOn, primaries: Sequence[str]) -> tuple[Verdict, str]:
    is_add_on = f"{add_on.code} is an add-on code (type {add_on.type})"
    if primaries:
        return Verdict.PASS, f"{is_add_on}, and its primary code {listed(primaries)} is on the claim."
    if add_on.contractor_defined:
        return Verdict.NO_DATA, f"{is_add_on}; the contractor says which codes it may be added to."
    return Verdict.FAIL, f"{is_add_on} and needs a primary code of the same date, such as {listed(add_on.primaries)}."
