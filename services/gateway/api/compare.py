"""Codes side by side over HTTP."""

from typing import Annotated, Any

from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from services.gateway import comparing, policy
from services.gateway.answers import fresh, limit_headers
from services.gateway.api import models, plain
from services.gateway.api.procedures import ViewId
from services.gateway.api.v1 import PROBLEM, EffectiveOn
from services.gateway.edge import edge_of
from services.gateway.words import SETTING_WORDS
from services.runtime.errors import invalid

router = APIRouter(prefix="/api/v1", responses=PROBLEM)


class EditsBetween(TypedDict):
    """What the procedure-to-procedure edits of one setting say of the procedures that are compared."""

    setting: Annotated[str, Field(description="practitioner or hospital")]
    findings: list[Annotated[dict[str, Any], plain.Of(lookup.Finding.DESCRIPTOR)]]


class CompareResponse(TypedDict):
    """Codes side by side."""

    codes: Annotated[list[models.CodePage], Field(description="The page of each code, in the order asked for")]
    edits: Annotated[list[EditsBetween], Field(description="By setting; empty for less than two procedures")]
    denied: Annotated[list[models.Entry], Field(description="With partial: the codes that no view remained for")]


@router.get("/compare", response_model=CompareResponse)
async def compare(
    request: Request,
    code: Annotated[
        list[str],
        Query(description="Two to five codes: E11.9, or with the system where several have it, cpt:99213"),
    ],
    effective_on: EffectiveOn = "",
    partial: Annotated[bool, Query(description="Open as many of the pages as views remain for")] = False,
    x_request_id: ViewId = "",
) -> Response:
    """Compare codes: their pages, and the edits between them. The page of each counts as one view.

    When fewer views remain than there are codes nothing is charged, unless it is to be partial.
    """
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.CHECK_EDITS)
    entries = await comparing.find(edge.lookup, comparing.names(code), effective_on)
    if len(entries) < comparing.FEWEST:
        raise invalid("code", f"expected {comparing.FEWEST} to {comparing.MOST} different codes")
    if not partial and (short := comparing.short_of_views(await edge.wall.balance(caller), len(entries))):
        raise short
    opened = await comparing.open_pages(edge, caller, entries, effective_on, x_request_id)
    if opened.denied and not (partial and opened.pages):
        raise edge.wall.refusal(caller, opened.admission)
    between = await comparing.edits_between(edge.lookup, [page.entry for page in opened.pages], effective_on)
    answer: CompareResponse = {
        "codes": [models.code_page(page) for page in opened.pages],
        "edits": [
            {"setting": SETTING_WORDS[setting], "findings": [plain.as_json(finding) for finding in findings]}
            for setting, findings in between.items()
        ],
        "denied": [models.entry(entry) for entry in opened.denied],
    }
    return fresh(answer, limit_headers("views", opened.admission.balance))
