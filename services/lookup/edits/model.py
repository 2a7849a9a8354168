"""What the National Correct Coding Initiative (NCCI) of CMS publishes: pairs, units and add-on codes."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

# CPT and HCPCS codes have five characters.
CODE_LENGTH = 5


class Setting(StrEnum):
    """Under which edits a service is billed. DME suppliers have medically unlikely edits alone."""

    PRACTITIONER = "practitioner"
    HOSPITAL = "hospital"
    DME = "dme"


class ModifierIndicator(StrEnum):
    """Whether an NCCI-associated modifier may bypass an edit, as printed."""

    NOT_ALLOWED = "0"
    ALLOWED = "1"
    NOT_APPLICABLE = "9"


@dataclass(frozen=True, slots=True, kw_only=True)
class PtpTerms:
    """When and how a procedure-to-procedure edit applies; many edits share the same terms.

    `effective_to` is the last date of service, None while the edit is active.
    """

    effective_from: date
    effective_to: date | None
    indicator: ModifierIndicator
    rationale: str

    def in_force(self, day: date) -> bool:
        """Whether it applies to a date of service.

        The deletion date is the last day: CMS deletes at the end of a quarter (20260630). An edit that is deleted on
        the day it began never applied; CMS marks it with indicator 9 (NCCI Policy Manual, Chapter I, Section E).
        """
        if self.never_in_force or day < self.effective_from:
            return False
        return self.effective_to is None or day <= self.effective_to

    @property
    def never_in_force(self) -> bool:
        """Whether the edit was deleted as if it had never been."""
        return self.indicator is ModifierIndicator.NOT_APPLICABLE or self.effective_from == self.effective_to


@dataclass(frozen=True, slots=True, kw_only=True)
class PtpEdit(PtpTerms):
    """One procedure-to-procedure edit: `column2` is not paid beside `column1` while it is in force."""

    column1: str
    column2: str


@dataclass(frozen=True, slots=True)
class PtpEdits:
    """The edits in which one code stands in one column, by the other code, in the order of their windows.

    There may be ten thousand: an edit is made when it is asked for. `others` holds the other code of each, written one
    after the other, and `places` the place of its terms in `terms`. Of two codes at most one edit is in force on a day.
    """

    code: str
    column: int
    others: str
    terms: tuple[PtpTerms, ...]
    places: tuple[int, ...]

    def with_code(self, other: str, day: date) -> PtpEdit | None:
        """Return the edit with another code that applies to a date of service, None when there is none."""
        for number in range(bisect_left(range(len(self.places)), other, key=self._other), len(self.places)):
            if self._other(number) != other:
                break
            if self.terms[self.places[number]].in_force(day):
                return self._edit(number)
        return None

    def in_force(self, day: date, start: int = 0) -> Iterator[PtpEdit]:
        """Yield the edits that apply to a date of service, by the other code, from the one at `start` on."""
        applies = [terms.in_force(day) for terms in self.terms]
        numbers = (number for number, place in enumerate(self.places) if applies[place])
        return map(self._edit, islice(numbers, start, None))

    def count(self, day: date) -> int:
        """Return how many edits apply to a date of service."""
        applies = [terms.in_force(day) for terms in self.terms]
        return sum(map(applies.__getitem__, self.places))

    def _other(self, number: int) -> str:
        return self.others[CODE_LENGTH * number : CODE_LENGTH * (number + 1)]

    def _edit(self, number: int) -> PtpEdit:
        other, terms = self._other(number), self.terms[self.places[number]]
        return PtpEdit(
            column1=self.code if self.column == 1 else other,
            column2=other if self.column == 1 else self.code,
            effective_from=terms.effective_from,
            effective_to=terms.effective_to,
            indicator=terms.indicator,
            rationale=terms.rationale,
        )


class AdjudicationIndicator(StrEnum):
    """How the units of a medically unlikely edit are counted (MAI), as printed."""

    LINE = "1"
    DATE_OF_SERVICE_POLICY = "2"
    DATE_OF_SERVICE_CLINICAL = "3"


@dataclass(frozen=True, slots=True)
class Mue:
    """The most units of a code that are paid: 0 is a value like any other."""

    code: str
    value: int
    adjudication_indicator: AdjudicationIndicator
    rationale: str


@dataclass(frozen=True, slots=True)
class AddOnWindow:
    """A row of the add-on file, as seen from one of its codes: the other code, and when they belong together.

    `type` is that of the row, 1 to 3. `code` is empty for primary codes that the contractor defines. `effective_from`
    and `effective_to` are the first and the last date of service, None: no bound.
    """

    code: str
    type: int
    effective_from: date | None
    effective_to: date | None

    def in_force(self, day: date) -> bool:
        """Whether it applies to a date of service."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


@dataclass(frozen=True, slots=True)
class AddOn:
    """The add-on rules of a code on a date of service.

    `type` is that of the add-on code, 1 to 3, 0 when it is none; `primaries` are the codes it may be added to. Of types
    2 and 3 contractors say (also) which (`contractor_defined`). `add_ons` are the codes that may be added to it.
    """

    code: str
    type: int
    primaries: tuple[str, ...]
    contractor_defined: bool
    add_ons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddOnHistory:
    """The add-on rules of a code at all times: its rows as an add-on code, and as a primary code."""

    code: str
    primaries: tuple[AddOnWindow, ...]
    add_ons: tuple[AddOnWindow, ...]

    def on(self, day: date) -> AddOn | None:
        """Return what applies to a date of service, None when nothing does.

        Where rows of several types apply, the highest counts: of type 1 alone the list of primary codes is complete.
        """
        primaries = [window for window in self.primaries if window.in_force(day)]
        add_ons = {window.code for window in self.add_ons if window.in_force(day)}
        if not primaries and not add_ons:
            return None
        return AddOn(
            self.code,
            max((window.type for window in primaries), default=0),
            tuple(sorted({window.code for window in primaries if window.code})),
            any(window.type != 1 or not window.code for window in primaries),
            tuple(sorted(add_ons)),
        )


# The modifiers that may bypass an edit of indicator 1 (NCCI Policy Manual, Chapter I, Section E).
NCCI_ASSOCIATED = frozenset(
    (
        *("E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"),
        *("TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "LT", "RT", "LC", "LD", "RC", "LM", "RI"),
        *("24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XS", "XP", "XU"),
    )
)
