"""The addenda and the conversion table of FY2026 as CMS and NCHS publish them, against direct scans of the files."""

import re
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from services.lookup.codes.history import Action, Change, Conversions, events
from services.lookup.codes.model import System
from services.lookup.codes.notation import compact
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.history import read_changes, read_conversions
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10_addenda import is_icd10cm_addenda, is_icd10pcs_addenda, read_addenda
from services.lookup.sources.icd10cm_conversion import is_conversion, read_conversion
from services.lookup.sources.tables import workbook_head

DATA = Path(__file__).parents[3] / "shared" / "data"
ADDENDA_ICD10CM = DATA / "icd10cm" / "icd10cm_order_addenda_2026.txt"
ADDENDA_ICD10PCS = DATA / "icd10pcs" / "order_addenda_2026.txt"
ORDER_FILES = {
    System.ICD10CM: DATA / "icd10cm" / "icd10cm_order_2026.txt",
    System.ICD10PCS: DATA / "icd10pcs" / "icd10pcs_order_2026.txt",
}
TABLE = DATA / "crosswalk" / "ICD-10-CM-CONVERSION-TABLE-FY2026.xlsx"
FIRST_DAY = date(2025, 10, 1)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


@pytest.fixture(scope="module")
def addenda() -> dict[System, FactEdition]:
    files = [
        SourceFile(Kind.ICD10CM_ADDENDA, ADDENDA_ICD10CM),
        SourceFile(Kind.ICD10PCS_ADDENDA, ADDENDA_ICD10PCS),
    ]
    return dict(zip((System.ICD10CM, System.ICD10PCS), read_addenda(files, Told()), strict=True))


@pytest.fixture(scope="module")
def table() -> FactEdition:
    (read,) = read_conversion([SourceFile(Kind.ICD10CM_CONVERSION, TABLE)], Told())
    return read


@pytest.fixture(scope="module")
def printed() -> list[tuple[str, object, str]]:
    """The rows of the conversion table, as they stand in the workbook."""
    with TABLE.open("rb") as stream:
        sheet = openpyxl.load_workbook(stream, read_only=True).worksheets[0]
        rows = list(sheet.iter_rows(min_row=3, values_only=True))
    return [(str(code).strip(), day, str(previous).strip()) for code, day, previous, *_ in rows if code]


def changes(edition: FactEdition) -> dict[str, tuple[Change, ...]]:
    return {code: read_changes(code, values) for code, values in edition.documents}


def conversions(edition: FactEdition) -> dict[str, Conversions]:
    return {code: read_conversions(code, values) for code, values in edition.documents}


def order_lines(system: System) -> dict[str, str]:
    return {line[6:13].rstrip(): line for line in ORDER_FILES[system].read_text("utf-8").splitlines()}


def test_the_changes_are_as_many_as_the_files_count(addenda: dict[System, FactEdition]) -> None:
    counted = {
        system: Counter((one.action, one.valid) for of_code in changes(edition).values() for one in of_code)
        for system, edition in addenda.items()
    }

    assert counted[System.ICD10CM] == {
        (Action.ADDED, False): 143,
        (Action.REVISED, False): 7,
        (Action.ADDED, True): 487,
        (Action.DELETED, True): 28,
        (Action.REVISED, True): 38,
    }
    assert counted[System.ICD10PCS] == {
        (Action.ADDED, False): 4,
        (Action.REVISED, False): 1,
        (Action.ADDED, True): 156,
        (Action.DELETED, True): 27,
    }
    assert {system: (edition.rows, edition.left_out) for system, edition in addenda.items()} == {
        System.ICD10CM: (703, {}),
        System.ICD10PCS: (188, {}),
    }


@pytest.mark.parametrize("system", [System.ICD10CM, System.ICD10PCS])
def test_the_order_file_of_the_year_is_what_the_changes_made_of_it(
    addenda: dict[System, FactEdition], system: System
) -> None:
    lines = order_lines(system)
    wrong = []
    for code, of_code in changes(addenda[system]).items():
        *_, last = of_code
        line = lines.get(code)
        if last.action is Action.DELETED:
            wrong += [code] if line else []
        elif not line or (line[14] == "1", " ".join(line[77:].split())) != (last.valid, last.title):
            wrong.append(code)

    assert wrong == []


def test_each_row_of_the_conversion_table_is_a_code_that_came(
    table: FactEdition, printed: list[tuple[str, object, str]]
) -> None:
    expected = defaultdict(set)
    for code, day, previous in printed:
        came_on = day.date() if isinstance(day, datetime) else date(int(str(day)), 10, 1)
        expected[compact(code)].add((came_on, " ".join(previous.split())))
    found = {
        code: {(came.effective_from, came.assignment) for came in one.came}
        for code, one in conversions(table).items()
        if one.came
    }

    assert found == expected
    assert (table.rows, table.left_out) == (len(printed), {"given twice": len(printed) - len(set(printed))})
    assert table.rows == 5_892


def test_every_code_that_a_row_names_is_followed_by_its_new_code(
    table: FactEdition, printed: list[tuple[str, object, str]]
) -> None:
    followed = {code: {compact(new.code) for new in one.followed_by} for code, one in conversions(table).items()}
    single = re.compile(r"[A-Z]\d\w(\.\w{1,4})?")
    rows = [(code, previous) for code, _, previous in printed if single.fullmatch(previous)]

    assert len(rows) > 5_000
    assert [row for row in rows if compact(row[0]) not in followed[compact(row[1])]] == []


def test_what_replaced_a_deleted_code_is_known_of_every_one(
    addenda: dict[System, FactEdition], table: FactEdition
) -> None:
    valid_now = {code for code, line in order_lines(System.ICD10CM).items() if line[14] == "1"}
    came = conversions(table)
    deleted = {
        code: events([("addenda", of_code)], [("table", came[code])])
        for code, of_code in changes(addenda[System.ICD10CM]).items()
        if any(one.action is Action.DELETED for one in of_code)
    }

    assert len(deleted) == 28
    for code, happened in deleted.items():
        latest = [event for event in happened if event.effective_from == FIRST_DAY]
        assert [event.action for event in latest] == [Action.DELETED, Action.REPLACED], code
        assert {compact(new) for new in latest[1].replaced_by} <= valid_now, code


def test_the_files_are_recognised() -> None:
    assert is_icd10cm_addenda(ADDENDA_ICD10CM.read_bytes())
    assert is_icd10pcs_addenda(ADDENDA_ICD10PCS.read_bytes())
    with TABLE.open("rb") as stream:
        assert is_conversion(workbook_head(stream, TABLE.name))
