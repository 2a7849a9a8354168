"""The books of coding rules, section by section."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.passages import CARE_SETTINGS, passage_search
from services.gateway.web import addresses
from services.gateway.web.addresses import BOOKS_OF_RULES
from services.gateway.web.lines import Line
from services.gateway.web.render import page
from services.gateway.web.sections.sources import stated
from services.gateway.web.source_editions import source_editions
from services.gateway.web.text import marked, with_code_links, with_procedure_links
from services.gateway.words import SOURCE_WORDS, book_of_rules

_ICD10CM = addresses.BOOKS[lookup.CODE_SYSTEM_ICD10CM]
_MANUAL = SOURCE_WORDS[lookup.FACT_SOURCE_NCCI_POLICY_MANUAL]
_BULLET = "• "
_HEADING = "Coding rules"
_HITS = 20
# How much of a section its line among the hits shows, in characters.
_EXCERPT = 320
# The words of a query that are worth marking: long ones, abbreviations, and those with a digit.
_TELLING = re.compile(r"[\w.]*\d\w*|\w{5,}|[A-Z]{2,}")


class Section(NamedTuple):
    """A section as a line of the table of contents, with those right below it."""

    id: str
    title: str
    href: str
    below: "list[Section]"


class Hit(NamedTuple):
    """A section that was found: where it stands, and how it begins with words of the query marked."""

    id: str
    title: str
    href: str
    path: str
    excerpt: Markup


class Block(NamedTuple):
    """A stretch of a text: paragraphs, or the items of a list."""

    is_list: bool
    lines: list[Markup]


def routes() -> list[BaseRoute]:
    """Return the routes of the books of rules."""
    return [
        Route("/guidelines", books),
        Route("/guidelines/{book}", contents),
        Route("/guidelines/{book}/{id}", passage),
    ]


async def books(request: Request) -> Response:
    """The books of rules, or what is found in them."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    if not caller.is_member:
        return await _locked(request, caller, _HEADING, "")
    if _typed(request):
        return await _found(request, caller, None)
    on = request.query_params.get("effective_on", "")
    return page(
        request,
        "contents.html",
        caller,
        balance=await edge.wall.balance(caller),
        crumbs=[],
        heading=_HEADING,
        sections=[Section("", name, addresses.contents(book, on), []) for book, name in BOOKS_OF_RULES.items()],
        gap="",
        editions=[],
        **_form(request),
    )


async def contents(request: Request) -> Response:
    """What a book is made of, or what is found in it."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    book, on = book_of_rules(request.path_params["book"]), request.query_params.get("effective_on", "")
    if not caller.is_member:
        return await _locked(request, caller, BOOKS_OF_RULES[book], "")
    if _typed(request):
        return await _found(request, caller, book)
    found, balance = await asyncio.gather(
        edge.lookup.GetPassage(lookup.GetPassageRequest(source=book, effective_on=on)), edge.wall.balance(caller)
    )
    return page(
        request,
        "contents.html",
        caller,
        balance=balance,
        crumbs=[_books(on)],
        heading=BOOKS_OF_RULES[book],
        sections=_tree(found.below, book, on),
        gap=stated(found.status).gap,
        editions=source_editions(found.status),
        **_form(request),
    )


async def passage(request: Request) -> Response:
    """A section of a book."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    book, id = book_of_rules(request.path_params["book"]), request.path_params["id"]
    on = request.query_params.get("effective_on", "")
    if not caller.is_member:
        return await _locked(request, caller, BOOKS_OF_RULES[book], id)
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


async def _locked(request: Request, caller: Caller, book: str, id: str) -> Response:
    """Tell a guest what a member reads here."""
    balance = await edge_of(request).wall.balance(caller)
    return page(request, "passage_locked.html", caller, balance=balance, book=book, id=id)


async def _found(request: Request, caller: Caller, book: lookup.FactSource.ValueType | None) -> Response:
    """Show the sections that the words typed find in a book, in all for None."""
    edge, typed = edge_of(request), _typed(request)
    setting, on = request.query_params.get("setting", ""), request.query_params.get("effective_on", "")
    within = [SOURCE_WORDS[book]] if book else []
    asked = passage_search(typed, within, setting, on, _HITS)
    answer, balance = await asyncio.gather(edge.lookup.SearchPassages(asked), edge.wall.balance(caller))
    return page(
        request,
        "rules_found.html",
        caller,
        balance=balance,
        crumbs=[_books(on), _book(book, on)] if book else [_books(on)],
        heading=BOOKS_OF_RULES[book] if book else _HEADING,
        hits=[_hit(hit, typed, named=not book, on=on) for hit in answer.hits],
        gaps=[stated(status).gap for status in answer.statuses if not status.HasField("release")],
        editions=[edition for status in answer.statuses for edition in source_editions(status)],
        **_form(request),
    )


def _typed(request: Request) -> str:
    return " ".join(request.query_params.get("query", "").split())


def _form(request: Request) -> dict[str, Any]:
    """Return what the forms of a page need: where they lead, what is typed, and what a new date is sent with."""
    typed, setting = _typed(request), request.query_params.get("setting", "")
    # The manual has no sections for one kind of patients alone.
    settings = {} if request.path_params.get("book") == _MANUAL else CARE_SETTINGS
    return {
        "action": request.url.path,
        "typed": typed,
        "settings": [(word, word.capitalize(), word == setting) for word in settings],
        "carried": [(name, value) for name, value in (("query", typed), ("setting", setting)) if value],
    }


def _hit(hit: lookup.PassageHit, typed: str, *, named: bool, on: str) -> Hit:
    """Return a section as a line; with `named` its path begins with its book."""
    found = hit.passage
    return Hit(
        found.id,
        found.title,
        addresses.passage(hit.source, found.id, on),
        " › ".join([*([BOOKS_OF_RULES[hit.source]] if named else []), *found.above]),
        _excerpt(found.text, typed),
    )


def _excerpt(text: str, typed: str) -> Markup:
    """Return the beginning of a text, with the words marked that begin as one of those typed does."""
    begins = " ".join(text.split())
    if len(begins) > _EXCERPT:
        begins = begins[:_EXCERPT].rpartition(" ")[0] + " …"
    telling = "|".join(map(re.escape, _TELLING.findall(typed)))
    spans = re.finditer(rf"\b(?:{telling})\w*", begins, re.IGNORECASE) if telling else ()
    return marked(begins, [lookup.Span(start=span.start(), end=span.end()) for span in spans])


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
    """Return the books, the book and the sections that hold the one shown: their paths are beginnings of its own."""
    parts = shown.id.split(".")
    paths = [".".join(parts[:depth]) for depth in range(1, len(parts))]
    return [
        _books(on),
        _book(book, on),
        *(
            Line(path, title, addresses.passage(book, path, on), "", 0)
            for path, title in zip(paths, shown.above, strict=False)
        ),
    ]


def _books(on: str) -> Line:
    return Line("Books", _HEADING, addresses.with_parameters("/guidelines", {"effective_on": on}), "", 0)


def _book(book: lookup.FactSource.ValueType, on: str) -> Line:
    return Line("Book", BOOKS_OF_RULES[book], addresses.contents(book, on), "", 0)


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
