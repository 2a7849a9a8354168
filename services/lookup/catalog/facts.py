"""The catalogue of the sources of facts: each edition of each source is one index to fetch from by id."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from services.lookup.catalog.catalog import CALL_SECONDS, Catalog, Progress
from services.lookup.facts.edition import FactEdition
from services.lookup.facts.registry import FactLoad, FactRegistry
from services.lookup.facts.source import Source
from services.lookup.index import mappings
from services.lookup.index.guidelines import searched
from services.lookup.index.mappings import FACTS_ALIAS
from services.lookup.verify import verify_facts


class FactCatalog(Catalog[FactEdition, FactLoad]):
    """Loads editions of the sources of facts."""

    aliases = (FACTS_ALIAS,)

    async def editions(self) -> list[FactLoad]:
        """Return the editions that serve, newest first within each source."""
        return FactRegistry(await self.loads()).loads

    async def rollback(self, source: Source, edition: str) -> FactLoad:
        """Return to the load of an edition that the serving one replaced; a second rollback undoes the first."""
        return await self._go_back(f"{source} {edition}")

    def _read(self, meta: Mapping[str, Any]) -> FactLoad:
        return FactLoad.from_meta(meta)

    def _new_load(self, content: FactEdition) -> FactLoad:
        now = datetime.now(UTC)
        slug = re.sub(r"[^a-z0-9]+", "-", f"{content.source} {content.label}".lower()).strip("-")
        return FactLoad(
            source=content.source,
            edition=content.label,
            effective_from=content.effective_from,
            effective_to=content.effective_to,
            rows=content.rows,
            left_out=dict(content.left_out),
            codes=content.codes,
            documents=len(content.documents),
            loaded_at=now,
            origin=content.origin,
            content=_digest(content),
            index=f"{FACTS_ALIAS}-{slug}-{now:%Y%m%dt%H%M%S%f}",
        )

    async def _fill(self, content: FactEdition, new: FactLoad, report: Progress) -> None:
        await self._store.create_index(new.index, mappings.facts_index(new.to_meta()), CALL_SECONDS)
        documents = (
            (id, {"facts": values, **searched(content.source, id, values)}) for id, values in content.documents
        )
        await self._bulk("index facts", new.index, documents, new.documents, report)
        await self._finish(new, report)

    async def _verify(self, content: FactEdition, new: FactLoad) -> None:
        await verify_facts(self._store, content, new)


def _digest(edition: FactEdition) -> str:
    """Return a digest of an edition."""
    digest = hashlib.blake2b(digest_size=16)
    about = [edition.source, edition.label, edition.effective_from, edition.effective_to, edition.rows]
    digest.update(orjson.dumps(about))
    for document in edition.documents:
        digest.update(orjson.dumps(document))
    return digest.hexdigest()
