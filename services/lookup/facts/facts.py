"""What the loaded sources say of codes: from what a replica keeps, else from their indices, in one fetch."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from cachetools import LRUCache

from services.lookup.facts.kinds import Answers, FactKind, Found, Want
from services.lookup.facts.registry import FactLoad, FactRegistry
from services.lookup.store import Store


class Facts:
    """Reads facts, and keeps those read lately in about `cache_bytes`; that there is none is kept as well."""

    def __init__(self, store: Store, cache_bytes: int, today: Callable[[], date]) -> None:
        self._store = store
        self._today = today
        self._kept: LRUCache[tuple[str, str], _Kept] = LRUCache(cache_bytes, getsizeof=_Kept.weigh)
        self.registry = FactRegistry()

    def use(self, loads: Iterable[FactLoad]) -> None:
        """Answer from these editions; what is kept of others fades away."""
        self.registry = FactRegistry(loads)

    async def of(self, wants: Iterable[Want], effective_on: date | None, timeout: float) -> Answers:
        """Return what is known of each want on a date of service, today for none."""
        registry, today = self.registry, self._today()
        asked = {(want.kind.source, want.id): want.kind for want in wants}
        choices = {source: registry.choose(source, effective_on, today) for source, _ in asked}
        places = {key: (choice.load.index, key[1]) for key in asked if (choice := choices[key[0]])}
        kept = {place: self._kept.get(place) for place in places.values()}
        missing = [place for place, one in kept.items() if one is None]
        if missing:
            sources = await self._store.fetch_each(missing, timeout)
            kinds = {places[key]: kind for key, kind in asked.items() if key in places}
            for place, source in zip(missing, sources, strict=True):
                kept[place] = self._kept[place] = _Kept.of(kinds[place], place[1], source)
        facts = {key: one.fact for key, place in places.items() if (one := kept[place])}
        return Answers(
            {key: Found(key[0], choices[key[0]], tuple(registry.of(key[0])), facts.get(key)) for key in asked}
        )


class _Kept(NamedTuple):
    fact: Any
    weight: int

    @classmethod
    def of(cls, kind: FactKind[Any], id: str, source: Mapping[str, Any] | None) -> "_Kept":
        if source is None:
            return cls(None, 300)
        return cls(kind.read(id, source["facts"]), 600 + 3 * len(str(source)))

    def weigh(self) -> int:
        return self.weight
