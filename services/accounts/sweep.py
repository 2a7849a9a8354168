"""Forgetting, every few minutes, what nobody needs any more."""

import asyncio

from services.accounts.model import Clock, utc_now
from services.accounts.store import sweep as store
from services.accounts.store.database import Database
from services.runtime import logs
from services.runtime.errors import Refusal

_EVERY_SECONDS = 300.0


async def sweep(database: Database, now: Clock = utc_now) -> None:
    """Forget old registrations and letters, and sessions and counters that have ended."""
    async with database.begin() as connection:
        await store.sweep(connection, now())


async def keep_sweeping(database: Database, log: logs.Logger) -> None:
    """Sweep until cancelled; while the database is away, what is old waits."""
    while True:
        try:
            await sweep(database)
        except Refusal as refusal:
            log.warning("nothing was swept", error=refusal.message)
        await asyncio.sleep(_EVERY_SECONDS)
