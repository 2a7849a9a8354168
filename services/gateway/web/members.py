"""Pages that only members have."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.web import addresses


def members_only(handler: Callable[[Request, Caller], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler for everyone: it is called for members, a guest is sent to log in first."""

    async def handle(request: Request) -> Response:
        caller = edge_of(request).identity.of_request(request)
        if caller.is_member:
            return await handler(request, caller)
        # A form is sent again by its reader, not by us: it may be another account by then.
        then = addresses.before_form(request) if request.method == "POST" else addresses.here(request)
        return RedirectResponse(addresses.log_in(then), 303)

    return handle
