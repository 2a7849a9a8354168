"""The public gRPC: rpcs of the policy table are forwarded to their service, bytes in, bytes out."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from services.gateway.access import Access
from services.gateway.answers import limit_headers
from services.gateway.identity import Caller
from services.gateway.policy import Row, Upstream
from services.gateway.questions import Questions
from services.gateway.wall import Wall
from services.runtime import logs
from services.runtime.errors import invalid
from services.runtime.rpc.client import Client
from services.runtime.rpc.server import RpcCall, RpcStream, observed, observed_stream

# How many views remain to the caller, in the trailing metadata of an answer that was charged.
REMAINING = "codingahead-views-remaining"

Rpc = grpc.aio.ServicerContext


class Forwarder(grpc.GenericRpcHandler):
    """Answers the rpcs of the policy table from the services they belong to, streams of answers as they come.

    A page is fetched first and charged then, so that no view is lost on a code that does not exist or on an outage;
    an answer whose view is denied is dropped. A question is charged once its answer
    begins.
    """

    def __init__(
        self,
        table: Iterable[Row],
        upstreams: Mapping[Upstream, Client],
        access: Access,
        wall: Wall,
        questions: Questions,
        log: logs.Logger,
    ) -> None:
        self._access = access
        self._wall = wall
        self._questions = questions
        self._handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            row.path: self._handler(row, upstreams[row.upstream], log) for row in table
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Return what answers a method; None leaves it to the other handlers, or to UNIMPLEMENTED."""
        return self._handlers.get(handler_call_details.method)

    def _handler(self, row: Row, upstream: Client, log: logs.Logger) -> "grpc.RpcMethodHandler[bytes, bytes]":
        name = row.method.full_name
        if row.method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(observed_stream(log, name, self._forward_stream(row, upstream)))
        return grpc.unary_unary_rpc_method_handler(observed(log, name, self._forward(row, upstream)))

    def _forward(self, row: Row, upstream: Client) -> RpcCall:
        assert not row.asks, "a question is charged when a stream of answers begins"
        call = upstream.raw(row.path, row.seconds)

        async def forward(request: bytes, rpc: "Rpc[bytes, bytes]") -> bytes:
            headers = _headers(rpc)
            request, caller, trailing = await self._let_in(row, request, rpc.peer(), headers)
            answer = await call(request)
            if row.charge and (page := row.charge(answer)):
                views = await self._admit(caller, page, headers.get("x-request-id", ""))
                trailing = views or trailing
            rpc.set_trailing_metadata(tuple(trailing.items()))
            return answer

        return forward

    def _forward_stream(self, row: Row, upstream: Client) -> RpcStream:
        assert row.charge is None, "a stream has no whole answer that a view could be charged for"
        call = upstream.raw_stream(row.path, row.seconds)

        async def forward(request: bytes, rpc: "Rpc[bytes, bytes]") -> AsyncGenerator[bytes, None]:
            request, caller, trailing = await self._let_in(row, request, rpc.peer(), _headers(rpc))
            answers = call(request)
            if row.asks:
                left, answers = await self._questions.charge(caller, answers)
                trailing = limit_headers("questions", left) or trailing
            rpc.set_trailing_metadata(tuple(trailing.items()))
            async with aclosing(answers):
                async for answer in answers:
                    yield answer

        return forward

    async def _let_in(
        self, row: Row, request: bytes, peer: str, headers: Mapping[str, str]
    ) -> tuple[bytes, Caller, dict[str, str]]:
        """Return a request as the caller may make it, the caller, and what the answer tells of the limit of its key."""
        try:
            message = GetMessageClass(row.method.input_type).FromString(request)
        except DecodeError:
            raise invalid("request", f"expected a {row.method.input_type.full_name}") from None
        caller, trailing = await self._access.of_call(peer, headers, row)
        if row.restrict:
            row.restrict(message, caller)
            request = message.SerializeToString()
        return request, caller, trailing

    async def _admit(self, caller: Caller, page: str, request_id: str) -> dict[str, str]:
        """Charge a view; return what the answer tells of how many remain."""
        admission = await self._wall.admit(caller, page, request_id)
        if not admission.allowed:
            raise self._wall.refusal(caller, admission)
        limits = limit_headers("views", admission.balance)
        return {REMAINING: limits["x-ratelimit-remaining"], **limits} if limits else {}


def _headers(rpc: "Rpc[bytes, bytes]") -> dict[str, str]:
    """Return the caller's metadata that is text; a key given again continues a list, as in HTTP."""
    headers: dict[str, str] = {}
    for key, value in rpc.invocation_metadata() or ():
        if isinstance(value, str):
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers
