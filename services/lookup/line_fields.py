"""What the fields of a service line may hold beside its code: modifiers and places of service."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.lookup.codes.modifier import Modifier
from services.lookup.codes.place import Place
from services.lookup.facts.kinds import Found, Want
from services.lookup.index.modifiers import MODIFIER_CPT, MODIFIER_HCPCS
from services.lookup.index.places import ALL_PLACES, PLACES
from services.lookup.releases import parse_effective_on
from services.lookup.serving import Serving

# All documents of a list of modifiers, at most as many as two characters can name.
_ALL_MODIFIERS = {"query": {"match_all": {}}, "size": 36 * 36}


@dataclass(frozen=True, slots=True)
class ModifierList:
    """The modifiers of one source, and what was asked, with one of them."""

    found: Found[Any]
    modifiers: tuple[Modifier, ...]


class LineFields:
    """Lists modifiers and places of service as of a date of service, today for none."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def places(self, effective_on: str, timeout: float) -> Found[tuple[Place, ...]]:
        """Return the places of service."""
        day = parse_effective_on(effective_on)
        want = Want(PLACES, ALL_PLACES)

        async def answer() -> Found[tuple[Place, ...]]:
            return (await self._serving.facts.of([want], day, timeout)).get(PLACES, ALL_PLACES)

        return await self._serving.with_current_indices(answer, timeout)

    async def modifiers(self, effective_on: str, timeout: float) -> Sequence[ModifierList]:
        """Return the modifiers of HCPCS Level II, then those of CPT."""
        day = parse_effective_on(effective_on)

        async def answer() -> Sequence[ModifierList]:
            search = self._serving.facts.search
            searched = await asyncio.gather(
                *(search(kind, _ALL_MODIFIERS, day, timeout) for kind in (MODIFIER_HCPCS, MODIFIER_CPT))
            )
            return [_list(found, [modifier for modifier, _ in scored]) for found, scored in searched]

        return await self._serving.with_current_indices(answer, timeout)


def _list(found: Found[Modifier], modifiers: Sequence[Modifier]) -> ModifierList:
    return ModifierList(Found(found.source, found.choice, found.loaded, next(iter(modifiers), None)), tuple(modifiers))
