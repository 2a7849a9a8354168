"""The pages in a browser, against the whole product: from the keyboard, without JavaScript, on a phone."""

import re
from collections.abc import AsyncIterator
from typing import Literal
from urllib.parse import quote_plus

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from tests.e2e.people import new_member
from tests.e2e.product import Product

PHONE_WIDTH = 360
SCHEMES: tuple[Literal["dark", "light"], ...] = ("light", "dark")
PATHS = (
    "/",
    "/search?query=diabetes",
    "/search?query=zzzzqqqq",
    "/browse/icd10cm",
    "/browse/icd10cm/E08-E13",
    "/browse/icd10cm?first=S52&last=S52",
    "/codes/icd10cm/S52.501A",
    "/codes/icd10cm/I10",  # the wall
    "/codes/icd10cm/Q99.99",
    "/codes/cpt/20553/edits",
    "/compare",
    "/check?example",
    "/index",
    "/guidelines/ncci_policy_manual",
    "/nothing",
)

# What anyone who does not see the page needs of it; returns what is missing.
ACCESSIBILITY = """() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (e) => e.labels?.length || e.ariaLabel || e.getAttribute("aria-labelledby") || e.textContent.trim();
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.title.includes("Coding Ahead") || document.title.startsWith(" ")) faults.push("no title");
  if (!document.querySelector("meta[name=description]")?.content) faults.push("no description");
  for (const only of ["h1", "main", "body > header", "body > footer"])
    if (all(only).length !== 1) faults.push(`${all(only).length} of ${only}`);
  if (!document.querySelector(document.querySelector(".skip").getAttribute("href"))) faults.push("skip leads nowhere");
  for (const e of all("input:not([type=hidden]), button, a, nav, table")) {
    if (e.tagName === "NAV" ? !e.ariaLabel : !(e.tagName === "TABLE" ? e.caption : named(e)))
      faults.push(`no name: ${e.outerHTML.slice(0, 80)}`);
  }
  for (const e of all("img")) if (!e.hasAttribute("alt")) faults.push("image without alt");
  const ids = all("[id]").map((e) => e.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`id twice: ${id}`);
  let level = 0;
  for (const e of all("h1, h2, h3, h4")) {
    if (Number(e.tagName[1]) > level + 1) faults.push(`heading level skipped at ${e.textContent}`);
    level = Number(e.tagName[1]);
  }
  return faults;
}"""

# The contrast of every text with what is behind it (WCAG 2.2, 1.4.3); returns what is below AA.
CONTRAST = """() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const luminance = ({ rgb }) => rgb
    .map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.a === 1) return colour;
    }
    return { rgb: [255, 255, 255] };
  };
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !e.checkVisibility({ visibilityProperty: true })) continue;
    const [dark, light] = [luminance(parse(getComputedStyle(e).color)), luminance(behind(e))].sort((a, b) => a - b);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) faults.push(`${ratio.toFixed(2)}: ${walker.currentNode.textContent.trim().slice(0, 40)}`);
  }
  return faults;
}"""


async def faults(page: Page) -> list[str]:
    """Return what keeps anybody from reading a page, in the light and in the dark."""
    found: list[str] = await page.evaluate(ACCESSIBILITY)
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {fault}" for fault in await page.evaluate(CONTRAST)]
    return found


@pytest.fixture
async def page(browser: Browser, product: Product) -> AsyncIterator[Page]:
    """A page of a guest who is new here."""
    async with await browser.new_context(base_url=product.web) as context:
        yield await context.new_page()


async def test_search_as_you_type_from_the_keyboard(page: Page) -> None:
    await page.goto("/")
    field = page.get_by_role("combobox", name="Search codes")
    options = page.get_by_role("option")

    await expect(field).to_be_focused()
    await page.keyboard.type("type 2 diabetes without compl", delay=15)
    await expect(options.first).to_contain_text("E11.9")
    await expect(options.first.locator("mark").first).to_be_visible()
    await expect(field).to_have_attribute("aria-expanded", "true")
    await expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ suggestions?$"))

    assert await faults(page) == []

    await page.keyboard.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await expect(field).to_have_attribute("aria-activedescendant", "suggestion-0")
    await page.keyboard.press("ArrowUp")
    await expect(field).not_to_have_attribute("aria-activedescendant", "suggestion-0")

    await page.keyboard.press("Escape")
    await expect(field).to_have_attribute("aria-expanded", "false")
    await expect(field).to_have_value("type 2 diabetes without compl")

    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "E11.9 Type 2 diabetes mellitus without complications"
    )


async def test_enter_without_a_choice_searches_and_the_slash_key_returns_to_the_field(page: Page) -> None:
    await page.goto("/")
    await page.keyboard.type("asthma")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url("/search?query=asthma")

    field = page.get_by_role("combobox", name="Search codes")
    await expect(field).not_to_be_focused()
    await page.keyboard.press("/")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("asthma")


async def test_a_slow_answer_never_replaces_that_of_a_later_query(page: Page) -> None:
    await page.goto("/")
    await page.evaluate(
        """() => {
          const fetched = window.fetch;
          window.fetch = async (address, options) => {
            const slow = address.includes("query=asthma&");
            const answer = await fetched(address, slow ? {} : options);
            if (slow) await new Promise((resolve) => setTimeout(resolve, 600));
            return answer;
          };
        }"""
    )
    await page.keyboard.type("asthma")
    await page.wait_for_timeout(200)
    await page.get_by_role("combobox").fill("hypertension")
    await expect(page.get_by_role("option").first).to_contain_text("ypertension")
    await page.wait_for_timeout(800)
    await expect(page.get_by_role("option").first).to_contain_text("ypertension")


async def test_everything_works_without_javascript(browser: Browser, product: Product) -> None:
    async with await browser.new_context(base_url=product.web, java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto("/")
        await page.get_by_label("Search codes").fill("type 2 diabetes kidney")
        await page.get_by_role("button", name="Search").click()
        await expect(page.locator(".results mark").first).to_be_visible()

        await page.get_by_role("link", name="E11.22", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("E11.22")
        await expect(page.locator("main")).to_contain_text("Register to view content")
        await expect(page.locator(".views")).to_have_text("0 code page views remaining")

        answer = await page.goto("/codes/icd10cm/I10")
        assert answer is not None
        assert answer.status == 429
        await expect(page.locator("main")).to_contain_text(
            "0 code page views remaining. Guest accounts are limited to 1 page view. "
            "Register free account to get 5 more views."
        )
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Essential (primary) hypertension")
        await expect(page.locator(".notation")).to_have_count(0)

        answer = await page.goto("/codes/icd10cm/E11.22")
        assert answer is not None
        assert answer.status == 200


async def test_a_member_reads_the_notes_with_the_ancestor_that_prints_them(browser: Browser, product: Product) -> None:
    member = await new_member(product)
    async with await browser.new_context(base_url=product.web, java_script_enabled=False) as context:
        await context.add_cookies(member.browser_cookies(product))
        page = await context.new_page()
        await page.goto("/codes/icd10cm/E11.22")

        await expect(page.locator(".excludes1")).to_contain_text("gestational diabetes (O24.4-)")
        await expect(page.locator(".excludes1")).to_contain_text("from E11 Type 2 diabetes mellitus")


async def test_a_code_that_needs_more_characters_leads_to_one_that_does_not(page: Page, product: Product) -> None:
    await page.context.add_cookies((await new_member(product)).browser_cookies(product))
    await page.goto("/codes/icd10cm/S52.501")

    await expect(page.locator(".facts")).to_contain_text("Not billable")
    await expect(page.get_by_role("table", name="7th character")).to_contain_text(
        "initial encounter for closed fracture"
    )
    below = page.get_by_role("region", name="Codes below S52.501")
    await expect(below.get_by_role("link").first).to_contain_text("S52.501A")
    await expect(below.get_by_role("listitem").first).to_contain_text("Billable")


async def test_the_book_is_walked_from_its_chapters_to_a_code_for_nothing(page: Page) -> None:
    await page.goto("/")
    for step in ("Endocrine, nutritional and metabolic", "E08-E13", "E11 ", "E11.2 "):
        await page.locator("main li a", has_text=step).first.click()

    await expect(page.get_by_role("navigation", name="Place in the book").get_by_role("link")).to_have_count(3)
    await expect(page.locator(".lines .badge.billable").first).to_be_visible()
    await expect(page.locator(".views")).to_have_text("1 code page view remaining")


async def test_filters_narrow_and_are_removed(page: Page) -> None:
    await page.goto("/search?query=diabetes")
    await page.get_by_role("complementary").get_by_role("link", name="Endocrine").click()
    await page.get_by_role("complementary").get_by_role("link", name="Not billable").click()

    await expect(page.locator(".results .badge.billable")).to_have_count(0)
    await expect(page).to_have_url("/search?query=diabetes&chapter=4&billable=false")
    await page.get_by_role("link", name="Remove filter Not billable").click()
    await expect(page).to_have_url("/search?query=diabetes&chapter=4")


async def test_every_page_can_be_read_and_named_and_fits_a_phone(page: Page) -> None:
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A page that is refused is logged by the browser as such.
        if message.type in ("error", "warning") and "the server responded with a status of" not in message.text:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in PATHS:
        await page.set_viewport_size({"width": 1280, "height": 740})
        await page.goto(path)
        assert await faults(page) == [], path
        await page.set_viewport_size({"width": PHONE_WIDTH, "height": 740})
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH, path
    assert complaints == []


async def test_the_skip_link_comes_first_and_focus_is_visible(page: Page) -> None:
    await page.goto("/search?query=asthma")
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()

    await page.keyboard.press("Tab")
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


async def test_what_is_typed_is_shown_as_text(page: Page) -> None:
    typed = "<img src=x onerror=alert(1)>"
    await page.goto(f"/search?query={quote_plus(typed)}")

    await expect(page.get_by_label("Search codes")).to_have_value(typed)
    await expect(page.locator("main")).to_contain_text("<img src=x onerror=")
    await expect(page.locator("main img")).to_have_count(0)
