"""What Medicare allows, against cases worked out by hand.

The relative values, indicators and conversion factor are those of the release of July 2024, the indices those of 2024;
both are published by CMS. Each case shows its arithmetic: (work x GPCI + PE x GPCI + MP x GPCI) x conversion factor.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lookup.fees.model import CodeFees, FeeRow, Locality, Participation
from services.lookup.fees.payment import FACILITY_PLACES, Payment, national, price

FACTOR = Decimal("33.2875")


def row(work: str, non_facility_pe: str, facility_pe: str, mp: str, **changed: Any) -> FeeRow:
    parts = Decimal(work) + Decimal(mp)
    zero = Decimal("0.00")
    plain = {
        **{"modifier": "", "status": "A", "non_facility_na": False, "facility_na": False, "pctc": "0"},
        **{"global_days": "XXX", "pre": zero, "intra": zero, "post": zero, "multiple": "0", "bilateral": "0"},
        **{"assistant": "0", "co_surgeons": "0", "team": "0", "endoscopic_base": "", "supervision": "09"},
        **{"imaging_family": "99", "opps_non_facility_pe": zero, "opps_facility_pe": zero, "opps_mp": zero},
        **{"conversion_factors": {Participation.ALL: FACTOR}},
    }
    values = {
        **{"work": Decimal(work), "mp": Decimal(mp)},
        **{"non_facility_pe": Decimal(non_facility_pe), "facility_pe": Decimal(facility_pe)},
        **{"non_facility_total": parts + Decimal(non_facility_pe), "facility_total": parts + Decimal(facility_pe)},
    }
    return FeeRow(**{**plain, **values, **changed})


def code(*rows: FeeRow) -> CodeFees:
    return CodeFees("00000", rows)


# 99213
VISIT = row("1.30", "1.33", "0.56", "0.10")
# 27447
KNEE = row(
    "19.60",
    "14.96",
    "14.96",
    "4.01",
    non_facility_na=True,
    global_days="090",
    pre=Decimal("0.10"),
    intra=Decimal("0.69"),
    post=Decimal("0.21"),
    multiple="2",
    bilateral="1",
    assistant="2",
    co_surgeons="1",
)
# 45378
COLONOSCOPY = code(
    row("3.26", "6.51", "1.77", "0.42", global_days="000", multiple="2", assistant="1"),
    row("1.63", "3.25", "0.89", "0.21", global_days="000", multiple="2", assistant="1", modifier="53"),
)
# 70553
IMAGING: dict[str, Any] = {"pctc": "1", "multiple": "4", "imaging_family": "88"}
MRI = code(
    row("2.29", "7.38", "7.38", "0.15", facility_na=True, **IMAGING),
    row("2.29", "0.80", "0.80", "0.12", modifier="26", **IMAGING),
    row("0.00", "6.58", "6.58", "0.03", modifier="TC", facility_na=True, **IMAGING),
)

ALABAMA = Locality("10112-00", "ALABAMA", "AL", Decimal("1.000"), Decimal("0.869"), Decimal("0.575"))
ALASKA = Locality("02102-01", "ALASKA", "AK", Decimal("1.500"), Decimal("1.081"), Decimal("0.592"))
LOS_ANGELES = Locality("01182-18", "LOS ANGELES", "CA", Decimal("1.042"), Decimal("1.194"), Decimal("0.690"))
SEATTLE = Locality("02402-02", "SEATTLE", "WA", Decimal("1.043"), Decimal("1.220"), Decimal("0.853"))
WYOMING = Locality("03602-21", "WYOMING", "WY", Decimal("1.000"), Decimal("1.000"), Decimal("0.739"))


def paid(
    fees: CodeFees, locality: Locality | None, *modifiers: str, facility: bool | None = None, units: int = 1
) -> Payment:
    """Return the one payment of a service."""
    (payment,) = price(fees, locality, modifiers, facility, units).payments
    return payment


def not_paid(fees: CodeFees, *modifiers: str, facility: bool | None = None) -> str:
    priced = price(fees, None, modifiers, facility, 1)
    assert not priced.payments
    return priced.not_payable


@pytest.mark.parametrize(
    ("fees", "locality", "facility", "modifiers", "units", "amount"),
    [
        # 1.30 + 1.33 + 0.10 = 2.73; x 33.2875 = 90.874875
        (code(VISIT), None, False, (), 1, "90.87"),
        # 1.30 + 0.56 + 0.10 = 1.96; x 33.2875 = 65.2435
        (code(VISIT), None, True, (), 1, "65.24"),
        # 1.3546 + 1.58802 + 0.069 = 3.01162; x 33.2875 = 100.24930...
        (code(VISIT), LOS_ANGELES, False, (), 1, "100.25"),
        # 90.87 x 3
        (code(VISIT), None, False, (), 3, "272.61"),
        # 3.435 + 0.8648 + 0.07104 = 4.37084; x 33.2875 = 145.49433...
        (MRI, ALASKA, False, ("26",), 1, "145.49"),
        # 0 + 5.71802 + 0.01725 = 5.73527; x 33.2875 = 190.91280...
        (MRI, ALABAMA, False, ("TC",), 1, "190.91"),
        # 1.63 + 0.89 + 0.15519 = 2.67519; x 33.2875 = 89.05038...
        (COLONOSCOPY, WYOMING, True, ("53",), 1, "89.05"),
        # 20.4428 + 18.2512 + 3.42053 = 42.11453; x 33.2875 = 1401.88741...
        (code(KNEE), SEATTLE, True, (), 1, "1401.89"),
        # 19.60 + 14.96 + 4.01 = 38.57; x 33.2875 = 1283.898875, 1283.90; x 1.5
        (code(KNEE), None, True, ("50",), 1, "1925.85"),
        # 1283.90 x 0.5
        (code(KNEE), None, True, ("51",), 1, "641.95"),
        # Bilateral before multiple: 1925.85 x 0.5 = 962.925
        (code(KNEE), None, True, ("51", "50"), 1, "962.93"),
        # 1283.90 x 0.16 = 205.424
        (code(KNEE), None, True, ("80",), 1, "205.42"),
        # 1283.90 x 0.16 x 0.85 = 174.6104
        (code(KNEE), None, True, ("AS",), 1, "174.61"),
        # 1401.89 x 0.625 = 876.18125
        (code(KNEE), SEATTLE, True, ("62",), 1, "876.18"),
        # 1283.90 x (0.10 + 0.69) = 1014.281
        (code(KNEE), None, True, ("54",), 1, "1014.28"),
        # 1283.90 x 0.21 = 269.619
        (code(KNEE), None, True, ("55",), 1, "269.62"),
        # 1283.90 x 0.69 = 885.891
        (code(KNEE), None, True, ("78",), 1, "885.89"),
        # Minor procedures have no shares: 3.26 + 1.77 + 0.42 = 5.45; x 33.2875 = 181.416875
        (COLONOSCOPY, None, True, ("78",), 1, "181.42"),
    ],
)
def test_payments_are_those_worked_out_by_hand(
    fees: CodeFees, locality: Locality | None, facility: bool, modifiers: Sequence[str], units: int, amount: str
) -> None:
    assert paid(fees, locality, *modifiers, facility=facility, units=units).amount == Decimal(amount)


def test_without_a_place_both_settings_are_priced_but_those_the_service_is_not_done_in() -> None:
    both = price(code(VISIT), None, (), None, 1).payments
    assert [(one.facility, str(one.amount)) for one in both] == [(False, "90.87"), (True, "65.24")]
    assert [one.facility for one in price(code(KNEE), None, (), None, 1).payments] == [True]
    assert not_paid(code(KNEE), facility=False).endswith("outside a facility: it is rarely or never performed there.")


def test_each_conversion_factor_gives_a_payment() -> None:
    """2.85 x 33.4009 = 95.192565 and 2.85 x 33.5675 = 95.667375."""
    factors = {Participation.OTHERS: Decimal("33.4009"), Participation.QUALIFYING: Decimal("33.5675")}
    payments = price(code(row("1.30", "1.46", "0.33", "0.09", conversion_factors=factors)), None, (), False, 1).payments
    assert [(one.participation, str(one.amount)) for one in payments] == [
        (Participation.OTHERS, "95.19"),
        (Participation.QUALIFYING, "95.67"),
    ]


def test_steps_say_what_changed_the_amount_in_the_order_of_cms() -> None:
    payment = paid(code(KNEE), None, "59", "80", "51", "50", units=2)
    assert [(step.cause, str(step.factor)) for step in payment.steps] == [
        ("50", "1.5"),
        ("51", "0.5"),
        ("80", "0.16"),
        ("59", "1"),
        ("units", "2"),
    ]
    assert all(step.reason for step in payment.steps)
    # 1283.90; 1925.85; 962.93; 154.07; 154.07; 308.14
    assert (payment.base, payment.amount) == (Decimal("1283.90"), Decimal("308.14"))


@pytest.mark.parametrize(("indicator", "factor"), [("0", "1"), ("1", "1.5"), ("2", "1"), ("3", "2"), ("9", "1")])
def test_both_sides_are_paid_by_the_bilateral_indicator(indicator: str, factor: str) -> None:
    (step,) = paid(code(row("1.00", "1.00", "1.00", "0.10", bilateral=indicator)), None, "50", facility=True).steps
    assert step.factor == Decimal(factor)
    assert f"indicator {indicator}: " in step.reason


@pytest.mark.parametrize(("indicator", "factor"), [("0", "1"), ("2", "0.5"), ("3", "0.5"), ("4", "1"), ("9", "1")])
def test_further_procedures_are_reduced_by_the_multiple_procedure_indicator(indicator: str, factor: str) -> None:
    (step,) = paid(code(row("1.00", "1.00", "1.00", "0.10", multiple=indicator)), None, "51", facility=True).steps
    assert step.factor == Decimal(factor)


@pytest.mark.parametrize(
    ("field", "modifier", "refused"),
    [("assistant", "80", "19"), ("assistant", "AS", "19"), ("co_surgeons", "62", "09"), ("team", "66", "0129")],
)
def test_who_may_not_take_part_is_not_paid(field: str, modifier: str, refused: str) -> None:
    for indicator in "0129":
        fees = code(row("1.00", "1.00", "1.00", "0.10", **{field: indicator}))
        assert bool(price(fees, None, (modifier,), True, 1).not_payable) is (indicator in refused)


@pytest.mark.parametrize("modifier", ["52", "53", "54", "55", "56", "26", "TC"])
def test_what_the_schedule_has_no_price_for_is_not_paid_and_says_why(modifier: str) -> None:
    assert modifier in not_paid(code(VISIT), modifier)


def test_an_increased_service_has_no_set_increase() -> None:
    assert paid(code(KNEE), None, "22").amount == Decimal("1283.90")


@pytest.mark.parametrize("status", "BCEIJMNPX")
def test_only_active_restricted_and_injection_codes_are_paid(status: str) -> None:
    assert not_paid(code(row("1.00", "1.00", "1.00", "0.10", status=status))).startswith(f"Status {status}: ")
    assert national(row("1.00", "1.00", "1.00", "0.10", status=status)) == []


@pytest.mark.parametrize("status", "ART")
def test_a_payable_code_without_relative_values_is_priced_by_the_contractor(status: str) -> None:
    assert price(code(row("1.00", "1.00", "1.00", "0.10", status=status)), None, (), None, 1).payments
    assert "contractor" in not_paid(code(row("0.00", "0.00", "0.00", "0.00", status=status)))


def test_imaging_is_capped_at_the_hospital_outpatient_payment() -> None:
    """70370: 0.32 + 2.80 + 0.03 = 3.15 gives 104.86; capped 0.32 + 2.74 + 0.03 = 3.09; x 33.2875 = 102.858375."""
    opps: dict[str, Any] = {
        "opps_non_facility_pe": Decimal("2.74"),
        "opps_facility_pe": Decimal("2.74"),
        "opps_mp": Decimal("0.03"),
    }
    payment = paid(code(row("0.32", "2.80", "2.80", "0.03", **opps)), None, facility=False)
    assert payment.amount == payment.base == Decimal("102.86")
    assert [(step.cause, step.factor) for step in payment.steps] == [("OPPS cap", Decimal(1))]
    assert "104.86" in payment.steps[0].reason


def test_a_cap_above_the_payment_changes_nothing() -> None:
    opps: dict[str, Any] = {
        "opps_non_facility_pe": Decimal("2.81"),
        "opps_facility_pe": Decimal("2.81"),
        "opps_mp": Decimal("0.03"),
    }
    payment = paid(code(row("0.32", "2.80", "2.80", "0.03", **opps)), None, facility=False)
    assert (payment.amount, payment.steps) == (Decimal("104.86"), ())


def test_telehealth_at_home_is_no_facility_and_elsewhere_is_one() -> None:
    assert {"02", "19", "21", "22", "23", "24"} <= FACILITY_PLACES
    assert not {"10", "11", "12", "20", "49", "81", "99"} & FACILITY_PLACES


rvus = st.decimals(0, 100, places=2)


@given(work=rvus, pe=rvus, mp=rvus, units=st.integers(1, 9999))
def test_amounts_are_whole_cents_and_grow_with_units_alone(work: Decimal, pe: Decimal, mp: Decimal, units: int) -> None:
    fees = code(row(str(work), str(pe), str(pe), str(mp)))
    if not work + pe + mp:
        assert price(fees, LOS_ANGELES, (), True, units).not_payable
        return
    one, many = paid(fees, LOS_ANGELES, facility=True), paid(fees, LOS_ANGELES, facility=True, units=units)
    assert many.amount == one.amount * units == one.base * units
    assert one.amount == one.amount.quantize(Decimal("0.01"))
