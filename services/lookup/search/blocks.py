"""What of each open release matches a query, fetched in blocks and ranked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from cachetools import LRUCache

from services.lookup import metrics
from services.lookup.answers import MatchKind, Reading
from services.lookup.codes import notation
from services.lookup.codes.record import EntryLine
from services.lookup.index import queries
from services.lookup.index.documents import read_candidate
from services.lookup.index.queries import Cut, Filters
from services.lookup.opened import OpenRelease
from services.lookup.releases import Release
from services.lookup.search.forms import Form
from services.lookup.search.query import WordQuery, understand
from services.lookup.search.ranking import CODE_SCORE, Candidate, Ranked, rank
from services.lookup.search.vocabulary import Vocabulary

# How many candidates are fetched and ranked together; pages beyond come from the next block of as many.
_SIZE = 200
_SIZE_AS_TYPED = 50

# The share of a query that a form has to match, and those that are enough when hardly any of any release does.
_SHARES = (0.65, 0.3, 0.12)
_SHARES_AS_TYPED = (0.65, 0.12)
_TOO_FEW = 10

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


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the matches of one release, ranked."""

    ranked: list[Ranked]
    total: int = 0
    counts: Mapping[str, Mapping[str, int]] | None = None
    corrected: str = ""
    suggestions: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def by_code(self) -> bool:
        """Whether the query writes its codes."""
        return bool(self.ranked) and self.ranked[0].by_code


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of each release: a checked request without its page. `only_codes`: no codes by their words."""

    text: str
    filters: Filters
    as_typed: bool
    block: int
    only_codes: bool

    @property
    def cut(self) -> Cut:
        """The stretch of the matches that the block is."""
        size = _SIZE_AS_TYPED if self.as_typed else _SIZE
        return Cut(self.block * size, size, facets=not self.as_typed)


class Blocks:
    """Fetches blocks. Recent ones are kept: many people type the same beginnings."""

    def __init__(self, index: Index, vocabulary: Vocabulary) -> None:
        self._index = index
        self._vocabulary = vocabulary
        self._kept: LRUCache[tuple[str, Question, float], Block] = LRUCache(
            _CACHED_CODES, getsizeof=lambda block: 1 + len(block.ranked)
        )

    def forget(self) -> None:
        """Drop the kept blocks."""
        self._kept.clear()

    async def of(self, releases: Sequence[OpenRelease], question: Question, timeout: float) -> list[Block]:
        """Return what of each release a question matches."""
        blocks: list[Block] = []
        for share in _SHARES_AS_TYPED if question.as_typed else _SHARES:
            blocks = await asyncio.gather(*(self._of(release, question, share, timeout) for release in releases))
            if sum(block.total for block in blocks) >= _TOO_FEW or any(block.by_code for block in blocks):
                break
        return blocks

    async def _of(self, release: OpenRelease, question: Question, share: float, timeout: float) -> Block:
        key = (release.choice.release.codes_index, question, share)
        block = self._kept.get(key)
        metrics.read("searches", hit=block is not None)
        if block is None:
            self._kept[key] = block = await self._found(release, question, share, timeout)
        return block

    async def _found(self, release: OpenRelease, question: Question, share: float, timeout: float) -> Block:
        block = await self._by_notation(release, question, timeout)
        if question.only_codes:
            return block or Block([])
        block = block or await self._by_words(release, question, share, timeout)
        prefix = notation.code_prefix(release.choice.release.system, question.text)
        if prefix and not block.total and not question.as_typed:
            return replace(block, suggestions=await self._nearest(release.choice.release, prefix, timeout))
        return block

    async def _nearest(self, release: Release, code: str, timeout: float) -> tuple[str, ...]:
        """Return the code of the book that comes nearest to one that it does not have, from above."""
        above = notation.possible_ancestors(release.system, code)
        found = await self._index.search(release.codes_index, queries.lowest_of(above), timeout) if above else None
        return tuple(read_candidate(source).line.code for source in found.sources) if found else ()

    async def _by_notation(self, release: OpenRelease, question: Question, timeout: float) -> Block | None:
        """Answer a query that writes a code, the beginning of one or a range, None when it writes or finds none."""
        system, index = release.choice.release.system, release.choice.release.codes_index
        if codes := notation.parse_range(system, question.text):
            ends = (await self._index.search(index, queries.bounds(codes), timeout)).aggregations
            if ends["first"]["value"] is None:
                return Block([])
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
        return _read(found, [by_code(candidate.line, candidate.category) for candidate in candidates])

    async def _by_words(self, release: OpenRelease, question: Question, share: float, timeout: float) -> Block:
        vocabulary = self._vocabulary.of(release.choice.release.system)
        understood = understand(question.text, release.lexicon, vocabulary, question.as_typed)
        if not understood.variants:
            return Block([], suggestions=understood.suggestions)
        body = queries.by_words(understood.variants, share, question.filters, question.cut)
        found = await self._index.search(release.choice.release.codes_index, body, timeout)
        ranked = rank(map(read_candidate, found.sources), understood, release.lexicon)
        return _read(found, ranked, understood)


def by_code(line: EntryLine, category: str = "") -> Ranked:
    """Return a code that was asked for by its notation."""
    return Ranked(Candidate(line, category, Form(MatchKind.CODE, "", ())), CODE_SCORE, frozenset())


def _total(found: Found) -> int:
    return int(found.aggregations["codes"]["value"])


def _read(found: Found, ranked: list[Ranked], understood: WordQuery | None = None) -> Block:
    counted = {field: values["buckets"] for field, values in found.aggregations.items() if "buckets" in values}
    return Block(
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
