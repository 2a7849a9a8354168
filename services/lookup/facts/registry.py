"""Which editions of the sources of facts are loaded, and which of them answers for a date of service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.lookup.facts.source import Source
from services.lookup.releases import DatedLoad, bound, pick


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLoad(DatedLoad):
    """One loaded edition of one source of facts, in an index to fetch from by id.

    `rows` is how many records its files held, `left_out` how many of them were not taken, by the reason.
    """

    source: Source
    rows: int
    left_out: Mapping[str, int]
    documents: int
    index: str

    @property
    def name(self) -> str:
        """The source and the edition: editions of a source serve side by side, each on its dates."""
        return f"{self.source} {self.edition}"

    @property
    def display_name(self) -> str:
        """The source and the edition as answers cite them."""
        return f"{self.source.display_name} {self.edition}"

    @property
    def indices(self) -> tuple[str, ...]:
        """The name of the index."""
        return (self.index,)

    @property
    def dates(self) -> str:
        """The dates of service it answers for, for people."""
        first, last = bound(self.effective_from), bound(self.effective_to)
        if first and last:
            return f"{first} to {last}"
        return f"from {first}" if first else f"until {last}" if last else "all dates"

    @classmethod
    def _typed(cls, meta: Mapping[str, Any]) -> dict[str, Any]:
        return super(FactLoad, cls)._typed(meta) | {"source": Source(meta["source"])}


@dataclass(frozen=True, slots=True)
class FactChoice:
    """The edition that answers, and whether it covers the date that was asked for."""

    load: FactLoad
    in_force: bool


class FactRegistry:
    """The editions that are loaded and serving.

    Of editions that overlap the one that reaches further wins: a later edit file also corrects what was published
    before. Then the one that begins later.
    """

    def __init__(self, loads: Iterable[FactLoad] = ()) -> None:
        self.loads = sorted(loads, key=lambda one: (one.effective_to, one.effective_from, one.loaded_at), reverse=True)
        self.loads.sort(key=lambda one: list(Source).index(one.source))

    def of(self, source: Source) -> list[FactLoad]:
        """Return the editions of a source, the one that reaches furthest first."""
        return [load for load in self.loads if load.source is source]

    def choose(self, source: Source, effective_on: date | None, today: date) -> FactChoice | None:
        """Return the edition that answers for a date of service, None when there is none.

        Without a date, today's answers, else the newest that has begun.
        """
        picked = pick(self.of(source), effective_on, today)
        return FactChoice(*picked) if picked else None
