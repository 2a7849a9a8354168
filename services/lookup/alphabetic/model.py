"""The Alphabetic Index of ICD-10-CM: main terms, the subterms under them, and the codes they lead to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

# A code as the index prints it: the dash says that characters are missing, which the tabular list gives.
INDEX_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?(?:\.?-)?", re.ASCII)

_BLANKS = re.compile(r"\s+")
_BLANK_BEFORE_COMMA = re.compile(r"\s+(?=[,;])")


class Book(StrEnum):
    """A part of the Alphabetic Index; the two tables have a code in each of several columns."""

    DISEASES = "diseases"
    EXTERNAL_CAUSES = "external_causes"
    NEOPLASMS = "neoplasms"
    DRUGS = "drugs"


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the index.

    `level` is 0 for a main term and 1 to 9 for a subterm, which belongs to the nearest line above it of the level
    before. `title` is as printed: the words in parentheses are nonessential modifiers, whose presence or absence does
    not change the code (ICD-10-CM Official Guidelines, Section I.A.7). `code` is as printed, with its dash where
    characters are missing (C79.8-); `brackets` stands in brackets after it, the code of the manifestation that is coded
    second (Section I.A.13). `see` and `see_also` are cross references as printed, `category` is the category or
    subcategory to see. `cells` are the codes in the columns of a table, empty where a column has none.
    """

    level: int
    title: str
    code: str = ""
    brackets: str = ""
    see: str = ""
    see_also: str = ""
    category: str = ""
    cells: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The title without its nonessential modifiers; the whole title when there is nothing else."""
        if "(" not in self.title:
            return self.title
        words = "".join(text for text, inside in _parenthesised(self.title) if not inside)
        return _BLANK_BEFORE_COMMA.sub("", _BLANKS.sub(" ", words)).strip() or self.title

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The nonessential modifiers, without their parentheses."""
        return tuple(text[1:].removesuffix(")") for text, inside in _parenthesised(self.title) if inside)

    @property
    def printed(self) -> str:
        """The code with what stands in brackets after it; empty when the line has neither."""
        return f"{self.code} [{self.brackets}]".lstrip() if self.brackets else self.code

    def codes(self) -> Iterator[str]:
        """Yield the codes the line leads to other than by a column, as printed, each once."""
        for code in dict.fromkeys((self.code, self.brackets, self.category)):
            if INDEX_CODE.fullmatch(code):
                yield code


@dataclass(frozen=True)
class MainTerm:
    """A main term with everything under it, in printed order: `terms` begins with the main term itself.

    `id` is unique in its book.
    """

    id: str
    letter: str
    terms: tuple[Term, ...]

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """The position of the line above each; -1 above the main term."""
        parents: list[int] = []
        above = [-1] * 11
        for position, term in enumerate(self.terms):
            parents.append(above[term.level])
            above[term.level + 1] = position
        return tuple(parents)

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """The positions of the subterms right under each line that has any."""
        children: dict[int, list[int]] = {}
        for position, parent in enumerate(self.parents):
            children.setdefault(parent, []).append(position)
        return children

    def line(self, position: int) -> list[int]:
        """Return the positions from the main term to a line, both included."""
        line = [position]
        while self.parents[line[-1]] >= 0:
            line.append(self.parents[line[-1]])
        return line[::-1]

    def path(self, position: int) -> tuple[str, ...]:
        """Return the names from the main term to a line."""
        return tuple(self.terms[each].name for each in self.line(position))


@dataclass(frozen=True, slots=True)
class AlphabeticIndex:
    """One book of the index. `columns` are the headings of the codes of a table, none for an index."""

    book: Book
    columns: tuple[str, ...]
    main_terms: tuple[MainTerm, ...]

    def in_columns(self, term: Term) -> Iterator[tuple[str, str]]:
        """Yield the codes that a line has in columns, as printed, each after the heading of its column."""
        # A line without a code in any column has no cells.
        for column, code in zip(self.columns, term.cells, strict=False):
            if code:
                yield column, code


@dataclass(frozen=True, slots=True)
class Reference:
    """A cross reference: its text as printed and where it leads, as far as that is known.

    `book` is the book it leads into, None when it leads nowhere; `term` the id of the line, empty where only the text
    tells it; `whole` says that the line is the very one that is named, not the nearest above it. `code` is a code that
    the text names.
    """

    text: str
    book: Book | None = None
    term: str = ""
    whole: bool = False
    code: str = ""


def term_id(main_term: str, position: int) -> str:
    """Return the id of a line: that of its main term and, for a subterm, its position."""
    return f"{main_term}.{position}" if position else main_term


def split_id(id: str) -> tuple[str, int]:
    """Return the main term and the position of the line of an id."""
    main_term, dot, position = id.rpartition(".")
    return (main_term, int(position)) if dot and position.isascii() and position.isdigit() else (id, 0)


def _parenthesised(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of a text, and whether each stands in parentheses (with those inside it)."""
    depth = start = 0
    for position, character in enumerate(text):
        if character == "(":
            if not depth:
                yield text[start:position], False
                start = position
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            if not depth:
                yield text[start : position + 1], True
                start = position + 1
    yield text[start:], depth > 0
