"""Reads the ICD-10-CM order file of CMS, `icd10cm_order_YYYY.txt`: every code, in book order, with its validity.

The columns, counted from 1, are those of the layout that CMS publishes with the file.
"""

import re
from dataclasses import dataclass
from typing import IO

from services.lookup.codes.model import System
from services.lookup.codes.notation import display
from services.lookup.sources.errors import SourceError
from services.lookup.sources.icd10cm_code import CATEGORY, CATEGORY_LENGTH

_COLUMNS = (
    (slice(0, 6), re.compile(r"\d{5} ", re.ASCII), "columns 1-5 to hold the order number, five digits, then a blank"),
    (slice(6, 14), re.compile(rf"{CATEGORY}[0-9A-Z]{{0,4}} +"), "columns 7-13 to hold the code without its dot"),
    (slice(14, 16), re.compile(r"[01] "), "column 15 to be 0 (header) or 1 (valid for submission), then a blank"),
    (slice(16, 77), re.compile(r"\S.{59} "), "columns 17-76 to hold the short description, then a blank"),
    (slice(77, None), re.compile(r"\S.*"), "a long description from column 78 on"),
)
_ROW = re.compile("".join(pattern.pattern for _, pattern, _ in _COLUMNS), re.ASCII)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One row: the code as printed (with its dot) and the code above it, empty for a category."""

    code: str
    parent: str
    valid: bool
    title: str


def is_order_file(head: bytes) -> bool:
    """Tell from the first bytes whether this is an ICD-10-CM order file (that of ICD-10-PCS begins with 001)."""
    return any(_ROW.match(line) for line in head.decode("latin-1").removeprefix("\xef\xbb\xbf").split("\n"))


def read_order(stream: IO[bytes], file: str) -> list[OrderRow]:
    """Read the rows in book order.

    Raises SourceError for a line that breaks the layout, a gap in the order numbers, a code given twice, a code without
    the one above it, a header with nothing below it, a valid code with something below it, and a file cut in a line.
    """
    rows: list[OrderRow] = []
    line_of: dict[str, int] = {}
    codes_above: set[str] = set()
    for number, line in _lines(stream, file):
        _check_layout(line, number, file)
        code = line[6:13].rstrip()
        if int(line[:5]) != len(rows) + 1:
            raise SourceError(file, number, f"expected order number {len(rows) + 1:05d}, found {line[:5]}")
        if code in line_of:
            raise SourceError(file, number, f"code {code} was already given in line {line_of[code]}")
        parent = _code_above(code, line_of)
        if not parent and len(code) > CATEGORY_LENGTH:
            raise SourceError(file, number, f"expected the category {code[:CATEGORY_LENGTH]} before its code {code}")
        line_of[code] = number
        codes_above.add(parent)
        title = " ".join(line[77:].split())
        rows.append(OrderRow(display(System.ICD10CM, code), display(System.ICD10CM, parent), line[14] == "1", title))
    if not rows:
        raise SourceError(file, None, "expected codes, found none")
    for row, (code, number) in zip(rows, line_of.items(), strict=True):
        if row.valid == (code in codes_above):
            expected = "no code below this valid code" if row.valid else "codes below this header"
            raise SourceError(file, number, f"expected {expected} ({row.code})")
    return rows


def _lines(stream: IO[bytes], file: str) -> list[tuple[int, str]]:
    """Return the lines that are not blank, numbered from 1."""
    *lines, rest = _text(stream.read(), file).split("\n")
    if rest.strip():
        raise SourceError(file, len(lines) + 1, "expected a line end after the last line: the file looks cut")
    return [(number, line.rstrip("\r")) for number, line in enumerate(lines, 1) if line.strip()]


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        # Also right for latin-1: where the two differ, latin-1 has control characters, and no description holds one.
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(file, line, "expected text in UTF-8, cp1252 or latin-1") from error


def _check_layout(line: str, number: int, file: str) -> None:
    for columns, pattern, expected in _COLUMNS:
        if not pattern.fullmatch(line[columns]):
            raise SourceError(file, number, f"expected {expected}, found {line[columns][:80]!r}")


def _code_above(code: str, known: dict[str, int]) -> str:
    """Return the longest known code that begins this one: placeholders stand between S01.00XA and S01.00."""
    for length in range(len(code) - 1, CATEGORY_LENGTH - 1, -1):
        if code[:length] in known:
            return code[:length]
    return ""
