"""What a coder finds in the full release, as typed and as submitted."""

import json
import re
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, ViewportSize, expect

from services.lookup.codes.model import Level
from services.lookup.sources.icd10cm import carried_release, read_edition
from services.lookup.sources.recognition import recognise
from tests.e2e.product import Product
from tests.e2e.test_pages import PHONE_WIDTH, faults

PAGES = (
    "/search?query=MS",
    "/search?query=knee+pain&by_category=true&prefer_billable=true",
    "/search?query=diabetis+htn&chapter=4",
    "/search?query=zzzzqqqq&billable=true",
)

# Every so many codes one is searched by its title.
EVERY = 593


async def found(product: Product, query: str, **params: str) -> list[str]:
    async with httpx.AsyncClient(base_url=product.web) as http:
        answer = await http.get("/api/v1/search", params={"query": query, **params})
    assert answer.status_code == 200, answer.text
    return [hit["entry"]["code"] for hit in answer.json()["hits"]]


@pytest.mark.parametrize(
    ("query", "code", "within"),
    [
        ("type 2 diabetes", "E11.9", 2),
        ("diabetes type 2", "E11.9", 2),
        ("pneumonia", "J18.9", 2),
        ("htn", "I10", 1),
        ("heart attack", "I21.9", 1),
        ("left knee pain", "M25.562", 1),
        ("R knee pain", "M25.561", 1),
        ("ckd stage 4", "N18.4", 1),
        ("diabetic foot ulcer", "E11.621", 1),
        ("kidney stone", "N20.0", 1),
        ("oesophageal reflux", "K21.9", 3),
        ("E119", "E11.9", 1),
        ("e11.9", "E11.9", 1),
        ("s52501a", "S52.501A", 1),
        ("E10-E14", "E10", 1),
    ],
)
async def test_a_submitted_search_finds(product: Product, query: str, code: str, within: int) -> None:
    assert code in (await found(product, query))[:within]


@pytest.mark.parametrize(
    ("query", "code"),
    [("diab retin", "E11.31"), ("heart fail", "I50.9"), ("essential hypert", "I10"), ("migr", "G43"), ("E11.", "E11")],
)
async def test_a_search_that_is_still_typed_finds_first(product: Product, query: str, code: str) -> None:
    assert (await found(product, query, as_typed="true", page_size="8"))[0] == code


async def test_a_title_finds_its_code_or_the_one_below_that_says_no_more(product: Product) -> None:
    """Titles that differ by the order of their words alone ("with nail, without bone") may change places."""
    entries = read_edition(recognise([carried_release()]).files).entries
    codes = [entry for entry in entries if entry.level is Level.CODE][::EVERY]
    first = 0
    async with httpx.AsyncClient(base_url=product.web) as http:
        for entry in codes:
            answer = await http.get("/api/v1/search", params={"query": entry.title, "page_size": "3"})
            hits = [hit["entry"] for hit in answer.json()["hits"]]
            meant = [hit["title"] == entry.title or hit["code"].startswith(entry.code) for hit in hits]
            assert any(meant), f"{entry.code} {entry.title}: found {[hit['code'] for hit in hits]}"
            first += meant[0]
    assert first / len(codes) > 0.98


async def test_filters_narrow_a_search(product: Product) -> None:
    codes = await found(product, "diabetes", billable="true", chapter="15")

    assert codes
    assert all(code.startswith("O") for code in codes)


async def test_a_misspelt_word_is_corrected_and_said(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.web) as http:
        answer = (await http.get("/api/v1/search", params={"query": "diabetis"})).json()

    assert answer["corrected_query"] == "diabetes"
    assert answer["hits"][0]["entry"]["code"].startswith("E1")


async def test_pages_follow_each_other_without_gap_or_repeat(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.web) as http:
        codes: list[str] = []
        token = ""
        for _ in range(8):
            answer = (
                await http.get("/api/v1/search", params={"query": "fracture", "page_size": "50", "page_token": token})
            ).json()
            codes += [hit["entry"]["code"] for hit in answer["hits"]]
            token = answer["next_page_token"]

    assert len(codes) == len(set(codes)) == 400


async def test_a_preference_puts_billable_codes_before_headers_and_leaves_none_out(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.web) as http:
        either, preferred = [
            (await http.get("/api/v1/search", params={"query": "migraine", "prefer_billable": prefer})).json()
            for prefer in ("false", "true")
        ]

    assert not either["hits"][0]["entry"]["billable"]
    assert preferred["hits"][0]["entry"]["billable"]
    assert preferred["total"] == either["total"]


async def test_a_search_by_category_names_each_category_once_over_its_pages(product: Product) -> None:
    found: list[Any] = []
    token = ""
    async with httpx.AsyncClient(base_url=product.web) as http:
        for _ in range(3):
            params = {"query": "knee pain", "by_category": "true", "page_size": "5", "page_token": token}
            answer = (await http.get("/api/v1/search", params=params)).json()
            found += answer["hits"]
            token = answer["next_page_token"]

    categories = [hit["category"]["code"] for hit in found]
    assert len(categories) == len(set(categories)) == 15
    assert categories[0] == "M25"
    for hit in found:
        codes = [hit["entry"]["code"], *(more["entry"]["code"] for more in hit["more"])]
        assert all(code.startswith(hit["category"]["code"]) for code in codes)
        assert len(codes) <= hit["category_hits"]


async def test_an_abbreviation_says_what_it_was_read_as_and_a_synonym_where_it_is_from(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.web) as http:
        reading = (await http.get("/api/v1/search", params={"query": "MS"})).json()["readings"][0]
        hits = (await http.get("/api/v1/search", params={"query": "heart attack"})).json()["hits"]

    assert reading["written"] == "MS"
    assert {"multiple sclerosis", "mitral stenosis"} <= set(reading["meanings"])
    (infarction,) = [hit for hit in hits if hit["entry"]["code"] == "I21.9"]
    assert (infarction["match_kind"], infarction["matched_term"].lower()) == ("synonym", "heart attack")
    assert infarction["source"]


async def test_a_terminal_shows_the_same(product: Product) -> None:
    printed = await product.run("search", "MS", "--by-category", "--prefer-billable", "--limit", "3")
    told = await product.run("search", "heart attack", "--json")

    assert (printed.code, told.code) == (0, 0)
    assert "'MS' was read as: multiple sclerosis; mitral stenosis" in printed.out
    assert "category hits" in printed.out
    rows = {row["code"]: row for row in json.loads(told.out)}
    assert (rows["I21.9"]["match_kind"], rows["I21.9"]["matched_term"].lower()) == ("synonym", "heart attack")


async def test_results_are_read_grouped_and_made_specific_without_javascript(
    browser: Browser, product: Product
) -> None:
    async with await browser.new_context(base_url=product.web, java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto("/search?query=MS")
        await page.get_by_role("link", name="Group by category").click()
        await expect(page.get_by_role("heading", level=2, name="G35")).to_be_visible()
        await page.get_by_role("link", name="Prefer billable codes").click()
        await page.get_by_role("link", name="mitral stenosis", exact=True).click()
        await expect(page).to_have_url("/search?query=mitral+stenosis&prefer_billable=true&by_category=true")

        for way in ("Group by category", "Prefer billable codes"):
            await expect(page.get_by_role("link", name=way)).to_have_attribute("aria-current", "true")
        await page.get_by_label("Search codes").fill("knee pain")
        await page.get_by_role("button", name="Search").click()
        await page.get_by_role("link", name="More results").click()
        await expect(page).to_have_url(
            re.compile(r"/search\?query=knee\+pain&prefer_billable=true&by_category=true&page_token=")
        )

        await page.goto("/search?query=knee+pain&by_category=true")
        await page.get_by_role("link", name=re.compile(r"\d more in M25")).click()
        await page.get_by_role("link", name="Make it specific M25", exact=True).click()
        await expect(page).to_have_url("/codes/icd10cm/M25/specify")


async def test_every_kind_of_result_page_can_be_read_and_fits_a_phone(browser: Browser, product: Product) -> None:
    phone: ViewportSize = {"width": PHONE_WIDTH, "height": 740}
    async with await browser.new_context(base_url=product.web, viewport=phone) as context:
        page = await context.new_page()
        for path in PAGES:
            await page.goto(path)
            assert await faults(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH, path


async def test_a_suggestion_says_what_matched(browser: Browser, product: Product) -> None:
    async with await browser.new_context(base_url=product.web) as context:
        page = await context.new_page()
        await page.goto("/")
        await page.keyboard.type("heart attack", delay=15)
        await expect(page.get_by_role("option").filter(has_text="I21.9")).to_contain_text(
            re.compile("synonym: heart attack", re.IGNORECASE)
        )
