"""Sessions in SQL."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts.model import Account
from services.accounts.store import people
from services.accounts.store.tables import sessions


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session; `generation` counts its refresh tokens."""

    id: str
    account_id: str
    generation: int
    began_at: datetime
    refreshed_at: datetime
    ends_at: datetime


async def add(connection: AsyncConnection, session: StoredSession) -> None:
    """Keep a new session."""
    await connection.execute(
        insert(sessions).values(
            id=session.id,
            account_id=session.account_id,
            generation=session.generation,
            began_at=session.began_at,
            refreshed_at=session.refreshed_at,
            ends_at=session.ends_at,
        )
    )


async def hold(connection: AsyncConnection, session_id: str) -> tuple[Account, StoredSession] | None:
    """Return a session with its account, None when there is none.

    Until the transaction ends nobody else changes them.
    """
    owner = select(sessions.c.account_id).where(sessions.c.id == session_id).scalar_subquery()
    account = await people.hold_account(connection, owner)
    # Read after the wait for the account: it may have ended meanwhile.
    row = (await connection.execute(select(sessions).where(sessions.c.id == session_id))).first()
    return (account, StoredSession(*row)) if account and row else None


async def refresh(connection: AsyncConnection, session: StoredSession) -> None:
    """Keep the new generation and times of a session that is held."""
    await connection.execute(
        update(sessions)
        .where(sessions.c.id == session.id)
        .values(generation=session.generation, refreshed_at=session.refreshed_at, ends_at=session.ends_at)
    )


async def count(connection: AsyncConnection, account_id: str, now: datetime) -> int:
    """Return how many sessions of an account have not ended."""
    query = select(func.count()).where(sessions.c.account_id == account_id, sessions.c.ends_at > now)
    return await connection.scalar(query) or 0


async def remove(connection: AsyncConnection, session_id: str) -> None:
    """Forget a session."""
    await connection.execute(delete(sessions).where(sessions.c.id == session_id))


async def remove_all(connection: AsyncConnection, account_id: str, but: str = "") -> None:
    """Forget the sessions of an account, all `but` one."""
    await connection.execute(delete(sessions).where(sessions.c.account_id == account_id, sessions.c.id != but))
