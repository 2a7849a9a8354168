"""Claims and what sources say of their codes, for the tests of the checks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.lookup.codes.model import Level, Note, NoteKind
from services.lookup.codes.record import EntryLine, Record
from services.lookup.edits.check import Sourced
from services.lookup.edits.check_diagnosis import Diagnosis
from services.lookup.edits.claim import Claim, Line
from services.lookup.edits.model import Setting

DAY = date(2026, 6, 15)
SOURCE = "A source 2026Q2"
NOT_LOADED: Sourced[Any] = Sourced(None, "", "A source is not loaded.")
NOTHING: Sourced[Any] = Sourced(None, SOURCE)

CHAPTER = Record(EntryLine("4", Level.CHAPTER, "A chapter", False, True), 0, (), (), None, None, (), (), ())


def service(
    number: int, code: str, *modifiers: str, units: int = 1, pointers: tuple[int, ...] = (), place: str = ""
) -> Line:
    return Line(number=number, code=code, day=DAY, modifiers=modifiers, units=units, pointers=pointers, place=place)


def claim(diagnoses: Sequence[str], *lines: Line) -> Claim:
    return Claim("", Setting.PRACTITIONER, DAY, tuple(diagnoses), lines or (service(1, "99213"),))


def book(titles: Mapping[str, str], notes: Mapping[str, str] | None = None) -> dict[str, Diagnosis]:
    """Return the codes of a book by their titles; a code stands below the longest that it begins with.

    `notes` are Excludes1 notes. A code with none below it is valid for submission.
    """
    parents = {
        code: max((one for one in titles if one != code and code.startswith(one)), key=len, default="")
        for code in titles
    }
    lines = {
        code: EntryLine(code, Level.CODE, title, code not in parents.values(), code in parents.values())
        for code, title in titles.items()
    }
    records: dict[str, Record] = {}
    above: dict[str, tuple[str, ...]] = {}
    for order, code in enumerate(sorted(titles), start=1):
        above[code] = (*above[parents[code]], parents[code]) if parents[code] else ()
        text = (notes or {}).get(code)
        records[code] = Record(
            line=lines[code],
            order=order,
            ancestors=above[code],
            children=tuple(lines[one] for one in titles if parents[one] == code),
            previous=None,
            next=None,
            inclusion_terms=(),
            notes=(Note(NoteKind.EXCLUDES1, text),) if text else (),
            seventh_characters=(),
        )
    return {
        code: Diagnosis(record, (CHAPTER, *(records[one] for one in above[code]))) for code, record in records.items()
    }
