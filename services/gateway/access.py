"""Who calls an API, and whether the terms of its rpc allow it: the same over HTTP and gRPC."""

from collections.abc import Mapping

from starlette.requests import Request

from services.gateway.answers import limit_headers, promise_limits
from services.gateway.calls import Calls
from services.gateway.identity import Caller, Identity, known
from services.gateway.keys import Keys, bearer
from services.gateway.policy import Row, permit
from services.runtime import context


class Access:
    """Lets callers of the APIs in.

    A caller is the owner of its API key, otherwise the member of its session, otherwise a guest. Each call of a key is
    counted, once it is known to be permitted.
    """

    def __init__(self, identity: Identity, keys: Keys, calls: Calls) -> None:
        self._identity = identity
        self._keys = keys
        self._calls = calls

    async def of_request(self, request: Request, row: Row | None) -> Caller:
        """Return who calls over HTTP on the terms of `row`, None for what any caller may ask.

        Raises a Refusal for a key that is none, for a caller that the terms leave out, and at the limit of a key.
        """
        secret = bearer(request.headers.get("authorization", ""))
        caller = self._identity.of_api_request(request) if secret is None else known(await self._keys.caller_of(secret))
        promise_limits(request, await self._enter(caller, row))
        return caller

    async def of_call(self, peer: str, metadata: Mapping[str, str], row: Row) -> tuple[Caller, dict[str, str]]:
        """Return who calls an rpc on the terms of `row`, and what the answer tells of the limit of its key.

        Raises as `of_request`.
        """
        secret = bearer(metadata.get("authorization", ""))
        if secret is None:
            caller = self._identity.of_call(peer, metadata.get("x-forwarded-for", ""))
        else:
            caller = known(await self._keys.caller_of(secret))
        return caller, await self._enter(caller, row)

    async def _enter(self, caller: Caller, row: Row | None) -> dict[str, str]:
        if row:
            permit(row, caller)
            current = context.current()
            if current:
                current.shorten(row.seconds)
        if not caller.key_id:
            return {}
        return limit_headers("calls", await self._calls.take(caller))
