"""Events over a real NATS JetStream."""

import asyncio
import math
import os
import signal
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import nats
import pytest
from codingahead.events.v1 import events_pb2
from google.protobuf.message import Message
from nats.js.errors import NotFoundError

from services.runtime import context, logs
from services.runtime.errors import unavailable
from services.runtime.events import deadletters, lag
from services.runtime.events.bus import EventBus, connect
from services.runtime.events.catalogue import subject_of
from services.runtime.events.outbox import OutboxEntry, Relay
from services.runtime.tasks import end
from tests.conftest import part
from tests.support import eventually, measured

LOG = logs.get("test")
SOON = 15.0


class Inbox:
    """Collects what a handler is given, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.events: list[tuple[events_pb2.ViewServed, str]] = []
        self.attempts = 0
        self._failures = failures
        self._arrived = asyncio.Event()

    async def handle(self, event: events_pb2.ViewServed, event_id: str) -> None:
        self.attempts += 1
        if self.attempts <= self._failures:
            raise RuntimeError("the store is away")
        self.events.append((event, event_id))
        self._arrived.set()

    async def wait_for(self, count: int) -> list[str]:
        async with asyncio.timeout(SOON):
            while len(self.events) < count:
                await self._arrived.wait()
                self._arrived.clear()
        return [event_id for _, event_id in self.events]


class MemoryOutbox:
    """An outbox in memory."""

    def __init__(self, entries: Sequence[OutboxEntry]) -> None:
        self.entries = list(entries)
        self.away = False

    async def pending(self, limit: int) -> Sequence[OutboxEntry]:
        return self.entries[:limit]

    async def remove(self, entries: Sequence[OutboxEntry]) -> None:
        self.entries = [entry for entry in self.entries if entry not in entries]

    async def depth(self) -> int:
        if self.away:
            raise unavailable("away")
        return len(self.entries)


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[EventBus]:
    async with connect(clean_nats, LOG, "test") as bus:
        yield bus


@pytest.fixture
async def consuming() -> AsyncIterator[list[asyncio.Task[None]]]:
    tasks: list[asyncio.Task[None]] = []
    yield tasks
    await end(tasks)


def event(page: str = "icd10cm:E119") -> events_pb2.ViewServed:
    return events_pb2.ViewServed(subject="guest:1", page=page)


async def stored(url: str, kind: type[Message]) -> int:
    connection = await nats.connect(url)
    state = (await connection.jetstream().stream_info(subject_of(kind).split(".")[0].upper())).state
    await connection.close()
    return state.messages


async def consumers_of_gateway(url: str) -> list[str]:
    connection = await nats.connect(url)
    try:
        return [consumer.name for consumer in await connection.jetstream().consumers_info("GATEWAY")]
    except NotFoundError:
        return []
    finally:
        await connection.close()


async def test_an_event_reaches_its_consumer_with_its_id(bus: EventBus, consuming: list[asyncio.Task[None]]) -> None:
    inbox = Inbox()
    await bus.publish(event("icd10cm:A00"), "id-1")
    consuming.append(asyncio.create_task(bus.consume("test", events_pb2.ViewServed, inbox.handle)))

    assert await inbox.wait_for(1) == ["id-1"]
    assert inbox.events[0][0].page == "icd10cm:A00"


async def test_a_handler_is_in_the_trace_of_what_caused_the_event(
    bus: EventBus, consuming: list[asyncio.Task[None]]
) -> None:
    traces: list[str] = []
    heard = Inbox()

    async def handle(event: events_pb2.ViewServed, event_id: str) -> None:
        traces.append(context.traceparent())
        await heard.handle(event, event_id)

    with context.following("") as caller:
        published = caller.traceparent()
        await bus.publish(event(), "published")
    kept = f"00-{'a' * 32}-{'b' * 16}-01"
    await Relay(MemoryOutbox([OutboxEntry("kept", event(), "1", kept)]), bus, LOG).relay_batch()
    consuming.append(asyncio.create_task(bus.consume("test", events_pb2.ViewServed, handle)))
    consuming.append(asyncio.create_task(bus.follow(events_pb2.ViewServed, handle, 60)))

    await heard.wait_for(4)
    assert Counter(trace[:35] for trace in traces) == {published[:35]: 2, kept[:35]: 2}


async def test_the_same_id_is_stored_once(bus: EventBus, clean_nats: str) -> None:
    await bus.publish(event(), "id-1")
    await bus.publish(event(), "id-1")

    assert await stored(clean_nats, events_pb2.ViewServed) == 1


async def test_a_stream_that_was_lost_is_made_again(bus: EventBus, clean_nats: str) -> None:
    await bus.publish(event(), "id-1")
    connection = await nats.connect(clean_nats)
    await connection.jetstream().delete_stream("GATEWAY")
    await connection.close()

    with pytest.raises(OSError, match="JetStream"):
        await bus.publish(event(), "id-2")
    await bus.publish(event(), "id-2")

    assert await stored(clean_nats, events_pb2.ViewServed) == 1


async def test_replicas_of_a_consumer_share_the_events(bus: EventBus, consuming: list[asyncio.Task[None]]) -> None:
    inbox = Inbox()
    for _ in range(2):
        consuming.append(asyncio.create_task(bus.consume("test", events_pb2.ViewServed, inbox.handle)))
    for number in range(40):
        await bus.publish(event(), f"id-{number}")

    assert sorted(await inbox.wait_for(40)) == sorted(f"id-{number}" for number in range(40))


async def test_a_failed_event_comes_again_after_its_delay(bus: EventBus, consuming: list[asyncio.Task[None]]) -> None:
    inbox = Inbox(failures=2)
    await bus.publish(event(), "id-1")
    consuming.append(asyncio.create_task(bus.consume("test", events_pb2.ViewServed, inbox.handle, delays=(0.05, 0.05))))

    assert await inbox.wait_for(1) == ["id-1"]
    assert inbox.attempts == 3


async def test_an_event_that_keeps_failing_is_a_dead_letter_and_can_be_replayed(
    bus: EventBus, consuming: list[asyncio.Task[None]], clean_nats: str
) -> None:
    inbox = Inbox(failures=2)
    await bus.publish(event("icd10cm:B00"), "id-1")
    consuming.append(asyncio.create_task(bus.consume("test", events_pb2.ViewServed, inbox.handle, delays=(0.05,))))

    async with deadletters.connect(clean_nats) as letters:
        found = await eventually(letters.list)
        (letter,) = found
        assert (letter.consumer, letter.event_id, letter.subject) == ("test", "id-1", "gateway.view.served")
        assert letter.deliveries == 2
        assert "the store is away" in letter.reason

        assert await letters.replay("another") == 0
        assert await letters.replay("test") == 1
        assert await inbox.wait_for(1) == ["id-1"]
        assert await letters.list() == []


async def test_a_replay_reaches_only_the_consumer_that_failed(
    bus: EventBus, consuming: list[asyncio.Task[None]], clean_nats: str
) -> None:
    failing, other = Inbox(failures=1), Inbox()
    for name, inbox in (("failing", failing), ("other", other)):
        consuming.append(asyncio.create_task(bus.consume(name, events_pb2.ViewServed, inbox.handle, delays=())))
    await bus.publish(event(), "id-1")
    await other.wait_for(1)

    async with deadletters.connect(clean_nats) as letters:
        await eventually(letters.list)
        await letters.replay()
    await failing.wait_for(1)
    await bus.publish(event(), "id-2")

    assert await other.wait_for(2) == ["id-1", "id-2"]


async def test_a_stream_of_dead_letters_that_never_had_one_is_empty(clean_nats: str) -> None:
    connection = await nats.connect(clean_nats)
    await connection.jetstream().add_stream(name="DEAD_LETTERS", subjects=["dlq.>"])
    await connection.close()

    async with deadletters.connect(clean_nats) as letters:
        assert await letters.list() == []


async def test_a_body_that_is_not_the_message_is_a_dead_letter_at_once(
    bus: EventBus, consuming: list[asyncio.Task[None]], clean_nats: str
) -> None:
    inbox = Inbox()
    await bus.publish(event(), "good")
    connection = await nats.connect(clean_nats)
    await connection.jetstream().publish("gateway.view.served", b"\xff\xff\xff", headers={"ce-id": "bad"})
    await connection.close()
    consuming.append(asyncio.create_task(bus.consume("test", events_pb2.ViewServed, inbox.handle)))

    async with deadletters.connect(clean_nats) as letters:
        found = await eventually(letters.list)
    assert [letter.event_id for letter in found] == ["bad"]
    assert await inbox.wait_for(1) == ["good"]


async def test_what_waits_for_a_consumer_and_what_it_has_failed_at_is_measured(
    bus: EventBus, consuming: list[asyncio.Task[None]], clean_nats: str
) -> None:
    inbox = Inbox(failures=2)
    consuming.append(asyncio.create_task(bus.consume("lagging", events_pb2.ViewServed, inbox.handle, delays=())))
    await bus.publish(event(), "dead")
    await eventually(lambda: measured("codingahead_events_handled_total", consumer="lagging", result="dead") == 1)
    await end(consuming)
    consuming.append(asyncio.create_task(bus.consume("lagging", events_pb2.ViewServed, inbox.handle, delays=(60.0,))))
    await bus.publish(event(), "retried")
    await eventually(lambda: measured("codingahead_events_handled_total", consumer="lagging", result="retried") == 1)
    await end(consuming)
    for number in range(3):
        await bus.publish(event(), f"waits-{number}")

    connection = await nats.connect(clean_nats)
    await lag.measure(connection.jetstream(), {"lagging": "GATEWAY", "another": "GATEWAY"})
    await connection.close()

    assert measured("codingahead_events_pending", consumer="lagging") == 3
    assert measured("codingahead_events_unacknowledged", consumer="lagging") == 1
    assert measured("codingahead_dead_letters") == 1
    assert measured("codingahead_event_handling_seconds_count", consumer="lagging") == 2
    assert math.isnan(measured("codingahead_events_pending", consumer="another"))


async def test_every_replica_hears_what_it_listens_to(bus: EventBus, consuming: list[asyncio.Task[None]]) -> None:
    first, second = Inbox(), Inbox()
    for inbox in (first, second):
        consuming.append(asyncio.create_task(bus.listen(events_pb2.ViewServed, inbox.handle)))

    async def both_heard() -> bool:
        await bus.publish(event(), str(uuid.uuid4()))
        return bool(first.events and second.events)

    assert await eventually(both_heard)


async def test_a_follower_is_told_what_has_happened_and_then_what_happens(
    bus: EventBus, consuming: list[asyncio.Task[None]]
) -> None:
    from_the_beginning, from_now = Inbox(), Inbox()
    for number in range(100):
        await bus.publish(event(), f"past-{number}")
    consuming.append(asyncio.create_task(bus.follow(events_pb2.ViewServed, from_the_beginning.handle, 60)))
    consuming.append(asyncio.create_task(bus.follow(events_pb2.ViewServed, from_now.handle, 0)))
    past = [f"past-{number}" for number in range(100)]
    assert await from_the_beginning.wait_for(100) == past

    await bus.publish(event(), "live-1")
    await bus.publish(event(), "live-2")

    assert await from_the_beginning.wait_for(102) == [*past, "live-1", "live-2"]
    assert await from_now.wait_for(2) == ["live-1", "live-2"]


async def test_a_follower_of_a_stream_that_does_not_exist_yet_is_told_its_first_event(
    bus: EventBus, consuming: list[asyncio.Task[None]], clean_nats: str
) -> None:
    inbox = Inbox()
    consuming.append(asyncio.create_task(bus.follow(events_pb2.ViewServed, inbox.handle, 0)))
    await eventually(partial(consumers_of_gateway, clean_nats))

    await bus.publish(event(), "id-1")

    assert await inbox.wait_for(1) == ["id-1"]


async def test_a_follower_whose_handler_fails_is_told_the_next_event(
    bus: EventBus, consuming: list[asyncio.Task[None]]
) -> None:
    inbox = Inbox(failures=1)
    consuming.append(asyncio.create_task(bus.follow(events_pb2.ViewServed, inbox.handle, 0)))

    await bus.publish(event(), "id-1")
    await bus.publish(event(), "id-2")

    assert await inbox.wait_for(1) == ["id-2"]
    assert inbox.attempts == 2


async def test_a_follower_that_lost_its_consumer_goes_on_where_it_was(
    bus: EventBus, consuming: list[asyncio.Task[None]], clean_nats: str
) -> None:
    inbox = Inbox()
    consuming.append(asyncio.create_task(bus.follow(events_pb2.ViewServed, inbox.handle, 60)))
    await bus.publish(event(), "id-1")
    await inbox.wait_for(1)

    connection = await nats.connect(clean_nats)
    for name in await consumers_of_gateway(clean_nats):
        await connection.jetstream().delete_consumer("GATEWAY", name)
    await connection.close()
    await bus.publish(event(), "id-2")

    assert await inbox.wait_for(2) == ["id-1", "id-2"]


async def test_a_follower_whose_stream_was_lost_is_told_what_the_new_one_has(
    bus: EventBus, consuming: list[asyncio.Task[None]], clean_nats: str
) -> None:
    inbox = Inbox()
    consuming.append(asyncio.create_task(bus.follow(events_pb2.ViewServed, inbox.handle, 60)))
    for number in range(3):
        await bus.publish(event(), f"before-{number}")
    await inbox.wait_for(3)

    connection = await nats.connect(clean_nats)
    await connection.jetstream().delete_stream("GATEWAY")
    await connection.close()
    async with connect(clean_nats, LOG, "another") as another:
        await another.publish(event(), "after")

    assert await inbox.wait_for(4) == ["before-0", "before-1", "before-2", "after"]


async def test_a_follower_is_told_once_and_in_order_what_happens_around_a_restart_of_nats(tmp_path: Path) -> None:
    inbox = Inbox()
    async with part(tmp_path, "nats") as stack, connect(stack.nats_url, LOG, "follower") as bus:
        following = asyncio.create_task(bus.follow(events_pb2.ViewServed, inbox.handle, 60))
        await bus.publish(event(), "before")
        await inbox.wait_for(1)

        await stack.supervisor.kill("nats")
        await stack.supervisor.restart("nats")
        # A connection of its own is there before the follower has noticed that NATS is back.
        async with connect(stack.nats_url, LOG, "another") as another:
            await another.publish(event(), "meanwhile")
        await inbox.wait_for(2)
        await bus.publish(event(), "after")

        assert await inbox.wait_for(3) == ["before", "meanwhile", "after"]
        await end([following])
        assert following.cancelled()


async def test_a_follower_that_begins_while_nats_is_away_is_told_what_happened_before(tmp_path: Path) -> None:
    inbox = Inbox()
    async with part(tmp_path, "nats") as stack:
        async with connect(stack.nats_url, LOG, "another") as another:
            await another.publish(event(), "before")
        async with connect(stack.nats_url, LOG, "follower") as bus:
            await stack.supervisor.kill("nats")
            following = asyncio.create_task(bus.follow(events_pb2.ViewServed, inbox.handle, 60))
            await stack.supervisor.restart("nats")

            assert await inbox.wait_for(1) == ["before"]
            await end([following])


async def test_a_nats_that_hangs_is_given_up_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.runtime.events.bus._PING_SECONDS", 0.1)
    async with part(tmp_path, "nats") as stack, connect(stack.nats_url, LOG, "test") as bus:
        os.kill(stack.supervisor.pid("nats"), signal.SIGSTOP)
        try:
            await eventually(lambda: not measured("codingahead_nats_connected"))
        finally:
            os.kill(stack.supervisor.pid("nats"), signal.SIGCONT)
        await eventually(lambda: bool(measured("codingahead_nats_connected")))

        await bus.publish(event(), "after")

        assert await stored(stack.nats_url, events_pb2.ViewServed) == 1


async def test_the_relay_publishes_the_outbox_once_and_empties_it(bus: EventBus, clean_nats: str) -> None:
    outbox = MemoryOutbox([OutboxEntry(f"id-{n}", event(), str(n)) for n in range(300)])
    relay = Relay(outbox, bus, LOG)

    while await relay.relay_batch():
        pass

    assert outbox.entries == []
    assert await stored(clean_nats, events_pb2.ViewServed) == 300


async def test_the_relay_keeps_what_nats_has_not_acknowledged() -> None:
    outbox = MemoryOutbox([OutboxEntry("id-1", event(), "1")])
    async with connect("nats://127.0.0.1:1", LOG, "test") as bus:
        relay = Relay(outbox, bus, LOG)
        for _ in range(2):
            with pytest.raises(OSError, match="NATS"):
                await relay.relay_batch()
        connected = measured("codingahead_nats_connected")

    assert len(outbox.entries) == 1
    assert connected == 0
    assert measured("codingahead_outbox_oldest_age_seconds") > 0


async def test_how_much_waits_in_the_outbox_is_measured_and_unknown_while_the_store_is_away(bus: EventBus) -> None:
    outbox = MemoryOutbox([OutboxEntry(f"id-{n}", event(), str(n)) for n in range(3)])
    measuring = asyncio.create_task(Relay(outbox, bus, LOG).measure())
    await eventually(lambda: measured("codingahead_outbox_depth") == 3)
    await end([measuring])

    outbox.away = True
    measuring = asyncio.create_task(Relay(outbox, bus, LOG).measure())
    await eventually(lambda: math.isnan(measured("codingahead_outbox_depth")))
    await end([measuring])
