"""The catalogue of one source: load, list, go back.

The aliases are the truth: a load serves exactly when its indices are behind them, and the `_meta` of the indices says
everything about it. A load fills new indices that nobody sees, checks them, and puts them behind the aliases in one
step; whenever it dies before, the old load goes on serving and the next one clears up.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar

from services.lookup.facts.edition import Document
from services.lookup.index import mappings
from services.lookup.loadlock import LoadLock
from services.lookup.releases import Load
from services.lookup.store import Store
from services.runtime.errors import Kind, Refusal

CALL_SECONDS = 60.0
# Merging a whole index into one segment is one call.
_FINISH_SECONDS = 600.0
_BULK_DOCUMENTS = 2000

# Told the step, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]
C = TypeVar("C")
L = TypeVar("L", bound=Load)


@dataclass(frozen=True, slots=True)
class LoadOutcome(Generic[L]):
    """What serves after a load, and whether the load changed anything."""

    load: L
    changed: bool


class Catalog(ABC, Generic[C, L]):
    """Loads a source into Elasticsearch. One load or rollback of any source runs at a time, in whichever process.

    Each index of a load stands behind one of the `aliases`.
    """

    aliases: ClassVar[tuple[str, ...]]

    def __init__(self, store: Store, *, replicas: int = 0, lock_seconds: float = 60.0) -> None:
        self._store = store
        self._replicas = replicas
        self._lock_seconds = lock_seconds

    async def loads(self) -> list[L]:
        """Return the loads that serve."""
        metas = await self._store.metas(self.aliases[0], CALL_SECONDS)
        return [self._read(meta) for meta in metas.values()]

    async def load(self, content: C, *, force: bool = False, progress: Progress | None = None) -> LoadOutcome[L]:
        """Load a content in place of the load of the same name; one that fails changes nothing.

        Nothing is done when the same content serves already, unless forced.
        """
        report = progress or _silent
        new = self._new_load(content)
        async with LoadLock(self._store, self._lock_seconds) as lock:
            serving = await self._serving(new.name)
            if serving and self._stays(serving, new, force):
                return LoadOutcome(serving, changed=False)
            await self._clear_up()
            new = replace(new, previous=serving.indices if serving else ())
            try:
                await self._fill(content, new, report)
                report("verify", 0, 1)
                await self._verify(content, new)
                report("verify", 1, 1)
                await lock.confirm()
                await self._switch(new, serving)
            except BaseException:
                # When the store is away the next load clears up.
                with contextlib.suppress(Refusal):
                    await self._store.delete_indices(new.indices, CALL_SECONDS)
                raise
            await self._clear_up()
            return LoadOutcome(new, changed=True)

    # What each source says of itself

    @abstractmethod
    def _read(self, meta: Mapping[str, Any]) -> L:
        """Read a load from the `_meta` of an index."""

    @abstractmethod
    def _new_load(self, content: C) -> L:
        """Describe the load of a content, into indices of new names."""

    @abstractmethod
    async def _fill(self, content: C, new: L, report: Progress) -> None:
        """Make the indices of a load and fill them."""

    @abstractmethod
    async def _verify(self, content: C, new: L) -> None:
        """Raise VerificationFailed unless the filled indices are what the content says."""

    def _stays(self, serving: L, new: L, force: bool) -> bool:
        """Whether what serves is left as it is."""
        return serving.content == new.content and not force

    # What each source builds on

    async def _go_back(self, name: str) -> L:
        """Return to the load that the serving one of that name replaced; a second rollback undoes the first."""
        async with LoadLock(self._store, self._lock_seconds) as lock:
            serving = await self._serving(name)
            if serving is None:
                raise _nothing_to_roll_back(f"{name} is not loaded")
            kept = await self._store.metas(",".join(serving.previous), CALL_SECONDS) if serving.previous else {}
            if len(kept) != len(serving.indices):
                raise _nothing_to_roll_back(f"no earlier load of {name} is kept")
            earlier = replace(self._read(kept[serving.previous[0]]), previous=serving.indices)
            for index in earlier.indices:
                await self._store.set_meta(index, earlier.to_meta(), CALL_SECONDS)
            await lock.confirm()
            await self._switch(earlier, serving)
            return earlier

    async def _bulk(self, step: str, index: str, documents: Iterable[Document], total: int, report: Progress) -> None:
        done, following = 0, batches(documents)
        batch: list[Document] = await asyncio.to_thread(next, following, [])
        while batch:
            report(step, done, total)
            done += len(batch)
            # The next ones are made while Elasticsearch takes these.
            _, batch = await asyncio.gather(
                self._store.bulk(index, batch, CALL_SECONDS), asyncio.to_thread(next, following, [])
            )
        report(step, done, total)

    async def _finish(self, new: L, report: Progress) -> None:
        """Make the filled indices of a load searchable."""
        for done, index in enumerate(new.indices):
            report("merge", done, len(new.indices))
            await self._store.finish_index(index, mappings.serving_settings(self._replicas), _FINISH_SECONDS)
        report("merge", len(new.indices), len(new.indices))

    async def _serving(self, name: str) -> L | None:
        return next((one for one in await self.loads() if one.name == name), None)

    async def _switch(self, new: L, replaced: L | None) -> None:
        """Put a load behind the aliases in place of the one it replaces, in one step."""
        await self._store.swap(
            add=dict(zip(new.indices, self.aliases, strict=True)),
            remove=dict(zip(replaced.indices, self.aliases, strict=True)) if replaced else {},
            timeout=CALL_SECONDS,
        )

    async def _clear_up(self) -> None:
        """Delete the indices that neither serve nor are kept for a rollback: leftovers of loads that died."""
        wanted = {index for load in await self.loads() for index in (*load.indices, *load.previous)}
        found = await self._store.names(",".join(f"{alias}-*" for alias in self.aliases), CALL_SECONDS)
        leftovers = [index for index, aliases in found.items() if index not in wanted and not aliases]
        await self._store.delete_indices(leftovers, CALL_SECONDS)


def batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the items in lists of a size that one call takes."""
    iterator = iter(items)
    while batch := list(islice(iterator, _BULK_DOCUMENTS)):
        yield batch


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def _nothing_to_roll_back(message: str) -> Refusal:
    return Refusal(Kind.PRECONDITION, "NOTHING_TO_ROLL_BACK", message)
