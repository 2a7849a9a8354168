"""What the loaded sources say of codes: from what a replica keeps, else from their indices, in one fetch."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

import orjson
from cachetools import LRUCache

from services.lookup import metrics
from services.lookup.facts.kinds import Answers, FactKind, Found, Want
from services.lookup.facts.registry import FactChoice, FactLoad, FactRegistry
from services.lookup.store import Store

T = TypeVar("T")


class Facts:
    """Reads facts, and keeps those read lately in about `cache_bytes`; that there is none is kept as well."""

    def __init__(self, store: Store, cache_bytes: int, today: Callable[[], date]) -> None:
        self._store = store
        self._today = today
        self._kept: LRUCache[_Place, _Kept] = LRUCache(cache_bytes, getsizeof=_Kept.weigh)
        self.registry = FactRegistry()

    def use(self, loads: Iterable[FactLoad]) -> None:
        """Answer from these editions; what is kept of others fades away."""
        self.registry = FactRegistry(loads)

    async def of(
        self, wants: Iterable[Want], effective_on: date | None, timeout: float, every: Iterable[Want] = ()
    ) -> Answers:
        """Return what is known of each want on a date of service, today for none, in at most one fetch.

        Of the wants in `every`, all editions are asked.
        """
        registry, day = self.registry, effective_on or self._today()
        chosen = {want: registry.choose(want.kind.source, effective_on, self._today()) for want in dict.fromkeys(wants)}
        all_of = {
            want: [FactChoice(load, load.covers(day)) for load in registry.of(want.kind.source)]
            for want in dict.fromkeys(every)
        }
        asked = [(want, choice) for want, choice in chosen.items() if choice]
        asked += [(want, choice) for want, choices in all_of.items() for choice in choices]
        kept = await self._kept_or_fetched({_Place.of(want, choice): want.kind for want, choice in asked}, timeout)

        def found(want: Want, choice: FactChoice | None) -> Found[Any]:
            fact = kept[_Place.of(want, choice)].fact if choice else None
            return Found(want.kind.source, choice, tuple(registry.of(want.kind.source)), fact)

        return Answers(
            {want: found(want, choice) for want, choice in chosen.items()},
            {want: [found(want, choice) for choice in choices] for want, choices in all_of.items()},
        )

    async def search(
        self, kind: FactKind[T], body: Mapping[str, Any], effective_on: date | None, timeout: float
    ) -> tuple[Found[T], list[tuple[T, float]]]:
        """Search the edition of a source on a date of service, today for none: what was asked, and scored facts."""
        choice = self.registry.choose(kind.source, effective_on, self._today())
        found: Found[T] = Found(kind.source, choice, tuple(self.registry.of(kind.source)), None)
        if choice is None:
            return found, []
        answer = await self._store.search(choice.load.index, body, timeout)
        hits = zip(answer.ids, answer.sources, answer.scores, strict=True)
        return found, [(kind.read(id, source["facts"]), score or 0.0) for id, source, score in hits]

    async def _kept_or_fetched(self, places: "Mapping[_Place, FactKind[Any]]", timeout: float) -> "dict[_Place, _Kept]":
        kept = {place: one for place in places if (one := self._kept.get(place))}
        missing = [place for place in places if place not in kept]
        if places:
            metrics.read("facts", hit=not missing)
        if missing:
            sources = await self._store.fetch_each(missing, timeout)
            for place, source in zip(missing, sources, strict=True):
                kept[place] = _Kept.of(places[place], place.id, source)
                if kept[place].weight <= self._kept.maxsize:
                    self._kept[place] = kept[place]
        return kept


class _Place(NamedTuple):
    """Where the document of a fact stands."""

    index_name: str
    id: str

    @classmethod
    def of(cls, want: Want, choice: FactChoice) -> "_Place":
        return cls(choice.load.index, want.id)


class _Kept(NamedTuple):
    """A fact, None that there is none, and about how many bytes it holds."""

    fact: Any
    weight: int

    @classmethod
    def of(cls, kind: FactKind[Any], id: str, source: Mapping[str, Any] | None) -> "_Kept":
        if source is None:
            return cls(None, 300)
        return cls(kind.read(id, source["facts"]), 600 + 3 * len(orjson.dumps(source)))

    def weigh(self) -> int:
        return self.weight
