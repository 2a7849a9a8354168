"""What lookup answers, from the releases that are loaded."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from services.lookup import metrics, specificity
from services.lookup.answers import (
    BatchAnswer,
    BatchResult,
    BrowseAnswer,
    CodeAnswer,
    MatchKind,
    PageAnswer,
    SearchAnswer,
    SpecifyAnswer,
)
from services.lookup.browse import Around, Browser, PageRequest, Range, Target, Under
from services.lookup.checking import Checker
from services.lookup.codes import notation, page
from services.lookup.codes.model import Level, System
from services.lookup.codes.record import EntryLine, Record
from services.lookup.facts.registry import FactChoice
from services.lookup.index import history
from services.lookup.index_browser import IndexBrowser
from services.lookup.line_fields import LineFields
from services.lookup.numbers import KnownNumbers, known_numbers
from services.lookup.opened import OpenRelease
from services.lookup.passages import Passages
from services.lookup.procedures import Procedures
from services.lookup.records import CODE_NOT_FOUND, not_found
from services.lookup.releases import (
    ReleaseChoice,
    none_in_force,
    nothing_loaded,
    parse_effective_on,
    today,
)
from services.lookup.search.engine import Engine
from services.lookup.search.request import SearchRequest
from services.lookup.search.vocabulary import Vocabulary, shipped
from services.lookup.sections import Section, concerned, number_wants, page_wants
from services.lookup.serving import Serving
from services.lookup.store import Store
from services.runtime.errors import Refusal, invalid

__all__ = ["Around", "Lookup", "Range", "SearchRequest", "Under"]

_MOST_BATCH = 500


class Lookup:
    """Answers about codes from Elasticsearch; what is not asked by code has a class of its own.

    A code of a system without any release is known by its number alone when another source has something for it.

    `timeout` is always the seconds that an answer may take. Failures are refusals.
    """

    def __init__(
        self,
        store: Store,
        *,
        vocabulary: Vocabulary | None = None,
        today: Callable[[], date] = today,
    ) -> None:
        self._serving = Serving(store, today)
        vocabulary = vocabulary or shipped()
        self._engine = Engine(store, self._serving.records.lines, vocabulary)
        self._browser = Browser(store, self._serving.records)
        self.procedures = Procedures(self._serving)
        self.line_fields = LineFields(self._serving)
        self.checker = Checker(self._serving)
        self.index = IndexBrowser(self._serving)
        self.passages = Passages(self._serving, vocabulary)

    async def reload(self, timeout: float) -> bool:
        """Read what is loaded, and answer from that; return whether releases are others than before."""
        changed = await self._serving.reload(timeout)
        metrics.RELEASES_READ.set_to_current_time()
        if changed:
            self._engine.forget()
        return changed

    def viewed(self, page: str) -> None:
        """Remember that somebody opened a page, such as "icd10cm:E11.9"."""
        self._engine.popularity.add(page)

    def list_releases(self, systems: Sequence[System] = ()) -> list[ReleaseChoice]:
        """Return the loaded releases, newest first within each system; `in_force` is as of today."""
        day = self._serving.today()
        return [ReleaseChoice(release, release.covers(day)) for release in self._serving.registry.of(systems)]

    def list_sources(self) -> list[FactChoice]:
        """Return the loaded editions of facts, newest first within each source; `in_force` is as of today."""
        day = self._serving.today()
        return [FactChoice(load, load.covers(day)) for load in self._serving.facts.registry.loads]

    async def search(self, request: SearchRequest, timeout: float) -> SearchAnswer:
        """Find codes by words, by code or by range, best first."""
        day = parse_effective_on(request.effective_on)

        async def answer() -> SearchAnswer:
            by_number = await self._found_by_number(request, day, timeout)
            releases = self._for_search(request.systems, day, by_number)
            return await self._engine.search(request, releases, by_number, day or self._serving.today(), timeout)

        started = time.perf_counter()
        answered = await self._serving.with_current_indices(answer, timeout)
        metrics.searched(_kind_of(request, answered), _outcome_of(answered), started)
        return answered

    async def get_code(self, system: System, code: str, effective_on: str, timeout: float) -> CodeAnswer:
        """Return one code with its ancestors."""
        parsed, day = notation.parse_code(system, code), parse_effective_on(effective_on)

        async def answer() -> CodeAnswer:
            if not self._serving.has_release(system):
                await self._by_number(system, [parsed], day, timeout)
                return CodeAnswer(system, EntryLine.by_number(parsed), (), None)
            opened = self._serving.in_force(system, day)
            record, ancestors = await self._record_of(opened, parsed, timeout)
            return CodeAnswer(system, record.line, tuple(above.line for above in ancestors), opened.choice)

        return await self._serving.with_current_indices(answer, timeout)

    async def get_code_page(
        self, system: System, code: str, effective_on: str, sections: Iterable[Section], timeout: float
    ) -> PageAnswer:
        """Return the page of a code with some sections, as far as they concern its system."""
        parsed, day = notation.parse_code(system, code), parse_effective_on(effective_on)
        shown = concerned(system, sections)
        wants = page_wants(system, parsed, shown)

        async def answer() -> PageAnswer:
            if not self._serving.has_release(system):
                found = await self._serving.facts.of(
                    [*wants.on_day, *number_wants(system, parsed)], day, timeout, every=wants.every
                )
                # By what was just read: a document of thousands of edits is not fetched twice.
                known = await self._by_number(system, [parsed], day, timeout)
                content, release, described = page.by_number(parsed), None, known.described
            else:
                opened = self._serving.in_force(system, day)
                (record, ancestors), described, found = await asyncio.gather(
                    self._record_of(opened, parsed, timeout),
                    self._serving.descriptions.of(system, [parsed], timeout),
                    self._serving.facts.of(wants.on_day, day, timeout, every=wants.every),
                )
                content, release = page.assemble(record, ancestors), opened.choice
            return PageAnswer(
                system,
                content,
                release,
                described.get(parsed),
                self._serving.descriptions.loaded,
                shown,
                found,
                day or self._serving.today(),
            )

        return await self._serving.with_current_indices(answer, timeout)

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
            if not self._serving.has_release(system):
                known = await self._by_number(system, wanted, day, timeout)
                unknown = none_in_force(system, day or self._serving.today())
                found = {code: EntryLine.by_number(code) if code in known.codes else unknown for code in wanted}
                release = None
            else:
                opened = self._serving.in_force(system, day)
                lines = await self._serving.records.lines(opened, wanted, timeout)
                found = {code: line or not_found(opened.choice, code) for code, line in lines.items()}
                release = opened.choice
            results = (code if isinstance(code, Refusal) else found[code] for code in parsed)
            return BatchAnswer(system, tuple(map(BatchResult, codes, results)), release)

        return await self._serving.with_current_indices(answer, timeout)

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
            opened = self._serving.in_force(system, day)
            return await self._browser.browse(opened, target, PageRequest(page_size, page_token), timeout)

        return await self._serving.with_current_indices(answer, timeout)

    async def specify(self, system: System, code: str, effective_on: str, timeout: float) -> SpecifyAnswer:
        """Return the choices around a code of ICD-10-CM: those it follows from, and the open one below it."""
        if system is not System.ICD10CM:
            raise invalid("system", "expected ICD10CM: codes of other systems are not chosen step by step")
        parsed, day = notation.parse_code(system, code), parse_effective_on(effective_on)

        async def answer() -> SpecifyAnswer:
            opened = self._serving.in_force(system, day)
            record, ancestors = await self._record_of(opened, parsed, timeout)
            path = [one for one in (*ancestors, record) if one.line.level is Level.CODE]
            while only := specificity.only_way(path[-1]):
                below, _ = await self._serving.records.with_ancestors(opened, only.code, timeout)
                path.append(below)
            return SpecifyAnswer(record.line, tuple(specificity.choices(path)), opened.choice)

        return await self._serving.with_current_indices(answer, timeout)

    def today(self) -> date:
        """Return the date of service of a request that names none."""
        return self._serving.today()

    async def _record_of(self, opened: OpenRelease, code: str, timeout: float) -> tuple[Record, tuple[Record, ...]]:
        """Return a record and those above it; refuse a code that there is not, saying what became of it."""
        try:
            return await self._serving.records.with_ancestors(opened, code, timeout)
        except Refusal as refusal:
            if refusal.reason != CODE_NOT_FOUND:
                raise
            system = opened.choice.release.system
            answers = await self._serving.facts.of([], None, timeout, every=history.wants(system, code))
            raise not_found(opened.choice, code, history.events_of(system, code, answers)) from None

    async def _by_number(self, system: System, codes: Sequence[str], day: date | None, timeout: float) -> KnownNumbers:
        """Return which codes of a system without a release are known; refuse when none is."""
        known = await known_numbers(self._serving, system, codes, day, timeout)
        if not known.codes:
            raise none_in_force(system, day or self._serving.today())
        return known

    async def _found_by_number(
        self, request: SearchRequest, day: date | None, timeout: float
    ) -> list[tuple[System, EntryLine]]:
        """Return the codes that a query writes whole and that are known by their number alone."""
        # Nothing is known of their chapter, and whether they are billable.
        if request.chapters or request.billable is not None:
            return []
        found = []
        for system in dict.fromkeys(request.systems or System):
            code = None if self._serving.has_release(system) else _parsed_or_refusal(system, request.query)
            if isinstance(code, str):
                known = await known_numbers(self._serving, system, [code], day, timeout)
                found += [(system, EntryLine.by_number(one)) for one in known.codes]
        return found

    def _for_search(
        self, systems: Sequence[System], day: date | None, by_number: Sequence[tuple[System, EntryLine]]
    ) -> list[OpenRelease]:
        """Return the release of each system to search: all that are named, else every system that has one.

        A system in which a code was found by its number needs none.
        """
        if systems:
            answered = {system for system, _ in by_number}
            return [self._serving.in_force(system, day) for system in dict.fromkeys(systems) if system not in answered]
        opened, refusals = [], []
        for system in self._serving.registry.systems():
            try:
                opened.append(self._serving.in_force(system, day))
            except Refusal as refusal:
                refusals.append(refusal)
        if not opened and not by_number:
            raise refusals[0] if refusals else nothing_loaded()
        return opened


def _parsed_or_refusal(system: System, code: str) -> str | Refusal:
    try:
        return notation.parse_code(system, code)
    except Refusal as refusal:
        return refusal


def _kind_of(request: SearchRequest, answer: SearchAnswer) -> str:
    """Return what was searched by, as it is measured: what a person is still typing, a code, or words."""
    if request.as_typed:
        return "as_typed"
    return "code" if answer.hits and answer.hits[0].match_kind is MatchKind.CODE else "words"


def _outcome_of(answer: SearchAnswer) -> str:
    if not answer.total:
        return "nothing"
    return "corrected" if answer.corrected_query else "found"
