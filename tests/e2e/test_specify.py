"""From a header to a code that is valid for submission, in a browser against the whole product."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.e2e.people import new_member
from tests.e2e.product import Product
from tests.e2e.test_pages import PHONE_WIDTH, faults


@pytest.fixture
async def page(browser: Browser, product: Product) -> AsyncIterator[Page]:
    """A page on the phone of a member."""
    viewport: ViewportSize = {"width": PHONE_WIDTH, "height": 740}
    async with await browser.new_context(base_url=product.web, viewport=viewport) as context:
        await context.add_cookies((await new_member(product)).browser_cookies(product))
        yield await context.new_page()


async def check(page: Page) -> None:
    """See that nobody is kept out, in the light and in the dark, and that a phone does not scroll sideways."""
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH


async def test_a_coder_goes_from_a_category_to_a_billable_code_and_changes_the_side(page: Page) -> None:
    steps = page.locator(".steps > li")
    folded = page.locator(".steps summary")

    await page.goto("/codes/icd10cm/S52")
    await page.get_by_role("link", name="Make it specific").click()
    await expect(folded).to_have_count(0)
    await check(page)

    for label in ("lower end of radius", "Torus", "right"):
        await steps.last.get_by_role("link", name=label).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "S52.521 Torus fracture of lower end of right radius"
    )
    await expect(page.locator(".facts")).to_contain_text("Not billable")
    await expect(folded).to_have_count(3)
    await expect(steps.last.get_by_role("heading")).to_contain_text("Encounter")
    await check(page)

    await steps.last.get_by_role("link", name="initial encounter for closed fracture").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("S52.521A")
    await expect(page.locator(".facts")).to_contain_text("Billable")
    await expect(folded).to_have_count(4)
    await expect(page.get_by_role("button", name="Copy code")).to_be_visible()

    await folded.nth(2).press("Enter")
    await expect(steps.nth(2).locator("[aria-current=true]")).to_contain_text("right")
    await check(page)
    await steps.nth(2).get_by_role("link", name="left").press("Enter")
    await steps.last.get_by_role("link", name="sequela").click()
    await page.get_by_role("link", name="Open code page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "S52.522S Torus fracture of lower end of left radius, sequela"
    )
