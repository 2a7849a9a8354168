"""The relative value file gives the same rows in every layout; what does not hold together is refused with its line."""

import random
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
from services.lookup.fees.model import CodeFees, Participation
from services.lookup.index.fees import read_fees
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind
from services.lookup.sources.mpfs_rvu import is_rvu, read_rvu
from services.lookup.sources.tables import head_rows
from tests.unit.lookup.mpfs_files import SECRET, rvu_row, rvu_table, text, workbook, written

KNEE = {
    **{"work": "19.60", "nf_pe": "14.96", "f_pe": "14.96", "nf_na": "NA", "mp": "4.01", "nf_total": "38.57"},
    **{"f_total": "38.57", "glob": "090", "pre": "0.10", "intra": "0.69", "post": "0.21", "mult": "2", "bilat": "1"},
    **{"asst": "2", "co": "1"},
}
ROWS = [rvu_row("99213"), rvu_row("27447", **KNEE), rvu_row("D0120", status="N"), rvu_row("0001F", status="I")]
TABLE = rvu_table(ROWS)


def read(files: Mapping[str, bytes], told: Told | None = None) -> list[FactEdition]:
    with TemporaryDirectory() as folder:
        return list(read_rvu(written(Path(folder), files, Kind.MPFS_RVU), told or Told()))


def facts(edition: FactEdition) -> dict[str, CodeFees]:
    """Read the documents as the index gives them back."""
    return {id: read_fees(id, orjson.loads(orjson.dumps(document))) for id, document in edition.documents}


def refused(files: Mapping[str, bytes], told: Told | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(files, told)
    return caught.value


EXPECTED = facts(read({"PPRRVU2026_Jul_nonQPP.csv": text(TABLE)})[0])


def test_a_release_is_named_and_dated_by_its_month_and_answers_to_the_end_of_its_year() -> None:
    (edition,) = read({"any.csv": text(TABLE)})
    assert (edition.label, edition.effective_from, edition.effective_to) == (
        "July 2026",
        date(2026, 7, 1),
        date(2026, 12, 31),
    )
    assert (edition.rows, edition.left_out, edition.codes, len(edition.documents)) == (4, {}, 4, 4)


def test_rows_come_back_from_their_documents_as_printed() -> None:
    row = EXPECTED["27447"].row()
    assert row is not None
    assert (row.work, row.facility_pe, row.mp, row.facility_total) == tuple(
        map(Decimal, ("19.60", "14.96", "4.01", "38.57"))
    )
    assert (row.non_facility_na, row.facility_na) == (True, False)
    assert (row.pre, row.intra, row.post) == (Decimal("0.10"), Decimal("0.69"), Decimal("0.21"))
    assert (row.status, row.global_days, row.multiple, row.bilateral, row.assistant) == ("A", "090", "2", "1", "2")
    assert row.conversion_factors == {Participation.OTHERS: Decimal("33.2875")}


def test_texts_of_their_owners_are_in_no_document() -> None:
    (edition,) = read({"any.csv": text(TABLE)})
    assert SECRET not in str(list(edition.documents))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_line_ends_and_encodings_do_not_matter(end: str, encoding: str) -> None:
    table = rvu_table([rvu_row("99213", description="Ménière"), *ROWS[1:]])
    (edition,) = read({"x_nonQPP.csv": text(table, end, encoding)})
    assert facts(edition) == EXPECTED


@given(order=st.permutations(range(32)))
@settings(deadline=None, max_examples=20)
def test_columns_are_found_in_any_order(order: list[int]) -> None:
    table = [[cells[place] for place in order] for cells in TABLE]
    assert is_rvu(head_rows(text(table)))
    assert facts(read({"x_nonQPP.csv": text(table)})[0]) == EXPECTED


def test_a_workbook_gives_the_same_rows_and_beside_the_text_counts_once() -> None:
    files = {"x_nonQPP.csv": text(TABLE), "x_nonQPP.xlsx": workbook(TABLE)}
    (of_workbook,) = read({"x_nonQPP.xlsx": workbook(TABLE)})
    (of_both,) = read(files)
    assert facts(of_workbook) == facts(of_both) == EXPECTED
    assert (of_both.rows, of_both.left_out) == (4, {})


def test_the_layout_until_2025_has_one_conversion_factor_for_all() -> None:
    (edition,) = read({"PPRRVU25_OCT.csv": text(rvu_table(ROWS, "2025 {} October Release", pricing=False))})
    assert edition.label == "October 2025"
    row = facts(edition)["99213"].row()
    assert row is not None
    assert row.conversion_factors == {Participation.ALL: Decimal("33.2875")}


def test_the_two_files_of_2026_are_one_edition_with_both_conversion_factors() -> None:
    """The file for qualifying participants leaves out the codes that it does not price."""
    files = {
        "PPRRVU2026_Jul_nonQPP.csv": text(rvu_table([rvu_row("99213", cf="33.4009"), rvu_row("A0021", cf="33.4009")])),
        "PPRRVU2026_Jul_QPP.csv": text(rvu_table([rvu_row("99213", cf="33.5675", pricing="1")])),
    }
    (edition,) = read(files)
    found = facts(edition)
    both = {Participation.OTHERS: Decimal("33.4009"), Participation.QUALIFYING: Decimal("33.5675")}
    assert edition.rows == 2
    assert [row.conversion_factors for row in found["99213"].rows] == [both]
    assert [row.conversion_factors for row in found["A0021"].rows] == [{Participation.OTHERS: Decimal("33.4009")}]


def test_the_pricing_indicator_says_whom_a_file_of_another_name_is_for() -> None:
    table = rvu_table([rvu_row("99213", cf="33.5675", pricing="1")])
    ((row,),) = (fees.rows for fees in facts(read({"any.csv": text(table)})[0]).values())
    assert list(row.conversion_factors) == [Participation.QUALIFYING]


def test_two_files_of_a_release_that_differ_in_more_are_refused() -> None:
    error = refused(
        {
            "x_nonQPP.csv": text(rvu_table([rvu_row("99213")])),
            "x_QPP.csv": text(rvu_table([rvu_row("99213", work="1.31", nf_total="2.74", f_total="1.97")])),
        }
    )
    assert (error.file, error.line, error.message) == ("x_QPP.csv", 10, "expected work 1.30 of 99213 given before")


def test_several_releases_given_together_are_several_editions() -> None:
    files = {"a.csv": text(TABLE), "b.csv": text(rvu_table(ROWS, "2026 {} April Release"))}
    assert {edition.label for edition in read(files)} == {"July 2026", "April 2026"}


AMOUNTS = [
    ["hcpcs_code", "mod", "rvu_work", "rvu_non_pe", "rvu_fac_pe", "rvu_mp", "rvu_non_sum", "rvu_fac_sum"],
    ["100", "", "1.3", "1.33", "0.56", "0.1", "2.7300000000000004", "1.96"],
    ["1F", "26", "0.0", "0.0", "0.0", "0.0", "0.0", "0.0"],
]
AMOUNTS[0] += ["rvu_opps_non_pe", "rvu_opps_fac_pe", "rvu_opps_mp", "cf"]
AMOUNTS[1] += ["0.0", "0.0", "0.0", "33.2875"]
AMOUNTS[2] += ["0.0", "0.0", "0.0", "33.2875"]
POLICY = [
    ["hcpcs_code", "mod", "status", "pctc", "glob", "pre_op", "intra_op", "post_op", "mult_proc", "bilat_surg"],
    ["100", "", "A", "0.0", "10", "0.1", "0.8", "0.1", "2.0", "1.0"],
    ["1F", "26", "I", "9.0", "XXX", "0.0", "0.0", "0.0", "9.0", "9.0"],
]
POLICY[0] += ["asst_surg", "co_surg", "team_surg", "endo_base", "phys_diag_pro", "diag_img_fam", "non_na", "fac_na"]
POLICY[1] += ["2.0", "1.0", "0.0", "", "9", "99", "", "NA"]
POLICY[2] += ["9.0", "9.0", "9.0", "", "09", "99", "", ""]


def test_a_table_spread_over_files_is_joined_and_lost_zeros_are_restored() -> None:
    (edition,) = read({"x_2024-07_amounts.csv": text(AMOUNTS), "x_2024-07_policy.csv": text(POLICY)})
    found = facts(edition)
    assert (edition.label, edition.rows, sorted(found)) == ("July 2024", 2, ["0001F", "00100"])
    row = found["00100"].row()
    assert row is not None
    assert (row.non_facility_total, row.global_days, row.multiple, row.supervision) == (
        Decimal("2.73"),
        "010",
        "2",
        "09",
    )
    assert (row.non_facility_na, row.facility_na) == (False, True)
    assert found["0001F"].row("26") is not None


def test_a_part_alone_is_refused_with_what_is_missing() -> None:
    error = refused({"x_2024-07_amounts.csv": text(AMOUNTS)})
    assert "expected also STATUS CODE" in error.message
    assert error.message.endswith("of 00100: give all files of the release together")


def test_a_row_that_does_not_add_up_is_refused_with_its_line() -> None:
    error = refused({"x.csv": text(rvu_table([rvu_row("99213"), rvu_row("99214", f_total="1.99")]))})
    assert error.line == 11
    assert error.message == "expected work 1.30 + PE 0.56 + MP 0.10 to be the total, found 1.99 (99214)"


def test_the_rounding_of_what_is_added_is_no_fault() -> None:
    assert read({"x.csv": text(rvu_table([rvu_row("99213", f_total="1.97", nf_total="2.72")]))})


def test_a_row_given_twice_is_left_out_and_counted_and_refused_where_it_differs() -> None:
    (edition,) = read({"x.csv": text(rvu_table([*ROWS, rvu_row("99213")]))})
    assert (edition.rows, edition.left_out, edition.codes) == (5, {"repeats another row": 1}, 4)
    error = refused({"x.csv": text(rvu_table([*ROWS, rvu_row("99213", glob="000")]))})
    assert (error.line, error.message) == (14, "expected global_days XXX of 99213 given before")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (rvu_row("Total"), "expected a CPT or HCPCS code, found 'TOTAL'"),
        (rvu_row("99213", mod="X"), "expected a modifier or none, found 'X'"),
        (rvu_row("99213", work=""), "expected a number in WORK RVU, found ''"),
        (rvu_row("99213", cf="many"), "expected a number in CONV FACTOR, found 'many'"),
        (rvu_row("99213", mp="NaN"), "expected a number in MP RVU, found 'NaN'"),
    ],
)
def test_a_row_that_breaks_the_layout_is_refused_with_its_line(row: list[str], message: str) -> None:
    error = refused({"x.csv": text(rvu_table([row]))})
    assert (error.line, error.message) == (10, message)


def test_headings_without_rows_and_a_table_without_headings_are_refused() -> None:
    assert "found none" in refused({"x.csv": text(rvu_table([]))}).message
    assert "expected the headings" in refused({"x.csv": b"HCPCS,Price\nA0021,1\n"}).message


def test_a_month_that_nothing_says_must_be_told_and_what_is_told_wins() -> None:
    files = {"x.csv": text(rvu_table(ROWS, "Relative values"))}
    assert "--edition" in refused(files).message
    assert "--effective-from" in refused(files, Told(edition="RVU26C")).message
    told = Told(edition="RVU26C", effective_from=date(2026, 7, 2), effective_to=date(2026, 9, 30))
    (edition,) = read({"x.csv": text(TABLE)}, told)
    assert (edition.label, edition.effective_from, edition.effective_to) == (
        "RVU26C",
        date(2026, 7, 2),
        date(2026, 9, 30),
    )


def test_the_name_of_a_release_tells_its_month() -> None:
    (edition,) = read({"RVU24C.csv": text(rvu_table(ROWS, "Relative values", pricing=False))})
    assert (edition.label, edition.effective_from) == ("July 2024", date(2024, 7, 1))


def test_other_tables_about_codes_are_not_recognised() -> None:
    assert not is_rvu([["HCPCS", "MOD", "PROCSTAT", "CARRIER", "LOCALITY", "FACILITY PRICE", "NON-FACILITY PRICE"]])
    assert not is_rvu([["Column 1", "Column 2"], ["99213", "99214"]])
    assert not is_rvu([])


@given(cut=st.integers(0, 4000))
@settings(deadline=None, max_examples=150)
def test_a_cut_file_is_refused_or_gives_the_rows_before_the_cut(cut: int) -> None:
    content = text(TABLE)[:cut]
    with suppress(SourceError):
        (edition,) = read({"x_nonQPP.csv": content})
        assert content.endswith(b"\n")
        assert facts(edition).items() <= EXPECTED.items()


@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=150)
def test_garbage_is_refused_and_raises_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(text(TABLE))
    for _ in range(chance.randint(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    with suppress(SourceError):
        read({"x.csv": bytes(content)})
