"""The catalogue of code systems: each edition is a release of two indices, one to search, one to fetch from by id."""

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from services.lookup.catalog.catalog import CALL_SECONDS, Catalog, LoadOutcome, Progress, batches
from services.lookup.catalog.index_terms import with_index_terms
from services.lookup.codes.model import Edition, Level, System
from services.lookup.index import mappings
from services.lookup.index.book import (
    LEXICON_ID,
    OUTLINE_ID,
    document_id,
    outline_document,
    outline_of,
    record_document,
    records,
)
from services.lookup.index.documents import form_documents, forms_by_code, lexicon_of
from services.lookup.index.mappings import BOOKS_ALIAS, CODES_ALIAS
from services.lookup.releases import Registry, Release
from services.lookup.search import analysis
from services.lookup.search.forms import Form
from services.lookup.search.inheritance import with_inherited
from services.lookup.search.lexicon import Lexicon
from services.lookup.search.synonyms import Concept, with_synonyms
from services.lookup.store import Store
from services.lookup.verify import verify_edition


class EditionCatalog(Catalog[Edition, Release]):
    """Loads editions of code systems.

    Codes are also found by the names that concepts lend them, those of ICD-10-CM by the loaded alphabetic index.
    """

    aliases = (CODES_ALIAS, BOOKS_ALIAS)

    def __init__(self, store: Store, concepts: Sequence[Concept] = (), **options: Any) -> None:
        super().__init__(store, **options)
        self._concepts = concepts

    async def load(
        self, content: Edition, *, force: bool = False, progress: Progress | None = None
    ) -> LoadOutcome[Release]:
        """Load an edition in place of the load of the same name; one that fails changes nothing.

        Nothing is done when the same edition, with the same index and concepts, serves already, unless forced.
        """
        if content.system is System.ICD10CM:
            content = await with_index_terms(self._store, content)
        return await super().load(content, force=force, progress=progress)

    async def releases(self) -> list[Release]:
        """Return the releases that serve, newest first within each system."""
        return Registry(await self.loads()).releases

    async def rollback(self, system: System, edition: str) -> Release:
        """Return to the load of an edition that the serving one replaced; a second rollback undoes the first."""
        return await self._go_back(f"{system} {edition}")

    def _read(self, meta: Mapping[str, Any]) -> Release:
        return Release.from_meta(meta)

    def _new_load(self, content: Edition) -> Release:
        now = datetime.now(UTC)
        codes = [entry for entry in content.entries if entry.level is Level.CODE]
        slug = re.sub(r"[^a-z0-9]+", "-", content.label.lower()).strip("-")
        name = f"{content.system}-{slug}-{now:%Y%m%dt%H%M%S%f}"
        return Release(
            system=content.system,
            edition=content.label,
            effective_from=content.effective_from,
            effective_to=content.effective_to,
            codes=len(codes),
            billable_codes=sum(entry.billable for entry in codes),
            loaded_at=now,
            origin=content.origin,
            content=_digest(content, self._concepts),
            codes_index=f"{CODES_ALIAS}-{name}",
            book_index=f"{BOOKS_ALIAS}-{name}",
        )

    async def _fill(self, content: Edition, new: Release, report: Progress) -> None:
        meta = new.to_meta()
        await self._store.create_index(new.codes_index, mappings.codes_index(meta), CALL_SECONDS)
        await self._store.create_index(new.book_index, mappings.book_index(meta), CALL_SECONDS)
        report("read words", 0, 1)
        # Takes seconds: in a thread, so that the lock is renewed meanwhile.
        forms, lexicon = await asyncio.to_thread(_words_of, content, self._concepts)
        report("read words", 1, 1)
        outline = outline_of(records(content))
        upper = [(OUTLINE_ID, outline_document(outline)), (LEXICON_ID, lexicon.to_document())]
        book = ((document_id(record.line.code), record_document(record)) for record in records(content))
        codes = (
            document
            for record in records(content)
            if record.line.level is Level.CODE
            for document in form_documents(record, forms[record.line.code], lexicon)
        )
        await self._store.bulk(new.book_index, upper, CALL_SECONDS)
        await self._bulk("index book", new.book_index, book, len(content.entries), report)
        await self._bulk("index names of codes", new.codes_index, codes, sum(map(len, forms.values())), report)
        await self._finish(new, report)

    async def _verify(self, content: Edition, new: Release) -> None:
        await verify_edition(self._store, content, new)


def _words_of(edition: Edition, concepts: Sequence[Concept]) -> tuple[dict[str, list[Form]], Lexicon]:
    forms = with_inherited(edition.entries, with_synonyms(forms_by_code(edition), concepts))
    return forms, lexicon_of(forms)


def _digest(edition: Edition, concepts: Sequence[Concept]) -> str:
    """Return a digest of an edition, of the way its words are analysed and of the concepts it is found by."""
    digest = hashlib.blake2b(str(analysis.VERSION).encode(), digest_size=16)
    digest.update(orjson.dumps(concepts))
    digest.update(orjson.dumps(replace(edition, entries=())))
    for batch in batches(edition.entries):
        digest.update(orjson.dumps(batch))
    return digest.hexdigest()
