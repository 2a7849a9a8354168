"""Procedure-to-procedure edits are read from every layout, whole or not at all."""

import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.edits.model import ModifierIndicator, PtpEdit, PtpEdits, Setting
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.edits import PTP1, PTP2, ptp_id
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.ncci_ptp import is_ncci_ptp, read_ncci_ptp
from services.lookup.sources.tables import head_rows
from tests.unit.lookup.ncci_files import damaged, ptp_edit, workbook, written

OFFICIAL = "ccipra-v322r0-f1.txt"
PREAMBLE = [
    ["CPT only copyright.  All rights reserved.", "", "", "", "", "", ""],
    ["Column1/Column2 Edits", "", "", "", "", "", ""],
]
HEADING = [
    ["Column 1", "Column 2", "*=in existence", "Effective", "Deletion", "Modifier", "PTP Edit Rationale"],
    ["", "", "prior to 1996", "Date", "Date", "0=not allowed", ""],
    ["", "", "", "", "*=no data", "1=allowed", ""],
    ["", "", "", "", "", "9=not applicable", ""],
]
EDITS = [
    ["10021", "36000", "*", "19960101", "20141231", "0", "Standards, of old"],
    ["10021", "36000", "", "20150101", "*", "1", "Standards"],
    ["10021", "J1885", "", "20200101", "20260630", "1", "Misuse"],
    ["0001U", "36000", "", "20200101", "20200101", "9", "Misuse"],
]


def official(edits: Sequence[Sequence[str]] = EDITS, end: str = "\r\n", order: Sequence[int] = range(7)) -> str:
    lines = [*PREAMBLE, *HEADING, *edits]
    return "".join("\t".join(row[place] for place in order) + end for row in lines)


def read(*files: SourceFile, told: Told | None = None) -> list[FactEdition]:
    return list(read_ncci_ptp(files, told or Told()))


def read_text(folder: Path, text: str | bytes, name: str = OFFICIAL) -> FactEdition:
    (edition,) = read(written(folder, Kind.NCCI_PTP, name, text))
    return edition


def of(edition: FactEdition, code: str, column: int) -> PtpEdits | None:
    kind = (PTP1 if column == 1 else PTP2)[Setting.PRACTITIONER]
    values = dict(edition.documents).get(ptp_id(code, column))
    return None if values is None else kind.read(ptp_id(code, column), values)


def with_code(edition: FactEdition, column1: str, column2: str, day: date) -> tuple[PtpEdit | None, PtpEdit | None]:
    """Return the edit of a pair as either of its codes has it."""
    first, second = of(edition, column1, 1), of(edition, column2, 2)
    return first.with_code(column2, day) if first else None, second.with_code(column1, day) if second else None


def test_the_official_file_is_read_with_all_its_windows(tmp_path: Path) -> None:
    edition = read_text(tmp_path, official())

    assert (edition.source, edition.label) == (Source.PTP_PRACTITIONER, "2026Q3")
    assert (edition.effective_from, edition.effective_to) == (date(1996, 1, 1), date(2026, 9, 30))
    assert (edition.rows, edition.codes, len(edition.documents)) == (4, 4, 4)
    old = ptp_edit("10021", "36000", date(1996, 1, 1), date(2014, 12, 31), "0", "Standards, of old")
    new = ptp_edit("10021", "36000", date(2015, 1, 1), None, "1", "Standards")
    assert with_code(edition, "10021", "36000", date(2014, 12, 31)) == (old, old)
    assert with_code(edition, "10021", "36000", date(2015, 1, 1)) == (new, new)


def test_the_deletion_date_is_the_last_day(tmp_path: Path) -> None:
    edition = read_text(tmp_path, official())

    assert all(with_code(edition, "10021", "J1885", date(2026, 6, 30)))
    assert with_code(edition, "10021", "J1885", date(2026, 7, 1)) == (None, None)


def test_an_edit_deleted_on_the_day_it_began_never_was_in_force(tmp_path: Path) -> None:
    edition = read_text(tmp_path, official())

    assert with_code(edition, "0001U", "36000", date(2020, 1, 1)) == (None, None)
    edits = of(edition, "0001U", 1)
    assert edits is not None
    assert [terms.indicator for terms in edits.terms] == [ModifierIndicator.NOT_APPLICABLE]


def test_parts_of_a_quarter_are_one_edition_and_quarters_and_settings_are_several(tmp_path: Path) -> None:
    names = ["ccipra-v322r0-f2.txt", "ccipra-v322r0-f1.txt", "ccioph-v322r0-f1.txt", "ccipra-v313r0-f1.txt"]
    files = [
        written(tmp_path, Kind.NCCI_PTP, name, official([[f"1000{n}", "36000", "", "20200101", "*", "0", "Because"]]))
        for n, name in enumerate(names)
    ]

    editions = {(edition.source, edition.label): edition for edition in read(*files)}

    assert {key: edition.rows for key, edition in editions.items()} == {
        (Source.PTP_PRACTITIONER, "2026Q3"): 2,
        (Source.PTP_HOSPITAL, "2026Q3"): 1,
        (Source.PTP_PRACTITIONER, "2025Q4"): 1,
    }
    edits = of(editions[Source.PTP_PRACTITIONER, "2026Q3"], "36000", 2)
    assert edits is not None
    assert [edit.column1 for edit in edits.in_force(date(2026, 7, 1))] == ["10000", "10001"]


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    files = [written(tmp_path, Kind.NCCI_PTP, f"ccipra-v322r0-f{n}.txt", official()) for n in (1, 3)]

    with pytest.raises(SourceError, match="expected part f2"):
        read(*files)


def test_the_same_table_as_text_and_workbook_counts_once_and_either_is_enough(tmp_path: Path) -> None:
    table = workbook(
        [
            *PREAMBLE,
            [
                "Column 1",
                "Column 2",
                "*=in existence\nprior to 1996",
                "Effective\nDate",
                "Deletion\nDate\n*=no data",
                "Modifier\n0=not allowed\n1=allowed\n9=not applicable",
                "PTP Edit Rationale",
            ],
            # A spreadsheet makes numbers of codes and dates.
            *([int(cell) if cell.isdigit() else cell for cell in row] for row in EDITS),
        ]
    )
    archive = tmp_path / "2026q3-practitioner-ptp-edits-ccipra-v322r0-f1.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("ccipra-v322r0-f1.xlsx", table)
        packed.writestr("ccipra-v322r0-f1.TXT", official())
    members = [SourceFile(Kind.NCCI_PTP, archive, f"ccipra-v322r0-f1.{suffix}") for suffix in ("xlsx", "TXT")]

    (both,), (text,), (book,) = read(*members), read(members[1]), read(members[0])

    assert (both.rows, both.origin) == (4, f"{archive.name}!ccipra-v322r0-f1.TXT")
    assert list(text.documents) == list(book.documents)


def test_active_pairs_are_in_force_in_their_quarter(tmp_path: Path) -> None:
    text = "column1,column2,modifier_indicator,rationale\r\n99,36000,1,Because\r\n10021,36000,0,Because\r\n"
    edition = read_text(tmp_path, text, "a_2024q3_ptp_prac_active.csv")

    assert (edition.effective_from, edition.effective_to) == (date(2024, 7, 1), date(2024, 9, 30))
    edits = of(edition, "36000", 2)
    assert edits is not None
    assert [(one.column1, one.indicator.value) for one in edits.in_force(date(2024, 9, 30))] == [
        ("00099", "1"),
        ("10021", "0"),
    ]
    assert edits.count(date(2024, 6, 30)) == 0


def test_active_pairs_need_no_rationale(tmp_path: Path) -> None:
    text = "column1,column2,modifier_allowed,from_quarter_start\n10021,36000,1,20190701\n"
    edition = read_text(tmp_path, text, "opps_ptp_v103_apr2026_active.csv")

    assert (edition.source, edition.label) == (Source.PTP_HOSPITAL, "2026Q2")
    assert edition.effective_from == date(2026, 4, 1)


def test_what_the_operator_says_wins(tmp_path: Path) -> None:
    file = written(tmp_path, Kind.NCCI_PTP, "hospital.txt", official())

    (edition,) = read(file, told=Told(edition="2026Q1", effective_from=date(2020, 1, 1)))

    assert edition.label == "2026Q1"
    assert (edition.effective_from, edition.effective_to) == (date(2020, 1, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("edits-2026q3.txt", "expected the setting in the name"),
        ("dme-2026q3.txt", "expected the setting in the name"),
        ("practitioner.txt", "--edition"),
    ],
)
def test_a_name_that_does_not_say_what_the_file_is_for_is_refused(tmp_path: Path, name: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        read_text(tmp_path, official(), name)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["10021", "3600O", "", "20200101", "*", "0", ""], "expected CPT or HCPCS codes"),
        (["10021", "", "", "20200101", "*", "0", ""], "expected CPT or HCPCS codes"),
        (["", "", "", "", "", "", "a footer"], "expected CPT or HCPCS codes"),
        (["10021", "36000", "", "2020-13-01", "*", "0", ""], "expected an effective date"),
        (["10021", "36000", "", "20200101", "", "0", ""], "deletion date"),
        (["10021", "36000", "", "20200101", "20191231", "0", ""], "not before the effective date"),
        (["10021", "36000", "", "20200101", "*", "2", ""], "expected a modifier indicator 0, 1 or 9"),
    ],
)
def test_a_row_that_breaks_the_layout_is_named(tmp_path: Path, row: list[str], expected: str) -> None:
    with pytest.raises(SourceError, match=expected) as refused:
        read_text(tmp_path, official([EDITS[0], row]))

    assert refused.value.line == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (official([]), "expected edits, found none"),
        ("nothing\there\r\n", "expected a heading"),
        ("Column 1\tColumn 2\tModifier\tEffective\n10021\t36000\t0\t20200101\n", "both an effective and a deletion"),
        (official()[:-2], "the file looks cut"),
    ],
)
def test_a_file_without_its_parts_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        read_text(tmp_path, text)


def test_rows_given_twice_are_counted_and_taken_once(tmp_path: Path) -> None:
    edition = read_text(tmp_path, official([*EDITS, EDITS[1], EDITS[3], EDITS[1]]))

    assert (edition.rows, edition.left_out) == (7, {"given twice": 3})
    assert list(edition.documents) == list(read_text(tmp_path, official()).documents)


@pytest.mark.parametrize("effective", ["20141231", "20150101", "20240101"])
def test_edits_of_a_pair_in_force_together_are_refused(tmp_path: Path, effective: str) -> None:
    other = ["10021", "36000", "", effective, "*", "0", "Another"]

    with pytest.raises(SourceError, match="in force at the same time") as refused:
        read_text(tmp_path, official([other, *EDITS]))

    assert refused.value.line in (7, 9)


def test_documents_are_the_same_each_time_and_sorted_within_each_column(tmp_path: Path) -> None:
    documents = read_text(tmp_path, official()).documents

    ids = [id for id, _ in documents]
    assert list(documents) == list(documents)
    assert ids == ["0001U", "10021", "36000-2", "J1885-2"]
    assert len(documents) == len(ids)


def test_it_is_known_by_its_heading() -> None:
    assert is_ncci_ptp(head_rows(official().encode()))
    assert is_ncci_ptp([["column1", "column2", "modifier_allowed"]])
    assert not is_ncci_ptp([["hcpcs_code", "mue_units", "mue_mai"], ["10021", "1", "2"]])


@settings(deadline=None, max_examples=25)
@given(
    order=st.permutations(range(7)), end=st.sampled_from(["\n", "\r\n"]), encoding=st.sampled_from(["utf-8", "cp1252"])
)
def test_order_of_columns_line_ends_and_encoding_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], end: str, encoding: str
) -> None:
    edits = [[*row[:6], f"Ménière {row[6]}"] for row in EDITS]
    folder = tmp_path_factory.getbasetemp()
    expected = list(read_text(folder, official(edits)).documents)

    edition = read_text(folder, official(edits, end, order).encode(encoding))

    assert list(edition.documents) == expected


@settings(deadline=None, max_examples=150)
@given(cut=st.booleans(), place=st.integers(0, 2000), byte=st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: bool, place: int, byte: int
) -> None:
    content = damaged(official().encode(), cut, place, byte)

    with suppress(SourceError):
        edition = read_text(tmp_path_factory.getbasetemp(), content)
        assert edition.rows == 4 or (cut and edition.rows < 4) or byte in b"\r\n"


@settings(deadline=None, max_examples=60)
@given(
    windows=st.lists(
        st.tuples(st.integers(0, 8), st.one_of(st.none(), st.integers(0, 8)), st.sampled_from("01")), max_size=5
    )
)
def test_a_pair_is_read_exactly_when_no_two_of_its_edits_are_in_force_on_a_day(
    tmp_path_factory: pytest.TempPathFactory, windows: list[tuple[int, int | None, str]]
) -> None:
    def day(number: int | None) -> str:
        return "*" if number is None else f"202001{number + 1:02}"

    given_windows = {(first, last, indicator) for first, last, indicator in windows if last is None or first <= last}
    edits = [["10021", "36000", "", day(first), day(last), one, ""] for first, last, one in given_windows]
    in_force = {
        number: [
            one
            for first, last, one in given_windows
            if first != last and first <= number and (last is None or number <= last)
        ]
        for number in range(9)
    }
    text = official([["10021", "J1885", "", "20200101", "*", "1", ""], *edits])

    if any(len(ones) > 1 for ones in in_force.values()):
        with pytest.raises(SourceError, match="in force at the same time"):
            read_text(tmp_path_factory.getbasetemp(), text)
        return
    edition = read_text(tmp_path_factory.getbasetemp(), text)
    for number, ones in in_force.items():
        found = with_code(edition, "10021", "36000", date(2020, 1, number + 1))[0]
        assert ([found.indicator.value] if found else []) == ones
