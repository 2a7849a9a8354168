"""A link to Redis: one connection that any number of callers share, at a low cost for a single command.

In a server that is busy with rpcs, a decision seldom finds others to share a batch with, so its own cost counts: a
command through redis-py's pool, tasks and timers takes about 130 us of processor time, here about 30. The protocol
itself is written and read by hiredis.
"""

import asyncio
import ssl
from collections import deque
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import hiredis

Argument = str | bytes | int


class RedisError(Exception):
    """An error that Redis replied. `code` is its first word, such as READONLY."""

    @property
    def code(self) -> str:
        """The kind of error. ERR means that the command was wrong."""
        return str(self).partition(" ")[0]


class Link:
    """Sends commands to the Redis at a redis:// or rediss:// URL (user, password and database number as usual).

    It connects when first used, and again with the first command after a connection was lost. A connection that leaves
    a command without reply for `timeout_seconds` is given up, with all commands on it. Nothing is tried twice.
    """

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self._url = urlsplit(url)
        self._timeout = timeout_seconds
        self._connection: _Connection | None = None
        self._connecting: asyncio.Task[_Connection] | None = None

    async def ask(self, *command: Argument) -> Any:
        """Send a command and return its reply. Raises RedisError, or OSError when there is no reply.

        After an OSError it is not known whether the command was run.
        """
        connection = self._connection
        if connection is None or connection.lost:
            connection = await self._connect()
        return await connection.send(*command)

    async def close(self) -> None:
        """Close the connection; commands under way fail."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()

    async def _connect(self) -> "_Connection":
        # One attempt for all who wait: they fail together, and none waits for more than one.
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self._open())
        return await asyncio.shield(self._connecting)

    async def _open(self) -> "_Connection":
        url = self._url
        async with asyncio.timeout(self._timeout):
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: _Connection(self._timeout),
                url.hostname or "127.0.0.1",
                url.port or 6379,
                ssl=ssl.create_default_context() if url.scheme == "rediss" else None,
            )
            try:
                if url.password:
                    await connection.send("AUTH", unquote(url.username or "default"), unquote(url.password))
                if database := url.path.strip("/"):
                    await connection.send("SELECT", database)
            except BaseException:
                await connection.close()
                raise
        self._connection = connection
        return connection


class _Connection(asyncio.Protocol):
    """Commands go out together at the end of each turn of the event loop; replies come in the same order."""

    def __init__(self, timeout_seconds: float) -> None:
        self.lost = False
        self._loop = asyncio.get_running_loop()
        self._timeout = timeout_seconds
        self._closed = self._loop.create_future()
        self._reader = hiredis.Reader(replyError=RedisError)
        self._outgoing: list[bytes] = []
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._watch: asyncio.TimerHandle | None = None

    async def send(self, *command: Argument) -> Any:
        packed = hiredis.pack_command(command)  # type: ignore[arg-type]  # its stub says a tuple of one
        if self.lost:
            raise ConnectionResetError("the connection to Redis was lost")
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(packed)
        future = self._loop.create_future()
        self._waiting.append((self._loop.time(), future))
        if self._watch is None:
            self._watch = self._loop.call_later(self._timeout, self._look)
        return await future

    async def close(self) -> None:
        self._transport.abort()
        await self._closed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            _, future = self._waiting.popleft()
            if future.done():  # its caller has gone
                continue
            if isinstance(reply, RedisError):
                future.set_exception(reply)
            else:
                future.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if self._watch is not None:
            self._watch.cancel()
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(ConnectionResetError("the connection to Redis was lost"))
        self._closed.set_result(None)

    def _flush(self) -> None:
        self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def _look(self) -> None:
        # One timer watches the oldest command; a timer for each would be most of the cost of a command.
        self._watch = None
        if not self._waiting:
            return
        left = self._waiting[0][0] + self._timeout - self._loop.time()
        if left > 0:
            self._watch = self._loop.call_later(left, self._look)
        else:
            self._transport.abort()
