"""API keys at the gateway over HTTP and gRPC: whose they are, what they may do and how often."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import grpc
import httpx
import pytest
from codingahead.accounts.v1 import accounts_pb2 as accounts
from codingahead.events.v1 import events_pb2
from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.lookup.v1 import lookup_pb2_grpc
from google.rpc import error_details_pb2

from services.gateway.forward import REMAINING
from services.gateway.identity import COOKIE
from services.gateway.sessions import SESSION_COOKIE
from services.runtime.events import bus as events
from services.runtime.tasks import end
from tests.integration.gateway_stack import LOG, Gateway, running
from tests.integration.test_gateway_grpc import details
from tests.support import eventually, measured

if TYPE_CHECKING:
    from codingahead.lookup.v1.lookup_pb2_grpc import LookupServiceAsyncStub

PAGE = "/api/v1/codes/icd10cm/E11.9/page"
SEARCH = "/api/v1/search?query=diabetes"
TABLE = "/api/icd10cm/v3/search?terms=diabetes"
PAGE_RPC = lookup.GetCodePageRequest(system=lookup.CODE_SYSTEM_ICD10CM, code="e119")
SEARCH_RPC = lookup.SearchRequest(query="diabetes", page_size=5)
UNKNOWN = f"cak_{'0' * 32}_{'x' * 43}"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as gateway:
        yield gateway


@pytest.fixture
async def stub(gateway: Gateway) -> AsyncIterator["LookupServiceAsyncStub"]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{gateway.grpc_port}") as channel:
        yield lookup_pb2_grpc.LookupServiceStub(channel)


@pytest.fixture
def secret(gateway: Gateway, subject: str) -> str:
    return gateway.accounts.add_key(subject, "codes", "pages")


async def get(gateway: Gateway, path: str, secret: str, **headers: str) -> httpx.Response:
    return await gateway.http.get(path, headers={"authorization": f"Bearer {secret}", **headers})


def bearer(secret: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {secret}"),)


def asked(gateway: Gateway) -> int:
    return sum(isinstance(request, accounts.AuthenticateRequest) for request in gateway.accounts.asked)


def limits(headers: Any) -> tuple[str | None, ...]:
    return tuple(headers.get(f"x-ratelimit-{name}") for name in ("resource", "limit", "remaining"))


async def refused(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value


async def test_a_key_calls_for_its_owner_over_both_faces(
    gateway: Gateway, stub: "LookupServiceAsyncStub", subject: str, secret: str
) -> None:
    gateway.quota.cap = 0

    over_http = await get(gateway, PAGE, secret)
    over_grpc = await stub.GetCodePage(PAGE_RPC, metadata=bearer(secret))

    notes = over_http.json()["notes"]
    assert (notes["availability"], notes["printed"]) == ("available", "not_loaded")
    assert over_grpc.notes.groups
    assert {(view.subject, view.plan, view.network) for view in gateway.quota.asked} == {(subject, "member", "")}
    assert gateway.lookup.subjects == [subject, subject]
    assert asked(gateway) == 1


async def test_a_key_counts_and_the_cookies_beside_it_do_not(gateway: Gateway, subject: str, secret: str) -> None:
    other = gateway.accounts.log_in_as(gateway.accounts.add_member("other@example.org"))

    answer = await get(gateway, PAGE, secret, cookie=f"{SESSION_COOKIE}={other.access_token}; {COOKIE}=forged")
    forged = await get(gateway, PAGE, secret, cookie=f"{SESSION_COOKIE}=forged")

    assert [view.subject for view in gateway.quota.asked] == [subject, subject]
    assert "set-cookie" not in answer.headers
    assert "set-cookie" not in forged.headers


@pytest.mark.parametrize(
    "secret",
    ["", "x", "cak_", "cak__", "cak_1_short", UNKNOWN + " x", UNKNOWN + "\xe4", "Bearer", "cak_1_" + "x" * 5000],
)
async def test_what_cannot_be_a_key_is_refused_without_asking(gateway: Gateway, secret: str) -> None:
    answer = await gateway.http.get(SEARCH, headers=[(b"authorization", f"Bearer {secret}".strip().encode("latin-1"))])

    assert (answer.status_code, answer.json()["reason"]) == (401, "KEY_NOT_VALID")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert gateway.accounts.asked == gateway.lookup.searches == []


async def test_a_forged_key_is_refused_and_asked_about_once(
    gateway: Gateway, stub: "LookupServiceAsyncStub", secret: str
) -> None:
    forged = secret[:-1] + "y"

    for path in (SEARCH, PAGE, TABLE, "/api/v1/balance"):
        answer = await get(gateway, path, forged)
        assert (answer.status_code, answer.json()["reason"]) == (401, "KEY_NOT_VALID")
    error = await refused(stub.Search(SEARCH_RPC, metadata=bearer(forged)))

    [info] = details(error, error_details_pb2.ErrorInfo)
    assert (error.code(), info.reason) == (grpc.StatusCode.UNAUTHENTICATED, "KEY_NOT_VALID")
    assert asked(gateway) == 1
    assert gateway.lookup.searches == gateway.lookup.subjects == []


@pytest.mark.parametrize("authorization", ["Basic dXNlcjpwYXNz", "Digest x", ""])
async def test_another_scheme_is_none_of_ours(gateway: Gateway, authorization: str) -> None:
    answer = await gateway.http.get(PAGE, headers={"authorization": authorization})

    assert (answer.status_code, answer.json()["notes"]["availability"]) == (200, "locked")


async def test_the_name_of_the_scheme_is_in_any_case(gateway: Gateway, subject: str, secret: str) -> None:
    await gateway.http.get(PAGE, headers={"authorization": f"bearer {secret}"})

    assert gateway.quota.asked[-1].subject == subject


async def test_a_revoked_key_and_a_changed_plan_are_heard_over_the_bus(
    clean_nats: str, gateway: Gateway, subject: str, secret: str
) -> None:
    async with events.connect(clean_nats, LOG, "accounts") as bus:
        following = asyncio.create_task(gateway.keys.follow(bus))

        async def plan() -> str:
            await get(gateway, PAGE, secret)
            return gateway.quota.asked[-1].plan

        async def status() -> int:
            return (await get(gateway, SEARCH, secret)).status_code

        try:
            assert await plan() == "member"
            gateway.accounts.members[subject].plan = "subscriber"
            await bus.publish(events_pb2.SessionRevoked(subject=subject), "changed")
            await eventually(lambda: _is(plan, "subscriber"))

            key_id = gateway.accounts.keys.pop(secret)[1].id
            assert await status() == 200
            await bus.publish(events_pb2.ApiKeyRevoked(subject=subject, api_key_id=key_id), "revoked")
            await eventually(lambda: _is(status, 401))
        finally:
            await end([following])


async def _is(probe: Any, expected: object) -> bool:
    return bool(await probe() == expected)


async def test_a_log_out_of_its_owner_leaves_a_key_alone(gateway: Gateway, subject: str, secret: str) -> None:
    await get(gateway, SEARCH, secret)

    gateway.tell(events_pb2.SessionRevoked(subject=subject, session_id="s1"))
    await get(gateway, SEARCH, secret)

    assert asked(gateway) == 1


async def test_while_accounts_is_away_only_a_key_that_was_used_lately_is_good(
    gateway: Gateway, stub: "LookupServiceAsyncStub", secret: str
) -> None:
    await get(gateway, SEARCH, secret)
    gateway.accounts.away = True

    known, unknown = await get(gateway, SEARCH, secret), await get(gateway, SEARCH, UNKNOWN)
    error = await refused(stub.Search(SEARCH_RPC, metadata=bearer(UNKNOWN)))

    assert (known.status_code, unknown.status_code) == (200, 503)
    assert unknown.headers["retry-after"]
    assert error.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("scope", "path"), [("codes", PAGE), ("pages", SEARCH), ("pages", TABLE), ("pages", "/api/v1/releases")]
)
async def test_a_key_does_what_its_scopes_say(gateway: Gateway, subject: str, scope: str, path: str) -> None:
    answer = await get(gateway, path, gateway.accounts.add_key(subject, scope))

    missing = "pages" if scope == "codes" else "codes"
    assert (answer.status_code, answer.json()["reason"]) == (403, "SCOPE_NOT_PERMITTED")
    assert answer.json()["metadata"] == {"scope": missing}
    assert missing in answer.json()["detail"]
    assert (gateway.lookup.searches, gateway.lookup.subjects, gateway.quota.calls.total()) == ([], [], 0)


async def test_the_scopes_of_a_key_are_those_of_its_rpcs(
    gateway: Gateway, stub: "LookupServiceAsyncStub", subject: str
) -> None:
    codes, pages = (gateway.accounts.add_key(subject, scope) for scope in ("codes", "pages"))

    assert (await stub.Search(SEARCH_RPC, metadata=bearer(codes))).total
    assert (await stub.GetCodePage(PAGE_RPC, metadata=bearer(pages))).entry.code == "E11.9"
    for error in (
        await refused(stub.GetCodePage(PAGE_RPC, metadata=bearer(codes))),
        await refused(stub.Search(SEARCH_RPC, metadata=bearer(pages))),
    ):
        [info] = details(error, error_details_pb2.ErrorInfo)
        assert (error.code(), info.reason) == (grpc.StatusCode.PERMISSION_DENIED, "SCOPE_NOT_PERMITTED")


async def test_any_key_may_ask_what_remains(gateway: Gateway, subject: str) -> None:
    answer = await get(gateway, "/api/v1/balance", gateway.accounts.add_key(subject, "codes"))

    assert (answer.json()["plan"], answer.json()["limit"]) == ("member", 5)


async def test_a_key_at_its_limit_is_refused_with_the_numbers_over_http(gateway: Gateway, secret: str) -> None:
    gateway.quota.calls_a_minute = 2

    first, missing, third = [
        await get(gateway, path, secret) for path in (SEARCH, "/api/v1/codes/icd10cm/Q99/page", SEARCH)
    ]

    assert [answer.status_code for answer in (first, missing, third)] == [200, 404, 429]
    assert limits(first.headers) == ("calls", "2", "1")
    assert limits(missing.headers) == ("calls", "2", "0")
    assert limits(third.headers) == ("calls", "2", "0")
    assert 0 < int(first.headers["x-ratelimit-reset"]) <= 60
    assert third.headers["retry-after"] == third.headers["x-ratelimit-reset"]
    document = third.json()
    assert document["reason"] == "CALL_LIMIT_REACHED"
    assert document["detail"] == "0 calls remaining. This API key is limited to 2 calls a minute."
    assert document["metadata"]["window_ends_at"]
    assert len(gateway.lookup.searches) == 1


async def test_a_key_at_its_limit_is_refused_with_the_details_over_grpc(
    gateway: Gateway, stub: "LookupServiceAsyncStub", secret: str
) -> None:
    gateway.quota.calls_a_minute = 1

    call = stub.Search(SEARCH_RPC, metadata=bearer(secret))
    await call
    trailing = dict(await call.trailing_metadata() or ())
    error = await refused(stub.Search(SEARCH_RPC, metadata=bearer(secret)))

    assert limits(trailing) == ("calls", "1", "0")
    info, quotas, retry = details(
        error, error_details_pb2.ErrorInfo, error_details_pb2.QuotaFailure, error_details_pb2.RetryInfo
    )
    assert (error.code(), info.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "CALL_LIMIT_REACHED")
    assert info.metadata["resource"] == "calls"
    key_id = next(iter(gateway.accounts.keys.values()))[1].id
    assert quotas.violations[0].subject == f"key:{key_id}"
    assert 0 < retry.retry_delay.seconds <= 60


async def test_each_key_has_its_own_limit_and_the_views_are_the_members(
    gateway: Gateway, subject: str, secret: str
) -> None:
    gateway.quota.calls_a_minute = 1
    other = gateway.accounts.add_key(subject, "pages")

    first, second = await get(gateway, PAGE, secret), await get(gateway, PAGE.replace("E11.9", "I10"), other)

    assert limits(first.headers) == ("views", "5", "4")
    assert limits(second.headers) == ("views", "5", "3")
    assert sorted(gateway.quota.calls.values()) == [1, 1]


async def test_an_answer_over_grpc_tells_of_views_on_a_page(
    gateway: Gateway, stub: "LookupServiceAsyncStub", secret: str
) -> None:
    call = stub.GetCodePage(PAGE_RPC, metadata=bearer(secret))
    await call
    trailing = dict(await call.trailing_metadata() or ())

    assert limits(trailing) == ("views", "5", "4")
    assert trailing[REMAINING] == "4"


async def test_a_key_whose_views_are_not_limited_is_told_of_its_calls(
    gateway: Gateway, stub: "LookupServiceAsyncStub"
) -> None:
    secret = gateway.accounts.add_key(gateway.accounts.add_member(plan="subscriber"), "pages")

    answer = await get(gateway, PAGE, secret)
    call = stub.GetCodePage(PAGE_RPC, metadata=bearer(secret))
    await call
    trailing = dict(await call.trailing_metadata() or ())

    assert limits(answer.headers) == ("calls", "100", "99")
    assert limits(trailing) == ("calls", "100", "98")
    assert REMAINING not in trailing


async def test_who_has_no_key_has_no_limit_of_calls(gateway: Gateway) -> None:
    search, page = await gateway.http.get(SEARCH), await gateway.http.get(PAGE)

    assert limits(search.headers) == (None, None, None)
    assert limits(page.headers) == ("views", "1", "0")
    assert gateway.quota.calls == {}


@pytest.mark.parametrize(("policy", "status"), [("serve", 200), ("refuse", 503)])
async def test_while_quota_is_away_calls_go_on_as_the_setting_says(policy: str, status: int) -> None:
    async with running(quota_failure=policy) as gateway:
        gateway.quota.away = True
        outcome = "uncounted" if policy == "serve" else "refused"
        before = measured("codingahead_gateway_calls_total", outcome=outcome)

        answer = await get(gateway, SEARCH, gateway.accounts.add_key(gateway.accounts.add_member(), "codes"))

    assert answer.status_code == status
    assert limits(answer.headers) == (None, None, None)
    assert measured("codingahead_gateway_calls_total", outcome=outcome) == before + 1
