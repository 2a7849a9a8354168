"""Releases as readers see them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.web.addresses import BOOKS, Book


class Edition(NamedTuple):
    """A release in words. `warning` is empty unless the edition does not cover the date that was asked for."""

    name: str
    starts: str
    ends: str
    codes: str
    billable_codes: str
    loaded: str
    origin: str
    status: str
    warning: str

    @property
    def dates(self) -> str:
        """The dates of service it is valid for."""
        return f"{self.starts} to {self.ends}"

    @property
    def validity(self) -> str:
        """What the edition is for."""
        return f"valid for dates of service {self.dates}"


class Shelf(NamedTuple):
    """The editions of one code system, newest first, and a warning when none is in force today."""

    book: Book
    editions: list[Edition]
    warning: str


def edition(release: lookup.Release) -> Edition:
    """Return a release in words."""
    book = BOOKS[release.system]
    ends = day(release.effective_to)
    return Edition(
        name=f"{book.name} {release.edition}",
        starts=day(release.effective_from),
        ends=ends,
        codes=f"{release.codes:,}",
        billable_codes=f"{release.billable_codes:,}",
        loaded=moment(release.loaded_at),
        origin=release.origin,
        status=standing(release.in_force, release.effective_from),
        warning=""
        if release.in_force
        else f"{book.name} {release.edition} was valid until {ends}. "
        "The edition for today is not loaded: check a code before you submit it.",
    )


def shelves(releases: Iterable[lookup.Release]) -> list[Shelf]:
    """Return the releases by code system, in the order they come."""
    found = []
    for system, group in groupby(releases, key=lambda release: release.system):
        editions = [edition(release) for release in group]
        begun = [e for e in editions if e.status != "not begun"]
        current = any(e.status == "in force" for e in editions)
        found.append(Shelf(BOOKS[system], editions, "" if current or not begun else begun[0].warning))
    return found


def standing(in_force: bool, effective_from: str) -> str:
    """Return whether an edition is in force today, in words; the first date is empty where there is no bound."""
    if in_force:
        return "in force"
    return "ended" if effective_from <= datetime.now(UTC).date().isoformat() else "not begun"


def day(iso: str) -> str:
    """Return a date for people: 30 September 2026."""
    value = date.fromisoformat(iso)
    return f"{value.day} {value:%B} {value.year}"


@lru_cache(maxsize=4096)
def short_day(iso: str) -> str:
    """Return a date for a table: 30 Sep 2026."""
    value = date.fromisoformat(iso)
    return f"{value.day} {value:%b} {value.year}"


def moment(timestamp: Timestamp) -> str:
    """Return a point in time for people: 30 September 2026, 14:05 UTC."""
    value = timestamp.ToDatetime()
    return f"{day(value.date().isoformat())}, {value:%H:%M} UTC"
