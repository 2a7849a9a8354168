"""What lookup answers, from the releases that are loaded."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from services.lookup.answers import (
    BatchAnswer,
    BatchResult,
    BrowseAnswer,
    CodeAnswer,
    CommonLanguageDescription,
    PageAnswer,
    SearchAnswer,
)
from services.lookup.browse import Around, Browser, PageRequest, Range, Target, Under
from services.lookup.codes import notation, page
from services.lookup.codes.model import System
from services.lookup.codes.record import EntryLine
from services.lookup.descriptions import Descriptions
from services.lookup.index.book import LEXICON_ID, OUTLINE_ID, read_outline
from services.lookup.index.mappings import CODES_ALIAS, DESCRIPTIONS_ALIAS
from services.lookup.opened import OpenRelease
from services.lookup.records import Records, not_found
from services.lookup.releases import (
    DescriptionLoad,
    Registry,
    Release,
    ReleaseChoice,
    none_in_force,
    nothing_loaded,
    parse_effective_on,
    today,
)
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

    A code of a system without any release is known by its number alone when it has a description.

    `reload` is called at the start, on every `lookup.catalog.released` and now and then; before the first, nothing is
    loaded. `timeout` is always the seconds that an answer may take. Failures are refusals.
    """

    def __init__(
        self,
        store: Store,
        *,
        cache_bytes: int = 16_000_000,
        description_cache_bytes: int = 8_000_000,
        today: Callable[[], date] = today,
    ) -> None:
        self._store = store
        self._today = today
        self._registry = Registry()
        self._opened: dict[str, OpenRelease] = {}
        self._engine = Engine(store, shipped())
        self._records = Records(store, cache_bytes)
        self._descriptions = Descriptions(store, description_cache_bytes)
        self._browser = Browser(store, self._records)
        self._reloading = asyncio.Lock()

    async def reload(self, timeout: float) -> None:
        """Read what is loaded, open the releases, and drop what is kept of others."""
        async with self._reloading:
            releases, collections = await asyncio.gather(
                self._store.metas(CODES_ALIAS, timeout), self._store.metas(DESCRIPTIONS_ALIAS, timeout)
            )
            serving = [DescriptionLoad.from_meta(meta) for meta in collections.values()]
            self._descriptions.use(serving[0].index if serving else "")
            registry = Registry(map(Release.from_meta, releases.values()))
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
        day = parse_effective_on(request.effective_on)

        async def answer() -> SearchAnswer:
            by_number = await self._found_by_number(request, timeout)
            releases = self._for_search(request.systems, day, by_number)
            return await self._engine.search(request, releases, by_number, timeout)

        return await self._with_current_indices(answer, timeout)

    async def get_code(self, system: System, code: str, effective_on: str, timeout: float) -> CodeAnswer:
        """Return one code with its ancestors."""
        parsed, day = notation.parse_code(system, code), parse_effective_on(effective_on)

        async def answer() -> CodeAnswer:
            if not self._registry.of([system]):
                await self._by_number(system, [parsed], day, timeout)
                return CodeAnswer(system, EntryLine.by_number(parsed), (), None)
            opened = self._in_force(system, day)
            record, ancestors = await self._records.with_ancestors(opened, parsed, timeout)
            return CodeAnswer(system, record.line, tuple(above.line for above in ancestors), opened.choice)

        return await self._with_current_indices(answer, timeout)

    async def get_code_page(self, system: System, code: str, effective_on: str, timeout: float) -> PageAnswer:
        """Return the page of a code."""
        parsed, day = notation.parse_code(system, code), parse_effective_on(effective_on)

        async def answer() -> PageAnswer:
            if not self._registry.of([system]):
                described = await self._by_number(system, [parsed], day, timeout)
                content, release = page.by_number(parsed), None
            else:
                opened = self._in_force(system, day)
                (record, ancestors), described = await asyncio.gather(
                    self._records.with_ancestors(opened, parsed, timeout),
                    self._descriptions.of(system, [parsed], timeout),
                )
                content, release = page.assemble(record, ancestors), opened.choice
            return PageAnswer(system, content, release, described.get(parsed), self._descriptions.loaded)

        return await self._with_current_indices(answer, timeout)

    async def batch_get_codes(
        self, system: System, codes: Sequence[str], effective_on: str, timeout: float
    ) -> BatchAnswer:
        """Return many codes; one that is malformed or unknown fails alone."""
        if not 1 <= len(codes) <= _MOST_BATCH:
            raise invalid("codes", f"expected 1 to {_MOST_BATCH} codes")
        day = parse_effective_on(effective_on)
        parsed = [_parsed_or_refusal(system, asked) for asked in codes]
        wanted = list(dict.fromkeys(code for code in parsed if isinstance(code, str)))

        async def answer() -> BatchAnswer:
            found: dict[str, EntryLine | Refusal]
            if not self._registry.of([system]):
                described = await self._by_number(system, wanted, day, timeout)
                unknown = none_in_force(system, day or self._today())
                found = {code: EntryLine.by_number(code) if code in described else unknown for code in wanted}
                release = None
            else:
                opened = self._in_force(system, day)
                lines = await self._records.lines(opened, wanted, timeout)
                found = {code: line or not_found(opened.choice, code) for code, line in lines.items()}
                release = opened.choice
            results = (code if isinstance(code, Refusal) else found[code] for code in parsed)
            return BatchAnswer(system, tuple(map(BatchResult, codes, results)), release)

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
        day = parse_effective_on(effective_on)

        async def answer() -> BrowseAnswer:
            opened = self._in_force(system, day)
            return await self._browser.browse(opened, target, PageRequest(page_size, page_token), timeout)

        return await self._with_current_indices(answer, timeout)

    def _in_force(self, system: System, day: date | None) -> OpenRelease:
        """Return the release that answers for a date of service."""
        choice = self._registry.choose(system, day, self._today())
        return replace(self._opened[choice.release.codes_index], choice=choice)

    async def _by_number(
        self, system: System, codes: Sequence[str], day: date | None, timeout: float
    ) -> dict[str, CommonLanguageDescription]:
        """Return the descriptions of codes whose system has no release; refuse when no code has one."""
        described = await self._descriptions.of(system, codes, timeout)
        if not described:
            raise none_in_force(system, day or self._today())
        return described

    async def _found_by_number(self, request: SearchRequest, timeout: float) -> list[tuple[System, EntryLine]]:
        """Return the codes that a query writes whole and that are known by their number alone."""
        # Nothing is known of their chapter, and whether they are billable.
        if request.chapters or request.billable is not None:
            return []
        found = []
        for system in dict.fromkeys(request.systems or System):
            code = None if self._registry.of([system]) else _parsed_or_refusal(system, request.query)
            if isinstance(code, str) and await self._descriptions.of(system, [code], timeout):
                found.append((system, EntryLine.by_number(code)))
        return found

    def _for_search(
        self, systems: Sequence[System], day: date | None, by_number: Sequence[tuple[System, EntryLine]]
    ) -> list[OpenRelease]:
        """Return the release of each system to search: all that are named, else every system that has one.

        A system in which a code was found by its number needs none.
        """
        if systems:
            answered = {system for system, _ in by_number}
            return [self._in_force(system, day) for system in dict.fromkeys(systems) if system not in answered]
        opened, refusals = [], []
        for system in self._registry.systems():
            try:
                opened.append(self._in_force(system, day))
            except Refusal as refusal:
                refusals.append(refusal)
        if not opened and not by_number:
            raise refusals[0] if refusals else nothing_loaded()
        return opened

    async def _open(self, release: Release, timeout: float) -> OpenRelease:
        outline, lexicon = await self._store.fetch(release.book_index, [OUTLINE_ID, LEXICON_ID], timeout)
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
