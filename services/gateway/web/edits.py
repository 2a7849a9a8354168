"""All procedure-to-procedure edits of a code."""

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.gateway import policy
from services.gateway.charged import admit_answer
from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.web import addresses
from services.gateway.web.lines import title
from services.gateway.web.procedures import of_procedure
from services.gateway.web.render import fresh_page
from services.gateway.web.sections import edits as section
from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import stated
from services.gateway.web.walled import walled
from services.gateway.words import SETTING_WORDS, setting_of
from services.runtime.errors import invalid

_NAME, _HEADING = "edits", "NCCI edits with other codes"
_EDITS_A_PAGE = 200
_SETTINGS = (lookup.SETTING_PRACTITIONER, lookup.SETTING_HOSPITAL)
_COLUMNS = {
    1: ("Column 1", "The other code is not paid beside {}."),
    2: ("Column 2", "{} is not paid beside the other code."),
}


def routes() -> list[BaseRoute]:
    """Return the routes of these pages."""
    return [Route(f"/codes/{{system}}/{{code}}/{_NAME}", of_procedure(_NAME, _HEADING, edits))]


async def edits(request: Request, caller: Caller, named: lookup.GetCodeResponse, place: Place) -> Response:
    """The edits of a code in one setting and column: what they show stands on its page, and its view pays for them."""
    edge, given = edge_of(request), request.query_params
    setting, column = setting_of(given.get("setting") or "practitioner"), given.get("column") or "1"
    if column not in ("1", "2"):
        raise invalid("column", "expected 1 or 2")
    answer = await edge.lookup.ListEdits(
        lookup.ListEditsRequest(
            code=place.code,
            setting=setting,
            column=int(column),
            effective_on=place.effective_on,
            page_size=_EDITS_A_PAGE,
            page_token=given.get("page_token", ""),
        )
    )
    admission = await admit_answer(edge, caller, policy.LIST_EDITS, answer)
    if admission and not admission.allowed:
        return walled(request, caller, named.entry, named.ancestors, admission, place.effective_on)
    chosen = {"setting": SETTING_WORDS[setting], "column": column}
    name, meaning = _COLUMNS[int(column)]
    return fresh_page(
        request,
        "edits.html",
        caller,
        balance=admission.balance if admission else await edge.wall.balance(caller),
        code=place.code,
        title=title(named.entry),
        heading=_HEADING,
        code_page=place.code_page(place.code),
        views_of_it=[
            (
                f"{section.SETTINGS[one]}, {_COLUMNS[number][0].lower()}",
                place.below(_NAME, setting=SETTING_WORDS[one], column=str(number)),
                (one, str(number)) == (setting, column),
            )
            for one in _SETTINGS
            for number in _COLUMNS
        ],
        setting=section.SETTINGS[setting],
        column=name,
        meaning=meaning.format(place.code),
        total=answer.total,
        edits=[_line(edit, place) for edit in answer.edits],
        source=stated(answer.status, "No edit is in force for this code in this column."),
        first=place.below(_NAME, **chosen) if given.get("page_token") else "",
        next=place.below(_NAME, **chosen, page_token=answer.next_page_token) if answer.next_page_token else "",
        action=request.url.path,
        carried=list(chosen.items()),
        editions=[],
    )


def _line(edit: lookup.PtpEdit, place: Place) -> tuple[section.Edit, str]:
    """Return an edit, and where the two codes are checked together."""
    other = edit.column2 if edit.column1 == place.code else edit.column1
    codes = {"codes": f"{edit.column1},{edit.column2}", "effective_on": place.effective_on}
    return section.edit(edit, other, place), addresses.with_parameters("/check", codes)
