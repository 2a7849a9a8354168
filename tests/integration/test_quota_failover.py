"""The view counters where a replica takes over: a Redis Cluster, and a primary that Sentinels watch."""

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from codingahead.events.v1 import events_pb2

from deploy.local.ports import LOOPBACK
from services.quota.decisions import Decision, Outcome, Viewer, ViewWall
from services.quota.plans import Plans
from services.quota.store import RedisStore, connect, shard_of
from services.runtime.errors import Kind, Refusal
from tests.integration.redis_servers import SERVICE, Cluster, Watched
from tests.integration.test_quota_store import events_of
from tests.support import eventually

TIMEOUT = 1.0
LIMIT = 20
PLANS = Plans({"member": {"views": LIMIT, "calls_per_minute": 10}})
MEMBERS = [f"member:{number}" for number in range(12)]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Cluster | Watched]]:
    """What replaces a server that is away for a second, started side by side."""
    folder = tmp_path_factory.mktemp("valkey")
    cluster, watched = Cluster(folder / "cluster", 1000), Watched(folder / "watched", 1000)
    yield {"cluster": cluster, "sentinel": watched}
    cluster.kill()
    watched.kill()


@pytest.fixture(params=["cluster", "sentinel"])
def servers(started: dict[str, Cluster | Watched], request: pytest.FixtureRequest) -> Cluster | Watched:
    servers = started[request.param]
    servers.ready()
    for server in servers.servers:
        server.run("FLUSHALL")
    return servers


on_a_cluster = pytest.mark.parametrize("servers", ["cluster"], indirect=True)
behind_sentinels = pytest.mark.parametrize("servers", ["sentinel"], indirect=True)


@pytest.fixture
async def store(servers: Cluster | Watched) -> AsyncIterator[RedisStore]:
    async with connect(servers.url, TIMEOUT) as store:
        yield store


@pytest.fixture
def wall(store: RedisStore) -> ViewWall:
    return ViewWall(PLANS, store)


def key_of(subject: str) -> str:
    return f"{{q{shard_of(Viewer(subject))}}}"


async def check_exactness(wall: ViewWall, store: RedisStore, happens: Callable[[], object]) -> None:
    """Let each member view three times as many pages as it may, all at once, and let something happen meanwhile."""
    answers = 0

    async def view(subject: str, number: int) -> Outcome:
        """Repeat a call with its request id until it is answered, as a caller of the service does."""
        nonlocal answers
        request = f"{subject}-r{number}"
        deadline = time.monotonic() + 30
        while True:
            try:
                decision = await wall.record_view(subject, "member", f"page:{number}", request, "")
            except Refusal as refusal:
                if refusal.kind is not Kind.UNAVAILABLE or time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.02)
                continue
            answers += 1
            if answers == 5 * len(MEMBERS):
                happens()
            return decision.outcome

    async def all_of(subject: str) -> Counter[Outcome]:
        return Counter(await asyncio.gather(*(view(subject, number) for number in range(3 * LIMIT))))

    admitted = await asyncio.gather(*map(all_of, MEMBERS))

    assert admitted == [{Outcome.CHARGED: LIMIT, Outcome.DENIED_LIMIT: 2 * LIMIT}] * len(MEMBERS)
    charged = [event for event in await events_of(store) if isinstance(event, events_pb2.ViewCharged)]
    assert Counter(event.subject for event in charged) == dict.fromkeys(MEMBERS, LIMIT)
    assert len({event.request_id for event in charged}) == len(charged)


@on_a_cluster
async def test_the_callers_of_other_servers_are_answered_while_one_hangs(
    servers: Cluster, wall: ViewWall, store: RedisStore
) -> None:
    primary = servers.primary_of(key_of(MEMBERS[0]))
    theirs = [subject for subject in MEMBERS if servers.primary_of(key_of(subject)) is primary]
    others = [subject for subject in MEMBERS if subject not in theirs]
    await asyncio.gather(*(wall.record_view(subject, "member", "page:1", "r1", "") for subject in MEMBERS))
    primary.signal(signal.SIGSTOP)
    try:
        results = await asyncio.gather(
            *(wall.record_view(subject, "member", "page:2", "r2", "") for subject in theirs),
            *(wall.record_view(subject, "member", "page:2", "r2", "") for subject in others),
            return_exceptions=True,
        )
        told = await events_of(store)
    finally:
        primary.signal(signal.SIGCONT)

    refusals, answers = results[: len(theirs)], results[len(theirs) :]
    assert all(isinstance(refusal, Refusal) for refusal in refusals)
    assert [isinstance(answer, Decision) and answer.outcome for answer in answers] == [Outcome.CHARGED] * len(others)
    # Nor do the events of others wait.
    assert Counter(event.subject for event in told) == dict.fromkeys(others, 2)


@on_a_cluster
async def test_calls_are_counted_exactly_while_their_slot_moves_to_another_server(
    servers: Cluster, wall: ViewWall
) -> None:
    async def take(times: int) -> list[bool]:
        return [(await wall.take_call(key, "member")).allowed for key in keys for _ in range(times)]

    keys = ["key:1", next(f"key:{n}" for n in range(2, 1000) if key_of(f"key:{n}") == key_of("key:1"))]
    source = servers.primary_of(key_of("key:1"))
    target = next(server for server in servers.servers if server.role()["role"] == "master" and server is not source)
    slot = str(source.run("CLUSTER KEYSLOT", key_of("key:1")))
    ids = [server.run("CLUSTER MYID").decode() for server in (source, target)]
    await wall.take_call(keys[0], "member")
    target.run("CLUSTER SETSLOT", slot, "IMPORTING", ids[0])
    source.run("CLUSTER SETSLOT", slot, "MIGRATING", ids[1])

    # The count of one key is where it was, the other's begins at the target.
    assert await take(3) == [True] * 6
    assert (source.run("DBSIZE"), target.run("DBSIZE")) == (1, 1)
    counted = source.run("CLUSTER GETKEYSINSLOT", slot, "10")
    source.run("MIGRATE", LOOPBACK, str(target.port), "", "0", "5000", "KEYS", *counted)
    for server in (target, source):
        server.run("CLUSTER SETSLOT", slot, "NODE", ids[1])

    assert await take(7) == [True] * 6 + [False] + [True] * 7
    assert (source.run("DBSIZE"), target.run("DBSIZE")) == (0, 2)


async def test_an_answer_waits_for_the_replica_where_that_is_asked_for(servers: Cluster | Watched) -> None:
    replica = servers.replica_of(servers.primary_of(key_of(MEMBERS[0])))
    async with connect(servers.url, TIMEOUT, replicas=1) as store:
        wall = ViewWall(PLANS, store)
        await wall.record_view(MEMBERS[0], "member", "page:1", "r1", "")
        replica.signal(signal.SIGSTOP)
        try:
            with pytest.raises(Refusal) as caught:
                await wall.record_view(MEMBERS[0], "member", "page:2", "r2", "")
            await store.check()
        finally:
            replica.signal(signal.SIGCONT)

        async def again() -> bool:
            with contextlib.suppress(Refusal):
                return (await wall.record_view(MEMBERS[0], "member", "page:2", "r2", "")).replayed
            return False

        assert caught.value.kind is Kind.UNAVAILABLE
        await eventually(again)
        assert (await wall.get_balance(MEMBERS[0], "member", "")).used == 2


@on_a_cluster
async def test_limits_hold_exactly_while_a_primary_and_its_replica_change_places(
    servers: Cluster, wall: ViewWall, store: RedisStore
) -> None:
    primary = servers.primary_of(key_of(MEMBERS[0]))
    replica = servers.replica_of(primary)

    await check_exactness(wall, store, lambda: replica.run("CLUSTER FAILOVER"))

    await eventually(lambda: servers.primary_of(key_of(MEMBERS[0])) is replica)
    assert (await wall.get_balance(MEMBERS[0], "member", "")).used == LIMIT


@behind_sentinels
async def test_a_primary_that_was_replaced_is_left_though_it_answers(
    servers: Watched, wall: ViewWall, store: RedisStore
) -> None:
    """Sentinels may leave it as it was for ten seconds."""
    primary = servers.primary_of("")
    replica = servers.replica_of(primary)
    async with connect(servers.url, TIMEOUT) as unaware:
        await wall.record_view("member:1", "member", "page:1", "r1", "")
        await unaware.check()
        servers.sentinels[0].run("SENTINEL FAILOVER", SERVICE)
        await eventually(lambda: servers.primary_of("") is replica)

        await store.check()  # what the service does each second
        await wall.record_view("member:1", "member", "page:2", "r2", "")
        window = f"{key_of('member:1')}:window/member:1"
        assert [server.run("HGET", window, "used") for server in (primary, replica)] == [b"1", b"2"]

        primary.run("REPLICAOF", LOOPBACK, str(replica.port))
        late = ViewWall(PLANS, unaware)
        with pytest.raises(Refusal) as caught:
            await late.record_view("member:1", "member", "page:3", "r3", "")
        assert caught.value.kind is Kind.UNAVAILABLE

        async def answered() -> bool:
            with contextlib.suppress(Refusal):
                return (await late.record_view("member:1", "member", "page:3", "r3", "")).allowed
            return False

        await eventually(answered)
        assert (await wall.get_balance("member:1", "member", "")).used == 3


async def test_limits_hold_exactly_while_a_primary_is_killed_and_replaced(
    servers: Cluster | Watched, wall: ViewWall, store: RedisStore
) -> None:
    primary = servers.primary_of(key_of(MEMBERS[0]))

    await check_exactness(wall, store, primary.kill)

    assert servers.primary_of(key_of(MEMBERS[0])) is not primary
