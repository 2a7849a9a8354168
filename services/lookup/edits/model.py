"""What the National Correct Coding Initiative (NCCI) of CMS publishes: pairs, units and add-on codes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class PtpEdit:
    """One procedure-to-procedure edit: `column2` is not paid beside `column1` while it is in force.

    `effective_to` is the last date of service it applies to, None while it is active.
    """

    column1: str
    column2: str
    effective_from: date
    effective_to: date | None
    indicator: ModifierIndicator
    rationale: str

    def in_force(self, day: date) -> bool:
        """Whether it applies to a date of service."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class PtpEdits:
    """The edits in which one code stands in one column, by the other code, in the order of their windows."""

    code: str
    column: int
    by_other: Mapping[str, tuple[PtpEdit, ...]]

    def with_code(self, other: str, day: date) -> PtpEdit | None:
        """Return the edit with another code that applies to a date of service, None when there is none."""
        return next((edit for edit in self.by_other.get(other, ()) if edit.in_force(day)), None)

    def in_force(self, day: date) -> Iterator[PtpEdit]:
        """Yield the edits that apply to a date of service, by the other code."""
        for other in sorted(self.by_other):
            if edit := self.with_code(other, day):
                yield edit


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
    """A code and the dates of service for which it is a primary, or an add-on, of another; None: no bound."""

    code: str
    effective_from: date | None
    effective_to: date | None

    def in_force(self, day: date) -> bool:
        """Whether it applies to a date of service."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


@dataclass(frozen=True, slots=True)
class AddOn:
    """The add-on rules of a code.

    `type` is that of the add-on code, 1 to 3, 0 when it is none; `primaries` are the codes it may be added to. Of types
    2 and 3 contractors say (also) which (`contractor_defined`). `add_ons` are the codes that may be added to it.
    """

    code: str
    type: int
    primaries: tuple[AddOnWindow, ...]
    contractor_defined: bool
    add_ons: tuple[AddOnWindow, ...]


# The modifiers that may bypass an edit of indicator 1 (NCCI Policy Manual, Chapter I, Section E).
NCCI_ASSOCIATED = frozenset(
    (
        *("E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"),
        *("TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "LT", "RT", "LC", "LD", "RC", "LM", "RI"),
        *("24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XS", "XP", "XU"),
    )
)
