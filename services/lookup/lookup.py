"""What lookup answers, from the releases that are loaded."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from services.lookup.answers import BatchAnswer, BatchResult, BrowseAnswer, CodeAnswer, PageAnswer, SearchAnswer
from services.lookup.browse import Around, Browser, PageRequest, Range, Target, Under
from services.lookup.codes import notation, page
from services.lookup.codes.model import System
from services.lookup.index.facts import LEXICON_ID, OUTLINE_ID, read_outline
from services.lookup.index.mappings import CODES_ALIAS
from services.lookup.opened import OpenRelease
from services.lookup.records import Records, not_found
from services.lookup.releases import Registry, Release, ReleaseChoice, nothing_loaded, parse_effective_on, today
from services.lookup.search.engine import Engine
from services.lookup.search.lexicon import Lexicon
from services.lookup.search.request import SearchRequest
from services.lookup.search.vocabulary import shipped
from services.lookup.store import IndexGone, Store
from services.runtime.errors import Refusal, invalid, unavailable

__all__ = ["Around", "Lookup", "Range", "SearchRequest", "Under"]

_MOST_BATCH = 500

T = TypeVar("T")


class Lookup:
    """Answers from Elasticsearch. A replica keeps the outline and the words of each release, and what is asked often.

    `reload` is called at the start, on every `lookup.catalog.released` and now and then; before the first, nothing is
    loaded. `timeout` is always the seconds that an answer may take. Failures are refusals.
    """

    def __init__(self, store: Store, *, cache_bytes: int = 16_000_000, today: Callable[[], date] = today) -> None:
        self._store = store
        self._today = today
        self._registry = Registry()
        self._opened: dict[str, OpenRelease] = {}
        self._engine = Engine(store, shipped())
        self._records = Records(store, cache_bytes)
        self._browser = Browser(store, self._records)
        self._reloading = asyncio.Lock()

    async def reload(self, timeout: float) -> None:
        """Read which releases are loaded, open them, and drop what is kept of others."""
        async with self._reloading:
            metas = await self._store.metas(CODES_ALIAS, timeout)
            registry = Registry(map(Release.from_meta, metas.values()))
            if registry.releases == self._registry.releases:
                return
            opened = await asyncio.gather(*(self._open(release, timeout) for release in registry.releases))
            self._opened = {one.choice.release.codes_index: one for one in opened}
            self._registry = registry
            self._records.forget()
            self._engine.forget()

    def list_releases(self, systems: Sequence[System] = ()) -> list[ReleaseChoice]:
        """Return the loaded releases, newest first within each system; `in_force` is as of today."""
        day = self._today()
        return [ReleaseChoice(release, release.covers(day)) for release in self._registry.of(systems)]

    async def search(self, request: SearchRequest, timeout: float) -> SearchAnswer:
        """Find codes by words, by code or by range, best first."""

        async def answer() -> SearchAnswer:
            return await self._engine.search(request, self._for_search(request), timeout)

        return await self._with_current_indices(answer, timeout)

    async def get_code(self, system: System, code: str, effective_on: str, timeout: float) -> CodeAnswer:
        """Return one code with its ancestors."""
        parsed = notation.parse_code(system, code)

        async def answer() -> CodeAnswer:
            opened = self._in_force(system, effective_on)
            record, ancestors = await self._records.with_ancestors(opened, parsed, timeout)
            return CodeAnswer(record.line, tuple(above.line for above in ancestors), opened.choice)

        return await self._with_current_indices(answer, timeout)

    async def get_code_page(self, system: System, code: str, effective_on: str, timeout: float) -> PageAnswer:
        """Return the page of a code."""
        parsed = notation.parse_code(system, code)

        async def answer() -> PageAnswer:
            opened = self._in_force(system, effective_on)
            record, ancestors = await self._records.with_ancestors(opened, parsed, timeout)
            return PageAnswer(page.assemble(record, ancestors), opened.choice)

        return await self._with_current_indices(answer, timeout)

    async def batch_get_codes(
        self, system: System, codes: Sequence[str], effective_on: str, timeout: float
    ) -> BatchAnswer:
        """Return many codes; one that is malformed or unknown fails alone."""
        if not 1 <= len(codes) <= _MOST_BATCH:
            raise invalid("codes", f"expected 1 to {_MOST_BATCH} codes")
        parsed = [_parsed_or_refusal(system, asked) for asked in codes]

        async def answer() -> BatchAnswer:
            opened = self._in_force(system, effective_on)
            wanted = list(dict.fromkeys(code for code in parsed if isinstance(code, str)))
            lines = await self._records.lines(opened, wanted, timeout)
            results = (
                code if isinstance(code, Refusal) else lines[code] or not_found(opened.choice, code) for code in parsed
            )
            return BatchAnswer(tuple(map(BatchResult, codes, results)), opened.choice)

        return await self._with_current_indices(answer, timeout)

    async def browse(
        self,
        system: System,
        target: Target,
        effective_on: str,
        page_size: int,
        page_token: str,
        timeout: float,
    ) -> BrowseAnswer:
        """Return a stretch of a book: what is under an entry, a range, around a code, or the top for no target."""

        async def answer() -> BrowseAnswer:
            opened = self._in_force(system, effective_on)
            return await self._browser.browse(opened, target, PageRequest(page_size, page_token), timeout)

        return await self._with_current_indices(answer, timeout)

    def _in_force(self, system: System, effective_on: str) -> OpenRelease:
        """Return the release that answers for a date of service."""
        choice = self._registry.choose(system, parse_effective_on(effective_on), self._today())
        return replace(self._opened[choice.release.codes_index], choice=choice)

    def _for_search(self, request: SearchRequest) -> list[OpenRelease]:
        """Return the release of each system to search: all that are named, else every system that has one."""
        if request.systems:
            return [self._in_force(system, request.effective_on) for system in dict.fromkeys(request.systems)]
        opened, refusals = [], []
        for system in self._registry.systems():
            try:
                opened.append(self._in_force(system, request.effective_on))
            except Refusal as refusal:
                refusals.append(refusal)
        if not opened:
            raise refusals[0] if refusals else nothing_loaded()
        return opened

    async def _open(self, release: Release, timeout: float) -> OpenRelease:
        outline, lexicon = await self._store.fetch(release.facts_index, [OUTLINE_ID, LEXICON_ID], timeout)
        choice = ReleaseChoice(release, in_force=False)
        return OpenRelease(choice, read_outline(outline), Lexicon.from_document(lexicon))

    async def _with_current_indices(self, answer: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Return an answer; when its indices were deleted meanwhile, that of the release that replaced them."""
        try:
            return await answer()
        except IndexGone:
            await self.reload(timeout)
        try:
            return await answer()
        except IndexGone as error:
            raise unavailable("the release is being replaced") from error


def _parsed_or_refusal(system: System, code: str) -> str | Refusal:
    try:
        return notation.parse_code(system, code)
    except Refusal as refusal:
        return refusal
