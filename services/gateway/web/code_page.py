"""A code page as its template shows it."""

from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup

from services.gateway.web.addresses import Book
from services.gateway.web.lines import Line, crumb
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

# The sections that only members may read, by the field of the answer that holds them.
_MEMBER_SECTIONS = {"notes": "Notes"}


class NoteLine(NamedTuple):
    """One note; `nested` when it belongs to a line above that ends with a colon."""

    html: Markup
    nested: bool


class Source(NamedTuple):
    """The notes printed under one entry; `ancestor` is None when it is the code itself."""

    ancestor: Line | None
    notes: list[NoteLine]


class Notation(NamedTuple):
    """All notes of one notation, the code's own first, then those of each ancestor upwards."""

    style: str
    title: str
    meaning: str
    sources: list[Source]


def notations(notes: lookup.Notes, book: Book, effective_on: str = "") -> list[Notation]:
    """Return the notes by notation."""
    found: dict[lookup.NoteKind.ValueType, list[Source]] = {kind: [] for kind in _NOTATIONS}
    for group in notes.groups:
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
            found[kind].append(Source(ancestor, lines))
    return [Notation(*_NOTATIONS[kind], sources) for kind, sources in found.items() if sources]


def locked(found: lookup.GetCodePageResponse) -> list[str]:
    """Return the headings of the sections that are not open to the caller."""
    return [
        heading
        for field, heading in _MEMBER_SECTIONS.items()
        if getattr(found, field).availability == lookup.AVAILABILITY_LOCKED
    ]


def official_missing(found: lookup.GetCodePageResponse, book: Book) -> str:
    """Return why there is no official description; empty when there is one."""
    if found.entry.number_only:
        return f"The official description needs {licensed_file(book)}, which is not loaded here."
    return missing("official description", found.official_description.availability)


def common_missing(description: lookup.CommonLanguageDescription) -> str:
    """Return why there is no description in common language; empty when there is one."""
    if description.availability == lookup.AVAILABILITY_AVAILABLE:
        return ""
    if description.availability == lookup.AVAILABILITY_NONE:
        return "Nobody has described this code in common language yet."
    return "The descriptions in common language are not loaded here."


def licensed_file(book: Book) -> str:
    """Return what the titles of a system come from."""
    return f"the {'licensed' if book.system == lookup.CODE_SYSTEM_CPT else 'official'} {book.name} file"


def missing(what: str, availability: lookup.Availability.ValueType) -> str:
    """Return why a section is empty; empty when it is not."""
    if availability == lookup.AVAILABILITY_AVAILABLE:
        return ""
    if availability == lookup.AVAILABILITY_NONE:
        return f"The edition prints no {what} for this code."
    return f"The source of the {what} is not loaded here: nothing is known."
