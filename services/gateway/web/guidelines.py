"""The books of coding rules, section by section."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.web import addresses
from services.gateway.web.addresses import BOOKS_OF_RULES
from services.gateway.web.lines import Line
from services.gateway.web.render import page
from services.gateway.web.sections.sources import stated
from services.gateway.web.source_editions import source_editions
from services.gateway.web.text import with_code_links, with_procedure_links
from services.gateway.words import book_of_rules

_ICD10CM = addresses.BOOKS[lookup.CODE_SYSTEM_ICD10CM]
_BULLET = "• "


class Section(NamedTuple):
    """A section as a line of the table of contents, with those right below it."""

    id: str
    title: str
    href: str
    below: "list[Section]"


class Block(NamedTuple):
    """A stretch of a text: paragraphs, or the items of a list."""

    is_list: bool
    lines: list[Markup]


def routes() -> list[BaseRoute]:
    """Return the routes of the books of rules."""
    return [Route("/guidelines/{book}", contents), Route("/guidelines/{book}/{id}", passage)]


async def contents(request: Request) -> Response:
    """What a book is made of."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    book, on = book_of_rules(request.path_params["book"]), request.query_params.get("effective_on", "")
    if not caller.is_member:
        return await _locked(request, caller, book, "")
    found, balance = await asyncio.gather(
        edge.lookup.GetPassage(lookup.GetPassageRequest(source=book, effective_on=on)), edge.wall.balance(caller)
    )
    return page(
        request,
        "contents.html",
        caller,
        balance=balance,
        heading=BOOKS_OF_RULES[book],
        sections=_tree(found.below, book, on),
        gap=stated(found.status).gap,
        editions=source_editions(found.status),
        action=request.url.path,
        carried=(),
    )


async def passage(request: Request) -> Response:
    """A section of a book."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    book, id = book_of_rules(request.path_params["book"]), request.path_params["id"]
    on = request.query_params.get("effective_on", "")
    if not caller.is_member:
        return await _locked(request, caller, book, id)
    found, book_contents, balance = await asyncio.gather(
        edge.lookup.GetPassage(lookup.GetPassageRequest(source=book, id=id, effective_on=on)),
        edge.lookup.GetPassage(lookup.GetPassageRequest(source=book, effective_on=on)),
        edge.wall.balance(caller),
    )
    sections = {one.id: _section(one, book, on) for one in book_contents.below}
    before, after = _neighbours(list(sections), id)
    shown = found.passage
    return page(
        request,
        "passage.html",
        caller,
        balance=balance,
        book=BOOKS_OF_RULES[book],
        crumbs=_crumbs(shown, book, on),
        id=id,
        heading=shown.title or id,
        labelled=bool(shown.title),
        blocks=list(_blocks(shown.text, book, on)),
        refers_to=[sections[path] for path in shown.refers_to if path in sections],
        sections=[sections[one.id] for one in found.below if one.id in sections],
        previous=sections.get(before),
        next=sections.get(after),
        gap=stated(found.status).gap,
        editions=source_editions(found.status),
        action=request.url.path,
        carried=(),
    )


async def _locked(request: Request, caller: Caller, book: lookup.FactSource.ValueType, id: str) -> Response:
    """Tell a guest what a member reads here."""
    balance = await edge_of(request).wall.balance(caller)
    return page(request, "passage_locked.html", caller, balance=balance, book=BOOKS_OF_RULES[book], id=id)


def _section(line: lookup.PassageLine, book: lookup.FactSource.ValueType, on: str) -> Section:
    return Section(line.id, line.title, addresses.passage(book, line.id, on), [])


def _tree(lines: Iterable[lookup.PassageLine], book: lookup.FactSource.ValueType, on: str) -> list[Section]:
    """Return the lines of a table of contents, each under the section that its path begins with."""
    top: list[Section] = []
    known: dict[str, Section] = {}
    for line in lines:
        section = _section(line, book, on)
        above = known.get(line.id.rpartition(".")[0])
        (above.below if above else top).append(section)
        known[line.id] = section
    return top


def _crumbs(shown: lookup.Passage, book: lookup.FactSource.ValueType, on: str) -> list[Line]:
    """Return the book and the sections that hold the one shown: their paths are beginnings of its own."""
    parts = shown.id.split(".")
    paths = [".".join(parts[:depth]) for depth in range(1, len(parts))]
    return [
        Line("Book", BOOKS_OF_RULES[book], addresses.contents(book, on), "", 0),
        *(
            Line(path, title, addresses.passage(book, path, on), "", 0)
            for path, title in zip(paths, shown.above, strict=False)
        ),
    ]


def _neighbours(ids: list[str], id: str) -> tuple[str, str]:
    """Return what stands before and after a section in its book; empty at its ends."""
    if id not in ids:
        return "", ""
    at = ids.index(id)
    return ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else ""


def _blocks(text: str, book: lookup.FactSource.ValueType, on: str) -> Iterator[Block]:
    for is_list, lines in groupby(text.splitlines(), key=lambda line: line.startswith(_BULLET)):
        yield Block(is_list, [_linked(line.removeprefix(_BULLET), book, on) for line in lines])


def _linked(line: str, book: lookup.FactSource.ValueType, on: str) -> Markup:
    if book == lookup.FACT_SOURCE_ICD10CM_GUIDELINES:
        return with_code_links(line, _ICD10CM, on)
    return with_procedure_links(line, on)
