"""The index of a book of the Alphabetic Index: documents of its letters, its main terms and the codes it leads to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.lookup.alphabetic.model import (
    AlphabeticIndex,
    Book,
    MainTerm,
    Reference,
    Term,
    split_id,
    term_id,
)
from services.lookup.alphabetic.phrases import phrases
from services.lookup.alphabetic.references import References
from services.lookup.codes.notation import compact
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import FactKind
from services.lookup.facts.source import Source

SOURCES = {
    Book.DISEASES: Source.INDEX_DISEASES,
    Book.EXTERNAL_CAUSES: Source.INDEX_EXTERNAL_CAUSES,
    Book.NEOPLASMS: Source.TABLE_NEOPLASMS,
    Book.DRUGS: Source.TABLE_DRUGS,
}
LETTERS_ID = "letters"
# The lines of one document of a main term: no document is larger than some 100 kB.
PART_LINES = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the index as it is shown: the term, its id, and where its cross references lead."""

    id: str
    term: Term
    see: Reference | None = None
    see_also: Reference | None = None


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a book with the count of their main terms, and the headings of the columns of a table."""

    columns: tuple[str, ...]
    letters: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MainTermLine:
    """A main term in the list of its letter, with the count of the subterms under it."""

    line: Line
    subterms: int


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a main term: its lines from position `first` on.

    `above` are the lines over the first; `next_level` is the level of the line after the last, 0 at the end.
    """

    first: int
    above: tuple[Line, ...]
    lines: tuple[Line, ...]
    next_level: int


class Pointer(NamedTuple):
    """A line that leads to a code: its id, the names down to it, and the code as printed there.

    `column` is the heading of the column that has the code; empty outside the tables.
    """

    term: str
    path: tuple[str, ...]
    printed: str
    column: str


def letter_id(letter: str) -> str:
    """Return the id of the document of a letter."""
    return f"letter-{letter}"


def part_id(term: str) -> str:
    """Return the id of the document that holds a line."""
    main_term, position = split_id(term)
    number = position // PART_LINES
    return f"term-{main_term}.{number}" if number else f"term-{main_term}"


def part_ids(main_term: str, lines: int) -> list[str]:
    """Return the ids of the documents that hold all lines of a main term, in order."""
    return [part_id(term_id(main_term, first)) for first in range(0, lines, PART_LINES)]


def code_id(code: str) -> str:
    """Return the id of the document of a code, written with or without its dot and the dash of one not complete."""
    return f"code-{compact(code).removesuffix('-')}"


def phrases_id(code: str) -> str:
    """Return the id of the document of what coders would say for a code."""
    return f"phrases-{compact(code).removesuffix('-')}"


class IndexDocuments:
    """The documents of a book."""

    def __init__(self, index: AlphabeticIndex) -> None:
        self._index = index
        self._references = References(index)
        self._letters: dict[str, list[MainTerm]] = {}
        for main_term in index.main_terms:
            self._letters.setdefault(main_term.letter, []).append(main_term)
        self._pointers: dict[str, list[tuple[MainTerm, int, str, str]]] = {}
        # What a coder would say for the lines that lead to a code.
        self._phrases: dict[str, dict[str, None]] = {}
        for main_term in index.main_terms:
            self._point(main_term)

    @property
    def codes(self) -> int:
        """How many codes the book leads to."""
        return len(self._pointers)

    def __len__(self) -> int:
        parts = sum(len(part_ids(main_term.id, len(main_term.terms))) for main_term in self._index.main_terms)
        return 1 + len(self._letters) + parts + len(self._pointers) + len(self._phrases)

    def __iter__(self) -> Iterator[Document]:
        letters = [[letter, len(main_terms)] for letter, main_terms in self._letters.items()]
        yield LETTERS_ID, {"columns": list(self._index.columns), "letters": letters}
        for letter, main_terms in self._letters.items():
            lines = [[each.id, self._values(each.terms[0]), len(each.terms) - 1] for each in main_terms]
            yield letter_id(letter), {"main_terms": lines}
        for main_term in self._index.main_terms:
            for first in range(0, len(main_term.terms), PART_LINES):
                yield part_id(term_id(main_term.id, first)), self._part(main_term, first)
        for id, pointers in self._pointers.items():
            yield id, {"pointers": [_pointer_values(*pointer) for pointer in pointers]}
        for id, said in self._phrases.items():
            yield id, {"phrases": list(said)}

    def _part(self, main_term: MainTerm, first: int) -> dict[str, Any]:
        above = main_term.line(first)[:-1]
        end = first + PART_LINES
        return {
            "first": first,
            "above": [[position, self._values(main_term.terms[position])] for position in above],
            "lines": [self._values(term) for term in main_term.terms[first:end]],
            "next_level": main_term.terms[end].level if end < len(main_term.terms) else 0,
        }

    def _point(self, main_term: MainTerm) -> None:
        for position, term in enumerate(main_term.terms):
            for code in term.codes():
                printed = code if code == term.category else term.printed
                self._add_pointer(code, main_term, position, printed, "")
            for column, code in self._index.in_columns(term):
                self._add_pointer(code, main_term, position, code, column)
            if term.see and (place := self._references.place(term.see)) and place.whole:
                named = place.main_term.terms[place.position]
                for column, code in (*(("", code) for code in named.codes()), *self._index.in_columns(named)):
                    self._add_phrases(code, main_term, position, column)

    def _add_pointer(self, code: str, main_term: MainTerm, position: int, printed: str, column: str) -> None:
        self._pointers.setdefault(code_id(code), []).append((main_term, position, printed, column))
        self._add_phrases(code, main_term, position, column)

    def _add_phrases(self, code: str, main_term: MainTerm, position: int, column: str) -> None:
        terms = [main_term.terms[each] for each in main_term.line(position)]
        self._phrases.setdefault(phrases_id(code), {}).update(dict.fromkeys(phrases(terms, column)))

    def _values(self, term: Term) -> list[Any]:
        details: dict[str, Any] = {
            "code": term.code,
            "brackets": term.brackets,
            "see": term.see and _reference_values(self._references.reference(term.see)),
            "see_also": term.see_also and _reference_values(self._references.reference(term.see_also)),
            "category": term.category,
            "cells": list(term.cells),
        }
        return [term.level, term.title, {name: value for name, value in details.items() if value}]


def _reference_values(reference: Reference) -> list[str | bool]:
    return [reference.text, reference.book or "", reference.term, reference.whole, reference.code]


def _pointer_values(main_term: MainTerm, position: int, printed: str, column: str) -> list[Any]:
    return [term_id(main_term.id, position), list(main_term.path(position)), printed, column]


def _read_letters(_: str, facts: Mapping[str, Any]) -> Letters:
    return Letters(tuple(facts["columns"]), tuple((letter, count) for letter, count in facts["letters"]))


def _read_letter(_: str, facts: Mapping[str, Any]) -> tuple[MainTermLine, ...]:
    return tuple(MainTermLine(_read_line(id, values), subterms) for id, values, subterms in facts["main_terms"])


def _read_part(id: str, facts: Mapping[str, Any]) -> Part:
    main_term, _ = split_id(id.removeprefix("term-"))
    first = facts["first"]
    return Part(
        first=first,
        above=tuple(_read_line(term_id(main_term, position), values) for position, values in facts["above"]),
        lines=tuple(_read_line(term_id(main_term, at), values) for at, values in enumerate(facts["lines"], first)),
        next_level=facts["next_level"],
    )


def _read_pointers(_: str, facts: Mapping[str, Any]) -> tuple[Pointer, ...]:
    return tuple(Pointer(term, tuple(path), *rest) for term, path, *rest in facts["pointers"])


def _read_phrases(_: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(facts["phrases"])


def _read_line(id: str, values: list[Any]) -> Line:
    level, title, details = values
    texts = {name: details[name] for name in ("code", "brackets", "category") if name in details}
    see, see_also = (_read_reference(details.get(name)) for name in ("see", "see_also"))
    term = Term(
        level=level,
        title=title,
        see=see.text if see else "",
        see_also=see_also.text if see_also else "",
        cells=tuple(details.get("cells", ())),
        **texts,
    )
    return Line(id, term, see, see_also)


def _read_reference(values: list[Any] | None) -> Reference | None:
    if values is None:
        return None
    text, book, *rest = values
    return Reference(text, Book(book) if book else None, *rest)


LETTERS = {book: FactKind(source, _read_letters) for book, source in SOURCES.items()}
LETTER = {book: FactKind(source, _read_letter) for book, source in SOURCES.items()}
PART = {book: FactKind(source, _read_part) for book, source in SOURCES.items()}
POINTERS = {book: FactKind(source, _read_pointers) for book, source in SOURCES.items()}
PHRASES = {book: FactKind(source, _read_phrases) for book, source in SOURCES.items()}
