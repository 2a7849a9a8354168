"""A claim as coders write it: pasted lines become the claim of the contract. See HELP for the notation.

A line says one service: its code, modifiers right after it, then in any order units, diagnoses, place and date. What
could be read in two ways is refused, never guessed: a 25 that does not follow the code or another modifier is one.
"""

import re
from collections import deque
from collections.abc import Iterator, MutableSequence, Sequence
from datetime import date
from typing import Literal, NamedTuple, Self

from codingahead.lookup.v1 import lookup_pb2 as lookup

HELP = (
    ("DX: E11.9, I10", "Diagnoses of the claim, in order"),
    ("99213-25", "A service: its code, then its modifiers"),
    ("20610 RT 59 x2", "Units are marked: x2, 2 units, units: 2"),
    ("93000 dx 1,2", "Diagnoses by their place on the claim (1,2 or A,B), or by code (E11.9)"),
    ("11042 POS 11 2024-08-01", "Place and date of service of the line; the date also as 8/1/2024"),
    ("Code ⇥ modifiers ⇥ units ⇥ diagnoses ⇥ POS ⇥ date", "Rows of a spreadsheet, with their headings or without"),
)

_Part = Literal["code", "modifiers", "units", "diagnoses", "place", "date"]

_LABELS: dict[str, _Part] = {
    **dict.fromkeys(("CODE", "CPT", "HCPCS", "CPT/HCPCS", "PROCEDURE"), "code"),
    **dict.fromkeys(("MOD", "MODS", "MODIFIER", "MODIFIERS"), "modifiers"),
    **dict.fromkeys(("X", "QTY", "UNIT", "UNITS"), "units"),
    **dict.fromkeys(("DX", "DIAGNOSIS", "DIAGNOSES", "ICD", "ICD-10", "ICD-10-CM", "POINTER", "POINTERS"), "diagnoses"),
    **dict.fromkeys(("POS", "PLACE", "PLACE OF SERVICE"), "place"),
    **dict.fromkeys(("DOS", "DATE", "DATE OF SERVICE"), "date"),
}
# The columns of a spreadsheet without headings.
_COLUMNS: tuple[_Part, ...] = ("code", "modifiers", "units", "diagnoses", "place", "date")
# Parts that a service has one of.
_ONCE = ("units", "place", "date")
_SPELLED: dict[_Part, str] = {
    "modifiers": "MOD:",
    "units": "UNITS:",
    "diagnoses": "DX:",
    "place": "POS:",
    "date": "DATE:",
}

_SIGNS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | {"\u00d7": "X"})
_DIAGNOSES_LINE = re.compile(r"(?:DX|DIAGNOS[IE]S|ICD(?:-?10(?:-CM)?)?)(?:\s*[:=]|\s)(.*)", re.ASCII)
_SERVICE = re.compile(
    r"(?:(?:CPT|HCPCS|CODE)[\s:]+)?(\d{4}[0-9AFMTU]|[A-V]\d{4})((?:\s*-\s*[0-9A-Z]{2}\b)*)(?![\w.-])(.*)",
    re.ASCII,
)
# What is written without a space: POS11, X2, DX1, 2UNITS; X000000 is a diagnosis without its dot.
_GLUED = re.compile(r"(?<![\w.])(POS|DX|QTY|UNITS?|X(?=(?:0|[1-9]\d*)(?![\w.])))[:=]?(?=\d)", re.ASCII)
_GLUED_UNITS = re.compile(r"(?<![\w.])(\d+)(UNITS?)\b", re.ASCII)
_WORD = re.compile(r"[^\s,;:=]+[:=]?", re.ASCII)

_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_DIAGNOSIS = re.compile(r"[A-Z](?:\d[0-9A-Z]|[A-Z]\d)(?:\.?[0-9A-Z]{1,4})?", re.ASCII)
_LETTERS = re.compile(r"[A-L]{1,4}", re.ASCII)
_PLACE = re.compile(r"\d{1,2}", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_US_DATE = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.ASCII)

_MOST_MODIFIERS = _MOST_POINTERS = 4
_EXPECTED = "expected units as x2, diagnoses as E11.9 or dx 1,2, a place as POS 11, or a date as 2024-08-01"


class Fault(NamedTuple):
    """A line that is not understood: its number in the text, from 1, the line, and why."""

    line: int
    text: str
    message: str


class NotUnderstood(Exception):
    """Lines of a claim are not understood."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(f"Line {fault.line}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


class _Unclear(Exception):
    """Why a line is not understood."""


class _Line(NamedTuple):
    """A line as it was pasted and as it is read; `diagnoses` is what it lists, None when it says a service."""

    number: int
    text: str
    upper: str
    diagnoses: str | None

    @classmethod
    def of(cls, numbered: tuple[int, str]) -> Self:
        number, text = numbered
        # A tab at the beginning is a column that is empty.
        upper = text.rstrip().lstrip(" ").upper().translate(_SIGNS)
        listed = _DIAGNOSES_LINE.fullmatch(upper)
        return cls(number, text.strip(), upper, listed[1] if listed else None)


def parse(text: str) -> lookup.Claim:
    """Return the claim that pasted lines say, without the date and the setting of the claim.

    Raises NotUnderstood with every line that is not.
    """
    faults = []
    claim = lookup.Claim()
    lines = [line for line in map(_Line.of, enumerate(text.splitlines(), start=1)) if line.upper]
    # Wherever they stand, diagnoses are listed first: services refer to their places.
    for line in lines:
        if line.diagnoses is not None:
            try:
                claim.diagnoses.extend(_listed(line.diagnoses))
            except _Unclear as why:
                faults.append(Fault(line.number, line.text, str(why)))
    columns: Sequence[_Part | None] = _COLUMNS
    for line in lines:
        if line.diagnoses is None:
            try:
                if headings := _headings(line.upper):
                    columns = headings
                else:
                    claim.lines.append(_service(_row(line.upper, columns), claim.diagnoses))
            except _Unclear as why:
                faults.append(Fault(line.number, line.text, str(why)))
    if not claim.lines and not faults:
        faults.append(Fault(1, "", "expected a service, such as 99213-25"))
    if faults:
        raise NotUnderstood(sorted(faults))
    return claim


def _listed(text: str) -> Iterator[str]:
    """Yield the diagnoses of a line that lists them."""
    for word in _WORD.findall(text):
        if not _DIAGNOSIS.fullmatch(word):
            raise _Unclear(f"“{word}” is no diagnosis: expected ICD-10-CM codes such as E11.9")
        yield word


def _headings(line: str) -> tuple[_Part | None, ...]:
    """Return what the columns of a spreadsheet are when a line has their headings; nothing for any other line."""
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) == 1 or any(cell and cell not in _LABELS for cell in cells):
        return ()
    parts = tuple(_LABELS.get(cell) for cell in cells)
    if "code" not in parts or len(set(parts) - {None}) < len([part for part in parts if part]):
        raise _Unclear("expected different headings, with one of the code")
    return parts


def _row(line: str, columns: Sequence[_Part | None]) -> str:
    """Return a row of a spreadsheet as a line without tabs; any other line as it is."""
    if "\t" not in line:
        return line
    said: dict[_Part | None, str] = {}
    for number, cell in enumerate(line.split("\t")):
        part = columns[number] if number < len(columns) else None
        if cell.strip():
            if part is None:
                raise _Unclear(f"“{cell.strip()}” has no column: expected {', '.join(filter(None, columns))}")
            said[part] = cell.replace("-", " ") if part == "modifiers" else cell
    code = said.pop("code", "")
    return " ".join([code, *(f"{_SPELLED[part]} {cell}" for part, cell in said.items() if part)])


def _service(text: str, diagnoses: MutableSequence[str]) -> lookup.ClaimLine:
    """Return the service that a line says; a diagnosis that the claim has not yet is added to it."""
    begun = _SERVICE.fullmatch(text.strip())
    if not begun:
        raise _Unclear("expected a CPT or HCPCS code first, such as 99213 or J1885, or DX: before diagnoses")
    modifiers = re.findall(r"[0-9A-Z]{2}", begun[2])
    pointers: dict[int, None] = {}
    once: dict[_Part, str] = {}
    for part, value in _said(begun[3]):
        if part == "modifiers":
            modifiers.append(value)
        elif part == "diagnoses":
            pointers.update(dict.fromkeys(_places(value, diagnoses)))
        elif part in once:
            raise _Unclear(f"“{once[part]}” and “{value}”: expected {part} once")
        else:
            once[part] = value
    if len(modifiers) > _MOST_MODIFIERS:
        raise _Unclear(f"expected at most {_MOST_MODIFIERS} modifiers")
    if len(pointers) > _MOST_POINTERS:
        raise _Unclear(f"expected at most {_MOST_POINTERS} diagnoses on a line")
    return lookup.ClaimLine(
        code=begun[1],
        modifiers=modifiers,
        units=_units(once["units"]) if "units" in once else 0,
        diagnosis_pointers=pointers,
        place_of_service=_place(once["place"]) if "place" in once else "",
        effective_on=_date(once["date"]) if "date" in once else "",
    )


def _said(text: str) -> Iterator[tuple[_Part, str]]:
    """Yield what is said of a service behind its code: each value with what it is."""
    words = deque(_WORD.findall(_GLUED_UNITS.sub(r"\1 \2", _GLUED.sub(r"\1: ", text))))
    # What a word without a label of its own is.
    part: _Part | None = "modifiers"
    while words:
        word = words.popleft()
        label = _LABELS.get(word.rstrip(":="))
        if label in ("modifiers", "diagnoses"):
            part = label
        elif label in _ONCE:
            if not words:
                raise _Unclear(f"expected something after {word}")
            part = None
            yield label, words.popleft()
        elif _ISO_DATE.fullmatch(word) or _US_DATE.fullmatch(word):
            part = None
            yield "date", word
        elif word.isdigit() and words and words[0] in ("UNIT", "UNITS"):
            words.popleft()
            if words and words[0].isdigit():
                raise _Unclear(f"“{word} UNITS {words[0]}” may be read in two ways: expected units as x2")
            part = None
            yield "units", word
        elif part == "diagnoses":
            yield part, word
        elif _MODIFIER.fullmatch(word) and (part == "modifiers" or not word.isdigit()):
            yield "modifiers", word
        elif _SERVICE.fullmatch(word):
            raise _Unclear(
                f"“{word}” is a second code: expected it on a line of its own, or dx before it if it is a diagnosis"
            )
        elif _DIAGNOSIS.fullmatch(word):
            part = None
            yield "diagnoses", word
        elif word.isdigit():
            raise _Unclear(
                f"“{word}” may be many things: expected a modifier right after the code, units as x{word}, "
                f"a place as POS {word}, the place of a diagnosis as dx {word}"
            )
        else:
            raise _Unclear(f"“{word}” is not understood: {_EXPECTED}")


def _places(text: str, diagnoses: MutableSequence[str]) -> list[int]:
    """Return the places on the claim, from 1, of the diagnoses that a word names."""
    if _NUMBER.fullmatch(text):
        places = [int(text)]
    elif _LETTERS.fullmatch(text):
        places = [ord(letter) - ord("A") + 1 for letter in text]
    elif _DIAGNOSIS.fullmatch(text):
        compact = [code.replace(".", "") for code in diagnoses]
        if text.replace(".", "") not in compact:
            diagnoses.append(text)
            return [len(diagnoses)]
        return [compact.index(text.replace(".", "")) + 1]
    else:
        raise _Unclear(f"“{text}” is no diagnosis: expected codes such as E11.9, or places such as 1,2 or A,B")
    if not all(1 <= place <= len(diagnoses) for place in places):
        raise _Unclear(f"there is no diagnosis “{text}”: expected them in a line such as DX: E11.9, I10")
    return places


def _units(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not int(text):
        raise _Unclear(f"“{text}” are no units: expected 1 to 9999, as x2")
    return int(text)


def _place(text: str) -> str:
    if not _PLACE.fullmatch(text):
        raise _Unclear(f"“{text}” is no place of service: expected two digits, as POS 11")
    # Spreadsheets drop the zero of 02.
    return text.zfill(2)


def _date(text: str) -> str:
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _US_DATE.fullmatch(text):
        month, day, year = map(int, match.groups())
    else:
        raise _Unclear(f"“{text}” is no date: expected 2024-08-01 or 8/1/2024")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise _Unclear(f"“{text}” is no day of the calendar") from None
