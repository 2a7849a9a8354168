"""What serves: the releases that are open, and where facts, records and descriptions are read from."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from services.lookup.codes.model import System
from services.lookup.descriptions import Descriptions
from services.lookup.facts.facts import Facts
from services.lookup.facts.registry import FactLoad
from services.lookup.index.book import LEXICON_ID, OUTLINE_ID, read_outline
from services.lookup.index.mappings import CODES_ALIAS, DESCRIPTIONS_ALIAS, FACTS_ALIAS
from services.lookup.opened import OpenRelease
from services.lookup.records import Records
from services.lookup.releases import DescriptionLoad, Registry, Release, ReleaseChoice
from services.lookup.search.lexicon import Lexicon
from services.lookup.store import IndexGone, Store
from services.runtime.errors import unavailable

_RECORD_BYTES = 16_000_000
_DESCRIPTION_BYTES = 8_000_000
_FACT_BYTES = 48_000_000

T = TypeVar("T")


class Serving:
    """A replica keeps the outline and the words of each release, and what is asked often.

    `reload` is called at the start, on every `lookup.catalog.released` and now and then; before the first, nothing is
    loaded. `timeout` is the seconds that an answer may take, `today` the date of service of a request that names none.
    """

    def __init__(self, store: Store, today: Callable[[], date]) -> None:
        self._store = store
        self.today = today
        self.registry = Registry()
        self.records = Records(store, _RECORD_BYTES)
        self.descriptions = Descriptions(store, _DESCRIPTION_BYTES)
        self.facts = Facts(store, _FACT_BYTES, today)
        self._opened: dict[str, OpenRelease] = {}
        self._reloading = asyncio.Lock()

    async def reload(self, timeout: float) -> bool:
        """Read what is loaded and open the releases; return whether they are others than before."""
        async with self._reloading:
            releases, collections, facts = await asyncio.gather(
                self._store.metas(CODES_ALIAS, timeout),
                self._store.metas(DESCRIPTIONS_ALIAS, timeout),
                self._store.metas(FACTS_ALIAS, timeout),
            )
            self.facts.use(map(FactLoad.from_meta, facts.values()))
            loaded = [DescriptionLoad.from_meta(meta) for meta in collections.values()]
            self.descriptions.use(loaded[0].index if loaded else "")
            registry = Registry(map(Release.from_meta, releases.values()))
            if registry.releases == self.registry.releases:
                return False
            opened = await asyncio.gather(*(self._open(release, timeout) for release in registry.releases))
            self._opened = {one.choice.release.codes_index: one for one in opened}
            self.registry = registry
            self.records.forget()
            return True

    def has_release(self, system: System) -> bool:
        """Whether a release of a system is loaded."""
        return bool(self.registry.of([system]))

    def in_force(self, system: System, day: date | None) -> OpenRelease:
        """Return the release that answers for a date of service; refuse when there is none."""
        choice = self.registry.choose(system, day, self.today())
        return replace(self._opened[choice.release.codes_index], choice=choice)

    async def with_current_indices(self, answer: Callable[[], Awaitable[T]], timeout: float) -> T:
        """Return an answer; when its indices were deleted meanwhile, that of those that replaced them."""
        try:
            return await answer()
        except IndexGone:
            await self.reload(timeout)
        try:
            return await answer()
        except IndexGone as error:
            raise unavailable("the release is being replaced") from error

    async def _open(self, release: Release, timeout: float) -> OpenRelease:
        outline, lexicon = await self._store.fetch(release.book_index, [OUTLINE_ID, LEXICON_ID], timeout)
        choice = ReleaseChoice(release, in_force=False)
        return OpenRelease(choice, read_outline(outline), Lexicon.from_document(lexicon))
