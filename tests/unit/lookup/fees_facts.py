"""Facts made up for tests of fees and modifiers, and answers that hold them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source
from services.lookup.fees.model import FeeRow, Participation

DAY = date(2024, 8, 1)
ROW = FeeRow(
    modifier="",
    status="A",
    work=Decimal("1.30"),
    non_facility_pe=Decimal("1.33"),
    facility_pe=Decimal("0.56"),
    mp=Decimal("0.10"),
    non_facility_total=Decimal("2.73"),
    facility_total=Decimal("1.96"),
    non_facility_na=False,
    facility_na=True,
    pctc="0",
    global_days="010",
    pre=Decimal("0.10"),
    intra=Decimal("0.80"),
    post=Decimal("0.10"),
    multiple="2",
    bilateral="1",
    assistant="1",
    co_surgeons="0",
    team="0",
    endoscopic_base="",
    supervision="09",
    imaging_family="88",
    opps_non_facility_pe=Decimal("1.40"),
    opps_facility_pe=Decimal("1.40"),
    opps_mp=Decimal("0.10"),
    conversion_factors={Participation.OTHERS: Decimal("33.4009"), Participation.QUALIFYING: Decimal("33.5675")},
)


def _choice(source: Source) -> FactChoice:
    load = FactLoad(
        source=source,
        edition="July 2024",
        effective_from=date(2024, 7, 1),
        effective_to=date(2024, 12, 31),
        rows=2,
        left_out={},
        codes=1,
        documents=1,
        loaded_at=datetime(2024, 7, 2, tzinfo=UTC),
        origin="file.csv",
        content="digest",
        index="facts-1",
        previous=(),
    )
    return FactChoice(load, in_force=True)


def answers(asked: Iterable[Want], facts: Mapping[Source, Any], loaded: Iterable[Source] = tuple(Source)) -> Answers:
    """Return an answer to each want: what `facts` has of its source, if that is loaded."""
    found = {}
    for want in asked:
        source = want.kind.source
        chosen = _choice(source) if source in loaded else None
        found[want] = Found(source, chosen, (), facts.get(source) if chosen else None)
    return Answers(found)
