"""The handlers of the pages: a request in, what lookup and quota say, a page out."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from codingahead.accounts.v1 import accounts_pb2 as accounts
from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.policy import page_name, page_request
from services.gateway.wall import Admission
from services.gateway.web import (
    account_pages,
    addresses,
    casepilot,
    check,
    code_page,
    compare,
    editions,
    edits,
    entrance,
    fees,
    guidelines,
    index,
    markdown,
    marks,
    search,
    sources,
    specify,
)
from services.gateway.web.addresses import BOOKS, Book
from services.gateway.web.failures import error_page
from services.gateway.web.lines import code_line, crumb, label, line, title
from services.gateway.web.marks import marks_of
from services.gateway.web.render import fresh_page, page
from services.gateway.web.walled import walled
from services.gateway.words import system_of

__all__ = ["error_page", "routes"]

_LINES_A_PAGE = 200
# To each side of a code.
_LINES_AROUND = 20


def routes() -> list[BaseRoute]:
    """Return the routes of the pages."""
    return [
        Route("/", home),
        Route("/codes/{system}/{code}", code),
        Route("/browse/{system}", browse),
        Route("/browse/{system}/{under}", browse),
        *search.routes(),
        *specify.routes(),
        *check.routes(),
        *casepilot.routes(),
        *compare.routes(),
        *fees.routes(),
        *edits.routes(),
        *index.routes(),
        *guidelines.routes(),
        *sources.routes(),
        *entrance.routes(),
        *account_pages.routes(),
        *marks.routes(),
    ]


async def home(request: Request) -> Response:
    """Search, what is loaded, and the chapters."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    loaded, balance = await asyncio.gather(
        edge.lookup.ListReleases(lookup.ListReleasesRequest()), edge.wall.balance(caller)
    )
    shelves = editions.shelves(loaded.releases)
    tops = await asyncio.gather(
        *(edge.lookup.Browse(lookup.BrowseRequest(system=shelf.book.system)) for shelf in shelves)
    )
    return page(
        request,
        "home.html",
        caller,
        balance=balance,
        none_left=balance is not None and not balance.unlimited and not balance.remaining,
        examples=search.EXAMPLES,
        shelves=shelves,
        sources=sources.summary(loaded.sources),
        reading=sources.reading(loaded.sources),
        books=[(shelf.book, [line(e) for e in top.entries]) for shelf, top in zip(shelves, tops, strict=True)],
    )


async def code(request: Request) -> Response:
    """A code page: charged, unless there is no such code."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    book, asked, on = _book(request), request.path_params["code"], request.query_params.get("effective_on", "")
    found = await edge.lookup.GetCodePage(page_request(caller.plan, system=book.system, code=asked, effective_on=on))
    if found.entry.code != asked:
        return RedirectResponse(addresses.code_page(book, found.entry.code, on), 308)
    if request.method == "HEAD":  # nothing is read, so nothing is charged
        return Response(headers={"cache-control": "no-store"}, media_type="text/html")
    name = page_name(found.entry)
    admission, kept = await asyncio.gather(edge.wall.admit(caller, name), marks_of(edge, caller, name))
    if admission.allowed:
        response = _opened(request, caller, book, found, admission, kept, on)
    else:
        response = walled(request, caller, found.entry, found.ancestors, admission, on)
    edge.identity.remember(caller, request, response)
    return response


def _opened(
    request: Request,
    caller: Caller,
    book: Book,
    found: lookup.GetCodePageResponse,
    admission: Admission,
    kept: accounts.GetCodeMarksResponse | None,
    on: str,
) -> Response:
    entry, common = found.entry, found.common_language_description
    return fresh_page(
        request,
        "code.html",
        caller,
        balance=admission.balance,
        book=book,
        entry=entry,
        title=common.title if entry.number_only else entry.title,
        licensed_file=code_page.licensed_file(book),
        crumbs=[crumb(e, on) for e in found.ancestors],
        children=[line(e, on) for e in found.children],
        previous=code_line(found.previous, on) if found.HasField("previous") else None,
        next=code_line(found.next, on) if found.HasField("next") else None,
        official=found.official_description,
        official_missing=code_page.official_missing(found, book),
        common=common,
        common_html=markdown.rendered(common.text),
        common_missing=code_page.common_missing(common),
        reviewed=editions.day(common.reviewed_on) if common.reviewed_on else "",
        validity=code_page.validity(entry),
        sections=code_page.sections(found, book, on),
        marks=kept,
        own=addresses.code_page(book, entry.code),
        specify=code_page.specify(entry, book, on),
        casepilot=addresses.casepilot(code=f"{book.word}:{entry.code}", effective_on=on),
        compare=addresses.compare([f"{book.word}:{entry.code}"], on),
        here=addresses.here(request),
        editions=[editions.edition(found.release)] if found.HasField("release") else [],
        action=request.url.path,
        carried=(),
        around="" if entry.number_only else addresses.browse_around(book, entry.code, on),
        today=editions.day(datetime.now(UTC).date().isoformat()),
    )


async def browse(request: Request) -> Response:
    """A stretch of the book: its top, what stands below an entry, a range of codes, or what is around a code."""
    book, on = _book(request), request.query_params.get("effective_on", "")
    stretch = {name: request.query_params.get(name, "") for name in ("first", "last", "around")}
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    found, balance = await asyncio.gather(
        edge.lookup.Browse(_stretch(request, book, on, stretch)), edge.wall.balance(caller)
    )
    entry = found.entry if found.HasField("entry") else None
    following = {**stretch, "effective_on": on, "page_token": found.next_page_token}
    return page(
        request,
        "browse.html",
        caller,
        balance=balance,
        book=book,
        label=label(entry) if entry else "",
        heading=title(entry) if entry else " to ".join(filter(None, stretch.values())) or book.name,
        crumbs=[crumb(e, on) for e in found.ancestors],
        code_page=addresses.code_page(book, entry.code, on) if entry and entry.level == lookup.LEVEL_CODE else "",
        lines=[line(e, on) for e in found.entries],
        indent="under" not in request.path_params and any(stretch.values()),
        next=addresses.with_parameters(request.url.path, following) if found.next_page_token else "",
        editions=[editions.edition(found.release)],
        action=request.url.path,
        carried=[(name, code) for name, code in stretch.items() if code],
    )


def _stretch(request: Request, book: Book, on: str, stretch: Mapping[str, str]) -> lookup.BrowseRequest:
    asked = lookup.BrowseRequest(
        system=book.system,
        effective_on=on,
        page_size=_LINES_A_PAGE,
        page_token=request.query_params.get("page_token", ""),
    )
    if "under" in request.path_params:
        asked.under = request.path_params["under"]
    elif stretch["around"]:
        asked.around = stretch["around"]
        asked.page_size = _LINES_AROUND
    elif any(stretch.values()):
        asked.range.CopyFrom(lookup.CodeRange(first=stretch["first"], last=stretch["last"]))
    return asked


def _book(request: Request) -> Book:
    return BOOKS[system_of(request.path_params["system"])]
