"""The Medicare physician fee schedule as messages of the contract."""

from datetime import date
from decimal import Decimal

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.answers import FeesAnswer
from services.lookup.codes.model import System
from services.lookup.facts.kinds import Answers
from services.lookup.fees.indicators import Indicator, indicators, status
from services.lookup.fees.model import FeeRow, Locality
from services.lookup.fees.payment import Payment, national
from services.lookup.fees.quote import quote
from services.lookup.index.fees import ALL_LOCALITIES, FEES, LOCALITIES, LOCALITY
from services.lookup.messages import sources
from services.lookup.messages.systems import SYSTEMS


def fees(system: System, code: str, answers: Answers, day: date) -> pb.Fees:
    """Return the rows of a code, from the facts that fees.section.wants names."""
    if system not in (System.CPT, System.HCPCS):
        return pb.Fees(availability=pb.AVAILABILITY_NONE)
    found = answers.get(FEES, code)
    rvu = sources.status(found)
    return pb.Fees(
        availability=rvu.availability,
        rvu=rvu,
        gpci=sources.status(answers.get(LOCALITIES, ALL_LOCALITIES)),
        rows=[_row(row) for row in found.fact.rows] if found.fact else [],
    )


def quoted(answer: FeesAnswer) -> pb.GetFeesResponse:
    """Return what is paid for a service, from the facts that fees.section.quote_wants names.

    Raises a refusal when the edition in force has no such locality.
    """
    code, query, answers = answer.code, answer.query, answer.facts
    found = answers.get(FEES, code)
    place = answers.get(LOCALITY, query.locality) if query.locality else None
    gpci = sources.status(place) if place else sources.status(answers.get(LOCALITIES, ALL_LOCALITIES))
    priced = quote(query, found, place)
    return pb.GetFeesResponse(
        system=SYSTEMS[answer.system],
        code=code,
        rvu=sources.status(found),
        gpci=gpci,
        row=_row(priced.row) if priced.row else None,
        locality=_locality(place.fact) if place and place.fact else None,
        payments=[_payment(one) for one in priced.payments],
        not_payable=priced.not_payable,
    )


def localities(answers: Answers) -> pb.ListLocalitiesResponse:
    """Return the payment localities, from LOCALITIES_WANTED."""
    found = answers.get(LOCALITIES, ALL_LOCALITIES)
    return pb.ListLocalitiesResponse(
        status=sources.status(found),
        localities=[
            pb.Locality(locality=one.key, name=one.name, state=one.state)
            for one in sorted(found.fact or (), key=lambda one: (one.state, one.name))
        ],
    )


def _row(row: FeeRow) -> pb.FeeRow:
    paid = {(one.participation, one.facility): str(one.amount) for one in national(row)}
    return pb.FeeRow(
        modifier=row.modifier,
        status=_indicator(status(row)),
        work_rvu=str(row.work),
        non_facility_pe_rvu="" if row.non_facility_na else str(row.non_facility_pe),
        facility_pe_rvu="" if row.facility_na else str(row.facility_pe),
        mp_rvu=str(row.mp),
        non_facility_total="" if row.non_facility_na else str(row.non_facility_total),
        facility_total="" if row.facility_na else str(row.facility_total),
        indicators=[_indicator(one) for one in indicators(row)],
        conversion_factors=[
            pb.ConversionFactor(
                participation=whom,
                value=str(factor),
                non_facility_payment=paid.get((whom, False), ""),
                facility_payment=paid.get((whom, True), ""),
            )
            for whom, factor in row.conversion_factors.items()
        ],
    )


def _indicator(one: Indicator) -> pb.FeeIndicator:
    return pb.FeeIndicator(name=one.name, value=one.value, meaning=one.meaning)


def _locality(one: Locality) -> pb.Locality:
    return pb.Locality(
        locality=one.key,
        name=one.name,
        state=one.state,
        work_gpci=str(one.work),
        pe_gpci=str(one.pe),
        mp_gpci=str(one.mp),
    )


def _payment(one: Payment) -> pb.Payment:
    return pb.Payment(
        participation=one.participation,
        facility=one.facility,
        conversion_factor=str(one.conversion_factor),
        base=str(one.base),
        steps=[pb.PaymentStep(cause=step.cause, factor=_factor(step.factor), reason=step.reason) for step in one.steps],
        amount=str(one.amount),
    )


def _factor(factor: Decimal) -> str:
    """Return a factor without the zeros at its end."""
    return f"{factor.normalize():f}"
