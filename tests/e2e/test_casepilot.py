"""CasePilot in a browser, against the whole product: as it answers, without JavaScript, and when it cannot."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.people import network, new_member
from tests.e2e.product import Product
from tests.e2e.test_pages import PHONE_WIDTH, faults

STREAM = "**/casepilot/stream"
RELEASE = re.compile("ICD-10-CM FY20")


@pytest.fixture
async def page(browser: Browser, product: Product) -> AsyncIterator[Page]:
    """A page of a guest who is new here."""
    async with await browser.new_context(base_url=product.web, extra_http_headers=network()) as context:
        page = await context.new_page()
        await page.goto("/casepilot")
        yield page


async def ask(page: Page, question: str) -> None:
    await page.get_by_role("textbox", name="Ask").fill(question)
    await page.get_by_role("textbox", name="Ask").press("Enter")


async def test_an_answer_is_shown_as_it_is_made_and_can_be_asked_on(page: Page) -> None:
    box = page.get_by_role("textbox", name="Ask about codes")
    await expect(box).to_be_focused()
    await page.keyboard.type("Is E11.9 billable?")
    await page.keyboard.press("Enter")

    answer = page.get_by_role("article", name="Answer")
    await expect(answer).to_be_focused()
    await expect(answer.locator(".badge")).to_have_text("Yes")
    await expect(answer.get_by_role("link", name="E11.9", exact=True)).to_have_attribute(
        "href", re.compile("^/codes/icd10cm/E11.9")
    )
    await expect(answer.locator(".cites")).to_contain_text(RELEASE)
    await expect(page.get_by_role("heading", level=2, name="Is E11.9 billable?")).to_be_visible()
    await expect(page.get_by_text("2 of 3 questions remaining today")).to_be_visible()
    assert await faults(page) == []

    await ask(page, "And E11?")
    await expect(answer).to_have_count(2)
    await expect(answer.last).to_be_focused()
    await expect(answer.last.locator(".badge")).to_have_text("No")
    await expect(page.get_by_role("textbox", name="Ask")).to_have_value("")
    await expect(page.locator("#latest")).to_have_count(1)


async def test_several_questions_have_an_answer_each(page: Page) -> None:
    await page.keyboard.type("Is E11.9 billable?")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("Is E11 billable?")
    await page.keyboard.press("Enter")

    answers = page.get_by_role("article", name="Answer: ")
    await expect(answers.locator(".badge")).to_have_text(["Yes", "No"])
    await expect(answers.get_by_role("heading", level=3)).to_have_text(["Is E11.9 billable?", "Is E11 billable?"])
    await expect(answers.first).to_be_focused()


async def test_everything_works_without_javascript(browser: Browser, product: Product) -> None:
    async with await browser.new_context(
        base_url=product.web, java_script_enabled=False, extra_http_headers=network()
    ) as context:
        page = await context.new_page()
        await page.goto("/codes/icd10cm/E11.9")
        await page.get_by_role("link", name="Ask CasePilot about E11.9").click()
        await expect(page.get_by_role("link", name="Remove ICD-10-CM E11.9")).to_be_visible()
        await page.get_by_role("textbox", name="Ask").fill("Is it valid for submission?")
        await page.get_by_role("button", name="Ask").click()

        answer = page.get_by_role("article", name="Answer")
        await expect(answer.locator(".badge")).to_have_text("Yes")
        await expect(answer).to_contain_text("E11.9")
        await expect(answer.locator(".cites")).to_contain_text(RELEASE)

        await page.get_by_role("textbox", name="Ask").fill("Is E11 billable?")
        await page.get_by_role("button", name="Ask").click()
        await expect(answer.locator(".badge")).to_have_text(["Yes", "No"])
        await expect(page.get_by_text("1 of 3 questions remaining today")).to_be_visible()


async def test_a_question_back_leads_to_the_box(page: Page) -> None:
    await ask(page, "Can I bill these together?")

    await expect(page.get_by_role("article", name="CasePilot asks back")).to_contain_text("?")
    await expect(page.get_by_role("textbox", name="Ask a follow-up")).to_be_focused()


async def test_a_member_finds_the_conversation_again_and_deletes_it(browser: Browser, product: Product) -> None:
    member = await new_member(product)
    async with await browser.new_context(base_url=product.web) as context:
        await context.add_cookies(member.browser_cookies(product))
        page = await context.new_page()
        await page.goto("/casepilot")
        await ask(page, "Is E11.9 billable?")
        await expect(page).to_have_url(re.compile("/casepilot/[0-9a-f]+$"))
        await page.reload()

        await expect(page.get_by_role("article", name="Answer").locator(".badge")).to_have_text("Yes")
        await ask(page, "And E11?")
        await expect(page.get_by_role("article", name="Answer")).to_have_count(2)
        await page.goto("/casepilot")
        await page.get_by_role("complementary").get_by_role("link", name="Is E11.9 billable?").click()
        await expect(page.get_by_role("article", name="Answer")).to_have_count(2)

        await page.get_by_role("button", name="Delete this conversation").click()
        await expect(page.get_by_text("The conversation is deleted.")).to_be_visible()
        await expect(page.get_by_role("link", name="Is E11.9 billable?")).to_have_count(0)


async def test_at_the_limit_the_question_stays_and_the_way_on_is_told(page: Page) -> None:
    for number in range(3):
        await ask(page, f"Is E11.{number} billable?")
        await expect(page.get_by_role("article", name="Answer")).to_have_count(number + 1)
        await expect(page.get_by_role("button", name="Ask")).to_be_enabled()
    await ask(page, "Is I10 billable?")

    told = page.get_by_role("alert")
    await expect(told).to_be_focused()
    await expect(told).to_contain_text("0 questions remaining. Guest accounts are limited to 3 questions a day")
    await expect(told.get_by_role("link", name="Register free account")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Ask")).to_have_value("Is I10 billable?")
    assert await faults(page) == []


async def test_a_lost_connection_is_told_and_the_question_can_be_sent_again(page: Page) -> None:
    async def lose(route: Route) -> None:
        await route.abort()

    await page.route(STREAM, lose)
    await ask(page, "Is E11.9 billable?")
    await expect(page.get_by_role("alert")).to_contain_text("The connection was lost")

    await page.unroute(STREAM)
    await page.get_by_role("button", name="Ask").click()
    await expect(page.get_by_role("article", name="Answer").locator(".badge")).to_have_text("Yes")
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_asking_can_be_stopped(page: Page) -> None:
    async def hold(_: Route) -> None:
        """Leave the request without an answer."""

    await page.route(STREAM, hold)
    await ask(page, "Is E11.9 billable?")
    await expect(page.get_by_role("button", name="Ask")).to_be_disabled()
    await page.get_by_role("button", name="Stop").click()

    await expect(page.get_by_text("Stopped.")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Ask")).to_have_value("Is E11.9 billable?")
    await expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    await expect(page.get_by_role("button", name="Ask")).to_be_enabled()


async def test_on_a_phone_all_of_it_can_be_read(browser: Browser, product: Product) -> None:
    complaints: list[str] = []
    async with await browser.new_context(
        base_url=product.web, viewport={"width": PHONE_WIDTH, "height": 740}, extra_http_headers=network()
    ) as context:
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto("/casepilot?code=icd10cm:S72.001")
        for question, answers in (("Is it billable? Which 7th characters does it take?", 2), ("Hello", 3)):
            assert await faults(page) == []
            await ask(page, question)
            await expect(page.locator(".answer")).to_have_count(answers)
            await expect(page.get_by_role("button", name="Ask")).to_be_enabled()
        assert await faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
    assert complaints == []
