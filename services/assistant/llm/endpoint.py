"""The model behind an OpenAI compatible API: one turn of a conversation, bounded in time and length.

The client library takes 50 MB: this module is imported where a model is configured, and nowhere else.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import openai
from openai.types.chat import ChatCompletionChunk

from services.assistant.llm.silence import Reason, Silence
from services.assistant.llm.tools import Call
from services.runtime import telemetry

_CONNECT_SECONDS = 5.0
# Models that reason spend tokens on that too; what is read is bounded by its characters.
_TOKENS = 2000
_CHARACTERS = 6000
# A piece is seldom less than a word.
_PIECES = 4000
_CALLS = 4


class Endpoint:
    """A model at an address. Nothing is tried twice."""

    def __init__(self, base_url: str, api_key: str, model: str, timeout_seconds: float) -> None:
        self._model = model
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            # The library would take a key from its own environment variable instead of none.
            api_key=api_key or "none",
            max_retries=0,
            timeout=openai.Timeout(timeout_seconds, connect=min(timeout_seconds, _CONNECT_SECONDS)),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def turn(
        self, messages: Sequence[Any], tools: Sequence[Any], deadline: float, calls: list[Call]
    ) -> AsyncGenerator[str, None]:
        """Yield the text that comes next, in pieces; `calls` is filled with the tools that are called.

        `deadline` is a time of the event loop. Raises Silence when the turn does not come to its end.
        """
        names = {"gen_ai.operation.name": "chat", "gen_ai.request.model": self._model}
        with telemetry.span(f"chat {self._model}", telemetry.Kind.CLIENT, names) as span:
            try:
                async with aclosing(self._turn(messages, tools, deadline, calls, span)) as pieces:
                    async for piece in pieces:
                        yield piece
            except Silence as silence:
                span.end(silence.reason)
                raise

    async def _turn(
        self,
        messages: Sequence[Any],
        tools: Sequence[Any],
        deadline: float,
        calls: list[Call],
        span: telemetry.Span,
    ) -> AsyncGenerator[str, None]:
        try:
            async with asyncio.timeout_at(deadline):
                stream = await self._client.chat.completions.create(
                    model=self._model,
                    messages=messages,
                    tools=tools,
                    max_completion_tokens=_TOKENS,
                    stream=True,
                )
        except (openai.OpenAIError, TimeoutError) as error:
            raise Silence(_reason(error)) from None
        async with stream:
            chunks = aiter(stream)
            length = 0
            for _ in range(_PIECES):
                try:
                    async with asyncio.timeout_at(deadline):
                        chunk = await anext(chunks)
                    _tell_usage(chunk, span)
                    piece, finish = _read(chunk, calls)
                except StopAsyncIteration:
                    raise Silence(Reason.CUT) from None
                except (openai.OpenAIError, TimeoutError) as error:
                    raise Silence(_reason(error)) from None
                except (ValueError, TypeError, AttributeError):
                    # The library does not check what it reads.
                    raise Silence(Reason.MALFORMED) from None
                length += len(piece)
                if finish == "length" or length + sum(len(call.arguments) for call in calls) > _CHARACTERS:
                    raise Silence(Reason.TOO_LONG)
                if piece:
                    yield piece
                if finish:
                    return
        raise Silence(Reason.TOO_LONG)


def _tell_usage(chunk: ChatCompletionChunk, span: telemetry.Span) -> None:
    """Set the tokens of a turn, which some endpoints say with the end of it."""
    if chunk.usage:
        span.set("gen_ai.usage.input_tokens", chunk.usage.prompt_tokens)
        span.set("gen_ai.usage.output_tokens", chunk.usage.completion_tokens)


def _read(chunk: ChatCompletionChunk, calls: list[Call]) -> tuple[str, str]:
    """Return the text of a chunk and why the turn ends with it, if it does; put together the calls that come in it."""
    if not chunk.choices:
        return "", ""
    choice = chunk.choices[0]
    for part in choice.delta.tool_calls or ():
        while len(calls) <= min(part.index, _CALLS):
            calls.append(Call(f"call_{len(calls)}"))
        if part.index >= _CALLS:
            raise Silence(Reason.TOO_MANY_CALLS)
        call = calls[part.index]
        call.id = part.id or call.id
        if part.function:
            call.name += part.function.name or ""
            call.arguments += part.function.arguments or ""
    return choice.delta.content or "", choice.finish_reason or ""


def _reason(error: Exception) -> Reason:
    match error:
        case TimeoutError() | openai.APITimeoutError():
            return Reason.TIMEOUT
        case openai.RateLimitError():
            return Reason.RATE_LIMITED
        case openai.InternalServerError():
            return Reason.SERVER_ERROR
        case openai.APIStatusError():
            return Reason.REFUSED
        case openai.APIConnectionError():
            return Reason.CONNECTION
        case _:
            return Reason.SERVER_ERROR
