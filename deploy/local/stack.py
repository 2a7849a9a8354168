"""NATS, Redis, Elasticsearch and the mail inbox on this machine, for as long as a block lasts."""

from collections.abc import Callable, Coroutine, Mapping, Set
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local import elasticsearch, inbox, nats, redis
from deploy.local.elasticsearch import home
from deploy.local.ports import LOOPBACK, free_port, is_free
from deploy.local.redis import AppendFsync
from deploy.local.supervisor import Child, ChildFailed, Progress, Supervisor, silent
from deploy.local.tasks import together

DEFAULT_FOLDER = Path(".local")
PARTS = frozenset({"nats", "redis", "elasticsearch", "inbox"})
# The inbox has two: "inbox" is its page.
DEFAULT_PORTS = {"nats": 4222, "redis": 6379, "elasticsearch": 9200, "smtp": 1025, "inbox": 8025}


class LocalStack:
    """The data services under one folder, each on its port of the loopback interface or, where that is taken, another.

    `folder` keeps data, logs and pid files between runs. `parts` are those to start, together. `ports` are the wished
    ones; a part without one gets any free port. `elasticsearch_home` holds the jars and may be shared by many stacks.
    `heap` is Elasticsearch's Java heap. `progress` is told (part, state).

    An async context manager. Entering raises FolderInUse, ChildFailed, home.JarRefused or home.FetchFailed, with
    nothing left running. `supervisor` runs further children, which stop before the parts do.
    """

    def __init__(
        self,
        folder: Path = DEFAULT_FOLDER,
        parts: Set[str] = PARTS,
        *,
        ports: Mapping[str, int] = DEFAULT_PORTS,
        elasticsearch_home: Path | None = None,
        appendfsync: AppendFsync = "always",
        heap: str = "512m",
        progress: Progress = silent,
    ) -> None:
        if unknown := parts - PARTS:
            raise ValueError(f"unknown parts: {', '.join(sorted(unknown))}")
        self._folder = folder.resolve()
        self._parts = parts
        self._wished_ports = ports
        self._home = (elasticsearch_home or self._folder / "elasticsearch" / f"home-{home.VERSION}").resolve()
        self._appendfsync = appendfsync
        self._heap = heap
        self._progress = progress
        self._ports: dict[str, int] = {}
        self._exit = AsyncExitStack()
        self.supervisor = Supervisor(self._folder, progress)

    @property
    def nats_url(self) -> str:
        """Where NATS listens."""
        return f"nats://{LOOPBACK}:{self._ports['nats']}"

    @property
    def redis_url(self) -> str:
        """Where Redis listens; database 0."""
        return f"redis://{LOOPBACK}:{self._ports['redis']}/0"

    @property
    def elasticsearch_url(self) -> str:
        """Where Elasticsearch listens."""
        return f"http://{LOOPBACK}:{self._ports['elasticsearch']}"

    @property
    def smtp_url(self) -> str:
        """Where the inbox takes mail."""
        return f"smtp://{LOOPBACK}:{self._ports['smtp']}"

    @property
    def inbox_url(self) -> str:
        """Where the inbox shows mail."""
        return f"http://{LOOPBACK}:{self._ports['inbox']}"

    async def __aenter__(self) -> Self:
        starts: dict[str, Callable[[], Coroutine[object, object, None]]] = {
            "nats": self._start_nats,
            "redis": self._start_redis,
            "elasticsearch": self._start_elasticsearch,
            "inbox": self._start_inbox,
        }
        async with AsyncExitStack() as undo:
            await undo.enter_async_context(self.supervisor)
            await together(start() for part, start in starts.items() if part in self._parts)
            self._exit = undo.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exit.aclose()

    async def _start_nats(self) -> None:
        await self._start(partial(nats.child, self._data("nats")), "nats")

    async def _start_redis(self) -> None:
        await self._start(partial(redis.child, self._data("redis"), self._appendfsync), "redis")

    async def _start_elasticsearch(self) -> None:
        await home.prepare(self._home, home.read_pins(), self._progress)
        data = self._data("elasticsearch")
        await self._start(partial(elasticsearch.child, self._home, data, self._heap), "elasticsearch")

    async def _start_inbox(self) -> None:
        await self._start(partial(inbox.child, self._data("inbox")), "smtp", "inbox")

    async def _start(self, child_on: Callable[..., Child], *names: str) -> None:
        """Start the child that listens on the ports of these names."""
        ports = [free_port(self._wished_ports.get(name, 0)) for name in names]
        try:
            await self.supervisor.start(child_on(*ports))
        except ChildFailed:
            if all(is_free(port) for port in ports):
                raise
            ports = [free_port() for _ in names]  # somebody took one between the look and the start
            await self.supervisor.start(child_on(*ports))
        self._ports.update(zip(names, ports, strict=True))

    def _data(self, part: str) -> Path:
        return self._folder / "data" / part
