"""Rows of a published table: comma or tab separated text, or the sheets of a workbook (xlsx), plain or gzipped."""

import codecs
import contextlib
import csv
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO, Literal, NamedTuple
from xml.etree.ElementTree import ParseError

import openpyxl

from services.lookup.sources.errors import SourceError

_WORKBOOK = b"PK\x03\x04"
_CHUNK = 1 << 20
_SNIFFED_LINES = 40
_HEAD_ROWS = 60
# The longest cells of published tables are whole documents in HTML.
_LONGEST_CELL = 1 << 22
# What cp1252 does not define.
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")

csv.field_size_limit(_LONGEST_CELL)


class Row(NamedTuple):
    """One row: the line it ends on, or its row in the sheet, from 1, and its cells without blanks around them."""

    line: int
    cells: list[str]


def rows(stream: IO[bytes], file: str) -> Iterator[Row]:
    """Yield the rows that have a cell that is not empty; in a workbook those of each sheet, one after the other.

    Text is UTF-8, else cp1252, else latin-1. Raises SourceError for text that does not end with a line end (it looks
    cut) or is no well-formed table, and for a workbook that cannot be read.
    """
    start = stream.read(_CHUNK)
    if start.startswith(_WORKBOOK):
        yield from _sheets(io.BytesIO(start + stream.read()), file)
        return
    encoding = _checked_encoding(start, stream, file)
    stream.seek(0)
    delimiter = _delimiter(start.decode(encoding, errors="ignore"))
    text = io.TextIOWrapper(stream, encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter, quoting=_quoting(delimiter), strict=True)
    try:
        for cells in reader:
            if any(stripped := [cell.strip() for cell in cells]):
                yield Row(reader.line_num, stripped)
    except csv.Error as error:
        raise SourceError(file, reader.line_num, f"expected a well-formed table: {error}") from error
    finally:
        # Closed already when the rows outlive the stream.
        with contextlib.suppress(ValueError):
            text.detach()


def head_rows(head: bytes) -> list[list[str]]:
    """Return the rows that the first bytes of a text hold whole; none when they are no text."""
    if b"\0" in head:
        return []
    lines = head.decode("utf-8-sig", errors="replace").splitlines(keepends=True)
    text = "".join(lines[:-1] if lines and not lines[-1].endswith(("\n", "\r")) else lines)
    delimiter = _delimiter(text)
    found: list[list[str]] = []
    # What was read before a fault still tells what the file is.
    with contextlib.suppress(csv.Error):
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=_quoting(delimiter)):
            found.append([cell.strip() for cell in cells])
    return found


def workbook_head(stream: IO[bytes], file: str) -> list[list[str]]:
    """Return the first rows of a workbook."""
    return [row.cells for row in islice(rows(stream, file), _HEAD_ROWS)]


def columns(row: Sequence[str], names: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Return where the named columns stand in a header row.

    `names` gives for each field the headings it may have. Case, blanks and punctuation of headings do not matter; of
    two columns with one heading the first counts.
    """
    headings: dict[str, int] = {}
    for position, cell in enumerate(row):
        headings.setdefault(_plain(cell), position)
    found = {}
    for field, alternatives in names.items():
        written = next((_plain(name) for name in alternatives if _plain(name) in headings), None)
        if written is not None:
            found[field] = headings[written]
    return found


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", heading.casefold()).strip()


def _quoting(delimiter: str) -> Literal[0, 3]:
    # Published files with tabs quote nothing.
    return csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL


def _delimiter(text: str) -> str:
    lines = text.splitlines()[:_SNIFFED_LINES]
    return "\t" if sum(line.count("\t") for line in lines) > sum(line.count(",") for line in lines) else ","


def _checked_encoding(start: bytes, rest: IO[bytes], file: str) -> str:
    """Return the encoding of a whole text, and see that its last line ends."""
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = is_cp1252 = True
    chunk, last, line = start, b"", 1
    while chunk:
        last = chunk[-1:]
        line += chunk.count(b"\n")
        try:
            is_utf8 = is_utf8 and utf8.decode(chunk) is not None
        except UnicodeDecodeError:
            is_utf8 = False
        is_cp1252 = is_cp1252 and _NOT_CP1252.search(chunk) is None
        chunk = rest.read(_CHUNK)
    if last not in (b"\n", b"\r"):
        raise SourceError(file, line, "expected a line end after the last line: the file looks cut")
    return "utf-8-sig" if is_utf8 else "cp1252" if is_cp1252 else "latin-1"


def _sheets(workbook: IO[bytes], file: str) -> Iterator[Row]:
    try:
        book = openpyxl.load_workbook(workbook, read_only=True, data_only=True)
        for sheet in book.worksheets:
            for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
                if any(cells := [_text(value) for value in values]):
                    yield Row(number, cells)
    except (zipfile.BadZipFile, KeyError, ValueError, ParseError, EOFError) as error:
        raise SourceError(file, None, "expected a sound workbook") from error


def _text(value: object) -> str:
    """Return a cell as a text file would hold it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
