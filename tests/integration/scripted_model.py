"""An OpenAI compatible endpoint that does what a test tells it to, well or badly."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

from deploy.local.ports import LOOPBACK

Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]

_STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
)


class ScriptedModel:
    """Answers each request with the next reply, and with the last one for ever; keeps what it was sent.

    `left` counts the connections that the client has closed while a reply was still going on.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.left = 0
        self.url = ""
        self._replies: list[Reply] = []

    def will(self, *replies: Reply) -> None:
        """Set what the next requests are answered with."""
        self._replies = list(replies)

    @property
    def sent(self) -> str:
        """All that it was sent, as text."""
        return json.dumps(self.requests, ensure_ascii=False)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            fields = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
            self.requests.append(json.loads(await reader.readexactly(int(fields["content-length"]))))
            reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
            await reply(reader, writer)
        except ConnectionError:
            self.left += 1
        finally:
            writer.close()


@asynccontextmanager
async def scripted_model() -> AsyncIterator[ScriptedModel]:
    """Serve a scripted model on a free port."""
    model = ScriptedModel()
    async with await asyncio.start_server(model.serve, LOOPBACK, 0) as server:
        port = server.sockets[0].getsockname()[1]
        model.url = f"http://{LOOPBACK}:{port}/v1"
        yield model


def says(*pieces: str, finish: str = "stop") -> Reply:
    """Stream a text."""
    return _streams([*({"content": piece} for piece in pieces)], finish)


def calls(name: str, arguments: Any, text: str = "") -> Reply:
    """Stream the call of a tool, its arguments in two pieces; what is no text is written as JSON."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    half = len(written) // 2
    first = {"index": 0, "id": "call_a", "type": "function", "function": {"name": name, "arguments": written[:half]}}
    second = {"index": 0, "function": {"arguments": written[half:]}}
    spoken = [{"content": text}] if text else []
    return _streams([*spoken, {"tool_calls": [first]}, {"tool_calls": [second]}], "tool_calls")


def is_cut_after(text: str) -> Reply:
    """Stream a text and close the connection in the middle of the answer."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_STREAM + _event({"content": text}))
        await writer.drain()

    return reply


def ends_early_after(text: str) -> Reply:
    """Stream a text and end the answer properly, without saying that it is complete."""
    return _streams([{"content": text}], "")


def refuses(status: int) -> Reply:
    """Answer with an error."""
    body = json.dumps({"error": {"message": "no", "type": "error", "code": "no"}}).encode()
    return _answers(f"HTTP/1.1 {status} No\r\nRetry-After: 1\r\nContent-Type: application/json", body)


def does_not_stream(text: str) -> Reply:
    """Answer in one piece of JSON, as if no stream had been asked for."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    body = json.dumps({"id": "a", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})
    return _answers("HTTP/1.1 200 OK\r\nContent-Type: application/json", body.encode())


def sends(data: str) -> Reply:
    """Stream one event with any data."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_STREAM + _chunk(f"data: {data}\n\n".encode()) + b"0\r\n\r\n")
        await writer.drain()

    return reply


def hangs_after(*pieces: str) -> Reply:
    """Stream a text, then nothing until the client leaves."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_STREAM + b"".join(_event({"content": piece}) for piece in pieces))
        await writer.drain()
        if not await reader.read(1):
            raise ConnectionResetError

    return reply


def floods(piece: str) -> Reply:
    """Stream a piece for ever."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_STREAM)
        for _ in itertools.count():
            writer.write(_event({"content": piece}))
            await writer.drain()

    return reply


def _answers(head: str, body: bytes) -> Reply:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{head}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    return reply


def _streams(deltas: Iterable[dict[str, Any]], finish: str) -> Reply:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_STREAM)
        for delta in deltas:
            writer.write(_event(delta))
            await writer.drain()
        if finish:
            writer.write(_event({}, finish) + _chunk(b"data: [DONE]\n\n"))
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return reply


def _event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return _chunk(f"data: {json.dumps(chunk)}\n\n".encode())


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"
