"""The rpc client: the one place that knows which engine calls the contracts."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.runtime import context, telemetry
from services.runtime.errors import Refusal
from services.runtime.metrics import RPC_CLIENT_SECONDS
from services.runtime.rpc.status import to_refusal
from services.runtime.rpc.tls import Tls
from services.runtime.tasks import end
from services.runtime.telemetry import Kind

Stub = TypeVar("Stub")
T = TypeVar("T")

# Without a word for so long a server is asked whether it lives, and after as long again given up: one that is frozen,
# or whose machine is gone, closes no connection.
_SILENCE_SECONDS = 5.0


class Client:
    """A connection to the replicas of one service: round robin over those that say they are healthy.

    `target` is a gRPC target such as "127.0.0.1:7001" or "dns:///lookup:7001"; with `tls` its host is the name that the
    certificates of the replicas must have. Methods that their contract calls idempotent are tried again when a replica
    is unavailable; others never are.
    """

    def __init__(self, service: ServiceDescriptor, target: str, tls: Tls | None = None) -> None:
        self._target = target
        self._tls = tls
        self._options = (
            ("grpc.service_config", json.dumps(_service_config(service))),
            ("grpc.dns_min_time_between_resolutions_ms", 1000),
            ("grpc.max_reconnect_backoff_ms", 1000),
            ("grpc.initial_reconnect_backoff_ms", 100),
            # What gRPC calls the least backoff is how long an attempt to connect may take.
            ("grpc.min_reconnect_backoff_ms", 1000),
            ("grpc.keepalive_time_ms", int(_SILENCE_SECONDS * 1000)),
            ("grpc.keepalive_timeout_ms", int(_SILENCE_SECONDS * 1000)),
            ("grpc.http2.ping_timeout_ms", int(_SILENCE_SECONDS * 1000)),
            # A connection on which nothing but health is watched is asked as well.
            ("grpc.http2.max_pings_without_data", 0),
            # The largest answer is the export of an account with all the notes it may have.
            ("grpc.max_receive_message_length", 32 * 1024 * 1024),
        )
        self._generation = tls.generation() if tls else 0
        self._channel = _open(target, tls, self._options)
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def channel(self) -> grpc.aio.Channel:
        """The channel to begin a call with: another one after the certificates were renewed."""
        if self._tls and (generation := self._tls.generation()) != self._generation:
            self._generation = generation
            retiring = asyncio.create_task(self._channel.close(context.LONGEST_CALL_SECONDS))
            self._retiring.add(retiring)
            retiring.add_done_callback(self._retiring.discard)
            self._channel = _open(self._target, self._tls, self._options)
        return self._channel

    def stub(self, stub: Callable[[grpc.aio.Channel], Stub], timeout: float) -> Stub:
        """Return the stub of the contract; each call takes at most `timeout` seconds and what its caller has left.

        A failed call raises `Refusal`. A method that streams returns an async generator of its answers, see `stream`:
        the seconds are those of the whole stream, and closing it before its end cancels the call.
        """
        return stub(_ContextChannel(self, timeout))  # type: ignore[arg-type]

    def raw(self, path: str, timeout: float) -> Callable[[bytes], Awaitable[bytes]]:
        """Return the method at `path` ("/package.Service/Method") taking and answering bytes, else like a stub's."""
        return _ContextChannel(self, timeout).unary_unary(path)

    def raw_stream(self, path: str, timeout: float) -> Callable[[bytes], AsyncGenerator[bytes, None]]:
        """Return the method at `path` that streams its answers, as `raw` does."""
        return _ContextChannel(self, timeout).unary_stream(path)

    async def check(self) -> None:
        """Return when a replica says that it is healthy; for a readiness check, which bounds the wait."""
        channel = self.channel
        while (state := channel.get_state(try_to_connect=True)) is not grpc.ChannelConnectivity.READY:
            await channel.wait_for_state_change(state)

    async def close(self) -> None:
        """Close the connections; calls under way are cancelled."""
        await end(self._retiring)
        await self._channel.close()


class _ContextChannel:
    """What a generated stub needs of a channel, with deadline, trace and refusals handled on each call."""

    def __init__(self, client: Client, timeout: float) -> None:
        self._client = client
        self._timeout = timeout

    def unary_unary(self, path: str, **options: Any) -> Callable[[Any], Awaitable[Any]]:
        client, limit = self._client, self._timeout
        method = path.removeprefix("/")
        attributes = telemetry.of_rpc(method)

        async def invoke(request: Any) -> Any:
            caller = context.current()
            with _measured(method), telemetry.span(method, Kind.CLIENT, attributes) as span:
                try:
                    return await client.channel.unary_unary(path, **options)(
                        request,
                        timeout=context.timeout_within(limit),
                        metadata=caller.headers(span.id) if caller else None,
                    )
                except grpc.aio.AioRpcError as error:
                    span.set(telemetry.RPC_CODE, error.code().name)
                    raise to_refusal(error) from None

        return invoke

    def unary_stream(self, path: str, **options: Any) -> Callable[[Any], AsyncGenerator[Any, None]]:
        client, limit = self._client, self._timeout
        method = path.removeprefix("/")
        attributes = telemetry.of_rpc(method)

        async def invoke(request: Any) -> AsyncGenerator[Any, None]:
            caller = context.current()
            with _measured(method), telemetry.span(method, Kind.CLIENT, attributes) as span:
                answers = client.channel.unary_stream(path, **options)(
                    request,
                    timeout=context.timeout_within(limit),
                    metadata=caller.headers(span.id) if caller else None,
                )
                try:
                    async for answer in answers:
                        yield answer
                except grpc.aio.AioRpcError as error:
                    span.set(telemetry.RPC_CODE, error.code().name)
                    raise to_refusal(error) from None
                finally:
                    answers.cancel()

        return invoke


@contextmanager
def _measured(method: str) -> Iterator[None]:
    started = time.perf_counter()
    code = "OK"
    try:
        yield
    except Refusal as refusal:
        code = refusal.kind.grpc_code
        raise
    except BaseException:  # its caller has gone, or had enough of a stream
        code = "CANCELLED"
        raise
    finally:
        RPC_CLIENT_SECONDS.labels(method.replace("/", "."), code).observe(time.perf_counter() - started)


def stream(answers: AsyncIterable[T]) -> AsyncGenerator[T, None]:
    """Return the answers of a streaming method of a stub as the generator that they are, which stubs do not say."""
    assert isinstance(answers, AsyncGenerator)
    return answers


async def is_serving(target: str, timeout: float = 2.0, tls: Tls | None = None, service: str = "") -> bool:
    """Tell whether the server at a target says that it serves, or that a service of its does."""
    try:
        return await ask_health(target, timeout, tls, service)
    except Refusal:
        return False


async def ask_health(target: str, timeout: float, tls: Tls | None = None, service: str = "") -> bool:
    """Ask the server at a target whether it serves. Raises `Refusal` when it does not answer."""
    async with _open(target, tls) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        try:
            answer = await health.Check(health_pb2.HealthCheckRequest(service=service), timeout=timeout)
        except grpc.aio.AioRpcError as error:
            raise to_refusal(error) from None
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _open(target: str, tls: Tls | None, options: Sequence[tuple[str, Any]] = ()) -> grpc.aio.Channel:
    if tls is None:
        return grpc.aio.insecure_channel(target, options)
    return grpc.aio.secure_channel(target, tls.client(), options)


def _service_config(service: ServiceDescriptor) -> dict[str, Any]:
    safe = (MethodOptions.NO_SIDE_EFFECTS, MethodOptions.IDEMPOTENT)
    idempotent = [
        {"service": service.full_name, "method": method.name}
        for method in service.methods
        if method.GetOptions().idempotency_level in safe
    ]
    config: dict[str, Any] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": service.full_name},
    }
    if idempotent:
        config["methodConfig"] = [
            {
                "name": idempotent,
                "retryPolicy": {
                    "maxAttempts": 3,
                    "initialBackoff": "0.02s",
                    "maxBackoff": "0.2s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    return config
