"""The rpc server and client against each other, over real connections."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from codingahead.quota.v1 import quota_pb2, quota_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from services.runtime import context, logs
from services.runtime.errors import Kind, QuotaViolation, Refusal, invalid, unavailable
from services.runtime.rpc.client import Client
from services.runtime.rpc.server import Server

QUOTA = quota_pb2.DESCRIPTOR.services_by_name["QuotaService"]
LOG = logs.get("test")


class Scripted:
    """Answers as the subject of the request says."""

    def __init__(self) -> None:
        self.calls = 0
        self.timeouts: list[float | None] = []
        self.seen: list[context.CallContext] = []
        self.arrived = asyncio.Event()
        self.release = asyncio.Event()

    async def get_balance(self, request: quota_pb2.GetBalanceRequest) -> quota_pb2.GetBalanceResponse:
        self.calls += 1
        ctx = context.current()
        assert ctx is not None
        self.seen.append(ctx)
        self.timeouts.append(ctx.remaining())
        match request.subject:
            case "crash":
                raise ValueError("password=hunter2")
            case "invalid":
                raise invalid("subject", "expected letters")
            case "flaky" if self.calls == 1:
                raise unavailable("try again")
            case "full":
                raise Refusal(
                    Kind.EXHAUSTED,
                    "VIEW_LIMIT_REACHED",
                    "No views remain.",
                    metadata={"limit": "1"},
                    quotas=(QuotaViolation("guest:1", "1 view"),),
                    retry_after=2.5,
                )
            case "wait":
                self.arrived.set()
                await self.release.wait()
        return quota_pb2.GetBalanceResponse(balance=quota_pb2.Balance(remaining=7))

    async def record_view(self, request: quota_pb2.RecordViewRequest) -> quota_pb2.RecordViewResponse:
        raise NotImplementedError

    async def merge_balances(self, request: quota_pb2.MergeBalancesRequest) -> quota_pb2.MergeBalancesResponse:
        raise NotImplementedError

    async def grant_views(self, request: quota_pb2.GrantViewsRequest) -> quota_pb2.GrantViewsResponse:
        raise NotImplementedError

    async def take_call(self, request: quota_pb2.TakeCallRequest) -> quota_pb2.TakeCallResponse:
        raise NotImplementedError


async def start(servicer: Scripted, listen: str = "127.0.0.1:0") -> Server:
    server = Server(LOG, listen)
    server.add(QUOTA, servicer)
    await server.start()
    await server.set_ready(True)
    return server


@pytest.fixture
async def servicer() -> Scripted:
    return Scripted()


@pytest.fixture
async def server(servicer: Scripted) -> AsyncIterator[Server]:
    server = await start(servicer)
    yield server
    await server.stop(0)


@pytest.fixture
async def stub(server: Server) -> AsyncIterator["quota_pb2_grpc.QuotaServiceAsyncStub"]:
    client = Client(QUOTA, f"127.0.0.1:{server.port}")
    yield client.stub(quota_pb2_grpc.QuotaServiceStub, timeout=5.0)
    await client.close()


def ask(subject: str) -> quota_pb2.GetBalanceRequest:
    return quota_pb2.GetBalanceRequest(subject=subject)


async def test_an_answer_arrives(stub: "quota_pb2_grpc.QuotaServiceAsyncStub") -> None:
    assert (await stub.GetBalance(ask("x"))).balance.remaining == 7


async def test_a_refusal_arrives_whole(stub: "quota_pb2_grpc.QuotaServiceAsyncStub") -> None:
    with pytest.raises(Refusal) as caught:
        await stub.GetBalance(ask("full"))

    refusal = caught.value
    assert (refusal.kind, refusal.reason, refusal.message) == (
        Kind.EXHAUSTED,
        "VIEW_LIMIT_REACHED",
        "No views remain.",
    )
    assert refusal.metadata == {"limit": "1"}
    assert refusal.quotas == (QuotaViolation("guest:1", "1 view"),)
    assert refusal.retry_after == 2.5


async def test_a_refused_field_arrives_by_name(stub: "quota_pb2_grpc.QuotaServiceAsyncStub") -> None:
    with pytest.raises(Refusal) as caught:
        await stub.GetBalance(ask("invalid"))

    assert [(v.field, v.description) for v in caught.value.fields] == [("subject", "expected letters")]


async def test_an_idempotent_call_is_tried_again_when_a_replica_is_unavailable(
    stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted
) -> None:
    assert (await stub.GetBalance(ask("flaky"))).balance.remaining == 7
    assert servicer.calls == 2


async def test_a_refusal_is_not_tried_again(stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted) -> None:
    with pytest.raises(Refusal):
        await stub.GetBalance(ask("full"))

    assert servicer.calls == 1


async def test_a_defect_reaches_the_caller_without_its_text(stub: "quota_pb2_grpc.QuotaServiceAsyncStub") -> None:
    with pytest.raises(Refusal) as caught:
        await stub.GetBalance(ask("crash"))

    assert caught.value.kind is Kind.INTERNAL
    assert "hunter2" not in str(caught.value)
    assert "ValueError" not in str(caught.value)


async def test_deadline_trace_and_subject_pass_to_the_next_hop(
    stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted
) -> None:
    ours = context.begin(subject="guest:9", timeout=1.0)

    await stub.GetBalance(ask("x"))

    theirs = servicer.seen[-1]
    assert theirs.trace_id == ours.trace_id
    assert theirs.subject == "guest:9"
    timeout = servicer.timeouts[-1]
    assert timeout is not None
    assert timeout < 1.0


async def test_a_call_that_takes_too_long_is_a_timeout(
    stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted
) -> None:
    context.begin(timeout=0.1)

    with pytest.raises(Refusal) as caught:
        await stub.GetBalance(ask("wait"))

    assert caught.value.kind is Kind.TIMEOUT


async def test_no_server_is_unavailable_without_naming_hosts() -> None:
    client = Client(QUOTA, "127.0.0.1:1")
    stub = client.stub(quota_pb2_grpc.QuotaServiceStub, timeout=2.0)

    with pytest.raises(Refusal) as caught:
        await stub.GetBalance(ask("x"))

    await client.close()
    assert caught.value.kind is Kind.UNAVAILABLE
    assert "127.0.0.1" not in str(caught.value)


async def test_a_server_that_is_not_ready_gets_no_calls(server: Server, servicer: Scripted) -> None:
    other_servicer = Scripted()
    other = await start(other_servicer)
    client = Client(QUOTA, f"ipv4:127.0.0.1:{server.port},127.0.0.1:{other.port}")
    stub = client.stub(quota_pb2_grpc.QuotaServiceStub, timeout=5.0)
    while not (servicer.calls and other_servicer.calls):
        await stub.GetBalance(ask("x"))

    await other.set_ready(False)
    before = -1
    while other_servicer.calls != before:
        before = other_servicer.calls
        for _ in range(20):
            await stub.GetBalance(ask("x"))

    await client.close()
    await other.stop(0)
    assert servicer.calls > 20


async def test_a_stopping_server_finishes_the_calls_under_way(servicer: Scripted) -> None:
    server = await start(servicer)
    client = Client(QUOTA, f"127.0.0.1:{server.port}")
    stub = client.stub(quota_pb2_grpc.QuotaServiceStub, timeout=5.0)
    call = asyncio.ensure_future(stub.GetBalance(ask("wait")))
    await servicer.arrived.wait()

    stopping = asyncio.create_task(server.stop(5))
    servicer.release.set()

    assert (await call).balance.remaining == 7
    await stopping
    await client.close()


async def test_reflection_and_health_name_the_contract(server: Server) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        reflect: Any = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[arg-type]
        stream = reflect.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
        names = {service.name for service in (await stream.read()).list_services_response.service}
        check: Any = health_pb2_grpc.HealthStub(channel)
        health = await check.Check(health_pb2.HealthCheckRequest(service=QUOTA.full_name))

    assert QUOTA.full_name in names
    assert "grpc.health.v1.Health" in names
    assert health.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_taken_address_is_refused_at_start(server: Server) -> None:
    with pytest.raises(OSError, match="cannot listen"):
        await start(Scripted(), f"127.0.0.1:{server.port}")


async def test_a_servicer_that_lacks_a_method_is_refused_at_start() -> None:
    with pytest.raises(TypeError, match="record_view"):
        Server(LOG, "127.0.0.1:0").add(QUOTA, object())
