"""Editions of sources of facts as readers see them."""

from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.editions import moment, standing
from services.gateway.web.sections.sources import dates, stated


class SourceEdition(NamedTuple):
    """An edition in words. `dates` is empty where it is for all dates.

    `warning` is empty unless the edition does not cover the date that was asked for.
    """

    name: str
    dates: str
    status: str
    codes: str
    rows: str
    left_out: list[str]
    loaded: str
    origin: str
    warning: str

    @property
    def validity(self) -> str:
        """What the edition is for."""
        return f"for dates of service {self.dates}" if self.dates else "for all dates of service"


def source_edition(release: lookup.SourceRelease, warning: str = "") -> SourceEdition:
    """Return an edition in words."""
    return SourceEdition(
        name=release.name,
        dates=dates(release.effective_from, release.effective_to),
        status=standing(release.in_force, release.effective_from),
        codes=f"{release.codes:,}",
        rows=f"{release.rows:,}",
        left_out=[f"{count:,} {reason}" for reason, count in sorted(release.left_out.items())],
        loaded=moment(release.loaded_at),
        origin=release.origin,
        warning=warning,
    )


def source_editions(status: lookup.SourceStatus) -> list[SourceEdition]:
    """Return the edition that was asked, for the foot of a page; nothing when none is loaded for the date."""
    return [source_edition(status.release, stated(status).warning)] if status.HasField("release") else []
