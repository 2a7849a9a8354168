import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.datastructures import QueryParams

from services.gateway.web.results import Asked, chosen, count, filters, results
from services.runtime.errors import Refusal

ANSWER = lookup.SearchResponse(
    hits=[
        lookup.Hit(
            entry=lookup.Entry(
                system=lookup.CODE_SYSTEM_ICD10CM, level=lookup.LEVEL_CODE, code="E11.9", title="Type 2", billable=True
            ),
            match_kind=lookup.MATCH_KIND_CODE,
        ),
        lookup.Hit(
            entry=lookup.Entry(
                system=lookup.CODE_SYSTEM_ICD10CM,
                level=lookup.LEVEL_CODE,
                code="R73.0",
                title="High",
                has_children=True,
            ),
            match_kind=lookup.MATCH_KIND_INCLUSION_TERM,
            matched_term="Latent <diabetes>",
            matched_term_highlights=[lookup.Span(start=7, end=17)],
        ),
    ],
    total=1234,
    facets=[
        lookup.Facet(
            field="chapter",
            values=[
                lookup.FacetValue(value="4", label="Endocrine", count=1200),
                lookup.FacetValue(value="18", label="Symptoms", count=34),
            ],
        ),
        lookup.Facet(
            field="billable",
            values=[lookup.FacetValue(value="true", count=1000), lookup.FacetValue(value="false", count=234)],
        ),
    ],
)


def asked(address: str) -> Asked:
    return Asked.of(QueryParams(address))


def test_an_address_becomes_a_request_and_stays_an_address() -> None:
    search = asked("query=+dia+betes&system=icd10cm&chapter=4&chapter=18&billable=false&effective_on=2026-05-01")

    request = search.request()
    assert (request.query, list(request.systems), list(request.chapters)) == ("dia betes", [1], ["4", "18"])
    assert (request.HasField("billable"), request.billable, request.effective_on) == (True, False, "2026-05-01")
    assert search.address() == (
        "/search?query=dia+betes&system=icd10cm&chapter=4&chapter=18&billable=false&effective_on=2026-05-01"
    )
    assert not asked("query=x").request().HasField("billable")


@pytest.mark.parametrize("address", ["query=x&billable=maybe", "query=x&system=icd9"])
def test_a_filter_without_such_a_value_is_refused(address: str) -> None:
    with pytest.raises(Refusal, match="expected"):
        asked(address)


def test_a_new_filter_or_query_starts_at_the_first_page_and_keeps_the_rest() -> None:
    search = asked("query=x&chapter=4&page_token=abc")

    assert search.address(query="y") == "/search?query=y&chapter=4"
    assert search.address(page_token="next") == "/search?query=x&chapter=4&page_token=next"


def test_filters_offer_what_is_not_in_use_and_removing_what_is() -> None:
    search = asked("query=x&chapter=4")

    chapters, claims = filters(search, ANSWER)
    assert [(choice.value, choice.matches, choice.href) for choice in chapters.choices] == [
        ("18", "34", "/search?query=x&chapter=4&chapter=18")
    ]
    assert [choice.href for choice in claims.choices] == [
        "/search?query=x&chapter=4&billable=true",
        "/search?query=x&chapter=4&billable=false",
    ]
    assert [(one.label, one.remove) for one in chosen(search, ANSWER)] == [("Chapter 4: Endocrine", "/search?query=x")]


def test_a_filter_that_cannot_narrow_is_not_offered() -> None:
    single = lookup.Facet(field="chapter", values=[lookup.FacetValue(value="4", label="Endocrine", count=3)])

    assert filters(asked("query=x"), lookup.SearchResponse(facets=[single])) == []


def test_a_result_says_why_it_was_found_and_where_to_go() -> None:
    exact, other = results(asked("query=e119&effective_on=2026-05-01"), ANSWER)

    assert (exact.exact, exact.href, exact.below) == (True, "/codes/icd10cm/E11.9?effective_on=2026-05-01", "")
    assert (other.exact, other.why) == (False, "Inclusion term")
    assert other.term == "Latent <mark>&lt;diabetes&gt;</mark>"
    assert other.below == "/browse/icd10cm/R73.0?effective_on=2026-05-01"


def test_the_count_says_when_it_is_a_lower_bound() -> None:
    assert count(ANSWER) == "1,234 codes"
    assert count(lookup.SearchResponse(total=1)) == "1 code"
    assert count(lookup.SearchResponse(total=1000, total_is_lower_bound=True)) == "At least 1,000 codes"


def test_the_form_for_another_date_carries_the_search_along() -> None:
    search = asked("query=x&chapter=4&chapter=18&billable=true&effective_on=2026-05-01")

    assert search.carried() == [("chapter", "4"), ("chapter", "18"), ("query", "x"), ("billable", "true")]
