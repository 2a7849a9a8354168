"""From a code to those below its category that are valid for submission, one choice after another."""

import asyncio
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import edge_of
from services.gateway.web import addresses, editions
from services.gateway.web.addresses import BOOKS
from services.gateway.web.render import page
from services.gateway.words import system_of

# Whatever else titles say is a detail.
_AXES = {
    lookup.CHOICE_AXIS_LATERALITY: "Side",
    lookup.CHOICE_AXIS_TRIMESTER: "Trimester",
    lookup.CHOICE_AXIS_FETUS: "Fetus",
    lookup.CHOICE_AXIS_ENCOUNTER: "Encounter",
}


class Option(NamedTuple):
    """One way to go on; `title` is the whole of what `label` sets apart."""

    code: str
    label: str
    title: str
    href: str
    billable: bool
    chosen: bool
    unspecified: bool


class Step(NamedTuple):
    """One choice; `above` is the code that the options stand below, `chosen` is None while it is open."""

    axis: str
    above: lookup.Entry
    options: list[Option]
    chosen: Option | None


def routes() -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route("/codes/{system}/{code}/specify", specify)]


async def specify(request: Request) -> Response:
    """The choices around a code: those made, to be changed, and the open one."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    book, asked = BOOKS[system_of(request.path_params["system"])], request.path_params["code"]
    on = request.query_params.get("effective_on", "")
    found, balance = await asyncio.gather(
        edge.lookup.Specify(lookup.SpecifyRequest(system=book.system, code=asked, effective_on=on)),
        edge.wall.balance(caller),
    )
    entry = found.entry
    if entry.code != asked:
        return RedirectResponse(addresses.specify(book, entry.code, on), 308)
    return page(
        request,
        "specify.html",
        caller,
        balance=balance,
        entry=entry,
        steps=[step(choice, on) for choice in found.choices],
        code_page=addresses.code_page(book, entry.code, on),
        editions=[editions.edition(found.release)],
        action=request.url.path,
        carried=(),
    )


def step(choice: lookup.Choice, effective_on: str = "") -> Step:
    """Return a choice as the page shows it."""
    options = [_option(option, effective_on) for option in choice.options]
    chosen = next((option for option in options if option.chosen), None)
    return Step(_AXES.get(choice.axis, "Detail"), choice.above, options, chosen)


def _option(option: lookup.ChoiceOption, effective_on: str) -> Option:
    entry = option.entry
    return Option(
        code=entry.code,
        label=option.label,
        title=entry.title,
        href=addresses.specify(BOOKS[entry.system], entry.code, effective_on),
        billable=entry.billable,
        chosen=option.chosen,
        unspecified=option.unspecified,
    )
