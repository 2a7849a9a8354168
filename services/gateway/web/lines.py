"""Entries of a book as lines of a page."""

from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web import addresses


class Line(NamedTuple):
    """One entry. `status` is "billable", "header" (a code that needs more characters) or empty; `depth` indents."""

    label: str
    title: str
    href: str
    status: str
    depth: int


def line(entry: lookup.Entry, effective_on: str = "") -> Line:
    """Return an entry as a line that leads to what stands below it, or to its page."""
    return Line(label(entry), title(entry), addresses.entry_page(entry, effective_on), status(entry), _depth(entry))


def code_line(entry: lookup.Entry, effective_on: str = "") -> Line:
    """Return a code as a line that leads to its page."""
    href = addresses.code_page(addresses.BOOKS[entry.system], entry.code, effective_on)
    return Line(label(entry), title(entry), href, status(entry), 0)


def crumb(entry: lookup.Entry, effective_on: str = "") -> Line:
    """Return an ancestor as a line that leads to its place in the book."""
    href = addresses.browse(addresses.BOOKS[entry.system], entry.code, effective_on)
    return Line(label(entry), title(entry), href, "", 0)


def label(entry: lookup.Entry) -> str:
    """Return how a page names an entry in its margin: Ch. 4, E08-E13, E11.9; the sections of ICD-10-PCS are 0 to X."""
    has_chapters = entry.system == lookup.CODE_SYSTEM_ICD10CM
    return f"Ch. {entry.code}" if has_chapters and entry.level == lookup.LEVEL_CHAPTER else entry.code


def title(entry: lookup.Entry) -> str:
    """Return the title of an entry, or what is said of one whose official release is not loaded."""
    return "Official title not loaded" if entry.number_only else entry.title


def status(entry: lookup.Entry) -> str:
    """Return whether an entry may be submitted; empty when it is not a code, or when that is not known."""
    if entry.level != lookup.LEVEL_CODE or entry.number_only:
        return ""
    return "billable" if entry.billable else "header"


def _depth(entry: lookup.Entry) -> int:
    """Return how many characters a code of ICD-10-CM has beyond those of its category."""
    if entry.level != lookup.LEVEL_CODE or entry.system != lookup.CODE_SYSTEM_ICD10CM:
        return 0
    return max(len(entry.code.replace(".", "")) - 3, 0)
