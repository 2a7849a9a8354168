"""A search as the address of its result page says it."""

from dataclasses import dataclass
from typing import Self

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.datastructures import QueryParams

from services.gateway.web import addresses
from services.gateway.web.addresses import BOOKS, Book
from services.gateway.words import system_of
from services.runtime.errors import invalid

_TRUTHS = {"": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for. `billable` is a word of the address: "true", "false", or empty for both."""

    query: str
    book: Book | None = None
    chapters: tuple[str, ...] = ()
    billable: str = ""
    prefer_billable: bool = False
    by_category: bool = False
    effective_on: str = ""
    page_token: str = ""

    @classmethod
    def of(cls, parameters: QueryParams) -> Self:
        """Read an address; a parameter that has no such value is refused."""
        system = parameters.get("system", "")
        return cls(
            query=" ".join(parameters.get("query", "").split()),
            book=BOOKS[system_of(system)] if system else None,
            chapters=tuple(filter(None, parameters.getlist("chapter"))),
            billable=_truth(parameters, "billable"),
            prefer_billable=_truth(parameters, "prefer_billable") == "true",
            by_category=_truth(parameters, "by_category") == "true",
            effective_on=parameters.get("effective_on", ""),
            page_token=parameters.get("page_token", ""),
        )

    def request(self) -> lookup.SearchRequest:
        """Return the request to lookup."""
        return lookup.SearchRequest(
            query=self.query,
            systems=[self.book.system] if self.book else [],
            chapters=self.chapters,
            billable=_TRUTHS[self.billable],
            prefer_billable=self.prefer_billable,
            by_category=self.by_category,
            effective_on=self.effective_on,
            page_token=self.page_token,
        )

    def address(self, **changes: str | tuple[str, ...]) -> str:
        """Return the address of this search with `changes`, at its first page unless they name one."""
        return addresses.with_parameters("/search", {**self._parameters(), **changes})

    def unfiltered(self) -> str:
        """Return the address of this search in all codes."""
        return self.address(system="", chapter=(), billable="")

    def without_chapter(self, number: str) -> str:
        """Return the address of this search without one of its chapters."""
        return self.address(chapter=tuple(c for c in self.chapters if c != number))

    def carried(self) -> list[tuple[str, str]]:
        """Return what a form that asks for another date sends along."""
        pairs = [("chapter", number) for number in self.chapters]
        return pairs + [
            (name, value)
            for name, value in self._parameters().items()
            if isinstance(value, str) and value and name != "effective_on"
        ]

    def ways(self) -> list[tuple[str, str]]:
        """Return what a form that asks for other words sends along: how results are shown, and no filters."""
        return [(name, value) for name, value in self._ways().items() if value]

    def _parameters(self) -> dict[str, str | tuple[str, ...]]:
        return {
            "query": self.query,
            "system": self.book.word if self.book else "",
            "chapter": self.chapters,
            "billable": self.billable,
            **self._ways(),
            "effective_on": self.effective_on,
        }

    def _ways(self) -> dict[str, str]:
        return {
            "prefer_billable": "true" if self.prefer_billable else "",
            "by_category": "true" if self.by_category else "",
        }


def _truth(parameters: QueryParams, name: str) -> str:
    value = parameters.get(name, "")
    if value not in _TRUTHS:
        raise invalid(name, "expected true or false")
    return value
