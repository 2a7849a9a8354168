"""Counters of attempts in SQL, each over a window that begins with the first."""

from datetime import datetime

from sqlalchemy import case, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts.store.database import insert_into
from services.accounts.store.tables import attempts


async def count(connection: AsyncConnection, what: str, now: datetime, ends_at: datetime) -> tuple[int, datetime]:
    """Count one up; return the count and when it ends, which is `ends_at` for a new one."""
    new = insert_into(connection, attempts).values(what=what, count=1, ends_at=ends_at)
    ended = attempts.c.ends_at <= now
    row = await connection.execute(
        new.on_conflict_do_update(
            index_elements=[attempts.c.what],
            set_={
                "count": case((ended, 1), else_=attempts.c.count + 1),
                "ends_at": case((ended, new.excluded.ends_at), else_=attempts.c.ends_at),
            },
        ).returning(attempts.c.count, attempts.c.ends_at)
    )
    counted, end = row.one()
    return counted, end


async def uncount(connection: AsyncConnection, what: str) -> None:
    """Take one back."""
    await connection.execute(
        update(attempts).where(attempts.c.what == what, attempts.c.count > 0).values(count=attempts.c.count - 1)
    )


async def forget(connection: AsyncConnection, what: str) -> None:
    """Forget a counter and those whose names continue it after a colon."""
    # First the one that `count` takes first too, so that both never wait for each other.
    await connection.execute(delete(attempts).where(attempts.c.what == what))
    await connection.execute(delete(attempts).where(attempts.c.what.startswith(f"{what}:")))
