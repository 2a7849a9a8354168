"""Codes side by side."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway import comparing, comparison
from services.gateway.comparison import Form, Row
from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.policy import page_name
from services.gateway.web import addresses, editions, markdown
from services.gateway.web.addresses import BOOKS, Book
from services.gateway.web.lines import code_line, title
from services.gateway.web.render import fresh_page
from services.gateway.web.sections.edits import MODIFIER_INDICATORS, SETTINGS
from services.gateway.web.sections.sources import dates
from services.gateway.web.text import with_code_links
from services.runtime.errors import Refusal

_PATH = "/compare"


class Column(NamedTuple):
    """One of the codes that are compared; `without` leads to the others alone, empty when they are too few."""

    code: str
    title: str
    href: str
    without: str


class Shown(NamedTuple):
    """One value; `mark` says that not every code has it, where they have several."""

    html: Markup
    note: str
    mark: bool


class Line(NamedTuple):
    """One row of the table; `style` is "inline" where values stand beside each other, "prose" for Markdown."""

    label: str
    differs: bool
    style: str
    cells: list[list[Shown]]


class Group(NamedTuple):
    """The rows of one section, and the sources they follow from."""

    title: str
    sources: list[str]
    lines: list[Line]


class Verdict(NamedTuple):
    """What one setting says of two codes; without an edit `text` is all there is."""

    text: str
    indicator: str
    dates: str
    rationale: str
    source: str


def routes() -> list[BaseRoute]:
    """Return the routes of these pages."""
    return [Route(_PATH, compare)]


async def compare(request: Request) -> Response:
    """Two to five codes side by side: the page of each is one view."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    given, on = request.query_params, request.query_params.get("effective_on", "")
    written = comparing.names([*given.getlist("codes"), *given.getlist("code")])
    try:
        entries = await comparing.find(edge.lookup, written, on) if written else []
    except Refusal as refusal:
        if not any(violation.field == "code" for violation in refusal.fields):
            raise
        return await _asked(request, caller, written, refusal=refusal)
    if len(entries) < comparing.FEWEST or not caller.is_member:
        return await _asked(request, caller, written, entries)
    if request.method == "HEAD":  # nothing is read, so nothing is charged
        return Response(headers={"cache-control": "no-store"}, media_type="text/html")
    if given.get("open") != "true":
        # From here on the address itself says that views may be charged: what is open is not asked about again.
        if short := comparing.short_of_views(await edge.wall.balance(caller), len(entries)):
            return await _asked(request, caller, written, entries, short)
        return RedirectResponse(addresses.compare(written, on, open="true"), 303)
    opened = await comparing.open_pages(edge, caller, entries, on)
    shown = [page.entry for page in opened.pages]
    between = await comparing.edits_between(edge.lookup, shown, on)
    balance = opened.admission.balance
    return _page(
        request,
        caller,
        written,
        balance=balance,
        status=200 if shown else 429,
        columns=_columns(entries, shown, on),
        exclusions=comparison.exclusions(opened.pages),
        settings=[SETTINGS[setting] for setting in between],
        pairs=[
            (pair.codes, [_verdict(one) for one in pair.between.values()])
            for pair in comparison.pairs(between, comparing.procedures(shown))
        ],
        groups=_groups(opened.pages, on, only_differences=given.get("differences") == "true"),
        only_differences=given.get("differences") == "true",
        all_rows=addresses.compare(written, on, open="true"),
        differences=addresses.compare(written, on, open="true", differences="true"),
        denied=[entry.code for entry in opened.denied],
        limit=edge.wall.limit_message(opened.admission) if opened.denied else "",
        again=editions.moment(balance.window_ends_at) if balance and balance.HasField("window_ends_at") else "",
        editions=_editions(opened.pages),
    )


async def _asked(
    request: Request,
    caller: Caller,
    written: Sequence[str],
    entries: Sequence[lookup.Entry] = (),
    refusal: Refusal | None = None,
) -> Response:
    """Ask for codes, or tell why those that are named are not compared; nothing is charged."""
    on = request.query_params.get("effective_on", "")
    short = refusal is not None and refusal.reason == comparing.SHORT_OF_VIEWS
    ambiguous = refusal is not None and refusal.reason == comparing.AMBIGUOUS
    choices = []
    if refusal and ambiguous:
        code = refusal.metadata["code"]
        for choice in refusal.metadata["choices"].split():
            choices.append((choice, addresses.compare([choice if name == code else name for name in written], on)))
    return _page(
        request,
        caller,
        written,
        balance=await edge_of(request).wall.balance(caller),
        status=refusal.kind.http_status if refusal else 200,
        fault=refusal.message if refusal and not short else "",
        choices=choices,
        short=refusal.message if refusal and short else "",
        go_on=addresses.compare(written, on, open="true"),
        named=[code_line(entry, on) for entry in entries],
        locked=bool(entries) and not caller.is_member,
    )


def _page(request: Request, caller: Caller, written: Sequence[str], **data: Any) -> Response:
    nothing: dict[str, Any] = {
        "fault": "",
        "choices": [],
        "short": "",
        "named": [],
        "locked": False,
        "columns": [],
        "pairs": [],
        "limit": "",
        "editions": [],
    }
    codes = ", ".join(written)
    response = fresh_page(
        request,
        "compare.html",
        caller,
        codes=codes,
        fewest=comparing.FEWEST,
        most=comparing.MOST,
        action=_PATH,
        carried=[("codes", codes)],
        **{**nothing, **data},
    )
    edge_of(request).identity.remember(caller, request, response)
    return response


def _columns(entries: Sequence[lookup.Entry], shown: Sequence[lookup.Entry], on: str) -> list[Column]:
    names = [page_name(entry) for entry in entries]
    spare = len(names) > comparing.FEWEST
    return [
        Column(
            entry.code,
            title(entry),
            addresses.code_page(BOOKS[entry.system], entry.code, on),
            addresses.compare([name for name in names if name != page_name(entry)], on, open="true") if spare else "",
        )
        for entry in shown
    ]


def _groups(pages: Sequence[lookup.GetCodePageResponse], on: str, *, only_differences: bool) -> list[Group]:
    books = [BOOKS[page.entry.system] for page in pages]
    groups = []
    for section in comparison.compare(pages):
        rows = [row for row in section.rows if row.differs or not only_differences]
        if rows:
            groups.append(Group(section.title, section.sources, [_line(row, books, on) for row in rows]))
    return groups


def _line(row: Row, books: Sequence[Book], on: str) -> Line:
    listed = any(len(cell) > 1 for cell in row.cells)
    return Line(
        row.label,
        row.differs,
        _style(row),
        [
            [Shown(_html(row, value.text, book, on), value.note, listed and not row.is_shared(value)) for value in cell]
            for cell, book in zip(row.cells, books, strict=True)
        ],
    )


def _style(row: Row) -> str:
    if row.form is Form.MARKDOWN:
        return "prose"
    brief = row.form is Form.PLAIN and not any(value.note for cell in row.cells for value in cell)
    return "inline" if brief else ""


def _html(row: Row, text: str, book: Book, on: str) -> Markup:
    if row.form is Form.MARKDOWN:
        return markdown.rendered(text)
    return with_code_links(text, book, on) if row.form is Form.BOOK else escape(text)


def _verdict(between: comparison.Between) -> Verdict:
    edit = between.edit
    if edit is None:
        return Verdict(between.text, "", "", "", between.source)
    return Verdict(
        f"{edit.column2} (column 2) is not paid beside {edit.column1} (column 1)",
        MODIFIER_INDICATORS[edit.modifier_indicator],
        dates(edit.effective_from, edit.effective_to),
        edit.rationale,
        between.source,
    )


def _editions(pages: Sequence[lookup.GetCodePageResponse]) -> list[editions.Edition]:
    releases = [page.release for page in pages if page.HasField("release")]
    return list(dict.fromkeys(editions.edition(release) for release in releases))
