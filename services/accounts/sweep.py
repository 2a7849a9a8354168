"""Forgetting what nobody needs any more."""

from services.accounts.model import Clock, utc_now
from services.accounts.store import sweep as store
from services.accounts.store.database import Database


async def sweep(database: Database, now: Clock = utc_now) -> None:
    """Forget old registrations and letters, and sessions and counters that have ended."""
    async with database.begin() as connection:
        await store.sweep(connection, now())
