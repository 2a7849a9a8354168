"""The guidelines and the notes that govern a code, as its page shows them."""

from itertools import groupby
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup

from services.gateway.web import addresses
from services.gateway.web.addresses import INDEX_BOOKS, Book
from services.gateway.web.lines import Line, crumb
from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import Stated, stated
from services.gateway.web.text import with_code_links

# The order in which a coder needs them: what the code covers, what it does not, what goes with it.
_NOTATIONS = {
    lookup.NOTE_KIND_INCLUDES: ("includes", "Includes", ""),
    lookup.NOTE_KIND_EXCLUDES1: ("excludes1", "Excludes1", "Not coded here: never together with this code."),
    lookup.NOTE_KIND_EXCLUDES2: ("excludes2", "Excludes2", "Not included here: may be coded together with this code."),
    lookup.NOTE_KIND_CODE_FIRST: ("sequence", "Code first", ""),
    lookup.NOTE_KIND_USE_ADDITIONAL_CODE: ("sequence", "Use additional code", ""),
    lookup.NOTE_KIND_CODE_ALSO: ("sequence", "Code also", ""),
    lookup.NOTE_KIND_NOTE: ("note", "Note", ""),
    lookup.NOTE_KIND_SEVENTH_CHARACTER: ("note", "7th character", ""),
}


class NoteLine(NamedTuple):
    """One note; `nested` when it belongs to a line above that ends with a colon."""

    html: Markup
    nested: bool


class NoteSource(NamedTuple):
    """The notes printed under one entry; `ancestor` is None when it is the code itself."""

    ancestor: Line | None
    notes: list[NoteLine]


class Notation(NamedTuple):
    """All notes of one notation, the code's own first, then those of each ancestor upwards."""

    style: str
    title: str
    meaning: str
    sources: list[NoteSource]


class Passage(NamedTuple):
    """A section of a book of rules; `above` are the two titles right above it."""

    id: str
    title: str
    above: str
    paragraphs: list[str]
    href: str


class Guidelines(NamedTuple):
    """The passages that name the code, and the sections of its chapter."""

    source: Stated
    naming: list[Passage]
    chapter: list[Passage]


class IndexLine(NamedTuple):
    """A line of the alphabetic index; `printed` is its code where it is not just the code of the page."""

    path: str
    column: str
    printed: str
    href: str


class IndexBook(NamedTuple):
    """The lines of one book of the index."""

    title: str
    lines: list[IndexLine]


class Index(NamedTuple):
    """The lines that lead to the code; `more` says how many are not here."""

    sources: list[Stated]
    books: list[IndexBook]
    more: str


class Notes(NamedTuple):
    """The section; `gap` says why there are no notes, empty where there are."""

    notations: list[Notation]
    sevenths: list[tuple[str, str]]
    gap: str
    guidelines: Guidelines | None
    index_lines: Index | None


def notes(found: lookup.Notes, place: Place) -> Notes:
    """Return the section as its template shows it."""
    has_guidelines, has_index = found.HasField("guidelines"), found.HasField("index_entries")
    return Notes(
        notations(found, place.book, place.effective_on),
        [(seventh.character, seventh.meaning) for seventh in found.seventh_characters],
        _gap(found),
        _guidelines(found.guidelines, place) if has_guidelines else None,
        _index(found.index_entries, place) if has_index else None,
    )


def notations(found: lookup.Notes, book: Book, effective_on: str = "") -> list[Notation]:
    """Return the notes by notation."""
    by_kind: dict[lookup.NoteKind.ValueType, list[NoteSource]] = {kind: [] for kind in _NOTATIONS}
    for group in found.groups:
        ancestor = crumb(group.entry, effective_on) if group.inherited else None
        lists: dict[lookup.NoteKind.ValueType, list[NoteLine]] = {}
        nested: set[lookup.NoteKind.ValueType] = set()
        for note in group.notes:
            kind, text = note.kind, note.text.lstrip(", ")
            leads = text.endswith(":")
            html = with_code_links(text, book, effective_on)
            lists.setdefault(kind, []).append(NoteLine(html, kind in nested and not leads))
            if leads:
                nested.add(kind)
        for kind, lines in lists.items():
            by_kind[kind].append(NoteSource(ancestor, lines))
    return [Notation(*_NOTATIONS[kind], sources) for kind, sources in by_kind.items() if sources]


def _gap(found: lookup.Notes) -> str:
    if found.groups or found.seventh_characters:
        return ""
    if lookup.AVAILABILITY_NOT_LOADED in (found.availability, found.printed):
        return "The source of the notes is not loaded here: nothing is known."
    return "The edition prints no notes for this code."


def _guidelines(found: lookup.Guidelines, place: Place) -> Guidelines:
    passages = [
        Passage(
            one.id,
            one.title,
            " › ".join(one.above[-2:]),
            one.text.splitlines(),
            addresses.passage(found.status.source, one.id, place.effective_on),
        )
        for one in found.passages
    ]
    return Guidelines(
        stated(found.status, "No passage names this code."),
        [one for one in passages if one.paragraphs],
        [one for one in passages if not one.paragraphs],
    )


def _index(found: lookup.IndexEntries, place: Place) -> Index:
    books = [
        IndexBook(INDEX_BOOKS[book], [_index_line(one, place) for one in lines])
        for book, lines in groupby(found.entries, key=lambda one: one.book)
    ]
    hidden = found.total - len(found.entries)
    more = f"{hidden:,} more lines lead here." if hidden > 0 else ""
    return Index([stated(status, "No line of it leads to this code.") for status in found.sources], books, more)


def _index_line(one: lookup.IndexEntry, place: Place) -> IndexLine:
    printed = "" if one.printed == place.code else one.printed
    href = addresses.index_term(one.book, one.term, place.effective_on)
    return IndexLine(" › ".join(one.path), one.column, printed, href)
