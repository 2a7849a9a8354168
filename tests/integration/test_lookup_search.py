"""Many matches: counted, paged and narrowed by code, over a real Elasticsearch."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from prometheus_client import CollectorRegistry

from services.lookup.answers import SearchAnswer
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.loaded import LoadedReleases
from services.lookup.lookup import Lookup
from services.lookup.search.request import SearchRequest
from tests.integration.lookup_edition import wide_edition
from tests.integration.lookup_index import SECONDS, opened_store, reloaded, wiped
from tests.support import measured

FEVERS, AGUE = 600, "B50.0"
CODES = [entry.code for entry in wide_edition().entries if len(entry.code) > 1]


@pytest.fixture(scope="module")
async def lookup(elasticsearch_url: str) -> AsyncIterator[Lookup]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        await EditionCatalog(store).load(wide_edition())
        yield await reloaded(store)


async def search(lookup: Lookup, query: str, **asked: object) -> SearchAnswer:
    return await lookup.search(SearchRequest(query, **asked), SECONDS)  # type: ignore[arg-type]


async def every_page(lookup: Lookup, query: str, **asked: object) -> list[str]:
    found, token = [], ""
    while True:
        answer = await search(lookup, query, page_size=90, page_token=token, **asked)
        found += [hit.entry.code for hit in answer.hits]
        token = answer.next_page_token
        if not token:
            return found


def counts(answer: SearchAnswer) -> dict[str, dict[str, int]]:
    return {facet.field: {value.value: value.count for value in facet.values} for facet in answer.facets}


async def test_codes_are_counted_and_not_their_names(lookup: Lookup) -> None:
    answer = await search(lookup, "zonal")
    assert (answer.total, answer.total_is_lower_bound) == (FEVERS, False)
    assert counts(answer) == {"chapter": {"1": 300, "2": 300}, "billable": {"true": 300, "false": 300}}


async def test_while_one_types_matches_are_not_counted_unless_asked_for(lookup: Lookup) -> None:
    typed = await search(lookup, "zonal", as_typed=True)
    few = await search(lookup, "quartan", as_typed=True)
    counted = await search(lookup, "zonal", as_typed=True, counted=True)

    assert len(typed.hits) <= typed.total < FEVERS
    assert (typed.total_is_lower_bound, counts(typed)) == (True, {})
    assert (few.total, few.total_is_lower_bound) == (len(few.hits), False)
    assert (counted.total, counted.total_is_lower_bound) == (FEVERS, False)
    assert counts(counted) == counts(await search(lookup, "zonal"))


@pytest.mark.parametrize("as_typed", [False, True])
@pytest.mark.parametrize("query", ["zonal", "zonal fever", "zonal pyrexia region"])
async def test_pages_go_through_every_code_once(lookup: Lookup, query: str, as_typed: bool) -> None:
    assert sorted(await every_page(lookup, query, as_typed=as_typed)) == CODES[:FEVERS]


async def test_pages_of_a_range_are_in_the_order_of_the_book(lookup: Lookup) -> None:
    assert await every_page(lookup, "A00-B99") == CODES


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"chapters": ("2",)}, CODES[300:FEVERS]),
        ({"billable": True}, CODES[1:FEVERS:2]),
        ({"chapters": ("1",), "billable": False}, CODES[0:300:2]),
        ({"chapters": ("1", "2")}, CODES[:FEVERS]),
    ],
)
async def test_a_filter_narrows_pages_totals_and_facets(
    lookup: Lookup, asked: dict[str, object], expected: list[str]
) -> None:
    answer = await search(lookup, "zonal fever", **asked)
    assert answer.total == len(expected)
    assert all(sum(values.values()) == len(expected) for values in counts(answer).values())
    assert sorted(await every_page(lookup, "zonal fever", **asked)) == expected


async def test_what_matches_little_is_left_out_where_enough_matches_much(lookup: Lookup) -> None:
    answer = await search(lookup, "rare zonal fever")
    assert (answer.total, len(answer.hits)) == (20, 20)
    assert sorted(hit.entry.code for hit in answer.hits) == CODES[:20]


async def test_what_matches_little_is_found_where_hardly_anything_matches_much(lookup: Lookup) -> None:
    answer = await search(lookup, "quartan zonal fever")
    assert answer.hits[0].entry.code == AGUE
    assert answer.total == len(CODES)
    assert sorted(await every_page(lookup, "quartan zonal fever")) == CODES


async def test_the_form_that_matches_best_is_the_one_that_is_shown(lookup: Lookup) -> None:
    by_title = (await search(lookup, "zonal fever of region 417")).hits[0]
    assert (by_title.entry.code, by_title.matched_term) == ("A41.7", "")
    by_term = (await search(lookup, "pyrexia, zonal")).hits[0]
    assert by_term.matched_term == "Zonal pyrexia"


@pytest.mark.parametrize(
    ("query", "as_typed", "kind", "outcome"),
    [
        ("zonal fever", False, "words", "found"),
        ("zonla fever", False, "words", "corrected"),
        ("xylophone", False, "words", "nothing"),
        ("zon", True, "as_typed", "found"),
        (AGUE, False, "code", "found"),
    ],
)
async def test_searches_are_measured_by_kind_and_outcome(
    lookup: Lookup, query: str, as_typed: bool, kind: str, outcome: str
) -> None:
    before = measured("codingahead_lookup_search_seconds_count", kind=kind, outcome=outcome)
    await search(lookup, query, as_typed=as_typed)

    assert measured("codingahead_lookup_search_seconds_count", kind=kind, outcome=outcome) == before + 1


async def test_a_search_that_is_repeated_is_a_hit_of_the_cache(lookup: Lookup) -> None:
    def reads(result: str) -> float:
        return measured("codingahead_lookup_cache_reads_total", cache="searches", result=result)

    missed = reads("miss")
    await search(lookup, "rare zonal fever of region 7")
    assert reads("miss") > missed

    missed, hit = reads("miss"), reads("hit")
    await search(lookup, "rare zonal fever of region 7")
    assert reads("miss") == missed
    assert reads("hit") > hit


@pytest.mark.parametrize(("today", "in_force"), [(date(2026, 9, 30), 1), (date(2026, 10, 1), 0)])
async def test_what_is_loaded_is_measured_as_of_today(
    lookup: Lookup, elasticsearch_url: str, today: date, in_force: int
) -> None:
    metrics = CollectorRegistry()
    async with opened_store(elasticsearch_url) as store:
        metrics.register(LoadedReleases(await reloaded(store, today)))

    labels = {"kind": "code_set", "source": "icd10cm", "edition": "FY2026 April"}
    ends = metrics.get_sample_value("codingahead_lookup_release_ends_timestamp_seconds", labels)
    assert metrics.get_sample_value("codingahead_lookup_releases", {"kind": "code_set"}) == 1
    assert metrics.get_sample_value("codingahead_lookup_release_in_force", labels) == in_force
    assert metrics.get_sample_value("codingahead_lookup_release_codes", labels) == len(CODES)
    assert ends == datetime(2026, 10, 1, tzinfo=UTC).timestamp()
