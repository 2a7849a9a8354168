"""Modifiers and places of service as messages of the contract."""

from collections.abc import Sequence

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.modifier import Modifier
from services.lookup.codes.place import Place
from services.lookup.edits.model import NCCI_ASSOCIATED
from services.lookup.facts.kinds import Found
from services.lookup.line_fields import ModifierList
from services.lookup.messages.sources import SOURCES, status
from services.lookup.releases import bound


def places(found: Found[tuple[Place, ...]]) -> pb.ListPlacesOfServiceResponse:
    """Return the places of service by code."""
    return pb.ListPlacesOfServiceResponse(
        status=status(found),
        places=[
            pb.PlaceOfService(code=one.code, name=one.name, description=one.description, facility=one.facility)
            for one in sorted(found.fact or (), key=lambda one: one.code)
        ],
    )


def modifiers(lists: Sequence[ModifierList]) -> pb.ListModifiersResponse:
    """Return the modifiers by their characters; one of two lists as the first has it."""
    listed = {modifier: pb.Modifier(modifier=modifier) for modifier in NCCI_ASSOCIATED}
    for of_source in reversed(lists):
        listed |= {one.modifier: _modifier(one, SOURCES[of_source.found.source]) for one in of_source.modifiers}
    for one in listed.values():
        one.ncci_associated = one.modifier in NCCI_ASSOCIATED
    return pb.ListModifiersResponse(
        statuses=[status(of_source.found) for of_source in lists],
        modifiers=[listed[modifier] for modifier in sorted(listed)],
    )


def _modifier(one: Modifier, source: pb.FactSource.ValueType) -> pb.Modifier:
    return pb.Modifier(
        modifier=one.modifier,
        title=one.title,
        effective_from=bound(one.effective_from),
        effective_to=bound(one.effective_to),
        source=source,
    )
