"""Lines of the alphabetic index as a page shows them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup, escape

from services.gateway.web import addresses
from services.gateway.web.text import diagnosis_target, with_code_links

_ICD10CM = addresses.BOOKS[lookup.CODE_SYSTEM_ICD10CM]


class Code(NamedTuple):
    """A code as printed. `href` is empty for words that are printed in its place."""

    printed: str
    href: str


class Reference(NamedTuple):
    """Where to look instead or besides: "see", "see also", "see category"."""

    kind: str
    html: Markup


class Cell(NamedTuple):
    """The code in a column of a table; None where the column has none."""

    column: str
    code: Code | None


class IndexLine(NamedTuple):
    """A line of the index.

    `href` leads to the line, `subterms` says in a list of main terms how many lines are under it, `below` are those
    right under it in a tree.
    """

    title: Markup
    href: str
    depth: int
    code: Code | None
    manifestation: Code | None
    references: list[Reference]
    cells: list[Cell]
    subterms: int
    below: "list[IndexLine]"


def index_line(
    term: lookup.IndexTerm, book: lookup.IndexBook.ValueType, columns: Sequence[str], effective_on: str = ""
) -> IndexLine:
    """Return a line of a book; `columns` are the headings of a table, empty elsewhere."""
    return IndexLine(
        title=_title(term),
        href=addresses.index_term(book, term.id, effective_on),
        depth=term.depth,
        code=_code(term.code, effective_on),
        manifestation=_code(term.manifestation, effective_on),
        references=list(_references(term, effective_on)),
        cells=[
            Cell(column, _code(code, effective_on)) for column, code in zip_longest(columns, term.cells, fillvalue="")
        ],
        subterms=term.subterms,
        below=[],
    )


def nested(lines: Iterable[IndexLine]) -> list[IndexLine]:
    """Return lines as a tree: each under the nearest one before it that is less deep."""
    top: list[IndexLine] = []
    above: list[IndexLine] = []
    for line in lines:
        while above and above[-1].depth >= line.depth:
            above.pop()
        (above[-1].below if above else top).append(line)
        above.append(line)
    return top


def _title(term: lookup.IndexTerm) -> Markup:
    """Return the title as printed, with what stands in parentheses told apart: it does not change the code."""
    parts, at = [], 0
    for modifier in term.nonessential_modifiers:
        printed = f"({modifier})"
        start = term.title.find(printed, at)
        if start >= 0:
            parts.append(f'{escape(term.title[at:start])}<span class="nonessential">{escape(printed)}</span>')
            at = start + len(printed)
    parts.append(escape(term.title[at:]))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped


def _code(printed: str, effective_on: str) -> Code | None:
    return Code(printed, diagnosis_target(printed, effective_on)) if printed else None


def _references(term: lookup.IndexTerm, effective_on: str) -> Iterator[Reference]:
    if term.HasField("see"):
        yield Reference("see", _reference(term.see, effective_on))
    if term.HasField("see_also"):
        yield Reference("see also", _reference(term.see_also, effective_on))
    if term.category:
        yield Reference("see category", with_code_links(term.category, _ICD10CM, effective_on))


def _reference(reference: lookup.IndexReference, effective_on: str) -> Markup:
    if not reference.book:
        return with_code_links(reference.text, _ICD10CM, effective_on)
    if reference.term:
        href = addresses.index_term(reference.book, reference.term, effective_on)
    else:
        href = addresses.index_book(reference.book, effective_on, find=reference.text)
    return Markup('<a href="{}">{}</a>').format(href, reference.text)
