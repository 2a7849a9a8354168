"""Questions to CasePilot over REST and gRPC, with a stand-in for the assistant."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import grpc
import httpx
import pytest
from codingahead.assistant.v1 import assistant_pb2 as assistant
from codingahead.assistant.v1 import assistant_pb2_grpc
from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.rpc import error_details_pb2
from prometheus_client import REGISTRY
from pydantic import TypeAdapter
from structlog.testing import capture_logs

from services.gateway.api import ask_models
from tests.integration.gateway_assistant import BODY, SOURCE, WHOLE
from tests.integration.gateway_stack import Gateway, running
from tests.integration.test_gateway_grpc import details

if TYPE_CHECKING:
    from codingahead.assistant.v1.assistant_pb2_grpc import AssistantServiceAsyncStub

ASK, CONVERSATIONS = "/api/v1/ask", "/api/v1/conversations"
QUESTION = {"question": "May 11042 and 97597 be billed together?"}


@pytest.fixture
async def stub(gateway: Gateway) -> AsyncIterator["AssistantServiceAsyncStub"]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{gateway.grpc_port}") as channel:
        yield assistant_pb2_grpc.AssistantServiceStub(channel)


def limits(headers: Any) -> tuple[str | None, ...]:
    return tuple(headers.get(f"x-ratelimit-{name}") for name in ("resource", "limit", "remaining"))


def key(gateway: Gateway, subject: str, scope: str = "pages") -> dict[str, str]:
    return {"authorization": f"Bearer {gateway.accounts.add_key(subject, scope)}"}


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("codingahead_gateway_questions_total", {"outcome": outcome}) or 0.0


async def test_an_answer_comes_whole_with_its_verdict_and_its_sources(gateway: Gateway) -> None:
    answer = await gateway.http.post(
        ASK, json={**QUESTION, "effective_on": "2024-07-15", "about": {"system": "cpt", "code": "11042"}}
    )

    document = answer.json()
    [found] = document["answers"]
    assert (found["question"], found["topic"], found["kind"]) == (QUESTION["question"], "pair", "answer")
    assert (found["verdict"], found["text"]) == ("fail", "".join(BODY))
    assert found["sources"] == [
        {"name": SOURCE, "book": "", "passage": ""},
        {
            "name": "ICD-10-CM Guidelines FY2026 Section I.C.4.a",
            "book": "icd10cm_guidelines",
            "passage": "I.C.4.a",
        },
    ]
    assert found["codes"] == [{"system": "cpt", "code": "11042"}]
    assert (document["text"], document["removed_identifiers"], document["by_model"]) == (WHOLE, 1, True)
    TypeAdapter(ask_models.AskResponse).validate_python(document, strict=True)
    [asked] = gateway.assistant.asked
    assert (asked.effective_on, asked.about.system, asked.about.code) == ("2024-07-15", lookup.CODE_SYSTEM_CPT, "11042")
    assert answer.headers["cache-control"] == "no-store"


async def test_an_answer_may_take_longer_than_other_requests(gateway: Gateway) -> None:
    await gateway.http.post(ASK, json=QUESTION)

    [remaining] = gateway.assistant.remaining
    assert remaining is not None
    assert 30 < remaining < 60


async def test_a_guest_asks_three_questions_a_day_and_is_told_what_registering_gives(gateway: Gateway) -> None:
    answers = [await gateway.http.post(ASK, json=QUESTION) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [limits(answer.headers) for answer in answers] == [
        ("questions", "3", remaining) for remaining in ("2", "1", "0", "0")
    ]
    refusal, document = answers[-1], answers[-1].json()
    assert document["reason"] == "QUESTION_LIMIT_REACHED"
    assert document["detail"].startswith("0 questions remaining. Guest accounts are limited to 3 questions a day")
    assert document["detail"].endswith("Register free account to get 20 questions a day.")
    assert document["metadata"]["window_ends_at"]
    assert 86_000 < int(refusal.headers["retry-after"]) <= 86_400
    assert len(gateway.assistant.asked) == 3
    assert answers[0].json()["conversation_id"] == gateway.assistant.asked[0].subject == ""


async def test_members_and_the_keys_of_members_ask_from_one_count(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    by_session = await member.post(ASK, json=QUESTION)
    by_key = await gateway.http.post(ASK, json=QUESTION, headers=key(gateway, subject))
    gateway.quota.questions_a_day = 2
    denied = await member.post(ASK, json=QUESTION, headers={"accept": "application/json"})

    assert limits(by_session.headers) == ("questions", "3", "2")
    assert limits(by_key.headers) == ("questions", "3", "1")
    assert denied.json()["detail"] == "0 questions remaining. Member accounts are limited to 2 questions a day."
    assert [request.subject for request in gateway.assistant.asked] == [subject, subject]


async def test_a_plan_without_a_limit_is_told_of_its_calls(gateway: Gateway) -> None:
    subscriber = gateway.accounts.add_member("s@example.org", "subscriber")

    answers = [await gateway.http.post(ASK, json=QUESTION, headers=key(gateway, subscriber)) for _ in range(4)]

    assert {answer.status_code for answer in answers} == {200}
    assert limits(answers[0].headers) == ("calls", "100", "99")


async def test_a_key_needs_the_scope_of_pages(gateway: Gateway, subject: str) -> None:
    for method, path in (("POST", ASK), ("GET", CONVERSATIONS), ("DELETE", CONVERSATIONS)):
        answer = await gateway.http.request(method, path, json=QUESTION, headers=key(gateway, subject, "codes"))
        assert (answer.status_code, answer.json()["reason"]) == (403, "SCOPE_NOT_PERMITTED")
    assert gateway.quota.questions.total() == len(gateway.assistant.asked) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "   "}, "question"),
        ({"question": "x" * 4001}, "question"),
        ({**QUESTION, "about": {"system": "latin", "code": "1"}}, "about.system"),
        ({**QUESTION, "about": {"system": "cpt"}}, "about.code"),
        ({**QUESTION, "subject": "member:2"}, "subject"),
    ],
)
async def test_a_message_that_is_none_is_refused_and_costs_no_question(
    gateway: Gateway, body: dict[str, Any], field: str
) -> None:
    answer = await gateway.http.post(ASK, json=body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert gateway.quota.questions.total() == len(gateway.assistant.asked) == 0


async def test_a_refusal_of_the_assistant_arrives_whole(gateway: Gateway) -> None:
    bad_date = await gateway.http.post(ASK, json={**QUESTION, "effective_on": "15 July"})
    broken_off = await gateway.http.post(ASK, json={"question": "please stop"})

    assert (bad_date.status_code, bad_date.json()["errors"][0]["field"]) == (400, "effective_on")
    assert (broken_off.status_code, broken_off.json()["reason"]) == (503, "UNAVAILABLE")


async def test_without_the_assistant_all_else_is_served(gateway: Gateway) -> None:
    await gateway.stop_assistant()

    asked = await gateway.http.post(ASK, json=QUESTION)
    search = await gateway.http.get("/api/v1/search?query=diabetes")

    assert (asked.status_code, asked.json()["reason"], search.status_code) == (503, "UNAVAILABLE", 200)
    assert "127.0.0.1" not in asked.text


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"effective_on": "15 July"}, 400),
        ({"question": "forbidden words"}, 400),
        ({"conversation_id": "gone"}, 404),
        ({}, 503),
    ],
    ids=["date", "words", "conversation", "outage"],
)
async def test_what_the_assistant_does_not_begin_to_answer_costs_no_question(
    gateway: Gateway, member: httpx.AsyncClient, more: dict[str, str], status: int
) -> None:
    if status == 503:
        await gateway.stop_assistant()

    answer = await member.post(ASK, json={**QUESTION, **more}, headers={"accept": "application/json"})

    assert answer.status_code == status
    assert gateway.quota.questions.total() == 0


async def test_an_answer_that_began_as_the_last_question_went_elsewhere_is_not_given(gateway: Gateway) -> None:
    gateway.assistant.when_asked = lambda: setattr(gateway.quota, "questions_a_day", 0)

    answer = await gateway.http.post(ASK, json={"question": "wait for it"})

    assert (answer.status_code, answer.json()["reason"]) == (429, "QUESTION_LIMIT_REACHED")
    assert "answers" not in answer.json()
    await gateway.assistant.ended.wait()


async def test_who_asks_several_things_at_once_is_answered_what_remains(gateway: Gateway) -> None:
    answers = await asyncio.gather(*(gateway.http.post(ASK, json=QUESTION) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 7
    assert gateway.quota.questions.total() == 3


@pytest.mark.parametrize(("policy", "status", "outcome"), [("serve", 200, "uncounted"), ("refuse", 503, "refused")])
async def test_while_quota_is_away_questions_go_on_as_the_setting_says(policy: str, status: int, outcome: str) -> None:
    before = counted(outcome)
    async with running(quota_failure=policy) as gateway:
        gateway.quota.away = True

        answer = await gateway.http.post(ASK, json=QUESTION)

    assert answer.status_code == status
    assert limits(answer.headers) == (None, None, None)
    assert counted(outcome) == before + 1


async def test_what_is_asked_is_not_logged(gateway: Gateway, member: httpx.AsyncClient) -> None:
    with capture_logs() as logged:
        await member.post(ASK, json={"question": "Jane Doe has 11042"})
        await gateway.http.post(ASK, json={"question": "Jane Doe " * 1000})

    assert not any(word in str(logged) for word in ("Jane", "11042", "97597"))


async def test_a_member_goes_on_with_its_conversations_reads_and_deletes_them(
    member: httpx.AsyncClient, subject: str, gateway: Gateway
) -> None:
    first = (await member.post(ASK, json=QUESTION)).json()["conversation_id"]
    await member.post(ASK, json={"question": "And with modifier 59?", "conversation_id": first})
    await member.post(ASK, json={"question": "Another thing"})

    listed = (await member.get(CONVERSATIONS, params={"page_size": 1})).json()
    rest = (await member.get(CONVERSATIONS, params={"page_token": listed["next_page_token"]})).json()
    conversation = (await member.get(f"{CONVERSATIONS}/{first}")).json()
    deleted = [(await member.delete(f"{CONVERSATIONS}/{first}")).json(), (await member.delete(CONVERSATIONS)).json()]
    gone = await member.get(f"{CONVERSATIONS}/{first}", headers={"accept": "application/json"})

    TypeAdapter(ask_models.ListConversationsResponse).validate_python(listed, strict=True)
    TypeAdapter(ask_models.Conversation).validate_python(conversation, strict=True)
    assert [one["title"] for one in (*listed["conversations"], *rest["conversations"])] == [
        QUESTION["question"],
        "Another thing",
    ]
    assert listed["conversations"][0]["turns"] == []
    assert [turn["question"] for turn in conversation["turns"]] == [QUESTION["question"], "And with modifier 59?"]
    assert conversation["turns"][0]["answers"][0]["verdict"] == "fail"
    assert deleted == [{"deleted": 1}, {"deleted": 1}]
    assert (gone.status_code, gone.json()["reason"]) == (404, "CONVERSATION_NOT_FOUND")
    assert set(gateway.assistant.subjects) == {subject}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/c1"), ("DELETE", ""), ("DELETE", "/c1")], ids=lambda part: part or "all"
)
async def test_guests_have_no_conversations(gateway: Gateway, method: str, path: str) -> None:
    answer = await gateway.http.request(method, CONVERSATIONS + path)

    assert (answer.status_code, answer.json()["reason"]) == (403, "PLAN_NOT_PERMITTED")
    assert gateway.assistant.subjects == []


async def test_the_rpc_streams_and_tells_what_remains(gateway: Gateway, stub: "AssistantServiceAsyncStub") -> None:
    call = stub.Ask(assistant.AskRequest(question="11042 with 97597?", subject="member:forged"))

    events = [event.WhichOneof("event") async for event in call]
    trailing = dict(await call.trailing_metadata() or ())

    assert events == ["progress", "opening", "text", "text", "text", "text", "ending", "done"]
    assert limits(trailing) == ("questions", "3", "2")
    assert gateway.assistant.asked[0].subject == ""


async def test_the_fourth_question_of_a_guest_is_refused_over_grpc_with_its_details(
    gateway: Gateway, stub: "AssistantServiceAsyncStub"
) -> None:
    gateway.quota.questions_a_day = 0

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Ask(assistant.AskRequest(question="11042 with 97597?")).read()

    info, quotas, retry = details(
        caught.value, error_details_pb2.ErrorInfo, error_details_pb2.QuotaFailure, error_details_pb2.RetryInfo
    )
    assert (caught.value.code(), info.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "QUESTION_LIMIT_REACHED")
    assert (info.metadata["resource"], info.metadata["limit"]) == ("questions", "0")
    assert quotas.violations[0].description.startswith("0 questions remaining.")
    assert retry.retry_delay.seconds > 86_000
    assert gateway.assistant.asked == []


async def test_over_grpc_what_the_assistant_does_not_begin_to_answer_costs_no_question(
    gateway: Gateway, stub: "AssistantServiceAsyncStub"
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as bad_date:
        await stub.Ask(assistant.AskRequest(question="11042?", effective_on="15 July")).read()
    await gateway.stop_assistant()
    with pytest.raises(grpc.aio.AioRpcError) as outage:
        await stub.Ask(assistant.AskRequest(question="11042?")).read()

    assert bad_date.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert outage.value.code() is grpc.StatusCode.UNAVAILABLE
    assert gateway.quota.questions.total() == 0


async def test_over_grpc_an_answer_that_began_as_the_last_question_went_elsewhere_is_not_given(
    gateway: Gateway, stub: "AssistantServiceAsyncStub"
) -> None:
    gateway.assistant.when_asked = lambda: setattr(gateway.quota, "questions_a_day", 0)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Ask(assistant.AskRequest(question="wait for it")).read()

    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    await gateway.assistant.ended.wait()


async def test_conversations_over_grpc_are_those_of_the_owner_of_the_key(
    gateway: Gateway, stub: "AssistantServiceAsyncStub", subject: str
) -> None:
    metadata = tuple(key(gateway, subject).items())
    await stub.Ask(assistant.AskRequest(question="11042?", subject="member:2"), metadata=metadata).read()
    forged = assistant.ListConversationsRequest(subject="member:2")

    listed = await stub.ListConversations(forged, metadata=metadata)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.ListConversations(assistant.ListConversationsRequest(subject=subject))

    assert gateway.assistant.asked[0].subject == subject
    assert gateway.assistant.subjects == [subject]
    assert len(listed.conversations) <= 1
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_caller_that_leaves_ends_the_work_on_its_answer(
    gateway: Gateway, stub: "AssistantServiceAsyncStub"
) -> None:
    call = stub.Ask(assistant.AskRequest(question="wait"))
    await call.read()
    await gateway.assistant.waiting.wait()

    call.cancel()

    await gateway.assistant.ended.wait()
