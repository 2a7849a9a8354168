"""The pages of accounts, over real connections, with a stand-in for accounts."""

import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import quote

import httpx
import pytest
from codingahead.accounts.v1 import accounts_pb2 as accounts
from codingahead.assistant.v1 import assistant_pb2 as assistant

from services.gateway.identity import COOKIE
from services.gateway.sessions import REFRESH_COOKIE, SESSION_COOKIE
from tests.integration.gateway_accounts import PASSWORD
from tests.integration.gateway_stack import Gateway, running

EMAIL = "coder@example.org"
CODE = "/codes/icd10cm/E11.9"
HOSTILE = "</textarea><script>alert(1)</script>\"'&"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running(register_views=5) as gateway:
        yield gateway


@pytest.fixture
def subject(gateway: Gateway) -> str:
    return gateway.accounts.add_member(EMAIL)


def is_logged_in(browser: httpx.AsyncClient) -> bool:
    return SESSION_COOKIE in browser.cookies and REFRESH_COOKIE in browser.cookies


def goes_to(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("location", "")


async def registered(gateway: Gateway, browser: httpx.AsyncClient) -> str:
    """Register in a browser; return the token of the link in the letter."""
    await browser.get("/register")
    answer = await browser.post("/register", data={"email": EMAIL, "password": PASSWORD})
    assert goes_to(answer) == (303, "/register/sent")
    return gateway.accounts.links[EMAIL][-1]


async def test_registering_in_one_browser_needs_no_more_than_the_link(
    gateway: Gateway, guest: httpx.AsyncClient
) -> None:
    token = await registered(gateway, guest)
    sent = await guest.get("/register/sent")
    opened = await guest.get("/confirm", params={"token": token})
    asked_before = [each for each in gateway.accounts.asked if isinstance(each, accounts.ConfirmEmailRequest)]
    confirmed = await guest.post("/confirm", data={"token": token})
    account = await guest.get(confirmed.headers["location"])

    assert EMAIL not in sent.text
    assert f'<input type="hidden" name="token" value="{token}">' in opened.text
    assert asked_before == []
    assert goes_to(confirmed) == (303, "/account?notice=welcome")
    assert is_logged_in(guest)
    assert "Welcome to Coding Ahead" in account.text
    assert "5 of 5 remaining" in account.text


async def test_the_link_in_another_browser_needs_the_password(gateway: Gateway, guest: httpx.AsyncClient) -> None:
    token = await registered(gateway, guest)

    async with gateway.browser() as other:
        link_alone = await other.post("/confirm", data={"token": token})
        wrong = await other.post("/confirm", data={"token": token, "password": "another pass phrase"})
        right = await other.post("/confirm", data={"token": token, "password": PASSWORD})

    assert (link_alone.status_code, wrong.status_code) == (401, 401)
    assert 'autocomplete="current-password"' in link_alone.text
    assert 'role="alert"' not in link_alone.text
    assert "not the password that you chose" in wrong.text
    assert "another pass phrase" not in wrong.text
    assert goes_to(right) == (303, "/account?notice=welcome")


async def test_a_refused_registration_keeps_the_address_and_never_the_password(guest: httpx.AsyncClient) -> None:
    answer = await guest.post("/register", data={"email": EMAIL, "password": "qwert"})

    assert answer.status_code == 400
    assert f'value="{EMAIL}"' in answer.text
    assert "qwert" not in answer.text
    password = next(tag for tag in re.findall(r"<input[^>]*>", answer.text) if 'name="password"' in tag)
    assert 'aria-invalid="true"' in password
    assert 'aria-describedby="password-hint password-fault"' in password
    assert '<a href="#password">Password: Expected 10 to 128 characters.</a>' in answer.text
    assert '<p class="fault" id="password-fault">Expected 10 to 128 characters.</p>' in answer.text


@pytest.mark.parametrize(("path", "way"), [("/confirm", "/register"), ("/reset/new", "/reset")])
async def test_a_link_that_is_not_valid_any_more_leads_to_another(
    guest: httpx.AsyncClient, path: str, way: str
) -> None:
    answer = await guest.post(path, data={"token": "used", "new_password": PASSWORD})

    assert answer.status_code == 422
    assert "This link is not valid any more" in answer.text
    assert f'<a href="{way}">' in answer.text


async def test_logging_in_leads_on_to_the_page_that_asked_for_it(
    gateway: Gateway, guest: httpx.AsyncClient, subject: str
) -> None:
    form = await guest.get("/login", params={"next": f"{CODE}?effective_on=2026-05-01"})
    carried = unescape(re.findall(r'name="next" value="([^"]*)"', form.text)[0])
    answer = await guest.post("/login", data={"email": EMAIL, "password": PASSWORD, "next": carried})
    page = await guest.get(answer.headers["location"])

    assert goes_to(answer) == (303, f"{CODE}?effective_on=2026-05-01")
    assert page.status_code == 200
    assert gateway.lookup.subjects == [subject]
    for cookie in answer.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


@pytest.mark.parametrize(
    "elsewhere",
    ["https://other.example/", "//other.example", "/\\other.example", "/\t/other.example", "javascript:alert(1)"],
)
@pytest.mark.usefixtures("subject")
async def test_logging_in_leads_to_no_other_site(guest: httpx.AsyncClient, elsewhere: str) -> None:
    fresh = await guest.post("/login", data={"email": EMAIL, "password": PASSWORD, "next": elsewhere})
    again = await guest.get("/login", params={"next": elsewhere})

    assert goes_to(fresh) == (303, "/")
    assert goes_to(again) == (303, "/account")


@pytest.mark.usefixtures("subject")
async def test_a_wrong_password_and_a_strange_address_are_told_alike(guest: httpx.AsyncClient) -> None:
    told = []
    for email in (EMAIL, "nobody@example.org"):
        answer = await guest.post("/login", data={"email": email, "password": "wrong pass phrase"})
        told.append((answer.status_code, answer.text.replace(email, "")))

    assert told[0] == told[1]
    assert told[0][0] == 401
    assert not is_logged_in(guest)


async def test_an_address_that_waits_for_its_link_is_told_what_to_do(
    gateway: Gateway, guest: httpx.AsyncClient
) -> None:
    await registered(gateway, guest)
    answer = await guest.post("/login", data={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 422
    assert "This address is not confirmed yet." in answer.text


async def test_logging_in_again_ends_the_session_before(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    before = member.cookies[REFRESH_COOKIE]
    await member.post("/login", data={"email": EMAIL, "password": PASSWORD})

    assert before not in gateway.accounts.sessions
    assert [held[0] for held in gateway.accounts.sessions.values()] == [subject]


async def test_logging_out_ends_the_session_and_makes_a_guest(gateway: Gateway, member: httpx.AsyncClient) -> None:
    answer = await member.post("/logout")
    page = await member.get(answer.headers["location"])

    assert goes_to(answer) == (303, "/?notice=logged-out")
    assert gateway.accounts.sessions == {}
    assert not is_logged_in(member)
    assert "You are logged out." in page.text
    assert "Log in</a>" in page.text


async def test_a_forgotten_password_is_replaced_by_the_link_of_a_letter(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    asked = await member.post("/reset", data={"email": EMAIL})
    unknown = await member.post("/reset", data={"email": "nobody@example.org"})
    token = gateway.accounts.links[EMAIL][-1]
    form = await member.get("/reset/new", params={"token": token})
    short = await member.post("/reset/new", data={"token": token, "new_password": "short"})
    answer = await member.post("/reset/new", data={"token": token, "new_password": "another pass phrase"})
    page = await member.get(answer.headers["location"])

    assert goes_to(asked) == goes_to(unknown) == (303, "/reset/sent")
    assert f'value="{token}"' in form.text
    assert short.status_code == 400
    assert f'value="{token}"' in short.text
    assert goes_to(answer) == (303, "/login?notice=password-reset")
    assert "Your new password is set." in page.text
    assert not is_logged_in(member)


PRIVATE_PAGES = (
    "/account",
    "/account/password",
    "/account/close",
    "/account/keys",
    "/account/history",
    "/account/favourites",
    "/account/notes",
    "/account/export",
    f"{CODE}/note",
)


@pytest.mark.parametrize("path", PRIVATE_PAGES)
async def test_pages_of_an_account_are_kept_nowhere_and_guests_log_in_first(
    member: httpx.AsyncClient, guest: httpx.AsyncClient, path: str
) -> None:
    own, refused = await member.get(path), await guest.get(path)

    assert (own.status_code, own.headers["cache-control"]) == (200, "no-store")
    assert goes_to(refused) == (303, f"/login?next={path.replace('/', '%2F')}")


@pytest.mark.parametrize("path", ["/register", "/register/sent", "/login", "/confirm", "/reset", "/reset/new"])
async def test_the_ways_into_an_account_are_kept_nowhere(guest: httpx.AsyncClient, path: str) -> None:
    answer = await guest.get(path)

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize(
    ("path", "then"),
    [
        (f"{CODE}/favourite", CODE),
        (f"{CODE}/note", CODE),
        ("/account/history/clear", "/account"),
        ("/account/keys", "/account"),
        ("/account/logout", "/account"),
    ],
)
async def test_what_guests_send_changes_nothing_and_asks_them_to_log_in(
    gateway: Gateway, guest: httpx.AsyncClient, path: str, then: str
) -> None:
    answer = await guest.post(path, data={"favourite": "true", "text": "x", "name": "x", "scopes": "codes"})

    assert goes_to(answer) == (303, f"/login?next={then.replace('/', '%2F')}")
    assert gateway.accounts.asked == []


@pytest.mark.usefixtures("subject")
async def test_another_site_cannot_send_a_form_for_its_reader(gateway: Gateway, member: httpx.AsyncClient) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://other.example"}):
        answer = await member.post("/logout", headers=headers)
        assert answer.status_code == 403

    assert len(gateway.accounts.sessions) == 1


async def test_a_secret_is_shown_once(gateway: Gateway, member: httpx.AsyncClient) -> None:
    made = await member.post("/account/keys", data={"name": "Scrubber <1>", "scopes": ["codes", "pages"]})
    (secret,) = gateway.accounts.keys
    later = await member.get("/account/keys")

    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    assert f'<code class="secret">{secret}</code>' in made.text
    assert f'data-copy="{secret}"' in made.text
    assert secret not in later.text
    assert f"…{secret[-4:]}" in later.text
    assert "Scrubber &lt;1&gt;" in later.text
    assert "codes, pages" in later.text


async def test_a_key_without_a_name_or_scope_is_not_made(gateway: Gateway, member: httpx.AsyncClient) -> None:
    nameless = await member.post("/account/keys", data={"name": "", "scopes": "pages"})
    scopeless = await member.post("/account/keys", data={"name": "Scrubber"})

    assert (nameless.status_code, scopeless.status_code) == (400, 400)
    assert re.search(r'value="pages"[^>]* checked', nameless.text)
    assert 'value="Scrubber"' in scopeless.text
    assert '<a href="#scopes">Scopes: Expected at least one of codes, pages.</a>' in scopeless.text
    assert gateway.accounts.keys == {}


async def test_keys_are_revoked_by_their_owner_alone(gateway: Gateway, member: httpx.AsyncClient, subject: str) -> None:
    own = gateway.accounts.add_key(subject, "codes")
    other = gateway.accounts.add_key(gateway.accounts.add_member("other@example.org"), "codes")
    of = {secret: key.id for secret, (_, key) in gateway.accounts.keys.items()}

    assert goes_to(await member.post(f"/account/keys/{of[own]}/revoke")) == (303, "/account/keys?notice=key-revoked")
    assert (await member.post(f"/account/keys/{of[other]}/revoke")).status_code == 404
    assert list(gateway.accounts.keys) == [other]


async def test_the_password_is_changed_by_the_one_before(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    wrong = await member.post(
        "/account/password", data={"current_password": "x", "new_password": "another pass phrase"}
    )
    right = await member.post(
        "/account/password", data={"current_password": PASSWORD, "new_password": "another pass phrase"}
    )

    assert wrong.status_code == 401
    assert '<p class="fault" id="current_password-fault">This is not your current password.</p>' in wrong.text
    assert goes_to(right) == (303, "/account?notice=password-changed")
    asked = gateway.accounts.asked[-1]
    assert isinstance(asked, accounts.ChangePasswordRequest)
    assert (asked.subject, asked.session_id) == (subject, gateway.accounts.sessions[member.cookies[REFRESH_COOKIE]][1])


async def test_logging_out_everywhere_ends_every_session(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    gateway.accounts.log_in_as(subject)

    assert goes_to(await member.post("/account/logout")) == (303, "/login?notice=logged-out-everywhere")
    assert gateway.accounts.sessions == {}
    assert not is_logged_in(member)


async def test_the_export_is_a_file_with_everything_that_is_kept(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    gateway.accounts.add_key(subject, "codes", name="Scrubber")
    gateway.accounts.favourites[subject] = ["icd10cm:E11.9"]
    gateway.accounts.notes[subject] = {"icd10cm:I10": "A note"}
    gateway.accounts.opened[subject] = ["icd10cm:E11.8"]
    gateway.assistant.conversations[subject] = [
        assistant.Conversation(
            conversation_id=f"c{number}", turns=[assistant.ConversationTurn(question="What is I10?")]
        )
        for number in range(21)
    ]

    answer = await member.get("/account/export")
    document = answer.json()
    kept = document["account"]

    assert answer.headers["content-disposition"] == 'attachment; filename="coding-ahead-account.json"'
    assert kept["account"]["email"] == EMAIL
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", kept["account"]["registered_at"])
    assert [key["name"] for key in kept["account"]["api_keys"]] == ["Scrubber"]
    assert [page["page"] for page in kept["history"]] == ["icd10cm:E11.8"]
    assert [page["page"] for page in kept["favourites"]] == ["icd10cm:E11.9"]
    assert [(note["page"], note["text"]) for note in kept["notes"]] == [("icd10cm:I10", "A note")]
    assert [one["conversation_id"] for one in document["conversations"]] == [f"c{number}" for number in range(21)]
    assert {one["turns"][0]["question"] for one in document["conversations"]} == {"What is I10?"}
    assert (document["views"]["limit"], document["views"]["remaining"]) == (5, 5)


async def test_an_account_is_closed_by_its_password(gateway: Gateway, member: httpx.AsyncClient) -> None:
    wrong = await member.post("/account/close", data={"password": "x"})
    right = await member.post("/account/close", data={"password": PASSWORD})

    assert wrong.status_code == 401
    assert "This is not your password." in wrong.text
    assert goes_to(right) == (303, "/?notice=account-closed")
    assert gateway.accounts.members == {}
    assert not is_logged_in(member)


async def test_a_favourite_is_added_on_its_page_and_removed_in_the_list(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    before = await member.get(CODE)
    added = await member.post(f"{CODE}/favourite", data={"favourite": "true"})
    kept = list(gateway.accounts.favourites[subject])
    after = await member.get(CODE)
    listed = await member.get("/account/favourites")
    removed = await member.post(f"{CODE}/favourite", data={"favourite": "false", "next": "/account/favourites"})

    assert "Add to favourites" in before.text
    assert goes_to(added) == (303, CODE)
    assert kept == ["icd10cm:E11.9"]
    assert "Remove from favourites" in after.text
    assert "Type 2 diabetes mellitus without complications" in listed.text
    assert goes_to(removed) == (303, "/account/favourites")
    assert gateway.accounts.favourites[subject] == []


async def test_a_note_is_shown_as_it_was_written_and_never_as_markup(member: httpx.AsyncClient) -> None:
    saved = await member.post(f"{CODE}/note", data={"text": f"\n{HOSTILE}", "next": f"{CODE}#note"})
    pages = [await member.get(path) for path in (CODE, "/account/notes", f"{CODE}/note")]

    assert goes_to(saved) == (303, f"{CODE}#note")
    for page in pages:
        assert "<script>alert" not in page.text
        assert HOSTILE in unescape(page.text)
    # The line end after the tag is not part of the text; the one after that is.
    assert re.search(r"<textarea[^>]*>\n\n&lt;/textarea", pages[0].text)


async def test_a_note_that_is_refused_is_not_lost(gateway: Gateway, member: httpx.AsyncClient) -> None:
    long = await member.post(f"{CODE}/note", data={"text": "x" * 2_001})
    gateway.accounts.away = True
    unsaved = await member.post(f"{CODE}/note", data={"text": "A thought"})

    assert (long.status_code, unsaved.status_code) == (400, 503)
    assert "x" * 2_001 in long.text
    assert "Expected up to 2000 characters." in long.text
    assert "A thought</textarea>" in unsaved.text
    assert "That did not go through" in unsaved.text


async def test_a_code_page_comes_without_the_marks_while_accounts_is_away(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    gateway.accounts.away = True
    page, account = await member.get(CODE), await member.get("/account")

    assert page.status_code == 200
    assert "gestational diabetes" in page.text
    assert "Favourites and notes are not available at the moment." in page.text
    assert "Add to favourites" not in page.text
    assert account.status_code == 503


async def test_the_history_goes_on_page_by_page_and_names_what_it_can(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    gateway.accounts.opened[subject] = ["icd10cm:I10", "icd10cm:Q99.99", "cpt:99213"] * 20
    first = await member.get("/account/history")
    (following,) = re.findall(r'href="([^"]*)">More</a>', first.text)
    last = await member.get(unescape(following))
    cleared = await member.post("/account/history/clear")

    assert [page.text.count('<span class="code">') for page in (first, last)] == [50, 10]
    assert "Essential (primary) hypertension" in first.text
    assert 'href="/codes/cpt/99213"' in first.text
    assert "Title not loaded here" in first.text
    assert ">More</a>" not in last.text
    assert goes_to(cleared) == (303, "/account/history?notice=history-cleared")
    assert subject not in gateway.accounts.opened


async def test_whose_account_it_is_the_session_says_and_nothing_else(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    other = gateway.accounts.add_member("other@example.org")
    gateway.accounts.notes[other] = {"icd10cm:I10": "A secret of another"}

    for path in PRIVATE_PAGES:
        assert "A secret of another" not in (await member.get(path, params={"subject": other})).text
    await member.post(f"{CODE}/note", data={"text": "Mine", "subject": other})

    assert gateway.accounts.notes[subject] == {"icd10cm:E11.9": "Mine"}
    assert "icd10cm:E11.9" not in gateway.accounts.notes[other]


@pytest.mark.parametrize(
    "path",
    [
        "/login?next={}",
        "/confirm?token={}",
        "/reset/new?token={}",
        "/account?notice={}",
        "/account/notes?page_token={}",
    ],
)
async def test_nothing_that_an_address_says_becomes_markup(member: httpx.AsyncClient, path: str) -> None:
    answer = await member.get(path.format(quote("<script>alert(1)</script>")))

    assert "<script>alert" not in answer.text


async def test_a_member_has_no_use_for_registering(member: httpx.AsyncClient) -> None:
    assert goes_to(await member.get("/register")) == (303, "/account")
    assert goes_to(await member.get("/login")) == (303, "/account")


async def test_a_new_browser_that_registers_is_known_when_it_confirms(
    gateway: Gateway, guest: httpx.AsyncClient
) -> None:
    answer = await guest.post("/register", data={"email": EMAIL, "password": PASSWORD})
    confirmed = await guest.post("/confirm", data={"token": gateway.accounts.links[EMAIL][-1]})

    assert COOKIE in answer.cookies
    assert goes_to(confirmed) == (303, "/account?notice=welcome")


async def test_a_body_that_is_no_form_is_told_as_a_page(guest: httpx.AsyncClient) -> None:
    answer = await guest.post("/login", content=b"email=" + b"x" * 100_000)

    assert answer.status_code == 400
    assert "expected a form of at most" in answer.text
