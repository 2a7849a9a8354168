"""The books of coding rules over HTTP, with a stand-in for lookup."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.runtime.errors import Kind, Refusal, invalid
from tests.integration.gateway_stack import Gateway, no_passages, not_loaded_passage, running

LINES = {
    "I": "Bells",
    "I.A": "Small bells",
    "I.A.1": "Ring twice",
    "II": "Whistles",
}


def passages(request: lookup.GetPassageRequest) -> lookup.GetPassageResponse:
    if request.source == lookup.FACT_SOURCE_NCCI_POLICY_MANUAL:
        text = "CPT codes 29822-29823 and J1885, at $10000, are rung."
        lines = {"IV": "Bones"}
    else:
        text = "See E11.9 <now>:\n• first bell\n• second bell\nThen rest."
        lines = LINES
    release = lookup.SourceRelease(source=request.source, name="The book FY2026", in_force=True, origin="book.txt")
    status = lookup.SourceStatus(availability=lookup.AVAILABILITY_AVAILABLE, source=request.source, release=release)
    below = [
        lookup.PassageLine(id=id, title=title)
        for id, title in lines.items()
        if not request.id or id.rpartition(".")[0] == request.id
    ]
    if not request.id:
        return lookup.GetPassageResponse(status=status, below=below)
    if request.id not in lines:
        raise Refusal(Kind.NOT_FOUND, "PASSAGE_NOT_FOUND", f"The book FY2026 has no section {request.id}")
    parts = request.id.split(".")
    above = [lines[".".join(parts[:depth])] for depth in range(1, len(parts))]
    passage = lookup.Passage(
        id=request.id, title=lines[request.id], above=above, text=text, refers_to=["II"] if below else []
    )
    return lookup.GetPassageResponse(status=status, passage=passage, below=below)


@dataclass
class Searches:
    """Finds one section, with a text longer than a line of hits shows; remembers what was asked."""

    asked: list[lookup.SearchPassagesRequest] = field(default_factory=list)

    def __call__(self, request: lookup.SearchPassagesRequest) -> lookup.SearchPassagesResponse:
        self.asked.append(request)
        if len(request.query) > 300:
            raise invalid("query", "expected 1 to 300 characters")
        release = lookup.SourceRelease(name="The book FY2026", in_force=True, origin="book.txt")
        status = lookup.SourceStatus(availability=lookup.AVAILABILITY_AVAILABLE, release=release)
        text = "• Whistling <softly> for E11.9.\n" + "And then a rest. " * 40
        passage = lookup.Passage(id="I.A.1", title="Ring twice", above=["Bells", "Small bells"], text=text)
        source = request.sources[0] if request.sources else lookup.FACT_SOURCE_ICD10CM_GUIDELINES
        hits = [] if request.query == "nothing" else [lookup.PassageHit(source=source, passage=passage)]
        return lookup.SearchPassagesResponse(hits=hits, statuses=[status])


@pytest.fixture
def searches() -> Searches:
    return Searches()


@pytest.fixture
async def gateway(searches: Searches) -> AsyncIterator[Gateway]:
    async with running() as gateway:
        gateway.lookup.passage = passages
        gateway.lookup.passages = searches
        yield gateway


async def test_the_contents_of_a_book_are_a_tree(member: httpx.AsyncClient) -> None:
    page = (await member.get("/guidelines/icd10cm_guidelines?effective_on=2026-05-01")).text

    assert '<summary><span class="code">I</span> Bells</summary>' in page
    assert (
        '<a href="/guidelines/icd10cm_guidelines/I.A.1?effective_on=2026-05-01">'
        '<span class="code">I.A.1</span> Ring twice</a>' in page
    )
    assert "The book FY2026" in page


async def test_a_passage_has_its_text_its_place_and_where_it_leads(member: httpx.AsyncClient) -> None:
    page = (await member.get("/guidelines/icd10cm_guidelines/I.A")).text

    assert '<h1><span class="code">I.A</span> <span class="title">Small bells</span></h1>' in page
    assert '<a href="/guidelines/icd10cm_guidelines/I"><span class="code">I</span> <span>Bells</span></a>' in page
    assert '<p>See <a href="/codes/icd10cm/E11.9">E11.9</a> &lt;now&gt;:</p>' in page
    assert "<ul>\n<li>first bell</li>\n<li>second bell</li>\n</ul>\n<p>Then rest.</p>" in page
    assert '>Refers to</h2>\n<ul class="lines">\n<li><a href="/guidelines/icd10cm_guidelines/II">' in page
    assert '>Sections below I.A</h2>\n<ul class="lines">\n<li><a href="/guidelines/icd10cm_guidelines/I.A.1">' in page
    assert '<a rel="prev" href="/guidelines/icd10cm_guidelines/I">' in page
    assert '<a rel="next" href="/guidelines/icd10cm_guidelines/I.A.1">' in page
    assert "The book FY2026" in page


async def test_procedure_codes_in_the_manual_lead_to_their_pages(member: httpx.AsyncClient) -> None:
    page = (await member.get("/guidelines/ncci_policy_manual/IV")).text

    assert '<a href="/codes/cpt/29822">29822</a>-<a href="/codes/cpt/29823">29823</a>' in page
    assert '<a href="/codes/hcpcs/J1885">J1885</a>' in page
    assert "at $10000, are" in page


async def test_a_guest_is_invited_and_reads_nothing(gateway: Gateway) -> None:
    async with gateway.browser() as guest:
        contents = await guest.get("/guidelines/icd10cm_guidelines")
        passage = await guest.get("/guidelines/icd10cm_guidelines/I.A")

    assert (contents.status_code, passage.status_code) == (200, 200)
    for page in (contents.text, passage.text):
        assert "Register to view content" in page
        assert "ICD-10-CM Official Guidelines" in page
        assert "bell" not in page
    assert 'href="/login?next=%2Fguidelines%2Ficd10cm_guidelines%2FI.A"' in passage.text


async def test_what_is_not_there_is_not_found_and_what_is_not_loaded_is_said(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    missing = await member.get("/guidelines/icd10cm_guidelines/IX")
    unknown = await member.get("/guidelines/nothing")
    gateway.lookup.passage = not_loaded_passage
    not_loaded = await member.get("/guidelines/ncci_policy_manual/IV.E.7")

    assert (missing.status_code, unknown.status_code, not_loaded.status_code) == (404, 400, 200)
    assert "The book FY2026 has no section IX" in missing.text
    assert "The book is not loaded." in not_loaded.text


async def test_the_rules_over_rest_are_for_members(gateway: Gateway, member: httpx.AsyncClient) -> None:
    contents = (await member.get("/api/v1/guidelines/icd10cm_guidelines")).json()
    passage = await member.get("/api/v1/guidelines/icd10cm_guidelines/I.A")
    guest = await gateway.http.get("/api/v1/guidelines/icd10cm_guidelines/I.A")
    missing = await member.get("/api/v1/guidelines/icd10cm_guidelines/IX")

    assert [one["id"] for one in contents["below"]] == list(LINES)
    assert contents["passage"] is None
    assert passage.json()["passage"]["refers_to"] == ["II"]
    assert passage.headers["cache-control"] == "no-store"
    assert (guest.status_code, guest.json()["reason"]) == (403, "PLAN_NOT_PERMITTED")
    assert (missing.status_code, missing.json()["reason"]) == (404, "PASSAGE_NOT_FOUND")


async def test_the_books_of_rules_are_listed_and_searched_together(
    member: httpx.AsyncClient, searches: Searches
) -> None:
    books = (await member.get("/guidelines?effective_on=2026-05-01")).text
    found = (await member.get("/guidelines?query=+whistle+E11.9&setting=outpatient&effective_on=2026-05-01")).text

    assert '<a href="/guidelines/ncci_policy_manual?effective_on=2026-05-01">NCCI Policy Manual</a>' in books
    assert '<form action="/guidelines" class="begins">' in books
    assert searches.asked == [
        lookup.SearchPassagesRequest(
            query="whistle E11.9", setting=lookup.CARE_SETTING_OUTPATIENT, effective_on="2026-05-01", page_size=20
        )
    ]
    assert (
        '<a href="/guidelines/icd10cm_guidelines/I.A.1?effective_on=2026-05-01">'
        '<span class="code">I.A.1</span> Ring twice</a>' in found
    )
    assert "ICD-10-CM Official Guidelines for Coding and Reporting › Bells › Small bells" in found
    assert "• Whistling &lt;softly&gt; for <mark>E11.9</mark>. And then" in found
    assert 'name="query" type="search" value="whistle E11.9"' in found
    assert '<option value="outpatient" selected>Outpatient</option>' in found
    assert '<input type="hidden" name="query" value="whistle E11.9">' in found
    assert "The book FY2026" in found


async def test_the_beginning_of_a_section_is_shown_with_the_words_marked(member: httpx.AsyncClient) -> None:
    found = (await member.get("/guidelines?query=whistling+and")).text

    assert "• <mark>Whistling</mark> &lt;softly&gt; for E11.9. And then" in found
    assert found.count("And then a rest.") < 40
    assert " …</p>" in found


async def test_a_book_is_searched_alone(member: httpx.AsyncClient, searches: Searches) -> None:
    guidelines = (await member.get("/guidelines/icd10cm_guidelines?query=bells")).text
    manual = (await member.get("/guidelines/ncci_policy_manual?query=bells")).text

    assert [list(one.sources) for one in searches.asked] == [
        [lookup.FACT_SOURCE_ICD10CM_GUIDELINES],
        [lookup.FACT_SOURCE_NCCI_POLICY_MANUAL],
    ]
    assert "<small>Bells › Small bells</small>" in guidelines
    assert '<a href="/guidelines/icd10cm_guidelines"><span class="code">Book</span>' in guidelines
    assert '<a href="/guidelines"><span class="code">Books</span>' in guidelines
    assert '<select id="setting"' in guidelines
    assert '<select id="setting"' not in manual


async def test_without_words_a_book_shows_what_it_is_made_of(member: httpx.AsyncClient, searches: Searches) -> None:
    page = (await member.get("/guidelines/icd10cm_guidelines?query=+")).text

    assert '<summary><span class="code">I</span> Bells</summary>' in page
    assert searches.asked == []


async def test_that_nothing_is_found_or_loaded_is_said(gateway: Gateway, member: httpx.AsyncClient) -> None:
    nothing = await member.get("/guidelines?query=nothing")
    gateway.lookup.passages = no_passages
    not_loaded = await member.get("/guidelines?query=bells")

    assert "No section matches" in nothing.text
    assert "The books are not loaded." not in nothing.text
    assert (not_loaded.status_code, "The books are not loaded." in not_loaded.text) == (200, True)


async def test_a_guest_does_not_search_the_rules(gateway: Gateway, searches: Searches) -> None:
    async with gateway.browser() as guest:
        pages = [await guest.get(f"/guidelines{book}?query=bells") for book in ("", "/icd10cm_guidelines")]
    rest = await gateway.http.get("/api/v1/guidelines/search?query=bells")

    assert ["Register to view content" in page.text for page in pages] == [True, True]
    assert (rest.status_code, rest.json()["reason"]) == (403, "PLAN_NOT_PERMITTED")
    assert searches.asked == []


async def test_the_rules_are_searched_over_rest(member: httpx.AsyncClient, searches: Searches) -> None:
    answer = await member.get(
        "/api/v1/guidelines/search?query=bells&source=icd10cm_guidelines&source=ncci_policy_manual"
        "&setting=inpatient&effective_on=2026-05-01&page_size=3"
    )

    assert searches.asked == [
        lookup.SearchPassagesRequest(
            query="bells",
            sources=[lookup.FACT_SOURCE_ICD10CM_GUIDELINES, lookup.FACT_SOURCE_NCCI_POLICY_MANUAL],
            setting=lookup.CARE_SETTING_INPATIENT,
            effective_on="2026-05-01",
            page_size=3,
        )
    ]
    (hit,) = answer.json()["hits"]
    assert (hit["source"], hit["passage"]["id"]) == ("icd10cm_guidelines", "I.A.1")
    assert [status["availability"] for status in answer.json()["statuses"]] == ["available"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ("query=", "query"),
        ("", "query"),
        ("query=bells&source=atlas", "source"),
        ("query=bells&source=lcd", "source"),
        ("query=bells&setting=moon", "setting"),
        ("query=bells&page_size=51", "page_size"),
    ],
)
async def test_what_cannot_be_searched_for_is_refused_by_its_field(
    member: httpx.AsyncClient, asked: str, where: str
) -> None:
    answer = await member.get(f"/api/v1/guidelines/search?{asked}")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [where]


@pytest.mark.parametrize("asked", [f"query={'x' * 301}", "query=bells&setting=moon"])
async def test_a_page_says_what_cannot_be_searched_for(member: httpx.AsyncClient, asked: str) -> None:
    answer = await member.get(f"/guidelines?{asked}", headers={"accept": "text/html"})

    assert answer.status_code == 400
    assert "That cannot be looked up" in answer.text
