from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from services.quota.decisions import Allowance, Balance, Outcome, ViewWall
from services.quota.plans import DEFAULT_PLANS, Plan, Plans
from services.runtime.errors import Refusal
from tests.support import measured
from tests.unit.quota.reference import Reference

PAGE = "icd10cm:E11.9"
LONG = "x" * 129


@pytest.fixture
def wall() -> ViewWall:
    return ViewWall(Plans(DEFAULT_PLANS), Reference())


@pytest.mark.parametrize(
    ("views", "used", "granted", "limit", "remaining"),
    [(5, 0, 0, 5, 5), (5, 2, 3, 8, 6), (5, 5, 0, 5, 0), (1, 5, 0, 1, 0), (None, 70, 3, 0, 0)],
)
def test_what_remains(views: int | None, used: int, granted: int, limit: int, remaining: int) -> None:
    balance = Balance(Plan("any", views, timedelta(days=30)), used, granted, None)

    assert (balance.limit, balance.remaining) == (limit, remaining)
    assert balance.unlimited == (views is None)


async def test_a_guest_opens_one_page_and_opens_it_again(wall: ViewWall) -> None:
    first = await wall.record_view("guest:1", "guest", PAGE, "r1", "198.51.100.0/24")
    again = await wall.record_view("guest:1", "guest", PAGE, "r2", "198.51.100.0/24")
    other = await wall.record_view("guest:1", "guest", "icd10cm:I10", "r3", "198.51.100.0/24")

    assert [d.outcome for d in (first, again, other)] == [
        Outcome.CHARGED,
        Outcome.ALREADY_OPENED,
        Outcome.DENIED_LIMIT,
    ]
    assert [d.allowed for d in (first, again, other)] == [True, True, False]


async def test_the_cap_is_asked_for_only_when_there_is_a_network(wall: ViewWall) -> None:
    for guest in range(10):
        assert (await wall.record_view(f"guest:{guest}", "guest", PAGE, "r", "office")).allowed

    capped = await wall.record_view("guest:10", "guest", PAGE, "r", "office")
    free = await wall.record_view("guest:11", "guest", PAGE, "r", "")

    assert capped.outcome is Outcome.DENIED_NETWORK
    assert free.outcome is Outcome.CHARGED


async def test_calls_of_a_plan_without_a_limit_are_not_counted() -> None:
    store = Reference()
    wall = ViewWall(Plans({"open": {"views": 1, "calls_per_minute": None}}), store)

    assert await wall.take_call("key:1", "open") == Allowance(True, None, 0, None)
    assert not store.calls


async def test_questions_of_a_plan_without_a_limit_are_not_counted() -> None:
    store = Reference()
    wall = ViewWall(Plans(DEFAULT_PLANS), store)

    assert await wall.take_question("member:1", "subscriber", "") == Allowance(True, None, 0, None)
    assert await wall.get_questions("member:1", "subscriber", "") == Allowance(True, None, 0, None)
    assert not store.questions


async def test_only_guests_of_a_network_share_the_cap_of_questions() -> None:
    wall = ViewWall(Plans({"guest": {"views": 1}, "network": {"views": 1, "questions_per_day": 1}}), Reference())

    asked = [await wall.take_question(f"guest:{guest}", "guest", "office") for guest in range(2)]
    left = [await wall.get_questions("guest:2", "guest", network) for network in ("office", "")]
    free = await wall.take_question("guest:2", "guest", "")

    assert [allowance.allowed for allowance in asked] == [True, False]
    assert [allowance.remaining for allowance in left] == [0, 3]
    assert (free.allowed, free.remaining) == (True, 2)


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("subject", lambda wall: wall.record_view("", "guest", PAGE, "r", "")),
        ("subject", lambda wall: wall.record_view("guest/1", "guest", PAGE, "r", "")),
        ("subject", lambda wall: wall.record_view("guest:1\n", "guest", PAGE, "r", "")),
        ("subject", lambda wall: wall.record_view("gäst:1", "guest", PAGE, "r", "")),
        ("subject", lambda wall: wall.record_view(LONG, "guest", PAGE, "r", "")),
        ("plan", lambda wall: wall.record_view("guest:1", "network", PAGE, "r", "")),
        ("page", lambda wall: wall.record_view("guest:1", "guest", "", "r", "")),
        ("page", lambda wall: wall.record_view("guest:1", "guest", LONG, "r", "")),
        ("page", lambda wall: wall.record_view("guest:1", "guest", "a\nb", "r", "")),
        ("request_id", lambda wall: wall.record_view("guest:1", "guest", PAGE, "", "")),
        ("request_id", lambda wall: wall.record_view("guest:1", "guest", PAGE, LONG, "")),
        ("network", lambda wall: wall.record_view("guest:1", "guest", PAGE, "r", LONG)),
        ("subject", lambda wall: wall.get_balance("", "guest", "")),
        ("plan", lambda wall: wall.get_balance("guest:1", "", "")),
        ("from_subject", lambda wall: wall.merge_balances("", "", "member:1", "member", "r")),
        ("from_network", lambda wall: wall.merge_balances("guest:1", LONG, "member:1", "member", "r")),
        ("to_subject", lambda wall: wall.merge_balances("guest:1", "", "", "member", "r")),
        ("to_plan", lambda wall: wall.merge_balances("guest:1", "", "member:1", "", "r")),
        ("request_id", lambda wall: wall.merge_balances("guest:1", "", "member:1", "member", "")),
        ("views", lambda wall: wall.grant_views("guest:1", "guest", "", 0, "r")),
        ("views", lambda wall: wall.grant_views("guest:1", "guest", "", 10_001, "r")),
        ("request_id", lambda wall: wall.grant_views("guest:1", "guest", "", 1, "")),
        ("subject", lambda wall: wall.take_call("", "member")),
        ("plan", lambda wall: wall.take_call("key:1", "network")),
        ("subject", lambda wall: wall.take_question("", "member", "")),
        ("plan", lambda wall: wall.take_question("member:1", "network", "")),
        ("network", lambda wall: wall.take_question("guest:1", "guest", LONG)),
        ("subject", lambda wall: wall.get_questions("", "member", "")),
        ("plan", lambda wall: wall.get_questions("member:1", "network", "")),
        ("network", lambda wall: wall.get_questions("guest:1", "guest", LONG)),
        ("subject", lambda wall: wall.forget("member:*")),
    ],
)
async def test_a_wrong_field_is_named(
    wall: ViewWall, field: str, call: Callable[[ViewWall], Awaitable[object]]
) -> None:
    with pytest.raises(Refusal) as caught:
        await call(wall)

    assert caught.value.fields[0].field == field


async def test_decisions_are_counted_by_kind_plan_and_outcome() -> None:
    plan = "counted"  # so named by this test alone
    wall = ViewWall(Plans({plan: {"views": 1, "calls_per_minute": 1, "questions_per_day": 1}}), Reference())
    for page, request_id in ((PAGE, "r1"), (PAGE, "r1"), (PAGE, "r2"), ("icd10cm:I10", "r3")):
        await wall.record_view("member:1", plan, page, request_id, "")
    for _ in range(3):
        await wall.take_call("key:1", plan)
        await wall.take_question("member:1", plan, "")

    def count(kind: str, outcome: str) -> float:
        return measured("codingahead_quota_decisions_total", kind=kind, plan=plan, outcome=outcome)

    assert [count("view", one) for one in ("charged", "replayed", "already_opened", "denied_limit")] == [1, 1, 1, 1]
    assert [count("call", one) for one in ("allowed", "denied")] == [1, 2]
    assert [count("question", one) for one in ("allowed", "denied")] == [1, 2]
