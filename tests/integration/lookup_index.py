"""A real Elasticsearch for the tests of lookup, and what stands on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from deploy.local.elasticsearch.home import VERSION
from deploy.local.stack import LocalStack
from services.lookup.lookup import Lookup
from services.lookup.store import Access, Store

TODAY = date(2026, 6, 15)
SECONDS = 20.0

_HOME = Path(__file__).parents[2] / ".local" / "elasticsearch" / f"home-{VERSION}"


@asynccontextmanager
async def running_elasticsearch(folder: Path) -> AsyncIterator[LocalStack]:
    """Run an Elasticsearch of its own under a folder; the jars are those of the repository's stack."""
    async with LocalStack(folder, {"elasticsearch"}, ports={}, elasticsearch_home=_HOME) as stack:
        yield stack


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
