"""Medically unlikely edits are read from every layout, whole or not at all."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.edits.model import AdjudicationIndicator, Mue, Setting
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.edits import MUE
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind
from services.lookup.sources.ncci_mue import is_ncci_mue, read_ncci_mue
from services.lookup.sources.tables import head_rows
from tests.unit.lookup.ncci_files import damaged, workbook, written

OFFICIAL = "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv"
COPYRIGHT = "Copyright of somebody.\n\nAll rights, reserved."
HEADING = ["HCPCS/\nCPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"]
ROWS = [
    ["9", "0", "1 Line Edit", "CMS Policy"],
    ["0001U", "1", "2 Date of Service Edit: Policy", "Code Descriptor / CPT Instruction"],
    ["J1885", "16", "3 Date of Service Edit: Clinical", "Clinical: Ménière, data"],
]
EXPECTED = [
    Mue("00009", 0, AdjudicationIndicator.LINE, "CMS Policy"),
    Mue("0001U", 1, AdjudicationIndicator.DATE_OF_SERVICE_POLICY, "Code Descriptor / CPT Instruction"),
    Mue("J1885", 16, AdjudicationIndicator.DATE_OF_SERVICE_CLINICAL, "Clinical: Ménière, data"),
]


def official(rows: list[list[str]] = ROWS, end: str = "\n", order: tuple[int, ...] = (0, 1, 2, 3)) -> str:
    lines = [[COPYRIGHT, "", "", ""], *([row[place] for place in order] for row in [HEADING, *rows])]
    return "".join(",".join(f'"{cell}"' if set(cell) & set(',\n"') else cell for cell in row) + end for row in lines)


def read(folder: Path, text: str | bytes, name: str = OFFICIAL) -> FactEdition:
    (edition,) = read_ncci_mue([written(folder, Kind.NCCI_MUE, name, text)], Told())
    return edition


def mues(edition: FactEdition) -> list[Mue]:
    return [MUE[Setting.PRACTITIONER].read(id, values) for id, values in edition.documents]


def test_the_official_file_is_read_and_zero_is_a_value(tmp_path: Path) -> None:
    edition = read(tmp_path, official())

    assert (edition.source, edition.label) == (Source.MUE_PRACTITIONER, "2026Q3")
    assert (edition.effective_from, edition.effective_to) == (date(2026, 7, 1), date(2026, 9, 30))
    assert (edition.rows, edition.codes, edition.left_out) == (3, 3, {})
    assert mues(edition) == EXPECTED


def test_the_workbook_holds_the_same(tmp_path: Path) -> None:
    cells: list[list[int | str]] = [[int(cell) if cell.isdigit() else cell for cell in row] for row in ROWS]
    table = workbook([[COPYRIGHT], HEADING, *cells])

    assert mues(read(tmp_path, table, OFFICIAL.replace("csv", "xlsx"))) == EXPECTED


@pytest.mark.parametrize(
    ("heading", "name", "source"),
    [
        ("Outpatient Hospital Services MUE Values", "a-2026q3.csv", Source.MUE_HOSPITAL),
        ("DME Supplier Services MUE Values", "a-2026q3.csv", Source.MUE_DME),
        ("mue_units", "MCR_MUE_OutpatientHospitalServices_Eff_07-01-2026.csv", Source.MUE_HOSPITAL),
        ("mue_units", "mue_dme_2026q3.csv", Source.MUE_DME),
    ],
)
def test_the_heading_says_the_setting_else_the_name(tmp_path: Path, heading: str, name: str, source: Source) -> None:
    text = official().replace("Practitioner Services MUE Values", heading)

    assert read(tmp_path, text, name).source is source


def test_the_service_column_says_the_setting(tmp_path: Path) -> None:
    heading = "hcpcs_code,mue_units,mue_mai,mue_rationale,mue_service\n"
    text = f"{heading}A4206,0,3,CMS Policy,DME Supplier\n"

    edition = read(tmp_path, text, "mue_2024q3.csv")

    assert (edition.source, edition.label) == (Source.MUE_DME, "2024Q3")
    with pytest.raises(SourceError, match="expected one setting in a file, found 'Practitioner'") as refused:
        read(tmp_path, f"{text}A4207,0,3,CMS Policy,Practitioner\n", "mue_2024q3.csv")
    assert refused.value.line == 3


def test_settings_given_together_are_several_editions(tmp_path: Path) -> None:
    files = [
        written(tmp_path, Kind.NCCI_MUE, f"{setting}_2026q3.csv", official().replace("Practitioner", setting))
        for setting in ("Practitioner", "Outpatient Hospital", "DME Supplier")
    ]

    editions = list(read_ncci_mue(files, Told()))

    assert [edition.source for edition in editions] == [Source.MUE_PRACTITIONER, Source.MUE_HOSPITAL, Source.MUE_DME]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["9999", "1", "2", ""], None),
        (["99999X", "1", "2", ""], "expected a CPT or HCPCS code"),
        (["99999", "", "2", ""], "expected the units as a whole number"),
        (["99999", "-1", "2", ""], "expected the units as a whole number"),
        (["99999", "1", "4", ""], "expected an adjudication indicator 1 to 3"),
        (["J1885", "17", "3", "Clinical: Ménière, data"], "J1885 was already given with another edit"),
    ],
)
def test_a_row_that_breaks_the_layout_is_named(tmp_path: Path, row: list[str], expected: str | None) -> None:
    text = official([*ROWS, row])
    if expected is None:
        assert read(tmp_path, text).codes == 4
        return

    with pytest.raises(SourceError, match=expected) as refused:
        read(tmp_path, text)

    # The copyright and the code's heading are broken over lines.
    assert refused.value.line == 9


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (official([]), OFFICIAL, "expected edits, found none"),
        ("hcpcs_code,mue_units\nJ1885,1\n", OFFICIAL, "expected a heading"),
        (official(), "practitioner.csv", "--edition"),
        (official().replace("Practitioner Services MUE Values", "mue_units"), "a-2026q3.csv", "expected the setting"),
        (official()[:-1], OFFICIAL, "the file looks cut"),
    ],
)
def test_a_file_that_does_not_say_what_it_is_is_refused(tmp_path: Path, text: str, name: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        read(tmp_path, text, name)


def test_rows_given_twice_are_counted_and_taken_once(tmp_path: Path) -> None:
    edition = read(tmp_path, official([*ROWS, ROWS[0], ROWS[2]]))

    assert (edition.rows, edition.codes, edition.left_out) == (5, 3, {"given twice": 2})
    assert mues(edition) == EXPECTED


def test_it_is_known_by_its_heading() -> None:
    assert is_ncci_mue(head_rows(official().encode()))
    assert not is_ncci_mue([["column1", "column2", "modifier_indicator"]])


@settings(deadline=None, max_examples=25)
@given(
    order=st.permutations(range(4)), end=st.sampled_from(["\n", "\r\n"]), encoding=st.sampled_from(["utf-8", "cp1252"])
)
def test_order_of_columns_line_ends_and_encoding_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], end: str, encoding: str
) -> None:
    text = official(end=end, order=tuple(order))

    assert mues(read(tmp_path_factory.getbasetemp(), text.encode(encoding))) == EXPECTED


@settings(deadline=None, max_examples=100)
@given(cut=st.booleans(), place=st.integers(0, 1000), byte=st.integers(0, 255))
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: bool, place: int, byte: int
) -> None:
    with suppress(SourceError):
        edition = read(tmp_path_factory.getbasetemp(), damaged(official().encode(), cut, place, byte))
        assert edition.rows <= 3
