"""Accounts as rows, for what is tested without registering; and clocks that tests set."""

import uuid
from datetime import UTC, datetime, timedelta

from codingahead.events.v1 import events_pb2
from sqlalchemy import Table, delete, func, insert, select

from services.accounts.model import MEMBER_PREFIX, Plan
from services.accounts.store.database import Database
from services.accounts.store.outbox import SqlOutbox
from services.accounts.store.tables import accounts

NO_ACCOUNTS = ["", "member:", "guest:5f3a", f"member:{'0' * 32}", f"member:{'0' * 31}", f"member:{'0' * 31}\x00"]


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 4, 1, 12, 0, 0, 250_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def go(self, **by: float) -> datetime:
        """Go on by a timedelta and return the time then."""
        self.time += timedelta(**by)
        return self.time


async def add_member(
    database: Database, plan: Plan = Plan.MEMBER, plan_ends_at: datetime | None = None, password_hash: str = ""
) -> str:
    """Make an account and return its subject."""
    account_id = uuid.uuid4().hex
    async with database.begin() as connection:
        await connection.execute(
            insert(accounts).values(
                id=account_id,
                email=f"{account_id}@example.org",
                password_hash=password_hash,
                plan=plan,
                plan_ends_at=plan_ends_at,
                registered_at=datetime.now(UTC),
            )
        )
    return MEMBER_PREFIX + account_id


async def close(database: Database, subject: str) -> None:
    """Delete an account."""
    async with database.begin() as connection:
        await connection.execute(delete(accounts).where(accounts.c.id == subject.removeprefix(MEMBER_PREFIX)))


async def count(database: Database, table: Table, subject: str) -> int:
    """Return how many rows of a table belong to a subject."""
    mine = table.c.account_id == subject.removeprefix(MEMBER_PREFIX)
    async with database.begin() as connection:
        return await connection.scalar(select(func.count()).select_from(table).where(mine)) or 0


async def revoked_keys(database: Database, subject: str) -> list[str]:
    """Return the keys that the outbox tells were revoked."""
    events = [entry.event for entry in await SqlOutbox(database).pending(10_000)]
    return [
        event.api_key_id for event in events if isinstance(event, events_pb2.ApiKeyRevoked) and event.subject == subject
    ]
