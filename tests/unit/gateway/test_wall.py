from typing import Any

import pytest
from codingahead.events.v1 import events_pb2
from codingahead.quota.v1 import quota_pb2 as quota
from google.protobuf.message import Message
from prometheus_client import REGISTRY

from services.gateway.identity import Caller
from services.gateway.settings import GatewaySettings
from services.gateway.wall import Admission, Outcome, Wall
from services.runtime.errors import Kind, Refusal, invalid, unavailable
from services.runtime.tokens import Signer

GUEST = Caller("guest:1", "guest", "net")
KEY = Signer(bytes(32)).public_key


class Quota:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, answer: quota.RecordViewResponse | Refusal) -> None:
        self.answer = answer
        self.asked: list[quota.RecordViewRequest] = []

    async def RecordView(self, request: quota.RecordViewRequest) -> quota.RecordViewResponse:  # noqa: N802
        self.asked.append(request)
        if isinstance(self.answer, Refusal):
            raise self.answer
        return self.answer

    async def GetBalance(self, request: quota.GetBalanceRequest) -> quota.GetBalanceResponse:  # noqa: N802
        if isinstance(self.answer, Refusal):
            raise self.answer
        return quota.GetBalanceResponse(balance=self.answer.balance)


class Bus:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.kept: list[tuple[Message, str]] = []

    async def publish(self, event: Message, event_id: str) -> None:
        if self.error:
            raise self.error
        self.kept.append((event, event_id))


def wall(quota_service: Quota, bus: Bus, **settings: Any) -> Wall:
    given = GatewaySettings.model_validate({"cookie_secret": "x" * 32, "session_public_keys": KEY, **settings})
    return Wall(quota_service, bus, given)  # type: ignore[arg-type]


def answered(outcome: quota.Outcome.ValueType, limit: int = 1) -> quota.RecordViewResponse:
    return quota.RecordViewResponse(outcome=outcome, balance=quota.Balance(plan="guest", limit=limit, used=1))


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("codingahead_gateway_views_total", {"outcome": outcome}) or 0.0


TIMEOUT = Refusal(Kind.TIMEOUT, "DEADLINE_EXCEEDED", "too late")
AWAY = unavailable("away")


@pytest.mark.parametrize(
    ("outcome", "expected", "allowed"),
    [
        (quota.OUTCOME_CHARGED, Outcome.CHARGED, True),
        (quota.OUTCOME_ALREADY_OPENED, Outcome.ALREADY_OPENED, True),
        (quota.OUTCOME_DENIED_LIMIT, Outcome.DENIED_LIMIT, False),
        (quota.OUTCOME_DENIED_NETWORK, Outcome.DENIED_NETWORK, False),
    ],
)
async def test_the_decision_is_quotas_and_is_counted(
    outcome: quota.Outcome.ValueType, expected: Outcome, allowed: bool
) -> None:
    before = counted(expected)

    admission = await wall(Quota(answered(outcome)), Bus()).admit(GUEST, "icd10cm:E11.9")

    assert (admission.outcome, admission.allowed, admission.deferred) == (expected, allowed, False)
    assert counted(expected) == before + 1


@pytest.mark.parametrize("failure", [AWAY, TIMEOUT])
async def test_serve_keeps_the_view_under_the_id_that_quota_was_asked_with(failure: Refusal) -> None:
    service, bus = Quota(failure), Bus()
    before = counted("deferred")

    admission = await wall(service, bus).admit(GUEST, "icd10cm:E11.9")

    assert (admission.allowed, admission.deferred, admission.balance) == (True, True, None)
    assert counted("deferred") == before + 1
    [(event, event_id)] = bus.kept
    asked = service.asked[0]
    assert event == events_pb2.ViewServed(
        subject="guest:1", plan="guest", page="icd10cm:E11.9", request_id=asked.request_id, network="net"
    )
    assert asked.request_id in event_id


@pytest.mark.parametrize("error", [ConnectionError(), TimeoutError(), OSError()])
async def test_serve_refuses_what_cannot_be_kept(error: Exception) -> None:
    before = counted("refused")

    with pytest.raises(Refusal) as caught:
        await wall(Quota(AWAY), Bus(error)).admit(GUEST, "icd10cm:E11.9")

    assert caught.value.kind is Kind.UNAVAILABLE
    assert counted("refused") == before + 1


async def test_refuse_keeps_nothing() -> None:
    bus = Bus()

    with pytest.raises(Refusal) as caught:
        await wall(Quota(AWAY), bus, quota_failure="refuse").admit(GUEST, "icd10cm:E11.9")

    assert caught.value.kind is Kind.UNAVAILABLE
    assert bus.kept == []


async def test_what_quota_refuses_is_no_outage() -> None:
    bus = Bus()

    with pytest.raises(Refusal) as caught:
        await wall(Quota(invalid("page", "expected a page")), bus).admit(GUEST, "")

    assert caught.value.kind is Kind.INVALID
    assert bus.kept == []


async def test_the_balance_is_unknown_while_quota_is_away() -> None:
    assert await wall(Quota(AWAY), Bus()).balance(GUEST) is None


async def test_a_view_id_binds_caller_page_and_the_callers_own_id() -> None:
    service = Quota(answered(quota.OUTCOME_CHARGED))
    views = wall(service, Bus())
    other = Caller("guest:2", "guest", "net")
    asked = [(GUEST, "a", "id"), (GUEST, "a", "id"), (GUEST, "b", "id"), (other, "a", "id"), (GUEST, "a", "")]

    for caller, page, request_id in asked:
        await views.admit(caller, page, request_id)
    await views.admit(GUEST, "a")

    ids = [request.request_id for request in service.asked]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5
    assert all(len(request_id) <= 128 for request_id in ids)


@pytest.mark.parametrize("request_id", [" ", "two words", "x" * 129, "ü", "a\n"])
async def test_a_view_id_of_other_characters_is_refused(request_id: str) -> None:
    with pytest.raises(Refusal) as caught:
        await wall(Quota(AWAY), Bus()).admit(GUEST, "a", request_id)

    assert caught.value.fields[0].field == "x-request-id"


@pytest.mark.parametrize(
    ("outcome", "limit", "register_views", "message"),
    [
        (
            Outcome.DENIED_LIMIT,
            1,
            5,
            "Guest accounts are limited to 1 page view. Register free account to get 5 more views.",
        ),
        (
            Outcome.DENIED_LIMIT,
            3,
            1,
            "Guest accounts are limited to 3 page views. Register free account to get 1 more view.",
        ),
        (Outcome.DENIED_LIMIT, 1, 0, "Guest accounts are limited to 1 page view."),
        (Outcome.DENIED_NETWORK, 1, 0, "The guests of your network have used the views they share."),
    ],
)
def test_a_guest_is_told_the_limit_and_the_way_on(
    outcome: Outcome, limit: int, register_views: int, message: str
) -> None:
    denied = Admission(outcome, quota.Balance(plan="guest", limit=limit))

    told = wall(Quota(AWAY), Bus(), register_views=register_views).limit_message(denied)

    assert told == f"0 code page views remaining. {message}"


def test_a_member_is_not_told_to_register() -> None:
    denied = Admission(Outcome.DENIED_LIMIT, quota.Balance(plan="member", limit=6))

    assert "Register" not in wall(Quota(AWAY), Bus()).limit_message(denied)
