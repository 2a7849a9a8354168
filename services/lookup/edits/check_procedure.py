"""Procedure codes against the releases of their systems."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from services.lookup.codes.record import EntryLine
from services.lookup.edits.check import Finding, FindingKind, Sourced, Verdict, listed
from services.lookup.edits.claim import Line, by_code, numbers


def check_procedures(
    lines: Sequence[Line], book: Mapping[str, Sourced[EntryLine]], known_by: Mapping[str, str], day: date
) -> Iterator[Finding]:
    """Check the codes of one date of service; those that are right share a finding.

    `known_by` says of a code which source has something for it: where the release of its system is not loaded, that is
    enough to know the number.
    """
    alike: dict[tuple[Verdict, str, str], list[str]] = {}
    for code, of_one in by_code(lines).items():
        found = book[code]
        if found.missing and (source := known_by.get(code)):
            known = f"known by number alone. {found.missing}"
            alike.setdefault((Verdict.PASS, known, source), []).append(code)
        elif found.missing:
            unknown = f"nothing is known of the number. {found.missing}"
            alike.setdefault((Verdict.NO_DATA, unknown, ""), []).append(code)
        elif wrong := _wrong(code, found, day):
            yield Finding(FindingKind.PROCEDURE, Verdict.FAIL, wrong, numbers(of_one), (code,), found.source)
        else:
            alike.setdefault((Verdict.PASS, f"valid on {day}.", found.source), []).append(code)
    for (verdict, said, source), codes in alike.items():
        about = numbers(line for line in lines if line.code in codes)
        yield Finding(FindingKind.PROCEDURE, verdict, f"{listed(codes)}: {said}", about, tuple(codes), source)


def _wrong(code: str, found: Sourced[EntryLine], day: date) -> str:
    """Return what is wrong with a code, empty when nothing is."""
    entry = found.value
    if entry is None:
        return f"{code} is not in {found.source}, in force on {day}."
    if entry.effective_from and day < entry.effective_from:
        return f"{code} is valid from {entry.effective_from} on, not yet on {day}."
    if entry.effective_to and entry.effective_to < day:
        return f"{code} was valid until {entry.effective_to}, not on {day}."
    return "" if entry.billable else f"{code} is not valid for submission."
