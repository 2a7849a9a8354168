"""The records of entries: from what a replica keeps, else from the index of the book."""

from collections.abc import Sequence

from cachetools import LRUCache

from services.lookup import metrics
from services.lookup.codes import notation
from services.lookup.codes.history import Action, Event
from services.lookup.codes.record import EntryLine, Record
from services.lookup.index.book import document_id, read_line, read_record
from services.lookup.opened import OpenRelease
from services.lookup.releases import ReleaseChoice
from services.lookup.store import Store
from services.runtime.errors import Kind, Refusal

CODE_NOT_FOUND = "CODE_NOT_FOUND"


class Records:
    """Reads records, and keeps those read lately in about `cache_bytes`."""

    def __init__(self, store: Store, cache_bytes: int) -> None:
        self._store = store
        self._kept: LRUCache[tuple[str, str], Record] = LRUCache(cache_bytes, getsizeof=Record.weight)

    def forget(self) -> None:
        """Drop what is kept."""
        self._kept.clear()

    async def with_ancestors(self, opened: OpenRelease, code: str, timeout: float) -> tuple[Record, tuple[Record, ...]]:
        """Return a record and those above it, chapter first, in at most one fetch; refuse a code that there is not."""
        known = self._known(opened, code)
        above = known.ancestors if known else notation.possible_ancestors(opened.choice.release.system, code)
        records = {one: self._known(opened, one) for one in (code, *above)}
        missing = [one for one, record in records.items() if record is None]
        metrics.read("records", hit=not missing)
        records |= await self._fetched(opened, missing, timeout)
        record = records[code]
        if record is None:
            raise not_found(opened.choice, code)
        ancestors = (records.get(one) or opened.outline.records.get(one) for one in record.ancestors)
        return record, tuple(filter(None, ancestors))

    async def lines(self, opened: OpenRelease, codes: Sequence[str], timeout: float) -> dict[str, EntryLine | None]:
        """Return the lines of some codes, None for those that there are not."""
        records = {code: self._known(opened, code) for code in codes}
        lines = {code: record.line if record else None for code, record in records.items()}
        missing = [code for code, line in lines.items() if line is None]
        metrics.read("lines", hit=not missing)
        if missing:
            ids = list(map(document_id, missing))
            sources = await self._store.fetch(opened.choice.release.book_index, ids, timeout, fields="line")
            for code, source in zip(missing, sources, strict=True):
                lines[code] = read_line(source["line"]) if source else None
        return lines

    def _known(self, opened: OpenRelease, code: str) -> Record | None:
        return opened.outline.records.get(code) or self._kept.get((opened.choice.release.book_index, code))

    async def _fetched(self, opened: OpenRelease, codes: Sequence[str], timeout: float) -> dict[str, Record | None]:
        if not codes:
            return {}
        index = opened.choice.release.book_index
        sources = await self._store.fetch(index, list(map(document_id, codes)), timeout)
        records = {code: read_record(source) if source else None for code, source in zip(codes, sources, strict=True)}
        for code, record in records.items():
            if record:
                self._kept[(index, code)] = record
        return records


def not_found(choice: ReleaseChoice, code: str, happened: Sequence[Event] = ()) -> Refusal:
    """Refuse a code that a release does not have, saying what happened to it, newest first."""
    release = choice.release
    message = f"{code} is not in {release.system.display_name} {release.edition}"
    deleted = next((event for event in happened if event.action is Action.DELETED), None)
    if deleted:
        message += f"; it was deleted on {deleted.effective_from}"
    replaced_by = list(dict.fromkeys(code for event in happened for code in event.replaced_by))
    if replaced_by:
        message += f"; now coded with {', '.join(replaced_by)}"
    metadata = {"system": release.system.value, "code": code, "edition": release.edition}
    if replaced_by:
        metadata["replaced_by"] = " ".join(replaced_by)
    return Refusal(Kind.NOT_FOUND, CODE_NOT_FOUND, message, metadata=metadata)
