"""Reads the Alphabetic Index of ICD-10-CM of CDC/NCHS: the Index to Diseases and Injuries, the External Cause of
Injuries Index, the Table of Neoplasms and the Table of Drugs and Chemicals.

They are XML files of one form (schemas: icd10cm_index.xsd, icd10cm_drug_neoplasm.xsd). Addenda, which have the same
root element, are not read. expat is used directly because it tells the line of a fault; a document type declaration is
refused before anything in it is looked at.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from services.lookup.alphabetic.model import INDEX_CODE, AlphabeticIndex, Book, MainTerm, Term
from services.lookup.sources.errors import SourceError

_ROOTS = ("ICD10CM.index", "ICD10CM.table")
# What may stand before the root element: a byte order mark, processing instructions, comments; not <!DOCTYPE.
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?(?>.*?\?>)|<!--(?>.*?-->))*"
    rb"<ICD10CM\.(?:index|table)(?![^>]*isAddenda\s*=\s*[\"']true)[\s>]",
    re.DOTALL,
)
_TITLE = re.compile(rb"<title>([^<]*)<")
_HEAD = re.compile(rb"<head\s[^>]*>([^<]*)<")
_YEAR = re.compile(r"20\d\d", re.ASCII)
_TERM = ("mainTerm", "term")
# In which elements each may stand.
_INSIDE = {
    "version": _ROOTS,
    "indexHeading": _ROOTS,
    "head": ("indexHeading",),
    "letter": _ROOTS,
    "mainTerm": ("letter",),
    "term": _TERM,
    "title": (*_ROOTS, "letter", *_TERM),
    "nemod": ("title",),
    **dict.fromkeys(("code", "manif", "see", "seeAlso", "seecat", "subcat", "cell"), _TERM),
}
_WITH_TEXT = _INSIDE.keys() - {"letter", "indexHeading", *_TERM}
_FIELDS = {
    "title": "title",
    "code": "code",
    "manif": "brackets",
    "see": "see",
    "seeAlso": "see_also",
    "seecat": "category",
    "subcat": "category",
}
_DEEPEST = 9
_NO_CODE = ("", "-", "--")
# A modifier that goes on with the word before it: boot(s), Klein(e).
_ENDING = re.compile(r"\((?:[a-z]|es|ry|ing|ism)\)")


def is_disease_index(head: bytes) -> bool:
    """Tell from the first bytes whether this is the Index to Diseases and Injuries."""
    return _book_of_head(head) is Book.DISEASES


def is_external_cause_index(head: bytes) -> bool:
    """Tell from the first bytes whether this is the External Cause of Injuries Index."""
    return _book_of_head(head) is Book.EXTERNAL_CAUSES


def is_neoplasm_table(head: bytes) -> bool:
    """Tell from the first bytes whether this is the Table of Neoplasms."""
    return _book_of_head(head) is Book.NEOPLASMS


def is_drug_table(head: bytes) -> bool:
    """Tell from the first bytes whether this is the Table of Drugs and Chemicals."""
    return _book_of_head(head) is Book.DRUGS


@dataclass(frozen=True, slots=True)
class IndexFile:
    """The fiscal year that a file says it is of, None when it does not say, and the book it holds."""

    fiscal_year: int | None
    index: AlphabeticIndex


def read_alphabetic_index(stream: IO[bytes], file: str) -> IndexFile:
    """Read a book of the Alphabetic Index.

    Raises SourceError for another root element, an addenda, a document type declaration, XML that is cut or broken, an
    element that the form does not have or has elsewhere, a subterm whose level is not that of its place, a term without
    a title, a code that is none, a cell outside the columns, and a book without terms.
    """
    return _Reader(file).read(stream)


def _book_of_head(head: bytes) -> Book | None:
    if not _START.match(head):
        return None
    top = head.partition(b"<letter")[0]
    title, heading = _TITLE.search(top), _HEAD.search(top)
    return _book(*(found[1].decode("utf-8", errors="replace") if found else "" for found in (title, heading)))


def _book(title: str, heading: str) -> Book | None:
    """Tell a book from its title or, a table, from the heading of its first column."""
    if heading:
        return {"neoplasm": Book.NEOPLASMS, "substance": Book.DRUGS}.get(heading.strip().casefold())
    if "external cause" in title.casefold():
        return Book.EXTERNAL_CAUSES
    return Book.DISEASES if "index to diseases" in title.casefold() else None


@dataclass(slots=True)
class _Draft:
    """A term whose element is open."""

    level: int
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    cells: dict[int, str] = field(default_factory=dict)


class _Reader:
    """Takes the elements of one file as they come. Of the text only what makes the terms is kept."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._open: list[str] = []
        self._text: list[str] = []
        self._modifiers: list[str] = []
        self._column = 0
        self._version = self._title = self._letter = ""
        self._headings: dict[int, str] = {}
        self._book: Book | None = None
        self._letters: set[str] = set()
        self._ids: Counter[str] = Counter()
        self._drafts: list[_Draft] = []
        self._open_terms: list[_Draft] = []
        self._main_terms: list[MainTerm] = []

    def read(self, stream: IO[bytes]) -> IndexFile:
        """Read the whole file."""
        try:
            self._expat.ParseFile(stream)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise SourceError(self._file, error.lineno, f"expected complete, well-formed XML: {reason}") from error
        except (LookupError, ValueError) as error:
            raise SourceError(self._file, None, f"expected XML in an encoding that is known: {error}") from error
        if not self._main_terms or self._book is None:
            raise SourceError(self._file, None, "expected main terms, found none")
        columns = tuple(self._headings[column] for column in sorted(self._headings)[1:])
        index = AlphabeticIndex(self._book, columns, tuple(self._main_terms))
        return IndexFile(int(self._version) if self._version else None, index)

    def _doctype(self, *_: object) -> None:
        raise self._error("expected no document type declaration")

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._check_place(tag, attributes)
        self._open.append(tag)
        if tag in _TERM:
            self._open_term(attributes)
        elif tag == "letter":
            self._open_letter()
        elif tag in ("head", "cell"):
            self._column = self._number(attributes.get("col", ""))
        if tag == "nemod":
            self._modifiers = []
        else:
            self._text = []

    def _check_place(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._open:
            if self._open[-1] not in _INSIDE.get(tag, ()):
                raise self._error(f"expected no <{tag}> in <{self._open[-1]}>")
        elif tag not in _ROOTS or attributes.get("isAddenda") == "true":
            raise self._error("expected the root element <ICD10CM.index> of a full index or table")

    def _characters(self, text: str) -> None:
        if text.strip() and self._open[-1] not in _WITH_TEXT:
            raise self._error(f"expected no text in <{self._open[-1]}>, found {text.strip()[:40]!r}")
        (self._modifiers if self._open[-1] == "nemod" else self._text).append(text)

    def _end(self, tag: str) -> None:
        self._open.pop()
        if tag in _TERM:
            self._close_term()
        elif tag == "letter" and not self._letter:
            raise self._error("expected a letter with a <title>")
        elif tag == "nemod":
            # The files have no blank before modifiers, whether the book prints one or not.
            modifiers = "".join(self._modifiers).strip()
            self._text.append(modifiers if _ENDING.match(modifiers) else f" {modifiers}")
        elif tag in _WITH_TEXT:
            self._take(tag, " ".join("".join(self._text).split()))

    def _take(self, tag: str, text: str) -> None:
        """Take the text of an element that has ended."""
        if self._open_terms:
            self._take_of_term(tag, text)
        elif tag == "head":
            if self._column != len(self._headings) + 1:
                raise self._error(f"expected the heading of column {len(self._headings) + 1}, found {self._column}")
            self._headings[self._column] = text
        elif tag == "version":
            if not _YEAR.fullmatch(text):
                raise self._error(f"expected a year as <version>, found {text!r}")
            self._version = text
        elif self._open[-1] == "letter":
            if self._letter or not text or text in self._letters:
                raise self._error(f"expected a letter that was not yet given, found {text!r}")
            self._letters.add(text)
            self._letter = text
        else:
            self._title = text

    def _take_of_term(self, tag: str, text: str) -> None:
        term = self._open_terms[-1]
        if tag == "cell":
            if self._column in term.cells or self._column == 1 or self._column not in self._headings:
                raise self._error(f"expected a cell in a column of its own, found column {self._column}")
            term.cells[self._column] = self._code(text) if text not in _NO_CODE else ""
            return
        name = _FIELDS[tag]
        if name in term.fields:
            raise self._error(f"expected one <{tag}> of a term")
        term.fields[name] = self._code(text) if name in ("code", "category") else text

    def _open_letter(self) -> None:
        if self._book is None:
            self._book = _book(self._title, self._headings.get(1, ""))
        if self._book is None:
            raise self._error("expected the title of an index, or the columns of the table of neoplasms or drugs")
        self._letter = ""

    def _open_term(self, attributes: Mapping[str, str]) -> None:
        level = len(self._open_terms)
        if level:
            found = self._number(attributes.get("level", ""))
            if found != level or level > _DEEPEST:
                raise self._error(f"expected a subterm of level {min(level, _DEEPEST)}, found {found}")
        elif not self._letter:
            raise self._error("expected the <title> of the letter before its main terms")
        draft = _Draft(level, self._expat.CurrentLineNumber)
        self._drafts.append(draft)
        self._open_terms.append(draft)

    def _close_term(self) -> None:
        draft = self._open_terms.pop()
        if not draft.fields.get("title"):
            raise SourceError(self._file, draft.line, "expected a term with a <title>")
        if not self._open_terms:
            terms = tuple(self._term(draft) for draft in self._drafts)
            self._main_terms.append(MainTerm(self._id(terms[0]), self._letter, terms))
            self._drafts.clear()

    def _term(self, draft: _Draft) -> Term:
        columns = range(2, len(self._headings) + 1) if draft.cells else ()
        cells = tuple(draft.cells.get(column, "") for column in columns)
        return Term(draft.level, cells=cells, **draft.fields)

    def _id(self, term: Term) -> str:
        """Return an id made of the name, which makes links that read well; a second one of a name is counted."""
        plain = unicodedata.normalize("NFKD", term.name).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain)[:80].strip("-") or "term"
        self._ids[slug] += 1
        return slug if self._ids[slug] == 1 else f"{slug}--{self._ids[slug]}"

    def _code(self, text: str) -> str:
        if not INDEX_CODE.fullmatch(text):
            raise self._error(f"expected a code, found {text!r}")
        return text

    def _number(self, text: str) -> int:
        if not re.fullmatch(r"\d{1,2}", text, re.ASCII):
            raise self._error(f"expected a number of at most two digits, found {text!r}")
        return int(text)

    def _error(self, message: str) -> SourceError:
        return SourceError(self._file, self._expat.CurrentLineNumber, message)
