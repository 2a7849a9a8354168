"""What a part of a page says of the source it follows from."""

from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web import editions


class Stated(NamedTuple):
    """A source in words.

    `name` is the source and its edition, empty when none is loaded; `dates` are those it answers for. `warning` is
    empty unless the edition does not cover the date of service; `gap` says why there is nothing, if there is not.
    """

    name: str
    dates: str
    warning: str
    gap: str


NOTHING = "The edition has nothing for this code."


def stated(status: lookup.SourceStatus, nothing: str = NOTHING) -> Stated:
    """Return a source in words; `nothing` is what is said when it has nothing for the code."""
    if not status.HasField("release"):
        return Stated("", "", "", status.missing or "The source is not loaded: nothing is known.")
    release = status.release
    gap = nothing if status.availability == lookup.AVAILABILITY_NONE else ""
    return Stated(release.name, dates(release.effective_from, release.effective_to), _warning(release), gap)


def dates(first: str, last: str) -> str:
    """Return a range of dates in words, either end of which may be open; empty when both are."""
    if first and last:
        return f"{editions.short_day(first)} to {editions.short_day(last)}"
    if first:
        return f"from {editions.short_day(first)}"
    return f"until {editions.short_day(last)}" if last else ""


def _warning(release: lookup.SourceRelease) -> str:
    if release.in_force:
        return ""
    valid = dates(release.effective_from, release.effective_to)
    return f"{release.name} is for dates of service {valid}: the edition for the date asked for is not loaded."
