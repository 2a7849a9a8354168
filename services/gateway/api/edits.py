"""The edits of a code over HTTP."""

from typing import Annotated

from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.gateway import policy
from services.gateway.api import plain
from services.gateway.api.procedures import ViewId, opened, procedure
from services.gateway.api.v1 import PROBLEM, Code, EffectiveOn, PageToken, System
from services.gateway.edge import edge_of
from services.gateway.words import setting_of

router = APIRouter(prefix="/api/v1", responses=PROBLEM)


@router.get("/codes/{system}/{code}/edits", response_model=plain.model(lookup.ListEditsResponse.DESCRIPTOR))
async def list_edits(
    request: Request,
    system: System,
    code: Code,
    setting: Annotated[
        str,
        Query(description="Under which edits it is billed", json_schema_extra={"enum": ["practitioner", "hospital"]}),
    ] = "practitioner",
    column: Annotated[int, Query(description="The column the code stands in", ge=1, le=2)] = 1,
    effective_on: EffectiveOn = "",
    page_size: Annotated[int, Query(description="1 to 500 edits", ge=1, le=500)] = 100,
    page_token: PageToken = "",
    x_request_id: ViewId = "",
) -> Response:
    """List the NCCI procedure-to-procedure edits of a CPT or HCPCS code. The view of its page pays for them."""
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.LIST_EDITS)
    answer = await edge.lookup.ListEdits(
        lookup.ListEditsRequest(
            code=procedure(system, code),
            setting=setting_of(setting),
            column=column,
            effective_on=effective_on,
            page_size=page_size,
            page_token=page_token,
        )
    )
    return await opened(edge, caller, policy.LIST_EDITS, answer, x_request_id)
