"""One edition of one source of facts, as a reader found it, ready to be indexed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from services.lookup.facts.source import Source

Document = tuple[str, Mapping[str, Any]]


class Documents(Protocol):
    """The documents of an edition: an id, unique in it, and JSON values. They may be gone through more than once."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Document]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FactEdition:
    """One edition of a source of facts.

    `effective_from` and `effective_to` are the first and the last date of service (inclusive) that it answers for;
    `date.min` and `date.max` where the publisher sets no bound. `rows` is how many records its files hold, `left_out`
    how many of them were not taken, by the reason. `codes` is how many codes it has something for.
    """

    source: Source
    label: str
    effective_from: date
    effective_to: date
    origin: str
    rows: int
    codes: int
    documents: Documents
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an operator says of files that do not say it themselves; None and empty where nothing is said."""

    edition: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
