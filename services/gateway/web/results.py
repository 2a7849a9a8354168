"""A search and its answer as a page shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup
from starlette.datastructures import QueryParams

from services.gateway.web import addresses
from services.gateway.web.addresses import BOOKS, Book
from services.gateway.web.lines import status, title
from services.gateway.web.text import marked
from services.gateway.words import system_of
from services.runtime.errors import invalid

_BILLABLE = {"": None, "true": True, "false": False}
_BILLABLE_LABELS = {"true": "Billable", "false": "Not billable"}
_WHY = {
    lookup.MATCH_KIND_INCLUSION_TERM: "Inclusion term",
    lookup.MATCH_KIND_INCLUDES_NOTE: "Includes",
    lookup.MATCH_KIND_INDEX_ENTRY: "Index",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for, as the address of the result page says it."""

    query: str
    book: Book | None = None
    chapters: tuple[str, ...] = ()
    billable: str = ""
    effective_on: str = ""
    page_token: str = ""

    @classmethod
    def of(cls, parameters: QueryParams) -> Self:
        """Read an address; a filter that has no such value is refused."""
        system, billable = parameters.get("system", ""), parameters.get("billable", "")
        if billable not in _BILLABLE:
            raise invalid("billable", "expected true or false")
        return cls(
            query=parameters.get("query", "").strip(),
            book=BOOKS[system_of(system)] if system else None,
            chapters=tuple(filter(None, parameters.getlist("chapter"))),
            billable=billable,
            effective_on=parameters.get("effective_on", ""),
            page_token=parameters.get("page_token", ""),
        )

    def request(self) -> lookup.SearchRequest:
        """Return the request to lookup."""
        return lookup.SearchRequest(
            query=self.query,
            systems=[self.book.system] if self.book else [],
            chapters=self.chapters,
            billable=_BILLABLE[self.billable],
            effective_on=self.effective_on,
            page_token=self.page_token,
        )

    def address(self, **changes: str | tuple[str, ...]) -> str:
        """Return the address of this search with `changes`, at its first page unless they name one."""
        return addresses.with_parameters("/search", {**self._parameters(), **changes})

    def carried(self) -> list[tuple[str, str]]:
        """Return what a form that asks for another date sends along."""
        pairs = [("chapter", number) for number in self.chapters]
        return pairs + [
            (name, value)
            for name, value in self._parameters().items()
            if isinstance(value, str) and value and name != "effective_on"
        ]

    def _parameters(self) -> dict[str, str | tuple[str, ...]]:
        return {
            "query": self.query,
            "system": self.book.word if self.book else "",
            "chapter": self.chapters,
            "billable": self.billable,
            "effective_on": self.effective_on,
        }

    def without_chapter(self, number: str) -> str:
        """Return the address of this search without one of its chapters."""
        return self.address(chapter=tuple(c for c in self.chapters if c != number))


class Result(NamedTuple):
    """One hit. `why` names the form that matched when it is not the title; `below` leads to longer codes."""

    code: str
    title: Markup
    href: str
    status: str
    exact: bool
    why: str
    term: Markup
    below: str


class Choice(NamedTuple):
    """One value of a filter and where choosing it leads."""

    value: str
    label: str
    matches: str
    href: str


class Filter(NamedTuple):
    """One filter that may be narrowed."""

    title: str
    choices: list[Choice]


class Chosen(NamedTuple):
    """A filter in use and where removing it leads."""

    label: str
    remove: str


def results(asked: Asked, answer: lookup.SearchResponse) -> list[Result]:
    """Return the hits as lines."""
    bare = asked.query.replace(".", "").upper()
    return [_result(hit, bare, asked.effective_on) for hit in answer.hits]


def _result(hit: lookup.Hit, bare_query: str, effective_on: str) -> Result:
    entry = hit.entry
    book = BOOKS[entry.system]
    return Result(
        code=entry.code,
        title=marked(title(entry), hit.highlights),
        href=addresses.code_page(book, entry.code, effective_on)
        if entry.level == lookup.LEVEL_CODE
        else addresses.browse(book, entry.code, effective_on),
        status=status(entry),
        exact=entry.code.replace(".", "").upper() == bare_query,
        why=_WHY.get(hit.match_kind, "") if hit.matched_term else "",
        term=marked(hit.matched_term, hit.matched_term_highlights),
        below=addresses.browse(book, entry.code, effective_on) if entry.has_children else "",
    )


def filters(asked: Asked, answer: lookup.SearchResponse) -> list[Filter]:
    """Return the filters that can narrow the results, with what each value not yet in use would leave."""
    found = []
    for facet in answer.facets:
        if len(facet.values) < 2:
            continue
        if facet.field == "billable" and not asked.billable:
            choices = [
                Choice("", _BILLABLE_LABELS[v.value], f"{v.count:,}", asked.address(billable=v.value))
                for v in facet.values
            ]
            found.append(Filter("On a claim", choices))
        elif facet.field == "chapter":
            choices = [
                Choice(v.value, v.label, f"{v.count:,}", asked.address(chapter=(*asked.chapters, v.value)))
                for v in facet.values
                if v.value not in asked.chapters
            ]
            found.append(Filter("Chapter", choices))
    return [each for each in found if each.choices]


def chosen(asked: Asked, answer: lookup.SearchResponse) -> Iterator[Chosen]:
    """Yield the filters in use."""
    labels = {v.value: v.label for facet in answer.facets if facet.field == "chapter" for v in facet.values}
    if asked.book:
        yield Chosen(asked.book.name, asked.address(system=""))
    for number in asked.chapters:
        title = labels.get(number)
        yield Chosen(f"Chapter {number}: {title}" if title else f"Chapter {number}", asked.without_chapter(number))
    if asked.billable:
        yield Chosen(_BILLABLE_LABELS[asked.billable], asked.address(billable=""))


def count(answer: lookup.SearchResponse) -> str:
    """Return how many codes were found, in words."""
    least = "At least " if answer.total_is_lower_bound else ""
    return f"{least}{answer.total:,} code{'' if answer.total == 1 else 's'}"
