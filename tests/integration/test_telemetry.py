"""Traces of calls that are made over real connections, sent to a real collector."""

import asyncio
import json
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from contextvars import Context

import pytest
from codingahead.lookup.v1 import lookup_pb2
from codingahead.quota.v1 import quota_pb2_grpc

from deploy.local.ports import LOOPBACK
from services.assistant.llm.endpoint import Endpoint
from services.assistant.llm.silence import Silence
from services.runtime import context, telemetry
from services.runtime.context import CallContext
from services.runtime.errors import Refusal
from services.runtime.rpc.client import Client, stream
from services.runtime.settings import Settings
from services.runtime.telemetry import Kind
from tests.collector import Collector, Received, collecting
from tests.integration.scripted_model import refuses, scripted_model, sends
from tests.integration.test_rpc import QUOTA, Scripted, Streaming, ask, claims_stub, start
from tests.support import eventually, measured

METHOD = "codingahead.quota.v1.QuotaService/GetBalance"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture
def tracing(collector: Collector) -> Iterator[Callable[..., None]]:
    """Begins to trace, with settings when given."""

    def begin(**settings: float) -> None:
        telemetry.start("test", Settings(otlp_endpoint=collector.endpoint, **settings))  # type: ignore[arg-type]

    yield begin
    telemetry.stop()


@pytest.fixture
def servicer() -> Scripted:
    return Scripted()


@pytest.fixture
async def stub(servicer: Scripted) -> AsyncIterator["quota_pb2_grpc.QuotaServiceAsyncStub"]:
    server = await start(servicer)
    client = Client(QUOTA, f"{LOOPBACK}:{server.port}")
    yield client.stub(quota_pb2_grpc.QuotaServiceStub, timeout=5.0)
    await client.close()
    await server.stop(0)


def caller(flags: str = "01") -> CallContext:
    """Begin a call as somebody makes it who traces."""
    return context.begin(f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-{flags}")


async def outside(stub: "quota_pb2_grpc.QuotaServiceAsyncStub") -> None:
    """Make a call outside of any other."""

    async def call() -> None:
        await stub.GetBalance(ask("x"))

    await asyncio.create_task(call(), context=Context())


def sent(collector: Collector, call: CallContext) -> dict[str, Received]:
    """Stop tracing; return the spans of a call by their kind."""
    telemetry.stop()
    return {span.kind: span for span in collector.spans if span.trace_id == call.trace_id}


async def test_a_call_and_what_it_calls_are_one_trace(
    tracing: Callable[..., None], collector: Collector, stub: "quota_pb2_grpc.QuotaServiceAsyncStub"
) -> None:
    tracing()
    call = caller()
    theirs = call.span_id
    with telemetry.serving(call, "serve", Kind.CONSUMER, {"messaging.system": "nats"}):
        await stub.GetBalance(ask("x"))

    spans = sent(collector, call)
    assert {kind: span.label for kind, span in spans.items()} == {
        "CONSUMER": "test: serve",
        "CLIENT": f"test: {METHOD}",
        "SERVER": f"test: {METHOD}",
    }
    assert spans["CONSUMER"].parent_id == theirs
    assert spans["CLIENT"].parent_id == spans["CONSUMER"].id
    assert spans["SERVER"].parent_id == spans["CLIENT"].id
    assert spans["SERVER"].attributes == {
        "rpc.system.name": "grpc",
        "rpc.method": METHOD,
        "rpc.response.status_code": "OK",
    }
    assert not any(span.failed for span in spans.values())


async def test_a_call_that_nobody_traced_before_begins_a_trace(
    tracing: Callable[..., None], collector: Collector, stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted
) -> None:
    tracing()
    await outside(stub)

    (seen,) = servicer.seen
    assert sent(collector, seen)["SERVER"].parent_id == ""


@pytest.mark.parametrize(
    ("subject", "code", "failed"), [("crash", "INTERNAL", True), ("full", "RESOURCE_EXHAUSTED", False)]
)
async def test_a_refusal_is_no_failure_of_its_server_and_no_text_of_an_error_is_told(
    tracing: Callable[..., None],
    collector: Collector,
    stub: "quota_pb2_grpc.QuotaServiceAsyncStub",
    subject: str,
    code: str,
    failed: bool,
) -> None:
    tracing()
    call = caller()
    with pytest.raises(Refusal):
        await stub.GetBalance(ask(subject))
    # The refusal is on its way before the server is done.
    await eventually(lambda: measured("codingahead_rpcs_in_progress", method=METHOD.replace("/", ".")) == 0)

    spans = sent(collector, call)
    assert {span.attributes["rpc.response.status_code"] for span in spans.values()} == {code}
    assert (spans["CLIENT"].failed, spans["SERVER"].failed) == (True, failed)
    assert spans["CLIENT"].attributes["error.type"] == code
    assert not any("hunter2" in text or "No views" in text for text in collector.texts)


async def test_a_stream_that_its_caller_ends_is_no_failure_of_the_caller(
    tracing: Callable[..., None], collector: Collector
) -> None:
    tracing()
    call = caller()
    streaming = Streaming()
    server = await start(streaming)
    async with claims_stub(server) as claims:
        request = lookup_pb2.CheckClaimsRequest(claims=[lookup_pb2.Claim(id="x"), lookup_pb2.Claim(id="wait")])
        async with aclosing(stream(claims.CheckClaims(request))) as answers:
            await anext(answers)
        await streaming.ended.wait()
    await server.stop(0)

    spans = sent(collector, call)
    assert not spans["CLIENT"].failed
    assert spans["SERVER"].parent_id == spans["CLIENT"].id


async def test_what_its_caller_does_not_sample_is_neither_kept_here_nor_further_on(
    tracing: Callable[..., None], collector: Collector, stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted
) -> None:
    tracing()
    call = caller("00")
    await stub.GetBalance(ask("x"))

    (seen,) = servicer.seen
    assert (seen.trace_id, seen.sampled) == (call.trace_id, False)
    assert sent(collector, call) == {}


async def test_a_share_is_of_the_traces_that_begin_here(
    tracing: Callable[..., None], collector: Collector, stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted
) -> None:
    tracing(trace_share=0.0)
    await outside(stub)
    theirs = caller()
    await stub.GetBalance(ask("x"))

    ours = servicer.seen[0]
    assert not ours.sampled
    assert set(sent(collector, theirs)) == {"CLIENT", "SERVER"}
    assert sent(collector, ours) == {}


async def test_a_turn_of_a_model_tells_its_name_and_its_tokens_and_nothing_that_was_said(
    tracing: Callable[..., None], collector: Collector
) -> None:
    tracing()
    call = caller()
    said = {"index": 0, "delta": {"content": "an answer"}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 31, "completion_tokens": 7, "total_tokens": 38}
    chunk = {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [said]}
    async with scripted_model() as model:
        model.will(sends(json.dumps({**chunk, "usage": usage})))
        endpoint = Endpoint(model.url, "a key", "small", 5.0)
        deadline = asyncio.get_running_loop().time() + 5.0
        asked = [{"role": "user", "content": "a question"}]
        assert [piece async for piece in endpoint.turn(asked, [], deadline, [])] == ["an answer"]
        await endpoint.close()

    span = sent(collector, call)["CLIENT"]
    assert span.label == "test: chat small"
    assert span.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "small",
        "gen_ai.usage.input_tokens": 31,
        "gen_ai.usage.output_tokens": 7,
    }


async def test_a_model_that_is_not_heard_fails_with_the_reason(
    tracing: Callable[..., None], collector: Collector
) -> None:
    tracing()
    call = caller()
    async with scripted_model() as model:
        model.will(refuses(429))
        endpoint = Endpoint(model.url, "a key", "small", 5.0)
        with pytest.raises(Silence):
            await anext(endpoint.turn([], [], asyncio.get_running_loop().time() + 5.0, []))
        await endpoint.close()

    assert sent(collector, call)["CLIENT"].attributes["error.type"] == "rate_limited"


async def test_without_a_collector_nothing_runs_and_the_trace_is_passed_on(
    stub: "quota_pb2_grpc.QuotaServiceAsyncStub", servicer: Scripted
) -> None:
    before = threading.enumerate()
    telemetry.start("test", Settings())
    call = caller()
    await stub.GetBalance(ask("x"))
    telemetry.stop()

    (seen,) = servicer.seen
    assert telemetry.serving(call, "serve", Kind.SERVER, {}) is telemetry.NOTHING
    assert (seen.trace_id, seen.span_id, seen.sampled) == (call.trace_id, call.span_id, True)
    assert not [thread for thread in threading.enumerate() if thread not in before and "Otel" in thread.name]


async def test_a_collector_that_hangs_holds_neither_calls_nor_the_end_up(
    stub: "quota_pb2_grpc.QuotaServiceAsyncStub", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telemetry, "_STOP_SECONDS", 0.2)
    with socket.create_server((LOOPBACK, 0)) as silent:
        telemetry.start("test", Settings(otlp_endpoint=f"http://{LOOPBACK}:{silent.getsockname()[1]}"))
        async with asyncio.timeout(8):  # an attempt to send lasts ten seconds
            await stub.GetBalance(ask("x"))
            await asyncio.to_thread(telemetry.stop)
