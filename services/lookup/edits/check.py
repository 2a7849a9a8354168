"""What checking a claim comes to: findings, each of one thing that was looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from services.lookup.edits.model import Mue, PtpEdit

T = TypeVar("T")


class Verdict(StrEnum):
    """What a check comes to. `NO_DATA` is not a pass."""

    PASS = "pass"  # noqa: S105 - no secret
    FAIL = "fail"
    BYPASSED = "bypassed"
    NO_DATA = "no_data"


_WORST_FIRST = (Verdict.FAIL, Verdict.NO_DATA, Verdict.BYPASSED, Verdict.PASS)


class FindingKind(StrEnum):
    """What was checked."""

    PTP = "ptp"
    MUE = "mue"
    ADD_ON = "add_on"
    PROCEDURE = "procedure"
    DIAGNOSIS = "diagnosis"
    EXCLUDES1 = "excludes1"
    LATERALITY = "laterality"
    MODIFIER = "modifier"
    PLACE_OF_SERVICE = "place_of_service"


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """What a source says: None when it has nothing, and `missing` tells why when no edition covers the date.

    `source` is the source and its edition as answers cite them, empty when none is loaded for the date.
    """

    value: T | None
    source: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, the lines (from 1) and the codes it is about, and what it follows from.

    `ptp` is the edit of a pair, `bypassed_by` the modifiers that bypass it; `mue` is the edit of units, compared with
    `units`.
    """

    kind: FindingKind
    verdict: Verdict
    message: str
    lines: tuple[int, ...]
    codes: tuple[str, ...]
    source: str
    ptp: PtpEdit | None = None
    bypassed_by: tuple[str, ...] = ()
    mue: Mue | None = None
    units: int = 0


@dataclass(frozen=True, slots=True)
class ClaimFindings:
    """The findings of a claim in the order of its lines; those about no line come last."""

    id: str
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, id: str, findings: Iterable[Finding]) -> "ClaimFindings":
        """Put findings in order."""
        return cls(id, tuple(sorted(findings, key=lambda one: (not one.lines, one.lines[:1]))))

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings."""
        verdicts = {finding.verdict for finding in self.findings}
        return next((verdict for verdict in _WORST_FIRST if verdict in verdicts), Verdict.PASS)


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return names as a sentence lists them, the first few of many."""
    every = list(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
