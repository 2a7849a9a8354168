"""The outbox in SQL: events are written in the transaction of what they tell of."""

import uuid
from collections.abc import Sequence

from codingahead.events.v1 import events_pb2
from google.protobuf.message import Message
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts.store.database import Database
from services.accounts.store.tables import outbox
from services.runtime import context
from services.runtime.events.catalogue import subject_of
from services.runtime.events.outbox import OutboxEntry

_KINDS: dict[str, type[Message]] = {
    subject_of(kind): kind
    for kind in (
        events_pb2.AccountRegistered,
        events_pb2.AccountClosed,
        events_pb2.SessionRevoked,
        events_pb2.ApiKeyRevoked,
        events_pb2.LetterRequested,
    )
}


async def tell(connection: AsyncConnection, event: Message) -> None:
    """Have an event published if, and only if, the transaction is committed."""
    await connection.execute(
        insert(outbox).values(
            event_id=uuid.uuid4().hex,
            subject=subject_of(type(event)),
            body=event.SerializeToString(),
            traceparent=context.traceparent() or None,
        )
    )


class SqlOutbox:
    """The relay's side of the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pending(self, limit: int) -> list[OutboxEntry]:
        """Return up to `limit` waiting entries, oldest first."""
        async with self._database.begin() as connection:
            rows = await connection.execute(select(outbox).order_by(outbox.c.position).limit(limit))
        return [
            OutboxEntry(
                row.event_id, _KINDS[row.subject].FromString(row.body), str(row.position), row.traceparent or ""
            )
            for row in rows
        ]

    async def remove(self, entries: Sequence[OutboxEntry]) -> None:
        """Forget entries that JetStream has acknowledged."""
        positions = [int(entry.position) for entry in entries]
        async with self._database.begin() as connection:
            await connection.execute(delete(outbox).where(outbox.c.position.in_(positions)))

    async def depth(self) -> int:
        """Return how many entries wait."""
        async with self._database.begin() as connection:
            return (await connection.execute(select(func.count()).select_from(outbox))).scalar_one()
