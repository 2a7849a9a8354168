"""The page of a view that was denied."""

from collections.abc import Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.wall import Admission
from services.gateway.web import addresses, editions
from services.gateway.web.addresses import BOOKS
from services.gateway.web.lines import title
from services.gateway.web.render import fresh_page


def walled(
    request: Request,
    caller: Caller,
    entry: lookup.Entry,
    ancestors: Sequence[lookup.Entry],
    admission: Admission,
    on: str,
) -> Response:
    """Show what search shows of a code too, and nothing else of its page; `on` is the date of service."""
    balance = admission.balance
    above = ancestors[-1].code if ancestors else ""
    return fresh_page(
        request,
        "wall.html",
        caller,
        balance=balance,
        status=429,
        entry=entry,
        title=title(entry),
        message=edge_of(request).wall.limit_message(admission),
        again=editions.moment(balance.window_ends_at) if balance and balance.HasField("window_ends_at") else "",
        around="" if entry.number_only else addresses.browse(BOOKS[entry.system], above, on),
    )
