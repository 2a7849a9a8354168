"""The alphabetic index and what is loaded, over HTTP, with a stand-in for lookup."""

from collections.abc import AsyncIterator

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from tests.integration.gateway_stack import Gateway, running

RELEASE = lookup.SourceRelease(
    source=lookup.FACT_SOURCE_ICD10CM_INDEX,
    name="ICD-10-CM Index FY2026",
    edition="FY2026",
    effective_from="2025-10-01",
    effective_to="2026-09-30",
    in_force=True,
    codes=1,
    rows=7,
    left_out={"given twice": 1},
    origin="index.xml",
)
AVAILABLE = lookup.SourceStatus(availability=lookup.AVAILABILITY_AVAILABLE, release=RELEASE)
NONE = lookup.SourceStatus(availability=lookup.AVAILABILITY_NONE, release=RELEASE)
PAIN = lookup.IndexTerm(id="pain", title="Pain (acute)", nonessential_modifiers=["acute"], code="R52", subterms=2)
UNDER_PAIN = [
    lookup.IndexTerm(id="pain.1", depth=1, title="belly", code="R10.9", manifestation="I43"),
    lookup.IndexTerm(
        id="pain.2",
        depth=2,
        title="toe <b>",
        see=lookup.IndexReference(text="Toe", book=lookup.INDEX_BOOK_DISEASES, term="toe"),
    ),
]
CELLS = lookup.IndexTerm(id="neoplasm.1", depth=1, title="boot", cells=["C79.8-", ""])


class Index:
    """Answers as a small book does, and keeps what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[lookup.BrowseIndexRequest] = []

    def __call__(self, request: lookup.BrowseIndexRequest) -> lookup.BrowseIndexResponse:
        self.asked.append(request)
        if request.book == lookup.INDEX_BOOK_NEOPLASMS:
            terms = [CELLS] if request.find.startswith("Neoplasm") else []
            columns = ["Malignant Primary", "Benign"]
            return lookup.BrowseIndexResponse(status=AVAILABLE if terms else NONE, columns=columns, terms=terms)
        if request.book == lookup.INDEX_BOOK_DRUGS:
            status = lookup.SourceStatus(
                availability=lookup.AVAILABILITY_NOT_LOADED, missing="ICD-10-CM Table of Drugs is not loaded."
            )
            return lookup.BrowseIndexResponse(status=status)
        match request.WhichOneof("target"), request.prefix or request.term or request.find:
            case None, _:
                letters = [lookup.IndexLetter(letter=letter, main_terms=1200) for letter in "BP"]
                return lookup.BrowseIndexResponse(status=AVAILABLE, letters=letters)
            case "prefix", "P" | "pa":
                return lookup.BrowseIndexResponse(status=AVAILABLE, terms=[PAIN], next_page_token="more")
            case ("find", "Pain, belly") | ("term", "pain.1"):
                return lookup.BrowseIndexResponse(status=AVAILABLE, above=[PAIN], terms=UNDER_PAIN)
            case "term", "pain":
                return lookup.BrowseIndexResponse(status=AVAILABLE, terms=[PAIN, *UNDER_PAIN], next_page_token="more")
        return lookup.BrowseIndexResponse(status=NONE)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as gateway:
        gateway.lookup.index = Index()
        gateway.lookup.sources = [RELEASE]
        yield gateway


async def test_the_four_books_are_offered_with_their_letters_and_what_is_not_loaded(gateway: Gateway) -> None:
    page = await gateway.page("/index?effective_on=2026-05-01")

    for book in ("diseases", "external_causes", "neoplasms", "drugs"):
        assert f'<a href="/index/{book}?effective_on=2026-05-01">' in page
    assert '<a href="/index/diseases?prefix=B&amp;effective_on=2026-05-01" title="1,200 main terms">B</a>' in page
    assert "ICD-10-CM Table of Drugs is not loaded." in page
    assert "ICD-10-CM Index FY2026" in page


async def test_a_book_is_searched_without_a_script(gateway: Gateway) -> None:
    page = await gateway.page("/index/diseases")

    assert '<form action="/index/diseases" class="begins">' in page
    assert 'name="prefix"' in page


async def test_main_terms_are_listed_and_the_list_goes_on(gateway: Gateway) -> None:
    page = await gateway.page("/index/diseases?prefix=P")

    assert 'aria-current="page">P</a>' in page
    assert '<a href="/index/diseases?term=pain">Pain <span class="nonessential">(acute)</span></a>' in page
    assert "2 below" in page
    assert 'href="/index/diseases?prefix=P&amp;page_token=more">More lines</a>' in page


async def test_a_main_term_is_a_tree_with_its_codes_linked(gateway: Gateway) -> None:
    page = await gateway.page("/index/diseases?term=pain")

    assert '<a class="code" href="/codes/icd10cm/R10.9">R10.9</a>' in page
    assert '[<a class="code" href="/codes/icd10cm/I43">I43</a>]' in page
    assert '<i>see</i> <a href="/index/diseases?term=toe">Toe</a>' in page
    assert "toe &lt;b&gt;" in page
    assert 'href="/index/diseases?term=pain&amp;page_token=more">More lines</a>' in page
    assert page.index("belly") < page.index("<ul>\n<li>toe")


async def test_a_subterm_is_shown_below_what_stands_above_it(gateway: Gateway) -> None:
    page = await gateway.page("/index/diseases?term=pain.1")

    assert 'href="/index/diseases?term=pain"><span class="code"></span> <span>Pain' in page
    assert '<h1><span class="title">belly</span></h1>' in page


async def test_who_types_a_whole_reference_gets_its_line(gateway: Gateway) -> None:
    page = await gateway.page("/index/diseases?prefix=Pain,+belly")

    assert '<h1><span class="title">belly</span></h1>' in page
    assert 'value="Pain, belly"' in page


async def test_a_table_has_its_columns_and_finds_a_site(gateway: Gateway) -> None:
    whole = await gateway.page("/index/neoplasms")
    site = await gateway.page("/index/neoplasms?prefix=boot")

    for page in (whole, site):
        assert '<th scope="col">Malignant Primary</th><th scope="col">Benign</th>' in page
        assert '<td data-label="Malignant Primary"><a class="code" href="/browse/icd10cm/C79.8">C79.8-</a></td>' in page
        assert 'data-label="Benign"' not in page
    assert isinstance(gateway.lookup.index, Index)
    assert "Neoplasm, boot" in [request.find for request in gateway.lookup.index.asked]


async def test_what_is_not_there_is_said_and_what_is_not_loaded_is_told_apart(gateway: Gateway) -> None:
    assert "This edition has no such line." in await gateway.page("/index/diseases?prefix=zzz")
    assert "This edition has no such line." in await gateway.page("/index/diseases?term=zzz", 404)
    not_loaded = await gateway.page("/index/drugs?term=lead")
    assert "ICD-10-CM Table of Drugs is not loaded." in not_loaded
    assert "no such line" not in not_loaded
    assert "book: expected one of diseases" in await gateway.page("/index/nothing", 400)


async def test_the_index_over_rest_is_that_of_the_contract(gateway: Gateway) -> None:
    letters = (await gateway.http.get("/api/v1/index/diseases")).json()
    term = (await gateway.http.get("/api/v1/index/diseases", params={"term": "pain.1"})).json()

    assert letters["letters"] == [{"letter": "B", "main_terms": 1200}, {"letter": "P", "main_terms": 1200}]
    assert letters["status"]["release"]["name"] == "ICD-10-CM Index FY2026"
    assert [one["title"] for one in term["terms"]] == ["belly", "toe <b>"]
    assert term["terms"][1]["see"]["book"] == "diseases"
    assert term["terms"][0]["see"] is None


async def test_the_index_over_rest_refuses_two_targets_and_unknown_books(gateway: Gateway) -> None:
    both = await gateway.http.get("/api/v1/index/diseases", params={"term": "pain", "prefix": "p"})
    unknown = await gateway.http.get("/api/v1/index/nothing")

    assert both.json()["errors"][0]["field"] == "prefix"
    assert unknown.json()["errors"][0]["field"] == "book"


async def test_what_is_loaded_names_every_edition_and_what_was_left_out(gateway: Gateway) -> None:
    page = await gateway.page("/sources")

    assert "ICD-10-CM FY2026" in page
    assert "ICD-10-CM Index FY2026" in page
    assert "1 Oct 2025 to 30 Sep 2026" in page
    assert '<td data-label="Left out">1 given twice</td>' in page
    assert "index.xml" in page
    assert "Not loaded: nothing is known." in page


async def test_the_start_page_leads_to_what_is_loaded(gateway: Gateway) -> None:
    page = await gateway.page("/")

    assert '1 of 25 sources of facts are loaded, 1 with an edition for today. <a href="/sources">' in page
    assert '<a href="/index/diseases">Index to Diseases and Injuries</a>' in page


async def test_the_releases_over_rest_have_the_sources_beside_them(gateway: Gateway) -> None:
    every = (await gateway.http.get("/api/v1/releases")).json()
    of_a_system = (await gateway.http.get("/api/v1/releases", params={"system": "icd10cm"})).json()

    assert [one["edition"] for one in every["releases"]] == ["FY2026"]
    (source,) = every["sources"]
    assert (source["source"], source["rows"], source["left_out"]) == ("icd10cm_index", 7, {"given twice": 1})
    assert of_a_system["sources"] == []
