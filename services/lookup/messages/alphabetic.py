"""The Alphabetic Index as messages of the contract."""

from collections.abc import Iterable

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.alphabetic.model import Book, Reference
from services.lookup.alphabetic.section import pointers
from services.lookup.codes.model import System
from services.lookup.facts.kinds import Answers
from services.lookup.index.alphabetic import Line
from services.lookup.index_browser import IndexAnswer, IndexTarget, LineOf, Named, Prefix
from services.lookup.messages import sources
from services.runtime.errors import invalid

# How many lines a page shows: some codes have hundreds.
_SHOWN = 30

BOOKS = {book: pb.IndexBook.Value(f"INDEX_BOOK_{book.name}") for book in Book}


def index_entries(system: System, code: str, answers: Answers) -> pb.IndexEntries:
    """Return the lines that lead to a code, from the facts that alphabetic.section.wants names."""
    by_book = pointers(system, code, answers)
    found = [(one.book, pointer) for one in by_book for pointer in one.pointers]
    return pb.IndexEntries(
        sources=[sources.status(*one.found) for one in by_book],
        entries=[
            pb.IndexEntry(
                book=BOOKS[book],
                term=pointer.term,
                path=pointer.path,
                printed=pointer.printed,
                column=pointer.column,
            )
            for book, pointer in found[:_SHOWN]
        ],
        total=len(found),
    )


def book_of(number: int) -> Book:
    """Return the book that a request names, the index to diseases for none. Raises a refusal for another number."""
    if not number:
        return Book.DISEASES
    book = next((book for book, value in BOOKS.items() if value == number), None)
    if book is None:
        raise invalid("book", "expected DISEASES, EXTERNAL_CAUSES, NEOPLASMS or DRUGS")
    return book


def target_of(request: pb.BrowseIndexRequest) -> IndexTarget:
    """Return what a request asks of a book."""
    match request.WhichOneof("target"):
        case "prefix":
            return Prefix(request.prefix)
        case "term":
            return LineOf(request.term)
        case "find":
            return Named(request.find)
        case _:
            return None


def browsed(answer: IndexAnswer) -> pb.BrowseIndexResponse:
    """Return a stretch of a book."""
    letters = answer.found.fact
    message = pb.BrowseIndexResponse(
        status=sources.status(answer.found),
        columns=letters.columns if letters else (),
        letters=[pb.IndexLetter(letter=letter, main_terms=count) for letter, count in answer.letters],
        above=_terms(answer.above),
        terms=_terms(answer.lines),
        next_page_token=answer.next_page_token,
    )
    message.terms.extend(_term(each.line, each.subterms) for each in answer.main_terms)
    return message


def _terms(lines: Iterable[Line]) -> list[pb.IndexTerm]:
    return [_term(line) for line in lines]


def _term(line: Line, subterms: int = 0) -> pb.IndexTerm:
    term = line.term
    return pb.IndexTerm(
        id=line.id,
        depth=term.level,
        title=term.title,
        nonessential_modifiers=term.modifiers,
        code=term.code,
        manifestation=term.brackets,
        category=term.category,
        see=_reference(line.see),
        see_also=_reference(line.see_also),
        cells=term.cells,
        subterms=subterms,
    )


def _reference(reference: Reference | None) -> pb.IndexReference | None:
    if reference is None:
        return None
    return pb.IndexReference(
        text=reference.text,
        book=BOOKS[reference.book] if reference.book else pb.INDEX_BOOK_UNSPECIFIED,
        term=reference.term,
        whole=reference.whole,
        code=reference.code,
    )
