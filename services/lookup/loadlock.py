"""One loader at a time: a document that expires unless its holder renews it."""

import asyncio
import contextlib
import os
import secrets
import socket
import time
from types import TracebackType
from typing import Any, Self

from services.lookup.index.mappings import LOCKS_INDEX, locks_index
from services.lookup.store import Store, Versioned
from services.runtime.errors import Kind, Refusal

_ID = "load"
_CALL_SECONDS = 10.0


class LoadLock:
    """Held inside `async with`; refuses with LOAD_IN_PROGRESS while another process holds it.

    It is renewed in the background, so a holder that is killed blocks the next one for at most `seconds`. The clocks of
    the machines that load are taken to agree within a fraction of that.
    """

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._held: Versioned | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._store.create_index(LOCKS_INDEX, locks_index(), _CALL_SECONDS)
        found = await self._store.get(LOCKS_INDEX, _ID, _CALL_SECONDS)
        if found and found.source["expires_at"] > time.time():
            raise _in_progress(found.source["holder"])
        self._held = await self._write(replaces=found)
        if self._held is None:
            raise _in_progress("another process")
        self._renewing = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._renewing:
            # Not while it writes: the version to remove would be unknown, and the lock would stay until it expires.
            async with self._writing:
                self._renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewing
        # An unreachable store must not hide why the load failed; the lock expires.
        with contextlib.suppress(Refusal):
            if self._held:
                await self._store.remove(LOCKS_INDEX, _ID, self._held, _CALL_SECONDS)

    async def confirm(self) -> None:
        """Renew the lock now; refuse when another process has taken it."""
        async with self._writing:
            self._held = self._held and await self._write(replaces=self._held)
        if self._held is None:
            raise Refusal(Kind.CONFLICT, "LOAD_LOCK_LOST", "another load has begun; this one changes nothing")

    async def _renew(self) -> None:
        while self._held:
            await asyncio.sleep(self._seconds / 4)
            # A store that is away for a moment is asked again; one that says the lock is lost ends the renewing.
            with contextlib.suppress(Refusal):
                await self.confirm()

    async def _write(self, replaces: Versioned | None) -> Versioned | None:
        source: dict[str, Any] = {"holder": self._holder, "expires_at": time.time() + self._seconds}
        return await self._store.put(LOCKS_INDEX, _ID, source, _CALL_SECONDS, replaces)


def _in_progress(holder: str) -> Refusal:
    return Refusal(Kind.CONFLICT, "LOAD_IN_PROGRESS", f"a load is in progress ({holder}); try again when it has ended")
