"""Forgetting, every few minutes, what nobody needs any more."""

import asyncio
from collections.abc import Awaitable, Callable

from services.runtime import logs
from services.runtime.errors import Refusal

_EVERY_SECONDS = 300.0


async def keep_sweeping(sweep: Callable[[], Awaitable[object]], log: logs.Logger) -> None:
    """Sweep until cancelled; while the database is away, what is old waits."""
    while True:
        try:
            await sweep()
        except Refusal as refusal:
            log.warning("nothing was swept", error=refusal.message)
        await asyncio.sleep(_EVERY_SECONDS)
