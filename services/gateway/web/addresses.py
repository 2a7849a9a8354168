"""The addresses of the pages, and how they name the code systems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.words import SYSTEM_WORDS


@dataclass(frozen=True, slots=True)
class Book:
    """A code system: how addresses name it (`word`) and how people do (`name`)."""

    system: lookup.CodeSystem.ValueType
    word: str
    name: str


BOOKS = {
    system: Book(system, SYSTEM_WORDS[system], name)
    for system, name in (
        (lookup.CODE_SYSTEM_ICD10CM, "ICD-10-CM"),
        (lookup.CODE_SYSTEM_ICD10PCS, "ICD-10-PCS"),
        (lookup.CODE_SYSTEM_HCPCS, "HCPCS Level II"),
        (lookup.CODE_SYSTEM_CPT, "CPT"),
    )
}


def code_page(book: Book, code: str, effective_on: str = "") -> str:
    """Return the address of a code's page; `effective_on` is the date of service, empty for today."""
    return f"/codes/{book.word}/{quote(code, safe='')}{_date(effective_on)}"


def browse(book: Book, under: str = "", effective_on: str = "") -> str:
    """Return the address of what stands below an entry, or of the top of the book."""
    path = f"/browse/{book.word}/{quote(under, safe='')}" if under else f"/browse/{book.word}"
    return path + _date(effective_on)


def browse_range(book: Book, first: str, last: str, effective_on: str = "") -> str:
    """Return the address of a range of codes, both ends included."""
    return with_parameters(f"/browse/{book.word}", {"first": first, "last": last, "effective_on": effective_on})


def entry_page(entry: lookup.Entry, effective_on: str = "") -> str:
    """Return where a line of the book leads: to the lines below it, or to the code page when there are none."""
    book = BOOKS[entry.system]
    if entry.has_children or entry.level != lookup.LEVEL_CODE:
        return browse(book, entry.code, effective_on)
    return code_page(book, entry.code, effective_on)


def with_parameters(path: str, parameters: Mapping[str, str | Iterable[str]]) -> str:
    """Return the address of `path` with the parameters that are not empty."""
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def _date(effective_on: str) -> str:
    return f"?{urlencode({'effective_on': effective_on})}" if effective_on else ""
