"""Reads the ICD-10-CM tabular list of CDC/NCHS, an XML file (schema: icd10cm_tabular.xsd).

The list prints S52.501 and, at the category S52, the seventh characters that its codes take; the codes that are billed,
S52.501A and so on, have no element of their own and are composed here.

The parser is the standard library's: expat from 2.4.1 on limits what entities may expand to, it fetches nothing, and a
document type declaration is refused before parsing (no published file has one).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from services.lookup.codes.model import Entry, Level, Note, NoteKind
from services.lookup.sources.errors import SourceError
from services.lookup.sources.icd10cm_code import CATEGORY, PRINTED
from services.lookup.sources.icd10cm_seventh import Definition, Restriction, definitions, extended, restriction
from services.lookup.sources.xmltext import text_of

_HEAD = 4096
# What may stand before the root element: a byte order mark, processing instructions, comments; not <!DOCTYPE.
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?(?>.*?\?>)|<!--(?>.*?-->))*"
    rb"<ICD10CM\.tabular(?![^>]*isAddenda\s*=\s*[\"']true)[\s>]",
    re.DOTALL,
)
_YEAR = re.compile(r"20\d\d", re.ASCII)
_CHAPTER = re.compile(r"\d{1,2}", re.ASCII)
_SECTION = re.compile(rf"({CATEGORY})(?:-({CATEGORY}))?")
_NOTE_KINDS = {
    "includes": NoteKind.INCLUDES,
    "excludes1": NoteKind.EXCLUDES1,
    "excludes2": NoteKind.EXCLUDES2,
    "codeFirst": NoteKind.CODE_FIRST,
    "useAdditionalCode": NoteKind.USE_ADDITIONAL_CODE,
    "codeAlso": NoteKind.CODE_ALSO,
    "notes": NoteKind.NOTE,
    "sevenChrNote": NoteKind.SEVENTH_CHARACTER,
}


@dataclass(frozen=True, slots=True)
class TabularList:
    """The fiscal year the list says it is of, None when it does not say, and its entries in book order."""

    fiscal_year: int | None
    entries: list[Entry]


def is_tabular_list(head: bytes) -> bool:
    """Tell from the first bytes whether this is a full tabular list (an addenda has the same root element)."""
    return _START.match(head) is not None


def read_tabular_list(stream: IO[bytes], file: str) -> TabularList:
    """Read chapters, sections and codes in book order, with every code that takes a seventh character expanded.

    Raises SourceError for another root element, XML that is cut or broken, an entry without a proper name or title, a
    code given twice or below a code that does not begin it, a rule on seventh characters that is not known here, and a
    list without codes.
    """
    fiscal_year = None
    book = _Book(file)
    for element in _parts(stream, file):
        if element.tag == "chapter":
            book.add_chapter(element)
        else:
            fiscal_year = _fiscal_year(element, file)
        # One chapter at a time is held in memory.
        element.clear()
    if not any(entry.level is Level.CODE for entry in book.entries):
        raise SourceError(file, None, "expected codes, found none")
    return TabularList(fiscal_year, book.entries)


def _parts(stream: IO[bytes], file: str) -> Iterator[Element]:
    """Yield the version and each chapter as soon as it is complete."""
    if not is_tabular_list(stream.read(_HEAD)):
        raise SourceError(file, None, "expected XML with the root element <ICD10CM.tabular> of a full tabular list")
    stream.seek(0)
    try:
        for _, element in ElementTree.iterparse(stream):  # noqa: S314 - see the top of this file
            if element.tag in ("version", "chapter"):
                yield element
    except ElementTree.ParseError as error:
        raise SourceError(file, error.position[0], f"expected complete, well-formed XML: {error.msg}") from error
    except (LookupError, ValueError) as error:
        raise SourceError(file, None, f"expected XML in an encoding that is known: {error}") from error


@dataclass(slots=True)
class _Printed:
    """What is printed under an entry."""

    inclusion_terms: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    seventh: list[Definition] = field(default_factory=list)


class _Span(NamedTuple):
    """A chapter or section that others lie in, with the seventh characters defined for it."""

    id: str
    first: str
    last: str
    seventh: Sequence[Definition]


class _Book:
    """Collects the entries in book order."""

    def __init__(self, file: str) -> None:
        self.entries: list[Entry] = []
        self._file = file
        self._codes: set[str] = set()
        self._restrictions: list[Restriction] = []

    def add_chapter(self, element: Element) -> None:
        """Add a chapter and everything in it."""
        chapter = text_of(element.find("name"))
        if not _CHAPTER.fullmatch(chapter):
            raise self._error(f"expected the number of a chapter, found {chapter!r}")
        printed = self._printed(element, chapter)
        self._add(chapter, Level.CHAPTER, _title(element), "", printed)
        above = [_Span(chapter, "", "~", printed.seventh)]
        for section in element.findall("section"):
            self._add_section(section, above)

    def _add_section(self, element: Element, above: list[_Span]) -> None:
        """Add a section and its codes; `above` is where the section before stands and ends with that section.

        The file lists sections flat, a wider one (C00-C96) before the narrower ones (C00-C14) that lie in it.
        """
        name = _SECTION.fullmatch(element.get("id", ""))
        first, last = (name[1], name[2] or name[1]) if name else ("", "")
        if not first or first > last:
            raise self._error(f"expected the range of a section, found {element.get('id')!r}")
        while not above[-1].first <= first <= last <= above[-1].last:
            above.pop()
        # A section of one category is named B20-B20, for B20 is the category.
        section = f"{first}-{last}"
        printed = self._printed(element, section)
        self._add(section, Level.SECTION, _title(element), above[-1].id, printed)
        above.append(_Span(section, first, last, printed.seventh or above[-1].seventh))
        for category in element.findall("diag"):
            self._add_code(category, section, "", above[-1].seventh)

    def _add_code(self, element: Element, parent: str, prefix: str, seventh: Sequence[Definition]) -> None:
        """Add a code and what is below it; `prefix` is the code above, `seventh` what is defined nearest above."""
        code = text_of(element.find("name"))
        if not PRINTED.fullmatch(code) or not code.startswith(prefix) or ("." in code) != bool(prefix):
            raise self._error(f"expected {f'a code below {prefix}' if prefix else 'a category'}, found {code!r}")
        title = _title(element)
        printed = self._printed(element, code)
        seventh = printed.seventh or seventh
        narrower = element.findall("diag")
        self._add(code, Level.CODE, title, parent, printed, billable=not narrower and not seventh)
        for child in narrower:
            self._add_code(child, code, code, seventh)
        if not narrower:
            self._expand(code, title, seventh)

    def _expand(self, code: str, title: str, seventh: Sequence[Definition]) -> None:
        """Add the codes that a code without narrower ones makes with its seventh characters."""
        for definition in seventh:
            character, meaning = definition.character.character, definition.character.meaning
            if any(each.forbids(code, character) for each in self._restrictions):
                continue
            expanded = extended(code, character)
            if not PRINTED.fullmatch(expanded):
                raise self._error(f"expected a code of at most six characters before the seventh, found {code}")
            printed = _Printed(list(definition.inclusion_terms))
            self._add(expanded, Level.CODE, f"{title}, {meaning}", code, printed, billable=True)

    def _add(
        self, code: str, level: Level, title: str, parent: str, printed: _Printed, *, billable: bool = False
    ) -> None:
        if code in self._codes:
            raise self._error(f"{level} {code} is given twice")
        if not title:
            raise self._error(f"expected a title for {level} {code}")
        self._codes.add(code)
        self.entries.append(
            Entry(
                code=code,
                level=level,
                title=title,
                parent=parent,
                order=len(self.entries) + 1,
                billable=billable,
                inclusion_terms=tuple(printed.inclusion_terms),
                notes=tuple(printed.notes),
                seventh_characters=tuple(definition.character for definition in printed.seventh),
            )
        )

    def _printed(self, element: Element, id_: str) -> _Printed:
        """Read what is printed under an entry and remember the restrictions on seventh characters in it."""
        printed = _Printed()
        try:
            for child in element:
                if child.tag == "inclusionTerm":
                    printed.inclusion_terms += _texts(child)
                elif child.tag == "sevenChrDef":
                    printed.seventh, own_terms = definitions(child)
                    printed.inclusion_terms += own_terms
                elif child.tag == "visualImpairment":
                    printed.notes += (Note(NoteKind.NOTE, row) for row in _table(child))
                elif kind := _NOTE_KINDS.get(child.tag):
                    printed.notes += (Note(kind, text) for text in _texts(child))
            self._restrictions += filter(None, (restriction(note.text) for note in printed.notes))
        except ValueError as error:
            raise self._error(f"{id_}: {error}") from error
        return printed

    def _error(self, message: str) -> SourceError:
        return SourceError(self._file, None, message)


def _fiscal_year(element: Element, file: str) -> int:
    version = text_of(element)
    if not _YEAR.fullmatch(version):
        raise SourceError(file, None, f"expected a year as <version>, found {version!r}")
    return int(version)


def _title(element: Element) -> str:
    return text_of(element.find("desc"))


def _texts(element: Element) -> list[str]:
    return [text for note in element.findall("note") if (text := text_of(note))]


def _table(element: Element) -> Iterator[str]:
    """Write the table of visual impairment (H54.8) as one line for each category."""
    name, acuity, highest, lowest = (text_of(heading) for heading in element.iter("heading"))
    for row in element.findall("visCategory"):
        if category := text_of(row.find("value")):
            limits = [
                f"{heading} {', '.join(map(text_of, cells))}"
                for heading, cells in ((highest, row.findall(".//visMax")), (lowest, row.findall(".//visMin")))
                if cells
            ]
            yield f"{name} {category}. {acuity}. {'; '.join(limits)}"
