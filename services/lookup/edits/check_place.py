"""Places of service against their list."""

from collections.abc import Iterator, Mapping, Sequence

from services.lookup.codes.place import Place
from services.lookup.edits.check import Finding, FindingKind, Sourced, Verdict
from services.lookup.edits.claim import Line, numbers


def check_places(lines: Sequence[Line], places: Mapping[str, Sourced[Place]]) -> Iterator[Finding]:
    """Check the places of the lines of one date of service, a finding for each place."""
    for code in dict.fromkeys(line.place for line in lines if line.place):
        found = places[code]
        if found.missing:
            verdict, message = Verdict.NO_DATA, found.missing
        elif found.value is None:
            verdict, message = Verdict.FAIL, f"{code} is no place of service."
        else:
            verdict, message = Verdict.PASS, f"Place of service {code}: {found.value.name}."
        about = numbers(line for line in lines if line.place == code)
        yield Finding(FindingKind.PLACE_OF_SERVICE, verdict, message, about, (), found.source)
