"""The rpc server: the one place that knows which engine serves the contracts."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from services.runtime import context, logs, telemetry
from services.runtime.errors import Refusal, defect
from services.runtime.metrics import RPC_FIRST_ANSWER_SECONDS, RPC_SECONDS, RPCS_IN_PROGRESS
from services.runtime.rpc.status import to_status
from services.runtime.rpc.tls import Tls
from services.runtime.rpc.watches import HealthServicer
from services.runtime.telemetry import Kind

RpcCall = Callable[[Any, "grpc.aio.ServicerContext[Any, Any]"], Awaitable[Any]]
RpcStream = Callable[[Any, "grpc.aio.ServicerContext[Any, Any]"], AsyncGenerator[Any, None]]

# What callers cannot help.
_FAULTS = frozenset({"INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "UNIMPLEMENTED"})


class Server:
    """Serves contracts on `listen` ("host:port", port 0 takes a free one), with health and reflection; plain, or `tls`.

    A servicer is an object with one `async` method for each rpc, named in snake_case, that takes the request and
    returns the answer, or yields the answers if the rpc streams them, or raises a `Refusal`. Health says NOT_SERVING
    until `set_ready(True)`.
    """

    def __init__(
        self,
        log: logs.Logger,
        listen: str,
        *,
        connection_age_seconds: float = 300.0,
        tls: Tls | None = None,
        handlers: Sequence[grpc.GenericRpcHandler] = (),
    ) -> None:
        self._log = log
        self._listen = listen
        self._credentials = tls.server() if tls else None
        self._server = grpc.aio.server(
            options=(
                ("grpc.so_reuseport", 0),
                ("grpc.max_connection_age_ms", int(connection_age_seconds * 1000)),
                ("grpc.max_connection_age_grace_ms", int(context.LONGEST_CALL_SECONDS * 1000)),
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
            ),
        )
        self._server.add_generic_rpc_handlers(tuple(handlers))
        self._names: list[str] = []
        self._health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.port = 0

    def add(self, service: ServiceDescriptor, servicer: object) -> None:
        """Serve a contract. Raises TypeError when the servicer lacks one of its methods."""
        methods = {method.name: self._handler(method, _method_of(servicer, method)) for method in service.methods}
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, methods),))
        self.describe(service)

    def describe(self, service: ServiceDescriptor) -> None:
        """Name a contract in reflection, for one that a generic handler serves."""
        self._names.append(service.full_name)

    async def start(self) -> None:
        """Bind and serve, not ready yet. Raises OSError when the address is taken."""
        health_name = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
        reflection.enable_server_reflection((*self._names, health_name, reflection.SERVICE_NAME), self._server)
        await self.set_ready(False)
        self.port = bind(self._server, self._listen, self._credentials)
        await self._server.start()

    async def set_ready(self, ready: bool) -> None:
        """Tell health-checking clients whether to send calls here."""
        for name in ("", *self._names):
            self._health.set(name, serving=ready)

    async def stop(self, grace: float) -> None:
        """Refuse new calls, and wait up to `grace` seconds for those under way."""
        self._health.let_go()
        await self._server.stop(grace)

    def _handler(self, method: MethodDescriptor, call: Callable[[Any], Any]) -> "grpc.RpcMethodHandler[Any, Any]":
        parse, serialize = (
            GetMessageClass(method.input_type).FromString,
            GetMessageClass(method.output_type).SerializeToString,
        )
        if method.server_streaming:
            answer = observed_stream(self._log, method.full_name, lambda request, _: call(request))
            return grpc.unary_stream_rpc_method_handler(answer, parse, serialize)
        answer = observed(self._log, method.full_name, lambda request, _: call(request))
        return grpc.unary_unary_rpc_method_handler(answer, parse, serialize)


def bind(server: grpc.aio.Server, listen: str, credentials: grpc.ServerCredentials | None = None) -> int:
    """Let a server listen on "host:port" and return the port. Raises OSError when the address is taken."""
    try:
        return server.add_secure_port(listen, credentials) if credentials else server.add_insecure_port(listen)
    except RuntimeError as error:
        raise OSError(f"cannot listen on {listen}: {error}") from error


def observed(log: logs.Logger, name: str, call: RpcCall) -> RpcCall:
    """Return `call` as an rpc server may expose it.

    It runs in the context of its call, is logged by one line and measured, and whatever it raises becomes a status: a
    `Refusal` its own, anything else INTERNAL without its text.
    """
    path = "/".join(name.rsplit(".", 1))
    attributes = telemetry.of_rpc(path)
    in_progress = RPCS_IN_PROGRESS.labels(name)

    async def handle(request: Any, rpc: "grpc.aio.ServicerContext[Any, Any]") -> Any:
        started = time.perf_counter()
        code = "OK"
        headers = {key: value for key, value in rpc.invocation_metadata() or () if isinstance(value, str)}
        timeout = rpc.time_remaining()
        ctx = context.begin(headers.get(context.TRACE_HEADER, ""), headers.get(context.SUBJECT_HEADER, ""), timeout)
        span = telemetry.serving(ctx, path, Kind.SERVER, attributes)
        in_progress.inc()
        try:
            return await call(request, rpc)
        except Refusal as refusal:
            code = refusal.kind.grpc_code
            await rpc.abort_with_status(to_status(refusal))
        except asyncio.CancelledError:
            code = "CANCELLED"
            raise
        except Exception:
            code = "INTERNAL"
            log.exception("rpc failed", method=name)
            await rpc.abort_with_status(to_status(defect()))
        finally:
            span.set(telemetry.RPC_CODE, code)
            span.end(code if code in _FAULTS else "")
            elapsed = time.perf_counter() - started
            in_progress.dec()
            RPC_SECONDS.labels(name, code).observe(elapsed)
            log.info("rpc", method=name, code=code, ms=round(elapsed * 1000, 2), subject=ctx.subject)
        raise AssertionError("abort_with_status always raises")

    return handle


def observed_stream(log: logs.Logger, name: str, call: RpcStream) -> RpcCall:
    """Return a `call` that yields its answers as an rpc server may expose it, see `observed`.

    Whatever ends the rpc ends the generator too: a caller who goes away, the deadline, a server that stops.
    """

    first_answer = RPC_FIRST_ANSWER_SECONDS.labels(name)

    async def write(request: Any, rpc: "grpc.aio.ServicerContext[Any, Any]") -> None:
        started: float | None = time.perf_counter()
        async with aclosing(call(request, rpc)) as answers:
            async for answer in answers:
                if started is not None:
                    first_answer.observe(time.perf_counter() - started)
                    started = None
                await rpc.write(answer)

    return observed(log, name, write)


def _method_of(servicer: object, method: MethodDescriptor) -> Callable[[Any], Any]:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower()
    call: Callable[[Any], Any] | None = getattr(servicer, name, None)
    if call is None:
        raise TypeError(f"{type(servicer).__name__} lacks {name}, needed for {method.full_name}")
    return call
