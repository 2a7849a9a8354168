"""The pages of the gateway, over real connections, with stand-ins for lookup and quota."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.identity import COOKIE
from tests.integration.gateway_stack import RELEASE, Gateway, entry, running

HOSTILE = "<script>alert(1)</script>\"'&"

_LOADED = lookup.SourceStatus(
    availability=lookup.AVAILABILITY_AVAILABLE,
    release=lookup.SourceRelease(name="Source 2024Q3", effective_from="2024-07-01", in_force=True),
)
FACTS = lookup.GetCodePageResponse(
    modifiers=lookup.Modifiers(
        availability=lookup.AVAILABILITY_AVAILABLE,
        sources=[_LOADED],
        rules=[
            lookup.ModifierRule(modifier="26", standing=lookup.MODIFIER_STANDING_NOT_ALLOWED, reason=f"Why {HOSTILE}")
        ],
    ),
    crosswalks=lookup.Crosswalks(
        availability=lookup.AVAILABILITY_AVAILABLE,
        to_icd9cm=lookup.GemMapping(
            status=_LOADED,
            scenarios=[
                lookup.GemScenario(
                    scenario=1,
                    choice_lists=[
                        lookup.GemChoiceList(
                            choice_list=1, targets=[lookup.GemTarget(code="250.60"), lookup.GemTarget(code="250.61")]
                        ),
                        lookup.GemChoiceList(choice_list=2, targets=[lookup.GemTarget(code="355.9")]),
                    ],
                )
            ],
        ),
    ),
    edits=lookup.Edits(
        availability=lookup.AVAILABILITY_AVAILABLE,
        ptp=[
            lookup.PtpSummary(
                status=_LOADED,
                setting=lookup.SETTING_PRACTITIONER,
                column1_count=248,
                column1=[lookup.PtpEdit(column1="29881", column2="G0289", effective_from="2024-07-01")],
            )
        ],
        mue=[
            lookup.Mue(
                status=lookup.SourceStatus(availability=lookup.AVAILABILITY_NOT_LOADED, missing="MUE is not loaded."),
                setting=lookup.SETTING_DME,
            )
        ],
        add_on=lookup.AddOn(status=_LOADED, add_on_codes=["G0289"]),
    ),
    fees=lookup.Fees(
        availability=lookup.AVAILABILITY_AVAILABLE,
        rvu=_LOADED,
        gpci=_LOADED,
        rows=[
            lookup.FeeRow(
                work_rvu="7.03",
                status=lookup.FeeIndicator(name="status", value="A", meaning="Active."),
                indicators=[lookup.FeeIndicator(name="global days", value="090", meaning="Major surgery.")],
                conversion_factors=[lookup.ConversionFactor(value="33.2875", facility_payment="549.24")],
            )
        ],
    ),
    coverage=lookup.Coverage(
        availability=lookup.AVAILABILITY_AVAILABLE,
        status=_LOADED,
        articles=[
            lookup.CoverageArticle(
                article="A56781",
                title=f"Article {HOSTILE}",
                role=lookup.COVERAGE_ROLE_PROCEDURE,
                url="https://example.org/A56781",
            )
        ],
    ),
    history=lookup.History(
        availability=lookup.AVAILABILITY_AVAILABLE,
        sources=[_LOADED],
        events=[lookup.HistoryEvent(action=lookup.HISTORY_ACTION_ADDED, effective_from="2020-10-01")],
    ),
)
MEMBER_SECTIONS = (
    "Guidelines and notes",
    "Modifiers",
    "Crosswalks",
    "NCCI edits and MUE",
    "Medicare fees",
    "Medicare coverage",
)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running(register_views=5) as gateway:
        yield gateway


async def test_the_second_page_is_the_wall_and_its_content_is_never_sent(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        first = await browser.get("/codes/icd10cm/E11.9")
        second = await browser.get("/codes/icd10cm/E11.8")
        again = await browser.get("/codes/icd10cm/E11.9")

    assert (first.status_code, second.status_code, again.status_code) == (200, 429, 200)
    assert "The body does not use" in first.text
    assert "The body does not use" not in second.text
    assert (
        "0 code page views remaining. Guest accounts are limited to 1 page view. "
        "Register free account to get 5 more views." in second.text
    )
    assert '<a class="button" href="/register">Register free account</a>' in second.text
    assert 'href="/login?next=%2Fcodes%2Ficd10cm%2FE11.8"' in second.text
    assert "Type 2 diabetes mellitus with unspecified complications" in second.text
    assert {first.headers["cache-control"], second.headers["cache-control"]} == {"no-store"}


async def test_guests_see_that_there_are_notes_to_unlock_and_members_see_them(gateway: Gateway) -> None:
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    async with gateway.browser() as guest, gateway.browser(session) as member:
        locked = (await guest.get("/codes/icd10cm/E11.9?effective_on=2026-05-01")).text
        opened = (await member.get("/codes/icd10cm/E11.9")).text

    assert "gestational diabetes" not in locked
    assert ">Guidelines and notes</h2>" in locked
    assert "Register to view content" in locked
    assert '<a href="/register">Create a free account to unlock this content</a>' in locked
    assert 'href="/login?next=%2Fcodes%2Ficd10cm%2FE11.9%3Feffective_on%3D2026-05-01"' in locked
    assert "gestational diabetes" in opened
    assert "unlock this content" not in opened


async def test_members_see_every_section_with_its_source_and_what_is_not_loaded(gateway: Gateway) -> None:
    gateway.lookup.facts = FACTS
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    async with gateway.browser(session) as browser:
        page = (await browser.get("/codes/icd10cm/E11.9?effective_on=2026-05-01")).text

    for heading in (*MEMBER_SECTIONS, "History"):
        assert f">{heading}</h2>" in page
        assert f">{heading}</a></li>" in page
    assert "unlock this content" not in page
    assert "Source: Source 2024Q3, for dates of service from 1 Jul 2024" in page
    assert '<strong class="and">AND</strong>' in page
    assert '<a href="/codes/icd10cm/E11.9/edits?setting=practitioner&amp;column=1&amp;effective_on=2026-05-01">' in page
    assert "MUE is not loaded." in page
    assert "$549.24" in page
    assert '<a href="https://example.org/A56781"' in page
    assert "<script>alert" not in page
    assert "Why &lt;script&gt;" in page


async def test_guests_see_of_member_sections_that_they_are_there_and_of_history_all(gateway: Gateway) -> None:
    gateway.lookup.facts = FACTS

    async with gateway.browser() as browser:
        page = (await browser.get("/codes/icd10cm/E11.9")).text

    assert page.count("Register to view content") == len(MEMBER_SECTIONS)
    assert all(f">{heading}</h2>" in page for heading in MEMBER_SECTIONS)
    assert "1 Oct 2020" in page
    assert "G0289" not in page
    assert "250.60" not in page


async def test_sections_that_do_not_concern_a_system_are_left_out(gateway: Gateway) -> None:
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    async with gateway.browser(session) as browser:
        page = (await browser.get("/codes/icd10cm/E11.9")).text

    assert "Medicare fees" not in page
    assert "NCCI edits" not in page


async def test_a_code_page_leads_into_the_book_around_the_code(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        page = (await browser.get("/codes/icd10cm/E11.9?effective_on=2026-05-01")).text
        around = (await browser.get("/browse/icd10cm?around=E11.9")).text

    assert 'href="/browse/icd10cm?around=E11.9&amp;effective_on=2026-05-01"' in page
    assert '<a href="/codes/icd10cm/E11.9" aria-current="true">' in around
    assert '<input type="hidden" name="around" value="E11.9">' in around


async def test_the_description_in_common_language_is_told_from_the_official_one(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        page = (await browser.get("/codes/icd10cm/E11.9")).text

    assert "<p>The body does not use <strong>insulin</strong> well.</p>" in page
    assert "Not the official text" in page
    assert "Written by An editor, reviewed on 31 January 2026" in page


async def test_a_code_known_by_its_number_says_what_is_missing_and_claims_nothing(gateway: Gateway) -> None:
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    async with gateway.browser(session) as browser:
        page = (await browser.get("/codes/cpt/99213")).text

    assert "The official description needs the licensed CPT file" in page
    assert "Billable status needs the licensed CPT file" in page
    assert "Not billable" not in page
    assert 'rel="next"' not in page


async def test_the_header_offers_what_the_caller_can_do(gateway: Gateway) -> None:
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    async with gateway.browser() as guest, gateway.browser(session) as member:
        offered = (await guest.get("/browse/icd10cm")).text
        own = (await member.get("/browse/icd10cm")).text

    assert 'href="/login?next=%2Fbrowse%2Ficd10cm">Log in</a>' in offered
    assert '<a class="button" href="/register">Register free account</a>' in offered
    assert 'href="/register">1 code page view remaining' in offered
    assert '<form action="/logout" method="post">' in own
    assert 'href="/account">5 code page views remaining' in own
    assert "/register" not in own


async def test_the_start_page_says_how_to_get_more_views_when_none_is_left(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        before = (await browser.get("/")).text
        await browser.get("/codes/icd10cm/E11.9")
        after = (await browser.get("/")).text

    assert "to get 5 more views" not in before
    assert "to get 5 more views" in after


async def test_a_member_at_the_limit_is_told_when_the_count_starts_again(gateway: Gateway) -> None:
    gateway.quota.member_limit = 0
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    async with gateway.browser(session) as browser:
        page = await browser.get("/codes/icd10cm/E11.9")

    assert page.status_code == 429
    assert "Member accounts are limited to 0 page views." in page.text
    assert "The count starts again on" in page.text
    assert "Register free account" not in page.text


async def test_a_code_has_one_address_and_what_is_not_there_costs_nothing(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        moved = await browser.get("/codes/icd10cm/e119?effective_on=2026-05-01")
        unknown = await browser.get("/codes/icd10cm/Q99.99")

    assert (moved.status_code, moved.headers["location"]) == (308, "/codes/icd10cm/E11.9?effective_on=2026-05-01")
    assert unknown.status_code == 404
    assert 'href="/search?query=Q99.99"' in unknown.text
    assert gateway.quota.asked == []


async def test_a_page_is_served_without_the_count_while_quota_is_away(gateway: Gateway) -> None:
    gateway.quota.away = True

    async with gateway.browser() as browser:
        pages = [await browser.get(path) for path in ("/", "/search?query=diab", "/codes/icd10cm/E11.9")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any("remaining" in page.text for page in pages)


async def test_lookup_away_is_a_calm_page_with_a_way_on(gateway: Gateway) -> None:
    await gateway.stop_lookup()

    async with gateway.browser() as browser:
        page = await browser.get("/search?query=diab&chapter=4")

    assert page.status_code == 503
    assert 'href="?query=diab&amp;chapter=4">Try again' in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/search?query={}",
        "/search?query=diab&chapter={}&billable=true",
        "/search?query=diab&system={}",
        "/search?query=diab&by_category={}",
        "/search?query=diab&effective_on={}",
        "/codes/icd10cm/E11.9?effective_on={}",
        "/codes/icd10cm/{}",
        "/codes/{}/E11.9",
        "/browse/icd10cm/{}",
        "/browse/icd10cm?first={}&last={}",
        "/nothing/{}?effective_on={}",
    ],
)
async def test_nothing_that_is_asked_comes_back_as_markup(gateway: Gateway, path: str) -> None:
    async with gateway.browser() as browser:
        page = await browser.get(path.replace("{}", quote(HOSTILE, safe="")))

    assert page.headers["content-type"].startswith("text/html")
    assert "<script>alert" not in page.text
    assert page.text.count("<h1") == 1


@pytest.mark.parametrize("path", ["/", "/search?query=diab", "/browse/icd10cm", "/codes/icd10cm/E11.9"])
async def test_a_forged_cookie_is_told_as_a_page_and_lookup_is_not_asked(gateway: Gateway, path: str) -> None:
    async with gateway.browser() as browser:
        page = await browser.get(path, headers={"cookie": f"{COOKIE}=forged"})

    assert page.status_code == 400
    assert "<h1" in page.text
    assert (gateway.lookup.searches, gateway.lookup.subjects) == ([], [])


async def test_a_search_says_why_each_code_was_found_what_it_read_and_how_else_to_see_it(gateway: Gateway) -> None:
    hit = lookup.Hit(
        entry=entry("E11"),
        match_kind=lookup.MATCH_KIND_SYNONYM,
        matched_term=f"T2D {HOSTILE}",
        matched_term_highlights=[lookup.Span(start=0, end=3)],
        source="MeSH, of a package",
    )
    reading = lookup.Reading(written="T2D", meanings=[f"meaning {number}" for number in range(6)])
    gateway.lookup.found["T2D foot"] = lookup.SearchResponse(hits=[hit], total=1, readings=[reading])

    async with gateway.browser() as browser:
        page = (await browser.get("/search?query=T2D+foot&prefer_billable=true&chapter=4")).text

    assert gateway.lookup.searches[-1].prefer_billable
    assert "Synonym (MeSH): <mark>T2D</mark> &lt;script&gt;" in page
    assert '<a href="/codes/icd10cm/E11/specify">Make it specific' in page
    assert "“T2D” was read as" in page
    assert 'href="/search?query=meaning+0+foot&amp;chapter=4&amp;prefer_billable=true">meaning 0</a>' in page
    assert "<summary>1 more</summary>" in page
    assert 'href="/search?query=T2D+foot&amp;chapter=4" aria-current="true">Prefer billable codes</a>' in page
    assert '<input type="hidden" name="prefer_billable" value="true">' in page


async def test_a_search_by_category_has_a_heading_for_each_and_leads_to_what_is_left(gateway: Gateway) -> None:
    hit = lookup.Hit(
        entry=entry("E11.9"), category=entry("E11"), category_hits=8, more=[lookup.Hit(entry=entry("E11.8"))]
    )
    gateway.lookup.found["sugar"] = lookup.SearchResponse(hits=[hit], total=8, next_page_token="1")

    async with gateway.browser() as browser:
        page = (await browser.get("/search?query=sugar&by_category=true")).text

    assert gateway.lookup.searches[-1].by_category
    heading = page[page.index("<h2") : page.index("</h2>")]
    assert '<a class="title" href="/browse/icd10cm/E11">Type 2 diabetes mellitus</a>' in heading
    assert page.index("</h2>") < page.index(">E11.9<") < page.index(">E11.8<") < page.index(">6 more in E11<")
    assert 'href="/search?query=sugar&amp;by_category=true&amp;page_token=1">More results' in page


async def test_a_code_that_has_ended_is_not_called_billable(gateway: Gateway) -> None:
    ended = entry("E11.9")
    ended.effective_to = "2024-12-31"
    gateway.lookup.found["old"] = lookup.SearchResponse(hits=[lookup.Hit(entry=ended)], total=1)

    async with gateway.browser() as browser:
        after = (await browser.get("/search?query=old&effective_on=2025-01-01")).text
        before = (await browser.get("/search?query=old&effective_on=2024-12-31")).text

    assert 'stop">Ended 2024-12-31</span>' in after
    assert 'badge billable">Billable</span>' not in after
    assert "Ended" not in before
    assert 'badge billable">Billable</span>' in before


async def test_a_search_without_results_says_where_it_looked_and_how_to_go_on(gateway: Gateway) -> None:
    gateway.lookup.found["zorbia"] = lookup.SearchResponse(releases=[RELEASE], did_you_mean=["zornia"])

    async with gateway.browser() as browser:
        page = (await browser.get("/search?query=zorbia&billable=true&effective_on=2026-05-01")).text

    assert "No code matches with these filters." in page
    assert "<dt>Searched</dt><dd>ICD-10-CM FY2026</dd>" in page
    assert "<dt>Date of service</dt><dd>1 May 2026</dd>" in page
    assert 'href="/search?query=zornia&amp;billable=true&amp;effective_on=2026-05-01">zornia</a>' in page
    assert 'href="/search?query=zorbia&amp;effective_on=2026-05-01">Search without the filters</a>' in page
    assert 'href="/index/diseases?prefix=zorbia&amp;effective_on=2026-05-01">' in page
    assert "Group by category" not in page


async def test_an_empty_search_goes_back_to_the_start(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        page = await browser.get("/search?query=+")

    assert (page.status_code, page.headers["location"]) == (303, "/")


async def test_a_date_without_an_edition_offers_the_same_without_it(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        page = await browser.get("/search?query=diab&effective_on=1999-01-01&chapter=4")

    assert page.status_code == 400
    assert 'href="?query=diab&amp;chapter=4">The same without a date of service' in page.text


async def test_static_files_change_their_address_with_their_content(gateway: Gateway) -> None:
    home = (await gateway.http.get("/")).text

    for name in ("app.css", "app.js", "logo.svg"):
        address = home[home.index(f"/static/{name}?v=") :].split('"')[0]
        assert (await gateway.http.get(address)).status_code == 200


async def test_looking_at_the_head_of_a_page_costs_no_view(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        head = await browser.head("/codes/icd10cm/E11.9")

    assert head.status_code == 200
    assert gateway.quota.asked == []


async def test_static_files_are_kept_by_browsers(gateway: Gateway) -> None:
    async with gateway.browser() as browser:
        answer = await browser.get("/static/app.css")

    assert "immutable" in answer.headers["cache-control"]
