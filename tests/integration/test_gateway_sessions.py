"""Members at the gateway by their sessions, over real connections, with stand-ins for what is behind it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from codingahead.accounts.v1 import accounts_pb2 as accounts
from codingahead.events.v1 import events_pb2

from services.gateway.identity import COOKIE
from services.gateway.sessions import REFRESH_COOKIE, SESSION_COOKIE
from services.runtime.events import bus as events
from services.runtime.tasks import end
from services.runtime.tokens import AccessToken, Signer
from tests.integration.gateway_accounts import PASSWORD, SIGNER
from tests.integration.gateway_stack import LOG, Gateway, running
from tests.support import eventually

PAGE = "/api/v1/codes/icd10cm/E11.9/page"
OTHER_PAGE = "/api/v1/codes/icd10cm/I10/page"
BATCH = "/api/v1/codes/icd10cm/batch"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as gateway:
        yield gateway


def access_token(subject: str, issued: float = -10, ends: float = -5, session_id: str = "s1") -> str:
    """Return a token that was issued, and ends, so many minutes from now; usually one that has ended."""
    now = datetime.now(UTC)
    times = (now + timedelta(minutes=minutes) for minutes in (issued, ends))
    return SIGNER.sign(AccessToken(subject, "member", session_id, *times))


def revoked(subject: str, session_id: str = "") -> events_pb2.SessionRevoked:
    event = events_pb2.SessionRevoked(subject=subject, session_id=session_id)
    event.revoked_at.GetCurrentTime()
    return event


def refreshes(gateway: Gateway) -> int:
    return sum(isinstance(request, accounts.RefreshSessionRequest) for request in gateway.accounts.asked)


def cookies_set(answer: httpx.Response) -> dict[str, str]:
    """Return what the cookies of an answer are set to, by name; empty for one that is taken back."""
    lines = answer.headers.get_list("set-cookie")
    pairs = [line.split(";")[0].partition("=") for line in lines]
    assert len({name for name, _, _ in pairs}) == len(lines)
    return {name: value.strip('"') for name, _, value in pairs}


def availability(answer: httpx.Response) -> str:
    word: str = answer.json()["notes"]["availability"]
    return word


async def test_a_guest_sees_the_descriptions_and_a_member_all_sections(gateway: Gateway) -> None:
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    guest = await gateway.http.get(PAGE)
    async with gateway.browser(session) as browser:
        member = await browser.get(PAGE)

    assert "gestational diabetes" not in guest.text
    assert (availability(guest), availability(member)) == ("locked", "available")
    assert guest.json()["official_description"]["availability"] == "available"
    assert guest.json()["common_language_description"]["availability"] == "available"
    assert "gestational diabetes" in member.text


async def test_a_section_that_is_asked_for_and_not_open_is_locked(gateway: Gateway) -> None:
    answer = await gateway.http.get(f"{PAGE}?section=notes")

    assert (answer.status_code, availability(answer)) == (200, "locked")
    assert "gestational diabetes" not in answer.text


async def test_the_devices_of_a_member_share_its_views_and_no_network(gateway: Gateway) -> None:
    gateway.quota.cap = 0
    subject = gateway.accounts.add_member()

    for path in (PAGE, "/codes/icd10cm/I10"):
        async with gateway.browser(gateway.accounts.log_in_as(subject)) as device:
            assert (await device.get(path)).status_code == 200

    assert {(view.subject, view.plan, view.network) for view in gateway.quota.asked} == {(subject, "member", "")}
    assert gateway.lookup.subjects == [subject, subject]


async def test_a_member_at_the_limit_is_told_its_own(gateway: Gateway) -> None:
    gateway.quota.member_limit = 0
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    async with gateway.browser(session) as browser:
        answer = await browser.get(PAGE)

    assert answer.status_code == 429
    assert answer.json()["detail"] == ("0 code page views remaining. Member accounts are limited to 0 page views.")


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "a.b.c",
        "\xff\xfe",
        "e" * 4000,
        Signer(bytes(32)).sign(AccessToken("member:1", "member", "s", *[datetime.now(UTC)] * 2)),
    ],
    ids=["empty", "nothing", "three parts", "no text", "long", "another key"],
)
async def test_a_forged_session_is_no_session_and_is_taken_back(gateway: Gateway, forged: str) -> None:
    for cookie in (SESSION_COOKIE, REFRESH_COOKIE):
        answer = await gateway.http.get(PAGE, headers=[(b"cookie", f"{cookie}={forged}".encode("latin-1"))])

        assert (answer.status_code, availability(answer)) == (200, "locked")
        assert cookies_set(answer) == (
            {SESSION_COOKIE: "", REFRESH_COOKIE: ""} if forged or cookie == SESSION_COOKIE else {}
        )
    assert all(view.plan == "guest" for view in gateway.quota.asked)


async def test_a_session_that_has_ended_is_no_session_and_is_taken_back(gateway: Gateway) -> None:
    subject = gateway.accounts.add_member()
    session = gateway.accounts.log_in_as(subject)
    session.access_token = access_token(subject)
    gateway.accounts.end_sessions(subject)

    async with gateway.browser(session) as browser:
        answer = await browser.get(PAGE)
        again = await browser.get(PAGE)

    assert availability(answer) == "locked"
    assert cookies_set(answer) == {SESSION_COOKIE: "", REFRESH_COOKIE: ""}
    assert (cookies_set(again), refreshes(gateway)) == ({}, 1)


@pytest.mark.parametrize("access", ["ended", "forged", "absent"])
async def test_a_session_is_refreshed_when_its_access_token_is_not_good(gateway: Gateway, access: str) -> None:
    subject = gateway.accounts.add_member()
    session = gateway.accounts.log_in_as(subject)
    session.access_token = {"ended": access_token(subject), "forged": "x", "absent": ""}[access]

    async with gateway.browser(session) as browser:
        if access == "absent":
            browser.cookies.delete(SESSION_COOKIE)
        first, second = await browser.get(PAGE), await browser.get("/")

    cookies = cookies_set(first)
    assert availability(first) == "available"
    assert cookies.keys() == {SESSION_COOKIE, REFRESH_COOKIE}
    assert cookies[REFRESH_COOKIE] != session.refresh_token
    assert (second.status_code, cookies_set(second), refreshes(gateway)) == (200, {}, 1)


async def test_requests_that_a_browser_sends_together_share_one_refresh(gateway: Gateway) -> None:
    subject = gateway.accounts.add_member()
    session = gateway.accounts.log_in_as(subject)
    session.access_token = access_token(subject)

    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(gateway.browser(session)) for _ in range(8)]
        answers = await asyncio.gather(*(tab.get(PAGE) for tab in tabs))

    assert {availability(answer) for answer in answers} == {"available"}
    assert len({cookies_set(answer)[REFRESH_COOKIE] for answer in answers}) == 1
    assert refreshes(gateway) == 1


@pytest.mark.parametrize("https", [False, True])
async def test_the_cookies_of_a_session_are_guarded(https: bool) -> None:
    async with running(trusted_proxies=1) as gateway:
        subject = gateway.accounts.add_member()
        session = gateway.accounts.log_in_as(subject)
        session.access_token = access_token(subject)
        async with gateway.browser(session) as browser:
            answer = await browser.get(PAGE, headers={"x-forwarded-proto": "https" if https else "http"})

    lines = answer.headers.get_list("set-cookie")
    assert len(lines) == 2
    for line in lines:
        attributes = dict(part.partition("=")[::2] for part in line.split("; ")[1:])
        assert attributes.keys() >= {"HttpOnly"}
        assert (attributes["SameSite"], attributes["Path"]) == ("lax", "/")
        assert "Domain" not in attributes
        assert ("Secure" in attributes) is https
        assert timedelta(days=29) < timedelta(seconds=int(attributes["Max-Age"])) <= timedelta(days=30)


async def test_cookies_that_were_planted_are_replaced_by_logging_in(gateway: Gateway) -> None:
    planted = gateway.accounts.log_in_as(gateway.accounts.add_member("attacker@example.org"))
    planted.access_token = access_token("member:attacker")
    own = gateway.accounts.add_member()

    async with gateway.browser(planted) as browser:
        answer = await browser.post("/login", data={"email": "coder@example.org", "password": PASSWORD})
        await browser.get(PAGE)

    cookies = cookies_set(answer)
    assert gateway.accounts.sessions[cookies[REFRESH_COOKIE]][0] == own
    assert cookies.keys() == {SESSION_COOKIE, REFRESH_COOKIE}
    assert gateway.quota.asked[-1].subject == own


async def test_logging_out_ends_the_session_that_was_just_refreshed(gateway: Gateway) -> None:
    subject = gateway.accounts.add_member()
    session = gateway.accounts.log_in_as(subject)
    session.access_token = access_token(subject)

    async with gateway.browser(session) as browser:
        answer = await browser.post("/logout")

    assert cookies_set(answer) == {SESSION_COOKIE: "", REFRESH_COOKIE: ""}
    assert gateway.accounts.sessions == {}


async def test_what_is_the_same_for_everyone_leaves_the_session_alone(gateway: Gateway) -> None:
    subject = gateway.accounts.add_member()
    session = gateway.accounts.log_in_as(subject)
    session.access_token = access_token(subject)

    async with gateway.browser(session) as browser:
        for path in ("/static/app.css", "/api/docs", "/api/openapi.json", "/healthz", "/readyz"):
            answer = await browser.get(path)
            assert (answer.status_code, cookies_set(answer)) == (200, {})

    assert refreshes(gateway) == 0


async def test_a_revocation_ends_one_session_or_all_of_a_member(gateway: Gateway) -> None:
    subject = gateway.accounts.add_member()
    one, other = (gateway.accounts.log_in_as(subject) for _ in range(2))
    one_id = gateway.accounts.sessions[one.refresh_token][1]
    gateway.accounts.end_sessions(subject)

    async def seen_by(session: accounts.Session) -> str:
        async with gateway.browser(session) as browser:
            return availability(await browser.get(PAGE))

    assert (await seen_by(one), await seen_by(other)) == ("available", "available")
    gateway.tell(revoked(subject, one_id))
    assert (await seen_by(one), await seen_by(other)) == ("locked", "available")
    gateway.tell(revoked(subject))
    assert await seen_by(other) == "locked"
    assert await seen_by(gateway.accounts.log_in_as(gateway.accounts.add_member("b@example.org"))) == "available"


async def test_an_older_revocation_does_not_undo_a_newer_one(gateway: Gateway) -> None:
    subject = gateway.accounts.add_member()
    session = gateway.accounts.log_in_as(subject)
    session.access_token = access_token(subject, issued=-1, ends=4)
    gateway.accounts.end_sessions(subject)
    older = revoked(subject)
    older.revoked_at.FromDatetime(datetime.now(UTC) - timedelta(hours=1))

    for event in (revoked(subject), older):
        gateway.tell(event)

    async with gateway.browser(session) as browser:
        assert availability(await browser.get(PAGE)) == "locked"


async def test_a_change_of_plan_counts_with_the_next_request(gateway: Gateway) -> None:
    subject = gateway.accounts.add_member()
    async with gateway.browser(gateway.accounts.log_in_as(subject)) as browser:
        await browser.get(PAGE)
        gateway.accounts.members[subject].plan = "subscriber"
        gateway.tell(revoked(subject))
        await browser.get(PAGE)
        await browser.get(PAGE)

    assert [view.plan for view in gateway.quota.asked] == ["member", "subscriber", "subscriber"]
    assert refreshes(gateway) == 1


async def test_a_revocation_is_heard_over_the_bus_and_by_a_gateway_that_starts_later(clean_nats: str) -> None:
    async with events.connect(clean_nats, LOG, "accounts") as bus, running() as gateway, running() as later:
        subjects = [gateway.accounts.add_member(f"{number}@example.org") for number in range(2)]
        sessions = [gateway.accounts.log_in_as(subject) for subject in subjects]
        for number in range(2):
            later.accounts.add_member(f"{number}@example.org")

        async def is_guest(at: Gateway, session: accounts.Session) -> bool:
            cookie = f"{SESSION_COOKIE}={session.access_token}"
            return availability(await at.http.get(PAGE, headers={"cookie": cookie})) == "locked"

        following = [asyncio.create_task(gateway.sessions.follow(bus))]
        try:
            assert not await is_guest(gateway, sessions[0])
            await bus.publish(revoked(subjects[0]), "one")
            await eventually(lambda: is_guest(gateway, sessions[0]))
            assert not await is_guest(gateway, sessions[1])

            assert not await is_guest(later, sessions[0])
            following.append(asyncio.create_task(later.sessions.follow(bus)))
            await eventually(lambda: is_guest(later, sessions[0]))
        finally:
            await end(following)


@pytest.mark.parametrize(
    ("issued", "ends", "seen"),
    [
        (-1, 4, "available"),
        (-64, -59, "available"),
        (-66, -61, "locked"),
        (-121, 1, "locked"),
    ],
    ids=["good", "ended lately", "ended long ago", "issued too long ago"],
)
async def test_while_accounts_is_away_a_token_that_ended_lately_still_counts(
    gateway: Gateway, issued: float, ends: float, seen: str
) -> None:
    subject = gateway.accounts.add_member()
    session = gateway.accounts.log_in_as(subject)
    session.access_token = access_token(subject, issued=issued, ends=ends)
    gateway.accounts.away = True

    async with gateway.browser(session) as browser:
        answer = await browser.get(PAGE)

    assert (answer.status_code, availability(answer), cookies_set(answer)) == (200, seen, {})


async def test_while_accounts_is_away_a_void_token_does_not_count(gateway: Gateway) -> None:
    subject = gateway.accounts.add_member()
    session = gateway.accounts.log_in_as(subject)
    session.access_token = access_token(subject, issued=-1, ends=4)
    gateway.accounts.away = True
    gateway.tell(revoked(subject))

    async with gateway.browser(session) as browser:
        answer = await browser.get(PAGE)

    assert (answer.status_code, availability(answer), cookies_set(answer)) == (200, "locked", {})


async def test_a_member_is_not_asked_for_the_cookie_of_a_guest(gateway: Gateway) -> None:
    session = gateway.accounts.log_in_as(gateway.accounts.add_member())

    async with gateway.browser(session) as browser:
        browser.cookies.set(COOKIE, "forged", "127.0.0.1")
        for path in (PAGE, "/codes/icd10cm/I10"):
            assert (await browser.get(path)).status_code == 200


CROSS_SITE = [
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"sec-fetch-site": "", "origin": "http://gateway.example"}, 403),
    ({"sec-fetch-site": "cross-site", "origin": "http://gateway.example"}, 403),
    ({"sec-fetch-site": "same-origin", "origin": "null"}, 200),
    ({"sec-fetch-site": "none"}, 200),
    ({"origin": "http://gateway.example"}, 200),
    ({"origin": "https://gateway.example"}, 200),
    ({"origin": "http://gateway.example:8080"}, 403),
    ({"origin": "http://evil.example"}, 403),
    ({"origin": "http://gateway.example.evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "http://["}, 403),
    ({}, 200),
]


async def test_what_a_page_of_another_site_sends_is_refused(gateway: Gateway) -> None:
    for headers, status in CROSS_SITE:
        answer = await gateway.http.post(BATCH, json={"codes": ["I10"]}, headers={"host": "gateway.example", **headers})

        assert answer.status_code == status, headers
        assert status == 200 or answer.json()["reason"] == "CROSS_SITE_REQUEST"


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 403), ("PUT", 403), ("DELETE", 403)]
)
async def test_only_methods_that_change_something_are_refused_across_sites(
    gateway: Gateway, method: str, status: int
) -> None:
    answer = await gateway.http.request(method, "/login", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == status
    assert gateway.accounts.asked == []
