"""Which editions are loaded, and for which date of service each source is asked."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.lookup.v1 import lookup_pb2_grpc

from services.assistant.question import Dates, System

_KEPT_SECONDS = 10.0
_SYSTEM_NAMES = {
    lookup.CODE_SYSTEM_ICD10CM: "ICD-10-CM",
    lookup.CODE_SYSTEM_ICD10PCS: "ICD-10-PCS",
    lookup.CODE_SYSTEM_HCPCS: "HCPCS",
    lookup.CODE_SYSTEM_CPT: "CPT",
    lookup.CODE_SYSTEM_ICD9CM: "ICD-9-CM",
}


def system_name(system: System) -> str:
    """Return the name of a code system as the field writes it."""
    return _SYSTEM_NAMES[system]


@dataclass(frozen=True, slots=True)
class Edition:
    """One loaded edition as it is cited, with the dates of service it answers for."""

    name: str
    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Whether it answers for a date of service."""
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.name} ({_span(self.first, self.last)})"


@dataclass(frozen=True, slots=True)
class Dated:
    """The date of service that is asked for, and the edition that answers; None when none that is loaded covers it.

    `named`: the question named the date. `today`: the date is today's. `loaded` are all editions of the source.
    `reading` says how the date was read, where that is not plain.
    `instead_of` is the edition of the date, where one that was loaded without its book is answered for by another.
    """

    on: date
    edition: Edition | None
    named: bool
    today: bool
    loaded: tuple[Edition, ...]
    reading: str = ""
    instead_of: Edition | None = None

    def of(self, edition: Edition) -> "Dated":
        """Return the last date of another edition of the source."""
        return replace(self, on=edition.last, edition=edition, named=True)

    def lent_by(self, edition: Edition) -> "Dated":
        """Return the first date of a later edition, which has the book that the one of the date was loaded without."""
        return replace(self, on=edition.first, edition=edition, instead_of=self.edition)

    @property
    def iso(self) -> str:
        """The date as requests take it."""
        return self.on.isoformat()

    @property
    def remark(self) -> str:
        """Sentences that say which date and which edition answer; empty when nobody could think of another."""
        if self.instead_of and self.edition:
            return (
                f"{self.instead_of.name}, the release for that date, was loaded without its tabular list, which has "
                f"the chapters and the notes: these are of {self.edition}, the next one of its year that has them."
                f"{self.reading and ' '}{self.reading}"
            )
        if self.edition is None or self.named or self.today:
            return self.reading
        return (
            f"No edition is loaded for today and no other date of service was named: this is as of {self.iso}, "
            f"the last date of {self.edition.name}."
        )

    @property
    def missing(self) -> str:
        """A sentence that says why nothing is known, with what is loaded."""
        if not self.loaded:
            return "No edition of this source is loaded."
        missing = f"No loaded edition covers {self.iso}. Loaded: {'; '.join(map(str, self.loaded))}."
        return f"{self.reading} {missing}".strip()


class Series:
    """The loaded editions of one source, newest first."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.editions = tuple(sorted(editions, key=lambda one: (one.last, one.first), reverse=True))

    def on(self, dates: Dates | None, today: date) -> Dated:
        """Return which date to ask for.

        Of a month, quarter or year that a question names, the last day that an edition covers. When it names none, or
        today, that is today, or else the last day of the newest edition that has begun.
        """
        if dates is None or dates.first == dates.last == today:
            edition = self._covering(today, today)
            if edition:
                return Dated(today, edition, False, True, self.editions)
            begun = next((one for one in self.editions if one.first <= today), None)
            return Dated(begun.last if begun else today, begun, False, begun is None, self.editions)
        edition = self._covering(dates.first, dates.last)
        day = min(edition.last, dates.last) if edition else dates.first
        return Dated(day, edition, True, day == today, self.editions, dates.reading)

    def _covering(self, first: date, last: date) -> Edition | None:
        return next((one for one in self.editions if one.first <= last and first <= one.last), None)


class Editions:
    """What lookup has loaded, asked again every few seconds."""

    def __init__(self, stub: "lookup_pb2_grpc.LookupServiceAsyncStub") -> None:
        self._stub = stub
        self._read_at = float("-inf")
        self._systems: dict[System, Series] = {}
        self._sources: dict[lookup.FactSource.ValueType, Series] = {}

    async def refresh(self) -> None:
        """Ask lookup again, unless that was done a moment ago."""
        if time.monotonic() - self._read_at < _KEPT_SECONDS:
            return
        answer = await self._stub.ListReleases(lookup.ListReleasesRequest())
        systems: dict[System, list[Edition]] = {}
        for release in answer.releases:
            name = f"{system_name(release.system)} {release.edition}"
            systems.setdefault(release.system, []).append(_edition(name, release))
        sources: dict[lookup.FactSource.ValueType, list[Edition]] = {}
        for source in answer.sources:
            sources.setdefault(source.source, []).append(_edition(source.name, source))
        self._systems = {system: Series(found) for system, found in systems.items()}
        self._sources = {source: Series(found) for source, found in sources.items()}
        self._read_at = time.monotonic()

    def of_system(self, system: System) -> Series:
        """Return the releases of a code system."""
        return self._systems.get(system, _NOTHING)

    def of_source(self, source: "lookup.FactSource.ValueType") -> Series:
        """Return the editions of a source of facts."""
        return self._sources.get(source, _NOTHING)

    def all(self) -> list[Edition]:
        """Return every loaded edition, those of code systems first."""
        series = [*self._systems.values(), *self._sources.values()]
        return [edition for one in series for edition in one.editions]


_NOTHING = Series(())


def _edition(name: str, release: lookup.Release | lookup.SourceRelease) -> Edition:
    return Edition(
        name,
        date.fromisoformat(release.effective_from) if release.effective_from else date.min,
        date.fromisoformat(release.effective_to) if release.effective_to else date.max,
    )


def _span(first: date, last: date) -> str:
    since = "" if first == date.min else first.isoformat()
    until = "" if last == date.max else last.isoformat()
    if since and until:
        return f"{since} to {until}"
    return f"from {since}" if since else f"until {until}" if until else "no bounds"
