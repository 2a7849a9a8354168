"""Modifiers and places of service as they are loaded, over a real Elasticsearch."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.catalog.facts import FactCatalog
from services.lookup.codes.modifier import Modifier
from services.lookup.codes.place import Place
from services.lookup.facts.edition import Document, FactEdition
from services.lookup.facts.source import Source
from services.lookup.index.modifiers import modifier_document
from services.lookup.index.places import place_documents
from services.lookup.servicer import LookupServicer
from services.lookup.store import Store
from tests.integration.lookup_index import opened_store, reloaded, wiped


def edition(source: Source, documents: list[Document]) -> FactEdition:
    return FactEdition(
        source=source,
        label="2026",
        effective_from=date(2026, 1, 1),
        effective_to=date(2026, 12, 31),
        origin="a file",
        rows=len(documents),
        codes=len(documents),
        documents=documents,
    )


@pytest.fixture(scope="module")
async def store(elasticsearch_url: str) -> AsyncIterator[Store]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        modifiers = [modifier_document(Modifier(f"A{letter}", letter)) for letter in "ABCDEFGHIJKLM"]
        await FactCatalog(store).load(edition(Source.MODIFIERS_HCPCS, modifiers))
        places = [Place("23", "Emergency room", "", True), Place("11", "Office", "", False)]
        await FactCatalog(store).load(edition(Source.PLACE_OF_SERVICE, place_documents(places)))
        yield store


async def test_all_that_is_loaded_is_listed(store: Store) -> None:
    lookup = LookupServicer(await reloaded(store))

    modifiers = await lookup.list_modifiers(pb.ListModifiersRequest(effective_on="2026-06-01"))
    places = await lookup.list_places_of_service(pb.ListPlacesOfServiceRequest(effective_on="2026-06-01"))

    assert [one.title for one in modifiers.modifiers if one.title] == list("ABCDEFGHIJKLM")
    assert [one.release.name for one in modifiers.statuses] == ["HCPCS modifiers 2026", ""]
    assert [(one.code, one.facility) for one in places.places] == [("11", False), ("23", True)]
    assert places.status.release.name == "Place of service 2026"


async def test_a_date_that_no_edition_covers_has_none(store: Store) -> None:
    lookup = LookupServicer(await reloaded(store))

    modifiers = await lookup.list_modifiers(pb.ListModifiersRequest(effective_on="2020-06-01"))
    places = await lookup.list_places_of_service(pb.ListPlacesOfServiceRequest(effective_on="2020-06-01"))

    assert not any(one.title for one in modifiers.modifiers)
    assert [one.availability for one in (*modifiers.statuses, places.status)] == [pb.AVAILABILITY_NOT_LOADED] * 3
