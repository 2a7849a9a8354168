"""A claim: what is billed together, as values that hold what they promise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from services.lookup.codes.model import System
from services.lookup.codes.notation import is_compact, parse_code, procedure
from services.lookup.edits.model import Setting
from services.lookup.releases import parse_effective_on
from services.runtime.errors import Refusal, invalid

_MOST_ID = 100
_MOST_DIAGNOSES = 25
_MOST_LINES = 100
_MOST_MODIFIERS = 4
_MOST_POINTERS = 4
_MOST_UNITS = 9999
_MODIFIER_LENGTH = 2
_PLACE_LENGTH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A service line as it was written; 0 units and an empty date stand for what the contract says of them."""

    code: str
    modifiers: Sequence[str] = ()
    units: int = 0
    diagnosis_pointers: Sequence[int] = ()
    place_of_service: str = ""
    effective_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedClaim:
    """A claim as it was written."""

    id: str = ""
    setting: Setting = Setting.PRACTITIONER
    effective_on: str = ""
    diagnoses: Sequence[str] = ()
    lines: Sequence[AskedLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A service line.

    `number` is its place on the claim, from 1; `pointers` are the places of the diagnoses it is for, from 1. `place` is
    a place of service code, empty when not known.
    """

    number: int
    code: str
    day: date
    modifiers: tuple[str, ...] = ()
    units: int = 1
    pointers: tuple[int, ...] = ()
    place: str = ""

    @property
    def system(self) -> System:
        """The code system of its procedure."""
        return System.CPT if is_compact(System.CPT, self.code) else System.HCPCS


@dataclass(frozen=True)
class Claim:
    """A claim. `id` is the caller's own name for it, and never logged.

    `day` is the date of service of its diagnoses: its own, else the first of its lines. Diagnoses are in display form.
    """

    id: str
    setting: Setting
    day: date
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]

    @cached_property
    def by_day(self) -> dict[date, list[Line]]:
        """The lines by their date of service."""
        days: dict[date, list[Line]] = {}
        for line in self.lines:
            days.setdefault(line.day, []).append(line)
        return days

    def lines_for(self, *diagnoses: str) -> tuple[int, ...]:
        """Return the numbers of the lines that are for any of some diagnoses."""
        places = {place for place, code in enumerate(self.diagnoses, start=1) if code in diagnoses}
        return numbers(line for line in self.lines if places.intersection(line.pointers))


def numbers(lines: Iterable[Line]) -> tuple[int, ...]:
    """Return the numbers of lines."""
    return tuple(line.number for line in lines)


def by_code(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Return lines by their procedure, in the order of the claim."""
    codes: dict[str, list[Line]] = {}
    for line in lines:
        codes.setdefault(line.code, []).append(line)
    return codes


def parse_claim(asked: AskedClaim, today: date, field: str = "claim") -> Claim:
    """Return the claim that was written; refuse the field that is wrong by its path, places in lists from 0."""
    if len(asked.id) > _MOST_ID:
        raise invalid(f"{field}.id", f"expected at most {_MOST_ID} characters")
    if len(asked.diagnoses) > _MOST_DIAGNOSES:
        raise invalid(f"{field}.diagnoses", f"expected at most {_MOST_DIAGNOSES} diagnoses")
    if not 1 <= len(asked.lines) <= _MOST_LINES:
        raise invalid(f"{field}.lines", f"expected 1 to {_MOST_LINES} lines")
    day = _day(asked.effective_on, f"{field}.effective_on")
    diagnoses = tuple(
        parse_code(System.ICD10CM, code, f"{field}.diagnoses[{place}]") for place, code in enumerate(asked.diagnoses)
    )
    lines = tuple(
        _line(line, place + 1, day or today, len(diagnoses), f"{field}.lines[{place}]")
        for place, line in enumerate(asked.lines)
    )
    return Claim(asked.id, asked.setting, day or min(line.day for line in lines), diagnoses, lines)


def _line(asked: AskedLine, number: int, day: date, diagnoses: int, field: str) -> Line:
    if len(asked.modifiers) > _MOST_MODIFIERS:
        raise invalid(f"{field}.modifiers", f"expected at most {_MOST_MODIFIERS} modifiers")
    if not 0 <= asked.units <= _MOST_UNITS:
        raise invalid(f"{field}.units", f"expected 1 to {_MOST_UNITS} units")
    pointers = tuple(asked.diagnosis_pointers)
    if len(pointers) > _MOST_POINTERS or len(set(pointers)) < len(pointers):
        raise invalid(f"{field}.diagnosis_pointers", f"expected at most {_MOST_POINTERS} diagnoses, each once")
    if any(not 1 <= pointer <= diagnoses for pointer in pointers):
        expected = (
            f"expected places 1 to {diagnoses} of the claim's diagnoses" if diagnoses else "there is no diagnosis"
        )
        raise invalid(f"{field}.diagnosis_pointers", expected)
    return Line(
        number=number,
        code=procedure(asked.code, f"{field}.code")[1],
        day=_day(asked.effective_on, f"{field}.effective_on") or day,
        modifiers=tuple(
            _modifier(modifier, f"{field}.modifiers[{place}]") for place, modifier in enumerate(asked.modifiers)
        ),
        units=asked.units or 1,
        pointers=pointers,
        place=_place(asked.place_of_service, f"{field}.place_of_service"),
    )


def _modifier(text: str, field: str) -> str:
    modifier = text.strip().upper()
    if len(modifier) != _MODIFIER_LENGTH or not (modifier.isascii() and modifier.isalnum()):
        raise invalid(field, "expected a modifier of two letters or digits such as 25 or LT")
    return modifier


def _place(text: str, field: str) -> str:
    place = text.strip()
    if place and (len(place) != _PLACE_LENGTH or not (place.isascii() and place.isdigit())):
        raise invalid(field, "expected a place of service of two digits such as 11")
    return place


def _day(text: str, field: str) -> date | None:
    try:
        return parse_effective_on(text)
    except Refusal as refusal:
        raise invalid(field, refusal.fields[0].description) from None
