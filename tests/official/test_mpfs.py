"""The relative values and the geographic indices at hand, against a scan of their raw rows."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from services.lookup.facts.edition import FactEdition, Told
from services.lookup.fees.indicators import PAYABLE
from services.lookup.fees.model import CodeFees, FeeRow, Locality, Participation
from services.lookup.fees.payment import national, price
from services.lookup.index.fees import ALL_LOCALITIES, read_fees, read_localities, read_locality
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.mpfs_gpci import is_gpci, read_gpci
from services.lookup.sources.mpfs_rvu import is_rvu, read_rvu
from services.lookup.sources.tables import head_rows

DATA = Path(__file__).parents[3] / "shared" / "data" / "mpfs"
AMOUNTS = DATA / "northstar_2024-07_rvu_amounts_nodesc.csv"
POLICY = DATA / "northstar_2024-07_rvu_indicators_nodesc.csv"
HEAD_2026 = DATA / "official_layout_PPRRVU2026_Jul_head_redacted.csv"
GPCI_2022 = DATA / "GPCI2022_official.csv"
GPCI_2024 = DATA / "northstar_2024-07_gpci.csv"
CENT = Decimal("0.01")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


def raw(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["hcpcs_code"], row["mod"]): row for row in csv.DictReader(file)}


def rvu_edition(*paths: Path) -> FactEdition:
    (edition,) = read_rvu([SourceFile(Kind.MPFS_RVU, path) for path in paths], Told())
    return edition


@pytest.fixture(scope="module")
def edition() -> FactEdition:
    return rvu_edition(AMOUNTS, POLICY)


@pytest.fixture(scope="module")
def fees(edition: FactEdition) -> dict[str, CodeFees]:
    return {id: read_fees(id, document) for id, document in edition.documents}


@pytest.fixture(scope="module")
def localities() -> dict[str, Locality]:
    (edition,) = read_gpci([SourceFile(Kind.MPFS_GPCI, GPCI_2024)], Told())
    return {id: read_locality(id, document) for id, document in edition.documents if id != ALL_LOCALITIES}


def every_row(fees: dict[str, CodeFees]) -> Iterator[tuple[tuple[str, str], FeeRow]]:
    return (((code, row.modifier), row) for code, of_code in fees.items() for row in of_code.rows)


def test_the_files_are_told_apart() -> None:
    heads = {path.name: head_rows(path.read_bytes()[: 1 << 16]) for path in DATA.glob("*.csv")}
    assert {name for name, head in heads.items() if is_rvu(head)} == {AMOUNTS.name, POLICY.name, HEAD_2026.name}
    assert {name for name, head in heads.items() if is_gpci(head)} == {GPCI_2022.name, GPCI_2024.name}


def test_every_row_is_taken_with_its_values(edition: FactEdition, fees: dict[str, CodeFees]) -> None:
    amounts, policy = raw(AMOUNTS), raw(POLICY)
    assert (edition.label, edition.rows, edition.left_out) == ("July 2024", len(amounts), {})
    assert (edition.codes, len(edition.documents)) == (len({code for code, _ in amounts}),) * 2
    taken = dict(every_row(fees))
    assert taken.keys() == amounts.keys() == policy.keys()
    for key, row in taken.items():
        amount, indicator = amounts[key], policy[key]
        printed = [amount[name] for name in ("rvu_work", "rvu_non_pe", "rvu_fac_pe", "rvu_mp", "rvu_opps_fac_pe")]
        assert [row.work, row.non_facility_pe, row.facility_pe, row.mp, row.opps_facility_pe] == [
            Decimal(number).quantize(CENT) for number in printed
        ]
        assert (row.status, row.global_days, row.endoscopic_base) == (
            indicator["status"],
            indicator["glob"],
            indicator["endo_base"],
        )
        assert [float(value) for value in (row.pctc, row.multiple, row.bilateral, row.assistant, row.team)] == [
            float(indicator[name]) for name in ("pctc", "mult_proc", "bilat_surg", "asst_surg", "team_surg")
        ]
        assert (row.non_facility_na, row.facility_na) == (indicator["non_na"] == "NA", indicator["fac_na"] == "NA")


def test_work_practice_expense_and_malpractice_are_exactly_the_total_of_every_row(fees: dict[str, CodeFees]) -> None:
    for key, row in every_row(fees):
        assert row.work + row.non_facility_pe + row.mp == row.non_facility_total, key
        assert row.work + row.facility_pe + row.mp == row.facility_total, key


def test_what_is_payable_is_paid_its_total_and_nothing_else_is(fees: dict[str, CodeFees]) -> None:
    for key, row in every_row(fees):
        payments = national(row)
        assert bool(payments) == (row.status in PAYABLE and bool(row.facility_total or row.non_facility_total)), key
        for payment in payments:
            total = row.facility_total if payment.facility else row.non_facility_total
            uncapped = (total * payment.conversion_factor).quantize(CENT, ROUND_HALF_UP)
            capped = any(step.cause == "OPPS cap" for step in payment.steps)
            assert payment.amount < uncapped if capped else payment.amount == uncapped, key


def test_a_locality_prices_as_worked_out_by_hand(fees: dict[str, CodeFees], localities: dict[str, Locality]) -> None:
    """99213 in Los Angeles: 1.30 x 1.042 + 1.33 x 1.194 + 0.10 x 0.690 = 3.01162; x 33.2875 = 100.24930..."""
    (payment,) = price(fees["99213"], localities["01182-18"], (), False, 1).payments
    assert payment.amount == Decimal("100.25")


def test_the_layout_of_2026_is_read_and_its_texts_are_not() -> None:
    edition = rvu_edition(HEAD_2026)
    assert (edition.label, edition.rows, edition.effective_from) == ("July 2026", 2, date(2026, 7, 1))
    documents = dict(edition.documents)
    assert "REDACTED" not in str(documents)
    row = read_fees("00100", documents["00100"]).row()
    assert row is not None
    assert (row.status, row.conversion_factors) == ("J", {Participation.OTHERS: Decimal("33.4009")})


@pytest.mark.parametrize(("path", "year"), [(GPCI_2022, "2022"), (GPCI_2024, "2024")])
def test_every_locality_is_taken_and_footnotes_are_not(path: Path, year: str) -> None:
    (edition,) = read_gpci([SourceFile(Kind.MPFS_GPCI, path)], Told())
    with path.open(encoding="cp1252", newline="") as file:
        printed = [row for row in csv.reader(file) if row and row[0].isdigit()]
    assert (edition.label, edition.rows, edition.left_out) == (year, len(printed), {})
    documents = dict(edition.documents)
    listed = read_localities(ALL_LOCALITIES, documents[ALL_LOCALITIES])
    assert [one.key for one in listed] == [f"{row[0].zfill(5)}-{row[2].zfill(2)}" for row in printed]
    for row, one in zip(printed, listed, strict=True):
        found = read_locality(one.key, documents[one.key])
        assert [found.work, found.pe, found.mp] == [Decimal(number).quantize(Decimal("0.001")) for number in row[4:7]]
        assert (found.state, "*" in found.name) == (row[1], False)
