"""What lookup answers, as values; the names are those of codingahead.lookup.v1."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.lookup.codes.model import System
from services.lookup.codes.page import CodePage
from services.lookup.codes.record import EntryLine
from services.lookup.edits.model import PtpEdits
from services.lookup.facts.kinds import Answers, Found
from services.lookup.fees.quote import FeesQuery
from services.lookup.releases import ReleaseChoice
from services.lookup.sections import Section
from services.lookup.specificity import Choice
from services.runtime.errors import Refusal


class MatchKind(StrEnum):
    """What of a code matched a query. The values are what the index stores."""

    CODE = "code"
    TITLE = "title"
    INCLUSION_TERM = "inclusion"
    INCLUDES_NOTE = "includes"
    INDEX_ENTRY = "index"
    SYNONYM = "synonym"
    INHERITED = "inherited"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text in Unicode code points: `start` from 0, `end` after the last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One code that was found. `matched_term` is the form that matched when it is not the title, else empty.

    `source` is the vocabulary that gives the matched term, where it is a synonym. Where hits are grouped, `category` is
    what they are grouped by, None where the book has none; `category_hits` counts its codes, this one included, and
    `more` are the next ones.
    """

    system: System
    entry: EntryLine
    match_kind: MatchKind
    highlights: tuple[Span, ...] = ()
    matched_term: str = ""
    matched_term_highlights: tuple[Span, ...] = ()
    source: str = ""
    category: EntryLine | None = None
    category_hits: int = 0
    more: tuple["Hit", ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a word or phrase of a query, as written, was taken to mean, the most usual first."""

    written: str
    meanings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet, as a filter takes it, and what it means."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The matches counted by the values of one field, most matches first."""

    field: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The hits of one page, best first."""

    hits: tuple[Hit, ...]
    total: int
    total_is_lower_bound: bool
    next_page_token: str
    facets: tuple[Facet, ...]
    did_you_mean: tuple[str, ...]
    corrected_query: str
    readings: tuple[Reading, ...]
    releases: tuple[ReleaseChoice, ...]


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """One code; `ancestors` chapter first. `release` is None for a code that is known by its number alone."""

    system: System
    entry: EntryLine
    ancestors: tuple[EntryLine, ...]
    release: ReleaseChoice | None


@dataclass(frozen=True, slots=True)
class CommonLanguageDescription:
    """What a code means in the words of an editor: a plain title and a text in CommonMark.

    `edition` is the collection it belongs to.
    """

    title: str
    text: str
    author: str
    reviewed_on: date
    edition: str


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """A code page. `release` is None for a code that is known by its number alone.

    `description` is None when the collection has none for the code, or when none is loaded. `facts` are those of the
    `sections` on the date of service `day`.
    """

    system: System
    page: CodePage
    release: ReleaseChoice | None
    description: CommonLanguageDescription | None
    descriptions_loaded: bool
    sections: frozenset[Section]
    facts: Answers
    day: date


@dataclass(frozen=True, slots=True)
class BatchResult:
    """One code of a batch as it was asked for, and what was found or why it was refused."""

    asked: str
    result: EntryLine | Refusal


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """One result for each code asked for, in that order. `release` is None for codes known by their numbers alone."""

    system: System
    results: tuple[BatchResult, ...]
    release: ReleaseChoice | None


@dataclass(frozen=True, slots=True)
class BrowseAnswer:
    """A stretch of a book in its order. `entry` is the one asked for, None at the top and for a range."""

    entry: EntryLine | None
    ancestors: tuple[EntryLine, ...]
    entries: tuple[EntryLine, ...]
    next_page_token: str
    release: ReleaseChoice


@dataclass(frozen=True, slots=True)
class SpecifyAnswer:
    """The choices around a code, the category's first."""

    entry: EntryLine
    choices: tuple[Choice, ...]
    release: ReleaseChoice


@dataclass(frozen=True, slots=True)
class EditsAnswer:
    """The edits of a code in one column, of which those in force on `day` are shown from number `start` on.

    `bound_to` is what a page token of this answer is good for.
    """

    system: System
    code: str
    found: Found[PtpEdits]
    day: date
    start: int
    size: int
    bound_to: list[Any]


@dataclass(frozen=True, slots=True)
class FeesAnswer:
    """What the price of a service is made of."""

    system: System
    code: str
    query: FeesQuery
    facts: Answers
