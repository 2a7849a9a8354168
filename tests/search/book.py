"""Lines of the Alphabetic Index as queries: what a coder says, and the code that the index leads to."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from services.lookup.alphabetic.model import AlphabeticIndex, MainTerm
from services.lookup.alphabetic.phrases import phrases
from services.lookup.codes.model import Edition, Level
from services.lookup.facts.edition import FactEdition
from services.lookup.index.alphabetic import SOURCES, IndexDocuments
from services.lookup.sources.icd10cm_index import read_alphabetic_index
from tests.search.sets import Query, drawn, sampled

_FOLDER = Path(__file__).parents[3] / "shared" / "data" / "icd10cm"
_FILES = (
    "icd10cm_index_2017.xml",
    "icd10cm_drug_2022.xml",
    "icd10cm_eindex_2022.xml",
    "icd10cm_neoplasm_2022.xml",
)

_LINES = 1500
_LEFT_OUT = 0.1
_WORD = re.compile(r"\w+")
_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_WITH_SEVENTH_CHARACTER = len("S52.501A")


def official_files() -> list[Path]:
    """Return the files of the index; none when they are not at hand."""
    files = [_FOLDER / name for name in _FILES]
    return files if all(file.is_file() for file in files) else []


def read_books(files: Iterable[Path]) -> list[AlphabeticIndex]:
    """Read the books of the index."""
    books = []
    for file in files:
        with file.open("rb") as stream:
            books.append(read_alphabetic_index(stream, file.name).index)
    return books


def split(books: Iterable[AlphabeticIndex]) -> tuple[list[AlphabeticIndex], list[AlphabeticIndex]]:
    """Return the books without a tenth of their main terms, and that tenth. The one of the neoplasms stays."""
    kept, left_out = [], []
    for book in books:
        out = {one.id for one in book.main_terms if drawn(one.id).random() < _LEFT_OUT and len(book.main_terms) > 1}
        kept.append(replace(book, main_terms=tuple(one for one in book.main_terms if one.id not in out)))
        left_out.append(replace(book, main_terms=tuple(one for one in book.main_terms if one.id in out)))
    return kept, left_out


def as_facts(book: AlphabeticIndex, edition: Edition) -> FactEdition:
    """Return a book as it is loaded, in force as long as an edition."""
    documents = IndexDocuments(book)
    return FactEdition(
        source=SOURCES[book.book],
        label=edition.label,
        effective_from=edition.effective_from,
        effective_to=edition.effective_to,
        origin=book.book,
        rows=sum(len(main_term.terms) for main_term in book.main_terms),
        codes=documents.codes,
        documents=documents,
    )


def lines(books: Iterable[AlphabeticIndex], edition: Edition) -> list[Query]:
    """Return a sample of the lines of books as queries, those left out that have just the words of a title or a term.

    Lines of the same words are one query, which any of their codes answers.
    """
    complete = _complete_codes(edition)
    named = {
        _words(name)
        for entry in edition.entries
        if entry.level is Level.CODE
        for name in (entry.title, *entry.inclusion_terms)
    }
    queries: dict[frozenset[str], Query] = {}
    for book in books:
        for main_term in book.main_terms:
            for phrase, code in _phrases(book, main_term):
                words = _words(phrase)
                if code in complete and words not in named:
                    query = queries.setdefault(words, Query(phrase, ()))
                    queries[words] = replace(query, codes=tuple(dict.fromkeys((*query.codes, *complete[code]))))
    return sampled(queries.values(), _LINES)


def _complete_codes(edition: Edition) -> dict[str, Sequence[str]]:
    """Return the codes of an edition that lack nothing or only the seventh character, each with those that mean it.

    The index prints no seventh character: the initial encounter is then as right as the code without.
    """
    complete: dict[str, Sequence[str]] = {}
    for entry in edition.entries:
        if entry.level is Level.CODE and entry.billable:
            complete[entry.code] = (entry.code,)
            if len(entry.code) == _WITH_SEVENTH_CHARACTER and entry.code.endswith("A"):
                complete[entry.parent] = (entry.parent, entry.code)
    return complete


def _phrases(book: AlphabeticIndex, main_term: MainTerm) -> Iterator[tuple[str, str]]:
    """Yield what a coder says for each line, without nonessential modifiers, and its code; of a table one column."""
    for position, term in enumerate(main_term.terms):
        codes = [("", term.code)] if term.code else list(book.in_columns(term))
        if codes:
            path = [main_term.terms[each] for each in main_term.line(position)]
            column, code = drawn(f"{main_term.id} {position}").choice(codes)
            phrase = phrases([replace(each, title=each.name) for each in path], column)[0]
            yield _PARENTHESES.sub("", phrase), code


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
