"""Reads HCPCS Level II as a table (csv, xlsx): that of CMS, or a plain list of codes and descriptions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from services.lookup.sources.errors import SourceError
from services.lookup.sources.hcpcs_fields import ACTION, CODE, FIELDS, LONG, RECORD_ID, SHORT, Field, HcpcsRow
from services.lookup.sources.tables import columns, rows

_CODE = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]|[A-Z0-9]{2}")
_LEVEL_II = re.compile(r"[A-V][0-9]{4}|[A-Z][A-Z0-9]")
_CONTINUES = ("4", "8")
_NO_MAINTENANCE = "N"
# Plain lists write the values of a field that repeats into one cell.
_BETWEEN_VALUES = re.compile(r"[:,]\s*")
_HEADINGS = {f"{field.name} {place}": names for field in FIELDS for place, names in enumerate(field.headings)}


def is_hcpcs_table(head: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether this is a table of HCPCS Level II.

    A plain list is taken for one when every code could be. CMS publishes the changes of a quarter in the same layout:
    there no row says that a code is not changed.
    """
    for number, cells in enumerate(head):
        if places := _places(cells):
            below = [row for row in head[number + 1 :] if any(row)]
            code = _CODE if _knows(places, RECORD_ID) else _LEVEL_II
            are_codes = bool(below) and all(code.fullmatch(_value(row, places, CODE)) for row in below)
            actions = {_value(row, places, ACTION) for row in below}
            return are_codes and (not _knows(places, ACTION) or _NO_MAINTENANCE in actions)
    return False


def read_table(stream: IO[bytes], file: str) -> Iterator[HcpcsRow]:
    """Yield the rows; a disclaimer above the headings is passed over.

    Raises SourceError for a table without the headings, a row without a code, and a table that cannot be read.
    """
    places: dict[str, int] = {}
    for number, cells in rows(stream, file):
        if not places:
            places = _places(cells)
            continue
        code = _value(cells, places, CODE)
        if not _CODE.fullmatch(code):
            raise SourceError(file, number, f"expected a HCPCS code or modifier, found {code[:20]!r}")
        values = {field.name: each for field in FIELDS if (each := _values(cells, places, field))}
        yield HcpcsRow(number, code, _value(cells, places, RECORD_ID) in _CONTINUES, values)
    if not places:
        raise SourceError(file, None, "expected the headings HCPC and LONG DESCRIPTION or SHORT DESCRIPTION")


def _places(cells: Sequence[str]) -> dict[str, int]:
    """Return where the fields stand below these headings, nothing when they are not those of the table."""
    places = columns(cells, _HEADINGS)
    described = _knows(places, LONG) or _knows(places, SHORT)
    return places if _knows(places, CODE) and described else {}


def _knows(places: Mapping[str, int], field: Field) -> bool:
    return f"{field.name} 0" in places


def _value(cells: Sequence[str], places: Mapping[str, int], field: Field, repetition: int = 0) -> str:
    place = places.get(f"{field.name} {repetition}")
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _values(cells: Sequence[str], places: Mapping[str, int], field: Field) -> tuple[str, ...]:
    printed = [_value(cells, places, field, repetition) for repetition in range(len(field.headings))]
    if field.repeats:
        printed = [value for cell in printed for value in _BETWEEN_VALUES.split(cell)]
    return tuple(value.zfill(field.width) if field.padded else value for value in printed if value)
