"""The view counters in a real Redis protocol server that writes every change to disk before it answers."""

import asyncio
import signal
import socket
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from codingahead.events.v1 import events_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis, RedisCluster
from redis.exceptions import AuthenticationError, RedisError

from deploy.local.ports import LOOPBACK
from services.quota.decisions import Allowance, Balance, Decision, Grant, Merge, Outcome, Viewer, ViewWall
from services.quota.plans import Plans
from services.quota.store import RedisStore, connect
from services.runtime import context
from services.runtime.errors import Kind, Refusal
from tests.certificates import Authority
from tests.integration.redis_servers import Cluster, Server
from tests.support import eventually
from tests.unit.quota.reference import SOME_DAY, Reference

TINY_WINDOW_DAYS = 0.3 / 86_400
PLANS = Plans(
    {
        "guest": {"views": 1, "questions_per_day": 3},
        "member": {"views": 5, "calls_per_minute": 60, "questions_per_day": 20},
        "fifty": {"views": 50},
        "brief": {"views": 1, "window_days": TINY_WINDOW_DAYS},
        "subscriber": {"views": None},
        "network": {"views": 10, "window_days": 1, "questions_per_day": 30},
    }
)
TIMEOUT = 0.5
# On a busy machine a server that works may take longer than it should in production.
PATIENCE = 10.0

Answer = TypeVar("Answer", Decision, Merge, Grant)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server | Cluster]]:
    """What the store runs on, started side by side. Behind Sentinels there is one server too."""
    folder = tmp_path_factory.mktemp("valkey")
    server, cluster = Server(folder / "server"), Cluster(folder / "cluster")
    yield {"server": server, "cluster": cluster}
    server.kill()
    cluster.kill()


@pytest.fixture(scope="module")
def server(started: dict[str, Any]) -> Server:
    server: Server = started["server"]
    server.ready()
    return server


@pytest.fixture(scope="module", params=["server", "cluster"])
def servers(started: dict[str, Any], request: pytest.FixtureRequest) -> Server | Cluster:
    servers: Server | Cluster = started[request.param]
    servers.ready()
    return servers


on_one_server = pytest.mark.parametrize("servers", ["server"], indirect=True)


class Primaries(RedisCluster):
    """A cluster that is looked at as one server."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        if args[0] in ("CONFIG SET", "FLUSHALL", "KEYS", "SCRIPT FLUSH"):
            options["target_nodes"] = self.PRIMARIES
        return await super().execute_command(*args, **options)


@pytest.fixture
async def redis(servers: Server | Cluster) -> AsyncIterator[Any]:
    """The servers themselves, emptied: to look behind the store's back."""
    redis: Any
    match servers:
        case Cluster():
            redis = Primaries(host=LOOPBACK, port=servers.servers[0].port)
        case Server():
            redis = Redis.from_url(servers.url)
    await redis.execute_command("FLUSHALL")
    yield redis
    await redis.aclose()


@pytest.fixture
async def store(servers: Server | Cluster, redis: Any) -> AsyncIterator[RedisStore]:
    async with connect(servers.url, PATIENCE) as store:
        yield store


@pytest.fixture
def wall(store: RedisStore) -> ViewWall:
    return ViewWall(PLANS, store)


async def dump(redis: Any) -> dict[bytes, tuple[bytes, int]]:
    """Return every key with its content and its end."""
    keys = await redis.execute_command("KEYS", "*")
    return {key: (await redis.execute_command("DUMP", key), await redis.pexpiretime(key)) for key in keys}


async def events_of(store: RedisStore) -> list[events_pb2.ViewCharged | events_pb2.LimitReached]:
    events = []
    for entry in await store.pending(100_000):
        assert isinstance(entry.event, events_pb2.ViewCharged | events_pb2.LimitReached)
        events.append(entry.event)
    return events


async def charged_requests(store: RedisStore) -> Counter[str]:
    return Counter(e.request_id for e in await events_of(store) if isinstance(e, events_pb2.ViewCharged))


async def persist(call: Callable[[], Awaitable[Decision]]) -> Decision:
    """Repeat a call with its request id until it is answered, as a caller of the service does."""
    deadline = time.monotonic() + 15
    while True:
        try:
            return await call()
        except Refusal as refusal:
            if refusal.kind is not Kind.UNAVAILABLE or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)


async def test_parallel_callers_on_a_limit_are_admitted_exactly_up_to_it(wall: ViewWall, store: RedisStore) -> None:
    decisions = await asyncio.gather(
        *(wall.record_view("member:1", "fifty", f"page:{n}", f"r{n}", "") for n in range(200))
    )

    outcomes = Counter(decision.outcome for decision in decisions)
    assert outcomes == {Outcome.CHARGED: 50, Outcome.DENIED_LIMIT: 150}
    assert (await wall.get_balance("member:1", "fifty", "")).remaining == 0
    admitted = {f"r{n}" for n, decision in enumerate(decisions) if decision.allowed}
    assert await charged_requests(store) == dict.fromkeys(admitted, 1)


async def test_one_request_sent_fifty_times_at_once_is_charged_once(wall: ViewWall, store: RedisStore) -> None:
    decisions = await asyncio.gather(
        *(wall.record_view("member:1", "member", "icd10cm:I10", "r1", "") for _ in range(50))
    )

    assert Counter(decision.replayed for decision in decisions) == {False: 1, True: 49}
    assert len({replace(decision, replayed=False) for decision in decisions}) == 1
    assert decisions[0].balance.used == 1
    assert await charged_requests(store) == {"r1": 1}


async def test_a_request_is_answered_the_same_whatever_happened_since(wall: ViewWall) -> None:
    first = await wall.record_view("member:1", "member", "icd10cm:I10", "r1", "")
    await wall.record_view("member:1", "member", "icd10cm:E11.9", "r2", "")

    assert await wall.record_view("member:1", "member", "icd10cm:I10", "r1", "") == replace(first, replayed=True)


async def test_an_opened_page_opens_again_without_a_charge(wall: ViewWall, store: RedisStore) -> None:
    await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")
    again = await wall.record_view("guest:1", "guest", "icd10cm:I10", "r2", "office")

    assert (again.outcome, again.replayed, again.balance.used) == (Outcome.ALREADY_OPENED, False, 1)
    assert await charged_requests(store) == {"r1": 1}


async def test_a_request_id_cannot_be_used_for_something_else(wall: ViewWall) -> None:
    await wall.record_view("member:1", "member", "icd10cm:I10", "r1", "")
    await wall.grant_views("member:1", "member", "", 5, "r1")
    await wall.merge_balances("guest:1", "", "member:1", "member", "r1")

    calls: list[Awaitable[object]] = [
        wall.record_view("member:1", "member", "icd10cm:E11.9", "r1", ""),
        wall.grant_views("member:1", "member", "", 6, "r1"),
        wall.merge_balances("guest:2", "", "member:1", "member", "r1"),
    ]
    for call in calls:
        with pytest.raises(Refusal) as caught:
            await call
        assert caught.value.fields[0].field == "request_id"
    assert (await wall.record_view("member:2", "member", "icd10cm:E11.9", "r1", "")).outcome is Outcome.CHARGED


async def test_a_denial_writes_nothing_and_a_grant_then_lets_the_same_request_pass(wall: ViewWall, redis: Any) -> None:
    await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")
    before = await dump(redis)

    denied = await wall.record_view("guest:1", "guest", "icd10cm:E11.9", "r2", "office")

    assert denied.outcome is Outcome.DENIED_LIMIT
    assert await dump(redis) == before
    await wall.grant_views("guest:1", "guest", "office", 1, "g1")
    granted = await wall.record_view("guest:1", "guest", "icd10cm:E11.9", "r2", "office")
    assert (granted.outcome, granted.replayed) == (Outcome.CHARGED, False)


async def test_asking_for_the_balance_writes_nothing(wall: ViewWall, redis: Any) -> None:
    assert (await wall.get_balance("guest:1", "guest", "office")).window_ends_at is None
    await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")
    before = await dump(redis)

    balance = await wall.get_balance("guest:1", "guest", "office")

    assert (balance.used, balance.remaining) == (1, 0)
    assert await dump(redis) == before


async def test_the_guests_of_a_network_share_its_cap(wall: ViewWall, redis: Any) -> None:
    decisions = await asyncio.gather(
        *(wall.record_view(f"guest:{n}", "guest", "icd10cm:I10", "r", "office") for n in range(40))
    )
    assert Counter(d.outcome for d in decisions) == {Outcome.CHARGED: 10, Outcome.DENIED_NETWORK: 30}
    before = await dump(redis)

    denied = await wall.record_view("guest:late", "guest", "icd10cm:I10", "r", "office")

    assert (denied.outcome, denied.balance.used) == (Outcome.DENIED_NETWORK, 0)
    assert await dump(redis) == before
    elsewhere = await wall.record_view("guest:other", "guest", "icd10cm:I10", "r", "home")
    assert elsewhere.outcome is Outcome.CHARGED


async def test_a_window_ends_with_its_count_and_its_pages(wall: ViewWall) -> None:
    first = await wall.record_view("guest:1", "brief", "icd10cm:I10", "r1", "")
    await wall.record_view("guest:1", "brief", "icd10cm:I10", "r2", "")
    denied = await wall.record_view("guest:1", "brief", "icd10cm:E11.9", "r3", "")
    assert denied.outcome is Outcome.DENIED_LIMIT
    # What happens within a window does not move its end.
    assert denied.balance.window_ends_at == first.balance.window_ends_at

    async def over() -> bool:
        return (await wall.get_balance("guest:1", "brief", "")).window_ends_at is None

    await eventually(over)
    assert (await wall.get_balance("guest:1", "brief", "")).remaining == 1
    anew = await wall.record_view("guest:1", "brief", "icd10cm:I10", "r4", "")
    assert anew.outcome is Outcome.CHARGED
    assert anew.balance.window_ends_at is not None
    assert first.balance.window_ends_at is not None
    assert anew.balance.window_ends_at > first.balance.window_ends_at


async def test_nothing_moves_the_end_of_a_window(wall: ViewWall) -> None:
    await wall.record_view("guest:1", "guest", "icd10cm:Z00", "r1", "office")
    first = await wall.record_view("member:1", "member", "icd10cm:I10", "r1", "")
    await asyncio.sleep(0.01)

    second = await wall.record_view("member:1", "member", "icd10cm:E11.9", "r2", "")
    merge = await wall.merge_balances("guest:1", "office", "member:1", "member", "m1")

    assert (second.balance.used, merge.pages) == (2, 1)
    assert second.balance.window_ends_at == merge.balance.window_ends_at == first.balance.window_ends_at


async def test_the_window_of_a_network_ends(store: RedisStore) -> None:
    wall = ViewWall(Plans({"guest": {"views": 1}, "network": {"views": 1, "window_days": TINY_WINDOW_DAYS}}), store)
    await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")
    denied = await wall.record_view("guest:2", "guest", "icd10cm:I10", "r1", "office")
    assert denied.outcome is Outcome.DENIED_NETWORK

    async def admitted() -> bool:
        return (await wall.record_view("guest:2", "guest", "icd10cm:I10", "r1", "office")).allowed

    await eventually(admitted)


async def test_granted_views_count_in_this_and_the_next_window_and_are_granted_once(wall: ViewWall) -> None:
    grants = await asyncio.gather(*(wall.grant_views("guest:1", "brief", "", 2, "g1") for _ in range(5)))
    assert Counter(grant.replayed for grant in grants) == {False: 1, True: 4}
    assert {grant.balance.limit for grant in grants} == {3}

    await wall.record_view("guest:1", "brief", "icd10cm:I10", "r1", "")

    async def next_window() -> bool:
        return (await wall.get_balance("guest:1", "brief", "")).window_ends_at is None

    await eventually(next_window)
    assert (await wall.get_balance("guest:1", "brief", "")).limit == 3


async def test_a_merge_opens_the_pages_of_the_guest_to_the_member_once(wall: ViewWall) -> None:
    await wall.record_view("guest:1", "fifty", "icd10cm:I10", "r1", "office")
    await wall.record_view("guest:1", "fifty", "icd10cm:E11.9", "r2", "office")
    await wall.record_view("member:1", "member", "icd10cm:I10", "r1", "")

    first = await wall.merge_balances("guest:1", "office", "member:1", "member", "m1")
    await wall.record_view("guest:1", "fifty", "icd10cm:Z00", "r3", "office")
    again = await wall.merge_balances("guest:1", "office", "member:1", "member", "m1")

    # I10 was charged before the merge was told: the member has that view again.
    assert (first.pages, first.replayed, first.balance.used) == (1, False, 0)
    assert again == replace(first, replayed=True)
    opened = await wall.record_view("member:1", "member", "icd10cm:E11.9", "r2", "")
    later = await wall.record_view("member:1", "member", "icd10cm:Z00", "r3", "")
    assert (opened.outcome, later.outcome) == (Outcome.ALREADY_OPENED, Outcome.CHARGED)


async def test_the_first_window_of_a_member_begins_with_the_merge(wall: ViewWall) -> None:
    await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")

    merge = await wall.merge_balances("guest:1", "office", "member:1", "member", "m1")
    charged = await wall.record_view("member:1", "member", "icd10cm:E11.9", "r1", "")

    assert (merge.pages, merge.balance.used, merge.balance.remaining) == (1, 0, 5)
    assert merge.balance.window_ends_at is not None
    assert charged.balance.window_ends_at == merge.balance.window_ends_at
    assert (await wall.get_balance("guest:1", "guest", "office")).remaining == 0


async def test_a_merge_of_nothing_begins_no_window(wall: ViewWall) -> None:
    merge = await wall.merge_balances("guest:1", "office", "member:1", "member", "m1")

    assert (merge.pages, merge.balance.window_ends_at) == (0, None)


async def test_parallel_callers_with_one_key_are_admitted_exactly_up_to_its_limit(wall: ViewWall, redis: Any) -> None:
    decisions = await asyncio.gather(*(wall.take_call("key:1", "member") for _ in range(200)))

    assert Counter(decision.allowed for decision in decisions) == {True: 60, False: 140}
    assert sorted(d.remaining for d in decisions if d.allowed) == list(range(60))
    assert {d.remaining for d in decisions if not d.allowed} == {0}
    before = await dump(redis)
    assert not (await wall.take_call("key:1", "member")).allowed
    assert await dump(redis) == before
    assert (await wall.take_call("key:2", "member")).remaining == 59


async def test_a_minute_begins_with_its_first_call_and_ends_with_its_count(wall: ViewWall, redis: Any) -> None:
    before = datetime.now(UTC)
    first = await wall.take_call("key:1", "member")
    second = await wall.take_call("key:1", "member")

    assert (first.limit, first.remaining, second.remaining) == (60, 59, 58)
    assert first.window_ends_at is not None
    assert timedelta(seconds=59) < first.window_ends_at - before < timedelta(minutes=2)
    assert second.window_ends_at == first.window_ends_at
    (key,) = await redis.execute_command("KEYS", "*:calls/*")
    await redis.execute_command("PEXPIRE", key, 1)

    async def next_minute() -> bool:
        return (await wall.take_call("key:1", "member")).remaining == 59

    await eventually(next_minute)


async def test_a_lower_limit_holds_within_the_minute(store: RedisStore) -> None:
    await asyncio.gather(*(store.take_call("key:1", 5) for _ in range(5)))

    assert replace(await store.take_call("key:1", 2), window_ends_at=None) == Allowance(False, 2, 0, None)


async def test_parallel_questions_are_allowed_exactly_up_to_the_limit(wall: ViewWall, redis: Any) -> None:
    answers = await asyncio.gather(*(wall.take_question("member:1", "member", "") for _ in range(200)))

    assert Counter(answer.allowed for answer in answers) == {True: 20, False: 180}
    assert sorted(answer.remaining for answer in answers if answer.allowed) == list(range(20))
    assert {(answer.limit, answer.remaining) for answer in answers if not answer.allowed} == {(20, 0)}
    assert len({answer.window_ends_at for answer in answers}) == 1
    before = await dump(redis)
    assert not (await wall.take_question("member:1", "member", "")).allowed
    assert await dump(redis) == before
    assert (await wall.take_question("member:2", "member", "")).remaining == 19


async def test_the_guests_of_a_network_share_its_questions(wall: ViewWall, redis: Any) -> None:
    asking = [f"guest:{n % 20}" for n in range(200)]
    answers = await asyncio.gather(*(wall.take_question(guest, "guest", "office") for guest in asking))

    assert sum(answer.allowed for answer in answers) == 30
    assert max(Counter(g for g, answer in zip(asking, answers, strict=True) if answer.allowed).values()) <= 3
    before = await dump(redis)
    late = await wall.take_question("guest:late", "guest", "office")
    assert (late.allowed, late.limit, late.remaining) == (False, 3, 0)
    assert late.window_ends_at is not None
    assert await dump(redis) == before
    assert (await wall.take_question("guest:late", "guest", "home")).remaining == 2


async def test_what_remains_to_a_guest_is_what_its_network_has_left(wall: ViewWall) -> None:
    for number in range(28):
        await wall.take_question(f"guest:{number}", "guest", "office")

    last = [await wall.take_question("guest:last", "guest", "office") for _ in range(3)]

    assert [(answer.allowed, answer.remaining) for answer in last] == [(True, 1), (True, 0), (False, 0)]


async def test_how_many_questions_remain_is_told_as_they_are_taken_and_nothing_is_written(
    wall: ViewWall, redis: Any
) -> None:
    unasked = await wall.get_questions("guest:1", "guest", "office")
    assert unasked == Allowance(True, 3, 3, None)
    assert await dump(redis) == {}

    async def take_and_read(guest: str, times: int) -> None:
        for _ in range(times):
            taken = await wall.take_question(guest, "guest", "office")
            before = await dump(redis)
            left = await wall.get_questions(guest, "guest", "office")
            assert (left.limit, left.remaining) == (taken.limit, taken.remaining)
            assert left.window_ends_at == taken.window_ends_at
            assert left.allowed == (left.remaining > 0)
            assert await dump(redis) == before

    await take_and_read("guest:1", 4)
    for number in range(25):
        await wall.take_question(f"guest:of-{number}", "guest", "office")
    await take_and_read("guest:2", 3)
    assert (await wall.get_questions("guest:3", "guest", "office")).remaining == 0
    assert (await wall.get_questions("guest:3", "guest", "home")).remaining == 3


async def test_a_day_begins_with_its_first_question_and_ends_with_its_count(wall: ViewWall, redis: Any) -> None:
    before = datetime.now(UTC)
    first = await wall.take_question("guest:1", "guest", "office")
    second = await wall.take_question("guest:1", "guest", "office")

    assert first.window_ends_at is not None
    assert timedelta(hours=23, minutes=59) < first.window_ends_at - before < timedelta(hours=25)
    assert second.window_ends_at == first.window_ends_at
    for key in await redis.execute_command("KEYS", "*questions/*"):
        await redis.execute_command("PEXPIRE", key, 1)

    async def next_day() -> bool:
        return (await wall.take_question("guest:1", "guest", "office")).remaining == 2

    await eventually(next_day)


async def test_a_plan_that_has_no_questions_asks_none(store: RedisStore, redis: Any) -> None:
    assert await store.take_question(Viewer("guest:1"), 0, None) == Allowance(False, 0, 0, None)
    assert await dump(redis) == {}


async def test_nothing_is_left_of_a_subject_that_is_forgotten_and_everything_of_others(
    wall: ViewWall, redis: Any
) -> None:
    others = ["member:1", "member:123", "member:12x", "guest:1"]
    for subject in [*others, "member:12"]:
        await wall.record_view(subject, "member", "icd10cm:I10", "r1", "")
        await wall.record_view(subject, "member", "icd10cm:I10", "of/member:12/r2", "")
        await wall.grant_views(subject, "member", "", 1, "r1")
        await wall.merge_balances("guest:1", "", subject, "member", "r1")
        await wall.take_question(subject, "member", "")
    before = await dump(redis)
    of_the_member = {key for key in before if key.split(b"/")[1:2] == [b"member:12"]}
    assert len(of_the_member) == 7

    await wall.forget("member:12")

    assert await dump(redis) == {key: content for key, content in before.items() if key not in of_the_member}
    assert (await wall.get_balance("member:12", "member", "")).remaining == 5
    await wall.forget("member:12")


async def test_a_subject_is_found_and_forgotten_among_thousands_of_requests(wall: ViewWall, redis: Any) -> None:
    for number in range(1500):
        await redis.execute_command("SET", f"{{q{number % 16}}}:view/member:{number}/r", "")
    await asyncio.gather(*(wall.record_view("member:x", "subscriber", f"page:{n}", f"r{n}", "") for n in range(1500)))

    await wall.forget("member:x")

    assert await redis.execute_command("KEYS", "*/member:x*") == []
    assert len(await redis.execute_command("KEYS", "*:view/*")) == 1500


async def test_what_comes_after_a_subject_was_forgotten_ends_by_itself(wall: ViewWall, redis: Any) -> None:
    await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")
    await wall.forget("member:1")

    await wall.merge_balances("guest:1", "office", "member:1", "member", "m1")
    await wall.record_view("member:1", "member", "icd10cm:E11.9", "r1", "")

    left = {key: end for key, (_, end) in (await dump(redis)).items() if b"/member:1" in key}
    assert len(left) == 3
    assert min(left.values()) > 0


async def test_an_unlimited_plan_is_counted_and_never_denied(wall: ViewWall, store: RedisStore) -> None:
    for number in range(30):
        decision = await wall.record_view("member:1", "subscriber", f"page:{number}", f"r{number}", "")
        assert decision.outcome is Outcome.CHARGED
    again = await wall.record_view("member:1", "subscriber", "page:3", "again", "")

    assert (again.outcome, again.balance.used, again.balance.unlimited) == (Outcome.ALREADY_OPENED, 30, True)
    events = await events_of(store)
    assert len(events) == 30
    assert all(isinstance(event, events_pb2.ViewCharged) and event.remaining == 0 for event in events)


async def test_events_say_what_was_charged_and_wait_until_they_are_removed(wall: ViewWall, store: RedisStore) -> None:
    before = time.time() - 1
    await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")

    entries = await store.pending(256)

    charged, reached = (entry.event for entry in entries)
    assert isinstance(charged, events_pb2.ViewCharged)
    assert (charged.subject, charged.plan, charged.page) == ("guest:1", "guest", "icd10cm:I10")
    assert (charged.request_id, charged.remaining) == ("r1", 0)
    assert before < charged.charged_at.ToSeconds() + 1 <= time.time() + 2
    assert isinstance(reached, events_pb2.LimitReached)
    assert (reached.subject, reached.plan, reached.limit) == ("guest:1", "guest", 1)
    assert reached.reached_at == charged.charged_at
    assert await store.pending(256) == entries
    assert len({entry.event_id for entry in entries}) == 2
    assert await store.depth() == 2

    await store.remove(entries[:1])
    assert await store.pending(256) == entries[1:]


@on_one_server
async def test_events_know_the_trace_of_the_call_that_charged(wall: ViewWall, store: RedisStore, redis: Any) -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    with context.following(trace):
        await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")
    traced = await store.pending(256)
    await store.remove(traced)
    # As a version wrote it that knew of no traces.
    fields = ("event", "quota.limit.reached", "subject", "guest:1", "plan", "guest", "limit", 1, "at", 1)
    await redis.execute_command("XADD", traced[0].position.split()[0], "*", *fields)

    assert [entry.traceparent for entry in traced] == [trace, trace]
    assert [entry.traceparent for entry in await store.pending(256)] == [""]


async def test_a_busy_shard_leaves_room_for_the_events_of_others(wall: ViewWall, store: RedisStore) -> None:
    for number in range(40):
        await wall.record_view("member:busy", "subscriber", f"page:{number}", f"r{number}", "")
    for number in range(40):
        await wall.record_view(f"member:{number}", "subscriber", "page:1", "r1", "")
    seen: Counter[str] = Counter()

    first = await store.pending(32)
    assert len({entry.position.split()[0] for entry in first}) > 8
    while entries := await store.pending(32):
        assert len(entries) <= 32
        seen.update(entry.event_id for entry in entries)
        await store.remove(entries)

    assert len(seen) == 80
    assert set(seen.values()) == {1}


async def test_flushed_scripts_are_loaded_again(wall: ViewWall, redis: Any) -> None:
    await wall.record_view("member:1", "member", "page:0", "r0", "")
    await redis.execute_command("SCRIPT FLUSH")

    decisions = await asyncio.gather(
        *(wall.record_view("member:1", "member", f"page:{n}", f"r{n}", "") for n in range(1, 5))
    )

    assert [decision.outcome for decision in decisions] == [Outcome.CHARGED] * 4


@on_one_server
async def test_a_server_that_hangs_is_refused_in_time_and_the_repeated_request_is_charged_once(
    server: Server, wall: ViewWall, store: RedisStore
) -> None:
    async with connect(server.url, TIMEOUT) as impatient:
        calls = ViewWall(PLANS, impatient)
        await calls.get_balance("member:1", "member", "")
        server.signal(signal.SIGSTOP)
        started = time.monotonic()
        try:
            results = await asyncio.gather(
                *(calls.record_view("member:1", "subscriber", f"page:{n}", f"r{n}", "") for n in range(200)),
                return_exceptions=True,
            )
            elapsed = time.monotonic() - started
        finally:
            server.signal(signal.SIGCONT)

    assert all(isinstance(result, Refusal) and result.kind is Kind.UNAVAILABLE for result in results)
    # Whoever waits behind a batch without an answer, those after the 128th here, does not wait twice.
    assert TIMEOUT * 0.9 < elapsed < TIMEOUT * 1.9
    for number in range(200):
        assert (await wall.record_view("member:1", "subscriber", f"page:{number}", f"r{number}", "")).allowed
    assert await charged_requests(store) == {f"r{number}": 1 for number in range(200)}


@on_one_server
async def test_no_acknowledged_charge_is_lost_or_doubled_when_the_server_is_killed(
    server: Server, wall: ViewWall, store: RedisStore
) -> None:
    acknowledged = 0

    async def caller(subject: str) -> None:
        nonlocal acknowledged
        for number in range(30):
            call = partial(wall.record_view, subject, "subscriber", f"page:{number}", f"{subject}-r{number}", "")
            assert (await persist(call)).outcome is Outcome.CHARGED
            acknowledged += 1
            if acknowledged in (60, 240):  # the calls of the others are under way
                server.kill()
                await asyncio.sleep(0.1)
                server.start()

    await asyncio.gather(*(caller(f"member:{n}") for n in range(16)))

    balances = [await wall.get_balance(f"member:{n}", "subscriber", "") for n in range(16)]
    assert [balance.used for balance in balances] == [30] * 16
    assert await charged_requests(store) == {f"member:{m}-r{n}": 1 for m in range(16) for n in range(30)}


@on_one_server
async def test_connections_that_the_server_has_closed_are_not_used(wall: ViewWall, redis: Any) -> None:
    await wall.get_balance("member:1", "member", "")
    assert await redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    await redis.ping()  # meanwhile the ends of the others arrive

    assert (await wall.record_view("member:1", "member", "icd10cm:I10", "r1", "")).outcome is Outcome.CHARGED


async def test_a_server_that_is_away_is_refused_at_once() -> None:
    with socket.socket() as taken:  # bound but not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        async with connect(f"redis://127.0.0.1:{taken.getsockname()[1]}") as store:
            started = time.monotonic()
            with pytest.raises(Refusal) as caught:
                await ViewWall(PLANS, store).get_balance("guest:1", "guest", "")
            with pytest.raises((RedisError, OSError)):
                await store.check()

    assert caught.value.kind is Kind.UNAVAILABLE
    assert time.monotonic() - started < 1


async def test_a_server_that_refuses_to_write_is_unavailable(wall: ViewWall, redis: Any) -> None:
    await redis.execute_command("CONFIG SET", "min-replicas-to-write", "2")
    try:
        with pytest.raises(Refusal) as caught:
            await wall.record_view("guest:1", "guest", "icd10cm:I10", "r1", "office")
    finally:
        await redis.execute_command("CONFIG SET", "min-replicas-to-write", "0")

    assert caught.value.kind is Kind.UNAVAILABLE
    assert (await wall.get_balance("guest:1", "guest", "office")).used == 0


async def test_answers_are_remembered_for_a_day_and_what_events_cause_for_as_long_as_events_are_kept(
    wall: ViewWall, redis: Any
) -> None:
    await wall.record_view("member:1", "member", "icd10cm:I10", "r1", "")
    await wall.grant_views("member:1", "member", "", 1, "r1")
    await wall.merge_balances("guest:1", "", "member:1", "member", "r1")

    async def days(kind: str) -> float:
        (key,) = await redis.execute_command("KEYS", f"*:{kind}/*")
        return round(int(await redis.execute_command("TTL", key)) / 86_400, 1)

    assert [await days(kind) for kind in ("view", "grant", "merge")] == [1, 31, 31]


@on_one_server
async def test_the_url_carries_user_password_and_database(server: Server, redis: Any) -> None:
    await redis.execute_command("ACL", "SETUSER", "quota", "on", ">s3cr/t", "~*", "&*", "+@all")

    async with connect(f"redis://quota:s3cr%2Ft@127.0.0.1:{server.port}/2") as store:
        assert (await ViewWall(PLANS, store).record_view("member:1", "member", "icd10cm:I10", "r1", "")).allowed
    async with connect(f"redis://quota:wrong@127.0.0.1:{server.port}/2") as store:
        with pytest.raises(Refusal):
            await ViewWall(PLANS, store).get_balance("member:1", "member", "")
        with pytest.raises(AuthenticationError):
            await store.check()

    keyspace = await redis.info("keyspace")
    assert set(keyspace) == {"db2"}


async def test_tls_trusts_the_authority_that_the_url_names(server: Server, tmp_path: Path) -> None:
    files, other = (Authority(tmp_path / name).issue("localhost") for name in ("ours", "others"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)
        target.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        plain_reader, plain_writer = await asyncio.open_connection(LOOPBACK, server.port)
        await asyncio.gather(copy(reader, plain_writer), copy(plain_reader, writer))

    # What a server with TLS is to its callers.
    async with await asyncio.start_server(forward, LOOPBACK, 0, ssl=context) as proxy:
        url = f"rediss://localhost:{proxy.sockets[0].getsockname()[1]}?ssl_ca_certs="
        async with connect(f"{url}{files.authority}", PATIENCE) as store:
            assert (await ViewWall(PLANS, store).record_view("member:tls", "member", "page:1", "r1", "")).allowed
        async with connect(f"{url}{other.authority}", PATIENCE) as store:
            with pytest.raises(RedisError, match="CERTIFICATE_VERIFY_FAILED"):
                await store.check()


# Few of everything, so that histories repeat requests, reopen pages and meet every limit.
RULES = Plans(
    {
        "guest": {"views": 1, "calls_per_minute": 1, "questions_per_day": 1},
        "member": {"views": 3, "calls_per_minute": 3, "questions_per_day": 3},
        "subscriber": {"views": None, "calls_per_minute": None, "questions_per_day": None},
        "network": {"views": 3, "questions_per_day": 3},
    },
)
VIEWERS = [("guest:1", "office"), ("guest:2", "office"), ("member:1", "")]
viewers = st.sampled_from(VIEWERS)
plans = st.sampled_from(["guest", "member", "subscriber"])
keys = st.sampled_from(["key:1", "key:2"])
requests = st.integers(0, 3).map("r{}".format)
operations = st.one_of(
    st.tuples(st.just("view"), viewers, plans, st.integers(0, 3).map("page:{}".format), requests),
    st.tuples(st.just("balance"), viewers, plans),
    st.tuples(st.just("grant"), viewers, plans, st.integers(1, 2), requests),
    st.tuples(st.just("merge"), viewers, st.just("member:1"), plans, requests),
    st.tuples(st.just("call"), keys, plans),
    st.tuples(st.just("minute ends"), keys),
    st.tuples(st.just("question"), viewers, plans),
    st.tuples(st.just("questions left"), viewers, plans),
    st.tuples(st.just("day ends"), st.sampled_from([subject for subject, _ in VIEWERS])),
    st.tuples(st.just("forget"), st.just("member:1")),
    st.tuples(st.just("window ends"), st.sampled_from([subject for subject, _ in VIEWERS])),
)


@given(st.lists(operations, min_size=5, max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_store_follows_the_rules(server: Server, history: list[tuple[object, ...]]) -> None:
    """Any history of calls has the same answers and events as the rules in plain Python."""

    async def compare() -> None:
        redis: Any = Redis.from_url(server.url)
        await redis.execute_command("FLUSHALL")
        reference = Reference()
        async with connect(server.url, 5.0) as store:
            for operation in history:
                expected = await outcome_of(ViewWall(RULES, reference), operation)
                assert await outcome_of(ViewWall(RULES, store), operation) == expected, operation
                match operation:
                    case ("window ends", str(subject)):
                        await end_window(redis, reference, subject)
                    case ("minute ends", str(subject)):
                        await end_minute(redis, reference, subject)
                    case ("day ends", str(subject)):
                        await end_day(redis, reference, subject)
            events = Counter(
                (type(e).__name__, e.subject, e.remaining if isinstance(e, events_pb2.ViewCharged) else e.limit)
                for e in await events_of(store)
            )
        await redis.aclose()
        assert events == Counter(reference.events)

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(compare())
    finally:
        loop.close()


async def end_window(redis: Any, reference: Reference, subject: str) -> None:
    reference.end_window(subject)
    for key in await redis.execute_command("KEYS", f"*:window/{subject}"):
        await redis.execute_command("DEL", key)


async def end_minute(redis: Any, reference: Reference, subject: str) -> None:
    reference.end_minute(subject)
    for key in await redis.execute_command("KEYS", f"*:calls/{subject}"):
        await redis.execute_command("DEL", key)


async def end_day(redis: Any, reference: Reference, subject: str) -> None:
    reference.end_day(subject)
    for key in await redis.execute_command("KEYS", f"*:questions/{subject}"):
        await redis.execute_command("DEL", key)


async def outcome_of(wall: ViewWall, operation: tuple[object, ...]) -> object:
    """Return the answer with its end, which the reference does not know, replaced; or the refused field."""
    try:
        match operation:
            case ("view", (str(subject), str(network)), str(plan), str(page), str(request)):
                return with_plain_balance(await wall.record_view(subject, plan, page, request, network))
            case ("balance", (str(subject), str(network)), str(plan)):
                return plain(await wall.get_balance(subject, plan, network))
            case ("grant", (str(subject), str(network)), str(plan), int(views), str(request)):
                return with_plain_balance(await wall.grant_views(subject, plan, network, views, request))
            case ("merge", (str(subject), str(network)), str(target), str(plan), str(request)):
                return with_plain_balance(await wall.merge_balances(subject, network, target, plan, request))
            case ("call", str(subject), str(plan)):
                return with_plain_end(await wall.take_call(subject, plan))
            case ("question", (str(subject), str(network)), str(plan)):
                return with_plain_end(await wall.take_question(subject, plan, network))
            case ("questions left", (str(subject), str(network)), str(plan)):
                return with_plain_end(await wall.get_questions(subject, plan, network))
            case ("forget", str(subject)):
                await wall.forget(subject)
                return None
            case _:
                return None
    except Refusal as refusal:
        return [violation.field for violation in refusal.fields]


def plain(balance: Balance) -> Balance:
    return replace(balance, window_ends_at=balance.window_ends_at and SOME_DAY)


def with_plain_end(answer: Allowance) -> Allowance:
    return replace(answer, window_ends_at=answer.window_ends_at and SOME_DAY)


def with_plain_balance(answer: Answer) -> Answer:
    return replace(answer, balance=plain(answer.balance))
