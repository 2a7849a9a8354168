"""The alphabetic index of ICD-10-CM, as a coder goes through it."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import edge_of
from services.gateway.web import addresses, lines
from services.gateway.web.addresses import INDEX_BOOKS
from services.gateway.web.index_lines import index_line, nested
from services.gateway.web.render import page
from services.gateway.web.sections.sources import stated
from services.gateway.web.source_editions import SourceEdition, source_editions
from services.gateway.words import INDEX_BOOK_WORDS, index_book_of

_LINES_A_PAGE = 200
_NOTHING = "This edition has no such line. Choose a letter, or write only how the main term begins."
# The one main term of its table.
_NEOPLASM = "Neoplasm"
# What an address may ask of a book, one at a time.
_TARGETS = ("term", "find", "prefix")


class Letter(NamedTuple):
    """A letter of a book, and how many main terms it has."""

    letter: str
    main_terms: str
    href: str


class Volume(NamedTuple):
    """A book with its letters and what its form asks for.

    `warning` is empty unless its edition does not cover the date that was asked for; `gap` says why it has no letters.
    """

    name: str
    word: str
    href: str
    letters: list[Letter]
    asks_for: str
    warning: str
    gap: str


def routes() -> list[BaseRoute]:
    """Return the routes of the index."""
    return [Route("/index", books), Route("/index/{book}", book)]


async def books(request: Request) -> Response:
    """The four books."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    on = request.query_params.get("effective_on", "")
    answers, balance = await asyncio.gather(
        asyncio.gather(
            *(edge.lookup.BrowseIndex(lookup.BrowseIndexRequest(book=each, effective_on=on)) for each in INDEX_BOOKS)
        ),
        edge.wall.balance(caller),
    )
    return page(
        request,
        "index.html",
        caller,
        balance=balance,
        volumes=[_volume(each, answer, on) for each, answer in zip(INDEX_BOOKS, answers, strict=True)],
        editions=_editions(answers),
        action=request.url.path,
        carried=(),
    )


async def book(request: Request) -> Response:
    """A book: its letters, main terms by how they begin, or a line with what is under it."""
    asked, given = index_book_of(request.path_params["book"]), request.query_params
    on = given.get("effective_on", "")
    target = dict([(name, given[name]) for name in _TARGETS if given.get(name)][:1])
    if asked == lookup.INDEX_BOOK_NEOPLASMS and not target:
        target = {"find": _NEOPLASM}
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    top, found, balance = await asyncio.gather(
        edge.lookup.BrowseIndex(lookup.BrowseIndexRequest(book=asked, effective_on=on)),
        edge.lookup.BrowseIndex(_request(asked, on, target, given.get("page_token", ""))),
        edge.wall.balance(caller),
    )
    typed = target.get("prefix", "")
    if typed and found.status.availability == lookup.AVAILABILITY_NONE:
        # Who types "Pain, abdominal" means the line of that name, and a site in the table that has one main term.
        target = {"find": f"{_NEOPLASM}, {typed}" if asked == lookup.INDEX_BOOK_NEOPLASMS else typed}
        found = await edge.lookup.BrowseIndex(_request(asked, on, target, ""))
    volume, gap = _volume(asked, top, on), stated(found.status, _NOTHING).gap
    listed = "prefix" in target
    shown = [index_line(term, asked, list(found.columns), on) for term in found.terms]
    above = [index_line(term, asked, [], on) for term in found.above]
    named = bool(shown) and not listed
    return page(
        request,
        "index_book.html",
        caller,
        balance=balance,
        status=404 if "term" in target and found.status.availability == lookup.AVAILABILITY_NONE else 200,
        volume=volume,
        typed=typed,
        crumbs=[
            lines.Line("Index", volume.name, volume.href, "", 0),
            *(lines.Line("", line.title, line.href, "", 0) for line in above),
        ],
        heading=shown[0].title if named else f"Main terms that begin with “{typed}”" if listed else volume.name,
        gap=gap,
        columns=list(found.columns),
        listed=listed,
        shown=shown if listed or found.columns else nested(shown),
        next=addresses.index_book(asked, on, **target, page_token=found.next_page_token)
        if found.next_page_token
        else "",
        editions=_editions([found]),
        action=request.url.path,
        carried=list(target.items()),
    )


def _request(
    book: lookup.IndexBook.ValueType, on: str, target: Mapping[str, str], page_token: str
) -> lookup.BrowseIndexRequest:
    request = lookup.BrowseIndexRequest(book=book, effective_on=on, page_size=_LINES_A_PAGE, page_token=page_token)
    for name, text in target.items():
        setattr(request, name, text)
    return request


def _volume(book: lookup.IndexBook.ValueType, answer: lookup.BrowseIndexResponse, on: str) -> Volume:
    source = stated(answer.status)
    return Volume(
        name=INDEX_BOOKS[book],
        word=INDEX_BOOK_WORDS[book],
        href=addresses.index_book(book, on),
        letters=[
            Letter(one.letter, f"{one.main_terms:,}", addresses.index_book(book, on, prefix=one.letter))
            for one in answer.letters
        ],
        asks_for="Site" if book == lookup.INDEX_BOOK_NEOPLASMS else "Main term",
        warning=source.warning,
        gap=source.gap,
    )


def _editions(answers: Iterable[lookup.BrowseIndexResponse]) -> list[SourceEdition]:
    return [edition for one in answers for edition in source_editions(one.status)]
