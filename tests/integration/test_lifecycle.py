"""How a service process lives and ends, as probes and SIGTERM meet it, while what it stands on is away."""

import asyncio
import os
import sys
from functools import partial

from deploy.local.ports import LOOPBACK, free_port
from services.runtime.rpc.client import is_serving
from tests.support import eventually

# What SIGTERM may take at most, whatever happens.
STOP_SECONDS = 5.0


async def test_a_service_lives_before_it_is_ready_and_ends_while_it_starts() -> None:
    """It waits for NATS when it starts: these stores never come."""
    listen, health, away = (f"{LOOPBACK}:{free_port()}" for _ in range(3))
    env = {
        "CODINGAHEAD_NATS_URL": f"nats://{away}",
        "CODINGAHEAD_REDIS_URL": f"redis://{away}",
        "CODINGAHEAD_QUOTA_LISTEN": listen,
        "CODINGAHEAD_HEALTH_LISTEN": health,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "serve", "quota"), env={**os.environ, **env}, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await eventually(partial(is_serving, health, service="live"))
        ready, serving = await is_serving(health), await is_serving(listen)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), STOP_SECONDS) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (ready, serving) == (False, False)
