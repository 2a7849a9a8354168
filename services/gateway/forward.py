"""The public gRPC: rpcs of the policy table are forwarded to their service, bytes in, bytes out."""

from collections.abc import Iterable, Mapping
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from services.gateway.identity import Caller, Identity
from services.gateway.policy import Row, Upstream
from services.gateway.wall import Wall
from services.runtime import context, logs
from services.runtime.errors import Kind, Refusal, invalid
from services.runtime.rpc.client import Client
from services.runtime.rpc.server import RpcCall, observed

# How many views remain to the caller, in the trailing metadata of an answer that was charged.
REMAINING = "codingahead-views-remaining"

Rpc = grpc.aio.ServicerContext


class Forwarder(grpc.GenericRpcHandler):
    """Answers the rpcs of the policy table from the services they belong to.

    A page is fetched first and charged then, so that no view is lost on a code that does not exist or on an outage;
    an answer whose view is denied is dropped.
    """

    def __init__(
        self,
        table: Iterable[Row],
        upstreams: Mapping[Upstream, Client],
        identity: Identity,
        wall: Wall,
        log: logs.Logger,
    ) -> None:
        self._identity = identity
        self._wall = wall
        self._handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            row.path: grpc.unary_unary_rpc_method_handler(
                observed(log, row.method.full_name, self._forward(row, upstreams[row.upstream]))
            )
            for row in table
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Return what answers a method; None leaves it to the other handlers, or to UNIMPLEMENTED."""
        return self._handlers.get(handler_call_details.method)

    def _forward(self, row: Row, upstream: Client) -> RpcCall:
        call = upstream.raw(row.path, row.seconds)
        parse = GetMessageClass(row.method.input_type).FromString

        async def forward(request: bytes, rpc: "Rpc[bytes, bytes]") -> bytes:
            headers = _headers(rpc)
            caller = self._identity.of_call(rpc.peer(), headers.get("x-forwarded-for", ""))
            if caller.plan not in row.plans:
                raise Refusal(Kind.FORBIDDEN, "PLAN_NOT_PERMITTED", f"{caller.plan} accounts may not call this method.")
            current = context.current()
            if current:
                current.shorten(row.seconds)
            try:
                parse(request)
            except DecodeError:
                raise invalid("request", f"expected a {row.method.input_type.full_name}") from None
            answer = await call(request)
            if row.charge:
                remaining = await self._admit(caller, row.charge(answer), headers.get("x-request-id", ""))
                rpc.set_trailing_metadata(((REMAINING, remaining),) if remaining else ())
            return answer

        return forward

    async def _admit(self, caller: Caller, page: str, request_id: str) -> str:
        """Charge a view; return how many remain, empty when that is not limited or not known."""
        admission = await self._wall.admit(caller, page, request_id)
        if not admission.allowed:
            raise self._wall.refusal(caller, admission)
        balance = admission.balance
        return "" if balance is None or balance.unlimited else str(balance.remaining)


def _headers(rpc: "Rpc[bytes, bytes]") -> dict[str, str]:
    """Return the caller's metadata that is text; a key given again continues a list, as in HTTP."""
    headers: dict[str, str] = {}
    for key, value in rpc.invocation_metadata() or ():
        if isinstance(value, str):
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers
