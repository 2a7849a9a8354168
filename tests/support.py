"""What tests of every kind share."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

import httpx
from prometheus_client import REGISTRY

T = TypeVar("T")


@overload
async def eventually(probe: Callable[[], Awaitable[T]], within: float = 15.0) -> T: ...
@overload
async def eventually(probe: Callable[[], bool], within: float = 15.0) -> bool: ...
async def eventually(probe: Callable[[], Any], within: float = 15.0) -> Any:
    """Return the first truthy answer of `probe`; fail when there is none in `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = probe()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        assert time.monotonic() < deadline, f"still {answer!r} after {within} s"
        await asyncio.sleep(0.02)


def plain_client(base_url: str, **options: Any) -> httpx.AsyncClient:
    """Return a client without TLS: to load its authorities takes longer than most requests here."""
    return httpx.AsyncClient(base_url=base_url, verify=False, **options)


def measured(name: str, **labels: str) -> float:
    """Return the value of a metric of this process, 0 while it has none."""
    return REGISTRY.get_sample_value(name, labels) or 0.0
