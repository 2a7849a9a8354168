"""Forgetting what nobody needs any more, in SQL."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts.store.tables import attempts, letters, registrations, sessions

# Longer than any link is good and any retry takes; then the address is not kept without an account.
_KEPT = timedelta(days=7)


async def sweep(connection: AsyncConnection, now: datetime) -> None:
    """Forget old registrations and letters, and sessions and counters that have ended."""
    await _remove(connection, letters, letters.c.created_at <= now - _KEPT)
    without_letter = ~exists().where(letters.c.registration_id == registrations.c.id)
    await _remove(connection, registrations, (registrations.c.created_at <= now - _KEPT) & without_letter)
    await _remove(connection, sessions, sessions.c.ends_at <= now)
    await _remove(connection, attempts, attempts.c.ends_at <= now)


async def _remove(connection: AsyncConnection, table: Table, old: ColumnElement[bool]) -> None:
    """Remove old rows; those that somebody works on are left for the next time, so that nobody waits for the sweep."""
    (key,) = table.primary_key
    await connection.execute(delete(table).where(key.in_(select(key).where(old).with_for_update(skip_locked=True))))
