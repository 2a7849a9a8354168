"""What Medicare allows for a service: the arithmetic of the physician fee schedule, and what modifiers change.

"Manual" is the Medicare Claims Processing Manual of CMS (publication 100-04). Amounts are what is allowed before the
share of the patient; where the charge is lower, Medicare allows the charge.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from services.lookup.fees.indicators import ASSISTANT, BILATERAL, CO_SURGEONS, MULTIPLE, PAYABLE, PCTC, STATUS, TEAM
from services.lookup.fees.model import CodeFees, FeeRow, Locality, Participation

# The places of service that are paid as facilities, all others are not (Manual, chapter 12, section 20.4.2). Of
# telehealth, 02 is paid as a facility and 10, the patient's home, is not (final rule for 2024).
FACILITY_PLACES = frozenset(
    ("02", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61")
)
SPLIT_GLOBAL_DAYS = frozenset(("010", "090"))

_CENT = Decimal("0.01")
_NATIONAL = Locality("", "", "", Decimal(1), Decimal(1), Decimal(1))
_ROW_MODIFIERS = ("26", "TC", "53")


class Step(NamedTuple):
    """One change of an amount: what causes it, by which factor, and why."""

    cause: str
    factor: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Payment:
    """What is allowed in one setting under one conversion factor, in dollars.

    `base` is for one unit before the steps; each step is rounded to the cent.
    """

    participation: Participation
    facility: bool
    conversion_factor: Decimal
    base: Decimal
    steps: tuple[Step, ...]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Priced:
    """The row a service is paid by, None when there is none, and what is paid, or why nothing is."""

    row: FeeRow | None
    payments: tuple[Payment, ...] = ()
    not_payable: str = ""


def price(
    fees: CodeFees, locality: Locality | None, modifiers: Sequence[str], facility: bool | None, units: int
) -> Priced:
    """Price a service in a locality (None: national, all indices 1), in a facility, outside or (None) both."""
    row = fees.row(next((one for one in _ROW_MODIFIERS if one in modifiers and fees.row(one)), ""))
    if row is None:
        return Priced(None, not_payable="The fee schedule has no row for the service without a modifier.")
    try:
        _check_payable(row)
        steps = [_RULES.get(one, _unknown)(one, row) for one in sorted(modifiers, key=_turn) if one != row.modifier]
        settings = _settings(row, facility)
    except _NotPaid as reason:
        return Priced(row, not_payable=str(reason))
    if units > 1:
        steps.append(Step("units", Decimal(units), f"{units} units of service."))
    return Priced(
        row,
        tuple(
            _payment(row, locality or _NATIONAL, participation, factor, setting, steps)
            for participation, factor in row.conversion_factors.items()
            for setting in settings
        ),
    )


def national(row: FeeRow) -> list[Payment]:
    """Return what a row is paid nationally, all indices 1; nothing when it is not payable."""
    return list(price(CodeFees("", (row,)), None, (row.modifier,), None, 1).payments)


class _NotPaid(Exception):
    """Nothing is paid by the fee schedule; the message says why."""


def _check_payable(row: FeeRow) -> None:
    if row.status not in PAYABLE:
        meaning = STATUS.get(row.status, "not paid under the fee schedule.")
        raise _NotPaid(f"Status {row.status}: {meaning}")
    if not row.non_facility_total and not row.facility_total:
        raise _NotPaid("The fee schedule has no relative values for it: the contractor sets the price.")


def _settings(row: FeeRow, facility: bool | None) -> list[bool]:
    """Return the settings to price: of those asked for the ones the service is done in."""
    done_in = [setting for setting, na in ((False, row.non_facility_na), (True, row.facility_na)) if not na]
    settings = [setting for setting in done_in if facility is None or setting is facility]
    if not settings:
        where = {None: "", True: " in a facility", False: " outside a facility"}[facility]
        raise _NotPaid(f"The fee schedule has no price for it{where}: it is rarely or never performed there.")
    return settings


def _payment(
    row: FeeRow,
    locality: Locality,
    participation: Participation,
    conversion_factor: Decimal,
    facility: bool,
    steps: Sequence[Step],
) -> Payment:
    base = _dollars(row.work, row.facility_pe if facility else row.non_facility_pe, row.mp, locality, conversion_factor)
    opps_pe = row.opps_facility_pe if facility else row.opps_non_facility_pe
    if opps_pe:
        cap = _dollars(row.work, opps_pe, row.opps_mp, locality, conversion_factor)
        if cap < base:
            reason = f"Capped at the hospital outpatient payment (section 5102(b) DRA); else it were {base}."
            base, steps = cap, [Step("OPPS cap", Decimal(1), reason), *steps]
    amount = base
    for step in steps:
        amount = _cents(amount * step.factor)
    return Payment(participation, facility, conversion_factor, base, tuple(steps), amount)


def _dollars(work: Decimal, pe: Decimal, mp: Decimal, locality: Locality, conversion_factor: Decimal) -> Decimal:
    """Return a payment amount (Social Security Act, section 1848(b)(1); the formula is in RVUPUF)."""
    return _cents((work * locality.work + pe * locality.pe + mp * locality.mp) * conversion_factor)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _component(modifier: str, row: FeeRow) -> Step:
    """Refuse a component that has no row of its own."""
    raise _NotPaid(f"The fee schedule has no row for modifier {modifier}. {PCTC.get(row.pctc, '')}".rstrip())


def _by_contractor(modifier: str, row: FeeRow) -> Step:
    raise _NotPaid(f"With modifier {modifier} the contractor sets the price from the documentation.")


def _increased(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 40.2.A.10."""
    return Step(modifier, Decimal(1), "No set increase: the contractor may pay more on the operative report.")


def _surgical_care(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 40.4.B: who bills 54 is taken to have given the care before surgery, too."""
    _check_split(modifier, row)
    reason = f"The surgeon without the care after discharge: preoperative {row.pre} and intraoperative {row.intra}."
    return Step(modifier, row.pre + row.intra, reason)


def _postoperative_care(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 40.4.B."""
    _check_split(modifier, row)
    reason = "The care after discharge, all of it: several physicians share it by the days of each."
    return Step(modifier, row.post, reason)


def _preoperative_care(modifier: str, row: FeeRow) -> Step:
    raise _NotPaid("Medicare does not pay modifier 56: the preoperative part is paid to the surgeon.")


def _check_split(modifier: str, row: FeeRow) -> None:
    if row.global_days not in SPLIT_GLOBAL_DAYS:
        raise _NotPaid(f"Modifier {modifier} needs global days of 010 or 090; the code has {row.global_days}.")


def _return_to_operating_room(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 40.4.C."""
    if not row.intra:
        return Step(modifier, Decimal(1), f"Paid in full: global days {row.global_days} have no intraoperative share.")
    return Step(modifier, row.intra, "A return to the operating room is paid the intraoperative share alone.")


def _bilateral(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 40.7: before any reduction for multiple procedures."""
    factor = {"1": Decimal("1.5"), "3": Decimal(2)}.get(row.bilateral, Decimal(1))
    return Step(modifier, factor, _with_indicator("Bilateral", row.bilateral, BILATERAL))


def _multiple(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 40.6; the sixth and later procedures are priced by report."""
    factor = Decimal("0.5") if row.multiple in ("2", "3") else Decimal(1)
    return Step(modifier, factor, _with_indicator("Multiple procedures", row.multiple, MULTIPLE))


def _co_surgeons(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 40.8."""
    meaning = _with_indicator("Co-surgeons", row.co_surgeons, CO_SURGEONS)
    if row.co_surgeons not in ("1", "2"):
        raise _NotPaid(meaning)
    return Step(modifier, Decimal("0.625"), f"62.5 % for each of two surgeons. {meaning}")


def _team(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 40.8: teams are always priced by report."""
    raise _NotPaid(_with_indicator("Team surgery", row.team, TEAM))


def _assistant(modifier: str, row: FeeRow) -> Step:
    """Manual, chapter 12, section 20.4.3; for modifier AS also section 110.2."""
    meaning = _with_indicator("Assistant at surgery", row.assistant, ASSISTANT)
    if row.assistant not in ("0", "2"):
        raise _NotPaid(meaning)
    if modifier == "AS":
        return Step(modifier, Decimal("0.136"), f"85 % of the 16 % of an assistant who is a physician. {meaning}")
    return Step(modifier, Decimal("0.16"), f"16 % for an assistant. {meaning}")


def _with_indicator(name: str, value: str, meanings: dict[str, str]) -> str:
    return f"{name} indicator {value}: {meanings.get(value, 'not described.')}"


def _unknown(modifier: str, row: FeeRow) -> Step:
    return Step(modifier, Decimal(1), "The amount is left as it is: no pricing rule for this modifier is applied here.")


# In the order they are applied; other modifiers come last.
_RULES: dict[str, Callable[[str, FeeRow], Step]] = {
    "26": _component,
    "TC": _component,
    "52": _by_contractor,
    "53": _by_contractor,
    "66": _team,
    "22": _increased,
    "54": _surgical_care,
    "55": _postoperative_care,
    "56": _preoperative_care,
    "78": _return_to_operating_room,
    "50": _bilateral,
    "51": _multiple,
    "62": _co_surgeons,
    "80": _assistant,
    "81": _assistant,
    "82": _assistant,
    "AS": _assistant,
}
_TURNS = {modifier: turn for turn, modifier in enumerate(_RULES)}


def _turn(modifier: str) -> int:
    return _TURNS.get(modifier, len(_TURNS))
