"""Procedures, supplies, drugs and services in the words of coders, asked of the published ICD-10-PCS and HCPCS."""

import csv
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from services.lookup.catalog.editions import EditionCatalog
from services.lookup.codes.model import Edition, System
from services.lookup.facts.edition import Told
from services.lookup.lookup import Lookup
from services.lookup.search.request import SearchRequest
from services.lookup.search.vocabulary.concepts import read_concepts
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.hcpcs import read_hcpcs
from services.lookup.sources.icd10pcs import read_icd10pcs
from tests.integration.lookup_index import SECONDS, opened_store, reloaded, wiped
from tests.official.test_hcpcs import LONG, SHORT
from tests.official.test_icd10pcs import ORDER_FILE

QUERIES = Path(__file__).parent / "queries" / "codes.tsv"
DEPTH = 10
# The days of a list of long descriptions and of one of short descriptions.
OCTOBER, APRIL = date(2025, 10, 15), date(2026, 4, 15)
# The share of queries with a right code at the first place, and among the first ten. The tables of the vocabulary were
# written by who wrote the queries: they tell whether search gets worse.
FLOORS = {
    (System.ICD10PCS, APRIL): (0.91, 0.97),
    (System.HCPCS, OCTOBER): (0.94, 0.97),
    (System.HCPCS, APRIL): (0.94, 0.97),
}

pytestmark = [
    pytest.mark.skipif(
        not all(file.is_file() for file in (ORDER_FILE, LONG, SHORT)), reason="the official files are not at hand"
    ),
    # The client sends Elasticsearch a little more than a megabyte at once.
    pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning"),
]


class Query(NamedTuple):
    """A query of one system, and the codes that each answer it."""

    system: System
    words: str
    codes: frozenset[str]


def queries(system: System) -> list[Query]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        asked = [Query(System(row["system"]), row["query"], frozenset(row["codes"].split())) for row in rows]
    return [query for query in asked if query.system is system]


@pytest.fixture(scope="module")
def editions() -> list[Edition]:
    lists = [SourceFile(Kind.HCPCS_TABLE, file) for file in (LONG, SHORT)]
    read = (*read_icd10pcs([SourceFile(Kind.ICD10PCS_ORDER, ORDER_FILE)], Told()), *read_hcpcs(lists, Told()))
    return [one for one in read if isinstance(one, Edition)]


@pytest.fixture(scope="module")
async def lookup(elasticsearch_url: str, editions: list[Edition]) -> AsyncIterator[Lookup]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        catalog = EditionCatalog(store, read_concepts(None))
        for edition in editions:
            await catalog.load(edition)
        yield await reloaded(store, APRIL)


async def place(lookup: Lookup, query: Query, day: date) -> int | None:
    """Return the place of the first right code among the first answers, if there is one."""
    request = SearchRequest(query.words, systems=(query.system,), effective_on=day.isoformat(), page_size=DEPTH)
    hits = (await lookup.search(request, SECONDS)).hits
    return next((place for place, hit in enumerate(hits, 1) if hit.entry.code in query.codes), None)


@pytest.mark.parametrize(("system", "day"), FLOORS)
async def test_words_of_coders_find_their_codes(lookup: Lookup, system: System, day: date) -> None:
    places = {query.words: await place(lookup, query, day) for query in queries(system)}
    first, among_ten = (
        sum(place is not None and place <= depth for place in places.values()) / len(places) for depth in (1, DEPTH)
    )
    missed = [words for words, place in places.items() if place != 1]

    assert first >= FLOORS[system, day][0], missed
    assert among_ten >= FLOORS[system, day][1], missed
