"""Modifiers and places of service over REST, with a stand-in for lookup."""

from collections.abc import AsyncIterator

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.api import plain
from tests.integration.gateway_stack import Gateway, running


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as gateway:
        yield gateway


async def test_rest_lists_places_of_service_and_modifiers_for_everyone(gateway: Gateway) -> None:
    gateway.lookup.places.places.add(code="11", name="Office", facility=False)
    gateway.lookup.places.places.add(code="99", name="Elsewhere")
    gateway.lookup.modifiers.modifiers.add(modifier="LT", title="Left", ncci_associated=True)

    places = await gateway.http.get("/api/v1/places-of-service")
    modifiers = await gateway.http.get("/api/v1/modifiers")

    plain.model(lookup.ListPlacesOfServiceResponse.DESCRIPTOR).model_validate_json(places.content, strict=True)
    plain.model(lookup.ListModifiersResponse.DESCRIPTOR).model_validate_json(modifiers.content, strict=True)
    assert [(one["code"], one["facility"]) for one in places.json()["places"]] == [("11", False), ("99", None)]
    assert [(one["modifier"], one["ncci_associated"]) for one in modifiers.json()["modifiers"]] == [("LT", True)]
