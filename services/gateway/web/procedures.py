"""The pages that belong to the page of a procedure, and are paid for by its view."""

from collections.abc import Awaitable, Callable

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.web.addresses import BOOKS
from services.gateway.web.lines import title
from services.gateway.web.render import fresh_page
from services.gateway.web.sections.place import Place
from services.gateway.words import system_of
from services.runtime.errors import invalid

Handler = Callable[[Request, Caller, lookup.GetCodeResponse, Place], Awaitable[Response]]

_SYSTEMS = (lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS)


def of_procedure(name: str, heading: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler of the page `name` below that of a CPT or HCPCS code, which only members have.

    It is called with the code, whose address is the one of its page. A guest is shown what search shows of the code.
    """

    async def handle(request: Request) -> Response:
        edge = edge_of(request)
        caller = edge.identity.of_request(request)
        system, on = system_of(request.path_params["system"]), request.query_params.get("effective_on", "")
        if system not in _SYSTEMS:
            raise invalid("system", "expected cpt or hcpcs")
        asked = request.path_params["code"]
        named = await edge.lookup.GetCode(lookup.GetCodeRequest(system=system, code=asked, effective_on=on))
        place = Place(BOOKS[system], named.entry.code, on)
        if place.code != asked:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{Place(place.book, place.code, '').below(name)}{query}", 308)
        if request.method == "HEAD":  # nothing is read, so nothing is charged
            return Response(headers={"cache-control": "no-store"}, media_type="text/html")
        response = (
            await handler(request, caller, named, place)
            if caller.is_member
            else fresh_page(
                request,
                "members.html",
                caller,
                balance=await edge.wall.balance(caller),
                entry=named.entry,
                title=title(named.entry),
                heading=heading,
            )
        )
        edge.identity.remember(caller, request, response)
        return response

    return handle
