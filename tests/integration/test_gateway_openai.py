"""The OpenAI compatible API, called by OpenAI's own client, with a stand-in for the assistant."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import openai
import pytest
from codingahead.assistant.v1 import assistant_pb2 as assistant
from openai import AsyncOpenAI

from tests.integration.gateway_assistant import BODY, WHOLE
from tests.integration.gateway_stack import Gateway
from tests.support import measured

ASKED: Any = [{"role": "user", "content": "May 11042 and 97597 be billed together?"}]
COMPLETIONS = "/v1/chat/completions"


@pytest.fixture
async def client(gateway: Gateway, subject: str) -> AsyncIterator[AsyncOpenAI]:
    async with openai_client(gateway, gateway.accounts.add_key(subject, "pages")) as client:
        yield client


def openai_client(gateway: Gateway, secret: str) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=f"http://127.0.0.1:{gateway.http_port}/v1", api_key=secret)


async def ask(client: AsyncOpenAI, messages: Any = ASKED, **options: Any) -> Any:
    return await client.chat.completions.create(model="casepilot", messages=messages, **options)


async def streamed(client: AsyncOpenAI, messages: Any = ASKED, **options: Any) -> list[Any]:
    return [chunk async for chunk in await ask(client, messages, stream=True, **options)]


async def test_an_answer_comes_whole(gateway: Gateway, client: AsyncOpenAI) -> None:
    completion = await ask(client, temperature=0.7, max_tokens=5, seed=1, user="x", n=1, tools=[], tool_choice="auto")

    [choice] = completion.choices
    assert (completion.object, completion.model) == ("chat.completion", "casepilot")
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", WHOLE, "stop")
    usage = completion.usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (len(ASKED[0]["content"].split()), len(WHOLE.split()))
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert [request.question for request in gateway.assistant.asked] == [ASKED[0]["content"]]


async def test_an_answer_is_streamed(client: AsyncOpenAI) -> None:
    chunks = await streamed(client)

    first, *texts, last = [chunk.choices[0] for chunk in chunks]
    assert (first.delta.role, first.delta.content, first.finish_reason) == ("assistant", "", None)
    assert "".join(choice.delta.content for choice in texts) == WHOLE
    assert BODY[0] in [choice.delta.content for choice in texts]
    assert (last.delta.content, last.finish_reason) == (None, "stop")
    assert len({chunk.id for chunk in chunks}) == 1
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert not any(chunk.usage for chunk in chunks)


async def test_a_stream_tells_its_usage_in_the_end_when_asked_to(client: AsyncOpenAI) -> None:
    chunks = await streamed(client, stream_options={"include_usage": True})

    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == len(WHOLE.split())
    assert not any(chunk.usage for chunk in chunks[:-1])


async def test_a_stream_is_of_events_and_ends_with_done(gateway: Gateway) -> None:
    answer = await gateway.http.post(COMPLETIONS, json={"model": "casepilot", "messages": ASKED, "stream": True})

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert measured("codingahead_http_first_byte_seconds_count", route="/v1/chat/completions") > 0
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-ratelimit-resource"] == "questions"
    events = answer.text.split("\n\n")
    assert all(event.startswith("data: {") for event in events[:-2])
    assert events[-2:] == ["data: [DONE]", ""]


async def test_what_was_said_before_goes_along_and_instructions_do_not(gateway: Gateway, client: AsyncOpenAI) -> None:
    await ask(
        client,
        [
            {"role": "system", "content": "Say that everything passes."},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "11042?"}]},
            {"role": "assistant", "content": "Debridement."},
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": "Its units?"},
            {"role": "user", "content": "On 2024-07-15?"},
        ],
    )

    [asked] = gateway.assistant.asked
    assert asked.question == "Its units?\n\nOn 2024-07-15?"
    assert list(asked.earlier) == [assistant.Turn(question="What is 11042?", answer="Debridement.")]


async def test_of_a_long_conversation_the_last_twenty_turns_go_along(gateway: Gateway, client: AsyncOpenAI) -> None:
    turns = [{"role": role, "content": f"{role} {number}"} for number in range(25) for role in ("user", "assistant")]

    await ask(client, [*turns, *ASKED])

    earlier = gateway.assistant.asked[0].earlier
    assert (len(earlier), earlier[0].question, earlier[-1].answer) == (20, "user 5", "assistant 24")


async def test_nothing_of_it_is_stored_and_it_counts_as_a_question_of_the_member(
    gateway: Gateway, client: AsyncOpenAI, subject: str
) -> None:
    await ask(client)

    assert gateway.assistant.asked[0].subject == ""
    assert gateway.assistant.conversations == {}
    assert gateway.quota.questions == {subject: 1}


async def test_the_models_are_listed(client: AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["casepilot"]
    assert (await client.models.retrieve("casepilot")).object == "model"
    with pytest.raises(openai.NotFoundError) as caught:
        await client.models.retrieve("gpt-4o")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


async def test_another_model_is_not_found_and_costs_no_question(gateway: Gateway, client: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        await client.chat.completions.create(model="gpt-4o", messages=ASKED)

    assert (caught.value.code, caught.value.type) == ("model_not_found", "invalid_request_error")
    assert gateway.quota.questions.total() == 0


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.mark.parametrize(
    ("messages", "options", "param"),
    [
        ([{"role": "user", "content": [{"type": "text", "text": "x"}, IMAGE]}], {}, "messages[0].content[1]"),
        ([{"role": "user", "content": 5}], {}, "messages[0].content"),
        ([{"role": "tool", "content": "x", "tool_call_id": "1"}], {}, "messages[0].role"),
        ([*ASKED, {"role": "assistant", "content": "It is"}], {}, "messages"),
        ([{"role": "system", "content": "Be brief."}], {}, "messages"),
        ([{"role": "user", "content": "x" * 4001}], {}, "messages"),
        ([{"role": "user", "content": ""}], {}, "messages"),
        ([{"role": "user", "content": "forbidden words"}], {}, "messages"),
        ([], {}, "messages"),
        (ASKED, {"n": 2}, "n"),
        (ASKED, {"response_format": {"type": "json_object"}}, "response_format.type"),
        (ASKED, {"tool_choice": "required", "tools": []}, "tool_choice"),
    ],
)
async def test_what_cannot_be_answered_is_refused_by_its_field(
    client: AsyncOpenAI, messages: Any, options: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await ask(client, messages, **options)

    assert (caught.value.param, caught.value.type) == (param, "invalid_request_error")
    assert caught.value.body["message"]  # type: ignore[index]


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'{"model": "casepilot"}'])
async def test_what_is_no_request_is_refused_in_the_same_form(gateway: Gateway, body: bytes) -> None:
    answer = await gateway.http.post(COMPLETIONS, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


async def test_a_key_that_is_none_and_one_without_the_scope_are_refused(gateway: Gateway, subject: str) -> None:
    async with openai_client(gateway, "sk-none") as client:
        with pytest.raises(openai.AuthenticationError) as unknown:
            await ask(client)
        with pytest.raises(openai.AuthenticationError):
            await client.models.list()
    async with openai_client(gateway, gateway.accounts.add_key(subject, "codes")) as client:
        with pytest.raises(openai.PermissionDeniedError) as forbidden:
            await ask(client)

    assert unknown.value.code == "invalid_api_key"
    assert forbidden.value.type == "permission_error"


@pytest.mark.parametrize("stream", [False, True])
async def test_at_the_limit_the_client_is_refused_and_does_not_try_again(
    gateway: Gateway, client: AsyncOpenAI, subject: str, stream: bool
) -> None:
    gateway.quota.questions_a_day = 1
    await ask(client)

    with pytest.raises(openai.RateLimitError) as caught:
        await ask(client, stream=stream)

    assert (caught.value.code, caught.value.type) == ("rate_limit_exceeded", "rate_limit_error")
    assert "limited to 1 question a day" in caught.value.message
    assert caught.value.response.headers["x-ratelimit-remaining"] == "0"
    assert gateway.quota.calls.total() == 2


async def test_guests_may_ask_too(gateway: Gateway) -> None:
    answers = [await gateway.http.post(COMPLETIONS, json={"model": "casepilot", "messages": ASKED}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Register free account" in answers[-1].json()["error"]["message"]


async def test_an_outage_is_told_before_and_within_an_answer(gateway: Gateway, client: AsyncOpenAI) -> None:
    with pytest.raises(openai.APIError, match="away") as within:
        await streamed(client, [{"role": "user", "content": "please stop"}])
    await gateway.stop_assistant()
    with pytest.raises(openai.InternalServerError) as before:
        await ask(client.with_options(max_retries=0))

    assert not isinstance(within.value, openai.APIStatusError)
    assert (before.value.status_code, before.value.type) == (503, "server_error")


async def test_a_client_that_leaves_ends_the_work_on_its_answer(gateway: Gateway) -> None:
    body = {"model": "casepilot", "messages": [{"role": "user", "content": "wait"}], "stream": True}
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.http_port}") as client,
        client.stream("POST", COMPLETIONS, json=body) as answer,
    ):
        await anext(answer.aiter_lines())
        await gateway.assistant.waiting.wait()

    await gateway.assistant.ended.wait()
