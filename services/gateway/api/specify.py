"""From a code to those that are valid for submission over HTTP."""

from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import policy
from services.gateway.answers import cacheable
from services.gateway.api import plain
from services.gateway.api.v1 import PROBLEM, Code, EffectiveOn, System
from services.gateway.edge import edge_of
from services.gateway.words import system_of

router = APIRouter(prefix="/api/v1", responses=PROBLEM)


@router.get("/codes/{system}/{code}/specify", response_model=plain.model(lookup.SpecifyResponse.DESCRIPTOR))
async def specify(request: Request, system: System, code: Code, effective_on: EffectiveOn = "") -> Response:
    """Lead from an ICD-10-CM code to those below its category that are valid for submission, choice by choice. Free."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.SPECIFY)
    answer = await edge.lookup.Specify(
        lookup.SpecifyRequest(system=system_of(system), code=code, effective_on=effective_on)
    )
    return cacheable(request, plain.as_json(answer))
