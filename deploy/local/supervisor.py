"""Child processes that start when told, are waited for until healthy, and stop in reverse order."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from deploy.local.folder import PidFiles, claimed
from deploy.local.ports import listens

LEASH = Path(__file__).with_name("leash.py")
POLL_S = 0.05
PROBE_TIMEOUT_S = 5.0
LEFTOVER_GRACE_S = 5.0
LOG_TAIL_BYTES = 4_000

Progress = Callable[[str, str], None]
"""Told (name, state) whenever the state of a child changes, for example ("nats", "ready in 0.2 s")."""


def silent(name: str, state: str) -> None:
    """Progress that nobody wants to see."""


@dataclass(frozen=True, slots=True)
class Child:
    """A program to run.

    `health` tells whether it is ready; OSError counts as not yet. With `port` it is asked only once the child itself
    listens there, so that another program on that port is not taken for it. `env` is added to the environment.
    Times are in seconds: `start_timeout` to become healthy, `stop_grace` between SIGTERM and SIGKILL.
    """

    name: str
    command: Sequence[str]
    health: Callable[[], Awaitable[bool]]
    port: int | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    start_timeout: float = 60
    stop_grace: float = 10


class ChildFailed(Exception):
    """A child did not become healthy, or ended unasked. `name` tells which; the text has the end of its log."""

    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(f"{name} {reason}. The end of {log}:\n{_tail(log)}")
        self.name = name


@dataclass(slots=True)
class _Running:
    child: Child
    process: asyncio.subprocess.Process
    exited: asyncio.Task[int]
    log: Path
    ready: bool = False
    stopping: bool = False


class Supervisor:
    """Runs children whose logs, pid files and lock are under `folder`, which has one supervisor at a time.

    An async context manager: entering ends what a killed run left behind, leaving stops every child. Enter it on the
    main thread: the kernel ends the children with the thread that started them. Raises FolderInUse on entering.
    """

    def __init__(self, folder: Path, progress: Progress = silent) -> None:
        self._folder = folder.resolve()
        self._progress = progress
        self._pids = PidFiles(self._folder)
        self._running: dict[str, _Running] = {}
        self._failures: asyncio.Queue[ChildFailed] = asyncio.Queue()
        self._claim = ExitStack()

    async def __aenter__(self) -> Self:
        with ExitStack() as claim:
            claim.enter_context(claimed(self._folder))
            await asyncio.to_thread(self._pids.end_leftovers, LEFTOVER_GRACE_S)
            self._claim = claim.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._claim:
            for name in reversed(self._running):
                await self.stop(name)

    async def start(self, child: Child) -> None:
        """Start a child and return when it is healthy. Raises ChildFailed, with nothing left running."""
        began = time.monotonic()
        self._progress(child.name, "starting")
        running = await self._spawn(child)
        try:
            async with asyncio.timeout(child.start_timeout):
                await self._until_healthy(running)
        except TimeoutError:
            await self.kill(child.name)
            reason = f"was not ready within {child.start_timeout:g} s"
            raise ChildFailed(child.name, reason, running.log) from None
        running.ready = True
        self._progress(child.name, f"ready in {time.monotonic() - began:.1f} s")

    async def wait(self) -> NoReturn:
        """Wait until a child ends unasked and raise ChildFailed for it."""
        raise await self._failures.get()

    async def stop(self, name: str) -> None:
        """End a child: SIGTERM, its grace time, SIGKILL. Nothing happens to one that has ended."""
        running = self._running[name]
        if running.exited.done():
            return
        self._progress(name, "stopping")
        running.stopping = True
        with suppress(ProcessLookupError):
            running.process.terminate()
        await asyncio.wait({running.exited}, timeout=running.child.stop_grace)
        await self.kill(name)
        self._progress(name, "stopped")

    async def kill(self, name: str) -> None:
        """End a child and all of its process group at once, with SIGKILL."""
        running = self._running[name]
        running.stopping = True
        if not running.exited.done():
            with suppress(ProcessLookupError, PermissionError):  # macOS refuses to signal a group of zombies
                os.killpg(running.process.pid, signal.SIGKILL)
        await asyncio.wait({running.exited})

    async def restart(self, name: str) -> None:
        """Start a child again with the same command, stopping it first if it runs. Raises ChildFailed."""
        await self.stop(name)
        await self.start(self._running[name].child)

    def pid(self, name: str) -> int:
        """The process id of a child."""
        return self._running[name].process.pid

    async def _spawn(self, child: Child) -> _Running:
        if child.name in self._running and not self._running[child.name].exited.done():
            raise ValueError(f"{child.name} runs already")
        log = self._folder / "logs" / f"{child.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), *child.command),
                env={**os.environ, **child.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C in the terminal must not reach it: the order of stopping is ours
            )
        running = _Running(child, process, asyncio.ensure_future(process.wait()), log)
        self._running[child.name] = running
        running.exited.add_done_callback(lambda _: self._on_exit(running))
        self._pids.write(child.name, process.pid)
        return running

    async def _until_healthy(self, running: _Running) -> None:
        child, pid = running.child, running.process.pid
        while True:
            if running.exited.done():
                raise ChildFailed(child.name, f"ended with {running.exited.result()} before it was ready", running.log)
            if child.port is None or listens(pid, child.port):
                with suppress(OSError):
                    async with asyncio.timeout(PROBE_TIMEOUT_S):
                        healthy = await child.health()
                    if healthy and not running.exited.done():
                        return
            await asyncio.wait({running.exited}, timeout=POLL_S)

    def _on_exit(self, running: _Running) -> None:
        if running.exited.cancelled():  # the loop is closing: the pid file stays for the next run
            return
        name = running.child.name
        self._pids.remove(name)
        if running.ready and not running.stopping:
            self._progress(name, "ended")
            reason = f"ended unexpectedly with {running.exited.result()}"
            self._failures.put_nowait(ChildFailed(name, reason, running.log))


def _tail(log: Path) -> str:
    with log.open("rb") as lines:
        size = lines.seek(0, os.SEEK_END)
        lines.seek(max(0, size - LOG_TAIL_BYTES))
        return lines.read().decode(errors="replace").strip()
