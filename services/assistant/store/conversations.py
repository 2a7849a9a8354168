"""Conversations of members in SQL. They are ordered by when they were gone on with last and by id, both falling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from codingahead.assistant.v1 import assistant_pb2 as pb
from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.assistant.store.tables import conversations, turns
from services.runtime.timeline import Position


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns. Times are aware, UTC."""

    id: str
    title: str
    started_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AnsweredTurn:
    """A message, without identifiers of patients, and its answers."""

    question: str
    answers: tuple[pb.Answer, ...]
    asked_at: datetime


async def find(
    connection: AsyncConnection, subject: str, conversation_id: str, *, hold: bool = False
) -> Conversation | None:
    """Return a conversation of a subject, None when there is none; `hold` keeps others who hold it waiting."""
    query = select(conversations).where(_named(subject, conversation_id))
    row = (await connection.execute(query.with_for_update() if hold else query)).one_or_none()
    return Conversation(row.id, row.title, row.started_at, row.last_at) if row else None


async def latest(
    connection: AsyncConnection, subject: str, after: Position | None, limit: int
) -> Sequence[Conversation]:
    """Return up to `limit` conversations of a subject after a position."""
    order = (conversations.c.last_at, conversations.c.id)
    query = select(conversations).where(conversations.c.subject == subject)
    if after:
        query = query.where(tuple_(*order) < (after.at, after.key))
    rows = await connection.execute(query.order_by(*(column.desc() for column in order)).limit(limit))
    return [Conversation(row.id, row.title, row.started_at, row.last_at) for row in rows]


async def add(connection: AsyncConnection, subject: str, conversation: Conversation) -> None:
    """Keep a conversation that is new."""
    await connection.execute(
        insert(conversations).values(
            id=conversation.id,
            subject=subject,
            title=conversation.title,
            started_at=conversation.started_at,
            last_at=conversation.last_at,
        )
    )


async def count_turns(connection: AsyncConnection, conversation_id: str) -> int:
    """Return how many turns a conversation has."""
    query = select(func.count()).select_from(turns).where(turns.c.conversation_id == conversation_id)
    return await connection.scalar(query) or 0


async def last_turns(connection: AsyncConnection, conversation_id: str, limit: int | None = None) -> list[AnsweredTurn]:
    """Return the last `limit` turns of a conversation, or all, oldest first."""
    query = select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.number.desc()).limit(limit)
    rows = (await connection.execute(query)).all()
    return [
        AnsweredTurn(row.question, tuple(pb.ConversationTurn.FromString(row.answers).answers), row.asked_at)
        for row in reversed(rows)
    ]


async def add_turn(connection: AsyncConnection, conversation_id: str, number: int, turn: AnsweredTurn) -> None:
    """Keep the turn of a number, counted from 0, of a conversation that is held."""
    await connection.execute(
        insert(turns).values(
            conversation_id=conversation_id,
            number=number,
            question=turn.question,
            answers=pb.ConversationTurn(answers=turn.answers).SerializeToString(),
            asked_at=turn.asked_at,
        )
    )
    named = conversations.c.id == conversation_id
    await connection.execute(update(conversations).where(named).values(last_at=turn.asked_at))


async def remove(connection: AsyncConnection, subject: str, conversation_id: str) -> int:
    """Forget a conversation of a subject; return 1, or 0 when there is none."""
    return await _remove(connection, _named(subject, conversation_id))


async def remove_all(connection: AsyncConnection, subject: str) -> int:
    """Forget the conversations of a subject; return how many there were."""
    return await _remove(connection, conversations.c.subject == subject)


async def remove_old(connection: AsyncConnection, before: datetime) -> None:
    """Forget the conversations that nobody has gone on with since a time."""
    await _remove(connection, conversations.c.last_at <= before)


def _named(subject: str, conversation_id: str) -> ColumnElement[bool]:
    return (conversations.c.subject == subject) & (conversations.c.id == conversation_id)


async def _remove(connection: AsyncConnection, which: ColumnElement[bool]) -> int:
    return (await connection.execute(delete(conversations).where(which))).rowcount
