"""What a code is: the words of the tabular list as plain values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class System(StrEnum):
    """A code system, named as in addresses and file names."""

    ICD10CM = "icd10cm"
    ICD10PCS = "icd10pcs"
    HCPCS = "hcpcs"
    CPT = "cpt"
    ICD9CM = "icd9cm"

    @property
    def display_name(self) -> str:
        """What people call it."""
        return _DISPLAY_NAMES[self]


_DISPLAY_NAMES = {
    System.ICD10CM: "ICD-10-CM",
    System.ICD10PCS: "ICD-10-PCS",
    System.HCPCS: "HCPCS",
    System.CPT: "CPT",
    System.ICD9CM: "ICD-9-CM",
}


class Level(StrEnum):
    """The level of an entry in its book."""

    CHAPTER = "chapter"
    SECTION = "section"
    CODE = "code"


class NoteKind(StrEnum):
    """The instructional notations of the ICD-10-CM tabular list (Official Guidelines, Section I.A)."""

    INCLUDES = "includes"
    EXCLUDES1 = "excludes1"
    EXCLUDES2 = "excludes2"
    CODE_FIRST = "code_first"
    USE_ADDITIONAL_CODE = "use_additional_code"
    CODE_ALSO = "code_also"
    NOTE = "note"
    SEVENTH_CHARACTER = "seventh_character"


@dataclass(frozen=True, slots=True)
class Note:
    """One instructional note, as printed under an entry."""

    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class SeventhCharacter:
    """One value that the seventh position may take under an entry, and what it means."""

    character: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that the publisher says of a code; `meaning` is empty when the value speaks for itself."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tabular list: a chapter, a section or a code.

    `code` is the code with its dot (S52.501A), the range of a section (S50-S59) or the number of a chapter (19).
    `parent` is the code of the entry above, empty for a chapter. `order` is the position in the book, from 1, unique.
    `notes` and `seventh_characters` are the entry's own: what it inherits belongs to its ancestors.
    `effective_from` and `effective_to` are the first and the last date of service the code itself is valid for, None
    where the edition sets none. `common_language` is what the publisher says of it in plain words, where it does;
    `index_terms` are the phrases by which the alphabetic index leads to it; words in parentheses may be left out.
    """

    code: str
    level: Level
    title: str
    parent: str
    order: int
    billable: bool
    inclusion_terms: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    seventh_characters: tuple[SeventhCharacter, ...] = ()
    short_title: str = ""
    attributes: tuple[Attribute, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    common_language: str = ""
    index_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of one code system, as a reader found it, in book order.

    `effective_from` and `effective_to` are the first and the last date of service (inclusive) it is valid for.
    """

    system: System
    label: str
    effective_from: date
    effective_to: date
    origin: str
    entries: tuple[Entry, ...]
