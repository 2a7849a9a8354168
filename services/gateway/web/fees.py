"""What Medicare pays for a service in a locality, and how it comes about."""

import asyncio
import re
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.gateway import policy
from services.gateway.charged import admit_answer
from services.gateway.edge import Edge, edge_of
from services.gateway.identity import Caller
from services.gateway.web import forms
from services.gateway.web.lines import title
from services.gateway.web.procedures import of_procedure
from services.gateway.web.render import form_page
from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import stated
from services.gateway.web.walled import walled
from services.runtime.errors import Refusal, invalid

_NAME, _HEADING = "fees", "Medicare payment"
# What is typed into the form: a refusal of one of them is told beside it.
_TYPED = ("locality", "place_of_service", "modifiers", "units")
_UNITS = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_NATIONAL = lookup.Locality(name="National", work_gpci="1", pe_gpci="1", mp_gpci="1")
# The causes of a step that are no modifiers.
_CAUSES = {"units": "Units", "OPPS cap": "OPPS cap"}
_CENT = Decimal("0.01")


class Part(NamedTuple):
    """One of the relative values: weighed by the index of the locality."""

    name: str
    rvu: str
    gpci: str
    product: Decimal


class Step(NamedTuple):
    """One change of the amount, and what it comes to then."""

    cause: str
    factor: str
    reason: str
    amount: Decimal


class Calculation(NamedTuple):
    """How one payment comes about: the parts, their sum, the sum in dollars, and the steps to the amount.

    Where a cap is lower than the sum, the first of the steps is that.
    """

    place: str
    participation: str
    parts: list[Part]
    total: Decimal
    conversion_factor: str
    dollars: Decimal
    steps: list[Step]
    amount: Decimal


def routes() -> list[BaseRoute]:
    """Return the routes of these pages."""
    return [Route(f"/codes/{{system}}/{{code}}/{_NAME}", of_procedure(_NAME, _HEADING, fees))]


async def fees(request: Request, caller: Caller, named: lookup.GetCodeResponse, place: Place) -> Response:
    """The payment of a service: what it shows stands on the page of the code, and its view pays for it."""
    edge, typed = edge_of(request), request.query_params
    (answer, failure), listed = await asyncio.gather(
        _priced(edge, place, typed),
        edge.lookup.ListLocalities(lookup.ListLocalitiesRequest(effective_on=place.effective_on)),
    )
    admission = await admit_answer(edge, caller, policy.GET_FEES, answer) if answer else None
    if admission and not admission.allowed:
        return walled(request, caller, named.entry, named.ancestors, admission, place.effective_on)
    return form_page(
        request,
        "fees.html",
        caller,
        typed,
        failure,
        balance=admission.balance if admission else await edge.wall.balance(caller),
        code=place.code,
        heading=_HEADING,
        title=title(named.entry),
        code_page=place.code_page(place.code),
        states=[(state, list(group)) for state, group in groupby(listed.localities, key=lambda one: one.state)],
        answer=answer,
        locality=_locality(answer),
        calculations=calculations(answer) if answer else [],
        rvu=stated(answer.rvu, "The fee schedule does not list this code.") if answer else None,
        gpci=stated(answer.gpci if answer else listed.status, "The edition has no such locality."),
        action=request.url.path,
    )


async def _priced(edge: Edge, place: Place, typed: forms.Typed) -> tuple[lookup.GetFeesResponse | None, forms.Failure]:
    """Return the answer to what was typed, or why it was not accepted."""
    try:
        return await edge.lookup.GetFees(_asked(place, typed)), forms.NO_FAILURE
    except Refusal as refusal:
        if not any(violation.field in _TYPED for violation in refusal.fields):
            raise
        return None, forms.failure(refusal, {})


def _asked(place: Place, typed: forms.Typed) -> lookup.GetFeesRequest:
    units = typed.get("units", "").strip()
    if units and not _UNITS.fullmatch(units):
        raise invalid("units", "expected 1 to 9999")
    return lookup.GetFeesRequest(
        code=place.code,
        modifiers=[one for one in re.split(r"[\s,;]+", typed.get("modifiers", "")) if one],
        locality=typed.get("locality", ""),
        place_of_service=typed.get("place_of_service", ""),
        effective_on=place.effective_on,
        units=int(units or 1),
    )


def _locality(answer: lookup.GetFeesResponse | None) -> lookup.Locality:
    return answer.locality if answer and answer.HasField("locality") else _NATIONAL


def calculations(answer: lookup.GetFeesResponse) -> list[Calculation]:
    """Return how each payment of an answer comes about (Social Security Act, section 1848(b)(1))."""
    return [_calculation(answer.row, _locality(answer), payment) for payment in answer.payments]


def _calculation(row: lookup.FeeRow, locality: lookup.Locality, payment: lookup.Payment) -> Calculation:
    pe = row.facility_pe_rvu if payment.facility else row.non_facility_pe_rvu
    weighed = (
        ("Work", row.work_rvu, locality.work_gpci),
        ("Practice expense", pe, locality.pe_gpci),
        ("Malpractice", row.mp_rvu, locality.mp_gpci),
    )
    parts = [Part(name, rvu, gpci, Decimal(rvu) * Decimal(gpci)) for name, rvu, gpci in weighed]
    total = sum((part.product for part in parts), Decimal())
    return Calculation(
        place="Facility" if payment.facility else "Non-facility",
        participation=payment.participation,
        parts=parts,
        total=total,
        conversion_factor=payment.conversion_factor,
        dollars=_cents(total * Decimal(payment.conversion_factor)),
        steps=_steps(payment),
        amount=Decimal(payment.amount),
    )


def _steps(payment: lookup.Payment) -> list[Step]:
    amount, steps = Decimal(payment.base), []
    for step in payment.steps:
        amount = _cents(amount * Decimal(step.factor))
        steps.append(Step(_CAUSES.get(step.cause) or f"Modifier {step.cause}", step.factor, step.reason, amount))
    return steps


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
