"""Sides: of two diagnoses, and of a diagnosis and the modifiers of its lines.

Sides are read from titles, and only believed where the book prints the same title for the other side next to it: the
left heart has no such counterpart, the left knee has.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import combinations, pairwise
from typing import NamedTuple

from services.lookup.codes.notation import compact
from services.lookup.codes.record import EntryLine
from services.lookup.edits.check import Finding, FindingKind, Verdict, listed
from services.lookup.edits.check_diagnosis import Diagnosis
from services.lookup.edits.claim import Claim, Line


class Side(StrEnum):
    """A side of the body."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        """The other side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


_MODIFIER_SIDES = {
    **dict.fromkeys(("LT", "E1", "E2", "FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4"), Side.LEFT),
    **dict.fromkeys(("RT", "E3", "E4", "F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9"), Side.RIGHT),
}
_BOTH_SIDES = "50"
_SIDE = re.compile(r"\b(?:left|right)\b")
_BILATERAL = re.compile(r"\bbilateral\b")
_WORD = re.compile(r"\w+")
_STEM = 4
_UNSPECIFIED = re.compile(r"\bunspecified\b")


class Sided(NamedTuple):
    """The side of a diagnosis.

    `entry` is the code or the header above it whose title says the side, `mirror` that of the other side, `bilateral`
    the one of both, None where there is none.
    """

    diagnosis: Diagnosis
    side: Side
    entry: str
    mirror: str
    bilateral: EntryLine | None

    @property
    def rest(self) -> str:
        """The characters of the code after those of the entry."""
        return compact(self.diagnosis.code)[len(compact(self.entry)) :]


def sided(diagnosis: Diagnosis) -> Sided | None:
    """Return the side of a diagnosis, None when it has none, or none for certain."""
    for record, above in pairwise(diagnosis.upwards):
        title = record.line.title.lower()
        sides = _SIDE.findall(title)
        if len(sides) != 1:
            return None
        side = Side(sides[0])
        mirrored = _SIDE.sub(side.other, title)
        mirror = next((one.code for one in above.children if one.title.lower() == mirrored), None)
        if mirror:
            return Sided(diagnosis, side, record.line.code, mirror, _bilateral(title, above.children))
    return None


def _bilateral(title: str, beside: Iterable[EntryLine]) -> EntryLine | None:
    """Return the entry of both sides beside one with a side: its title says nothing more but bilateral."""
    stems = _stems(title) | _stems("bilateral")
    return next(
        (one for one in beside if _BILATERAL.search(one.title.lower()) and _stems(one.title.lower()) <= stems), None
    )


def _stems(title: str) -> set[str]:
    """Return the words of a title by their beginnings: one side has an artery and a limb, both arteries and limbs."""
    return {word.rstrip("s")[:_STEM] for word in _WORD.findall(title)}


def check_laterality(claim: Claim, diagnoses: Sequence[Diagnosis], source: str) -> Iterator[Finding]:
    """Check the sides of the diagnoses of a claim (Guidelines, section I.B.13)."""
    sides = {one.code: found for one in diagnoses if (found := sided(one))}
    for first, second in combinations(sides.values(), 2):
        if first.bilateral and first.mirror == second.entry and first.rest == second.rest:
            bilateral = first.bilateral.code + ("-" if first.rest else "")
            codes = (first.diagnosis.code, second.diagnosis.code)
            message = (
                f"{codes[0]} says {first.side}, {codes[1]} {second.side}: use the bilateral code {bilateral} instead."
            )
            yield Finding(FindingKind.LATERALITY, Verdict.FAIL, message, claim.lines_for(*codes), codes, source)
    bilateral_codes = {one.code for one in diagnoses if _BILATERAL.search(one.record.line.title.lower())}
    for line in claim.lines:
        yield from _of_line(line, claim, sides, bilateral_codes, source)
    for diagnosis in diagnoses:
        if diagnosis.record.line.billable:
            yield from _unspecified(diagnosis, claim, source)


def _of_line(line: Line, claim: Claim, sides: dict[str, Sided], bilateral: set[str], source: str) -> Iterator[Finding]:
    """Find a line all of whose sided diagnoses are of the other side than its modifiers."""
    of_modifiers = {_MODIFIER_SIDES[one] for one in line.modifiers if one in _MODIFIER_SIDES}
    if len(of_modifiers) != 1 or _BOTH_SIDES in line.modifiers:
        return
    pointed = [claim.diagnoses[pointer - 1] for pointer in line.pointers]
    of_diagnoses = [sides[code] for code in pointed if code in sides]
    (side,) = of_modifiers
    if not of_diagnoses or bilateral.intersection(pointed) or any(one.side is side for one in of_diagnoses):
        return
    codes = [one.diagnosis.code for one in of_diagnoses]
    modifiers = [one for one in line.modifiers if one in _MODIFIER_SIDES]
    message = f"Modifier {listed(modifiers)} on {line.code} says {side}, its diagnosis {listed(codes)} {side.other}."
    yield Finding(FindingKind.LATERALITY, Verdict.FAIL, message, (line.number,), (line.code, *codes), source)


def _unspecified(diagnosis: Diagnosis, claim: Claim, source: str) -> Iterator[Finding]:
    """Advise a code with a side in place of one whose title is the same but for an unspecified side."""
    for record, above in pairwise(diagnosis.upwards):
        title = record.line.title.lower()
        if not _UNSPECIFIED.search(title):
            return
        with_side = [
            one.code
            for one in above.children
            if one.code != record.line.code and _SIDE.sub("unspecified", one.title.lower()) == title
        ]
        if with_side:
            code, better = diagnosis.code, [one if record is diagnosis.record else f"{one}-" for one in with_side]
            message = (
                f"{code} is valid, but does not say the side. Advice: where the record says it, use {listed(better)}."
            )
            yield Finding(FindingKind.DIAGNOSIS, Verdict.PASS, message, claim.lines_for(code), (code,), source)
            return
