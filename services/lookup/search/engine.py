"""Search in the open releases: from the request to a page of ranked hits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from cachetools import LRUCache

from services.lookup import paging
from services.lookup.answers import Facet, FacetValue, Hit, MatchKind, Reading, SearchAnswer
from services.lookup.codes import notation
from services.lookup.codes.model import System
from services.lookup.codes.record import EntryLine
from services.lookup.index import queries
from services.lookup.index.documents import read_candidate
from services.lookup.index.queries import COUNTED_EXACTLY, Cut, Filters
from services.lookup.opened import OpenRelease
from services.lookup.releases import Release
from services.lookup.search.forms import Form
from services.lookup.search.popularity import Popularity
from services.lookup.search.query import WordQuery, understand
from services.lookup.search.ranking import CODE_SCORE, Candidate, Preference, Ranked, highlights, rank
from services.lookup.search.request import SearchRequest, checked_query
from services.lookup.search.vocabulary import Vocabulary
from services.runtime.errors import invalid

_PAGE_SIZE = 20
_MOST_PAGE_SIZE = 100

# How many candidates are fetched and ranked together; pages beyond come from the next block of as many.
_BLOCK = 200
_BLOCK_AS_TYPED = 50
# Elasticsearch gives no more of one answer.
_DEEPEST = 10_000

# The share of a query that a form has to match, and those that are enough when hardly any does.
_SHARES = (0.65, 0.3, 0.12)
_TOO_FEW = 10

# The codes of a category that come with its best.
_MOST_MORE = 4

# The cache of blocks is bounded by the codes it holds, about 500 bytes each.
_CACHED_CODES = 20_000


class Found(Protocol):
    """The answer of the index."""

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The documents, in order."""

    @property
    def aggregations(self) -> Mapping[str, Any]:
        """The counts by fields."""


class Index(Protocol):
    """Where codes are searched."""

    async def search(self, index: str, body: Mapping[str, Any], timeout: float) -> Found:
        """Search an index."""


# Returns the lines of some codes of a release within seconds, None for those that there are not.
Lines = Callable[[OpenRelease, Sequence[str], float], Awaitable[Mapping[str, EntryLine | None]]]


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of the matches of one release, ranked."""

    ranked: list[Ranked]
    total: int = 0
    counts: Mapping[str, Mapping[str, int]] | None = None
    corrected: str = ""
    suggestions: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of each release: a checked request without its page. `only_codes`: no codes by their words."""

    text: str
    filters: Filters
    as_typed: bool
    block: int
    only_codes: bool

    @property
    def cut(self) -> Cut:
        """The stretch of the matches that the block is."""
        size = _BLOCK_AS_TYPED if self.as_typed else _BLOCK
        return Cut(self.block * size, size, facets=not self.as_typed)


@dataclass(frozen=True, slots=True)
class _Match:
    """A ranked code of a system; `release` is None for one that is known by its number alone."""

    ranked: Ranked
    system: System
    release: OpenRelease | None = None


class Engine:
    """Searches. Recent answers are kept: many people type the same beginnings."""

    def __init__(self, index: Index, lines: Lines, vocabulary: Vocabulary) -> None:
        self._index = index
        self._lines = lines
        self._vocabulary = vocabulary
        self.popularity = Popularity()
        self._blocks: LRUCache[tuple[str, _Question], _Block] = LRUCache(
            _CACHED_CODES, getsizeof=lambda block: 1 + len(block.ranked)
        )

    def forget(self) -> None:
        """Drop the kept answers."""
        self._blocks.clear()

    async def search(
        self,
        request: SearchRequest,
        releases: Sequence[OpenRelease],
        by_number: Sequence[tuple[System, EntryLine]],
        day: date,
        timeout: float,
    ) -> SearchAnswer:
        """Answer a request from the releases that were chosen for it, for a date of service.

        `by_number` are codes that the query writes and that no release has; with them, words of the query are not
        looked for.
        """
        text = checked_query(request.query)
        filters = Filters(_checked_chapters(request.chapters, releases), request.billable)
        size = paging.page_size(request.page_size, _PAGE_SIZE, _MOST_PAGE_SIZE)
        indices = [one.choice.release.codes_index for one in releases]
        preference = Preference(day, request.prefer_billable)
        bound_to = [text, filters, request.as_typed, request.by_category, preference, indices, *by_number]
        block, start = divmod(paging.decode(request.page_token, bound_to), _DEEPEST)
        question = _Question(text, filters, request.as_typed, block, only_codes=bool(by_number))
        if question.cut.start >= _DEEPEST:
            raise paging.refused_token()

        blocks = await asyncio.gather(*(self._block(one, question, timeout) for one in releases))
        merged = [
            _Match(ranked, one.choice.release.system, one)
            for one, found in zip(releases, blocks, strict=True)
            for ranked in found.ranked
        ]
        merged.sort(key=lambda match: preference.key(match.ranked, self._popularity(match)))
        if not question.block:
            merged = [*(_Match(_by_code(line), system) for system, line in by_number), *merged]
        if request.by_category:
            groups = _by_category(merged)
            hits = await self._grouped(groups[start : start + size], timeout)
            following = start + size if start + size < len(groups) else 0
        else:
            hits = [_hit(match) for match in merged[start : start + size]]
            following = _following(question, blocks, start + size, len(merged))
        best = min(blocks, key=lambda found: (bool(found.corrected), -found.total), default=_Block([]))
        total = sum(found.total for found in blocks) + len(by_number)
        return SearchAnswer(
            hits=tuple(hits),
            total=min(total, COUNTED_EXACTLY),
            total_is_lower_bound=total > COUNTED_EXACTLY,
            next_page_token=paging.encode(following, bound_to) if following else "",
            facets=() if request.as_typed else _facets(blocks, releases),
            did_you_mean=best.suggestions,
            corrected_query=best.corrected,
            readings=best.readings,
            releases=tuple(one.choice for one in releases),
        )

    def _popularity(self, match: _Match) -> float:
        return self.popularity.share(match.system, match.ranked.candidate.line.code)

    async def _grouped(self, groups: Sequence[Sequence[_Match]], timeout: float) -> list[Hit]:
        """Return the best hit of each group, with its category and the next ones."""
        wanted: dict[str, tuple[OpenRelease, list[str]]] = {}
        for first, *_ in groups:
            if first.release and first.ranked.candidate.category:
                release = first.release
                _, codes = wanted.setdefault(release.choice.release.book_index, (release, []))
                codes.append(first.ranked.candidate.category)
        found = await asyncio.gather(*(self._lines(release, codes, timeout) for release, codes in wanted.values()))
        lines = {(index, code): line for index, of in zip(wanted, found, strict=True) for code, line in of.items()}
        hits = []
        for first, *others in groups:
            index = first.release.choice.release.book_index if first.release else ""
            category = lines.get((index, first.ranked.candidate.category))
            more = tuple(map(_hit, others[:_MOST_MORE]))
            hits.append(replace(_hit(first), category=category, category_hits=1 + len(others), more=more))
        return hits

    async def _block(self, release: OpenRelease, question: _Question, timeout: float) -> _Block:
        key = (release.choice.release.codes_index, question)
        block = self._blocks.get(key)
        if block is None:
            self._blocks[key] = block = await self._found(release, question, timeout)
        return block

    async def _found(self, release: OpenRelease, question: _Question, timeout: float) -> _Block:
        block = await self._by_notation(release, question, timeout)
        if question.only_codes:
            return block or _Block([])
        block = block or await self._by_words(release, question, timeout)
        prefix = notation.code_prefix(release.choice.release.system, question.text)
        if prefix and not block.total and not question.as_typed:
            return replace(block, suggestions=await self._nearest(release.choice.release, prefix, timeout))
        return block

    async def _nearest(self, release: Release, code: str, timeout: float) -> tuple[str, ...]:
        """Return the code of the book that comes nearest to one that it does not have, from above."""
        above = notation.possible_ancestors(release.system, code)
        found = await self._index.search(release.codes_index, queries.lowest_of(above), timeout) if above else None
        return tuple(read_candidate(source).line.code for source in found.sources) if found else ()

    async def _by_notation(self, release: OpenRelease, question: _Question, timeout: float) -> _Block | None:
        """Answer a query that writes a code, the beginning of one or a range, None when it writes or finds none."""
        system, index = release.choice.release.system, release.choice.release.codes_index
        if codes := notation.parse_range(system, question.text):
            ends = (await self._index.search(index, queries.bounds(codes), timeout)).aggregations
            if ends["first"]["value"] is None:
                return _Block([])
            body = queries.by_order(
                int(ends["first"]["value"]), int(ends["last"]["value"]), question.filters, question.cut
            )
        elif prefix := notation.code_prefix(system, question.text):
            body = queries.by_prefix(prefix, question.filters, question.cut)
        else:
            return None
        found = await self._index.search(index, body, timeout)
        # Without its dot a code may still be a word, as B12 is.
        if not found.sources and "." not in question.text:
            return None
        candidates = map(read_candidate, found.sources)
        return _block(found, [_by_code(candidate.line, candidate.category) for candidate in candidates])

    async def _by_words(self, release: OpenRelease, question: _Question, timeout: float) -> _Block:
        understood = understand(question.text, release.lexicon, self._vocabulary, question.as_typed)
        if not understood.variants:
            return _Block([], suggestions=understood.suggestions)
        index = release.choice.release.codes_index
        for share in _SHARES:
            body = queries.by_words(understood.variants, share, question.filters, question.cut)
            found = await self._index.search(index, body, timeout)
            if _total(found) >= _TOO_FEW:
                break
        ranked = rank(map(read_candidate, found.sources), understood, release.lexicon)
        return _block(found, ranked, understood)


def _checked_chapters(chapters: Sequence[str], releases: Sequence[OpenRelease]) -> tuple[str, ...]:
    for chapter in chapters:
        if not any(chapter in release.outline.chapter_titles for release in releases):
            raise invalid("chapters", f"there is no chapter {chapter[:20]!r}")
    return tuple(sorted(set(chapters)))


def _by_code(line: EntryLine, category: str = "") -> Ranked:
    return Ranked(Candidate(line, category, Form(MatchKind.CODE, "", ())), CODE_SCORE, frozenset())


def _by_category(matches: Iterable[_Match]) -> list[list[_Match]]:
    """Return the matches by their category, in the order of the best of each."""
    groups: dict[tuple[System, str], list[_Match]] = {}
    for match in matches:
        candidate = match.ranked.candidate
        groups.setdefault((match.system, candidate.category or candidate.line.code), []).append(match)
    return list(groups.values())


def _total(found: Found) -> int:
    return int(found.aggregations["codes"]["value"])


def _block(found: Found, ranked: list[Ranked], understood: WordQuery | None = None) -> _Block:
    counted = {field: values["buckets"] for field, values in found.aggregations.items() if "buckets" in values}
    return _Block(
        ranked,
        _total(found),
        {
            field: {str(bucket.get("key_as_string", bucket["key"])): bucket["codes"]["value"] for bucket in buckets}
            for field, buckets in counted.items()
        },
        understood.corrected if understood else "",
        understood.suggestions if understood else (),
        understood.readings if understood else (),
    )


def _following(question: _Question, blocks: Sequence[_Block], end: int, length: int) -> int:
    """Return the position after `end` of the block of `length` hits, 0 when there is nothing more."""
    if end < length:
        return question.block * _DEEPEST + end
    next_start = (question.block + 1) * question.cut.size
    more = next_start < min(max((found.total for found in blocks), default=0), _DEEPEST)
    return (question.block + 1) * _DEEPEST if more else 0


def _hit(match: _Match) -> Hit:
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


def _facets(blocks: Sequence[_Block], releases: Sequence[OpenRelease]) -> tuple[Facet, ...]:
    labels = {
        "chapter": {code: title for release in releases for code, title in release.outline.chapter_titles.items()},
        "billable": {"true": "Billable", "false": "Not billable"},
    }
    facets = []
    for field, label_of in labels.items():
        counts: dict[str, int] = {}
        for block in blocks:
            for value, count in (block.counts or {}).get(field, {}).items():
                counts[value] = counts.get(value, 0) + count
        by_count = sorted(counts.items(), key=lambda pair: -pair[1])
        facets.append(Facet(field, tuple(FacetValue(value, label_of.get(value, value), n) for value, n in by_count)))
    return tuple(facets)
