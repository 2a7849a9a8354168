"""The outbox relay: what a store wrote beside its change is published, then removed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message

from services.runtime import logs
from services.runtime.errors import Refusal
from services.runtime.events.bus import EventBus

_BATCH = 1024
# What happens meanwhile joins the next batch: a busy service spends its time on its callers.
_GATHER_SECONDS = 0.05
# How soon entries are found that no `notify` told of: those of a replica that died.
_SWEEP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An event that waits. `event_id` is stable over retries; `position` is the store's own name for the entry."""

    event_id: str
    event: Message
    position: str


class Outbox(Protocol):
    """The store's side of the outbox."""

    async def pending(self, limit: int) -> Sequence[OutboxEntry]:
        """Return up to `limit` waiting entries, oldest first."""

    async def remove(self, entries: Sequence[OutboxEntry]) -> None:
        """Forget entries that JetStream has acknowledged."""


class Relay:
    """Publishes an outbox. Several replicas may relay one outbox: an event id is stored once."""

    def __init__(self, outbox: Outbox, bus: EventBus, log: logs.Logger) -> None:
        self._outbox = outbox
        self._bus = bus
        self._log = log
        self._changed = asyncio.Event()

    def notify(self) -> None:
        """Say that the outbox has something new."""
        self._changed.set()

    async def run(self) -> None:
        """Relay until cancelled. While NATS or the store is away the entries wait."""
        while True:
            self._changed.clear()
            try:
                while await self.relay_batch():  # noqa: ASYNC110 - what it asks about is in the store
                    await asyncio.sleep(_GATHER_SECONDS)
            except (Refusal, OSError) as error:
                self._log.warning("events wait in the outbox", error=repr(error))
                await asyncio.sleep(_SWEEP_SECONDS)
                continue
            except Exception:
                # An entry that cannot be read, as of a newer version: it waits for who can, and callers are served.
                self._log.exception("events wait in the outbox")
                await asyncio.sleep(_SWEEP_SECONDS)
                continue
            try:
                await asyncio.wait_for(self._changed.wait(), _SWEEP_SECONDS)
            except TimeoutError:
                continue

    async def relay_batch(self) -> int:
        """Publish one batch and remove what was acknowledged; return how many that were.

        Raises the first failure after the acknowledged ones are removed.
        """
        entries = await self._outbox.pending(_BATCH)
        if not entries:
            return 0
        results = await asyncio.gather(
            *(self._bus.publish(entry.event, entry.event_id) for entry in entries), return_exceptions=True
        )
        published = [entry for entry, result in zip(entries, results, strict=True) if result is None]
        if published:
            await self._outbox.remove(published)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(published)
