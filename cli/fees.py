"""`codingahead fees`: what Medicare pays for a service from a terminal."""

from typing import Annotated

import typer
from codingahead.lookup.v1 import lookup_pb2

from cli.lookups import EffectiveOn, ask
from cli.output import AsJson, emit
from services.gateway.api import plain
from services.gateway.web.fees import Calculation, calculations


def fees(
    code: Annotated[str, typer.Argument(help="A CPT or HCPCS code.")],
    locality: Annotated[str, typer.Option(help="Contractor and locality, such as 01112-05; empty: national.")] = "",
    modifier: Annotated[list[str] | None, typer.Option(help="A modifier; at most four, each with its option.")] = None,
    pos: Annotated[str, typer.Option(help="Place of service, two digits; empty: in a facility and outside.")] = "",
    units: Annotated[int, typer.Option(help="Units of service.", min=1, max=9999)] = 1,
    effective_on: EffectiveOn = "",
    as_json: AsJson = False,
) -> None:
    """Show what Medicare pays for a service, and how it comes about."""
    request = lookup_pb2.GetFeesRequest(
        code=code,
        modifiers=modifier or [],
        locality=locality,
        place_of_service=pos,
        effective_on=effective_on,
        units=units,
    )
    answer = ask(lambda lookup: lookup.GetFees(request))
    if as_json:
        emit([plain.as_json(answer)], True)
        return
    print_fees(answer)


def print_fees(answer: lookup_pb2.GetFeesResponse) -> None:
    """Print what is paid and how it comes about, or why nothing is, with the editions it follows from."""
    where = f"{answer.locality.name}, {answer.locality.state}" if answer.HasField("locality") else "national"
    print(f"{answer.code}, {where}")
    if answer.HasField("row"):
        print(f"status {answer.row.status.value}  {answer.row.status.meaning}")
    if answer.not_payable:
        print(f"Nothing is paid. {answer.not_payable}")
    for calculation in calculations(answer):
        whom = f", {calculation.participation}" if calculation.participation else ""
        print(f"\n{calculation.place}{whom}: ${calculation.amount}")
        emit(_rows(calculation), False)
    print()
    for status in (answer.rvu, answer.gpci):
        print(f"source: {status.release.name}" if status.HasField("release") else status.missing)


def _rows(calculation: Calculation) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"part": part.name, "value": part.rvu, "times": part.gpci, "is": part.product, "why": "RVU x GPCI"}
        for part in calculation.parts
    ]
    rows.append({"part": "Total", "value": "", "times": "", "is": calculation.total, "why": ""})
    factor = calculation.conversion_factor
    rows.append(
        {"part": "Conversion factor", "value": calculation.total, "times": factor, "is": calculation.dollars, "why": ""}
    )
    for step in calculation.steps:
        rows.append({"part": step.cause, "value": "", "times": step.factor, "is": step.amount, "why": step.reason})
    return rows
