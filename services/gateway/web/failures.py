"""The page of a refusal: what was wrong, and a way on."""

import math

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.web import addresses
from services.gateway.web.render import page
from services.runtime.errors import Kind, Refusal

_HEADINGS = {
    Kind.INVALID: "That cannot be looked up",
    Kind.NOT_FOUND: "Nothing is here",
    Kind.PRECONDITION: "No edition answers that",
    Kind.EXHAUSTED: "The limit is reached",
    Kind.UNIMPLEMENTED: "That is not possible here",
    Kind.UNAVAILABLE: "Not available right now",
    Kind.TIMEOUT: "That took too long",
}
_PASSING = (Kind.UNAVAILABLE, Kind.TIMEOUT)


async def error_page(request: Request, refusal: Refusal) -> Response:
    """Return the page of a refusal."""
    parameters = request.query_params
    response = page(
        request,
        "error.html",
        status=refusal.kind.http_status,
        query=parameters.get("query", ""),
        heading=_HEADINGS.get(refusal.kind, "Something went wrong here"),
        message=refusal.message,
        ways=_ways(request, refusal),
    )
    response.headers["cache-control"] = "no-store"
    if refusal.retry_after is not None:
        response.headers["retry-after"] = str(math.ceil(refusal.retry_after))
    return response


def _ways(request: Request, refusal: Refusal) -> list[tuple[str, str]]:
    ways = []
    if refusal.kind in _PASSING:
        ways.append(("Try again", f"?{request.url.query}"))
    if request.query_params.get("effective_on"):
        ways.append(("The same without a date of service", f"?{request.url.remove_query_params('effective_on').query}"))
    asked = request.path_params.get("code") or request.path_params.get("under")
    if asked and refusal.kind not in _PASSING:
        ways.append((f"Search for “{asked}”", addresses.with_parameters("/search", {"query": asked})))
    ways.append(("Start page", "/"))
    return ways
