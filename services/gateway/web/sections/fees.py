"""The Medicare physician fee schedule of a code, as its page shows it."""

from collections.abc import Iterable
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import Stated, stated

_ROWS = {
    "": "Whole service",
    "26": "26, professional component",
    "TC": "TC, technical component",
    "53": "53, discontinued procedure",
}
_NOT_DONE, _NOT_PAID = "NA", "–"


class Values(NamedTuple):
    """The relative values of one row."""

    row: str
    status: str
    work: str
    non_facility_pe: str
    facility_pe: str
    mp: str
    non_facility_total: str
    facility_total: str


class Payment(NamedTuple):
    """What is paid nationally for one row, in dollars."""

    row: str
    participation: str
    factor: str
    non_facility: str
    facility: str


class Indicators(NamedTuple):
    """The payment policy indicators of one row."""

    row: str
    indicators: list[tuple[str, str, str]]


class Fees(NamedTuple):
    """The section. `statuses` are those of the rows with their meanings, `calculator` leads to the localities."""

    rvu: Stated
    gpci: Stated
    values: list[Values]
    statuses: dict[str, str]
    payments: list[Payment]
    indicators: list[Indicators]
    calculator: str


def fees(found: lookup.Fees, place: Place) -> Fees:
    """Return the section as its template shows it."""
    return Fees(
        rvu=stated(found.rvu, "The fee schedule has no row for this code."),
        gpci=stated(found.gpci),
        values=[_values(row) for row in found.rows],
        statuses={row.status.value: row.status.meaning for row in found.rows},
        payments=[payment for row in found.rows for payment in _payments(row)],
        indicators=[
            Indicators(_label(row), [(one.name.capitalize(), one.value, one.meaning) for one in row.indicators])
            for row in found.rows
            if row.indicators
        ],
        calculator=place.below("fees"),
    )


def _values(row: lookup.FeeRow) -> Values:
    return Values(
        _label(row),
        row.status.value,
        row.work_rvu,
        row.non_facility_pe_rvu or _NOT_DONE,
        row.facility_pe_rvu or _NOT_DONE,
        row.mp_rvu,
        row.non_facility_total or _NOT_DONE,
        row.facility_total or _NOT_DONE,
    )


def _payments(row: lookup.FeeRow) -> Iterable[Payment]:
    for one in row.conversion_factors:
        if one.non_facility_payment or one.facility_payment:
            yield Payment(
                _label(row),
                one.participation or "all",
                one.value,
                _dollars(one.non_facility_payment),
                _dollars(one.facility_payment),
            )


def _dollars(amount: str) -> str:
    whole, _, cents = amount.partition(".")
    return f"${int(whole):,}.{cents or '00'}" if amount else _NOT_PAID


def _label(row: lookup.FeeRow) -> str:
    return _ROWS.get(row.modifier, row.modifier)
