"""The outbox relay: what a store wrote beside its change is published, then removed."""

import asyncio
import math
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message
from prometheus_client import Gauge

from services.runtime import context, logs
from services.runtime.errors import Refusal
from services.runtime.events.bus import EventBus

# Replicas look at the same outbox: of their values the greatest counts.
DEPTH = Gauge("codingahead_outbox_depth", "Events that wait in the outbox; NaN: unknown")
OLDEST_AGE_SECONDS = Gauge(
    "codingahead_outbox_oldest_age_seconds", "How long this replica has seen the oldest event wait in the outbox"
)

_BATCH = 1024
# What happens meanwhile joins the next batch: a busy service spends its time on its callers.
_GATHER_SECONDS = 0.05
# How soon entries are found that no `notify` told of: those of a replica that died.
_SWEEP_SECONDS = 1.0
_MEASURE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An event that waits. `event_id` is stable over retries; `position` is the store's own name for the entry.

    `traceparent` is of the call that wrote it, empty for none.
    """

    event_id: str
    event: Message
    position: str
    traceparent: str = ""


class Outbox(Protocol):
    """The store's side of the outbox."""

    async def pending(self, limit: int) -> Sequence[OutboxEntry]:
        """Return up to `limit` waiting entries, oldest first."""

    async def remove(self, entries: Sequence[OutboxEntry]) -> None:
        """Forget entries that JetStream has acknowledged."""

    async def depth(self) -> int:
        """Return how many entries wait."""


class Relay:
    """Publishes an outbox. Several replicas may relay one outbox: an event id is stored once."""

    def __init__(self, outbox: Outbox, bus: EventBus, log: logs.Logger) -> None:
        self._outbox = outbox
        self._bus = bus
        self._log = log
        self._changed = asyncio.Event()
        # By event id, since when it has been seen to wait.
        self._waiting: dict[str, float] = {}

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
        now = time.monotonic()
        self._waiting = {entry.event_id: self._waiting.get(entry.event_id, now) for entry in entries}
        OLDEST_AGE_SECONDS.set(now - min(self._waiting.values(), default=now))
        if not entries:
            return 0
        results = await asyncio.gather(*(self._publish(entry) for entry in entries), return_exceptions=True)
        published = [entry for entry, result in zip(entries, results, strict=True) if result is None]
        if published:
            await self._outbox.remove(published)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return len(published)

    async def _publish(self, entry: OutboxEntry) -> None:
        with context.following(entry.traceparent) if entry.traceparent else nullcontext():
            await self._bus.publish(entry.event, entry.event_id)

    async def measure(self) -> None:
        """Keep the metric of the depth current, until cancelled."""
        while True:
            try:
                DEPTH.set(await self._outbox.depth())
            except (Refusal, OSError):
                DEPTH.set(math.nan)
            await asyncio.sleep(_MEASURE_SECONDS)
