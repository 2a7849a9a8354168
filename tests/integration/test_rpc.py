"""The rpc server and client against each other, over real connections."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.lookup.v1 import lookup_pb2_grpc
from codingahead.quota.v1 import quota_pb2, quota_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from services.runtime import context, logs
from services.runtime.errors import Kind, QuotaViolation, Refusal, invalid, unavailable
from services.runtime.rpc.client import Client, stream
from services.runtime.rpc.server import Server
from tests.support import eventually, measured

if TYPE_CHECKING:
    from codingahead.lookup.v1.lookup_pb2_grpc import LookupServiceAsyncStub

LOOKUP = lookup.DESCRIPTOR.services_by_name["LookupService"]
QUOTA = quota_pb2.DESCRIPTOR.services_by_name["QuotaService"]
GET_BALANCE = QUOTA.methods_by_name["GetBalance"].full_name
CHECK_CLAIMS = LOOKUP.methods_by_name["CheckClaims"].full_name
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

    async def take_question(self, request: quota_pb2.TakeQuestionRequest) -> quota_pb2.TakeQuestionResponse:
        raise NotImplementedError

    async def get_questions(self, request: quota_pb2.GetQuestionsRequest) -> quota_pb2.GetQuestionsResponse:
        raise NotImplementedError


class Streaming:
    """Streams an answer to each claim as its id says; `ended` is set when the generator is."""

    def __init__(self) -> None:
        self.calls = 0
        self.seen: list[context.CallContext] = []
        self.reached = asyncio.Event()
        self.release = asyncio.Event()
        self.ended = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        async def unused(_: object) -> None:
            raise NotImplementedError

        if name.startswith("_"):
            raise AttributeError(name)
        return unused

    async def check_claims(self, request: lookup.CheckClaimsRequest) -> AsyncIterator[lookup.CheckClaimsResponse]:
        self.calls += 1
        ctx = context.current()
        assert ctx is not None
        self.seen.append(ctx)
        try:
            for position, claim in enumerate(request.claims):
                match claim.id:
                    case "crash":
                        raise ValueError("password=hunter2")
                    case "flaky" if self.calls == 1:
                        raise unavailable("try again")
                    case "refuse":
                        raise invalid("claims", "expected fewer")
                    case "wait":
                        self.reached.set()
                        await self.release.wait()
                yield lookup.CheckClaimsResponse(position=position)
        finally:
            self.ended.set()


async def start(servicer: object, listen: str = "127.0.0.1:0") -> Server:
    server = Server(LOG, listen)
    server.add(LOOKUP if isinstance(servicer, Streaming) else QUOTA, servicer)
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


@pytest.fixture
async def streaming() -> Streaming:
    return Streaming()


@asynccontextmanager
async def claims_stub(server: Server) -> AsyncGenerator["LookupServiceAsyncStub", None]:
    client = Client(LOOKUP, f"127.0.0.1:{server.port}")
    yield client.stub(lookup_pb2_grpc.LookupServiceStub, timeout=5.0)
    await client.close()


@pytest.fixture
async def claims(streaming: Streaming) -> AsyncIterator["LookupServiceAsyncStub"]:
    server = await start(streaming)
    async with claims_stub(server) as stub:
        yield stub
    await server.stop(0)


@asynccontextmanager
async def relayed(port: int) -> AsyncGenerator[tuple[int, asyncio.Event], None]:
    """Relay connections to `port`; yield another port that does, and an event: nothing passes while it is not set."""
    runs = asyncio.Event()
    runs.set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await runs.wait()
                writer.write(data)
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, there_writer), copy(there_reader, writer))

    async with await asyncio.start_server(relay, "127.0.0.1", 0) as relaying:
        yield relaying.sockets[0].getsockname()[1], runs


async def positions(stub: "LookupServiceAsyncStub", *ids: str, into: list[int] | None = None) -> list[int]:
    """Stream the answers to claims of these ids; return their positions, gathered `into` a list when given."""
    found: list[int] = [] if into is None else into
    request = lookup.CheckClaimsRequest(claims=[lookup.Claim(id=id) for id in ids])
    async for answer in stub.CheckClaims(request):
        found.append(answer.position)
    return found


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


async def test_a_server_that_hangs_is_given_up_and_taken_back(
    server: Server, servicer: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.runtime.rpc.client._SILENCE_SECONDS", 0.3)
    other_servicer = Scripted()
    other = await start(other_servicer)
    async with relayed(server.port) as (port, runs):
        client = Client(QUOTA, f"ipv4:127.0.0.1:{port},127.0.0.1:{other.port}")
        stub = client.stub(quota_pb2_grpc.QuotaServiceStub, timeout=60.0)
        while not (servicer.calls and other_servicer.calls):
            await stub.GetBalance(ask("x"))

        runs.clear()
        async with asyncio.timeout(30):
            for _ in range(10):
                await stub.GetBalance(ask("x"))

        runs.set()
        before = servicer.calls
        async with asyncio.timeout(30):
            while servicer.calls == before:
                await stub.GetBalance(ask("x"))
        await client.close()
    await other.stop(0)


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


async def test_a_stopping_server_lets_go_who_watches_its_health(servicer: Scripted) -> None:
    server = await start(servicer)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        watch = health.Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING

        async with asyncio.timeout(30):
            await server.stop(3600)

        assert await watch.read() is grpc.aio.EOF


async def test_who_watches_health_is_told_each_change(servicer: Scripted) -> None:
    server = await start(servicer)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        watch = health.Watch(health_pb2.HealthCheckRequest(service=QUOTA.full_name))
        told = [(await watch.read()).status]
        for ready in (False, True):
            await server.set_ready(ready)
            told.append((await watch.read()).status)
        unknown = health.Watch(health_pb2.HealthCheckRequest(service="nobody"))
        told.append((await unknown.read()).status)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await health.Check(health_pb2.HealthCheckRequest(service="nobody"))
    await server.stop(0)

    status = health_pb2.HealthCheckResponse
    assert told == [status.SERVING, status.NOT_SERVING, status.SERVING, status.SERVICE_UNKNOWN]
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


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


async def test_answers_stream_in_their_order(claims: "LookupServiceAsyncStub") -> None:
    assert await positions(claims, *("x" * n for n in range(100))) == list(range(100))


async def test_a_stream_may_have_no_answers(claims: "LookupServiceAsyncStub") -> None:
    assert await positions(claims) == []


async def test_answers_arrive_before_the_stream_ends(claims: "LookupServiceAsyncStub", streaming: Streaming) -> None:
    request = lookup.CheckClaimsRequest(claims=[lookup.Claim(id="x"), lookup.Claim(id="wait")])
    answers = stream(claims.CheckClaims(request))

    assert (await anext(answers)).position == 0
    await streaming.reached.wait()
    assert not streaming.ended.is_set()
    streaming.release.set()
    assert [answer.position async for answer in answers] == [1]


async def test_a_refusal_in_mid_stream_arrives_whole_after_the_answers_before_it(
    claims: "LookupServiceAsyncStub",
) -> None:
    found: list[int] = []

    with pytest.raises(Refusal) as caught:
        await positions(claims, "x", "x", "refuse", "x", into=found)

    assert found == [0, 1]
    assert [(v.field, v.description) for v in caught.value.fields] == [("claims", "expected fewer")]


async def test_a_defect_in_mid_stream_reaches_the_caller_without_its_text(claims: "LookupServiceAsyncStub") -> None:
    with pytest.raises(Refusal) as caught:
        await positions(claims, "x", "crash")

    assert caught.value.kind is Kind.INTERNAL
    assert "hunter2" not in str(caught.value)


async def test_a_stream_is_tried_again_only_before_its_first_answer(
    claims: "LookupServiceAsyncStub", streaming: Streaming
) -> None:
    assert await positions(claims, "flaky", "x") == [0, 1]
    assert streaming.calls == 2
    streaming.calls = 0

    with pytest.raises(Refusal) as caught:
        await positions(claims, "x", "flaky")

    assert caught.value.kind is Kind.UNAVAILABLE
    assert streaming.calls == 1


async def test_deadline_trace_and_subject_of_a_stream_pass_to_the_next_hop(
    claims: "LookupServiceAsyncStub", streaming: Streaming
) -> None:
    ours = context.begin(subject="member:9", timeout=1.0)

    await positions(claims, "x")

    theirs = streaming.seen[-1]
    assert (theirs.trace_id, theirs.subject) == (ours.trace_id, "member:9")
    assert theirs.deadline is not None
    assert ours.deadline is not None
    assert theirs.deadline < ours.deadline


async def test_the_deadline_is_that_of_the_whole_stream_and_ends_the_generator(
    claims: "LookupServiceAsyncStub", streaming: Streaming
) -> None:
    context.begin(timeout=0.1)
    found: list[int] = []

    with pytest.raises(Refusal) as caught:
        await positions(claims, "x", "wait", into=found)

    assert caught.value.kind is Kind.TIMEOUT
    assert found == [0]
    await streaming.ended.wait()


async def test_a_caller_that_closes_the_stream_ends_the_generator(
    claims: "LookupServiceAsyncStub", streaming: Streaming
) -> None:
    request = lookup.CheckClaimsRequest(claims=[lookup.Claim(id="x"), lookup.Claim(id="wait")])

    async with aclosing(stream(claims.CheckClaims(request))) as answers:
        await anext(answers)
        await streaming.reached.wait()

    await streaming.ended.wait()


async def test_a_caller_that_does_not_read_holds_the_generator_up_and_ends_it_by_going_away(
    streaming: Streaming,
) -> None:
    server = await start(streaming)
    async with claims_stub(server) as stub:
        request = lookup.CheckClaimsRequest(claims=[lookup.Claim(id="x")] * 200_000)
        await anext(stream(stub.CheckClaims(request)))
        assert not streaming.ended.is_set()

    await streaming.ended.wait()
    await server.stop(0)


async def test_a_caller_that_is_cancelled_ends_the_generator(
    claims: "LookupServiceAsyncStub", streaming: Streaming
) -> None:
    call = asyncio.create_task(positions(claims, "wait"))
    await streaming.reached.wait()

    call.cancel()

    await streaming.ended.wait()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_stopping_server_finishes_the_streams_under_way(streaming: Streaming) -> None:
    server = await start(streaming)
    async with claims_stub(server) as stub:
        call = asyncio.create_task(positions(stub, "x", "wait", "x"))
        await streaming.reached.wait()

        stopping = asyncio.create_task(server.stop(5))
        streaming.release.set()

        assert await call == [0, 1, 2]
        await stopping


async def test_after_its_grace_a_stopping_server_ends_the_streams_under_way(streaming: Streaming) -> None:
    server = await start(streaming)
    async with claims_stub(server) as stub:
        found: list[int] = []
        call = asyncio.create_task(positions(stub, "x", "wait", into=found))
        await streaming.reached.wait()

        await server.stop(0)

        with pytest.raises(Refusal) as caught:
            await call
    assert caught.value.kind is Kind.UNAVAILABLE
    assert found == [0]
    await streaming.ended.wait()


async def test_raw_streams_are_bytes(streaming: Streaming) -> None:
    server = await start(streaming)
    client = Client(LOOKUP, f"127.0.0.1:{server.port}")
    check = client.raw_stream(f"/{LOOKUP.full_name}/CheckClaims", 5.0)
    request = lookup.CheckClaimsRequest(claims=[lookup.Claim(id="x"), lookup.Claim(id="refuse")])
    answers = check(request.SerializeToString())

    first = lookup.CheckClaimsResponse.FromString(await anext(answers))
    with pytest.raises(Refusal):
        await anext(answers)

    await client.close()
    await server.stop(0)
    assert first.position == 0


async def test_rpcs_are_measured_on_both_sides_by_method_and_code(stub: "quota_pb2_grpc.QuotaServiceAsyncStub") -> None:
    def counts() -> list[float]:
        return [
            measured(f"codingahead_{side}_duration_seconds_count", method=GET_BALANCE, code=code)
            for side in ("rpc", "rpc_client")
            for code in ("OK", "INVALID_ARGUMENT")
        ]

    before = counts()
    await stub.GetBalance(ask("guest:1"))
    with pytest.raises(Refusal):
        await stub.GetBalance(ask("invalid"))

    assert await eventually(lambda: counts() == [count + 1 for count in before])


async def test_an_rpc_is_in_progress_until_it_is_answered(
    stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted
) -> None:
    def in_progress() -> float:
        return measured("codingahead_rpcs_in_progress", method=GET_BALANCE)

    calling = asyncio.ensure_future(stub.GetBalance(ask("wait")))
    await servicer.arrived.wait()
    meanwhile = in_progress()
    servicer.release.set()
    await calling

    assert (meanwhile, in_progress()) == (1, 0)


async def test_the_first_answer_of_a_stream_is_measured_and_how_the_caller_left_it(
    claims: "LookupServiceAsyncStub",
) -> None:
    first = "codingahead_rpc_first_answer_seconds_count"
    left = "codingahead_rpc_client_duration_seconds_count"
    before = measured(first, method=CHECK_CLAIMS), measured(left, method=CHECK_CLAIMS, code="CANCELLED")

    answers = stream(
        claims.CheckClaims(lookup.CheckClaimsRequest(claims=[lookup.Claim(id=id) for id in ("x", "wait")]))
    )
    await anext(answers)
    assert measured(first, method=CHECK_CLAIMS) == before[0] + 1
    await answers.aclose()

    assert measured(left, method=CHECK_CLAIMS, code="CANCELLED") == before[1] + 1
