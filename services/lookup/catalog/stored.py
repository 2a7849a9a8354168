"""An edition as the index of its book holds it, for loading it again when what it is found by has changed."""

from services.lookup.catalog.catalog import CALL_SECONDS
from services.lookup.codes.model import Edition, Entry
from services.lookup.codes.record import Record
from services.lookup.index import queries
from services.lookup.index.book import read_record
from services.lookup.releases import Release
from services.lookup.store import Store

_BATCH = 5_000


async def stored_edition(store: Store, release: Release) -> Edition:
    """Return the edition of a release that serves, as its reader found it."""
    entries: list[Entry] = []
    while True:
        body = queries.records_after(entries[-1].order if entries else 0, _BATCH)
        found = await store.search(release.book_index, body, CALL_SECONDS)
        entries += [_entry(read_record(source)) for source in found.sources]
        if len(found.sources) < _BATCH:
            break
    return Edition(
        system=release.system,
        label=release.edition,
        effective_from=release.effective_from,
        effective_to=release.effective_to,
        origin=release.origin,
        entries=tuple(entries),
    )


def _entry(record: Record) -> Entry:
    line = record.line
    return Entry(
        code=line.code,
        level=line.level,
        title=line.title,
        parent=record.ancestors[-1] if record.ancestors else "",
        order=record.order,
        billable=line.billable,
        inclusion_terms=record.inclusion_terms,
        notes=record.notes,
        seventh_characters=record.seventh_characters,
        short_title=record.short_title,
        attributes=record.attributes,
        effective_from=line.effective_from,
        effective_to=line.effective_to,
        common_language=record.common_language,
    )
