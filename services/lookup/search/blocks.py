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
_SIZE_UNCOUNTED = 50

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

    async def search_each(self, searches: Sequence[tuple[str, Mapping[str, Any]]], timeout: float) -> Sequence[Found]:
        """Search indices side by side."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the matches of one release, ranked. `total` is what is known of all, `more` whether some follow."""

    ranked: list[Ranked]
    total: int = 0
    more: bool = False
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
    counted: bool
    block: int
    only_codes: bool

    @property
    def cut(self) -> Cut:
        """The stretch of the matches that the block is."""
        size = _SIZE if self.counted else _SIZE_UNCOUNTED
        return Cut(self.block * size, size, self.counted)


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
        first = replace(question, block=0)
        for share in _SHARES_AS_TYPED if question.as_typed else _SHARES:
            blocks = await self._of(releases, first, share, timeout)
            if sum(block.total for block in blocks) >= _TOO_FEW or any(block.by_code for block in blocks):
                break
        return await self._of(releases, question, share, timeout) if question.block else blocks

    async def _of(
        self, releases: Sequence[OpenRelease], question: Question, share: float, timeout: float
    ) -> list[Block]:
        keys = [(release.choice.release.codes_index, question, share) for release in releases]
        kept = [self._kept.get(key) for key in keys]
        for block in kept:
            metrics.read("searches", hit=block is not None)
        missing = [(release, key) for release, key, block in zip(releases, keys, kept, strict=True) if block is None]
        found = await self._found([release for release, _ in missing], question, share, timeout)
        self._kept.update(zip((key for _, key in missing), found, strict=True))
        fresh = iter(found)
        return [block or next(fresh) for block in kept]

    async def _found(
        self, releases: Sequence[OpenRelease], question: Question, share: float, timeout: float
    ) -> list[Block]:
        blocks = await asyncio.gather(*(self._by_notation(release, question, timeout) for release in releases))
        if question.only_codes:
            return [block or Block([]) for block in blocks]
        wanted = [release for release, block in zip(releases, blocks, strict=True) if block is None]
        by_words = iter(await self._by_words(wanted, question, share, timeout))
        found = [block or next(by_words) for block in blocks]
        if question.as_typed:
            return found
        return await asyncio.gather(
            *(
                self._suggesting(release, question.text, block, timeout)
                for release, block in zip(releases, found, strict=True)
            )
        )

    async def _suggesting(self, release: OpenRelease, text: str, block: Block, timeout: float) -> Block:
        """Return the block, with what comes nearest to a code that the book does not have."""
        prefix = notation.code_prefix(release.choice.release.system, text)
        if block.total or not prefix:
            return block
        return replace(block, suggestions=await self._nearest(release.choice.release, prefix, timeout))

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
        return _read(found, [by_code(candidate.line, candidate.category) for candidate in candidates], question.cut)

    async def _by_words(
        self, releases: Sequence[OpenRelease], question: Question, share: float, timeout: float
    ) -> list[Block]:
        understood = [
            understand(
                question.text, release.lexicon, self._vocabulary.of(release.choice.release.system), question.as_typed
            )
            for release in releases
        ]
        searches = [
            (
                release.choice.release.codes_index,
                queries.by_words(words.variants, share, question.filters, question.cut),
            )
            for release, words in zip(releases, understood, strict=True)
            if words.variants
        ]
        answers = iter(await self._index.search_each(searches, timeout))
        return [
            _ranked(next(answers), words, release, question.cut)
            if words.variants
            else Block([], suggestions=words.suggestions)
            for release, words in zip(releases, understood, strict=True)
        ]


def by_code(line: EntryLine, category: str = "") -> Ranked:
    """Return a code that was asked for by its notation."""
    return Ranked(Candidate(line, category, Form(MatchKind.CODE, "", ())), CODE_SCORE, frozenset())


def _ranked(found: Found, understood: WordQuery, release: OpenRelease, cut: Cut) -> Block:
    block = _read(found, rank(map(read_candidate, found.sources), understood, release.lexicon), cut)
    return replace(
        block, corrected=understood.corrected, suggestions=understood.suggestions, readings=understood.readings
    )


def _read(found: Found, ranked: list[Ranked], cut: Cut) -> Block:
    if not cut.counted:
        came = len(found.sources)
        return Block(ranked, cut.start + came if came else 0, came == cut.size)
    total = int(found.aggregations["codes"]["value"])
    counted = {field: values["buckets"] for field, values in found.aggregations.items() if "buckets" in values}
    counts = {
        field: {str(bucket.get("key_as_string", bucket["key"])): bucket["codes"]["value"] for bucket in buckets}
        for field, buckets in counted.items()
    }
    return Block(ranked, total, cut.start + cut.size < total, counts)
