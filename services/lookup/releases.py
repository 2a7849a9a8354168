"""What is loaded, and which release answers for a date of service."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Self, TypeVar

from services.lookup.codes.model import System
from services.runtime.errors import Kind, Refusal, invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Load(ABC):
    """One load of one source, as its indices keep it in their `_meta`.

    `edition` is what the publisher calls it, `codes` how many codes it has something for, `origin` where that was read,
    `content` a digest of it.
    `previous` names the indices of the load that this one replaced, which a rollback returns to.
    """

    edition: str
    codes: int
    loaded_at: datetime
    origin: str
    content: str
    previous: tuple[str, ...] = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """What is loaded, for people: of the loads of one name, one serves."""

    @property
    @abstractmethod
    def indices(self) -> tuple[str, ...]:
        """The names of the indices that hold it, in the order of the aliases of its source."""

    def to_meta(self) -> dict[str, Any]:
        """Return the load in JSON values."""
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(self).items()}

    @classmethod
    def from_meta(cls, meta: Mapping[str, Any]) -> Self:
        """Read a load from the `_meta` of an index."""
        return cls(**{**meta, **cls._typed(meta)})

    @classmethod
    def _typed(cls, meta: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that are more than their JSON values."""
        return {"loaded_at": datetime.fromisoformat(meta["loaded_at"]), "previous": tuple(meta["previous"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedLoad(Load):
    """A load that answers for the dates of service from `effective_from` to `effective_to`, both included."""

    effective_from: date
    effective_to: date

    def covers(self, day: date) -> bool:
        """Whether it answers for a date of service."""
        return self.effective_from <= day <= self.effective_to

    @classmethod
    def _typed(cls, meta: Mapping[str, Any]) -> dict[str, Any]:
        bounds = {field: date.fromisoformat(meta[field]) for field in ("effective_from", "effective_to")}
        # Named: slots make another class of this one than the one `super` without arguments sees.
        return super(DatedLoad, cls)._typed(meta) | bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(DatedLoad):
    """One loaded edition of one code system, in an index to search and an index to fetch from by id."""

    system: System
    billable_codes: int
    codes_index: str
    book_index: str

    @property
    def name(self) -> str:
        """The system and the edition: editions of a system serve side by side, each on its dates."""
        return f"{self.system} {self.edition}"

    @property
    def indices(self) -> tuple[str, ...]:
        """The names of the two indices."""
        return (self.codes_index, self.book_index)

    @classmethod
    def _typed(cls, meta: Mapping[str, Any]) -> dict[str, Any]:
        return super(Release, cls)._typed(meta) | {"system": System(meta["system"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionLoad(Load):
    """The collection of common-language descriptions that serves. `samples`: those that ship along."""

    samples: bool
    index: str

    @property
    def name(self) -> str:
        """One collection serves at a time, whatever its edition."""
        return "descriptions"

    @property
    def indices(self) -> tuple[str, ...]:
        """The name of the index."""
        return (self.index,)


D = TypeVar("D", bound=DatedLoad)


def pick(loaded: Sequence[D], effective_on: date | None, today: date) -> tuple[D, bool] | None:
    """Return the load that answers for a date of service, and whether it covers it; None when there is none.

    Of loads that overlap, the first wins. Without a date, today's answers, else the first that has begun.
    """
    day = effective_on or today
    for load in loaded:
        if load.covers(day):
            return load, True
    if effective_on is None:
        for load in loaded:
            if load.effective_from <= today:
                return load, False
    return None


@dataclass(frozen=True, slots=True)
class ReleaseChoice:
    """The release that answers, and whether it covers the date that was asked for."""

    release: Release
    in_force: bool


def bound(day: date | None) -> str:
    """Return a date of a range; empty where there is no bound."""
    return "" if day in (None, date.min, date.max) else day.isoformat()


def today() -> date:
    """Return the date of today, UTC."""
    return datetime.now(UTC).date()


def parse_effective_on(text: str) -> date | None:
    """Return the date of service that a request names, None when it names none."""
    if not text:
        return None
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.isoformat() != text:
        raise invalid("effective_on", "expected a date as YYYY-MM-DD")
    return parsed


class Registry:
    """The releases that are loaded and serving."""

    def __init__(self, releases: Iterable[Release] = ()) -> None:
        self.releases = sorted(releases, key=lambda r: (r.effective_from, r.loaded_at), reverse=True)
        self.releases.sort(key=lambda r: list(System).index(r.system))

    def systems(self) -> list[System]:
        """Return the systems that have a release."""
        return list(dict.fromkeys(release.system for release in self.releases))

    def of(self, systems: Iterable[System]) -> list[Release]:
        """Return the releases of some systems, all for none named, newest first within each system."""
        wanted = set(systems)
        return [release for release in self.releases if not wanted or release.system in wanted]

    def choose(self, system: System, effective_on: date | None, today: date) -> ReleaseChoice:
        """Return the release that answers for a date of service.

        When releases overlap, the one that begins later wins. Without a date, today's release answers, else the
        newest that has begun. Refuses when there is none.
        """
        loaded = self.of([system])
        picked = pick(loaded, effective_on, today)
        if picked:
            return ReleaseChoice(*picked)
        raise none_in_force(system, effective_on or today, loaded)


def nothing_loaded() -> Refusal:
    """Refuse because no release of any system is loaded."""
    return _refused("no release of any code system is loaded", {})


def none_in_force(system: System, day: date, loaded: Sequence[Release] = ()) -> Refusal:
    """Refuse because none of the loaded releases of a system is in force."""
    metadata = {"system": system.value, "effective_on": day.isoformat()}
    if not loaded:
        return _refused(f"no release of {system.display_name} is loaded", metadata)
    ranges = [(one.edition, one.effective_from.isoformat(), one.effective_to.isoformat()) for one in reversed(loaded)]
    editions = ", ".join(f"{edition} ({first} to {last})" for edition, first, last in ranges)
    # Intervals as ISO 8601 writes them.
    metadata["loaded"] = " ".join(f"{first}/{last}" for _, first, last in ranges)
    return _refused(
        f"no release of {system.display_name} is in force on {day.isoformat()}; loaded: {editions}", metadata
    )


def _refused(message: str, metadata: dict[str, str]) -> Refusal:
    return Refusal(Kind.PRECONDITION, "NO_RELEASE_IN_FORCE", message, metadata=metadata)
