"""Reads the fixed width file of HCPCS Level II, `HCPCYYYY_MMM_ANWEB.txt`: 320 columns, as its record layout says."""

import re
from collections.abc import Iterator
from typing import IO

from services.lookup.sources.errors import SourceError
from services.lookup.sources.hcpcs_fields import ACTION, ADDED, FIELDS, LONG, Field, HcpcsRow
from services.lookup.sources.order import text_lines

_LENGTH = 320
# A code, or a modifier in the last two of its five columns; the sequence number; the record id.
_BEGINNING = re.compile(r"(?:[A-Z0-9][0-9]{3}[A-Z0-9]|   [A-Z0-9]{2})[ 0-9]{5}[3478]\S")
_CONTINUES = "48"


def is_hcpcs_fixed(head: bytes) -> bool:
    """Tell from the first bytes whether this is the fixed width file of HCPCS Level II."""
    lines = head.decode("latin-1").removeprefix("\xef\xbb\xbf").split("\n")
    return any(_BEGINNING.match(line) and _is_whole(line.rstrip("\r")) for line in lines)


def read_fixed(stream: IO[bytes], file: str) -> Iterator[HcpcsRow]:
    """Yield the rows; a disclaimer above the first is passed over.

    Raises SourceError for a line after it that breaks the layout, and a file cut in a line.
    """
    begun = False
    for number, line in text_lines(stream, file):
        if not _BEGINNING.match(line):
            if begun:
                expected = "expected a code, a sequence number and a record id (3, 4, 7 or 8) in columns 1-11"
                raise SourceError(file, number, f"{expected}, found {line[:11]!r}")
            continue
        begun = True
        continues = line[10] in _CONTINUES
        if len(line) > _LENGTH:
            raise SourceError(file, number, f"expected at most {_LENGTH} columns, found {len(line)}")
        if not continues and not _is_whole(line):
            raise SourceError(file, number, "expected the date added in columns 269-276 and the action in column 293")
        values = {field.name: found for field in ((LONG,) if continues else FIELDS) if (found := _values(line, field))}
        yield HcpcsRow(number, line[:5].strip(), continues, values)


def _is_whole(line: str) -> bool:
    return "".join(_values(line, ADDED)).isdigit() and "".join(_values(line, ACTION)).isalpha()


def _values(line: str, field: Field) -> tuple[str, ...]:
    starts = (field.first - 1 + place * field.width for place in range(len(field.headings)))
    return tuple(value for start in starts if (value := line[start : start + field.width].strip()))
