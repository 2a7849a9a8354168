import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.crosswalks.model import CcsrCategory
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.crosswalks import read_ccsr_category
from services.lookup.sources.ccsr import is_ccsr, is_ccsr_map, read_ccsr
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.tables import head_rows

HEADINGS = (
    "'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','Default CCSR CATEGORY IP','Default CCSR CATEGORY DESCRIPTION IP',"
    "'Default CCSR CATEGORY OP','Default CCSR CATEGORY DESCRIPTION OP','CCSR CATEGORY 1','CCSR CATEGORY 1 DESCRIPTION',"
    "'Rationale for Default Assignment'"
)
ROWS = (
    "'A000',\"Bump, of knee\",'DIG001','Bumps','DIG001','Bumps','DIG001','Bumps','01 Bumps'",
    "'E119',\"Sweet na\u00efvet\u00e9\",'END002',\"Sweets, plain\",'END003',Other sweets,'END002','Sweets',''",
    "'R69','Ill','XXX000','Not acceptable','SYM016','Other signs','SYM016','Other signs','02'",
    "'Y929','Place','XXX111','Not acceptable','XXX111','Not acceptable','EXT025','Place','03'",
    "'Z000','Empty',' ',,' ',,'FAC010','Exam',''",
)
CSV = "".join(f"{line}\n" for line in (HEADINGS, *ROWS))
MAP = '{\n  "A000": "DIG001",\n  "E119": "END002"\n}'
EXPECTED = {
    "A000": CcsrCategory("DIG001", "Bumps"),
    "E119": CcsrCategory("END002", "Sweets, plain"),
    "R69": CcsrCategory("SYM016", "Other signs"),
    "Y929": CcsrCategory("XXX111", "Not acceptable"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ccsr")


def written(folder: Path, content: bytes, name: str) -> SourceFile:
    path = folder / name
    path.write_bytes(content)
    return SourceFile(Kind.CCSR, path)


def read(folder: Path, content: bytes, told: Told | None = None) -> FactEdition:
    (edition,) = read_ccsr([written(folder, content, "DXCCSR_v2026-1.csv")], told or Told())
    return edition


def categories(edition: FactEdition) -> dict[str, CcsrCategory]:
    return {id: read_ccsr_category(id, values) for id, values in edition.documents}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_default_is_that_of_inpatients_or_where_it_is_not_acceptable_of_outpatients(
    folder: Path, encoding: str, end: str
) -> None:
    content = CSV.replace("\n", end).encode(encoding)

    edition = read(folder, content)

    assert is_ccsr(head_rows(content))
    assert categories(edition) == EXPECTED
    assert (edition.rows, edition.codes, edition.left_out) == (5, 4, {"no default category": 1})


def test_columns_may_stand_in_another_order(folder: Path) -> None:
    lines = [["'ICD-10-CM CODE'", "'Default CCSR CATEGORY OP'"], ["'R69'", "'SYM016'"]]
    lines[0] += ["'Default CCSR CATEGORY DESCRIPTION IP'", "'Default CCSR CATEGORY IP'"]
    lines[1] += ["Not acceptable", "'XXX000'"]
    content = "".join(",".join(line[::-1]) + "\n" for line in lines)

    assert categories(read(folder, content.encode())) == {"R69": CcsrCategory("SYM016", "")}


def test_the_version_is_in_the_name_and_says_the_dates(folder: Path) -> None:
    edition = read(folder, CSV.encode())

    assert edition.label == "v2026.1"
    assert (edition.effective_from, edition.effective_to) == (date(2015, 10, 1), date(2026, 9, 30))


def test_a_map_of_codes_needs_to_be_told_its_version(folder: Path) -> None:
    file = written(folder, MAP.encode(), "categories.json")
    told = Told(edition="2025-1", effective_to=date(2026, 3, 31))

    (edition,) = read_ccsr([file], told)

    assert is_ccsr_map(MAP.encode())
    assert categories(edition) == {"A000": CcsrCategory("DIG001", ""), "E119": CcsrCategory("END002", "")}
    assert (edition.label, edition.rows, edition.effective_to) == ("v2025.1", 2, date(2026, 3, 31))
    with pytest.raises(SourceError, match="--edition"):
        list(read_ccsr([file], Told()))


def test_versions_given_together_are_editions_of_their_own(folder: Path) -> None:
    files = [written(folder, CSV.encode(), name) for name in ("DXCCSR_v2025-1.csv", "DXCCSR_v2026-1.csv")]

    assert [edition.label for edition in read_ccsr(files, Told())] == ["v2025.1", "v2026.1"]


@pytest.mark.parametrize("head", [b"", b"{}", b'{"name": "x"}', b"[1]", b"'ICD-10-PCS','PRCCSR'\n", b"\xff\x00"])
def test_other_files_are_not_taken_for_it(head: bytes) -> None:
    assert not is_ccsr_map(head)
    assert not is_ccsr(head_rows(head))


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (CSV.replace("'E119'", "'1199'"), 3, "expected an ICD-10-CM code, found '1199'"),
        (CSV.replace("'E119'", "'A000'"), 3, "code A000 was already given"),
        (CSV.replace("'DIG001'", "'DIG1'"), 2, "expected a category such as DIG001 for A000, found 'DIG1'"),
        (CSV + "'B00',cut\n", 7, "columns, found 2"),
        (CSV[:-3], 6, "the file looks cut"),
        (HEADINGS + "\n", None, "expected rows below the headings, found none"),
        (HEADINGS.replace("CODE", "NUMBER") + "\n", None, "expected a row with the headings ICD-10-CM CODE"),
        (MAP.replace("E119", "A000"), 3, "code A000 was already given"),
        (MAP.replace("E119", "119"), 3, "expected an ICD-10-CM code"),
        (MAP.replace('"END002"', "2"), 3, "expected a category such as DIG001 for E119, found 2"),
        (MAP[:-4], 3, "expected a JSON object"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(folder: Path, content: str, line: int | None, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(folder, content.encode())
    assert (caught.value.line, message in caught.value.message) == (line, True), str(caught.value)


_codes = st.from_regex(r"[A-Z][0-9][0-9A-Z]{1,5}", fullmatch=True)


@settings(deadline=None, max_examples=50)
@given(expected=st.dictionaries(_codes, st.from_regex(r"[A-WYZ]{3}[0-9]{3}", fullmatch=True), min_size=1))
def test_every_code_keeps_its_category(folder: Path, expected: dict[str, str]) -> None:
    rows = "".join(f"'{code}','A title','{one}','Its title'\n" for code, one in expected.items())
    contents = (",".join(HEADINGS.split(",")[:4]) + "\n" + rows, json.dumps(expected))

    for content in contents:
        edition = read(folder, content.encode())
        assert {code: one.category for code, one in categories(edition).items()} == expected
        assert edition.rows == len(expected)


@settings(deadline=None)
@given(garbage=st.binary(max_size=60), content=st.sampled_from((CSV, MAP)), place=st.integers(0, 900))
def test_garbage_and_cut_files_are_read_or_refused(folder: Path, garbage: bytes, content: str, place: int) -> None:
    whole = content.encode()
    with suppress(SourceError):
        assert read(folder, whole[:place] + garbage).rows >= 0
    with suppress(SourceError):
        assert read(folder, whole[:place] + garbage + whole[place:]).rows >= 0
