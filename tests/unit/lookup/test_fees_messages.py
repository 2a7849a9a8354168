"""The fees of a code page and the answer to what is paid, from the facts that they want."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson
import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.answers import FeesAnswer
from services.lookup.codes.model import System
from services.lookup.facts.kinds import Answers
from services.lookup.facts.source import Source
from services.lookup.fees.model import CodeFees, Locality
from services.lookup.fees.quote import FeesQuery, parse_query
from services.lookup.fees.section import quote_wants, wants
from services.lookup.index.fees import FeeDocuments, read_fees
from services.lookup.messages.fees import fees, quoted
from services.runtime.errors import Refusal
from tests.unit.lookup.fees_facts import DAY, ROW, answers

CODE = "99213"
LOS_ANGELES = Locality("01182-18", "LOS ANGELES", "CA", Decimal("1.042"), Decimal("1.194"), Decimal("0.690"))


def price(query: FeesQuery, facts: dict[Source, Any], loaded: Sequence[Source] = tuple(Source)) -> pb.GetFeesResponse:
    return quoted(FeesAnswer(System.CPT, CODE, query, answers(quote_wants(CODE, query.locality), facts, loaded)))


def query(*modifiers: str, locality: str = "", place: str = "", units: int = 0) -> FeesQuery:
    return parse_query(modifiers, locality, place, units)


FEES = CodeFees(CODE, (ROW,))
FACTS: dict[Source, Any] = {Source.RVU: FEES, Source.GPCI: LOS_ANGELES}


def test_documents_give_back_what_they_were_made_of() -> None:
    (document,) = FeeDocuments({CODE: FEES})
    assert read_fees(document[0], orjson.loads(orjson.dumps(document[1]))) == FEES


def test_the_section_shows_rows_with_meanings_and_national_payments() -> None:
    section = fees(System.CPT, CODE, answers(wants(System.CPT, CODE), FACTS), DAY)
    assert section.availability == pb.AVAILABILITY_AVAILABLE
    assert section.rvu.release.name == "MPFS RVU July 2024"
    assert section.gpci.source == pb.FACT_SOURCE_GPCI
    (row,) = section.rows
    assert (row.work_rvu, row.non_facility_pe_rvu, row.mp_rvu, row.non_facility_total) == (
        "1.30",
        "1.33",
        "0.10",
        "2.73",
    )
    assert (row.facility_pe_rvu, row.facility_total) == ("", "")
    assert (row.status.value, row.status.meaning) == ("A", "Active: paid separately if covered.")
    indicators = {one.name: (one.value, one.meaning) for one in row.indicators}
    assert indicators["bilateral surgery"] == ("1", "Both sides are paid at 150 %.")
    assert indicators["facility"] == ("NA", "Rarely or never performed there.")
    assert indicators["intraoperative share"][0] == "0.80"
    assert indicators["MP used for OPPS payment"][0] == "0.10"
    assert "endoscopic base code" not in indicators
    # 2.73 x 33.4009 = 91.184457 and 2.73 x 33.5675 = 91.639275
    assert [
        (one.participation, one.value, one.non_facility_payment, one.facility_payment) for one in row.conversion_factors
    ] == [("all others", "33.4009", "91.18", ""), ("qualifying APM participants", "33.5675", "91.64", "")]


def test_a_section_without_the_code_and_one_without_the_source_say_so() -> None:
    asked = wants(System.HCPCS, CODE)
    assert fees(System.HCPCS, CODE, answers(asked, {}), DAY).availability == pb.AVAILABILITY_NONE
    assert fees(System.HCPCS, CODE, answers(asked, {}, ()), DAY).availability == pb.AVAILABILITY_NOT_LOADED


def test_diagnoses_have_no_fees_and_want_none() -> None:
    assert wants(System.ICD10CM, "E119") == []
    assert fees(System.ICD10CM, "E119", Answers({}), DAY).availability == pb.AVAILABILITY_NONE


def test_a_price_names_its_row_locality_and_steps() -> None:
    """1.3546 + 1.58802 + 0.069 = 3.01162; x 33.4009 = 100.59081..., 100.59; x 1.5 = 150.885."""
    answer = price(query("50", locality="1182-18", place="11"), FACTS)
    assert (answer.code, answer.row.work_rvu, answer.not_payable) == (CODE, "1.30", "")
    assert (answer.locality.locality, answer.locality.pe_gpci) == ("01182-18", "1.194")
    payment = answer.payments[0]
    assert (payment.participation, payment.facility, payment.conversion_factor) == ("all others", False, "33.4009")
    assert (payment.base, payment.amount) == ("100.59", "150.89")
    assert [(step.cause, step.factor) for step in payment.steps] == [("50", "1.5")]


def test_a_national_price_has_no_locality_and_still_says_what_there_is_of_them() -> None:
    answer = price(query(), FACTS)
    assert not answer.HasField("locality")
    assert answer.gpci.release.name == "MPFS GPCI July 2024"


def test_a_place_where_the_service_is_not_done_is_not_payable() -> None:
    answer = price(query(place="21"), FACTS)
    assert not answer.payments
    assert "in a facility" in answer.not_payable


def test_what_is_not_known_is_not_priced() -> None:
    assert price(query(), {}).not_payable == "The fee schedule does not list the code."
    without_rvu = price(query(), FACTS, (Source.GPCI,))
    assert (without_rvu.rvu.availability, without_rvu.not_payable) == (pb.AVAILABILITY_NOT_LOADED, "")
    without_gpci = price(query(locality="01182-18"), FACTS, (Source.RVU,))
    assert not without_gpci.payments
    assert "indices of the locality" in without_gpci.not_payable


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("modifiers", {"modifiers": ("26", "50", "51", "59", "LT")}),
        ("modifiers", {"modifiers": ("50", "50")}),
        ("modifiers", {"modifiers": ("5",)}),
        ("modifiers", {"modifiers": ("80", "AS")}),
        ("modifiers", {"modifiers": ("54", "55")}),
        ("locality", {"locality": "Los Angeles"}),
        ("locality", {"locality": "011820-18"}),
        ("place_of_service", {"place_of_service": "1"}),
        ("place_of_service", {"place_of_service": "office"}),
        ("units", {"units": -1}),
        ("units", {"units": 10_000}),
    ],
)
def test_a_malformed_field_is_refused_by_its_name(field: str, asked: dict[str, Any]) -> None:
    well_formed: dict[str, Any] = {"modifiers": (), "locality": "", "place_of_service": "", "units": 1}
    with pytest.raises(Refusal) as caught:
        parse_query(**{**well_formed, **asked})
    assert caught.value.metadata == {"field": field}


def test_a_locality_that_the_edition_has_not_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        price(query(locality="99999-99"), {Source.RVU: FEES})
    assert (caught.value.metadata, "MPFS GPCI July 2024" in caught.value.message) == ({"field": "locality"}, True)


def test_what_is_asked_is_brought_into_its_form() -> None:
    assert query(" as", "lt ", locality="1112-5", place="11") == FeesQuery(("AS", "LT"), "01112-05", "11", 1)
    assert [query(place=place).facility for place in ("", "11", "22")] == [None, False, True]
