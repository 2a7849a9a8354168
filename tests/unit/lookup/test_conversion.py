import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.history import Conversion, Conversions, codes_in
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.history import read_conversions
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_conversion import is_conversion, read_conversion

PREAMBLE = ["Codes, new from October 1, 2025.\nThis FY 2026 (October 1, 2025 Update) table lists them", "", ""]
HEADINGS = ["Current code assignment", "Effective", "Previous Code(s) Assignment"]
ROWS = (
    ["A04.71", "2017", "A04.7"],
    ["A04.72 ", "2017", "A04.7"],
    ["B60.09", "2020-04-01", "B60.0"],
    ["W453XXA", "10/1/2025", "W45.8XXA"],
)


def text(rows: Sequence[Sequence[str]], line_end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end).writerows(rows)
    return out.getvalue()


TABLE = text([PREAMBLE, HEADINGS, *ROWS])


def file(folder: Path, content: str | bytes, name: str = "table.csv") -> SourceFile:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return SourceFile(Kind.ICD10CM_CONVERSION, folder / name)


def edition(folder: Path, content: str | bytes, told: Told | None = None, name: str = "table.csv") -> FactEdition:
    (only,) = read_conversion([file(folder, content, name)], told or Told())
    return only


def of_rows(folder: Path, *rows: Sequence[str]) -> dict[str, Conversions]:
    return conversions(edition(folder, text([PREAMBLE, HEADINGS, *rows])))


def conversions(read: FactEdition) -> dict[str, Conversions]:
    return {code: read_conversions(code, values) for code, values in read.documents}


def refused(folder: Path, content: str | bytes) -> SourceError:
    with pytest.raises(SourceError) as refusal:
        edition(folder, content)
    return refusal.value


class TestRows:
    def test_new_codes_and_those_before_them_know_each_other(self, tmp_path: Path) -> None:
        found = conversions(edition(tmp_path, TABLE))

        first = Conversion("A04.71", date(2017, 10, 1), ("A04.7",), "A04.7")
        second = Conversion("A04.72", date(2017, 10, 1), ("A04.7",), "A04.7")
        assert found["A0471"] == Conversions(came=(first,))
        assert found["A047"] == Conversions(followed_by=(first, second))
        assert found["W458XXA"].followed_by[0].code == "W45.3XXA"

    def test_a_day_stands_for_itself_and_a_year_for_its_october(self, tmp_path: Path) -> None:
        found = conversions(edition(tmp_path, TABLE))

        assert [found[code].came[0].effective_from for code in ("A0471", "B6009", "W453XXA")] == [
            date(2017, 10, 1),
            date(2020, 4, 1),
            date(2025, 10, 1),
        ]

    @pytest.mark.parametrize(
        ("assignment", "previous"),
        [
            ("I63.011 AND I63.012", ("I63.011", "I63.012")),
            ("C50.919, C50.929", ("C50.919", "C50.929")),
            ("A00.1 A00.2 A00.1", ("A00.1", "A00.2")),
            ("H02.101-H02.106; H02.109", ("H02.101-H02.106", "H02.109")),
            ("I10-I15.9", ("I10-I15.9",)),
            ("I63.- and P91.88", ("P91.88",)),
            ("K59.09 AND Code from categories T36-T50", ("K59.09",)),
            ("K31.89 and a code from R11-", ("K31.89",)),
            ("Codes in Categories T15-T19", ()),
            ("None", ()),
        ],
    )
    def test_the_codes_in_the_wording_are_found_and_the_wording_is_kept(
        self, tmp_path: Path, assignment: str, previous: tuple[str, ...]
    ) -> None:
        (came,) = of_rows(tmp_path, ["T00.1", "2020", assignment])["T001"].came

        assert came == Conversion("T00.1", date(2020, 10, 1), previous, assignment)

    def test_every_code_of_a_range_of_one_digit_is_followed(self, tmp_path: Path) -> None:
        found = of_rows(tmp_path, ["T00.1", "2020", "S06.897A-S06.899A"])

        assert sorted(found) == ["S06897A", "S06898A", "S06899A", "T001"]

    def test_a_row_given_twice_is_taken_once_and_counted(self, tmp_path: Path) -> None:
        read = edition(tmp_path, text([PREAMBLE, HEADINGS, *ROWS, ROWS[0]]))

        assert (read.source, read.rows, read.left_out) == (Source.CONVERSION, 5, {"given twice": 1})
        assert read.codes == len(conversions(read)) == 7

    def test_a_code_may_come_more_than_once(self, tmp_path: Path) -> None:
        found = of_rows(tmp_path, ["A04.71", "2017", "A04.7"], ["A04.71", "2024", "A04.8"])

        assert [came.previous for came in found["A0471"].came] == [("A04.7",), ("A04.8",)]


class TestContainers:
    @settings(deadline=None)
    @given(
        st.permutations(range(3)),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    )
    def test_columns_in_any_order_line_ends_and_encodings_make_no_difference(
        self, tmp_path_factory: pytest.TempPathFactory, order: list[int], line_end: str, encoding: str
    ) -> None:
        rows = [PREAMBLE, *([row[place] for place in order] for row in (HEADINGS, *ROWS))]
        folder = tmp_path_factory.getbasetemp()

        read = edition(folder, text(rows, line_end).encode(encoding))

        assert conversions(read) == conversions(edition(folder, TABLE))

    def test_a_workbook_says_the_same(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in (PREAMBLE, HEADINGS, *ROWS):
            book.active.append(row)
        book.active.cell(3, 2).value = 2017
        book.active.cell(5, 2).value = datetime(2020, 4, 1)
        book.save(tmp_path / "table.xlsx")

        (read,) = read_conversion([SourceFile(Kind.ICD10CM_CONVERSION, tmp_path / "table.xlsx")], Told())

        assert conversions(read) == conversions(edition(tmp_path, TABLE))

    def test_a_workbook_beside_the_same_table_as_text_counts_once(self, tmp_path: Path) -> None:
        found = [file(tmp_path, TABLE, "table.csv"), file(tmp_path, TABLE, "table.xlsx")]

        assert [read.origin for read in read_conversion(found, Told())] == ["table.csv"]

    def test_it_is_recognised_by_its_headings(self) -> None:
        assert is_conversion([PREAMBLE, HEADINGS])
        assert not is_conversion([["2015", "2016"], ["UNDEF2015", "A925"]])
        assert not is_conversion([])


class TestDates:
    def test_the_year_stands_above_the_table(self, tmp_path: Path) -> None:
        read = edition(tmp_path, TABLE, name="table-2020.csv")

        assert (read.label, read.effective_from, read.effective_to) == ("FY2026", date(2025, 10, 1), date.max)

    def test_the_year_may_stand_in_the_name(self, tmp_path: Path) -> None:
        read = edition(tmp_path, text([HEADINGS, *ROWS]), name="Conversion-Table-FY2025.csv")

        assert read.label == "FY2025"

    def test_what_is_told_wins(self, tmp_path: Path) -> None:
        told = Told(edition="draft", effective_from=date(2025, 11, 1), effective_to=date(2026, 1, 1))

        read = edition(tmp_path, TABLE, told)

        assert (read.label, read.effective_from, read.effective_to) == ("draft", told.effective_from, told.effective_to)

    def test_an_unknown_year_is_asked_for(self, tmp_path: Path) -> None:
        assert "--effective-from" in refused(tmp_path, text([HEADINGS, *ROWS])).message

    def test_tables_of_two_years_are_two_editions(self, tmp_path: Path) -> None:
        found = [file(tmp_path, TABLE, "a.csv"), file(tmp_path, TABLE.replace("FY 2026", "FY 2025"), "b.csv")]

        assert [read.label for read in read_conversion(found, Told())] == ["FY2026", "FY2025"]


class TestFaults:
    @pytest.mark.parametrize(
        ("row", "message"),
        [
            (["A04.7!", "2017", "A04.7"], "an ICD-10-CM code as current assignment, found 'A04.7!'"),
            (["", "2017", "A04.7"], "an ICD-10-CM code as current assignment, found ''"),
            (["A04.71", "soon", "A04.7"], "the year or the day A04.71 took effect, found 'soon'"),
            (["A04.71", "", "A04.7"], "the year or the day"),
            (["A04.71", "2017", ""], "what was assigned before A04.71, or None"),
            (["A04.71", "2017"], "what was assigned before A04.71, or None"),
        ],
    )
    def test_a_fault_is_named_with_its_line(self, tmp_path: Path, row: list[str], message: str) -> None:
        refusal = refused(tmp_path, text([PREAMBLE, HEADINGS, ROWS[0], row]))

        assert refusal.line == 5
        assert message in refusal.message

    def test_a_table_without_rows_is_refused(self, tmp_path: Path) -> None:
        assert "expected rows below the headings" in refused(tmp_path, text([PREAMBLE, HEADINGS])).message

    def test_a_table_without_headings_is_refused(self, tmp_path: Path) -> None:
        assert "expected a row with the headings Current code assignment" in refused(tmp_path, text(ROWS)).message

    @settings(deadline=None)
    @given(st.integers(0, len(TABLE) - 1))
    def test_a_file_cut_inside_a_line_is_refused(self, tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
        refused(tmp_path_factory.getbasetemp(), TABLE[:length].rstrip("\n"))

    @settings(deadline=None)
    @given(st.binary(), st.integers(0, len(TABLE)), st.integers(0, 40))
    def test_garbage_inside_gives_an_edition_or_a_refusal(
        self, tmp_path_factory: pytest.TempPathFactory, garbage: bytes, position: int, overwritten: int
    ) -> None:
        content = TABLE.encode()
        content = content[:position] + garbage + content[position + overwritten :]
        with suppress(SourceError):
            assert edition(tmp_path_factory.getbasetemp(), content).rows


@pytest.mark.parametrize(
    ("span", "codes"),
    [
        ("A04.7", ["A04.7"]),
        ("H02.101-H02.103", ["H02.101", "H02.102", "H02.103"]),
        ("I10-I15.9", ["I10", "I15.9"]),
        ("I15.8-I16.9", ["I15.8", "I16.9"]),
        ("G43.A-G43.D", ["G43.A", "G43.D"]),
        ("H02.103-H02.101", ["H02.103", "H02.101"]),
    ],
)
def test_a_range_names_its_codes_where_one_digit_differs_else_its_ends(span: str, codes: list[str]) -> None:
    assert codes_in(span) == codes
