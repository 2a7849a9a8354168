"""The catalogue of common-language descriptions: one collection serves at a time, in one index."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from services.lookup.catalog.catalog import CALL_SECONDS, Catalog, Progress
from services.lookup.codes.description import Collection
from services.lookup.index import mappings
from services.lookup.index.descriptions import description_document, description_id
from services.lookup.index.mappings import DESCRIPTIONS_ALIAS
from services.lookup.releases import DescriptionLoad
from services.lookup.verify import verify_collection


class DescriptionCatalog(Catalog[Collection, DescriptionLoad]):
    """Loads collections of descriptions; each takes the place of the one before.

    The samples that ship along take the place of other samples only: what an operator has loaded stays, forced or not.
    """

    aliases = (DESCRIPTIONS_ALIAS,)

    async def rollback(self) -> DescriptionLoad:
        """Return to the collection that the serving one replaced; a second rollback undoes the first."""
        return await self._go_back("descriptions")

    def _read(self, meta: Mapping[str, Any]) -> DescriptionLoad:
        return DescriptionLoad.from_meta(meta)

    def _new_load(self, content: Collection) -> DescriptionLoad:
        now = datetime.now(UTC)
        return DescriptionLoad(
            edition=content.label,
            codes=len(content.descriptions),
            samples=content.samples,
            loaded_at=now,
            origin=content.origin,
            content=_digest(content),
            index=f"{DESCRIPTIONS_ALIAS}-{now:%Y%m%dt%H%M%S%f}",
        )

    def _stays(self, serving: DescriptionLoad, new: DescriptionLoad, force: bool) -> bool:
        return super()._stays(serving, new, force) or (new.samples and not serving.samples)

    async def _fill(self, content: Collection, new: DescriptionLoad, report: Progress) -> None:
        await self._store.create_index(new.index, mappings.descriptions_index(new.to_meta()), CALL_SECONDS)
        documents = (
            (description_id(one.system, one.code), description_document(one, new.edition))
            for one in content.descriptions
        )
        await self._bulk("index texts", new.index, documents, new.codes, report)
        await self._finish(new, report)

    async def _verify(self, content: Collection, new: DescriptionLoad) -> None:
        await verify_collection(self._store, content, new)


def _digest(collection: Collection) -> str:
    """Return a digest of the descriptions, whichever order and files they came in."""
    ordered = sorted(collection.descriptions, key=lambda one: (one.system, one.code))
    digest = hashlib.blake2b(digest_size=16)
    digest.update(orjson.dumps([collection.samples, ordered]))
    return digest.hexdigest()
