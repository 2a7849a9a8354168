"""What Medicare pays, over HTTP."""

from typing import Annotated

from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.gateway import policy
from services.gateway.answers import cacheable
from services.gateway.api import plain
from services.gateway.api.procedures import ViewId, opened, procedure
from services.gateway.api.v1 import PROBLEM, Code, EffectiveOn, System
from services.gateway.edge import edge_of

router = APIRouter(prefix="/api/v1", responses=PROBLEM)


@router.get("/codes/{system}/{code}/fees", response_model=plain.model(lookup.GetFeesResponse.DESCRIPTOR))
async def get_fees(
    request: Request,
    system: System,
    code: Code,
    locality: Annotated[
        str, Query(description="Contractor and locality, such as 01112-05; empty means national", max_length=10)
    ] = "",
    modifier: Annotated[list[str], Query(description="At most four", max_length=4)] = [],  # noqa: B006
    place_of_service: Annotated[
        str, Query(description="Two digits; decides on facility or not, empty means both", max_length=2)
    ] = "",
    units: Annotated[int, Query(description="Units of service", ge=1, le=9999)] = 1,
    effective_on: EffectiveOn = "",
    x_request_id: ViewId = "",
) -> Response:
    """Tell what Medicare pays for a CPT or HCPCS code in a locality. The view of its page pays for it."""
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.GET_FEES)
    answer = await edge.lookup.GetFees(
        lookup.GetFeesRequest(
            code=procedure(system, code),
            modifiers=modifier,
            locality=locality,
            place_of_service=place_of_service,
            effective_on=effective_on,
            units=units,
        )
    )
    return await opened(edge, caller, policy.GET_FEES, answer, x_request_id)


@router.get("/localities", response_model=plain.model(lookup.ListLocalitiesResponse.DESCRIPTOR))
async def list_localities(request: Request, effective_on: EffectiveOn = "") -> Response:
    """List the payment localities of Medicare, by state and name. Free."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.LIST_LOCALITIES)
    answer = await edge.lookup.ListLocalities(lookup.ListLocalitiesRequest(effective_on=effective_on))
    return cacheable(request, plain.as_json(answer))
