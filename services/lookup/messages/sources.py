"""Sources of facts, and what they have, as messages of the contract."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.facts.kinds import Found
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source

SOURCES = {source: pb.FactSource.Value(f"FACT_SOURCE_{source.value.upper()}") for source in Source}


def release(choice: FactChoice) -> pb.SourceRelease:
    """Return an edition; whether it is in force is for the date that was asked for."""
    load = choice.load
    message = pb.SourceRelease(
        source=SOURCES[load.source],
        name=load.display_name,
        edition=load.edition,
        effective_from=bound(load.effective_from),
        effective_to=bound(load.effective_to),
        in_force=choice.in_force,
        codes=load.codes,
        rows=load.rows,
        left_out=dict(load.left_out),
        origin=load.origin,
    )
    message.loaded_at.FromDatetime(load.loaded_at)
    return message


def status(found: Found[Any], *others: Found[Any]) -> pb.SourceStatus:
    """Return what a source has for a code; `others` are more facts of the same source."""
    message = pb.SourceStatus(source=SOURCES[found.source])
    if found.choice is None:
        message.availability = pb.AVAILABILITY_NOT_LOADED
        message.missing = _missing(found.source, found.loaded)
        return message
    has_any = any(one.fact is not None for one in (found, *others))
    message.availability = pb.AVAILABILITY_AVAILABLE if has_any else pb.AVAILABILITY_NONE
    message.release.CopyFrom(release(found.choice))
    return message


def availability(statuses: Iterable[pb.SourceStatus]) -> pb.Availability.ValueType:
    """Return whether a section has content: no data of one source is not "none" of all."""
    all_of_them = {status.availability for status in statuses}
    for one in (pb.AVAILABILITY_AVAILABLE, pb.AVAILABILITY_NOT_LOADED):
        if one in all_of_them:
            return one
    return pb.AVAILABILITY_NONE


def cited(found: Found[Any]) -> str:
    """Return the source and the edition as answers cite them; empty when none is loaded."""
    return found.cited


def bound(day: date | None) -> str:
    """Return a date of a range; empty where there is no bound."""
    return "" if day in (None, date.min, date.max) else day.isoformat()


def _missing(source: Source, loaded: Iterable[FactLoad]) -> str:
    ranges = [f"{one.edition} ({_range(one)})" for one in loaded]
    if not ranges:
        return f"Not loaded: {source.display_name}."
    return f"No edition of {source.display_name} is loaded for this date; loaded: {', '.join(ranges)}."


def _range(load: FactLoad) -> str:
    first, last = bound(load.effective_from), bound(load.effective_to)
    if first and last:
        return f"{first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else "all dates"
