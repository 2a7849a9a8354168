"""The Medicare physician fee schedule: the relative values of a code, and the localities that weigh them.

The fields are those of the relative value file of CMS (its record layout is RVUPUF, the document in the same download).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Participation(StrEnum):
    """Whom a conversion factor is for; since 2026 there are two (Social Security Act, section 1848(d)(1)(A))."""

    ALL = ""
    QUALIFYING = "qualifying APM participants"
    OTHERS = "all others"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRow:
    """One row of the fee schedule: the whole service, or by `modifier` a component (26, TC) or the broken-off one (53).

    `work`, `..._pe` (practice expense) and `mp` (malpractice) are relative value units. Of a setting with `..._na` the
    service is rarely or never performed there, and the printed numbers are those of the other setting. `pre`, `intra`
    and `post` are the shares of the global package, 0 to 1. `opps_...` are the units that hospital outpatient payment
    would come to, which caps imaging; 0 where there is no cap. `conversion_factors` are dollars per unit.
    """

    modifier: str
    status: str
    work: Decimal
    non_facility_pe: Decimal
    facility_pe: Decimal
    mp: Decimal
    non_facility_total: Decimal
    facility_total: Decimal
    non_facility_na: bool
    facility_na: bool
    pctc: str
    global_days: str
    pre: Decimal
    intra: Decimal
    post: Decimal
    multiple: str
    bilateral: str
    assistant: str
    co_surgeons: str
    team: str
    endoscopic_base: str
    supervision: str
    imaging_family: str
    opps_non_facility_pe: Decimal
    opps_facility_pe: Decimal
    opps_mp: Decimal
    conversion_factors: Mapping[Participation, Decimal]


@dataclass(frozen=True, slots=True)
class CodeFees:
    """The rows of one code, the whole service first, then by modifier."""

    code: str
    rows: tuple[FeeRow, ...]

    def row(self, modifier: str = "") -> FeeRow | None:
        """Return the row of a modifier, None when there is none."""
        return next((row for row in self.rows if row.modifier == modifier), None)


@dataclass(frozen=True, slots=True)
class Locality:
    """A payment locality: `key` is its Medicare contractor and its number, such as 01112-05."""

    key: str
    name: str
    state: str
    work: Decimal
    pe: Decimal
    mp: Decimal


@dataclass(frozen=True, slots=True)
class LocalityName:
    """A locality to choose."""

    key: str
    name: str
    state: str


def locality_key(contractor: str, number: str) -> str:
    """Return the key of a locality; published tables lose the leading zeros of both."""
    return f"{contractor.zfill(5)}-{number.zfill(2)}"
