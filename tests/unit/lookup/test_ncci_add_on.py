"""Add-on codes are read from every layout, whole or not at all."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.edits.model import AddOn, AddOnHistory
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.edits import ADD_ON
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind
from services.lookup.sources.ncci_add_on import is_ncci_add_on, is_ncci_add_on_text, read_ncci_add_on
from services.lookup.sources.tables import head_rows
from tests.unit.lookup.ncci_files import damaged, workbook, written

NAME = "AOC_V2026Q3-MCR"
BLANK = " " * 7
# Type, add-on code and its deletion, primary code and its deletion, beginning and deletion of the edit, notes.
ROWS = [
    ("1", "11001", "", "11000", "", "2013091", "", ""),
    ("1", "20701", "", "11010", "", "2020001", "2022365", ""),
    ("3", "20701", "", "11010", "", "2023001", "", "Two, of many"),
    ("3", "20701", "", "CCCCC", "", "2023001", "", "Contractor Defined Primary Codes"),
    ("2", "0054T", "2025365", "CCCCC", "", "2013091", "", "Contractor Defined Primary Codes"),
    ("1", "G2212", "", "99205", "2024366", "2021001", "", ""),
]
HEADING = [
    *("AOC_Edit_Type", "Add-On_Code", "AOC_DelDT", "Primary_Code", "Primary_Code_DelDT"),
    *("AOC_Edit_EffDT", "AOC_Edit_DelDT", "Special_Instruction_Notes"),
]


def fixed(rows: Sequence[tuple[str, ...]] = ROWS, end: str = "\r\n") -> str:
    return "".join(
        f"{type}{add_on}{gone:7}{primary}{primary_gone:7}{first}{last:7}{notes}".rstrip() + end
        for type, add_on, gone, primary, primary_gone, first, last, notes in rows
    )


def table(rows: Sequence[tuple[str, ...]] = ROWS, end: str = "\r\n", order: tuple[int, ...] = tuple(range(8))) -> str:
    lines = [("Copyright", *[""] * 7), *(tuple(row[place] for place in order) for row in [HEADING, *rows])]
    return "".join("\t".join(line) + end for line in lines)


def read(folder: Path, text: str | bytes, name: str = f"{NAME}.txt", told: Told | None = None) -> FactEdition:
    (edition,) = read_ncci_add_on([written(folder, Kind.NCCI_ADD_ON, name, text)], told or Told())
    return edition


def histories(edition: FactEdition) -> dict[str, AddOnHistory]:
    return {id: ADD_ON.read(id, values) for id, values in edition.documents}


def on(edition: FactEdition, code: str, day: date) -> AddOn | None:
    return histories(edition)[code].on(day)


def test_the_official_text_is_read(tmp_path: Path) -> None:
    edition = read(tmp_path, fixed())

    assert (edition.source, edition.label) == (Source.ADD_ON_CODES, "2026Q3")
    assert (edition.effective_from, edition.effective_to) == (date(2013, 4, 1), date(2026, 9, 30))
    assert (edition.rows, edition.codes, edition.left_out) == (6, 7, {})
    assert [id for id, _ in edition.documents] == ["0054T", "11000", "11001", "11010", "20701", "99205", "G2212"]


def test_a_code_is_an_add_on_a_primary_or_both_at_its_time(tmp_path: Path) -> None:
    edition = read(tmp_path, fixed())

    assert on(edition, "11001", date(2026, 7, 1)) == AddOn("11001", 1, ("11000",), False, ())
    assert on(edition, "11000", date(2026, 7, 1)) == AddOn("11000", 0, (), False, ("11001",))
    assert on(edition, "20701", date(2022, 12, 31)) == AddOn("20701", 1, ("11010",), False, ())
    assert on(edition, "20701", date(2023, 1, 1)) == AddOn("20701", 3, ("11010",), True, ())
    assert on(edition, "20701", date(2019, 12, 31)) is None


def test_primaries_of_type_2_are_for_the_contractor_to_say(tmp_path: Path) -> None:
    assert on(read(tmp_path, fixed()), "0054T", date(2025, 12, 31)) == AddOn("0054T", 2, (), True, ())


@pytest.mark.parametrize(("code", "last"), [("0054T", date(2025, 12, 31)), ("99205", date(2024, 12, 31))])
def test_a_row_ends_when_either_of_its_codes_is_deleted(tmp_path: Path, code: str, last: date) -> None:
    edition = read(tmp_path, fixed())

    assert on(edition, code, last) is not None
    assert on(edition, code, date(last.year + 1, 1, 1)) is None


def test_the_table_and_the_workbook_hold_the_same(tmp_path: Path) -> None:
    expected = histories(read(tmp_path, fixed()))
    cells = [[int(cell) if cell.isdigit() else cell or None for cell in row] for row in ROWS]

    assert histories(read(tmp_path, table())) == expected
    assert histories(read(tmp_path, workbook([["Copyright"], HEADING, *cells]), f"{NAME}.xlsx")) == expected


def test_headings_of_other_quarters_are_known(tmp_path: Path) -> None:
    text = table().replace("DelDT", "Del_Dt_Julian").replace("EffDT", "Eff_Dt_Julian").replace("Add-On", "Add_On")

    assert histories(read(tmp_path, text)) == histories(read(tmp_path, fixed()))


def test_a_table_without_dates_answers_for_its_quarter(tmp_path: Path) -> None:
    text = "primary_code,add_on_code,aoc_edit_type\r\nCCCCC,0054T,2\r\n99,11001,1\r\n"
    edition = read(tmp_path, text, "2024q3_aoc.csv")

    assert (edition.effective_from, edition.effective_to) == (date(2024, 7, 1), date(2024, 9, 30))
    assert on(edition, "00099", date(2024, 7, 1)) == AddOn("00099", 0, (), False, ("11001",))


def test_a_table_with_calendar_dates_answers_from_the_first_on(tmp_path: Path) -> None:
    text = "type,addon,primary,valid_from,valid_to\n1,11001,11000,20190701,20221231\n2,0054T,,20190701,\n"
    edition = read(tmp_path, text, "codes.csv", Told(edition="2026Q2"))

    assert (edition.effective_from, edition.effective_to) == (date(2019, 7, 1), date(2026, 6, 30))
    assert on(edition, "11001", date(2023, 1, 1)) is None
    assert on(edition, "0054T", date(2026, 6, 30)) == AddOn("0054T", 2, (), True, ())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1,11001,,20190701,", "expected a primary code"),
        ("1,11001,CCCCC,20190701,", "expected a primary code"),
        ("4,11001,11000,20190701,", "expected the type 1, 2 or 3"),
        ("1,11001X,11000,20190701,", "expected a CPT or HCPCS code"),
        ("1,11001,1100O,20190701,", "expected a CPT or HCPCS code"),
        ("1,11001,11000,20190732,", "expected a date as YYYYDDD or YYYYMMDD"),
        ("1,11001,11000,2019366,", "expected a date as YYYYDDD or YYYYMMDD"),
    ],
)
def test_a_row_that_breaks_the_layout_is_named(tmp_path: Path, row: str, expected: str) -> None:
    text = f"type,addon,primary,valid_from,valid_to\n1,11001,11000,,\n{row}\n"

    with pytest.raises(SourceError, match=expected) as refused:
        read(tmp_path, text)

    assert refused.value.line == 3


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (fixed(), "codes.txt", "--edition"),
        ("add_on,primary\n11001,11000\n", f"{NAME}.csv", "expected a heading"),
        (table([]), f"{NAME}.csv", "expected add-on codes, found none"),
        (fixed()[:-5], f"{NAME}.txt", "line 6: expected a line end"),
        (f"{fixed()}1 11001 11000\r\n", f"{NAME}.txt", "line 7: expected an add-on code edit of fixed width"),
    ],
)
def test_a_file_that_does_not_hold_together_is_refused(tmp_path: Path, text: str, name: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        read(tmp_path, text, name)


def test_rows_given_twice_are_counted_and_taken_once(tmp_path: Path) -> None:
    edition = read(tmp_path, fixed([*ROWS, ROWS[0]]))

    assert (edition.rows, edition.left_out) == (7, {"given twice": 1})
    assert histories(edition) == histories(read(tmp_path, fixed()))


def test_windows_of_a_pair_may_overlap(tmp_path: Path) -> None:
    edition = read(tmp_path, fixed([ROWS[0], ("1", "11001", "", "11000", "", "2020001", "", "")]))

    assert on(edition, "11001", date(2026, 7, 1)) == AddOn("11001", 1, ("11000",), False, ())


def test_it_is_known_by_its_rows_and_its_heading() -> None:
    assert is_ncci_add_on_text(f"A licence\r\n{fixed()}".encode())
    assert is_ncci_add_on(head_rows(table().encode()))
    assert is_ncci_add_on([["type", "addon", "primary"]])
    assert not is_ncci_add_on_text(table().encode())
    assert not is_ncci_add_on(head_rows(fixed().encode()))


@settings(deadline=None, max_examples=25)
@given(
    order=st.permutations(range(8)), end=st.sampled_from(["\n", "\r\n"]), encoding=st.sampled_from(["utf-8", "cp1252"])
)
def test_order_of_columns_line_ends_and_encoding_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], end: str, encoding: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    rows = [(*row[:7], "Ménière") for row in ROWS]

    edition = read(folder, table(rows, end, tuple(order)).encode(encoding))

    assert histories(edition) == histories(read(folder, fixed(rows, end).encode(encoding)))


@settings(deadline=None, max_examples=100)
@given(
    text=st.sampled_from([fixed(), table()]), cut=st.booleans(), place=st.integers(0, 1000), byte=st.integers(0, 255)
)
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, cut: bool, place: int, byte: int
) -> None:
    with suppress(SourceError):
        edition = read(tmp_path_factory.getbasetemp(), damaged(text.encode(), cut, place, byte))
        assert 0 < edition.rows <= 6
