"""The event bus: NATS JetStream, provisioned, typed, at least once, with delayed retries and dead letters."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import nats
import nats.errors
from google.protobuf.message import DecodeError, Message
from nats.aio.client import Client as Nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, Header, StorageType, StreamConfig
from nats.js.errors import BadRequestError

from services.runtime import context, logs, telemetry
from services.runtime.events import lag
from services.runtime.events.catalogue import (
    AUDIT,
    DEAD_LETTER_PREFIX,
    DEAD_LETTERS,
    ID,
    Event,
    headers_of,
    stream_of,
    subject_of,
    subjects_of,
)
from services.runtime.metrics import EVENT_HANDLING_SECONDS, EVENTS_HANDLED, EVENTS_PUBLISHED, NATS_CONNECTED, begin
from services.runtime.tasks import end
from services.runtime.telemetry import Attributes, Kind

Handler = Callable[[Event, str], Awaitable[object]]
E = TypeVar("E", bound=Message)

# Seconds before each further delivery of an event whose handler failed; after the last one it is a dead letter.
RETRY_DELAYS: Sequence[float] = (1, 5, 30, 120, 600)

REPLAY_FOR = "codingahead-replay-for"

_TIMEOUT = 5.0
_DAY = 24 * 3600.0
_KEPT_SECONDS = 30 * _DAY
_AUDIT_KEPT_SECONDS = 400 * _DAY
# Longer than an outage after which a relay still repeats what it cannot know to be stored.
_DUPLICATE_WINDOW_SECONDS = 4 * 3600.0
# How often NATS is asked whether it lives; after the third time without an answer it is given up.
_PING_SECONDS = 5
# How often NATS tells a follower that nothing has happened, and how long without a word before it asks again.
_HEARTBEAT_SECONDS = 0.5
_SILENCE_SECONDS = 3 * _HEARTBEAT_SECONDS


@dataclass(slots=True)
class _Place:
    """How far a follower has read: up to `sequence` of the stream that was made at `created`.

    As long as that is 0, what has happened since `began` comes next.
    """

    began: datetime
    created: datetime | None = None
    sequence: int = 0


class EventBus:
    """A connection to NATS JetStream. Made by `connect`."""

    def __init__(self, connection: Nats, connected: asyncio.Future[None], log: logs.Logger, replicas: int) -> None:
        self._nats = connection
        self._connected = connected
        self._js: JetStreamContext = connection.jetstream(timeout=_TIMEOUT)
        self._log = log
        self._replicas = replicas
        self._provisioned: set[str] = set()
        self._streams: dict[str, str] = {}

    async def check(self) -> None:
        """Raise ConnectionError unless JetStream answers."""
        if not self._nats.is_connected:
            raise ConnectionError("not connected to NATS")
        try:
            await self._js.account_info()
        except nats.errors.Error as error:
            raise ConnectionError("JetStream does not answer") from error

    async def publish(self, event: Message, event_id: str) -> None:
        """Publish an event and wait until JetStream has it. The same id within four hours is stored once.

        Its handlers are in the trace of the call that publishes it.

        Raises OSError when it is not known to be stored: publish it again with the same id.
        """
        if not self._nats.is_connected:
            raise ConnectionError("not connected to NATS")
        subject = subject_of(type(event))
        with telemetry.span(f"publish {subject}", Kind.PRODUCER, _attributes("send", subject, event_id)) as span:
            headers = dict(headers_of(event, event_id))
            if call := context.current():
                headers[context.TRACE_HEADER] = call.traceparent(span.id)
            try:
                await self._provision(stream_of(subject))
                await self._js.publish(subject, event.SerializeToString(), headers=headers)
            except nats.errors.Error as error:
                # Should the stream have gone, it is made again with the next attempt.
                self._provisioned.discard(stream_of(subject))
                raise ConnectionError("it is not known whether JetStream has the event") from error
        EVENTS_PUBLISHED.labels(subject).inc()

    async def listen(self, kind: type[E], handler: Handler[E]) -> None:
        """Call `handler` in every replica for each event that happens from now on, until cancelled.

        For hints, such as dropping a cache: an event that happens while NATS is away is not told, so what depends on it
        must also look for itself from time to time.
        """
        await asyncio.shield(self._connected)
        subscription = await self._nats.subscribe(subject_of(kind), cb=partial(self._tell, kind, handler))
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await subscription.unsubscribe()

    async def follow(self, kind: type[E], handler: Handler[E], since_seconds: float) -> None:
        """Call `handler` in every replica for each event, in order, until cancelled.

        It begins with those of the last `since_seconds` and goes on with those that happen; what happens while NATS is
        away is told when it is back. What is stored once is told once. When the handler raises, that is logged and the
        event does not come again.
        """
        place = _Place(began=datetime.now(UTC) - timedelta(seconds=since_seconds))
        subject = subject_of(kind)
        await asyncio.shield(self._connected)
        while True:
            try:
                await self._provision(stream_of(subject))
                await self._read_on(place, subject, partial(self._tell, kind, handler))
            except (nats.errors.Error, OSError) as error:
                self._log.warning("events wait for NATS", follower=subject, error=repr(error))
                self._provisioned.discard(stream_of(subject))
                await asyncio.sleep(1)

    async def _read_on(self, place: _Place, subject: str, tell: Callable[[Msg], Awaitable[None]]) -> None:
        """Tell what comes after a place and move it; return when something may have been missed.

        An ordered consumer as NATS describes it: without acknowledgements, lost with its connection, and made anew
        from the place. The one of nats-py cannot be made anew when it began at a time.
        """
        created = (await self._js.stream_info(stream_of(subject))).created
        if created != place.created:  # numbers begin again in a stream that was lost
            place.created, place.sequence = created, 0
        inbox = self._nats.new_inbox()
        subscription = await self._nats.subscribe(inbox)
        try:
            resumed = place.sequence > 0
            await self._js.add_consumer(
                stream_of(subject),
                ConsumerConfig(
                    deliver_subject=inbox,
                    filter_subject=subject,
                    deliver_policy=DeliverPolicy.BY_START_SEQUENCE if resumed else DeliverPolicy.BY_START_TIME,
                    opt_start_seq=place.sequence + 1 if resumed else None,
                    opt_start_time=None if resumed else place.began,
                    ack_policy=AckPolicy.NONE,
                    idle_heartbeat=_HEARTBEAT_SECONDS,
                    mem_storage=True,
                    num_replicas=1,
                ),
            )
            received = 0
            while True:
                try:
                    message = await subscription.next_msg(_SILENCE_SECONDS)
                except nats.errors.TimeoutError:
                    return
                headers = message.headers or {}
                if Header.STATUS in headers:
                    if int(headers.get(Header.LAST_CONSUMER, received)) != received:
                        return
                    continue
                received += 1
                if message.metadata.sequence.consumer != received:
                    return
                await tell(message)
                place.sequence = message.metadata.sequence.stream
        finally:
            await subscription.unsubscribe()

    async def _tell(self, kind: type[E], handler: Handler[E], message: Msg) -> None:
        headers = message.headers or {}
        if REPLAY_FOR in headers:
            return
        with context.following(headers.get(context.TRACE_HEADER, "")):
            try:
                await handler(kind.FromString(message.data), headers.get(ID, ""))
            except Exception:
                self._log.exception("a listener failed", subject=message.subject)

    async def consume(
        self, consumer: str, kind: type[E], handler: Handler[E], delays: Sequence[float] = RETRY_DELAYS
    ) -> None:
        """Handle each event of a type once among all replicas, until cancelled.

        `consumer` names the durable consumer, such as "quota-view-served". The handler gets the event and its id, and
        may meet an id again: it must then change nothing. When it raises, the event comes again after the next delay,
        and after the last one it is kept as a dead letter with the reason.
        """
        begin(EVENTS_HANDLED, (consumer,), ("handled", "retried", "dead"))
        subject = subject_of(kind)
        await asyncio.shield(self._connected)
        while True:
            try:
                await self._provision(stream_of(subject))
                await self._provision_consumer(stream_of(subject), consumer, subject)
                self._streams[consumer] = stream_of(subject)
                subscription = await self._js.pull_subscribe_bind(consumer, stream=stream_of(subject))
                try:
                    await self._drain_queue(subscription, consumer, kind, handler, delays)
                finally:
                    await subscription.unsubscribe()
            except (nats.errors.Error, OSError) as error:
                # The server is away, or the consumer with it: make sure of both again, and do not spin.
                self._log.warning("events wait for NATS", consumer=consumer, error=repr(error))
                self._provisioned.discard(stream_of(subject))
                await asyncio.sleep(1)

    async def _drain_queue(
        self,
        subscription: JetStreamContext.PullSubscription,
        consumer: str,
        kind: type[E],
        handler: Handler[E],
        delays: Sequence[float],
    ) -> None:
        while True:
            try:
                # One at a time: nats-py may hold a part of a larger batch back for the whole timeout.
                (message,) = await subscription.fetch(1, timeout=_TIMEOUT)
            except nats.errors.TimeoutError:
                if not self._nats.is_connected:
                    raise nats.errors.ConnectionClosedError from None
                continue
            await self._handle(message, consumer, kind, handler, delays)

    async def _handle(
        self, message: Msg, consumer: str, kind: type[E], handler: Handler[E], delays: Sequence[float]
    ) -> None:
        headers = message.headers or {}
        if headers.get(REPLAY_FOR, consumer) != consumer:
            await message.ack()
            return
        deliveries = message.metadata.num_delivered
        started = time.perf_counter()
        attributes = {
            **_attributes("process", message.subject, headers.get(ID, "")),
            "messaging.consumer.group.name": consumer,
        }
        with (
            context.following(headers.get(context.TRACE_HEADER, "")) as call,
            telemetry.serving(call, f"process {message.subject}", Kind.CONSUMER, attributes) as span,
        ):
            try:
                await handler(kind.FromString(message.data), headers.get(ID, ""))
                result = "handled"
            except Exception as error:
                if deliveries > len(delays) or isinstance(error, DecodeError):
                    await self._bury(message, consumer, deliveries, error)
                    result = "dead"
                else:
                    await message.nak(delay=delays[deliveries - 1])
                    result = "retried"
                self._log.warning(
                    "an event was not handled",
                    consumer=consumer,
                    subject=message.subject,
                    event_id=headers.get(ID),
                    deliveries=deliveries,
                    result=result,
                    exc_info=error,
                )
                span.end(type(error).__name__)
        EVENTS_HANDLED.labels(consumer, result).inc()
        EVENT_HANDLING_SECONDS.labels(consumer).observe(time.perf_counter() - started)
        if result != "retried":
            await message.ack()

    async def _bury(self, message: Msg, consumer: str, deliveries: int, error: Exception) -> None:
        await self._provision(DEAD_LETTERS)
        headers = {
            **(message.headers or {}),
            "Nats-Msg-Id": f"{consumer}:{message.metadata.sequence.stream}",
            "codingahead-consumer": consumer,
            "codingahead-deliveries": str(deliveries),
            "codingahead-reason": f"{type(error).__name__}: {error}"[:500].replace("\n", " "),
        }
        await self._js.publish(f"{DEAD_LETTER_PREFIX}{message.subject}", message.data, headers=headers)

    async def watch_lag(self) -> None:
        """Keep the metrics of the consumers of this connection current, until cancelled."""
        await asyncio.shield(self._connected)
        await lag.watch(self._js, self._streams)

    async def _provision(self, stream: str) -> None:
        if stream in self._provisioned:
            return
        audit = stream == AUDIT
        config = StreamConfig(
            name=stream,
            subjects=[subjects_of(stream)],
            storage=StorageType.FILE,
            num_replicas=self._replicas,
            discard=DiscardPolicy.OLD,
            max_age=_AUDIT_KEPT_SECONDS if audit else _KEPT_SECONDS,
            duplicate_window=_DUPLICATE_WINDOW_SECONDS,
            deny_delete=audit,
            deny_purge=audit,
        )
        try:
            await self._js.add_stream(config)
        except BadRequestError:
            await self._js.update_stream(config)
        self._provisioned.add(stream)

    async def _provision_consumer(self, stream: str, consumer: str, subject: str) -> None:
        await self._js.add_consumer(
            stream,
            ConsumerConfig(
                durable_name=consumer,
                filter_subject=subject,
                ack_policy=AckPolicy.EXPLICIT,
                # Longer than any handler takes; so late comes an event again whose handler was killed.
                ack_wait=15,
                # Retries are counted by the handler: a dead letter must be written before the event is given up.
                max_deliver=-1,
                max_ack_pending=256,
            ),
        )


def _attributes(operation: str, subject: str, event_id: str) -> Attributes:
    return {
        "messaging.system": "nats",
        "messaging.operation.type": operation,
        "messaging.destination.name": subject,
        "messaging.message.id": event_id,
    }


@asynccontextmanager
async def connect(url: str, log: logs.Logger, name: str, replicas: int = 1) -> AsyncIterator[EventBus]:
    """Connect to NATS, or go on trying in the background: a service starts and serves without it."""

    async def on_error(error: Exception) -> None:
        log.warning("NATS", error=repr(error))

    connection = Nats()
    connecting = asyncio.create_task(
        connection.connect(
            url.split(","),
            name=name,
            error_cb=on_error,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=2,
            allow_reconnect=True,
            ping_interval=_PING_SECONDS,
        )
    )
    bus = EventBus(connection, connecting, log, replicas)
    NATS_CONNECTED.set_function(lambda: connection.is_connected)
    watching = asyncio.create_task(bus.watch_lag())
    try:
        await asyncio.wait({connecting}, timeout=_TIMEOUT)
        yield bus
    finally:
        await end([connecting, watching])
        if connection.is_connected:
            await connection.close()
