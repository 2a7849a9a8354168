"""The page of a search."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import edge_of
from services.gateway.web import editions, results
from services.gateway.web.asked import Asked
from services.gateway.web.render import page

# What may be typed, by its kind.
EXAMPLES = (
    ("Words", "type 2 diabetes kidney"),
    ("A code, dot or not", "e119"),
    ("The beginning of a code", "S52.5"),
    ("A range", "E10-E14"),
    ("An abbreviation", "COPD"),
)


def routes() -> list[BaseRoute]:
    """Return the route of the search."""
    return [Route("/search", search)]


async def search(request: Request) -> Response:
    """The results of a search."""
    asked = Asked.of(request.query_params)
    if not asked.query:
        return RedirectResponse("/", 303)
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    answer, balance = await asyncio.gather(edge.lookup.Search(asked.request()), edge.wall.balance(caller))
    token = answer.next_page_token
    return page(
        request,
        "search.html",
        caller,
        balance=balance,
        query=asked.query,
        found=bool(answer.hits),
        corrected=answer.corrected_query,
        count=results.count(answer),
        choices=list(results.choices(asked, answer)),
        groups=results.groups(asked, answer),
        left_out=results.left_out(asked, answer),
        switches=list(results.switches(asked)),
        filters=results.filters(asked, answer),
        chosen=list(results.chosen(asked, answer)),
        unfiltered=asked.unfiltered(),
        searched=results.searched(asked, answer),
        ways_on=list(results.ways_on(asked, answer)),
        examples=EXAMPLES,
        first=asked.address() if asked.page_token else "",
        next=asked.address(page_token=token) if token else "",
        editions=[editions.edition(release) for release in answer.releases],
        action="/search",
        carried=asked.carried(),
        kept=asked.ways(),
    )
