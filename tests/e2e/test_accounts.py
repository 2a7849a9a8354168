"""From guest to member in a browser: the wall, the letter, five more views, the wall again; and what keeps it safe."""

from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.e2e.people import PASSWORD, Member, letters, link_in_letter, network, new_email, new_member
from tests.e2e.product import Product
from tests.e2e.test_pages import PHONE_WIDTH, faults
from tests.support import eventually

GUEST_WALL = (
    "0 code page views remaining. Guest accounts are limited to 1 page view. Register free account to get 5 more views."
)
MEMBER_WALL = "0 code page views remaining. Member accounts are limited to 5 page views."
FIVE = ("E11.9", "J18.9", "M54.50", "N39.0", "R07.9")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
async def page(request: pytest.FixtureRequest, browser: Browser, product: Product) -> AsyncIterator[Page]:
    """A page of a guest who is new here."""
    async with await browser.new_context(
        base_url=product.web, java_script_enabled=request.param, extra_http_headers=network()
    ) as context:
        yield await context.new_page()


async def opened(page: Page, code: str) -> None:
    await page.goto(f"/codes/icd10cm/{code}")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(code)
    await expect(page.get_by_role("heading", name="Official description")).to_be_visible()


async def register(page: Page, product: Product, email: str) -> None:
    await page.get_by_role("main").get_by_role("link", name="Register free account").click()
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Register").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    await page.goto(await link_in_letter(product, email, "/confirm"))
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("button", name="Log out", exact=True)).to_be_visible()


async def test_guest_first_page_wall_register_confirm_five_more_wall(page: Page, product: Product) -> None:
    await opened(page, "I10")
    await expect(page.locator(".views")).to_have_text("0 code page views remaining")
    await expect(page.locator("main")).to_contain_text("Register to view content")
    await expect(page.locator("main")).to_contain_text("Create a free account to unlock this content")
    await expect(page.locator(".notation")).to_have_count(0)

    await page.goto("/codes/icd10cm/E11.9")
    await expect(page.locator("main")).to_contain_text(GUEST_WALL)

    await register(page, product, new_email())
    await expect(page.locator(".views")).to_have_text("5 code page views remaining")

    await opened(page, "I10")  # what the guest had opened costs the member nothing
    await expect(page.locator(".views")).to_have_text("5 code page views remaining")
    await expect(page.locator("main")).not_to_contain_text("Register to view content")
    await expect(page.locator(".notation").first).to_be_visible()

    for number, code in enumerate(FIVE, 1):
        await opened(page, code)
        await expect(page.locator(".views")).to_contain_text(f"{5 - number} code page view")
    await page.goto("/codes/icd10cm/K21.9")
    await expect(page.locator("main")).to_contain_text(MEMBER_WALL)
    await expect(page.locator("main")).to_contain_text("The count starts again on")
    await expect(page.get_by_role("main").get_by_role("link", name="Register free account")).to_have_count(0)


async def test_log_out_log_in_and_the_way_back(page: Page, product: Product) -> None:
    member = await new_member(product)
    await page.goto("/codes/icd10cm/I10")
    await page.get_by_role("banner").get_by_role("link", name="Log in").click()
    await page.get_by_label("E-mail").fill(member.email)
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("main").get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("main")).to_contain_text("address or the password")
    await expect(page.get_by_label("E-mail")).to_have_value(member.email)
    await expect(page.get_by_label("Password")).to_have_value("")

    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("button", name="Log out", exact=True)).to_be_visible()

    await page.get_by_role("button", name="Log out", exact=True).click()
    await expect(page.get_by_role("banner").get_by_role("link", name="Log in")).to_be_visible()


async def test_a_forgotten_password_is_set_anew_and_every_device_is_logged_out(page: Page, product: Product) -> None:
    member = await new_member(product)
    await page.goto("/login")
    await page.get_by_role("main").get_by_role("link", name="password").click()
    await page.get_by_label("E-mail").fill(member.email)
    await page.get_by_role("main").get_by_role("button").click()
    await page.goto(await link_in_letter(product, member.email, "/reset/new"))
    await page.get_by_label("New password").fill("another quiet harbour")
    await page.get_by_role("main").get_by_role("button").click()
    await page.get_by_label("E-mail").fill(member.email)
    await page.get_by_label("Password").fill("another quiet harbour")
    await page.get_by_role("main").get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("button", name="Log out", exact=True)).to_be_visible()

    async with httpx.AsyncClient(base_url=product.web, cookies=member.cookies) as device:
        assert (await device.get("/account")).status_code == 303


@pytest.fixture
async def member(product: Product) -> Member:
    return await new_member(product)


@pytest.fixture(scope="module")
async def resident(product: Product) -> Member:
    """A member for tests that leave her as she is."""
    return await new_member(product)


@pytest.fixture
async def logged_in(browser: Browser, product: Product, member: Member) -> AsyncIterator[BrowserContext]:
    async with await browser.new_context(base_url=product.web, extra_http_headers=network()) as context:
        await context.add_cookies(member.browser_cookies(product))
        yield context


async def test_favourites_notes_and_history_are_kept_and_only_for_their_member(
    logged_in: BrowserContext, product: Product
) -> None:
    page = await logged_in.new_page()
    await opened(page, "J45.909")
    await page.get_by_role("button", name="Add to favourites").click()
    note = page.get_by_role("textbox", name="Note on J45.909")
    await note.fill("Ask for the <b>severity</b>.")
    await page.get_by_role("button", name="Save note").click()
    await expect(note).to_have_value("Ask for the <b>severity</b>.")
    await expect(page.get_by_role("button", name="Remove from favourites")).to_be_visible()

    for address in ("/account/history", "/account/favourites", "/account/notes"):
        await page.goto(address)
        await expect(page.get_by_role("main")).to_contain_text("Unspecified asthma, uncomplicated")
    await expect(page.get_by_role("main")).to_contain_text("Ask for the <b>severity</b>.")

    other = await new_member(product)
    async with httpx.AsyncClient(base_url=product.web, cookies=other.cookies) as http:
        for address in ("/account/history", "/account/favourites", "/account/notes", "/account/export"):
            assert "J45.909" not in (await http.get(address)).text


async def test_an_api_key_is_shown_once_opens_pages_and_stops_when_revoked(
    logged_in: BrowserContext, product: Product
) -> None:
    page = await logged_in.new_page()
    await page.goto("/account/keys")
    await page.get_by_label("Name").fill("nightly job")
    await page.get_by_label("Code pages").check()
    await page.get_by_role("button", name="Create key").click()
    secret = await page.locator(".secret").inner_text()
    assert secret.startswith("cak_")

    async with httpx.AsyncClient(base_url=product.web, headers={"authorization": f"Bearer {secret}"}) as http:
        answer = await http.get("/api/v1/codes/icd10cm/E11.9/page")
        assert answer.status_code == 200, answer.text
        assert answer.json()["notes"]["availability"] == "available"
        assert answer.headers["x-ratelimit-resource"] == "views"
        searched = await http.get("/api/v1/search", params={"query": "asthma"})
        assert searched.headers["x-ratelimit-resource"] == "calls"

        await page.goto("/account/keys")
        assert secret not in await page.content()
        await page.get_by_role("button", name="Revoke").click()
        await expect(page.get_by_role("main")).to_contain_text("The key is revoked")

        async def is_refused() -> bool:
            return (await http.get("/api/v1/search", params={"query": "asthma"})).status_code == 401

        await eventually(is_refused, within=5)


async def test_closing_the_account_deletes_it(logged_in: BrowserContext, product: Product, member: Member) -> None:
    page = await logged_in.new_page()
    await page.goto("/account/close")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button").click()
    await expect(page.get_by_role("banner").get_by_role("link", name="Log in")).to_be_visible()

    async with httpx.AsyncClient(base_url=product.web, headers=network()) as http:
        answer = await http.post("/login", data={"email": member.email, "password": PASSWORD})
    assert answer.status_code == 401


async def test_no_answer_tells_whether_an_address_has_an_account(product: Product, member: Member) -> None:
    async with httpx.AsyncClient(base_url=product.web, headers=network()) as http:
        for path, form in (
            ("/register", {"password": PASSWORD}),
            ("/reset", {}),
            ("/login", {"password": "not the password at all"}),
        ):
            stranger = new_email()
            known = await http.post(path, data={"email": member.email, **form})
            unknown = await http.post(path, data={"email": stranger, **form})
            assert known.status_code == unknown.status_code
            assert known.text.replace(member.email, "") == unknown.text.replace(stranger, "")
    assert len(await letters(product, member.email)) > 1  # the owner of the address is told


async def test_guessing_a_password_ends_after_five_tries(product: Product, member: Member) -> None:
    async with httpx.AsyncClient(base_url=product.web, headers=network()) as http:
        answers = [
            await http.post("/login", data={"email": member.email, "password": f"guess number {n}"}) for n in range(6)
        ]
        right = await http.post("/login", data={"email": member.email, "password": PASSWORD})

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0
    async with httpx.AsyncClient(base_url=product.web, headers=network()) as elsewhere:
        # Her own network is another one: whoever guesses cannot lock her out.
        answer = await elsewhere.post("/login", data={"email": member.email, "password": PASSWORD})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/%0d%0aSet-Cookie:x"],
)
async def test_logging_in_never_leads_to_another_site(product: Product, resident: Member, target: str) -> None:
    async with httpx.AsyncClient(base_url=product.web, headers=network()) as http:
        answer = await http.post(
            "/login", params={"next": target}, data={"email": resident.email, "password": PASSWORD, "next": target}
        )

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/")
    assert "evil" not in answer.headers["location"]
    assert answer.headers["location"][:2] not in ("//", "/\\")


@pytest.mark.parametrize("path", ["/login", "/register", "/reset", "/logout", "/codes/icd10cm/I10/favourite"])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-site", "origin": "https://evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
async def test_a_form_of_another_site_is_refused(
    product: Product, resident: Member, path: str, headers: dict[str, str]
) -> None:
    async with httpx.AsyncClient(base_url=product.web, cookies=resident.cookies, headers=headers) as http:
        answer = await http.post(path, data={"email": resident.email, "password": PASSWORD})

    assert answer.status_code == 403


async def test_a_session_planted_before_log_in_is_not_the_one_after_it(product: Product, member: Member) -> None:
    attacker = await new_member(product)
    async with httpx.AsyncClient(base_url=product.web, cookies=attacker.cookies, headers=network()) as victim:
        answer = await victim.post("/login", data={"email": member.email, "password": PASSWORD})
    given = {cookie.name: cookie for cookie in answer.cookies.jar}

    for name in ("codingahead_session", "codingahead_refresh"):
        assert given[name].value not in (attacker.cookies[name], member.cookies[name])
        assert given[name].has_nonstandard_attr("HttpOnly")
        assert given[name].get_nonstandard_attr("SameSite") == "lax"


async def test_cookies_are_secure_where_the_site_is(product: Product, resident: Member) -> None:
    async with httpx.AsyncClient(base_url=product.web, headers={**network(), "x-forwarded-proto": "https"}) as http:
        answer = await http.post("/login", data={"email": resident.email, "password": PASSWORD})

    assert answer.headers.get_list("set-cookie")
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize("name", ["codingahead_session", "codingahead_refresh"])
async def test_a_forged_session_is_a_guest(product: Product, resident: Member, name: str) -> None:
    value = resident.cookies[name]
    forged = value[:-8] + ("AAAAAAAA" if not value.endswith("AAAAAAAA") else "BBBBBBBB")
    async with httpx.AsyncClient(base_url=product.web, cookies={name: forged}) as http:
        answer = await http.get("/account")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("secret", ["cak_", "cak_0123_abc", "x", "cak_" + "0" * 32 + "_" + "A" * 43])
async def test_a_forged_key_is_refused(product: Product, secret: str) -> None:
    async with httpx.AsyncClient(base_url=product.web, headers={"authorization": f"Bearer {secret}"}) as http:
        answer = await http.get("/api/v1/search", params={"query": "asthma"})

    assert answer.status_code == 401
    assert answer.json()["reason"] == "KEY_NOT_VALID"


async def test_logging_out_everywhere_reaches_the_other_device(product: Product, member: Member) -> None:
    async with httpx.AsyncClient(base_url=product.web, headers=network()) as phone:
        await phone.post("/login", data={"email": member.email, "password": PASSWORD})
        assert (await phone.get("/account")).status_code == 200
        async with httpx.AsyncClient(base_url=product.web, cookies=member.cookies) as desk:
            await desk.post("/account/logout")

        async def is_out() -> bool:
            return (await phone.get("/account")).status_code == 303

        await eventually(is_out, within=5)


async def test_two_devices_share_one_balance(product: Product, member: Member) -> None:
    async with (
        httpx.AsyncClient(base_url=product.web, headers=network()) as phone,
        httpx.AsyncClient(base_url=product.web, cookies=member.cookies, headers=network()) as desk,
    ):
        await phone.post("/login", data={"email": member.email, "password": PASSWORD})
        await phone.get("/codes/icd10cm/E11.9")
        await desk.get("/codes/icd10cm/E11.9")
        await desk.get("/codes/icd10cm/J18.9")

        for device in (phone, desk):
            assert (await device.get("/api/v1/balance")).json()["remaining"] == 3


async def test_the_page_of_a_cpt_code_without_the_licensed_file(page: Page) -> None:
    await page.goto("/")
    await page.get_by_label("Search codes").fill("20553")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("link", name="20553").first.click()

    await expect(page.get_by_role("heading", level=1)).to_contain_text("20553")
    await expect(page.get_by_role("main")).to_contain_text("The official description needs the licensed CPT file")
    await expect(page.get_by_role("region", name="Common language description")).to_contain_text("muscle")
    await expect(page.locator(".badge.header")).to_have_count(0)


async def test_every_page_of_accounts_can_be_read_on_a_phone(
    browser: Browser, product: Product, member: Member
) -> None:
    viewport: ViewportSize = {"width": PHONE_WIDTH, "height": 740}
    async with await browser.new_context(
        base_url=product.web, viewport=viewport, extra_http_headers=network()
    ) as context:
        page = await context.new_page()

        async def look(path: str) -> None:
            await page.goto(path)
            assert await faults(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH, path

        for path in ("/register", "/login", "/reset", "/confirm?token=x", "/reset/new?token=x", "/codes/cpt/20553"):
            await look(path)
        await context.add_cookies(member.browser_cookies(product))
        for path in (
            "/account",
            "/account/keys",
            "/account/password",
            "/account/history",
            "/account/favourites",
            "/account/notes",
            "/account/close",
            "/codes/icd10cm/E11.9",
        ):
            await look(path)
