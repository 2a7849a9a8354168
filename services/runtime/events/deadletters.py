"""Dead letters: events that a consumer could not handle, to look at and to replay."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from services.runtime.events.bus import REPLAY_FOR
from services.runtime.events.catalogue import DEAD_LETTER_PREFIX, DEAD_LETTERS, ID
from services.runtime.events.connection import connected


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that was given up. `sequence` names it in the dead letter stream."""

    sequence: int
    subject: str
    event_id: str
    consumer: str
    deliveries: int
    reason: str


class DeadLetters:
    """The dead letters of one NATS. Made by `connect`."""

    def __init__(self, js: JetStreamContext) -> None:
        self._js = js

    async def list(self) -> list[DeadLetter]:
        """Return all dead letters, oldest first."""
        return [_letter(message) async for message in self._messages()]

    async def replay(self, consumer: str = "") -> int:
        """Give the dead letters of one consumer, or all, back to the consumer that failed; return how many.

        A letter is removed once JetStream has the event again, so a replay that is cut short loses none.
        """
        replayed = 0
        async for message in self._messages():
            letter = _letter(message)
            if consumer and letter.consumer != consumer:
                continue
            headers = {
                **(message.headers or {}),
                "Nats-Msg-Id": f"replay:{letter.sequence}:{letter.event_id}",
                REPLAY_FOR: letter.consumer,
            }
            await self._js.publish(letter.subject, message.data or b"", headers=headers)
            await self._js.delete_msg(DEAD_LETTERS, letter.sequence)
            replayed += 1
        return replayed

    async def _messages(self) -> AsyncIterator[RawStreamMsg]:
        try:
            state = (await self._js.stream_info(DEAD_LETTERS)).state
        except NotFoundError:
            return
        # In a stream that never had a message both are 0, which no message has.
        for sequence in range(max(1, state.first_seq), state.last_seq + 1):
            try:
                yield await self._js.get_msg(DEAD_LETTERS, sequence)
            except NotFoundError:
                continue


def _letter(message: RawStreamMsg) -> DeadLetter:
    headers = message.headers or {}
    return DeadLetter(
        sequence=message.seq or 0,
        subject=(message.subject or "").removeprefix(DEAD_LETTER_PREFIX),
        event_id=headers.get(ID, ""),
        consumer=headers.get("codingahead-consumer", ""),
        deliveries=int(headers.get("codingahead-deliveries", "0")),
        reason=headers.get("codingahead-reason", ""),
    )


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[DeadLetters]:
    """Connect to NATS. Raises ConnectionError when it does not answer within five seconds."""
    async with connected(url) as connection:
        yield DeadLetters(connection.jetstream())
