"""The geographic indices, in every layout, give the same localities; footnotes are no records."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.facts.edition import FactEdition, Told
from services.lookup.fees.model import Locality, LocalityName
from services.lookup.index.fees import ALL_LOCALITIES, read_localities, read_locality
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind
from services.lookup.sources.mpfs_gpci import is_gpci, read_gpci
from services.lookup.sources.tables import head_rows
from tests.unit.lookup.mpfs_files import text, workbook, written

TITLE = ["ADDENDUM E. FINAL CY 2026 GPCIs BY STATE AND MEDICARE LOCALITY", "", "", "", "", "", "", ""]
HEADINGS = [
    "Medicare Administrative Contractor (MAC)",
    *("State", "Locality Number", "Locality Name", "2026 PW GPCI (without 1.0 Floor)"),
    *("2026 PW GPCI (with 1.0 Floor)***", "2026 PE GPCI", "2026 MP GPCI"),
]
ALASKA = ["2102", "AK", "1", "ALASKA*", "1.5", "1.5", "1.118", "0.614"]
REST = ["01112", "CA", "05", "BAY, \u201cREST\u201d", "0.98", "1", "1.0930000000000002", "0.662"]
NOTE = ["*The index of Alaska has a floor of its own.", "", "", "", "", "", "", ""]
TABLE = [TITLE, [""] * 8, HEADINGS, ALASKA, REST, [""] * 8, NOTE]
EXPECTED = {
    "02102-01": Locality("02102-01", "ALASKA", "AK", Decimal("1.500"), Decimal("1.118"), Decimal("0.614")),
    "01112-05": Locality(
        "01112-05", "BAY, \u201cREST\u201d", "CA", Decimal("1.000"), Decimal("1.093"), Decimal("0.662")
    ),
}


def read(files: Mapping[str, bytes], told: Told | None = None) -> list[FactEdition]:
    with TemporaryDirectory() as folder:
        return list(read_gpci(written(Path(folder), files, Kind.MPFS_GPCI), told or Told()))


def localities(edition: FactEdition) -> dict[str, Locality]:
    documents = dict(orjson.loads(orjson.dumps(list(edition.documents))))
    del documents[ALL_LOCALITIES]
    return {id: read_locality(id, document) for id, document in documents.items()}


def refused(files: Mapping[str, bytes], told: Told | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(files, told)
    return caught.value


def test_the_column_with_the_floor_counts_and_keys_have_their_zeros() -> None:
    (edition,) = read({"GPCI2026.csv": text(TABLE)})
    assert localities(edition) == EXPECTED
    assert (edition.label, edition.effective_from, edition.effective_to) == (
        "2026",
        date(2026, 1, 1),
        date(2026, 12, 31),
    )


def test_without_a_column_with_the_floor_the_other_counts() -> None:
    table = [[*cells[:5], *cells[6:]] for cells in TABLE]
    (edition,) = read({"GPCI2026.csv": text(table)})
    assert localities(edition)["01112-05"].work == Decimal("0.980")


def test_footnotes_are_no_records_and_one_document_lists_the_localities() -> None:
    (edition,) = read({"GPCI2026.csv": text(TABLE)})
    assert (edition.rows, edition.left_out, len(edition.documents), edition.codes) == (2, {}, 3, 0)
    listed = read_localities(ALL_LOCALITIES, dict(edition.documents)[ALL_LOCALITIES])
    assert listed == tuple(LocalityName(one.key, one.name, one.state) for one in EXPECTED.values())


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_line_ends_and_encodings_do_not_matter(end: str, encoding: str) -> None:
    assert localities(read({"x.csv": text(TABLE, end, encoding)})[0]) == EXPECTED


@given(order=st.permutations(range(8)))
@settings(deadline=None, max_examples=20)
def test_columns_are_found_in_any_order(order: list[int]) -> None:
    table = [[cells[place] for place in order] for cells in TABLE]
    assert is_gpci(head_rows(text(table)))
    assert localities(read({"x.csv": text(table)})[0]) == EXPECTED


def test_a_workbook_and_a_table_with_plain_headings_give_the_same_localities() -> None:
    assert localities(read({"x.xlsx": workbook(TABLE)})[0]) == EXPECTED
    plain = [["mac", "state", "locality", "locality_name", "gpci_work", "gpci_pe", "gpci_mp", "gpci_gaf"]]
    plain += [[*cells[:4], *cells[5:], "3.1"] for cells in (ALASKA, REST)]
    (edition,) = read({"x_2024-07_gpci.csv": text(plain)})
    assert (localities(edition), edition.label) == (EXPECTED, "2024")


def test_a_locality_given_twice_is_counted_and_refused_where_it_differs() -> None:
    (edition,) = read({"x.csv": text([*TABLE[:5], REST])})
    assert (edition.rows, edition.left_out) == (3, {"repeats another row": 1})
    error = refused({"x.csv": text([*TABLE[:5], [*REST[:7], "0.9"]])})
    assert (error.line, error.message) == (6, "expected the indices of locality 01112-05 given before")


@pytest.mark.parametrize(
    ("place", "cell", "message"),
    [
        (0, "CMS", "expected a contractor and a locality, found 'CMS', '05'"),
        (2, "", "expected a contractor and a locality, found '01112', ''"),
        (1, "Cal", "expected a state of two letters, found 'Cal'"),
        (5, "", "expected an index such as 1.017, found ''"),
        (7, "66.2", "expected an index such as 1.017, found '66.2'"),
    ],
)
def test_a_row_that_breaks_the_layout_is_refused_with_its_line(place: int, cell: str, message: str) -> None:
    row = [*REST[:place], cell, *REST[place + 1 :]]
    error = refused({"x.csv": text([*TABLE[:4], row])})
    assert (error.line, error.message) == (5, message)


def test_a_locality_below_the_footnotes_is_refused() -> None:
    assert refused({"x.csv": text([*TABLE, REST])}).line == 8


def test_a_year_that_nothing_says_must_be_told_and_what_is_told_wins() -> None:
    plain = [[cell.replace("2026 ", "") for cell in cells] for cells in TABLE[2:]]
    assert "--edition" in refused({"x.csv": text(plain)}).message
    assert "--effective-from" in refused({"x.csv": text(plain)}, Told(edition="2025")).message
    told = Told(edition="2025 revised", effective_from=date(2025, 3, 1), effective_to=date(2025, 9, 30))
    (edition,) = read({"x.csv": text(TABLE)}, told)
    assert (edition.label, edition.effective_from, edition.effective_to) == (
        "2025 revised",
        date(2025, 3, 1),
        date(2025, 9, 30),
    )


def test_headings_without_localities_and_a_table_without_headings_are_refused() -> None:
    assert "found none" in refused({"x.csv": text(TABLE[:3])}).message
    assert "expected the headings" in refused({"x.csv": b"State,Price\nAK,1\n"}).message


@given(cut=st.integers(0, 700))
@settings(deadline=None, max_examples=40)
def test_a_cut_file_is_refused_or_gives_the_localities_before_the_cut(cut: int) -> None:
    with suppress(SourceError):
        (edition,) = read({"x.csv": text(TABLE)[:cut]})
        assert localities(edition).items() <= EXPECTED.items()


@given(place=st.integers(0, 600), garbage=st.binary(min_size=1, max_size=8))
@settings(deadline=None, max_examples=150)
def test_garbage_is_refused_and_raises_nothing_else(place: int, garbage: bytes) -> None:
    content = text(TABLE)
    with suppress(SourceError):
        read({"x.csv": content[:place] + garbage + content[place + len(garbage) :]})
