"""What lookup answers, from the releases that are loaded."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TypeVar

from services.lookup import paging
from services.lookup.alphabetic.model import Book
from services.lookup.answers import (
    BatchAnswer,
    BatchResult,
    BrowseAnswer,
    CodeAnswer,
    CommonLanguageDescription,
    EditsAnswer,
    FeesAnswer,
    PageAnswer,
    SearchAnswer,
)
from services.lookup.browse import Around, Browser, PageRequest, Range, Target, Under
from services.lookup.checking import Checker
from services.lookup.codes import notation, page
from services.lookup.codes.model import System
from services.lookup.codes.notation import procedure
from services.lookup.codes.record import EntryLine, Record
from services.lookup.descriptions import Descriptions
from services.lookup.edits.model import PtpEdits, Setting
from services.lookup.facts.facts import Facts
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source
from services.lookup.fees.quote import FeesQuery
from services.lookup.fees.section import quote_wants
from services.lookup.index import history
from services.lookup.index.book import LEXICON_ID, OUTLINE_ID, read_outline
from services.lookup.index.edits import PTP1, PTP2, ptp_id
from services.lookup.index.mappings import CODES_ALIAS, DESCRIPTIONS_ALIAS, FACTS_ALIAS
from services.lookup.index_browser import IndexAnswer, IndexBrowser, IndexTarget
from services.lookup.opened import OpenRelease
from services.lookup.passages import PassageAnswer, Passages
from services.lookup.records import CODE_NOT_FOUND, Records, not_found
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
from services.lookup.sections import Section, concerned, number_wants, page_wants
from services.lookup.store import IndexGone, Store
from services.runtime.errors import Refusal, invalid, unavailable

__all__ = ["Around", "Lookup", "Range", "SearchRequest", "Under"]

_MOST_BATCH = 500
_EDITS = 100
_MOST_EDITS = 500

T = TypeVar("T")


class Lookup:
    """Answers from Elasticsearch. A replica keeps the outline and the words of each release, and what is asked often.

    A code of a system without any release is known by its number alone when another source has something for it.

    `reload` is called at the start, on every `lookup.catalog.released` and now and then; before the first, nothing is
    loaded. `timeout` is always the seconds that an answer may take. Failures are refusals.
    """

    def __init__(
        self,
        store: Store,
        *,
        cache_bytes: int = 16_000_000,
        description_cache_bytes: int = 8_000_000,
        fact_cache_bytes: int = 48_000_000,
        today: Callable[[], date] = today,
    ) -> None:
        self._store = store
        self._today = today
        self._registry = Registry()
        self._opened: dict[str, OpenRelease] = {}
        self._engine = Engine(store, shipped())
        self._records = Records(store, cache_bytes)
        self._descriptions = Descriptions(store, description_cache_bytes)
        self._facts = Facts(store, fact_cache_bytes, today)
        self._browser = Browser(store, self._records)
        self.checker = Checker(self._facts, self._records, self)
        self._index = IndexBrowser(self._facts)
        self._passages = Passages(self._facts)
        self._reloading = asyncio.Lock()

    async def reload(self, timeout: float) -> None:
        """Read what is loaded, open the releases, and drop what is kept of others."""
        async with self._reloading:
            releases, collections, facts = await asyncio.gather(
                self._store.metas(CODES_ALIAS, timeout),
                self._store.metas(DESCRIPTIONS_ALIAS, timeout),
                self._store.metas(FACTS_ALIAS, timeout),
            )
            self._facts.use(map(FactLoad.from_meta, facts.values()))
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

    def list_sources(self) -> list[FactChoice]:
        """Return the loaded editions of facts, newest first within each source; `in_force` is as of today."""
        day = self._today()
        return [FactChoice(load, load.covers(day)) for load in self._facts.registry.loads]

    async def search(self, request: SearchRequest, timeout: float) -> SearchAnswer:
        """Find codes by words, by code or by range, best first."""
        day = parse_effective_on(request.effective_on)

        async def answer() -> SearchAnswer:
            by_number = await self._found_by_number(request, day, timeout)
            releases = self._for_search(request.systems, day, by_number)
            return await self._engine.search(request, releases, by_number, timeout)

        return await self.with_current_indices(answer, timeout)

    async def get_code(self, system: System, code: str, effective_on: str, timeout: float) -> CodeAnswer:
        """Return one code with its ancestors."""
        parsed, day = notation.parse_code(system, code), parse_effective_on(effective_on)

        async def answer() -> CodeAnswer:
            if not self._registry.of([system]):
                await self._by_number(system, [parsed], day, timeout)
                return CodeAnswer(system, EntryLine.by_number(parsed), (), None)
            opened = self.in_force(system, day)
            record, ancestors = await self._record_of(opened, parsed, timeout)
            return CodeAnswer(system, record.line, tuple(above.line for above in ancestors), opened.choice)

        return await self.with_current_indices(answer, timeout)

    async def get_code_page(
        self, system: System, code: str, effective_on: str, sections: Iterable[Section], timeout: float
    ) -> PageAnswer:
        """Return the page of a code with some sections, as far as they concern its system."""
        parsed, day = notation.parse_code(system, code), parse_effective_on(effective_on)
        shown = concerned(system, sections)
        wants = page_wants(system, parsed, shown)

        async def answer() -> PageAnswer:
            if not self._registry.of([system]):
                (described, _), found = await asyncio.gather(
                    self._by_number(system, [parsed], day, timeout),
                    self._facts.of(wants.on_day, day, timeout, every=wants.every),
                )
                content, release = page.by_number(parsed), None
            else:
                opened = self.in_force(system, day)
                (record, ancestors), described, found = await asyncio.gather(
                    self._record_of(opened, parsed, timeout),
                    self._descriptions.of(system, [parsed], timeout),
                    self._facts.of(wants.on_day, day, timeout, every=wants.every),
                )
                content, release = page.assemble(record, ancestors), opened.choice
            return PageAnswer(
                system,
                content,
                release,
                described.get(parsed),
                self._descriptions.loaded,
                shown,
                found,
                day or self._today(),
            )

        return await self.with_current_indices(answer, timeout)

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
                _, known = await self._by_number(system, wanted, day, timeout)
                unknown = none_in_force(system, day or self._today())
                found = {code: EntryLine.by_number(code) if code in known else unknown for code in wanted}
                release = None
            else:
                opened = self.in_force(system, day)
                lines = await self._records.lines(opened, wanted, timeout)
                found = {code: line or not_found(opened.choice, code) for code, line in lines.items()}
                release = opened.choice
            results = (code if isinstance(code, Refusal) else found[code] for code in parsed)
            return BatchAnswer(system, tuple(map(BatchResult, codes, results)), release)

        return await self.with_current_indices(answer, timeout)

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
            opened = self.in_force(system, day)
            return await self._browser.browse(opened, target, PageRequest(page_size, page_token), timeout)

        return await self.with_current_indices(answer, timeout)

    def in_force(self, system: System, day: date | None) -> OpenRelease:
        """Return the release that answers for a date of service."""
        choice = self._registry.choose(system, day, self._today())
        return replace(self._opened[choice.release.codes_index], choice=choice)

    async def list_edits(
        self, code: str, setting: Setting, column: int, effective_on: str, page: PageRequest, timeout: float
    ) -> EditsAnswer:
        """Return a page of the edits of a code in a column, from those in force on a date of service."""
        system, parsed = procedure(code)
        if setting not in PTP1:
            raise invalid("setting", "expected PRACTITIONER or HOSPITAL")
        if column not in (1, 2):
            raise invalid("column", "expected 1 or 2")
        day = parse_effective_on(effective_on)
        size = paging.page_size(page.size, _EDITS, _MOST_EDITS)
        want = Want((PTP1 if column == 1 else PTP2)[setting], ptp_id(parsed, column))

        async def answer() -> EditsAnswer:
            found: Found[PtpEdits] = (await self._facts.of([want], day, timeout)).get(want.kind, want.id)
            bound_to = [setting, column, parsed, effective_on, found.choice and found.choice.load.index]
            return EditsAnswer(
                system, parsed, found, day or self._today(), paging.decode(page.token, bound_to), size, bound_to
            )

        return await self.with_current_indices(answer, timeout)

    async def get_fees(self, code: str, query: FeesQuery, effective_on: str, timeout: float) -> FeesAnswer:
        """Return what the price of a service is made of."""
        system, parsed = procedure(code)
        day = parse_effective_on(effective_on)

        async def answer() -> FeesAnswer:
            facts = await self._facts.of(quote_wants(parsed, query.locality), day, timeout)
            return FeesAnswer(system, parsed, query, facts)

        return await self.with_current_indices(answer, timeout)

    async def browse_index(
        self, book: Book, target: IndexTarget, effective_on: str, page: PageRequest, timeout: float
    ) -> IndexAnswer:
        """Return a stretch of a book of the Alphabetic Index."""
        day = parse_effective_on(effective_on)
        return await self.with_current_indices(lambda: self._index.browse(book, target, day, page, timeout), timeout)

    async def get_passage(self, source: Source, id: str, effective_on: str, timeout: float) -> PassageAnswer:
        """Return a section of a book of rules, or what the book is made of."""
        day = parse_effective_on(effective_on)
        return await self.with_current_indices(lambda: self._passages.get(source, id, day, timeout), timeout)

    def today(self) -> date:
        """Return the date of service of a request that names none."""
        return self._today()

    async def facts(self, wants: Iterable[Want], effective_on: str, timeout: float) -> Answers:
        """Return facts on a date of service."""
        day, asked = parse_effective_on(effective_on), list(wants)
        return await self.with_current_indices(lambda: self._facts.of(asked, day, timeout), timeout)

    async def _record_of(self, opened: OpenRelease, code: str, timeout: float) -> tuple[Record, tuple[Record, ...]]:
        """Return a record and those above it; refuse a code that there is not, saying what became of it."""
        try:
            return await self._records.with_ancestors(opened, code, timeout)
        except Refusal as refusal:
            if refusal.reason != CODE_NOT_FOUND:
                raise
            system = opened.choice.release.system
            answers = await self._facts.of([], None, timeout, every=history.wants(system, code))
            raise not_found(opened.choice, code, history.events_of(system, code, answers)) from None

    async def _by_number(
        self, system: System, codes: Sequence[str], day: date | None, timeout: float
    ) -> tuple[dict[str, CommonLanguageDescription], set[str]]:
        """Return the descriptions of codes whose system has no release, and the codes that are known by their number.

        Refuses when none is known.
        """
        wants = {code: number_wants(system, code) for code in codes}
        described, found = await asyncio.gather(
            self._descriptions.of(system, codes, timeout),
            self._facts.of([want for one in wants.values() for want in one], day, timeout),
        )
        known = {code for code in codes if any(found.get(kind, id).fact is not None for kind, id in wants[code])}
        known |= described.keys()
        if not known:
            raise none_in_force(system, day or self._today())
        return described, known

    async def _found_by_number(
        self, request: SearchRequest, day: date | None, timeout: float
    ) -> list[tuple[System, EntryLine]]:
        """Return the codes that a query writes whole and that are known by their number alone."""
        # Nothing is known of their chapter, and whether they are billable.
        if request.chapters or request.billable is not None:
            return []
        found = []
        for system in dict.fromkeys(request.systems or System):
            code = None if self._registry.of([system]) else _parsed_or_refusal(system, request.query)
            if isinstance(code, str):
                with suppress(Refusal):
                    await self._by_number(system, [code], day, timeout)
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
            return [self.in_force(system, day) for system in dict.fromkeys(systems) if system not in answered]
        opened, refusals = [], []
        for system in self._registry.systems():
            try:
                opened.append(self.in_force(system, day))
            except Refusal as refusal:
                refusals.append(refusal)
        if not opened and not by_number:
            raise refusals[0] if refusals else nothing_loaded()
        return opened

    async def _open(self, release: Release, timeout: float) -> OpenRelease:
        outline, lexicon = await self._store.fetch(release.book_index, [OUTLINE_ID, LEXICON_ID], timeout)
        choice = ReleaseChoice(release, in_force=False)
        return OpenRelease(choice, read_outline(outline), Lexicon.from_document(lexicon))

    async def with_current_indices(self, answer: Callable[[], Awaitable[T]], timeout: float) -> T:
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
