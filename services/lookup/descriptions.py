"""The common-language descriptions of codes: from what a replica keeps, else from their index."""

from collections.abc import Iterable, Sequence

from cachetools import LRUCache

from services.lookup import metrics
from services.lookup.answers import CommonLanguageDescription
from services.lookup.codes.model import System
from services.lookup.index.descriptions import description_id, read_description
from services.lookup.index.mappings import DESCRIPTIONS_ALIAS
from services.lookup.store import IndexGone, Store


class Descriptions:
    """Reads descriptions, and keeps those read lately in about `cache_bytes`; that a code has none is kept as well."""

    def __init__(self, store: Store, cache_bytes: int) -> None:
        self._store = store
        self._kept: LRUCache[str, CommonLanguageDescription | None] = LRUCache(cache_bytes, getsizeof=_weight)
        self._index = ""

    @property
    def loaded(self) -> bool:
        """Whether a collection is loaded."""
        return bool(self._index)

    def use(self, index: str) -> None:
        """Answer from the collection of this index, from none when it is empty; what is kept of another is dropped."""
        if index != self._index:
            self._index = index
            self._kept = LRUCache(self._kept.maxsize, getsizeof=_weight)

    async def of(self, system: System, codes: Iterable[str], timeout: float) -> dict[str, CommonLanguageDescription]:
        """Return the descriptions of the codes that have one, in at most one fetch; none without a collection."""
        if not self._index:
            return {}
        cache = self._kept  # a collection that is swapped in meanwhile has a cache of its own
        ids = {code: description_id(system, code) for code in codes}
        found = {id: cache[id] for id in ids.values() if id in cache}
        missing = [id for id in ids.values() if id not in found]
        metrics.read("descriptions", hit=not missing)
        if missing:
            fetched = await self._fetched(missing, timeout)
            cache.update(fetched)
            found |= fetched
        return {code: description for code, id in ids.items() if (description := found.get(id))}

    async def _fetched(self, ids: Sequence[str], timeout: float) -> dict[str, CommonLanguageDescription | None]:
        """Fetch by the alias: whatever has been swapped in answers. Without it there is no collection any more."""
        try:
            sources = await self._store.fetch(DESCRIPTIONS_ALIAS, ids, timeout)
        except IndexGone:
            self.use("")
            return {}
        return {id: read_description(source) if source else None for id, source in zip(ids, sources, strict=True)}


def _weight(description: CommonLanguageDescription | None) -> int:
    """Return about how many bytes a description holds, or the note that there is none."""
    return 500 + (2 * len(description.text) if description else 0)
