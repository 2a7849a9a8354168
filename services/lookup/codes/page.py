"""A code page, assembled from the records of a code and of its ancestors."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.lookup.codes.model import Attribute, Note, SeventhCharacter
from services.lookup.codes.record import EntryLine, Record


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """The notes printed under one entry: the code itself, or the ancestor they are inherited from."""

    entry: EntryLine
    inherited: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class CodePage:
    """Everything a code page shows. `ancestors` chapter first; `note_groups` its own first, then upwards."""

    entry: EntryLine
    ancestors: tuple[EntryLine, ...]
    children: tuple[EntryLine, ...]
    previous: EntryLine | None
    next: EntryLine | None
    inclusion_terms: tuple[str, ...]
    note_groups: tuple[NoteGroup, ...]
    seventh_characters: tuple[SeventhCharacter, ...]
    short_title: str = ""
    attributes: tuple[Attribute, ...] = ()
    common_language: str = ""

    @property
    def outermost(self) -> EntryLine:
        """The line that nothing stands above."""
        return self.ancestors[0] if self.ancestors else self.entry


def assemble(record: Record, ancestors: Sequence[Record]) -> CodePage:
    """Assemble the page of a record; `ancestors` chapter first."""
    upwards = [record, *reversed(ancestors)]
    return CodePage(
        entry=record.line,
        ancestors=tuple(ancestor.line for ancestor in ancestors),
        children=record.children,
        previous=record.previous,
        next=record.next,
        inclusion_terms=record.inclusion_terms,
        note_groups=tuple(
            NoteGroup(printed.line, printed is not record, printed.notes) for printed in upwards if printed.notes
        ),
        seventh_characters=next((printed.seventh_characters for printed in upwards if printed.seventh_characters), ()),
        short_title=record.short_title,
        attributes=record.attributes,
        common_language=record.common_language,
    )


def by_number(code: str) -> CodePage:
    """Return the page of a code that is known by its number alone."""
    return CodePage(EntryLine.by_number(code), (), (), None, None, (), (), ())
