import pytest
from starlette.datastructures import QueryParams

from services.gateway.web.asked import Asked
from services.runtime.errors import Refusal


def asked(address: str) -> Asked:
    return Asked.of(QueryParams(address))


def test_an_address_becomes_a_request_and_stays_an_address() -> None:
    search = asked(
        "query=+dia++betes&system=icd10cm&chapter=4&chapter=18&billable=false&prefer_billable=true&by_category=true"
        "&effective_on=2026-05-01"
    )

    request = search.request()
    assert (request.query, list(request.systems), list(request.chapters)) == ("dia betes", [1], ["4", "18"])
    assert (request.HasField("billable"), request.billable, request.effective_on) == (True, False, "2026-05-01")
    assert (request.prefer_billable, request.by_category) == (True, True)
    assert search.address() == (
        "/search?query=dia+betes&system=icd10cm&chapter=4&chapter=18&billable=false&prefer_billable=true"
        "&by_category=true&effective_on=2026-05-01"
    )


def test_what_is_not_asked_for_is_left_to_lookup() -> None:
    request = asked("query=x&prefer_billable=false&by_category=").request()

    assert not request.HasField("billable")
    assert (request.prefer_billable, request.by_category) == (False, False)


@pytest.mark.parametrize("parameter", ["billable=maybe", "prefer_billable=1", "by_category=yes", "system=icd9"])
def test_a_parameter_without_such_a_value_is_refused(parameter: str) -> None:
    with pytest.raises(Refusal, match="expected"):
        asked(f"query=x&{parameter}")


def test_a_new_filter_or_query_starts_at_the_first_page_and_keeps_the_rest() -> None:
    search = asked("query=x&chapter=4&by_category=true&page_token=abc")

    assert search.address(query="y") == "/search?query=y&chapter=4&by_category=true"
    assert search.address(page_token="next") == "/search?query=x&chapter=4&by_category=true&page_token=next"
    assert search.unfiltered() == "/search?query=x&by_category=true"


def test_the_form_for_another_date_carries_the_search_along_and_that_for_other_words_how_it_is_shown() -> None:
    search = asked("query=x&chapter=4&chapter=18&billable=true&by_category=true&effective_on=2026-05-01")

    assert search.carried() == [
        ("chapter", "4"),
        ("chapter", "18"),
        ("query", "x"),
        ("billable", "true"),
        ("by_category", "true"),
    ]
    assert search.ways() == [("by_category", "true")]
