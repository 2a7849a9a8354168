"""A code page as its template shows it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web import addresses
from services.gateway.web.addresses import Book
from services.gateway.web.sections.coverage import coverage
from services.gateway.web.sections.crosswalks import crosswalks
from services.gateway.web.sections.edits import edits
from services.gateway.web.sections.fees import fees
from services.gateway.web.sections.history import history
from services.gateway.web.sections.modifiers import modifiers
from services.gateway.web.sections.notes import notes
from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import dates

# What follows the descriptions, in the order of the page, by the field of the answer that holds it. Each is shown by
# the template of its name.
_SECTIONS: dict[str, tuple[str, Callable[[Any, Place], object]]] = {
    "notes": ("Guidelines and notes", notes),
    "modifiers": ("Modifiers", modifiers),
    "crosswalks": ("Crosswalks", crosswalks),
    "edits": ("NCCI edits and MUE", edits),
    "fees": ("Medicare fees", fees),
    "coverage": ("Medicare coverage", coverage),
    "history": ("History", history),
}


class Section(NamedTuple):
    """One section; `content` is None when it is not open to the caller."""

    name: str
    title: str
    content: object


def sections(found: lookup.GetCodePageResponse, book: Book, effective_on: str = "") -> list[Section]:
    """Return the sections that concern the code system."""
    place = Place(book, found.entry.code, effective_on)
    shown = []
    for name, (title, content) in _SECTIONS.items():
        message = getattr(found, name)
        if message.availability == lookup.AVAILABILITY_LOCKED:
            shown.append(Section(name, title, None))
        elif message.availability != lookup.AVAILABILITY_UNSPECIFIED:
            shown.append(Section(name, title, content(message, place)))
    return shown


def validity(entry: lookup.Entry) -> str:
    """Return the dates of service that a code itself is valid for; empty where its release sets none."""
    return dates(entry.effective_from, entry.effective_to)


def specify(entry: lookup.Entry, book: Book, effective_on: str = "") -> str:
    """Return where a code is made specific; empty for one that is, as far as its title says."""
    if book.system != lookup.CODE_SYSTEM_ICD10CM or entry.number_only:
        return ""
    open_ended = not entry.billable or "unspecified" in entry.title.lower()
    return addresses.specify(book, entry.code, effective_on) if open_ended else ""


def official_missing(found: lookup.GetCodePageResponse, book: Book) -> str:
    """Return why there is no official description; empty when there is one."""
    if found.official_description.availability == lookup.AVAILABILITY_AVAILABLE:
        return ""
    if found.entry.number_only:
        return f"The official description needs {licensed_file(book)}, which is not loaded here."
    return "The source of the official description is not loaded here: nothing is known."


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
