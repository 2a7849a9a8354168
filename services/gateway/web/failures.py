"""The page of a refusal: what was wrong, and a way on."""

import math

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.outages import is_outage
from services.gateway.web import addresses
from services.gateway.web.render import fresh_page
from services.runtime.errors import Kind, Refusal

_HEADINGS = {
    Kind.INVALID: "That cannot be looked up",
    Kind.UNAUTHENTICATED: "Please log in",
    Kind.FORBIDDEN: "That is not allowed",
    Kind.NOT_FOUND: "Nothing is here",
    Kind.PRECONDITION: "That is not possible now",
    Kind.EXHAUSTED: "The limit is reached",
    Kind.UNIMPLEMENTED: "That is not possible here",
    Kind.UNAVAILABLE: "Not available right now",
    Kind.TIMEOUT: "That took too long",
}
_HEADINGS_BY_REASON = {"NO_RELEASE_IN_FORCE": "No edition answers that"}


async def error_page(request: Request, refusal: Refusal) -> Response:
    """Return the page of a refusal."""
    response = fresh_page(
        request,
        "error.html",
        _caller(request),
        status=refusal.kind.http_status,
        query=request.query_params.get("query", ""),
        heading=heading(refusal),
        message=refusal.message,
        ways=_ways(request, refusal),
    )
    if refusal.retry_after is not None:
        response.headers["retry-after"] = str(math.ceil(refusal.retry_after))
    return response


def heading(refusal: Refusal) -> str:
    """Return what a refusal comes to, in a few words."""
    return _HEADINGS_BY_REASON.get(refusal.reason) or _HEADINGS.get(refusal.kind, "Something went wrong here")


def _caller(request: Request) -> Caller | None:
    """Return who is told; None when the refusal is that of the cookie."""
    try:
        return edge_of(request).identity.of_request(request)
    except Refusal:
        return None


def _ways(request: Request, refusal: Refusal) -> list[tuple[str, str]]:
    ways = []
    asked = request.path_params.get("code") or request.path_params.get("under")
    if request.method == "POST":
        ways.append(("Back", addresses.before_form(request)))
    elif is_outage(refusal):
        ways.append(("Try again", f"?{request.url.query}"))
    if request.query_params.get("effective_on"):
        ways.append(("The same without a date of service", f"?{request.url.remove_query_params('effective_on').query}"))
    if asked and not is_outage(refusal):
        ways.append((f"Search for “{asked}”", addresses.with_parameters("/search", {"query": asked})))
    ways.append(("Start page", "/"))
    return ways
