from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.identity import COOKIE, MEMBER, Caller, Identity
from services.gateway.settings import GatewaySettings
from services.runtime import context
from services.runtime.errors import Refusal
from services.runtime.tokens import AccessToken, Signer

SECRET = "0123456789abcdef0123456789abcdef"
KEY = Signer(bytes(32)).public_key


def identity(secret: str = SECRET, **settings: Any) -> Identity:
    return Identity(GatewaySettings.model_validate({"cookie_secret": secret, "session_public_keys": KEY, **settings}))


def request(address: str = "192.0.2.1", scheme: str = "http", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "scheme": scheme, "path": "/", "client": (address, 5000), "headers": raw})


def test_a_browser_keeps_its_subject_and_its_first_network_wherever_it_goes() -> None:
    who = identity()
    first = who.of_request(request("192.0.2.1"))

    again = who.of_request(request("203.0.113.9", cookie=f"{COOKIE}={first.new_cookie}"))

    assert (again.subject, again.network, again.plan) == (first.subject, first.network, "guest")
    assert again.new_cookie is None


def test_two_browsers_of_a_network_are_two_guests_of_one_network() -> None:
    who = identity()

    one, other = who.of_request(request("192.0.2.1")), who.of_request(request("192.0.2.200"))

    assert one.subject != other.subject
    assert one.network == other.network


def test_programs_without_a_cookie_are_one_guest_with_their_network_over_http_and_grpc() -> None:
    who = identity()

    http = who.of_api_request(request("192.0.2.1"))

    assert http == who.of_api_request(request("192.0.2.77")) == who.of_call("ipv4:192.0.2.8:40000")
    assert http.subject == f"guest:{http.network}"
    assert http.new_cookie is None


def test_an_api_call_with_the_cookie_of_a_page_is_the_same_guest() -> None:
    who = identity()
    browser = who.of_request(request())

    assert who.of_api_request(request(cookie=f"{COOKIE}={browser.new_cookie}")).subject == browser.subject


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:0:100::1", "2001:db8:0:1ff:9::1", True),
        ("2001:db8:0:100::1", "2001:db8:0:200::1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True),
        ("not an address", "another", True),
    ],
)
def test_a_network_is_24_bits_of_ipv4_and_56_of_ipv6(one: str, other: str, same: bool) -> None:
    who = identity()

    assert (who.of_api_request(request(one)) == who.of_api_request(request(other))) is same


@pytest.mark.parametrize("peer", ["ipv6:[2001:db8::1]:50", "ipv6:%5B2001:db8::1%5D:50"])
def test_an_ipv6_peer_of_grpc_is_read(peer: str) -> None:
    who = identity()

    assert who.of_call(peer) == who.of_api_request(request("2001:db8::2"))


def test_the_address_itself_is_in_nothing_that_is_kept() -> None:
    caller = identity().of_request(request("192.0.2.1"))

    assert "192.0.2" not in str(caller)
    assert caller.network != identity("another secret, also of 32 bytes").of_request(request("192.0.2.1")).network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counts"),
    [
        (0, "203.0.113.5", "192.0.2.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.1, 203.0.113.5", "203.0.113.5"),
        (2, "198.51.100.1, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(proxies: int, forwarded: str, counts: str) -> None:
    who = identity(trusted_proxies=proxies)
    headers = {"x_forwarded_for": forwarded} if forwarded else {}

    assert who.of_api_request(request("192.0.2.1", **headers)) == identity().of_api_request(request(counts))
    assert who.of_call("ipv4:192.0.2.1:50", forwarded) == identity().of_api_request(request(counts))


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: "x" + c, lambda c: "", lambda c: c.replace("-", "")])
def test_a_cookie_that_was_altered_is_refused(change: Any) -> None:
    who = identity()
    cookie = who.of_request(request()).new_cookie or ""

    for of in (who.of_request, who.of_api_request):
        with pytest.raises(Refusal) as caught:
            of(request(cookie=f"{COOKIE}={change(cookie)}"))
        assert caught.value.fields[0].field == "cookie"


def test_a_cookie_of_another_secret_is_refused() -> None:
    foreign = identity("another secret, also of 32 bytes").of_request(request()).new_cookie

    with pytest.raises(Refusal):
        identity().of_request(request(cookie=f"{COOKIE}={foreign}"))


def test_only_a_new_guest_is_given_a_cookie_and_only_https_makes_it_secure() -> None:
    who = identity()
    new = who.of_request(request())
    plain, secure, none = Response(), Response(), Response()

    who.remember(new, request(), plain)
    who.remember(new, request(scheme="https"), secure)
    who.remember(who.of_api_request(request()), request(), none)

    assert "Secure" not in plain.headers["set-cookie"]
    assert "Secure" in secure.headers["set-cookie"]
    assert "set-cookie" not in none.headers


def test_the_current_call_is_told_whom_it_is_for() -> None:
    call = context.begin()

    caller = identity().of_api_request(request())

    assert call.subject == caller.subject


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 32 bytes"):
        identity("short")


def test_a_session_names_a_member_and_the_browser_stays_a_guest_beside_it() -> None:
    who = identity()
    guest = who.of_request(request())
    now = datetime.now(UTC)
    browser = request(cookie=f"{COOKIE}={guest.new_cookie}")
    browser.scope[MEMBER] = AccessToken("member:1", "subscriber", "s1", now, now)

    member = who.of_request(browser)

    assert member == who.of_api_request(browser) == Caller("member:1", "subscriber", "", session_id="s1")
    assert (member.is_member, guest.is_member) == (True, False)
    assert who.guest_of(browser).subject == guest.subject
    assert who.network_of(browser) == guest.network


@pytest.mark.parametrize("keys", ["", "short", ",", f"{KEY},", f"{KEY},short"])
def test_session_keys_that_are_none_are_refused_at_the_start(keys: str) -> None:
    with pytest.raises(ValidationError, match="32 bytes"):
        identity(session_public_keys=keys)


def test_session_keys_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    other = Signer(bytes(range(32))).public_key
    monkeypatch.setenv("CODINGAHEAD_COOKIE_SECRET", SECRET)
    monkeypatch.setenv("CODINGAHEAD_SESSION_PUBLIC_KEYS", f"{KEY}, {other}")

    assert GatewaySettings().session_public_keys == (KEY, other)
