"""Reads the order files of CMS, `icd10cm_order_YYYY.txt` and `icd10pcs_order_YYYY.txt`: every code, in book order.

The columns, counted from 1, are those of the layout that CMS publishes with the files.
"""

import re
from dataclasses import dataclass
from typing import IO, NamedTuple

from services.lookup.codes.model import System
from services.lookup.codes.notation import display
from services.lookup.sources.errors import SourceError

# A category of ICD-10-CM, a table of ICD-10-PCS.
TOP_LENGTH = 3


class Column(NamedTuple):
    """Where a column of fixed width stands, what it and the blank behind it look like, and how that is said."""

    place: slice
    pattern: str
    expected: str


class Layout:
    """The columns of a line, one after the other."""

    def __init__(self, *columns: Column) -> None:
        self._columns = [(each.place, re.compile(each.pattern), each.expected) for each in columns]
        self._line = re.compile("".join(each.pattern for each in columns))

    def first_line(self, head: bytes) -> str:
        """Return the first line among the first bytes of a file that has the layout, empty when none has."""
        lines = head.decode("latin-1").removeprefix("\xef\xbb\xbf").split("\n")
        return next(filter(self._line.match, lines), "")

    def check(self, line: str, number: int, file: str) -> None:
        """Raise SourceError for the first column that is not as it should be."""
        for place, pattern, expected in self._columns:
            if not pattern.fullmatch(line[place]):
                raise SourceError(file, number, f"expected {expected}, found {line[place][:80]!r}")


def description_columns(start: int) -> tuple[Column, Column]:
    """Return the columns of the short and the long description, which end every line, from an index on."""
    return (
        Column(
            slice(start, start + 61),
            r"\S.{59} ",
            f"columns {start + 1}-{start + 60} to hold the short description, then a blank",
        ),
        Column(slice(start + 61, None), r"\S.*", f"a long description from column {start + 62} on"),
    )


def text_lines(stream: IO[bytes], file: str) -> list[tuple[int, str]]:
    """Return the lines that are not blank, numbered from 1.

    Raises SourceError for a last line that does not end, and bytes that are neither UTF-8 nor cp1252.
    """
    *lines, rest = _text(stream.read(), file).split("\n")
    if rest.strip():
        raise SourceError(file, len(lines) + 1, "expected a line end after the last line: the file looks cut")
    return [(number, line.rstrip("\r")) for number, line in enumerate(lines, 1) if line.strip()]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line: the code as printed and the code above it, empty for one of three characters."""

    code: str
    parent: str
    valid: bool
    title: str
    short_title: str


class OrderFile:
    """The order file of a system.

    `code` is the pattern of the seven columns of a code and the blank behind them, `top` what a code of three
    characters is called.
    """

    def __init__(self, system: System, code: str, top: str) -> None:
        self._system = system
        self._top = top
        self._layout = Layout(
            Column(slice(0, 6), r"[0-9]{5} ", "columns 1-5 to hold the order number, five digits, then a blank"),
            Column(slice(6, 14), code, "columns 7-13 to hold the code without its dot"),
            Column(slice(14, 16), "[01] ", "column 15 to be 0 (header) or 1 (valid for submission), then a blank"),
            *description_columns(16),
        )

    def first_code(self, head: bytes) -> str:
        """Return the first code among the first bytes of a file, empty when no line has the layout."""
        return _code(self._layout.first_line(head))

    def read(self, stream: IO[bytes], file: str) -> list[OrderLine]:
        """Read the lines in book order.

        Raises SourceError for a line that breaks the layout, a gap in the order numbers, a code given twice, a code
        without the one above it, a header with nothing below it, a valid code with something below it, and a file cut
        in a line.
        """
        read: list[OrderLine] = []
        line_of: dict[str, int] = {}
        codes_above: set[str] = set()
        for number, line in text_lines(stream, file):
            self._layout.check(line, number, file)
            code = _code(line)
            if int(line[:5]) != len(read) + 1:
                raise SourceError(file, number, f"expected order number {len(read) + 1:05d}, found {line[:5]}")
            if code in line_of:
                raise SourceError(file, number, f"code {code} was already given in line {line_of[code]}")
            parent = _code_above(code, line_of)
            if not parent and len(code) > TOP_LENGTH:
                raise SourceError(file, number, f"expected the {self._top} {code[:TOP_LENGTH]} before its code {code}")
            line_of[code] = number
            codes_above.add(parent)
            read.append(
                OrderLine(
                    code=display(self._system, code),
                    parent=display(self._system, parent),
                    valid=line[14] == "1",
                    title=" ".join(line[77:].split()),
                    short_title=" ".join(line[16:76].split()),
                )
            )
        if not read:
            raise SourceError(file, None, "expected codes, found none")
        for each, (code, number) in zip(read, line_of.items(), strict=True):
            if each.valid == (code in codes_above):
                expected = "no code below this valid code" if each.valid else "codes below this header"
                raise SourceError(file, number, f"expected {expected} ({each.code})")
        return read


def _code(line: str) -> str:
    return line[6:13].rstrip()


def _code_above(code: str, known: dict[str, int]) -> str:
    """Return the longest known code that begins this one: placeholders stand between S01.00XA and S01.00."""
    for length in range(len(code) - 1, TOP_LENGTH - 1, -1):
        if code[:length] in known:
            return code[:length]
    return ""


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
