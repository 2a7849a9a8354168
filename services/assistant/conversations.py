"""Conversations of members: begun, gone on with, read again, forgotten."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from codingahead.assistant.v1 import assistant_pb2 as pb

from services.assistant.store import conversations as store
from services.assistant.store.conversations import AnsweredTurn, Conversation
from services.assistant.store.database import Database, Transaction
from services.runtime import paging, timeline
from services.runtime.errors import Kind, Refusal

MOST_TURNS = 200
# What a question can refer to: as many turns as a caller may send that keeps the conversation itself.
MOST_EARLIER = 20
_PAGE_SIZE = 20
_LARGEST_PAGE = 100
_LIST = "conversations"
_LONGEST_TITLE = 80

Clock = Callable[[], datetime]
"""Returns the time, aware, UTC."""


def utc_now() -> datetime:
    """Return the time, aware, UTC."""
    return datetime.now(UTC)


class Conversations:
    """The conversations of members, each kept for a time after its last turn. `now` is the clock.

    Whoever knows the id of a conversation of somebody else knows of none.
    """

    def __init__(self, database: Database, kept: timedelta, now: Clock = utc_now) -> None:
        self._database = database
        self._kept = kept
        self._now = now

    async def earlier(self, subject: str, conversation_id: str) -> list[AnsweredTurn]:
        """Return the last turns of a conversation that is to be gone on with.

        Refused with CONVERSATION_NOT_FOUND, and with CONVERSATION_FULL when it may have no further turn.
        """
        async with self._database.begin() as connection:
            await _find(connection, subject, conversation_id)
            if await store.count_turns(connection, conversation_id) >= MOST_TURNS:
                raise Refusal(
                    Kind.PRECONDITION,
                    "CONVERSATION_FULL",
                    f"A conversation has at most {MOST_TURNS} questions. Begin a new one.",
                )
            return await store.last_turns(connection, conversation_id, MOST_EARLIER)

    async def keep(self, subject: str, conversation_id: str, question: str, answers: Sequence[pb.Answer]) -> str:
        """Keep a turn of a conversation, or of a new one when none is named; return the id of the conversation.

        It is empty, and nothing is kept, when the conversation was deleted or became full while the answer was made.
        """
        now = self._now()
        turn = AnsweredTurn(question, tuple(answers), now)
        async with self._database.begin() as connection:
            if not conversation_id:
                conversation = Conversation(uuid.uuid4().hex, _title(question), now, now)
                await store.add(connection, subject, conversation)
                await store.add_turn(connection, conversation.id, 0, turn)
                return conversation.id
            if not await store.find(connection, subject, conversation_id, hold=True):
                return ""
            number = await store.count_turns(connection, conversation_id)
            if number >= MOST_TURNS:
                return ""
            await store.add_turn(connection, conversation_id, number, turn)
            return conversation_id

    async def latest(self, subject: str, page_size: int, page_token: str) -> tuple[Sequence[Conversation], str]:
        """Return the conversations of a member, latest first, and the token of the next page."""
        size = paging.page_size(page_size, _PAGE_SIZE, _LARGEST_PAGE)
        after = timeline.decode(page_token, _LIST, subject)
        async with self._database.begin() as connection:
            found = await store.latest(connection, subject, after, size + 1)
        if len(found) <= size:
            return found, ""
        last = found[size - 1]
        return found[:size], timeline.encode(timeline.Position(last.last_at, last.id), _LIST, subject)

    async def get(self, subject: str, conversation_id: str) -> tuple[Conversation, list[AnsweredTurn]]:
        """Return a conversation with its turns, oldest first. Refused with CONVERSATION_NOT_FOUND."""
        async with self._database.begin() as connection:
            conversation = await _find(connection, subject, conversation_id)
            return conversation, await store.last_turns(connection, conversation_id)

    async def delete(self, subject: str, conversation_id: str) -> int:
        """Forget a conversation of a member, or all when none is named; return how many there were."""
        async with self._database.begin() as connection:
            if conversation_id:
                return await store.remove(connection, subject, conversation_id)
            return await store.remove_all(connection, subject)

    async def sweep(self) -> None:
        """Forget the conversations whose time is over."""
        async with self._database.begin() as connection:
            await store.remove_old(connection, self._now() - self._kept)

    def deleted_at(self, conversation: Conversation) -> datetime:
        """Return when the time of a conversation is over."""
        return conversation.last_at + self._kept


async def _find(connection: Transaction, subject: str, conversation_id: str) -> Conversation:
    found = await store.find(connection, subject, conversation_id)
    if not found:
        raise Refusal(Kind.NOT_FOUND, "CONVERSATION_NOT_FOUND", "There is no such conversation.")
    return found


def _title(question: str) -> str:
    """Return a question on one line, shortened."""
    line = " ".join(question.split())
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1].rstrip()}…"
