"""The catalogue of releases: load one, list them, go back.

The aliases are the truth: a release serves exactly when its two indices are behind them, and the `_meta` of the
indices says everything about it. A load fills new indices that nobody sees, checks them, and puts them behind the
aliases in one step; whenever it dies before, the old release goes on serving and the next load clears up.
"""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import orjson

from services.lookup.codes.model import Edition, Level, System
from services.lookup.index import mappings
from services.lookup.index.documents import code_document, lexicon_of
from services.lookup.index.facts import (
    LEXICON_ID,
    OUTLINE_ID,
    document_id,
    outline_document,
    outline_of,
    record_document,
    records,
)
from services.lookup.index.mappings import CODES_ALIAS, FACTS_ALIAS
from services.lookup.loadlock import LoadLock
from services.lookup.releases import Registry, Release
from services.lookup.search import analysis
from services.lookup.store import Store
from services.lookup.verify import verify
from services.runtime.errors import Kind, Refusal

_BULK_DOCUMENTS = 2000
_CALL_SECONDS = 60.0
# Merging a whole index into one segment is one call.
_FINISH_SECONDS = 600.0

Progress = Callable[[str, int, int], None]
_Document = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """The release that serves after a load, and whether the load changed anything."""

    release: Release
    changed: bool


class Catalog:
    """Loads releases into Elasticsearch. One load or rollback runs at a time, whichever process it is in."""

    def __init__(self, store: Store, *, replicas: int = 0, lock_seconds: float = 60.0) -> None:
        self._store = store
        self._replicas = replicas
        self._lock_seconds = lock_seconds

    async def releases(self) -> list[Release]:
        """Return the releases that serve, newest first within each system."""
        metas = await self._store.metas(CODES_ALIAS, _CALL_SECONDS)
        return Registry(map(Release.from_meta, metas.values())).releases

    async def load(self, edition: Edition, *, force: bool = False, progress: Progress | None = None) -> LoadOutcome:
        """Load an edition; nothing is done when the same content serves already, unless forced.

        `progress` is told the step, how much of it is done, and of how much. A load that fails changes nothing.
        """
        report = progress or _silent
        content = _digest(edition)
        async with LoadLock(self._store, self._lock_seconds) as lock:
            serving = await self._serving(edition.system, edition.label)
            if serving and serving.content == content and not force:
                return LoadOutcome(serving, changed=False)
            await self._clear_up()
            release = _new_release(edition, content, replaces=serving)
            try:
                await self._fill(edition, release, report)
                report("verify", 0, 1)
                await verify(self._store, edition, release)
                report("verify", 1, 1)
                await lock.confirm()
                await self._switch(release, serving)
            except BaseException:
                # When the store is away the next load clears up.
                with contextlib.suppress(Refusal):
                    await self._store.delete_indices(release.indices, _CALL_SECONDS)
                raise
            await self._clear_up()
            return LoadOutcome(release, changed=True)

    async def rollback(self, system: System, edition: str) -> Release:
        """Return to the load of an edition that the serving one replaced; a second rollback undoes the first."""
        async with LoadLock(self._store, self._lock_seconds) as lock:
            serving = await self._serving(system, edition)
            if serving is None:
                raise _nothing_to_roll_back(f"{system} {edition} is not loaded")
            kept = await self._store.metas(",".join(serving.previous), _CALL_SECONDS) if serving.previous else {}
            if len(kept) != len(serving.indices):
                raise _nothing_to_roll_back(f"no earlier load of {system} {edition} is kept")
            earlier = replace(Release.from_meta(kept[serving.previous[0]]), previous=serving.indices)
            for index in earlier.indices:
                await self._store.set_meta(index, earlier.to_meta(), _CALL_SECONDS)
            await lock.confirm()
            await self._switch(earlier, serving)
            return earlier

    async def _serving(self, system: System, edition: str) -> Release | None:
        loaded = await self.releases()
        return next((one for one in loaded if one.system is system and one.edition == edition), None)

    async def _fill(self, edition: Edition, release: Release, report: Progress) -> None:
        """Make the two indices of a release and fill them."""
        meta = release.to_meta()
        await self._store.create_index(release.codes_index, mappings.codes_index(meta), _CALL_SECONDS)
        await self._store.create_index(release.facts_index, mappings.facts_index(meta), _CALL_SECONDS)
        report("read words", 0, 1)
        # Takes seconds: in a thread, so that the lock is renewed meanwhile.
        lexicon = await asyncio.to_thread(lexicon_of, edition)
        report("read words", 1, 1)
        outline = outline_of(records(edition))
        upper = [(OUTLINE_ID, outline_document(outline)), (LEXICON_ID, lexicon.to_document())]
        facts = ((document_id(record.line.code), record_document(record)) for record in records(edition))
        codes = (
            (document_id(entry.code), code_document(entry, record, lexicon))
            for entry, record in zip(edition.entries, records(edition), strict=True)
            if entry.level is Level.CODE
        )
        await self._store.bulk(release.facts_index, upper, _CALL_SECONDS)
        await self._bulk("index facts", release.facts_index, facts, len(edition.entries), report)
        await self._bulk("index codes", release.codes_index, codes, release.codes, report)
        for done, index in enumerate(release.indices):
            report("merge", done, len(release.indices))
            await self._store.finish_index(index, mappings.serving_settings(self._replicas), _FINISH_SECONDS)
        report("merge", len(release.indices), len(release.indices))

    async def _bulk(self, step: str, index: str, documents: Iterable[_Document], total: int, report: Progress) -> None:
        done = 0
        for batch in _batches(documents):
            report(step, done, total)
            await self._store.bulk(index, batch, _CALL_SECONDS)
            done += len(batch)
        report(step, done, total)

    async def _switch(self, release: Release, replaced: Release | None) -> None:
        """Put a release behind the aliases in place of the one it replaces, in one step."""
        aliases = (CODES_ALIAS, FACTS_ALIAS)
        await self._store.swap(
            add=dict(zip(release.indices, aliases, strict=True)),
            remove=dict(zip(replaced.indices, aliases, strict=True)) if replaced else {},
            timeout=_CALL_SECONDS,
        )

    async def _clear_up(self) -> None:
        """Delete the indices that neither serve nor are kept for a rollback: leftovers of loads that died."""
        wanted = {index for release in await self.releases() for index in (*release.indices, *release.previous)}
        found = await self._store.names(f"{CODES_ALIAS}-*,{FACTS_ALIAS}-*", _CALL_SECONDS)
        leftovers = [index for index, aliases in found.items() if index not in wanted and not aliases]
        await self._store.delete_indices(leftovers, _CALL_SECONDS)


def _new_release(edition: Edition, content: str, replaces: Release | None) -> Release:
    now = datetime.now(UTC)
    codes = [entry for entry in edition.entries if entry.level is Level.CODE]
    slug = re.sub(r"[^a-z0-9]+", "-", edition.label.lower()).strip("-")
    name = f"{edition.system}-{slug}-{now:%Y%m%dt%H%M%S%f}"
    return Release(
        system=edition.system,
        edition=edition.label,
        effective_from=edition.effective_from,
        effective_to=edition.effective_to,
        codes=len(codes),
        billable_codes=sum(entry.billable for entry in codes),
        loaded_at=now,
        origin=edition.origin,
        content=content,
        codes_index=f"{CODES_ALIAS}-{name}",
        facts_index=f"{FACTS_ALIAS}-{name}",
        previous=replaces.indices if replaces else (),
    )


def _digest(edition: Edition) -> str:
    """Return a digest of an edition, and of the way it is indexed."""
    digest = hashlib.blake2b(f"{mappings.FORMAT}.{analysis.VERSION}".encode(), digest_size=16)
    digest.update(orjson.dumps(replace(edition, entries=())))
    for batch in _batches(edition.entries):
        digest.update(orjson.dumps(batch))
    return digest.hexdigest()


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BULK_DOCUMENTS)):
        yield batch


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def _nothing_to_roll_back(message: str) -> Refusal:
    return Refusal(Kind.PRECONDITION, "NOTHING_TO_ROLL_BACK", message)
