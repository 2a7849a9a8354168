"""Facts that are wanted, and what was found of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FactKind(Generic[T]):
    """One kind of fact: the source it comes from, and how the document of an id is read."""

    source: Source
    read: Callable[[str, Mapping[str, Any]], T]


class Want(NamedTuple):
    """A fact that is wanted: its kind and the id of its document."""

    kind: FactKind[Any]
    id: str


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What a source says.

    `choice` is the edition that was asked, None when none is loaded for the date; `loaded` are all that are. `fact` is
    None when the edition has nothing.
    """

    source: Source
    choice: FactChoice | None
    loaded: tuple[FactLoad, ...]
    fact: T | None

    @property
    def cited(self) -> str:
        """The source and the edition as answers cite them; empty when none is loaded."""
        return self.choice.load.display_name if self.choice else ""

    @property
    def missing(self) -> str:
        """Why nothing is known, with what is loaded; empty when an edition was asked."""
        if self.choice:
            return ""
        if not self.loaded:
            return f"Not loaded: {self.source.display_name}."
        loaded = ", ".join(f"{one.edition} ({one.dates})" for one in self.loaded)
        return f"No edition of {self.source.display_name} is loaded for this date; loaded: {loaded}."


class Answers:
    """The facts of one fetch."""

    def __init__(
        self, found: Mapping[Want, Found[Any]], every: Mapping[Want, Sequence[Found[Any]]] | None = None
    ) -> None:
        self._found = found
        self._every = every or {}

    def get(self, kind: FactKind[T], id: str) -> Found[T]:
        """Return what was found of a fact that was wanted."""
        return self._found[Want(kind, id)]

    def every(self, kind: FactKind[T], id: str) -> Sequence[Found[T]]:
        """Return what each edition says of a fact that was wanted of all, the one that reaches furthest first."""
        return self._every[Want(kind, id)]
