"""The addresses of the pages, and how they name the code systems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request

from services.gateway.words import INDEX_BOOK_WORDS, SOURCE_WORDS, SYSTEM_WORDS

# Of an address to go on to, in characters.
_LONGEST = 2_000


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
        (lookup.CODE_SYSTEM_ICD9CM, "ICD-9-CM"),
    )
}

# How people name the books of the alphabetic index.
INDEX_BOOKS = {
    lookup.INDEX_BOOK_DISEASES: "Index to Diseases and Injuries",
    lookup.INDEX_BOOK_EXTERNAL_CAUSES: "External Cause of Injuries Index",
    lookup.INDEX_BOOK_NEOPLASMS: "Table of Neoplasms",
    lookup.INDEX_BOOK_DRUGS: "Table of Drugs and Chemicals",
}

# How people name the books of coding rules.
BOOKS_OF_RULES = {
    lookup.FACT_SOURCE_ICD10CM_GUIDELINES: "ICD-10-CM Official Guidelines for Coding and Reporting",
    lookup.FACT_SOURCE_NCCI_POLICY_MANUAL: "NCCI Policy Manual",
}


def code_page(book: Book, code: str, effective_on: str = "") -> str:
    """Return the address of a code's page; `effective_on` is the date of service, empty for today."""
    return f"/codes/{book.word}/{quote(code, safe='')}{_date(effective_on)}"


def specify(book: Book, code: str, effective_on: str = "") -> str:
    """Return the address of the choices around a code."""
    return f"/codes/{book.word}/{quote(code, safe='')}/specify{_date(effective_on)}"


def browse(book: Book, under: str = "", effective_on: str = "") -> str:
    """Return the address of what stands below an entry, or of the top of the book."""
    path = f"/browse/{book.word}/{quote(under, safe='')}" if under else f"/browse/{book.word}"
    return path + _date(effective_on)


def browse_range(book: Book, first: str, last: str, effective_on: str = "") -> str:
    """Return the address of a range of codes, both ends included."""
    return with_parameters(f"/browse/{book.word}", {"first": first, "last": last, "effective_on": effective_on})


def browse_around(book: Book, code: str, effective_on: str = "") -> str:
    """Return the address of a code among its neighbours in the book."""
    return with_parameters(f"/browse/{book.word}", {"around": code, "effective_on": effective_on})


def procedure_page(code: str, effective_on: str = "") -> str:
    """Return the address of the page of a procedure code, CPT or HCPCS: those of HCPCS begin with a letter."""
    return code_page(
        BOOKS[lookup.CODE_SYSTEM_HCPCS if code[:1].isalpha() else lookup.CODE_SYSTEM_CPT], code, effective_on
    )


def passage(source: lookup.FactSource.ValueType, id: str, effective_on: str = "") -> str:
    """Return the address of a section of the guidelines or of the policy manual, by its path."""
    return f"/guidelines/{SOURCE_WORDS[source]}/{quote(id, safe='')}{_date(effective_on)}"


def contents(source: lookup.FactSource.ValueType, effective_on: str = "") -> str:
    """Return the address of what a book of rules is made of."""
    return f"/guidelines/{SOURCE_WORDS[source]}{_date(effective_on)}"


def index_book(book: lookup.IndexBook.ValueType, effective_on: str = "", **shown: str) -> str:
    """Return the address of a book of the alphabetic index, or of what is `shown` of it: a prefix, find."""
    return with_parameters(f"/index/{INDEX_BOOK_WORDS[book]}", {**shown, "effective_on": effective_on})


def index_term(book: lookup.IndexBook.ValueType, term: str, effective_on: str = "") -> str:
    """Return the address of a line of the alphabetic index, by its id."""
    return with_parameters(f"/index/{INDEX_BOOK_WORDS[book]}", {"term": term, "effective_on": effective_on})


def entry_page(entry: lookup.Entry, effective_on: str = "") -> str:
    """Return where a line of the book leads: to the lines below it, or to the code page when there are none."""
    book = BOOKS[entry.system]
    if entry.has_children or entry.level != lookup.LEVEL_CODE:
        return browse(book, entry.code, effective_on)
    return code_page(book, entry.code, effective_on)


def compare(names: Iterable[str], effective_on: str = "", **more: str) -> str:
    """Return the address of codes side by side, each named as "E11.9" or with its system as "icd10cm:E11.9"."""
    return with_parameters("/compare", {"codes": ",".join(names), "effective_on": effective_on, **more})


def with_parameters(path: str, parameters: Mapping[str, str | Iterable[str]]) -> str:
    """Return the address of `path` with the parameters that are not empty."""
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def here(request: Request) -> str:
    """Return the address that a request asks for, as it stands behind the host."""
    url = request.url
    return f"{url.path}?{url.query}" if url.query else url.path


def before_form(request: Request) -> str:
    """Return the page whose form was sent to the address of a request: that of its code, CasePilot, or the account."""
    if request.url.path.startswith("/casepilot"):
        return "/casepilot"
    return request.url.path.rpartition("/")[0] if "code" in request.path_params else "/account"


def casepilot(conversation_id: str = "", **parameters: str) -> str:
    """Return the address of CasePilot, or of a stored conversation with it, with the parameters that are not empty."""
    path = f"/casepilot/{quote(conversation_id, safe='')}" if conversation_id else "/casepilot"
    return with_parameters(path, parameters)


def log_in(then: str = "") -> str:
    """Return the address of the log-in, which leads on to the address `then`."""
    return with_parameters("/login", {"next": then})


def local(text: str) -> str:
    """Return an address that a caller names to go on to; empty for one that is not, or may not be, of this site.

    Browsers read a backslash as a slash, two slashes as another host, and leave out tabs and line ends.
    """
    is_path = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return text if is_path and text.isprintable() and len(text) <= _LONGEST else ""


def _date(effective_on: str) -> str:
    return f"?{urlencode({'effective_on': effective_on})}" if effective_on else ""
