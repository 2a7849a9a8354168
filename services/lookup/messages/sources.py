"""Sources of facts, and what they have, as messages of the contract."""

from collections.abc import Iterable
from typing import Any

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.facts.kinds import Found
from services.lookup.facts.registry import FactChoice
from services.lookup.facts.source import Source
from services.lookup.releases import bound

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
        message.missing = found.missing
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
