"""What a question is: what it is about, and what it names."""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, IntEnum, StrEnum
from typing import Self, TypeAlias

from codingahead.lookup.v1 import lookup_pb2 as lookup

System: TypeAlias = lookup.CodeSystem.ValueType
Setting: TypeAlias = lookup.Setting.ValueType
CareSetting: TypeAlias = lookup.CareSetting.ValueType


class Topic(IntEnum):
    """What a question is about, numbered as in the contract."""

    UNSPECIFIED = 0
    CODE = 1
    BILLABLE = 2
    VALIDITY = 3
    HIERARCHY = 4
    NOTES = 5
    DIAGNOSES_TOGETHER = 6
    SEVENTH_CHARACTER = 7
    LATERALITY = 8
    HISTORY = 9
    COMPARE = 10
    FIND = 11
    MODIFIER = 12
    PAIR = 13
    MUE = 14
    ADD_ON = 15
    FEE = 16
    CROSSWALK = 17
    HCC = 18
    COVERAGE = 19
    PLACE_OF_SERVICE = 20
    GUIDELINE = 21
    RELEASES = 22
    CLAIM = 23
    OUT_OF_SCOPE = 24


class Aspect(StrEnum):
    """What of a topic is asked; a question that names none asks for all of it."""

    # Of a hierarchy.
    PARENT = "parent"
    CHILDREN = "children"
    DESCENDANTS = "codes of every level below"
    SIBLINGS = "siblings"
    CHAPTER = "chapter"
    SECTION = "section"
    # Of the notes; of diagnoses together the order on the claim is "code first". "First-listed": whether one may come
    # first.
    INCLUDES = "includes"
    EXCLUDES1 = "excludes1"
    EXCLUDES2 = "excludes2"
    CODE_FIRST = "code first"
    FIRST_LISTED = "first-listed"
    USE_ADDITIONAL_CODE = "use additional code"
    # Of the fee schedule.
    RELATIVE_VALUES = "relative value units"
    PAYMENT = "payment"
    FACILITY = "facility"
    NON_FACILITY = "non-facility"
    GLOBAL_DAYS = "global days"
    STATUS = "status"
    BILATERAL = "bilateral surgery"
    MULTIPLE = "multiple procedures"
    ASSISTANT = "assistant at surgery"
    COSURGEON = "co-surgeons"
    TEAM = "team surgery"
    COMPONENTS = "professional and technical component"
    SHARES = "preoperative, intraoperative and postoperative shares"
    ENDOSCOPIC_BASE = "endoscopic base code"
    SUPERVISION = "supervision of diagnostic procedures"
    INDICATORS = "payment policy indicators"
    # Of crosswalks.
    TO_ICD9CM = "to ICD-9-CM"
    TO_ICD10CM = "to ICD-10-CM"
    CCSR = "CCSR"
    # Of the history of a code.
    REPLACED_BY = "replaced by"
    # Of add-on codes.
    PRIMARY_CODES = "primary codes"
    ADD_ON_CODES = "add-on codes"
    # Of edits.
    RATIONALE = "rationale"
    ADJUDICATION_INDICATOR = "MUE adjudication indicator"
    MODIFIER_INDICATOR = "modifier indicator"


class Side(Enum):
    """A side of the body."""

    RIGHT = "right"
    LEFT = "left"
    BILATERAL = "bilateral"

    @property
    def opposite(self) -> "Side | None":
        """The other one of right and left; None of both."""
        return {Side.RIGHT: Side.LEFT, Side.LEFT: Side.RIGHT}.get(self)


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates of service that a question names: a day, or a month, quarter or year of which any day may be meant.

    `without_year`: the year, or the month, follows from when it is asked.
    """

    first: date
    last: date
    written: str
    without_year: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last

    @property
    def days(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1

    def covers(self, other: "Dates") -> bool:
        """Whether all of other dates are among them."""
        return self.first <= other.first and other.last <= self.last

    def in_year_of(self, other: "Dates | None") -> "Dates":
        """Return a day without a year as one of the year of other dates."""
        if other is None or not (self.without_year and self.single) or (self.first.month, self.first.day) == (2, 29):
            return self
        day = self.first.replace(year=other.last.year)
        return replace(self, first=day, last=day)

    @property
    def reading(self) -> str:
        """A sentence that says how dates without a year are read; empty for others."""
        span = f"{self.first}" if self.single else f"{self.first} to {self.last}"
        return f"\u201c{self.written}\u201d is read as {span}." if self.without_year else ""


@dataclass(frozen=True, slots=True)
class Code:
    """A code as a message names it, in capitals, with its dot if it was written with one.

    `systems` are those it may be of by its shape and the words around it, the likeliest first. `modifiers` and `units`
    are those written on its line; where it is on several, `lines` are these, and `units` those of all of them.
    """

    text: str
    systems: tuple[System, ...]
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    lines: "tuple[Code, ...]" = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a message, with what it takes over from what was said before.

    `phrase` holds its words of medicine or of coding rules, without what the other fields say: what is searched for.
    `told` is what was said before of the same that is looked for; with it, `codes` are what was found. `binary`: yes or
    no is an answer. `section` is a path of the guidelines or of the policy manual. `place` is a place of service, two
    digits; `locality` a state, a place or a locality as written. `systems` are the code systems that it names in words,
    `chapter` is the number of the only chapter of ICD-10-CM in which a code is looked for. `missing` is what is to be
    asked back when it cannot be placed, or the list that is not loaded. `otherwise` is what it may be meant as instead,
    where its words leave that open. What is not named is empty.
    """

    text: str
    topic: Topic
    aspects: frozenset[Aspect] = frozenset()
    codes: tuple[Code, ...] = ()
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    dates: Dates | None = None
    setting: Setting | None = None
    care: CareSetting | None = None
    place: str = ""
    locality: str = ""
    side: Side | None = None
    phrase: str = ""
    told: str = ""
    section: str = ""
    systems: tuple[System, ...] = ()
    chapter: str = ""
    binary: bool = False
    missing: str = ""
    otherwise: "Question | None" = None

    def about(self, topic: Topic, **changes: object) -> Self:
        """Return the question as one about another topic."""
        return replace(self, topic=topic, **changes)  # type: ignore[arg-type]

    @property
    def all_modifiers(self) -> tuple[str, ...]:
        """The modifiers of its codes and those it names beside them, each once."""
        return tuple(dict.fromkeys([m for code in self.codes for m in code.modifiers] + list(self.modifiers)))


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that was answered before, and the codes that its answer was about, the first one "it"."""

    question: str
    codes: tuple[Code, ...] = ()
