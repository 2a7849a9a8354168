"""Which editions of the sources of facts are loaded, and which of them answers for a date of service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.lookup.facts.source import Source
from services.lookup.releases import Load, pick


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLoad(Load):
    """One loaded edition of one source of facts, in an index to fetch from by id.

    `rows` is how many records its files held, `left_out` how many of them were not taken, by the reason.
    """

    source: Source
    effective_from: date
    effective_to: date
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

    def covers(self, day: date) -> bool:
        """Whether the edition answers for a date of service."""
        return self.effective_from <= day <= self.effective_to

    @classmethod
    def from_meta(cls, meta: Mapping[str, Any]) -> "FactLoad":
        """Read a load from the `_meta` of its index."""
        typed = {
            "source": Source(meta["source"]),
            "effective_from": date.fromisoformat(meta["effective_from"]),
            "effective_to": date.fromisoformat(meta["effective_to"]),
            "loaded_at": datetime.fromisoformat(meta["loaded_at"]),
            "previous": tuple(meta["previous"]),
        }
        return cls(**{**meta, **typed})


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
