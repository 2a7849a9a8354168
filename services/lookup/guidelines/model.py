"""What a published book of coding rules is: passages, each cited by its path."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One section of a book: its own words, without those of the sections below it.

    `id` is its path, such as I.C.9.a.2 or IV.E.7, `above` the titles of the sections that hold it, outermost first.
    `title` is empty where none is printed. Lines of `text` are its paragraphs and list items. `refers_to` are the paths
    of the sections it names, in order; `order` is its place in the book, from 1.
    """

    id: str
    title: str
    above: tuple[str, ...]
    text: str
    refers_to: tuple[str, ...]
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A place where a passage names a section, as printed, and the sections meant; none where there is no such one."""

    passage: str
    printed: str
    meant: tuple[str, ...]


@dataclass(frozen=True)
class Book:
    """One edition of a book, its passages in the order of print, and all the references in it."""

    passages: tuple[Passage, ...]
    references: tuple[Reference, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        """The passages by their paths."""
        return {passage.id: passage for passage in self.passages}

    def below(self, id: str) -> Iterator[Passage]:
        """Yield the passages directly below one."""
        depth = id.count(".") + 1
        return (one for one in self.passages if one.id.startswith(f"{id}.") and one.id.count(".") == depth)

    @property
    def unresolved(self) -> Iterable[Reference]:
        """The references to sections that the book does not have."""
        return [reference for reference in self.references if not reference.meant]
