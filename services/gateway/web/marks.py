"""What a member keeps: the favourite and the note beside a code, and the lists of both and of the pages opened."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from codingahead.accounts.v1 import accounts_pb2 as accounts
from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import Edge, edge_of
from services.gateway.identity import Caller
from services.gateway.outages import is_outage
from services.gateway.web import addresses, editions, forms
from services.gateway.web.addresses import BOOKS, Book
from services.gateway.web.members import members_only
from services.gateway.web.render import form_page, fresh_page
from services.gateway.words import system_of
from services.runtime.errors import Kind, Refusal

# A code page does not wait longer for what stands beside it.
_MARKS_SECONDS = 1.0


class Kept(NamedTuple):
    """A code that is kept, with the text of its note. `title` is empty when the loaded release has no such code."""

    book: Book
    code: str
    title: str
    href: str
    when: str
    text: str


def routes() -> list[BaseRoute]:
    """Return the routes of these pages."""
    return [
        Route("/codes/{system}/{code}/favourite", members_only(favourite), methods=["POST"]),
        Route("/codes/{system}/{code}/note", members_only(note), methods=["GET", "POST"]),
        Route("/account/history", members_only(history)),
        Route("/account/history/clear", members_only(clear_history), methods=["POST"]),
        Route("/account/favourites", members_only(favourites)),
        Route("/account/notes", members_only(notes)),
    ]


async def marks_of(edge: Edge, caller: Caller, page: str) -> accounts.GetCodeMarksResponse | None:
    """Return what a member keeps beside a page; None for a guest, and while accounts does not answer."""
    if not caller.is_member:
        return None
    try:
        async with asyncio.timeout(_MARKS_SECONDS):
            return await edge.accounts.GetCodeMarks(accounts.GetCodeMarksRequest(subject=caller.subject, page=page))
    except TimeoutError:
        return None
    except Refusal as refusal:
        if not is_outage(refusal):
            raise
        return None


async def favourite(request: Request, caller: Caller) -> Response:
    """Put a code among the favourites, or take it out."""
    book, code = _named(request)
    typed = await forms.read(request)
    asked = accounts.SetFavouriteRequest(
        subject=caller.subject, page=f"{book.word}:{code}", favourite=typed.get("favourite") == "true"
    )
    await edge_of(request).accounts.SetFavourite(asked)
    return _onwards(typed, book, code)


async def note(request: Request, caller: Caller) -> Response:
    """The note on a code: to read, to change, to remove."""
    edge = edge_of(request)
    book, code = _named(request)
    page = f"{book.word}:{code}"
    back = addresses.code_page(book, code)
    if request.method != "POST":
        kept = await edge.accounts.GetCodeMarks(accounts.GetCodeMarksRequest(subject=caller.subject, page=page))
        typed = forms.Typed({"text": kept.note, "next": request.query_params.get("next", "")})
        return form_page(request, "note.html", caller, typed, code=code, back=back)
    typed = await forms.read(request)
    asked = accounts.SaveNoteRequest(subject=caller.subject, page=page, text=typed.get("text", ""))
    try:
        await edge.accounts.SaveNote(asked)
    except Refusal as refusal:
        return form_page(request, "note.html", caller, typed, forms.failure(refusal, {}), code=code, back=back)
    return _onwards(typed, book, code)


async def history(request: Request, caller: Caller) -> Response:
    """The code pages that the member has opened."""
    asked = accounts.ListHistoryRequest(subject=caller.subject, page_token=_token(request))
    answer = await edge_of(request).accounts.ListHistory(asked)
    kept = [(each.page, each.opened_at, "") for each in answer.opened]
    return await _list(request, caller, "history.html", kept, answer.next_page_token)


async def clear_history(request: Request, caller: Caller) -> Response:
    """Forget the code pages that the member has opened."""
    await edge_of(request).accounts.ClearHistory(accounts.ClearHistoryRequest(subject=caller.subject))
    return RedirectResponse("/account/history?notice=history-cleared", 303)


async def favourites(request: Request, caller: Caller) -> Response:
    """The favourites of the member."""
    asked = accounts.ListFavouritesRequest(subject=caller.subject, page_token=_token(request))
    answer = await edge_of(request).accounts.ListFavourites(asked)
    kept = [(each.page, each.added_at, "") for each in answer.favourites]
    return await _list(request, caller, "favourites.html", kept, answer.next_page_token)


async def notes(request: Request, caller: Caller) -> Response:
    """The notes of the member."""
    asked = accounts.ListNotesRequest(subject=caller.subject, page_token=_token(request))
    answer = await edge_of(request).accounts.ListNotes(asked)
    kept = [(each.page, each.changed_at, each.text) for each in answer.notes]
    return await _list(request, caller, "notes.html", kept, answer.next_page_token)


async def _list(
    request: Request, caller: Caller, template: str, kept: list[tuple[str, Timestamp, str]], next_page_token: str
) -> Response:
    edge = edge_of(request)
    titles, balance = await asyncio.gather(_titles(edge, [page for page, _, _ in kept]), edge.wall.balance(caller))
    lines = []
    for page, at, text in kept:
        word, _, code = page.partition(":")
        book = BOOKS[system_of(word)]
        href = addresses.code_page(book, code)
        lines.append(Kept(book, code, titles.get(page, ""), href, editions.moment(at), text))
    path = request.url.path
    following = addresses.with_parameters(path, {"page_token": next_page_token}) if next_page_token else ""
    first = path if _token(request) else ""
    return fresh_page(
        request,
        template,
        caller,
        balance=balance,
        lines=lines,
        here=addresses.here(request),
        first=first,
        next=following,
    )


async def _titles(edge: Edge, pages: Iterable[str]) -> dict[str, str]:
    """Return the titles of code pages, as far as the loaded releases have them."""
    codes = defaultdict(list)
    for page in pages:
        word, _, code = page.partition(":")
        codes[word].append(code)
    answers = await asyncio.gather(*(_titles_of(edge, word, asked) for word, asked in codes.items()))
    return {page: title for answer in answers for page, title in answer.items()}


async def _titles_of(edge: Edge, word: str, codes: list[str]) -> dict[str, str]:
    try:
        answer = await edge.lookup.BatchGetCodes(lookup.BatchGetCodesRequest(system=system_of(word), codes=codes))
    except Refusal as refusal:
        if refusal.kind is not Kind.PRECONDITION:  # no release of the system is loaded
            raise
        return {}
    return {f"{word}:{result.asked}": result.entry.title for result in answer.results if result.HasField("entry")}


def _named(request: Request) -> tuple[Book, str]:
    return BOOKS[system_of(request.path_params["system"])], request.path_params["code"]


def _onwards(typed: forms.Typed, book: Book, code: str) -> Response:
    return RedirectResponse(addresses.local(typed.get("next", "")) or addresses.code_page(book, code), 303)


def _token(request: Request) -> str:
    return request.query_params.get("page_token", "")
