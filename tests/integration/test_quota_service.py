"""The quota process with its Redis and NATS, and what happens to views while one of them is away."""

import asyncio
import itertools
import json
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import nats
import pytest
from codingahead.events.v1 import events_pb2
from codingahead.quota.v1 import quota_pb2 as pb
from codingahead.quota.v1 import quota_pb2_grpc
from google.protobuf.message import Message
from redis.asyncio import Redis

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.stack import LocalStack
from deploy.local.supervisor import Child
from services.gateway.identity import Caller
from services.gateway.main import QUOTA
from services.gateway.settings import GatewaySettings
from services.gateway.wall import Admission, Outcome, Wall
from services.runtime import logs
from services.runtime.errors import Kind, Refusal
from services.runtime.events import bus
from services.runtime.events.catalogue import headers_of, subject_of
from services.runtime.rpc.client import Client, is_serving
from services.runtime.tokens import Signer
from tests.support import eventually

LOG = logs.get("test")
PLANS = {
    "guest": {"views": 1},
    "member": {"views": 5, "calls_per_minute": 2, "questions_per_day": 4},
    "open": {"views": 1, "questions_per_day": None},
    "fifty": {"views": 50},
}
_SUBJECTS = itertools.count(1)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Quota:
    """A running quota with what it stands on."""

    stack: LocalStack
    stub: "quota_pb2_grpc.QuotaServiceAsyncStub"
    target: str

    async def record(
        self, subject: str, page: str, request_id: str, plan: str = "fifty", network: str = ""
    ) -> pb.RecordViewResponse:
        return await self.stub.RecordView(
            pb.RecordViewRequest(subject=subject, plan=plan, page=page, request_id=request_id, network=network)
        )

    async def used(self, subject: str, plan: str = "fifty") -> int:
        answer = await self.stub.GetBalance(pb.GetBalanceRequest(subject=subject, plan=plan))
        return answer.balance.used

    async def member(self, subject: str) -> pb.Balance | None:
        """Return what a member has, once a merge began its first window; None while that or quota is to come."""
        try:
            answer = await self.stub.GetBalance(pb.GetBalanceRequest(subject=subject, plan="member"))
        except Refusal:
            return None
        return answer.balance if answer.balance.HasField("window_ends_at") else None

    async def publish(self, event: Message, event_id: str = "") -> None:
        async with bus.connect(self.stack.nats_url, LOG, "test") as events:
            await events.publish(event, event_id or str(uuid.uuid4()))

    async def charged(self, subject: str) -> list[str]:
        """Return the pages that the stream says were charged to a subject, in the order of the stream."""
        connection = await nats.connect(self.stack.nats_url)
        try:
            js = connection.jetstream()
            last = (await js.stream_info("QUOTA")).state.last_seq
            messages = [await js.get_msg("QUOTA", sequence) for sequence in range(1, last + 1)]
        finally:
            await connection.close()
        events = [
            events_pb2.ViewCharged.FromString(message.data or b"")
            for message in messages
            if message.subject == "quota.view.charged"
        ]
        return [event.page for event in events if event.subject == subject]


@pytest.fixture(scope="module")
async def quota(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Quota]:
    folder = tmp_path_factory.mktemp("quota")
    async with LocalStack(folder, {"nats", "redis"}, ports={}) as stack:
        port = free_port()
        target = f"{LOOPBACK}:{port}"
        env = {
            "CODINGAHEAD_NATS_URL": stack.nats_url,
            "CODINGAHEAD_REDIS_URL": stack.redis_url,
            "CODINGAHEAD_QUOTA_LISTEN": target,
            "CODINGAHEAD_PLANS": json.dumps(PLANS),
        }
        command = (sys.executable, "-m", "cli", "serve", "quota")
        await stack.supervisor.start(Child("quota", command, partial(is_serving, target), port=port, env=env))
        client = Client(QUOTA, target)
        yield Quota(stack, client.stub(quota_pb2_grpc.QuotaServiceStub, 5.0), target)
        await client.close()


@pytest.fixture
def subject() -> str:
    return f"member:{next(_SUBJECTS)}"


@pytest.fixture
def guest() -> str:
    return f"guest:{next(_SUBJECTS)}"


@pytest.fixture
async def redis(quota: Quota) -> AsyncIterator[Any]:
    redis: Any = Redis.from_url(quota.stack.redis_url)
    yield redis
    await redis.aclose()


def registered(subject: str, guest: str, network: str = "") -> events_pb2.AccountRegistered:
    return events_pb2.AccountRegistered(subject=subject, plan="member", guest_subject=guest, guest_network=network)


async def persist(call: Callable[[], Awaitable[T]]) -> T:
    """Ask until quota answers: when Redis is back, quota takes up to a second to find itself ready."""

    async def answer() -> list[T]:
        try:
            return [await call()]
        except Refusal:
            return []

    (answered,) = await eventually(answer)
    return answered


async def test_two_hundred_parallel_callers_on_a_limit_of_fifty_are_admitted_fifty_times(
    quota: Quota, subject: str
) -> None:
    answers = await asyncio.gather(*(quota.record(subject, f"icd10cm:{n}", f"request-{n}") for n in range(200)))

    assert sum(answer.allowed for answer in answers) == 50
    assert await quota.used(subject) == 50


async def test_every_charge_is_told_once(quota: Quota, subject: str) -> None:
    await asyncio.gather(*(quota.record(subject, f"icd10cm:{n}", f"request-{n}") for n in range(20)))
    await asyncio.gather(*(quota.record(subject, f"icd10cm:{n}", f"request-{n}") for n in range(20)))

    async def all_told() -> bool:
        return len(await quota.charged(subject)) >= 20

    await eventually(all_told)
    assert sorted(await quota.charged(subject)) == sorted(f"icd10cm:{n}" for n in range(20))


async def test_charges_made_while_nats_is_down_are_told_once_when_it_is_back(quota: Quota, subject: str) -> None:
    await quota.record(subject, "icd10cm:before", "before")
    await quota.stack.supervisor.kill("nats")
    answers = [await quota.record(subject, f"icd10cm:{n}", f"request-{n}") for n in range(30)]
    await quota.stack.supervisor.restart("nats")

    async def all_told() -> bool:
        return len(await quota.charged(subject)) >= 31

    assert all(answer.outcome == pb.OUTCOME_CHARGED for answer in answers)
    await eventually(all_told, within=30)
    told = await quota.charged(subject)
    assert sorted(told) == sorted({"icd10cm:before", *(f"icd10cm:{n}" for n in range(30))})


async def test_no_acknowledged_charge_is_lost_when_redis_is_killed(quota: Quota, subject: str) -> None:
    acknowledged: set[str] = set()
    refusals: set[Kind] = set()

    async def five_acknowledged() -> bool:
        return len(acknowledged) >= 5

    async def charge(number: int) -> None:
        page = f"icd10cm:{number}"
        while page not in acknowledged:
            try:
                assert (await quota.record(subject, page, f"request-{number}")).allowed
                acknowledged.add(page)
            except Refusal as refusal:
                refusals.add(refusal.kind)
                await asyncio.sleep(0.05)

    charging = asyncio.gather(*(charge(number) for number in range(40)))
    await eventually(five_acknowledged)
    await quota.stack.supervisor.kill("redis")
    await quota.stack.supervisor.restart("redis")
    await charging

    assert await persist(partial(quota.used, subject)) == 40
    assert refusals <= {Kind.UNAVAILABLE, Kind.TIMEOUT}


async def test_a_view_served_while_quota_is_away_is_charged_once_when_it_is_back(quota: Quota) -> None:
    caller = Caller(f"guest:{next(_SUBJECTS)}", "guest", "")
    client = Client(QUOTA, quota.target)
    settings = GatewaySettings(
        cookie_secret="a secret for tests, of 32 bytes and more", session_public_keys=(Signer(bytes(32)).public_key,)
    )
    async with bus.connect(quota.stack.nats_url, LOG, "test") as events:
        wall = Wall(client.stub(quota_pb2_grpc.QuotaServiceStub, 0.5), events, settings)
        await quota.stack.supervisor.kill("redis")
        served = await wall.admit(caller, "icd10cm:E11.9", "view-1")
        await quota.stack.supervisor.restart("redis")

        async def charged() -> bool:
            try:
                return await quota.used(caller.subject, "guest") > 0
            except Refusal:
                return False

        await eventually(charged, within=60)
        again = await eventually(partial(_admitted, wall, caller))
    await client.close()

    assert served.outcome is Outcome.DEFERRED
    assert again
    assert again.outcome is Outcome.CHARGED  # the answer to the request id that was charged meanwhile
    assert await quota.used(caller.subject, "guest") == 1


async def _admitted(wall: Wall, caller: Caller) -> Admission | None:
    admission = await wall.admit(caller, "icd10cm:E11.9", "view-1")
    return None if admission.deferred else admission


async def test_a_guest_that_registers_has_five_views_and_keeps_its_page(quota: Quota, subject: str, guest: str) -> None:
    await quota.record(guest, "icd10cm:E11.9", "r1", "guest", "office")

    await quota.publish(registered(subject, guest, "office"))

    balance = await eventually(partial(quota.member, subject))
    assert balance
    assert (balance.limit, balance.remaining) == (5, 5)
    assert (await quota.record(subject, "icd10cm:E11.9", "r2", "member")).outcome == pb.OUTCOME_ALREADY_OPENED
    denied = await quota.record(guest, "icd10cm:I10", "r3", "guest", "office")
    assert denied.outcome == pb.OUTCOME_DENIED_LIMIT


async def test_a_registration_that_is_told_again_changes_nothing(quota: Quota, subject: str, guest: str) -> None:
    await quota.record(guest, "icd10cm:E11.9", "r1")
    await quota.publish(registered(subject, guest), "registered")
    await eventually(partial(quota.member, subject))
    await quota.record(guest, "icd10cm:I10", "r2")

    await tell_again(quota, registered(subject, guest), "registered")
    await quota.publish(registered(f"{subject}.next", guest))  # told after it, in order
    await eventually(partial(quota.member, f"{subject}.next"))

    assert (await quota.record(subject, "icd10cm:E11.9", "r3", "member")).outcome == pb.OUTCOME_ALREADY_OPENED
    assert (await quota.record(subject, "icd10cm:I10", "r4", "member")).outcome == pb.OUTCOME_CHARGED


async def tell_again(quota: Quota, event: Message, event_id: str) -> None:
    """Publish as a publisher does that learns of its success only after JetStream has forgotten the id."""
    connection = await nats.connect(quota.stack.nats_url)
    headers = {**headers_of(event, event_id), "Nats-Msg-Id": str(uuid.uuid4())}
    await connection.jetstream().publish(subject_of(type(event)), event.SerializeToString(), headers=headers)
    await connection.close()


async def test_a_registration_without_a_guest_changes_nothing(
    quota: Quota, subject: str, guest: str, redis: Any
) -> None:
    await quota.record(guest, "icd10cm:E11.9", "r1", "guest")
    await quota.publish(registered(subject, ""))
    await quota.publish(registered(f"{subject}.next", guest))  # told after it, in order
    await eventually(partial(quota.member, f"{subject}.next"))

    await eventually(partial(no_registration_waits, quota))
    assert await redis.execute_command("KEYS", f"*/{subject}") == []


async def test_a_registration_that_happens_while_quota_is_killed_is_merged_when_it_is_back(
    quota: Quota, subject: str, guest: str
) -> None:
    await quota.record(guest, "icd10cm:E11.9", "r1", "guest")
    await quota.stack.supervisor.kill("quota")
    await quota.publish(registered(subject, guest))
    await quota.stack.supervisor.restart("quota")

    balance = await eventually(partial(quota.member, subject), within=30)
    assert balance
    assert (balance.used, balance.remaining) == (0, 5)
    opened = await persist(partial(quota.record, subject, "icd10cm:E11.9", "r2", "member"))
    assert opened.outcome == pb.OUTCOME_ALREADY_OPENED


async def test_a_registration_that_happens_while_redis_is_killed_is_merged_when_it_is_back(
    quota: Quota, subject: str, guest: str
) -> None:
    await quota.record(guest, "icd10cm:E11.9", "r1", "guest")
    await quota.stack.supervisor.kill("redis")
    await quota.publish(registered(subject, guest))
    await eventually(partial(a_registration_waits, quota))
    await quota.stack.supervisor.restart("redis")

    balance = await eventually(partial(quota.member, subject), within=30)
    assert balance
    assert (balance.used, balance.remaining) == (0, 5)
    opened = await persist(partial(quota.record, subject, "icd10cm:E11.9", "r2", "member"))
    assert opened.outcome == pb.OUTCOME_ALREADY_OPENED
    await eventually(partial(no_registration_waits, quota))


async def no_registration_waits(quota: Quota) -> bool:
    """Return whether all that were told to quota are done with."""
    connection = await nats.connect(quota.stack.nats_url)
    consumer = await connection.jetstream().consumer_info("ACCOUNTS", "quota-account-registered")
    await connection.close()
    return not (consumer.num_pending or consumer.num_ack_pending)


async def a_registration_waits(quota: Quota) -> bool:
    return not await no_registration_waits(quota)


async def test_nothing_is_left_of_an_account_that_was_closed(
    quota: Quota, subject: str, guest: str, redis: Any
) -> None:
    await quota.record(guest, "icd10cm:E11.9", "r1", "guest")
    await quota.publish(registered(subject, guest))
    await eventually(partial(quota.member, subject))
    await quota.record(subject, "icd10cm:I10", "r1", "member")
    await quota.stub.GrantViews(pb.GrantViewsRequest(subject=subject, plan="member", views=3, request_id="r1"))
    await quota.stub.TakeQuestion(pb.TakeQuestionRequest(subject=subject, plan="member"))
    assert len(await redis.execute_command("KEYS", f"*/{subject}*")) == 6

    await quota.publish(events_pb2.AccountClosed(subject=subject))

    async def nothing_left() -> bool:
        return not await redis.execute_command("KEYS", f"*{subject}*")

    await eventually(nothing_left)


async def test_a_key_makes_as_many_calls_in_a_minute_as_its_plan_allows(quota: Quota, subject: str) -> None:
    key = f"key:{subject}"
    answers = await asyncio.gather(
        *(quota.stub.TakeCall(pb.TakeCallRequest(subject=key, plan="member")) for _ in range(20))
    )

    assert sum(answer.allowed for answer in answers) == 2
    assert {(answer.limit, answer.unlimited) for answer in answers} == {(2, False)}
    assert len({answer.window_ends_at.ToMilliseconds() for answer in answers}) == 1
    assert min(answer.window_ends_at.seconds for answer in answers) > 0


async def test_a_member_asks_as_many_questions_in_a_day_as_its_plan_allows(quota: Quota, subject: str) -> None:
    request = pb.TakeQuestionRequest(subject=subject, plan="member")
    answers = await asyncio.gather(*(quota.stub.TakeQuestion(request) for _ in range(20)))
    no_limit = await quota.stub.TakeQuestion(pb.TakeQuestionRequest(subject=subject, plan="open"))
    left = await quota.stub.GetQuestions(pb.GetQuestionsRequest(subject=subject, plan="member"))
    none_limited = await quota.stub.GetQuestions(pb.GetQuestionsRequest(subject=subject, plan="open"))

    assert sum(answer.allowed for answer in answers) == 4
    assert {(answer.limit, answer.unlimited) for answer in answers} == {(4, False)}
    assert len({answer.window_ends_at.ToMilliseconds() for answer in answers}) == 1
    assert min(answer.window_ends_at.seconds for answer in answers) > 0
    assert no_limit == pb.TakeQuestionResponse(allowed=True, unlimited=True)
    assert left == pb.GetQuestionsResponse(limit=4, remaining=0, window_ends_at=answers[0].window_ends_at)
    assert none_limited == pb.GetQuestionsResponse(unlimited=True)


async def test_a_quota_that_is_told_to_stop_answers_what_it_has_begun(tmp_path: Path, quota: Quota) -> None:
    port = free_port()
    target = f"{LOOPBACK}:{port}"
    env = {
        "CODINGAHEAD_NATS_URL": quota.stack.nats_url,
        "CODINGAHEAD_REDIS_URL": quota.stack.redis_url,
        "CODINGAHEAD_QUOTA_LISTEN": target,
        "CODINGAHEAD_PLANS": json.dumps(PLANS),
    }
    command = (sys.executable, "-m", "cli", "serve", "quota")
    await quota.stack.supervisor.start(Child("second", command, partial(is_serving, target), port=port, env=env))
    client = Client(QUOTA, f"ipv4:{quota.target},{target}")
    stub = client.stub(quota_pb2_grpc.QuotaServiceStub, 5.0)
    stopped = asyncio.Event()

    async def callers(number: int) -> int:
        calls = 0
        while not stopped.is_set():
            await stub.GetBalance(pb.GetBalanceRequest(subject=f"member:s{number}", plan="member"))
            calls += 1
        return calls

    calling = [asyncio.create_task(callers(number)) for number in range(8)]
    await quota.stack.supervisor.stop("second")
    stopped.set()
    counts = await asyncio.gather(*calling)
    await client.close()

    assert sum(counts) > 8
