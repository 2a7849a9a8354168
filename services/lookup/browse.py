"""A system as a book: what is under an entry, a range, what is around a code."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.lookup import paging
from services.lookup.answers import BrowseAnswer
from services.lookup.codes import notation
from services.lookup.codes.notation import CodeRange
from services.lookup.codes.record import EntryLine, Record
from services.lookup.index import queries
from services.lookup.index.book import read_line
from services.lookup.opened import OpenRelease
from services.lookup.records import Records
from services.lookup.store import Store
from services.runtime.errors import invalid

_SIZE = 100
_SIZE_AROUND = 10
_MOST_SIZE = 500


@dataclass(frozen=True, slots=True)
class Under:
    """Browse the entries right below a chapter, a section or a code."""

    entry: str


@dataclass(frozen=True, slots=True)
class Range:
    """Browse every code from `first` to `last` and below."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Around:
    """Browse the neighbours of a code at every level."""

    code: str


Target = Under | Range | Around | None
"""What to show; None for the top of the book."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of an answer is asked for."""

    size: int
    token: str


class Browser:
    """Walks the book of a release."""

    def __init__(self, store: Store, records: Records) -> None:
        self._store = store
        self._records = records

    async def browse(self, opened: OpenRelease, target: Target, page: PageRequest, timeout: float) -> BrowseAnswer:
        """Return a page of what the target names, in book order."""
        match target:
            case Under(entry):
                return await self._under(opened, entry, page, timeout)
            case Range(first, last):
                return await self._range(opened, _checked_range(opened, first, last), page, timeout)
            case Around(code):
                return await self._around(opened, code, page, timeout)
            case None:
                return _slice(opened, None, (), opened.outline.top, page)

    async def _under(self, opened: OpenRelease, entry: str, page: PageRequest, timeout: float) -> BrowseAnswer:
        code = notation.parse_entry(opened.choice.release.system, entry, "under")
        record, ancestors = await self._records.with_ancestors(opened, code, timeout)
        return _slice(opened, record, ancestors, record.children, page)

    async def _range(self, opened: OpenRelease, codes: CodeRange, page: PageRequest, timeout: float) -> BrowseAnswer:
        index = opened.choice.release.book_index
        size = paging.page_size(page.size, _SIZE, _MOST_SIZE)
        bound_to = ["range", codes, index]
        read = paging.decode(page.token, bound_to)
        ends = (await self._store.search(index, queries.bounds(codes), timeout)).aggregations
        if ends["first"]["value"] is None:
            return BrowseAnswer(None, (), (), "", opened.choice)
        first, last = max(int(ends["first"]["value"]), read + 1), int(ends["last"]["value"])
        found = await self._store.search(index, queries.stretch(first, last, only_codes=True, size=size + 1), timeout)
        shown, more = found.sources[:size], len(found.sources) > size
        return BrowseAnswer(
            entry=None,
            ancestors=(),
            entries=tuple(read_line(source["line"]) for source in shown),
            next_page_token=paging.encode(shown[-1]["order"], bound_to) if more else "",
            release=opened.choice,
        )

    async def _around(self, opened: OpenRelease, code: str, page: PageRequest, timeout: float) -> BrowseAnswer:
        size = paging.page_size(page.size, _SIZE_AROUND, _MOST_SIZE)
        parsed = notation.parse_code(opened.choice.release.system, code, "around")
        record, ancestors = await self._records.with_ancestors(opened, parsed, timeout)
        body = queries.stretch(record.order - size, record.order + size, only_codes=False, size=2 * size + 1)
        found = await self._store.search(opened.choice.release.book_index, body, timeout)
        return BrowseAnswer(
            entry=record.line,
            ancestors=tuple(above.line for above in ancestors),
            entries=tuple(read_line(source["line"]) for source in found.sources),
            next_page_token="",
            release=opened.choice,
        )


def _checked_range(opened: OpenRelease, first: str, last: str) -> CodeRange:
    system = opened.choice.release.system
    codes = CodeRange(
        notation.parse_code(system, first, "range.first"), notation.parse_code(system, last, "range.last")
    )
    if notation.compact(codes.first) > notation.compact(codes.last):
        raise invalid("range.last", f"expected a code that is not before {codes.first}")
    return codes


def _slice(
    opened: OpenRelease,
    record: Record | None,
    ancestors: Sequence[Record],
    entries: Sequence[EntryLine],
    page: PageRequest,
) -> BrowseAnswer:
    """Return a page of the entries under a record, or of the top of the book."""
    bound_to = ["under", record.line.code if record else "", opened.choice.release.book_index]
    start = paging.decode(page.token, bound_to)
    end = start + paging.page_size(page.size, _SIZE, _MOST_SIZE)
    return BrowseAnswer(
        entry=record.line if record else None,
        ancestors=tuple(above.line for above in ancestors),
        entries=tuple(entries[start:end]),
        next_page_token=paging.encode(end, bound_to) if end < len(entries) else "",
        release=opened.choice,
    )
