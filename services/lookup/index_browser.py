"""The Alphabetic Index as it is asked for: its letters, main terms by how they begin, a line with what is under it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.lookup import paging
from services.lookup.alphabetic.browsing import Fetch, LettersAnswer, letters, main_terms, place, term
from services.lookup.alphabetic.model import Book, split_id, term_id
from services.lookup.browse import PageRequest
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.index.alphabetic import Letters, Line, MainTermLine
from services.lookup.releases import parse_effective_on
from services.lookup.serving import Serving
from services.runtime.errors import invalid

_SIZE = 100
_MOST_SIZE = 500
_LONGEST_PREFIX = 100
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Prefix:
    """Ask for the main terms that begin with a letter or more."""

    text: str


@dataclass(frozen=True, slots=True)
class LineOf:
    """Ask for the line of an id, what is above it and what is under it."""

    term: str


@dataclass(frozen=True, slots=True)
class Named:
    """Ask for the line that a text such as "Pain, abdominal" names."""

    text: str


IndexTarget = Prefix | LineOf | Named | None
"""What to show of a book; None for its letters."""


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """A stretch of a book: its letters, some main terms, or a line and those under it with the lines above them.

    The fact of `found` is None when the book is not loaded for the date, or has nothing of what was asked.
    """

    found: Found[Letters]
    letters: tuple[tuple[str, int], ...] = ()
    main_terms: tuple[MainTermLine, ...] = ()
    above: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    next_page_token: str = ""

    @classmethod
    def none(cls, found: Found[Letters]) -> "IndexAnswer":
        """Answer that the book has nothing of what was asked."""
        return cls(replace(found, fact=None))


class IndexBrowser:
    """Walks the books of the Alphabetic Index."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def browse(
        self, book: Book, target: IndexTarget, effective_on: str, page: PageRequest, timeout: float
    ) -> IndexAnswer:
        """Return a stretch of a book on a date of service, today for none; the size of a page is that of main terms."""
        day = parse_effective_on(effective_on)

        async def fetch(wants: Iterable[Want]) -> Answers:
            return await self._serving.facts.of(wants, day, timeout)

        return await self._serving.with_current_indices(lambda: _stretch(fetch, book, target, page), timeout)


async def _stretch(fetch: Fetch, book: Book, target: IndexTarget, page: PageRequest) -> IndexAnswer:
    match target:
        case Prefix(text):
            return await _beginning_with(fetch, book, _checked("prefix", text, _LONGEST_PREFIX), page)
        case LineOf(id):
            return await _line(fetch, book, _checked("term", id, _LONGEST), page.token)
        case Named(text):
            named = await place(fetch, book, _checked("find", text, _LONGEST))
            return await _line(fetch, book, named, page.token)
        case None:
            answer = await letters(fetch, book)
            return IndexAnswer(answer.found, letters=answer.letters)


async def _beginning_with(fetch: Fetch, book: Book, prefix: str, page: PageRequest) -> IndexAnswer:
    size = paging.page_size(page.size, _SIZE, _MOST_SIZE)
    bound_to = ["prefix", book, prefix, _index(await letters(fetch, book))]
    answer = await main_terms(fetch, book, prefix, paging.decode(page.token, bound_to), size)
    if not answer.main_terms:
        return IndexAnswer.none(answer.found)
    return IndexAnswer(
        answer.found,
        main_terms=answer.main_terms,
        next_page_token=paging.encode(answer.next, bound_to) if answer.next else "",
    )


async def _line(fetch: Fetch, book: Book, id: str, token: str) -> IndexAnswer:
    bound_to = ["term", book, id, _index(await letters(fetch, book))]
    position = paging.decode(token, bound_to)
    answer = await term(fetch, book, id, term_id(split_id(id)[0], position) if position else "")
    if not answer.lines:
        return IndexAnswer.none(answer.found)
    return IndexAnswer(
        answer.found,
        above=answer.above,
        lines=answer.lines,
        next_page_token=paging.encode(split_id(answer.next)[1], bound_to) if answer.next else "",
    )


def _index(answer: LettersAnswer) -> str:
    """Return what tells an edition from any other."""
    choice = answer.found.choice
    return choice.load.index if choice else ""


def _checked(field: str, text: str, most: int) -> str:
    if not text.strip() or len(text) > most or not text.isprintable():
        raise invalid(field, f"expected 1 to {most} printable characters")
    return text
