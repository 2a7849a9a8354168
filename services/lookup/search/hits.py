"""Hits as they are told: with what matched, by category, and counted by facets."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.lookup.answers import Facet, FacetValue, Hit
from services.lookup.codes.model import System
from services.lookup.codes.record import EntryLine
from services.lookup.opened import OpenRelease
from services.lookup.search.blocks import Block
from services.lookup.search.ranking import Ranked, highlights

# The codes of a category that come with its best.
_MOST_MORE = 4

# Returns the lines of some codes of a release within seconds, None for those that there are not.
Lines = Callable[[OpenRelease, Sequence[str], float], Awaitable[Mapping[str, EntryLine | None]]]


@dataclass(frozen=True, slots=True)
class Match:
    """A ranked code of a system; `release` is None for one that is known by its number alone."""

    ranked: Ranked
    system: System
    release: OpenRelease | None = None


def by_category(matches: Iterable[Match]) -> list[list[Match]]:
    """Return the matches by their category, in the order of the best of each."""
    groups: dict[tuple[System, str], list[Match]] = {}
    for match in matches:
        candidate = match.ranked.candidate
        groups.setdefault((match.system, candidate.category or candidate.line.code), []).append(match)
    return list(groups.values())


async def grouped(groups: Sequence[Sequence[Match]], lines_of: Lines, timeout: float) -> list[Hit]:
    """Return the best hit of each group, with its category and the next ones."""
    wanted: dict[System, tuple[OpenRelease, list[str]]] = {}
    for match, *_ in groups:
        if match.release and match.ranked.candidate.category:
            wanted.setdefault(match.system, (match.release, []))[1].append(match.ranked.candidate.category)
    found = await asyncio.gather(*(lines_of(release, codes, timeout) for release, codes in wanted.values()))
    lines = dict(zip(wanted, found, strict=True))
    return [
        replace(
            hit(match),
            category=lines.get(match.system, {}).get(match.ranked.candidate.category),
            category_hits=1 + len(others),
            more=tuple(map(hit, others[:_MOST_MORE])),
        )
        for match, *others in groups
    ]


def hit(match: Match) -> Hit:
    """Return a match with what of it matched."""
    line, form, stems = match.ranked.candidate.line, match.ranked.candidate.form, match.ranked.stems
    matched = "" if form.text == line.title else form.text
    return Hit(
        match.system,
        line,
        form.kind,
        highlights(line.title, stems),
        matched,
        highlights(matched, stems),
        form.source,
    )


def facets(blocks: Sequence[Block], releases: Sequence[OpenRelease]) -> tuple[Facet, ...]:
    """Return the matches of all blocks counted by chapter and by billable."""
    labels = {
        "chapter": {code: title for release in releases for code, title in release.outline.chapter_titles.items()},
        "billable": {"true": "Billable", "false": "Not billable"},
    }
    counted = []
    for field, label_of in labels.items():
        counts: dict[str, int] = {}
        for block in blocks:
            for value, count in (block.counts or {}).get(field, {}).items():
                counts[value] = counts.get(value, 0) + count
        by_count = sorted(counts.items(), key=lambda pair: -pair[1])
        counted.append(Facet(field, tuple(FacetValue(value, label_of.get(value, value), n) for value, n in by_count)))
    return tuple(counted)
