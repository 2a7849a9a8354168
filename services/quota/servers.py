"""The Redis servers of one URL: a server, the primary that Sentinel names, or a cluster.

A command is sent once. It is sent again only where a server says that another one has its keys, and has not run it.
"""

import asyncio
import random
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from prometheus_client import Histogram
from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.maint_notifications import MaintNotificationsConfig

from services.quota.redis_url import Address, parse
from services.runtime.metrics import SECONDS

REDIS_SECONDS = Histogram(
    "codingahead_quota_redis_seconds",
    "Duration of the round trips to Redis, each with a batch of commands",
    buckets=SECONDS,
)

Argument = str | bytes | int
# The first and the last slot, and who has them.
_Range = tuple[int, int, Address]

# After these another server may have what was there.
_SIGNS_OF_A_CHANGE = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.ReadOnlyError,
    exceptions.ClusterDownError,
    OSError,
)

_LARGEST_BATCH = 128
_MOST_REDIRECTIONS = 5


class Servers(Protocol):
    """All servers behind one URL. A hash tag, such as "{q1}", may stand for the keys that begin with it."""

    async def run(self, key: str, *command: Argument) -> Any:
        """Run a command on the server that has a key and return its reply, or raise what became of it."""

    async def server_of(self, key: str) -> "Server":
        """Return the server that has a key."""

    async def check(self) -> None:
        """Raise what is wrong when no server answers."""

    async def close(self) -> None:
        """Wait for what is under way, and close the connections."""


class Server:
    """Sends commands to one server in batches: what arrives while one round trip is under way is the next one.

    No timer: a lone command leaves at once. Under load a command in a batch costs a quarter of a lone one, and Redis
    syncs its file once for all of them.
    """

    def __init__(self, redis: Redis, timeout: float, replicas: int) -> None:
        self._redis = redis
        self._timeout = timeout
        self._replicas = replicas
        self._waiting: deque[tuple[tuple[Argument, ...], asyncio.Future[Any]]] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def run(self, *command: Argument) -> Any:
        """Send a command and return its reply, or raise what became of it."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return await future

    async def ask(self, *command: Argument) -> Any:
        """Send a command whose keys are on their way to this server."""
        _, reply = await self._round_trip([("ASKING",), command], self._replicas)
        return _value(reply)

    async def look(self, *command: Argument) -> Any:
        """Send a command that any server may be asked, a replica too."""
        (reply,) = await self._round_trip([command], replicas=0)
        return _value(reply)

    async def close(self) -> None:
        """Wait for what is under way, and close the connections."""
        if self._sending:
            await self._sending
        await self._redis.aclose()

    async def _send(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _LARGEST_BATCH))]
            try:
                replies = await self._round_trip([command for command, _ in batch], self._replicas)
            except Exception as error:  # whatever it is, it is told to the callers
                if isinstance(error, TimeoutError | exceptions.TimeoutError):
                    # Whoever waits behind it has waited as long, or would: a server that hangs holds nobody twice.
                    batch += self._waiting
                    self._waiting.clear()
                replies = [error] * len(batch)
            for (_, future), reply in zip(batch, replies, strict=True):
                if future.done():  # its caller has gone
                    continue
                if isinstance(reply, Exception):
                    future.set_exception(reply)
                else:
                    future.set_result(reply)

    async def _round_trip(self, commands: Sequence[tuple[Argument, ...]], replicas: int) -> list[Any]:
        """Return replies and errors. What has not reached so many replicas is an error, though it has been done."""
        pipeline: Any = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        if replicas:
            pipeline.execute_command("WAIT", replicas, int(self._timeout * 500))
        # Connecting and all replies together.
        with REDIS_SECONDS.time():
            async with asyncio.timeout(self._timeout):
                replies: list[Any] = await pipeline.execute(raise_on_error=False)
        if replicas:
            reached = replies.pop()  # an error where this is a replica itself
            if not isinstance(reached, int) or reached < replicas:
                lost = exceptions.ConnectionError("too few replicas have the changes")
                return [reply if isinstance(reply, Exception) else lost for reply in replies]
        return replies


def _value(reply: Any) -> Any:
    if isinstance(reply, Exception):
        raise reply
    return reply


class _OneServer:
    """One server that has everything."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def run(self, _: str, *command: Argument) -> Any:
        return await self._server.run(*command)

    async def server_of(self, _: str) -> Server:
        return self._server

    async def check(self) -> None:
        await self._server.look("PING")

    async def close(self) -> None:
        await self._server.close()


class _Primaries(ABC):
    """Servers of which each has some slots, until a replica takes over from it. Each has its own batch under way.

    The clients of redis-py for this are not used: that of a cluster runs again what may have been run, and lets one
    server that is away break the connections to all; that of Sentinel stays with a primary that was replaced and lives.
    """

    def __init__(self, open_server: Callable[[Address], Server], timeout: float) -> None:
        self._open = open_server
        self._timeout = timeout
        self._servers: dict[Address, Server] = {}
        self._ranges: list[_Range] = []  # the first that a slot is in counts
        self._looking: asyncio.Task[None] | None = None

    @abstractmethod
    async def find(self) -> list[_Range]:
        """Return who has which slots now. Raises when nobody knows."""

    async def run(self, key: str, *command: Argument) -> Any:
        slot = key_slot(key.encode())
        address = await self._address_of(slot)
        for _ in range(_MOST_REDIRECTIONS):
            try:
                return await self.server_at(address).run(*command)
            except exceptions.MovedError as moved:
                address = (moved.host or address[0], moved.port)
                self._ranges.insert(0, (slot, slot, address))
                self._look()
            except exceptions.AskError as asked:
                return await self.server_at((asked.host or address[0], asked.port)).ask(*command)
            except _SIGNS_OF_A_CHANGE:
                self._look()  # for the calls to come
                raise
        raise exceptions.ConnectionError("the servers do not agree on who has a slot")

    async def server_of(self, key: str) -> Server:
        return self.server_at(await self._address_of(key_slot(key.encode())))

    async def check(self) -> None:
        await asyncio.shield(self._look())
        # While some are away, the others have callers to answer.
        primaries = {address for *_, address in self._ranges}
        answers = await asyncio.gather(
            *(self.server_at(address).look("PING") for address in primaries), return_exceptions=True
        )
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        if len(failures) == len(primaries):
            raise failures[0]

    async def close(self) -> None:
        if self._looking:
            await asyncio.wait({self._looking})
        await asyncio.gather(*(server.close() for server in self._servers.values()))

    def server_at(self, address: Address) -> Server:
        if address not in self._servers:
            self._servers[address] = self._open(address)
        return self._servers[address]

    async def _address_of(self, slot: int) -> Address:
        if not self._ranges:
            async with asyncio.timeout(self._timeout):
                await asyncio.shield(self._look())
        for first, last, address in self._ranges:
            if first <= slot <= last:
                return address
        self._look()
        raise exceptions.ConnectionError("no server has the slot")

    def _look(self) -> asyncio.Task[None]:
        """Look who has what; one look at a time."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._update())
            # Nobody may wait for it: what went wrong is told to whoever asks next.
            self._looking.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._looking

    async def _update(self) -> None:
        self._ranges = await self.find()
        primaries = {address for *_, address in self._ranges}
        gone = [self._servers.pop(address) for address in self._servers.keys() - primaries]
        await asyncio.gather(*(server.close() for server in gone))


class _Cluster(_Primaries):
    """The primaries of a Redis Cluster."""

    def __init__(self, seeds: Sequence[Address], open_server: Callable[[Address], Server], timeout: float) -> None:
        super().__init__(open_server, timeout)
        self._seeds = seeds

    async def find(self) -> list[_Range]:
        known = list({*self._seeds, *(address for *_, address in self._ranges)})
        # One that is cut off from the others says what was: do not always ask the same.
        random.shuffle(known)
        failure: Exception = exceptions.ConnectionError("the cluster has no slots yet")
        for address in known:
            try:
                slots = await self.server_at(address).look("CLUSTER SLOTS")
            except (exceptions.RedisError, OSError) as error:
                failure = error
                continue
            if slots:
                # Without a host it is the one that was asked.
                return [(first, last, (_text(host) or address[0], port)) for first, last, (host, port, *_), *_ in slots]
        raise failure


class _Watched(_Primaries):
    """The primary that Sentinels name. The first that answers is believed, so that all replicas of quota agree."""

    def __init__(
        self, sentinels: Sequence[Server], service: str, open_server: Callable[[Address], Server], timeout: float
    ) -> None:
        super().__init__(open_server, timeout)
        self._sentinels = sentinels
        self._service = service

    async def find(self) -> list[_Range]:
        failure: Exception = exceptions.ConnectionError("the Sentinels do not know the service")
        for sentinel in self._sentinels:
            try:
                named = await sentinel.look("SENTINEL GET-MASTER-ADDR-BY-NAME", self._service)
            except (exceptions.RedisError, OSError) as error:
                failure = error
                continue
            if named:
                return [(0, 16383, (_text(named[0]), named[1]))]
        raise failure

    async def close(self) -> None:
        await super().close()
        await asyncio.gather(*(sentinel.close() for sentinel in self._sentinels))


def _text(name: bytes | None) -> str:
    return name.decode() if name else ""


def open_servers(url: str, timeout: float, replicas: int) -> Servers:
    """Return the servers of a URL that `redis_url.parse` reads; nothing is sent before they are used.

    `timeout` bounds each round trip, in seconds. There is a reply once so many `replicas` have what was changed.
    """
    location = parse(url)
    common: dict[str, Any] = {
        # redis-py's own, ten by default, would hold the callers for seconds.
        "retry": Retry(NoBackoff(), 0),
        # With them on, the pool hands out connections that the server has closed.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
    }

    def open_server(address: Address) -> Server:
        return Server(Redis(host=address[0], port=address[1], **common, **location.options), timeout, replicas)

    def open_sentinel(address: Address) -> Server:
        # They are asked one after the other: one that hangs leaves time for the others.
        share = timeout / len(location.addresses)
        return Server(Redis(host=address[0], port=address[1], **common, **location.sentinel_options), share, replicas=0)

    match location.kind:
        case "cluster":
            return _Cluster(location.addresses, open_server, timeout)
        case "sentinel":
            return _Watched(list(map(open_sentinel, location.addresses)), location.service, open_server, timeout)
        case _:
            return _OneServer(open_server(location.addresses[0]))
