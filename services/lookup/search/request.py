"""What is asked of a search, and what of it is refused."""

from dataclasses import dataclass

from services.lookup.codes.model import System
from services.runtime.errors import invalid

_MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is searched; the fields are those of the proto message, `effective_on` still as text."""

    query: str
    systems: tuple[System, ...] = ()
    chapters: tuple[str, ...] = ()
    billable: bool | None = None
    effective_on: str = ""
    page_size: int = 0
    page_token: str = ""
    as_typed: bool = False
    prefer_billable: bool = False
    by_category: bool = False
    counted: bool = False


def checked_query(query: str) -> str:
    """Return a query with single spaces between its words; refuse one that cannot be searched.

    A space that ends it stays: it says that the last word is whole.
    """
    text = " ".join(query.split())
    if not 1 <= len(text) <= _MOST_CHARACTERS:
        raise invalid("query", f"expected 1 to {_MOST_CHARACTERS} characters")
    if not text.isprintable():
        raise invalid("query", "expected text without control characters")
    return text + " " if query[-1].isspace() else text
