"""Start, be ready, drain, stop: the life of a service process."""

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Protocol, TypeVar

import uvloop

from services.runtime import logs, telemetry
from services.runtime.metrics import READY, watch_loop
from services.runtime.rpc.health import HealthEndpoint
from services.runtime.settings import Settings
from services.runtime.tasks import end

Resource = TypeVar("Resource")

_CHECK_SECONDS = 1.0
_CLOSE_SECONDS = 0.5


class Endpoint(Protocol):
    """What serves callers: an rpc server or an HTTP server."""

    async def start(self) -> None:
        """Bind and serve, not ready yet."""

    async def set_ready(self, ready: bool) -> None:
        """Tell callers whether to send requests here."""

    async def stop(self, grace: float) -> None:
        """Refuse new requests, and wait up to `grace` seconds for those under way."""


class Lifecycle:
    """Owns what a service makes: whatever is entered is closed in reverse order, whatever runs is stopped.

    Liveness is the process itself. Readiness is every check passing; it is looked at each second. Probes are told both
    from the first moment to the last, where the settings give them an address.
    """

    def __init__(self, log: logs.Logger, settings: Settings) -> None:
        self.log = log
        self._settings = settings
        self._stack = AsyncExitStack()
        self._endpoints: list[Endpoint] = []
        self._checks: dict[str, Callable[[], Awaitable[object]]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._wiring: asyncio.Task[None] | None = None
        self._probes = HealthEndpoint(settings.health_listen) if settings.health_listen else None
        self.ready = False

    async def live(self, main: Callable[["Lifecycle"], Coroutine[Any, Any, None]]) -> None:
        """Run `main`, which wires the service and serves, until SIGTERM or SIGINT; then close."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        failure = None
        try:
            if self._probes:
                await self._probes.start()
            self._wiring = running = asyncio.create_task(main(self), name="main")
            await asyncio.wait({running})
            if not running.cancelled():
                running.result()
        except BaseException as error:
            failure = error
            raise
        finally:
            if not await self.close():
                self.log.warning("stopped, though not all could be closed", exc_info=failure)
                telemetry.stop()
                os._exit(1 if failure else 0)  # asyncio would wait for what still closes

    async def enter(self, resource: AbstractAsyncContextManager[Resource]) -> Resource:
        """Enter a resource and close it when the service stops."""
        return await self._stack.enter_async_context(resource)

    def on_close(self, close: Callable[[], Awaitable[object]]) -> None:
        """Call `close` when the service stops."""
        self._stack.push_async_callback(close)

    def check(self, name: str, check: Callable[[], Awaitable[object]]) -> None:
        """Be ready only while `check` returns: raising, or taking over two seconds, makes the service not ready."""
        self._checks[name] = check

    def background(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` until the service stops; if it ends by an error, the service stops with that error."""
        self._tasks.append(asyncio.create_task(work, name=name))

    async def serve(self, *endpoints: Endpoint) -> None:
        """Serve until told to stop, then drain. Raises what made a background task fail."""
        self._wiring = None
        for endpoint in endpoints:
            await endpoint.start()
            self._endpoints.append(endpoint)
        # What is wired stays: to go through it with each full collection would hold up calls.
        gc.collect()
        gc.freeze()
        self.background("readiness", self._watch_readiness())
        self.background("event loop", watch_loop())
        stopped = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({stopped, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        for task in self._tasks:
            if task.done() and not task.cancelled() and (error := task.exception()):
                self.log.error("a background task failed", task=task.get_name(), exc_info=error)
                raise error
        self.log.info("draining")
        await self._set_ready(False)
        await asyncio.sleep(self._settings.drain_seconds)

    async def close(self) -> bool:
        """Stop the endpoints, then the background tasks, then close what was entered, last first.

        Return whether all is closed: stores that do not answer are not waited for.
        """
        await asyncio.gather(*(e.stop(self._settings.stop_seconds) for e in self._endpoints))
        closing = asyncio.create_task(self._close_resources())
        await asyncio.wait({closing}, timeout=_CLOSE_SECONDS)
        if not closing.done():
            return False
        closing.result()
        if self._probes:
            await self._probes.stop(0)
        self.log.info("stopped")
        return True

    async def _close_resources(self) -> None:
        await end(self._tasks)
        await self._stack.aclose()

    def _stop(self) -> None:
        self._stopping.set()
        if self._wiring:
            self._wiring.cancel()

    async def _watch_readiness(self) -> None:
        first = True
        while not self._stopping.is_set():
            failures = await self._failures()
            if self._stopping.is_set():
                return
            if first or bool(failures) == self.ready:
                self.log.info("not ready" if failures else "ready", **failures)
            first = False
            await self._set_ready(not failures)
            try:
                await asyncio.wait_for(self._stopping.wait(), _CHECK_SECONDS)
            except TimeoutError:
                continue

    async def _failures(self) -> dict[str, str]:
        failures = {}
        for name, check in self._checks.items():
            try:
                await asyncio.wait_for(check(), 2.0)
            except Exception as error:  # whatever a check raises, it is the reason for not being ready
                failures[name] = f"{type(error).__name__}: {error}"
        return failures

    async def _set_ready(self, ready: bool) -> None:
        self.ready = ready
        READY.set(ready)
        for endpoint in self._endpoints:
            await endpoint.set_ready(ready)
        if self._probes:
            await self._probes.set_ready(ready)


def run(service: str, settings: Settings, main: Callable[[Lifecycle], Coroutine[Any, Any, None]]) -> None:
    """Run a service process: `main` wires it and ends with `await life.serve(...)`."""
    logs.configure(service, settings.log_level, settings.log_json)
    telemetry.start(service, settings)

    async def live() -> None:
        await Lifecycle(logs.get(service), settings).live(main)

    try:
        uvloop.run(live())
    finally:
        telemetry.stop()
    # The process ends with its objects: to go through them all once more would hold that up.
    gc.freeze()
