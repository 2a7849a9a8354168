"""Search in the open releases: from the request to a page of ranked hits."""

from collections.abc import Sequence
from datetime import date

from services.lookup import paging
from services.lookup.answers import SearchAnswer
from services.lookup.codes.model import System
from services.lookup.codes.record import EntryLine
from services.lookup.index.queries import COUNTED_EXACTLY, Filters
from services.lookup.opened import OpenRelease
from services.lookup.search.blocks import Block, Blocks, Index, Question, by_code
from services.lookup.search.hits import Lines, Match, by_category, facets, grouped, hit
from services.lookup.search.popularity import Popularity
from services.lookup.search.ranking import Preference
from services.lookup.search.request import SearchRequest, checked_query
from services.lookup.search.vocabulary import Vocabulary
from services.runtime.errors import invalid

_PAGE_SIZE = 20
_MOST_PAGE_SIZE = 100

# Elasticsearch gives no more of one answer.
_DEEPEST = 10_000


class Engine:
    """Searches."""

    def __init__(self, index: Index, lines: Lines, vocabulary: Vocabulary) -> None:
        self._blocks = Blocks(index, vocabulary)
        self._lines = lines
        self.popularity = Popularity()

    def forget(self) -> None:
        """Drop what is kept of the releases."""
        self._blocks.forget()

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
        counted = request.counted or not request.as_typed
        bound_to = [text, filters, request.as_typed, counted, request.by_category, preference, indices, *by_number]
        block, start = divmod(paging.decode(request.page_token, bound_to), _DEEPEST)
        question = Question(text, filters, request.as_typed, counted, block, only_codes=bool(by_number))
        if question.cut.start >= _DEEPEST:
            raise paging.refused_token()

        blocks = await self._blocks.of(releases, question, timeout)
        merged = [
            Match(ranked, one.choice.release.system, one)
            for one, found in zip(releases, blocks, strict=True)
            for ranked in found.ranked
        ]
        merged.sort(key=lambda match: preference.key(match.ranked, self._popularity(match)))
        if not question.block:
            merged = [*(Match(by_code(line), system) for system, line in by_number), *merged]
        if request.by_category:
            groups = by_category(merged)
            hits = await grouped(groups[start : start + size], self._lines, timeout)
            following = start + size if start + size < len(groups) else 0
        else:
            hits = [hit(match) for match in merged[start : start + size]]
            following = _following(question, blocks, start + size, len(merged))
        best = min(blocks, key=lambda found: (bool(found.corrected), -found.total), default=Block([]))
        total = sum(found.total for found in blocks) + len(by_number)
        return SearchAnswer(
            hits=tuple(hits),
            total=min(total, COUNTED_EXACTLY),
            total_is_lower_bound=total > COUNTED_EXACTLY or (not counted and any(found.more for found in blocks)),
            next_page_token=paging.encode(following, bound_to) if following else "",
            facets=facets(blocks, releases) if counted else (),
            did_you_mean=best.suggestions,
            corrected_query=best.corrected,
            readings=best.readings,
            releases=tuple(one.choice for one in releases),
        )

    def _popularity(self, match: Match) -> float:
        return self.popularity.share(match.system, match.ranked.candidate.line.code)


def _checked_chapters(chapters: Sequence[str], releases: Sequence[OpenRelease]) -> tuple[str, ...]:
    for chapter in chapters:
        if not any(chapter in release.outline.chapter_titles for release in releases):
            raise invalid("chapters", f"there is no chapter {chapter[:20]!r}")
    return tuple(sorted(set(chapters)))


def _following(question: Question, blocks: Sequence[Block], end: int, length: int) -> int:
    """Return the position after `end` of the block of `length` hits, 0 when there is nothing more."""
    if end < length:
        return question.block * _DEEPEST + end
    next_start = (question.block + 1) * question.cut.size
    more = next_start < _DEEPEST and any(found.more for found in blocks)
    return (question.block + 1) * _DEEPEST if more else 0
