"""What published files say of a code, from the files to every way in: as coders read it, and as their programs do."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2_grpc
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.people import Member, network, new_key, new_member
from tests.e2e.product import Product
from tests.e2e.published import (
    ABOVE,
    ADD_ON,
    BEFORE,
    CODE,
    DAY,
    DIAGNOSIS,
    EARLIER,
    ENDED,
    FIRM,
    FIRM_RATIONALE,
    LOCALITY,
    MUE_RATIONALE,
    OTHERS,
    RATIONALE,
    ROWS,
    TEST,
    write_cut,
)
from tests.e2e.test_grpc import details
from tests.e2e.test_pages import PHONE_WIDTH, faults

CODE_PAGE = f"/codes/cpt/{CODE}"
ON_THE_DAY = f"effective_on={DAY}"
# Three units where two are paid, a pair that no modifier helps, and one that 59 does.
PASTED = f"{CODE} x3\n{FIRM}\n{OTHERS[0]}-59"
CLAIM = {
    "effective_on": DAY,
    "lines": [{"code": CODE, "units": 3}, {"code": FIRM}, {"code": OTHERS[0], "modifiers": ["59"]}],
}
FOUND = {("mue", "fail", (CODE,)), ("ptp", "fail", (CODE, FIRM)), ("ptp", "bypassed", (CODE, OTHERS[0]))}
WIDTHS = (1280, PHONE_WIDTH)


@pytest.fixture(scope="module")
async def coder(published: Product) -> Member:
    """A member who opens four code pages in all of these tests."""
    return await new_member(published)


@pytest.fixture(scope="module")
async def key(published: Product) -> str:
    return await new_key(published, "codes", "pages")


@asynccontextmanager
async def reading(
    browser: Browser, product: Product, reader: Member | None, *, script: bool = False
) -> AsyncIterator[Page]:
    """Open a page for a member, for a guest with None, in a browser with or without JavaScript."""
    async with await browser.new_context(
        base_url=product.web, java_script_enabled=script, extra_http_headers=network()
    ) as context:
        if reader:
            await context.add_cookies(reader.browser_cookies(product))
        yield await context.new_page()


@pytest.fixture
async def page(browser: Browser, published: Product, coder: Member) -> AsyncIterator[Page]:
    """A page of a member, without JavaScript."""
    async with reading(browser, published, coder) as page:
        yield page


def section(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def cells(place: Locator, head: str) -> Locator:
    """Return the cells of the row with this head."""
    return (
        place.get_by_role("row")
        .filter(has=place.page.get_by_role("rowheader", name=head, exact=True))
        .get_by_role("cell")
    )


def judged(findings: list[dict[str, Any]]) -> set[tuple[str, str, tuple[str, ...]]]:
    """Return what speaks against a claim: of each finding its kind, its verdict and its codes."""
    return {(one["kind"], one["verdict"], tuple(one["codes"])) for one in findings if one["verdict"] != "pass"}


async def test_the_page_of_a_procedure_shows_its_edits_with_indicator_and_edition(page: Page) -> None:
    await page.goto(f"{CODE_PAGE}?{ON_THE_DAY}")
    edits = section(page, "NCCI edits and MUE")

    await expect(cells(edits, FIRM)).to_have_text(["0: no modifier bypasses it", "from 1 Jan 2020", FIRM_RATIONALE])
    await expect(cells(edits, OTHERS[0])).to_have_text(["1: a modifier may bypass it", "from 1 Jan 2020", RATIONALE])
    await expect(cells(edits, ABOVE)).to_have_text(["1: a modifier may bypass it", "from 1 Apr 2021", RATIONALE])
    await expect(edits).to_contain_text("Column 1: 25 edits, the first 20 here.")
    await expect(edits).to_contain_text("Column 2: 1 edit.")
    await expect(edits).to_contain_text(
        "Source: NCCI PTP practitioner 2026Q3, for dates of service 1 Jan 2020 to 30 Sep"
    )
    await expect(edits).to_contain_text("Not loaded: NCCI PTP hospital.")
    await expect(cells(edits, "Practitioner")).to_have_text(
        ["2", "3: on the date of service, by clinical benchmarks", MUE_RATIONALE]
    )
    await expect(edits.get_by_role("link", name=ADD_ON, exact=True)).to_be_visible()
    await expect(edits.get_by_role("link", name=ENDED, exact=True)).to_have_count(0)

    await page.get_by_label("Date of service").fill(EARLIER)
    await page.get_by_role("button", name="Show").click()
    await expect(cells(edits, ENDED)).to_have_text(
        ["1: a modifier may bypass it", "1 Jan 2020 to 31 Dec 2024", RATIONALE]
    )
    await expect(edits).to_contain_text(
        "No edition of NCCI MUE practitioner is loaded for this date; loaded: 2026Q3 (2026-07-01 to 2026-09-30)."
    )

    await page.get_by_role("link", name=re.compile("^All 26 edits of column 1")).click()
    await expect(page.get_by_role("table").locator("tbody tr")).to_have_count(26)
    await expect(cells(page.get_by_role("table"), OTHERS[-1])).to_have_text(
        ["1: a modifier may bypass it", "from 1 Jan 2020", RATIONALE, f"Check {CODE} with {OTHERS[-1]}"]
    )


async def test_the_page_of_a_procedure_shows_its_fees_and_its_modifiers_with_reasons(page: Page) -> None:
    await page.goto(f"{CODE_PAGE}?{ON_THE_DAY}")
    fees, modifiers = section(page, "Medicare fees"), section(page, "Modifiers")

    await expect(cells(fees.get_by_role("table", name="Relative value units"), "Whole service")).to_have_text(
        ["A", "1.00", "2.00", "0.40", "0.10", "3.10", "1.50"]
    )
    national = fees.get_by_role("table", name="National payment")
    await expect(national.get_by_role("row").filter(has_text="all others").get_by_role("cell")).to_have_text(
        ["all others", "33.4009", "$103.54", "$50.10"]
    )
    await expect(fees).to_contain_text("Source: MPFS RVU July 2026")
    for modifier, standing, reason, source in (
        ("50", "Allowed", "Bilateral 1: Both sides are paid at 150 %.", "MPFS RVU July 2026"),
        ("80", "Not allowed", "Assistant at surgery 1: An assistant may not be paid.", "MPFS RVU July 2026"),
        (
            "59",
            "Allowed",
            "Bypasses 25 edits of the code (indicator 1); 1 edit of the code may not be bypassed.",
            "NCCI PTP practitioner 2026Q3",
        ),
    ):
        await expect(cells(modifiers, modifier)).to_have_text(["", standing, reason, source])


async def test_the_payment_in_a_locality_is_the_one_computed_by_hand(page: Page) -> None:
    await page.goto(f"{CODE_PAGE}/fees?{ON_THE_DAY}")
    await page.get_by_label("Locality").select_option(LOCALITY)
    await page.get_by_label("Modifiers").fill("50")
    await page.get_by_role("button", name="Show payment").click()

    # 1.05 x 1.00 + 1.10 x 2.00 + 0.50 x 0.10 = 3.30, in a facility with 0.40 in place of 2.00 it is 1.54. By 33.5675
    # that is 110.77 and 51.69, by 33.4009 it is 110.22 and 51.44; both sides are 150 %.
    await expect(page.locator(".amounts li")).to_have_text(
        [
            "Non-facility qualifying APM participants $166.16",
            "Facility qualifying APM participants $77.54",
            "Non-facility all others $165.33",
            "Facility all others $77.16",
        ]
    )

    await page.goto(f"/codes/cpt/{TEST}/fees?locality={LOCALITY}&modifiers=26+50&place_of_service=22&{ON_THE_DAY}")
    # 1.05 x 0.60 + 1.10 x 0.20 + 0.50 x 0.05 = 0.875, that is 29.37 and 29.23; each side is paid in full.
    await expect(page.locator(".amounts li")).to_have_text(
        ["Facility qualifying APM participants $58.74", "Facility all others $58.46"]
    )
    await expect(page.locator("main")).to_contain_text("Paid by the row of modifier 26.")


async def test_pasted_lines_are_checked_and_what_is_not_understood_is_told_at_its_line(page: Page) -> None:
    async def check(lines: str, day: str) -> int:
        await page.get_by_label("Lines of the claim").fill(lines)
        await page.get_by_role("main").get_by_label("Date of service").fill(day)
        async with page.expect_response("**/check") as answered:
            await page.get_by_role("main").get_by_role("button", name="Check").click()
        return (await answered.value).status

    await page.goto("/check")
    assert await check(PASTED, DAY) == 200
    await expect(page.locator("#verdict")).to_contain_text("Fail")
    await expect(page.locator("#verdict")).to_contain_text("2 fail, 1 bypassed")
    failed = page.locator(".findings li", has_text=f"{FIRM} (column 2) is not paid beside {CODE} (column 1)")
    await expect(failed).to_contain_text("Fail")
    await expect(failed.locator("dd")).to_have_text(
        [CODE, FIRM, "0: no modifier bypasses it", "from 1 Jan 2020", FIRM_RATIONALE]
    )
    await expect(failed).to_contain_text("NCCI PTP practitioner 2026Q3")
    bypassed = page.locator(".findings li", has_text="but 59 bypasses the edit (indicator 1)")
    await expect(bypassed).to_contain_text("Bypassed")
    units = page.locator(".findings li", has_text=f"3 units of {CODE} on {DAY}, but at most 2 paid.")
    await expect(units).to_contain_text("Fail")

    assert await check(PASTED, BEFORE) == 200
    await expect(page.locator("#verdict")).to_contain_text("No data")
    await expect(page.locator("#verdict")).to_contain_text("That is not a pass.")
    await expect(page.locator(".findings").first).to_contain_text("loaded: 2026Q3 (2026-07-01 to 2026-09-30)")
    await expect(page.get_by_role("main")).to_contain_text("loaded: 2026Q3 (2020-01-01 to 2026-09-30)")

    assert await check(f"{CODE}\nthe knee, twice", DAY) == 400
    await expect(page.get_by_role("alert")).to_contain_text("Line 2 the knee, twice Expected a CPT or HCPCS code first")
    await expect(page.get_by_label("Lines of the claim")).to_have_value(f"{CODE}\nthe knee, twice")


async def test_a_guest_who_checks_a_claim_is_invited_and_keeps_her_lines(browser: Browser, published: Product) -> None:
    async with reading(browser, published, None) as page:
        await page.goto("/check")
        await page.get_by_label("Lines of the claim").fill(PASTED)
        async with page.expect_response("**/check") as answered:
            await page.get_by_role("main").get_by_role("button", name="Check").click()

        assert (await answered.value).status == 403
        await expect(page.get_by_role("heading", level=2).first).to_have_text("Register to check claims")
        await expect(page.get_by_label("Lines of the claim")).to_have_value(PASTED)
        await expect(page.locator(".findings")).to_have_count(0)


async def test_codes_are_compared_with_the_edit_between_them_and_each_is_charged_once(
    browser: Browser, published: Product
) -> None:
    async with reading(browser, published, await new_member(published)) as page:
        for _ in range(2):
            await page.goto(f"/compare?{ON_THE_DAY}")
            await page.get_by_label("Codes to compare").fill(f"{CODE}, {FIRM}")
            await page.get_by_role("main").get_by_role("button", name="Compare").click()
            between = section(page, "NCCI edits between them").first
            await expect(between).to_contain_text(f"{FIRM} (column 2) is not paid beside {CODE} (column 1)")
            await expect(between).to_contain_text("Modifier indicator 0: no modifier bypasses it")
            await expect(page.locator(".views")).to_have_text("3 code page views remaining")
        for path in (f"/codes/cpt/{FIRM}", f"{CODE_PAGE}/edits", f"{CODE_PAGE}/fees"):
            await page.goto(f"{path}?{ON_THE_DAY}")
            await expect(page.locator(".views")).to_have_text("3 code page views remaining")


@pytest.mark.parametrize(
    ("path", "locked", "hidden"),
    [
        (
            CODE_PAGE,
            {"notes", "modifiers", "edits", "fees", "coverage"},
            (FIRM, *OTHERS, ADD_ON, RATIONALE, MUE_RATIONALE, "33.4009", "103.54", "Bilateral", "2026Q3", "MPFS"),
        ),
        (f"/codes/icd10cm/{DIAGNOSIS}", {"notes", "crosswalks", "coverage"}, ("960.0", "E856.0", "GEM ")),
    ],
    ids=["procedure", "diagnosis"],
)
async def test_a_guest_is_sent_nothing_of_what_members_see(
    published: Product, path: str, locked: set[str], hidden: tuple[str, ...]
) -> None:
    async with httpx.AsyncClient(base_url=published.web, headers=network()) as http:
        html = (await http.get(f"{path}?{ON_THE_DAY}")).text
        answer = (await http.get(f"/api/v1{path}/page?{ON_THE_DAY}")).text

    assert set(re.findall(r'<h2 id="(\w+)">[^<]*</h2>\s*<div class="lock">', html)) == locked
    assert {json.loads(answer)[name]["availability"] for name in locked} == {"locked"}
    assert [text for text in hidden if text in html or text in answer] == []


async def test_what_happened_to_a_code_is_shown_to_everyone(browser: Browser, published: Product) -> None:
    async with reading(browser, published, None) as page:
        await page.goto(f"/codes/icd10cm/{DIAGNOSIS}?{ON_THE_DAY}")

        await expect(cells(section(page, "History"), "1 Oct 2021")).to_have_text(
            ["Replaced", "Replaces T36.0X5A", "ICD-10-CM conversion table FY2026"]
        )


async def test_the_books_of_rules_are_searched_and_read_by_members(published: Product, coder: Member) -> None:
    async with httpx.AsyncClient(base_url=published.web, cookies=coder.cookies) as http:
        found = (await http.get(f"/api/v1/guidelines/search?query=bell+at+the+door&{ON_THE_DAY}")).json()
        passage = (await http.get(f"/api/v1/guidelines/icd10cm_guidelines/I.A?{ON_THE_DAY}")).json()["passage"]
        unknown = await http.get(f"/api/v1/guidelines/icd10cm_guidelines/I.Z?{ON_THE_DAY}")

    assert found["hits"][0] == {"source": "icd10cm_guidelines", "passage": passage}
    assert [status["availability"] for status in found["statuses"]] == ["available", "not_loaded"]
    assert (passage["title"], passage["text"], passage["refers_to"]) == (
        "Small bells",
        "A bell is rung at the door. See Section II.",
        ["II"],
    )
    assert (unknown.status_code, unknown.json()["reason"]) == (404, "PASSAGE_NOT_FOUND")


async def test_a_combination_of_codes_is_shown_as_one(page: Page) -> None:
    await page.goto(f"/codes/icd10cm/{DIAGNOSIS}?{ON_THE_DAY}")
    crosswalks = section(page, "Crosswalks")

    await expect(crosswalks).to_contain_text("Combination, scenario 1: codes that are needed together")
    await expect(crosswalks.locator(".together > *")).to_have_text(
        ["the code 960.0 approximate", "AND", "the code E856.0 approximate"]
    )
    await expect(crosswalks).to_contain_text("Source: GEM ICD-10-CM to ICD-9-CM 2018.")


async def test_programs_without_an_account_may_not_ask_for_facts_of_members(published: Product, key: str) -> None:
    asked: tuple[tuple[str, Any], ...] = (
        ("ListEdits", pb.ListEditsRequest(code=CODE, effective_on=DAY)),
        ("GetFees", pb.GetFeesRequest(code=CODE, effective_on=DAY)),
        ("CheckEdits", pb.CheckEditsRequest(claim=pb.Claim(effective_on=DAY, lines=[pb.ClaimLine(code=CODE)]))),
    )
    async with grpc.aio.insecure_channel(published.grpc) as channel:
        lookup = lookup_pb2_grpc.LookupServiceStub(channel)
        for name, request in asked:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await getattr(lookup, name)(request)
            assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED, name
            assert details(caught.value)[0].reason == "PLAN_NOT_PERMITTED", name
        edits, fees, checked = [
            await getattr(lookup, name)(request, metadata=(("authorization", f"Bearer {key}"),))
            for name, request in asked
        ]

    assert (edits.total, edits.edits[0].column2, edits.status.release.name) == (
        25,
        FIRM,
        "NCCI PTP practitioner 2026Q3",
    )
    assert [payment.amount for payment in fees.payments] == ["104.06", "50.35", "103.54", "50.10"]
    assert checked.verdict == pb.VERDICT_PASS


async def test_claims_stream_through_the_gateway_each_with_its_place(published: Product, key: str) -> None:
    lines = ([pb.ClaimLine(code=CODE)], [pb.ClaimLine(code=CODE), pb.ClaimLine(code=FIRM)])
    claims = [pb.Claim(id=f"claim {n}", effective_on=DAY, lines=lines[n % 2]) for n in range(50)]
    async with grpc.aio.insecure_channel(published.grpc) as channel:
        stream = lookup_pb2_grpc.LookupServiceStub(channel).CheckClaims(
            pb.CheckClaimsRequest(claims=claims), metadata=(("authorization", f"Bearer {key}"),)
        )
        answers = {answer.position: answer.findings async for answer in stream}

    assert sorted(answers) == list(range(50))
    assert all(found.id == f"claim {n}" for n, found in answers.items())
    assert [answers[n].verdict for n in range(4)] == [pb.VERDICT_PASS, pb.VERDICT_FAIL] * 2


@pytest.fixture
async def rest(published: Product, key: str) -> AsyncIterator[httpx.AsyncClient]:
    """The REST API as a program with an API key calls it."""
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=f"{published.web}/api/v1", headers=headers) as rest:
        yield rest


async def test_claims_are_checked_over_rest_one_by_one_and_in_lines(rest: httpx.AsyncClient) -> None:
    one = await rest.post("/check", json=CLAIM)
    claims = [CLAIM, {"lines": [{"code": "the knee"}]}, {"effective_on": BEFORE, "lines": [{"code": CODE}]}]
    many = await rest.post("/check/batch", content="\n".join(map(json.dumps, claims)))

    assert (one.status_code, one.json()["verdict"], judged(one.json()["findings"])) == (200, "fail", FOUND)
    assert many.headers["content-type"] == "application/x-ndjson"
    first, second, third = sorted(map(json.loads, many.text.splitlines()), key=lambda answer: answer["position"])
    assert judged(first["findings"]["findings"]) == FOUND
    assert second["findings"] is None
    assert second["failure"]["reason"] == "INVALID_ARGUMENT"
    assert "claims[1].lines[0].code" in second["failure"]["message"]
    assert third["findings"]["verdict"] == "no_data"


async def test_the_facts_of_a_code_are_read_over_rest(rest: httpx.AsyncClient) -> None:
    others: list[str] = []
    token = ""
    while len(others) < 25:
        params = {"effective_on": DAY, "page_size": "10", "page_token": token}
        answer = (await rest.get(f"{CODE_PAGE}/edits", params=params)).json()
        others += [edit["column2"] for edit in answer["edits"]]
        token = answer["next_page_token"]
    fees = (
        await rest.get(
            f"{CODE_PAGE}/fees", params={"effective_on": DAY, "locality": LOCALITY, "modifier": "50", "units": "2"}
        )
    ).json()
    localities = (await rest.get("/localities", params={"effective_on": DAY})).json()["localities"]
    compared = (await rest.get("/compare", params={"code": [CODE, FIRM], "effective_on": DAY})).json()

    assert (others, token) == ([FIRM, *OTHERS], "")
    assert fees["locality"]["state"] == "CA"
    assert [payment["amount"] for payment in fees["payments"]] == ["332.32", "155.08", "330.66", "154.32"]
    assert {one["locality"]: one["state"] for one in localities} == {LOCALITY: "CA", "02102-01": "AK"}
    assert [page["entry"]["code"] for page in compared["codes"]] == [CODE, FIRM]
    assert {one["setting"]: judged(one["findings"]) for one in compared["edits"]} == {
        "practitioner": {("ptp", "fail", (CODE, FIRM))},
        "hospital": {("ptp", "no_data", (CODE, FIRM))},
    }


async def test_the_command_line_ends_with_what_it_found(published: Product) -> None:
    run, on_the_day = published.run, ("--effective-on", DAY)
    failed, passed, unknown, fees, compared, listed = await asyncio.gather(
        run("check", "-", *on_the_day, typed=PASTED),
        run("check", "-", *on_the_day, typed=CODE),
        run("check", "-", "--effective-on", BEFORE, typed=CODE),
        run("fees", CODE, "--locality", LOCALITY, "--modifier", "50", "--pos", "22", *on_the_day),
        run("compare", CODE, FIRM, *on_the_day),
        run("catalog", "list", "--json"),
    )

    assert [ended.code for ended in (failed, passed, unknown, fees, compared, listed)] == [1, 0, 3, 0, 0, 0]
    assert f"{FIRM} (column 2) is not paid beside {CODE} (column 1)" in failed.out
    assert "Claim 1: no data" in unknown.out
    assert "Facility, all others: $77.16" in fees.out
    assert f"{CODE} (column 1) is paid, {FIRM} (column 2) is not" in compared.out
    loads = {load["source"]: load for load in json.loads(listed.out)}
    assert {source: loads[source]["rows"] for source in ROWS} == ROWS
    edits = loads["ptp_practitioner"]
    assert (edits["edition"], edits["effective_from"], edits["effective_to"], edits["codes"]) == (
        *("2026Q3", "2020-01-01", "2026-09-30"),
        28,
    )


async def test_a_cut_file_is_refused_with_its_line_and_changes_nothing(
    published: Product, rest: httpx.AsyncClient, tmp_path: Path
) -> None:
    cut = write_cut(tmp_path)
    before = (await rest.get("/releases")).json()["sources"]
    refused = await published.run("catalog", "load", str(cut))

    assert refused.code == 1
    assert f"Refused: {cut.name}, line 7: expected" in refused.errors
    assert (await rest.get("/releases")).json()["sources"] == before
    answer = (await rest.get(f"{CODE_PAGE}/edits", params={"effective_on": DAY})).json()
    assert (answer["status"]["release"]["edition"], answer["total"]) == ("2026Q3", 25)


async def test_every_page_of_facts_can_be_read_and_named_wide_and_narrow(
    browser: Browser, published: Product, coder: Member
) -> None:
    found: list[str] = []
    async with reading(browser, published, coder, script=True) as page:

        async def look() -> None:
            for width in WIDTHS:
                await page.set_viewport_size({"width": width, "height": 740})
                found.extend(f"{page.url}, {width}: {fault}" for fault in await faults(page))
                if await page.evaluate("document.documentElement.scrollWidth") > width:
                    found.append(f"{page.url}, {width}: scrolls sideways")

        for path in (
            f"{CODE_PAGE}?{ON_THE_DAY}",
            f"{CODE_PAGE}/edits?{ON_THE_DAY}",
            f"{CODE_PAGE}/fees?locality={LOCALITY}&modifiers=50&{ON_THE_DAY}",
            f"{CODE_PAGE}/fees?locality={LOCALITY}&modifiers=26+TC&{ON_THE_DAY}",
            f"/codes/icd10cm/{DIAGNOSIS}?{ON_THE_DAY}",
            f"/compare?codes={CODE},{FIRM}&{ON_THE_DAY}",
            f"/guidelines?query=bells&{ON_THE_DAY}",
            "/guidelines/icd10cm_guidelines",
            "/guidelines/icd10cm_guidelines/I.A",
            "/index",
            "/sources",
            "/check",
        ):
            await page.goto(path)
            await look()
        await page.get_by_label("Lines of the claim").fill(f"DX: E11.9, E10.9\n{PASTED}")
        await page.get_by_role("main").get_by_label("Date of service").fill(DAY)
        await page.get_by_role("main").get_by_role("button", name="Check").click()
        await expect(page.locator(".findings").first).to_be_visible()
        await look()
    assert found == []


async def test_a_printed_page_is_the_code_its_facts_and_their_editions(page: Page) -> None:
    await page.goto(f"/codes/icd10cm/{DIAGNOSIS}?{ON_THE_DAY}")
    await page.emulate_media(media="print")

    for gone in ("body > header", "body > footer", ".contents", ".neighbours", ".tools", ".date", ".mine"):
        await expect(page.locator(gone)).to_be_hidden()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(DIAGNOSIS)
    await expect(page.locator(".edition")).to_contain_text("ICD-10-CM FY2026 April")
    await expect(page.locator(".edition p")).to_be_visible()
    for source in await page.locator(".cite").all():
        await expect(source).to_be_visible()
    await expect(page.locator(".cite", has_text="Source: GEM ICD-10-CM to ICD-9-CM 2018.")).to_have_count(1)
    await expect(page.locator(".printed")).to_contain_text(
        f"ICD-10-CM {DIAGNOSIS} for the date of service {DAY}, printed"
    )
