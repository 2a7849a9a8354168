import io
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.place import Place
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.places import ALL_PLACES, read_place, read_places
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.place_of_service import is_place_of_service
from services.lookup.sources.place_of_service import read_places as read_list
from services.lookup.sources.tables import head_rows

PLAIN = """\
pos_code,pos_type,pos_name,pos_description
01,Non-Facility,Shop,"Where things are sold, or given."
02,Facility,Patient\u2019s phone,Far away.
03,Unassigned,Unassigned,Unassigned
99,Non-Facility,Elsewhere,
"""
OFFICIAL = """\
Place of Service Codes for Professional Claims,,
Place of Service Code(s),Place of Service Name,Place of Service Description
01,Shop **,"Where things are sold, or given."
02,Patient\u2019s phone,Far away.
03-05,Unassigned,N/A
99,Elsewhere,
"""
PLACES = (
    Place("01", "Shop", "Where things are sold, or given.", facility=False),
    Place("02", "Patient\u2019s phone", "Far away.", facility=True),
    Place("99", "Elsewhere", "", facility=False),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("places")


def read(folder: Path, content: bytes, name: str = "places_2024.csv", told: Told | None = None) -> FactEdition:
    path = folder / name
    path.write_bytes(content)
    (edition,) = read_list([SourceFile(Kind.PLACE_OF_SERVICE, path)], told or Told())
    return edition


def places(edition: FactEdition) -> tuple[Place, ...]:
    return read_places(ALL_PLACES, dict(edition.documents)[ALL_PLACES])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_each_place_is_found_by_its_code_and_all_together(folder: Path, encoding: str, end: str) -> None:
    content = PLAIN.replace("\n", end).encode(encoding)

    edition = read(folder, content)

    assert is_place_of_service(head_rows(content))
    assert places(edition) == PLACES
    assert [read_place(id, values) for id, values in edition.documents if id != ALL_PLACES] == list(PLACES)
    assert (edition.rows, edition.codes, edition.left_out) == (4, 3, {"unassigned": 1})


def test_the_list_of_cms_does_not_say_what_is_a_facility_and_has_ranges_of_unassigned_codes(folder: Path) -> None:
    edition = read(folder, OFFICIAL.encode())

    assert is_place_of_service(head_rows(OFFICIAL.encode()))
    assert [(one.code, one.name, one.facility) for one in places(edition)] == [
        ("01", "Shop", None),
        ("02", "Patient\u2019s phone", None),
        ("99", "Elsewhere", None),
    ]
    assert (edition.rows, edition.left_out) == (4, {"unassigned": 1})


def test_a_workbook_without_the_zero_of_a_code_is_read_the_same(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Place of Service Description", "Place of Service Name", "Place of Service Code"], ["x", "Shop", 1]):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)

    assert places(read(folder, stream.getvalue(), "2024.xlsx")) == (Place("01", "Shop", "x", None),)


@pytest.mark.parametrize(
    ("name", "told", "label"),
    [
        ("places_2024.csv", Told(), "2024"),
        ("places_2024-05.csv", Told(), "May 2024"),
        ("places.csv", Told(edition="Spring"), "Spring"),
    ],
)
def test_the_edition_has_no_bounds_unless_told(folder: Path, name: str, told: Told, label: str) -> None:
    edition = read(folder, PLAIN.encode(), name, told)

    assert (edition.source, edition.label) == (Source.PLACE_OF_SERVICE, label)
    assert (edition.effective_from, edition.effective_to) == (date.min, date.max)


def test_dates_that_an_operator_tells_are_those_of_the_edition(folder: Path) -> None:
    told = Told(effective_from=date(2024, 5, 2), effective_to=date(2025, 1, 1))

    edition = read(folder, PLAIN.encode(), told=told)

    assert (edition.effective_from, edition.effective_to) == (date(2024, 5, 2), date(2025, 1, 1))


def test_an_edition_must_be_said(folder: Path) -> None:
    with pytest.raises(SourceError, match="--edition"):
        read(folder, PLAIN.encode(), "places.csv")


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (
            PLAIN.replace("02,Facility", "2a,Facility"),
            3,
            "expected a code of two digits or a range of them, found '2a'",
        ),
        (PLAIN.replace("02,Facility", "05-02,Facility"), 3, "expected a code of two digits or a range"),
        (PLAIN.replace("02,Facility", "02-03,Facility"), 3, "expected a code, its name"),
        (PLAIN.replace("02,Facility", "01,Facility"), 3, "code 01 was already given in line 2"),
        (PLAIN.replace("02,Facility", "02,Far"), 3, "expected a code, its name, and facility or non-facility"),
        (PLAIN.replace("Patient\u2019s phone", ""), 3, "expected a code, its name"),
        (OFFICIAL.replace("99,", "04,"), 6, "code 04 was already given in line 5"),
        (PLAIN + "98,Facility\n", 6, "columns, found 2"),
        (PLAIN[:-1], 5, "the file looks cut"),
        (PLAIN.replace("pos_name", "name"), None, "expected a row with the headings Place of Service Code(s)"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(folder: Path, content: str, line: int | None, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(folder, content.encode())
    assert (caught.value.line, message in caught.value.message) == (line, True), str(caught.value)


@settings(deadline=None)
@given(garbage=st.binary(max_size=60), text=st.sampled_from((PLAIN, OFFICIAL)), place=st.integers(0, 250))
def test_garbage_and_cut_files_are_read_or_refused(folder: Path, garbage: bytes, text: str, place: int) -> None:
    whole = text.encode()
    for content in (whole[:place] + garbage, whole[:place] + garbage + whole[place:]):
        with suppress(SourceError):
            edition = read(folder, content)
            assert edition.rows == edition.codes + sum(edition.left_out.values())
