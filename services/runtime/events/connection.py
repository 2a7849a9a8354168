"""A connection to NATS for one command: there at once, or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
from nats.aio.client import Client as Nats

_CONNECT_SECONDS = 5.0


@asynccontextmanager
async def connected(url: str, timeout: float = _CONNECT_SECONDS) -> AsyncIterator[Nats]:
    """Connect to NATS. Raises ConnectionError when it does not answer within `timeout` seconds."""
    try:
        connection = await asyncio.wait_for(
            nats.connect(url.split(","), max_reconnect_attempts=1, reconnect_time_wait=0.1, error_cb=_ignore), timeout
        )
    except (TimeoutError, OSError, nats.errors.Error) as error:
        raise ConnectionError("NATS does not answer") from error
    try:
        yield connection
    finally:
        await connection.close()


async def _ignore(_: Exception) -> None:
    """The failure reaches the caller as an exception."""
