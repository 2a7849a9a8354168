"""The index of the fee schedule: a document a code, a document a locality, and one that lists the localities."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import FactKind
from services.lookup.facts.source import Source
from services.lookup.fees.model import CodeFees, FeeRow, Locality, LocalityName, Participation

ALL_LOCALITIES = "all"

ROW_NUMBERS = (
    "work",
    "non_facility_pe",
    "facility_pe",
    "mp",
    "non_facility_total",
    "facility_total",
    "pre",
    "intra",
    "post",
    "opps_non_facility_pe",
    "opps_facility_pe",
    "opps_mp",
)
ROW_FLAGS = ("non_facility_na", "facility_na")
ROW_TEXTS = (
    "status",
    "pctc",
    "global_days",
    "multiple",
    "bilateral",
    "assistant",
    "co_surgeons",
    "team",
    "endoscopic_base",
    "supervision",
    "imaging_family",
)


class FeeDocuments:
    """The documents of the fee schedule, by code."""

    def __init__(self, codes: Mapping[str, CodeFees]) -> None:
        self._codes = codes

    def __len__(self) -> int:
        return len(self._codes)

    def __iter__(self) -> Iterator[Document]:
        return ((code, {"rows": [_row_document(row) for row in fees.rows]}) for code, fees in self._codes.items())


class LocalityDocuments:
    """The documents of the localities, and one that lists them."""

    def __init__(self, localities: Iterable[Locality]) -> None:
        self._localities = tuple(localities)

    def __len__(self) -> int:
        return len(self._localities) + 1

    def __iter__(self) -> Iterator[Document]:
        for one in self._localities:
            indices = {"work": str(one.work), "pe": str(one.pe), "mp": str(one.mp)}
            yield one.key, {"name": one.name, "state": one.state, **indices}
        yield ALL_LOCALITIES, {"localities": [[one.key, one.name, one.state] for one in self._localities]}


def read_fees(id: str, document: Mapping[str, Any]) -> CodeFees:
    """Read the document of a code."""
    return CodeFees(id, tuple(_read_row(row) for row in document["rows"]))


def read_locality(id: str, document: Mapping[str, Any]) -> Locality:
    """Read the document of a locality."""
    indices = (Decimal(document[name]) for name in ("work", "pe", "mp"))
    return Locality(id, document["name"], document["state"], *indices)


def read_localities(id: str, document: Mapping[str, Any]) -> tuple[LocalityName, ...]:
    """Read the document that lists the localities."""
    return tuple(LocalityName(*one) for one in document["localities"])


FEES = FactKind(Source.RVU, read_fees)
LOCALITY = FactKind(Source.GPCI, read_locality)
LOCALITIES = FactKind(Source.GPCI, read_localities)


def _row_document(row: FeeRow) -> dict[str, Any]:
    return {
        "modifier": row.modifier,
        **{name: getattr(row, name) for name in (*ROW_TEXTS, *ROW_FLAGS)},
        **{name: str(getattr(row, name)) for name in ROW_NUMBERS},
        "conversion_factors": [[whom, str(factor)] for whom, factor in row.conversion_factors.items()],
    }


def _read_row(row: Mapping[str, Any]) -> FeeRow:
    numbers = {name: Decimal(row[name]) for name in ROW_NUMBERS}
    factors = {Participation(whom): Decimal(factor) for whom, factor in row["conversion_factors"]}
    return FeeRow(**{**row, **numbers, "conversion_factors": factors})
