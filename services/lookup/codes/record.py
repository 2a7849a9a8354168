"""What is stored of an entry so that a code page needs one fetch by ids."""

from dataclasses import dataclass
from datetime import date

from services.lookup.codes.model import Attribute, Level, Note, SeventhCharacter


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry as one line of a list. `code` is what the entry is called: code, section range or chapter number.

    `number_only`: the release of its system is not loaded, other sources know its number. `effective_from` and
    `effective_to` are the first and the last date of service the code itself is valid for, None where there is none.
    """

    code: str
    level: Level
    title: str
    billable: bool
    has_children: bool
    number_only: bool = False
    effective_from: date | None = None
    effective_to: date | None = None

    @classmethod
    def by_number(cls, code: str) -> "EntryLine":
        """Return the line of a code that is known by its number alone."""
        return cls(code, Level.CODE, title="", billable=False, has_children=False, number_only=True)


@dataclass(frozen=True, slots=True)
class Record:
    """An entry with its place in the book.

    `ancestors` are the codes of the entries above, chapter first. `previous` and `next` are the entries before and
    after it at the same depth of the book, across its parent's bounds.
    """

    line: EntryLine
    order: int
    ancestors: tuple[str, ...]
    children: tuple[EntryLine, ...]
    previous: EntryLine | None
    next: EntryLine | None
    inclusion_terms: tuple[str, ...]
    notes: tuple[Note, ...]
    seventh_characters: tuple[SeventhCharacter, ...]
    short_title: str = ""
    attributes: tuple[Attribute, ...] = ()
    common_language: str = ""

    def weight(self) -> int:
        """Return about how many bytes the record holds, for the bound of a cache."""
        lines = 2 + len(self.children)
        texts = sum(map(len, self.inclusion_terms)) + sum(len(note.text) for note in self.notes)
        texts += len(self.short_title) + len(self.common_language)
        texts += sum(len(one.name) + len(one.value) + len(one.meaning) for one in self.attributes)
        items = len(self.notes) + len(self.inclusion_terms) + 2 * len(self.attributes)
        return 600 + 250 * lines + 80 * items + texts
