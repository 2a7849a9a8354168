"""A real Elasticsearch for the tests of lookup, and what stands on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from services.lookup.lookup import Lookup
from services.lookup.store import Access, Store

TODAY = date(2026, 6, 15)
SECONDS = 20.0


@asynccontextmanager
async def opened_store(*urls: str) -> AsyncIterator[Store]:
    """Open a store, and close it."""
    store = Store(Access(urls))
    try:
        yield store
    finally:
        await store.close()


async def wiped(store: Store) -> None:
    """Delete everything that lookup has made."""
    indices = await store.names("codingahead-*", SECONDS)
    await store.delete_indices(list(indices), SECONDS)


async def reloaded(store: Store, today: date = TODAY) -> Lookup:
    """Return a lookup that has read what is loaded."""
    lookup = Lookup(store, today=lambda: today)
    await lookup.reload(SECONDS)
    return lookup
