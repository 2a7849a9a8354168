"""The rpc client: the one place that knows which engine calls the contracts."""

import json
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from typing import Any, TypeVar

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.runtime import context
from services.runtime.rpc.status import to_refusal

Stub = TypeVar("Stub")
T = TypeVar("T")


class Client:
    """A connection to the replicas of one service: round robin over those that say they are healthy.

    `target` is a gRPC target such as "127.0.0.1:7001" or "dns:///lookup:7001". Methods that their contract calls
    idempotent are tried again when a replica is unavailable; others never are.
    """

    def __init__(self, service: ServiceDescriptor, target: str) -> None:
        self.channel = grpc.aio.insecure_channel(
            target,
            options=(
                ("grpc.service_config", json.dumps(_service_config(service))),
                ("grpc.dns_min_time_between_resolutions_ms", 1000),
                ("grpc.max_reconnect_backoff_ms", 1000),
                ("grpc.initial_reconnect_backoff_ms", 100),
                ("grpc.min_reconnect_backoff_ms", 100),
                ("grpc.keepalive_time_ms", 120_000),
                # The largest answer is the export of an account with all the notes it may have.
                ("grpc.max_receive_message_length", 32 * 1024 * 1024),
            ),
        )

    def stub(self, stub: Callable[[grpc.aio.Channel], Stub], timeout: float) -> Stub:
        """Return the stub of the contract; each call takes at most `timeout` seconds and what its caller has left.

        A failed call raises `Refusal`. A method that streams returns an async generator of its answers, see `stream`:
        the seconds are those of the whole stream, and closing it before its end cancels the call.
        """
        return stub(_ContextChannel(self.channel, timeout))  # type: ignore[arg-type]

    def raw(self, path: str, timeout: float) -> Callable[[bytes], Awaitable[bytes]]:
        """Return the method at `path` ("/package.Service/Method") taking and answering bytes, else like a stub's."""
        return _ContextChannel(self.channel, timeout).unary_unary(path)

    def raw_stream(self, path: str, timeout: float) -> Callable[[bytes], AsyncGenerator[bytes, None]]:
        """Return the method at `path` that streams its answers, as `raw` does."""
        return _ContextChannel(self.channel, timeout).unary_stream(path)

    async def check(self) -> None:
        """Return when a replica says that it is healthy; for a readiness check, which bounds the wait."""
        while (state := self.channel.get_state(try_to_connect=True)) is not grpc.ChannelConnectivity.READY:
            await self.channel.wait_for_state_change(state)

    async def close(self) -> None:
        """Close the connections; calls under way are cancelled."""
        await self.channel.close()


class _ContextChannel:
    """What a generated stub needs of a channel, with deadline, trace and refusals handled on each call."""

    def __init__(self, channel: grpc.aio.Channel, timeout: float) -> None:
        self._channel = channel
        self._timeout = timeout

    def unary_unary(self, path: str, **options: Any) -> Callable[[Any], Awaitable[Any]]:
        call = self._channel.unary_unary(path, **options)
        limit = self._timeout

        async def invoke(request: Any) -> Any:
            caller = context.current()
            try:
                return await call(
                    request,
                    timeout=context.timeout_within(limit),
                    metadata=caller.headers() if caller else None,
                )
            except grpc.aio.AioRpcError as error:
                raise to_refusal(error) from None

        return invoke

    def unary_stream(self, path: str, **options: Any) -> Callable[[Any], AsyncGenerator[Any, None]]:
        call = self._channel.unary_stream(path, **options)
        limit = self._timeout

        async def invoke(request: Any) -> AsyncGenerator[Any, None]:
            caller = context.current()
            answers = call(
                request,
                timeout=context.timeout_within(limit),
                metadata=caller.headers() if caller else None,
            )
            try:
                async for answer in answers:
                    yield answer
            except grpc.aio.AioRpcError as error:
                raise to_refusal(error) from None
            finally:
                answers.cancel()

        return invoke


def stream(answers: AsyncIterable[T]) -> AsyncGenerator[T, None]:
    """Return the answers of a streaming method of a stub as the generator that they are, which stubs do not say."""
    assert isinstance(answers, AsyncGenerator)
    return answers


async def is_serving(target: str, timeout: float = 2.0) -> bool:
    """Tell whether the server at a target says that it serves."""
    async with grpc.aio.insecure_channel(target) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        try:
            answer = await health.Check(health_pb2.HealthCheckRequest(), timeout=timeout)
        except grpc.aio.AioRpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


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
