"""Answers and errors as OpenAI's chat completions API has them."""

import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Annotated, Any

import orjson
from codingahead.assistant.v1 import assistant_pb2 as assistant
from pydantic import Field
from typing_extensions import TypedDict

from services.gateway.answered import Answered
from services.gateway.api.openai_request import MODEL
from services.gateway.asking import Asked
from services.gateway.keys import KEY_NOT_VALID
from services.gateway.questions import LIMIT_REACHED
from services.runtime.errors import Refusal

_TYPES = {403: "permission_error", 429: "rate_limit_error"}
_CODES = {
    KEY_NOT_VALID: "invalid_api_key",
    LIMIT_REACHED: "rate_limit_exceeded",
    "CALL_LIMIT_REACHED": "rate_limit_exceeded",
    "INVALID_ARGUMENT": "invalid_value",
}


class Error(TypedDict):
    """Why there is no answer."""

    message: str
    type: str
    param: Annotated[str | None, Field(description="The field of the request that is wrong")]
    code: str


class ErrorResponse(TypedDict):
    """Why there is no answer."""

    error: Error


class AssistantMessage(TypedDict):
    """What CasePilot says."""

    role: Annotated[str, Field(description="assistant")]
    content: Annotated[str, Field(description="Markdown, with the verdict and the sources")]


class Choice(TypedDict):
    """The answer."""

    index: Annotated[int, Field(description="0: there is one")]
    message: Annotated[AssistantMessage, Field(description="In a stream it is called delta, and is a piece of it")]
    finish_reason: Annotated[str | None, Field(description="stop; in a stream null before the end")]


class Usage(TypedDict):
    """The length of a conversation, in words: there are no tokens here."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(TypedDict):
    """An answer, or in a stream a piece of it."""

    id: str
    object: Annotated[str, Field(description="chat.completion; in a stream chat.completion.chunk")]
    created: Annotated[int, Field(description="In seconds since 1970")]
    model: str
    choices: list[Choice]
    usage: Annotated[Usage | None, Field(description="In a stream: in the last event, if include_usage asks for it")]


class Model(TypedDict):
    """A model."""

    id: str
    object: Annotated[str, Field(description="model")]
    created: Annotated[int, Field(description="In seconds since 1970")]
    owned_by: str


class ModelList(TypedDict):
    """The models that there are."""

    object: Annotated[str, Field(description="list")]
    data: list[Model]


class Completion:
    """The answer to a question as a completion."""

    def __init__(self, question: str, earlier: Sequence[assistant.Turn]) -> None:
        self._id = f"chatcmpl-{secrets.token_hex(12)}"
        self._created = int(time.time())
        self._asked_words = _words(question) + sum(_words(turn.question) + _words(turn.answer) for turn in earlier)

    async def whole(self, asked: Asked) -> dict[str, Any]:
        """Return the completion when all of it is there."""
        answered = Answered()
        async with aclosing(asked.events) as events:
            async for event in events:
                answered.add(event)
        message = {"role": "assistant", "content": answered.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return self._object("chat.completion", [choice], usage=self._usage(answered.text))

    async def streamed(self, asked: Asked, with_usage: bool) -> AsyncGenerator[bytes, None]:
        """Return the completion as server-sent events; an answer that cannot be completed ends with an error."""
        extra = {"usage": None} if with_usage else {}

        def chunk(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
            return _event(self._object("chat.completion.chunk", [choice], **extra))

        answered = Answered()
        async with aclosing(asked.events) as events:
            yield chunk({"role": "assistant", "content": ""})
            try:
                async for event in events:
                    answered.add(event)
                    if event.text.text:
                        yield chunk({"content": event.text.text})
            except Refusal as refusal:
                yield _event({"error": error(refusal)})
                return
        yield chunk({}, "stop")
        if with_usage:
            yield _event(self._object("chat.completion.chunk", [], usage=self._usage(answered.text)))
        yield b"data: [DONE]\n\n"

    def _object(self, kind: str, choices: Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            "model": MODEL,
            "choices": choices,
            "system_fingerprint": None,
            **more,
        }

    def _usage(self, text: str) -> Usage:
        answered = _words(text)
        return {
            "prompt_tokens": self._asked_words,
            "completion_tokens": answered,
            "total_tokens": self._asked_words + answered,
        }


def error(refusal: Refusal) -> Error:
    """Return a refusal as an error of OpenAI's."""
    status = refusal.kind.http_status
    return {
        "message": refusal.message,
        "type": _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error"),
        "param": refusal.metadata.get("field"),
        "code": _CODES.get(refusal.reason, refusal.reason.lower()),
    }


def _event(value: Any) -> bytes:
    return b"data: %b\n\n" % orjson.dumps(value)


def _words(text: str) -> int:
    return len(text.split())
