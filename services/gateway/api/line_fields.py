"""Modifiers and places of service, over HTTP."""

from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import policy
from services.gateway.answers import cacheable
from services.gateway.api import plain
from services.gateway.api.v1 import PROBLEM, EffectiveOn
from services.gateway.edge import edge_of

router = APIRouter(prefix="/api/v1", responses=PROBLEM)


@router.get("/places-of-service", response_model=plain.model(lookup.ListPlacesOfServiceResponse.DESCRIPTOR))
async def list_places_of_service(request: Request, effective_on: EffectiveOn = "") -> Response:
    """List the place of service codes of CMS. Free."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.LIST_PLACES_OF_SERVICE)
    answer = await edge.lookup.ListPlacesOfService(lookup.ListPlacesOfServiceRequest(effective_on=effective_on))
    return cacheable(request, plain.as_json(answer))


@router.get("/modifiers", response_model=plain.model(lookup.ListModifiersResponse.DESCRIPTOR))
async def list_modifiers(request: Request, effective_on: EffectiveOn = "") -> Response:
    """List the modifiers of HCPCS Level II and of CPT. Free."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.LIST_MODIFIERS)
    answer = await edge.lookup.ListModifiers(lookup.ListModifiersRequest(effective_on=effective_on))
    return cacheable(request, plain.as_json(answer))
