"""Tables of any container give the same rows."""

import gzip
import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.tables import columns, head_rows, rows

CELLS = [["Code", "Title"], ["A0021", "Ménière, left"], ["00100", ""]]


def workbook(table: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in table:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(content: bytes) -> list[list[str]]:
    return [row.cells for row in rows(io.BytesIO(content), "table")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_text_is_read_whatever_its_encoding_line_ends_and_separator(encoding: str, end: str, separator: str) -> None:
    quoted = "Ménière, left" if separator == "\t" else '"Ménière, left"'
    text = end.join((f"Code{separator}Title", f" A0021 {separator}{quoted}", "", f"00100{separator}", ""))

    assert read(text.encode(encoding)) == CELLS


def test_bytes_that_cp1252_does_not_define_make_a_text_latin_1() -> None:
    assert read(b"M\xe9ni\xe8re,\x81x\n") == [["Ménière", "\x81x"]]


def test_a_workbook_gives_the_rows_of_its_text() -> None:
    assert read(workbook([*CELLS[:2], [], ["00100"]])) == [*CELLS[:2], ["00100", ""]]


def test_numbers_and_dates_of_a_workbook_are_written_as_text_files_write_them() -> None:
    assert read(workbook([[20180701, 1.0, 0.25, datetime(2026, 7, 1), None, "x"]])) == [
        ["20180701", "1", "0.25", "2026-07-01", "", "x"]
    ]


def test_lines_are_counted_with_the_blank_ones_and_within_quotes() -> None:
    found = list(rows(io.BytesIO(b'"a licence\nof two lines",x\n\nb,y\n'), "table"))

    assert [(row.line, row.cells[1]) for row in found] == [(2, "x"), (4, "y")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\nc,d", "looks cut"),
        (b'a,"b\nc,d\n', "well-formed table"),
        (b"PK\x03\x04 is no workbook", "sound workbook"),
    ],
)
def test_what_is_no_sound_table_is_refused(content: bytes, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        read(content)


@settings(deadline=None)
@given(st.binary())
def test_garbage_gives_rows_or_a_refusal(content: bytes) -> None:
    with suppress(SourceError):
        assert all(any(cells) for cells in read(content))


@settings(deadline=None)
@given(st.integers(0, 40))
def test_the_beginning_of_a_table_gives_its_first_whole_rows(length: int) -> None:
    text = b"Code,Title\nA0021,one\nA0080,two\n"
    whole = [["Code", "Title"], ["A0021", "one"], ["A0080", "two"]]

    found = head_rows(text[:length])

    assert found == whole[: text[:length].count(b"\n")]


def test_columns_are_found_by_any_of_their_headings_wherever_they_stand() -> None:
    names = {"code": ("HCPCS/CPT Code", "hcpcs_code"), "value": ("MUE Values",), "missing": ("no such",)}

    assert columns(["MUE  values", "HCPCS/\nCPT Code"], names) == {"code": 1, "value": 0}
    assert columns(["x", "hcpcs_code", "MUE_VALUES"], names) == {"code": 1, "value": 2}


def test_a_gzipped_file_is_read_unpacked_and_a_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(b"a,b\n"))
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"a,b\n" * 1_000_000))

    with SourceFile(Kind.NCCI_PTP, tmp_path / "table.csv.gz").open() as stream:
        assert [row.cells for row in rows(stream, "table.csv.gz")] == [["a", "b"]]
    with (
        pytest.raises(SourceError, match="unpacks to at most"),
        SourceFile(Kind.NCCI_PTP, tmp_path / "bomb.csv.gz").open() as stream,
    ):
        list(rows(stream, "bomb.csv.gz"))
