import asyncio
from collections.abc import AsyncIterator

import httpx
import nats
import pytest
from nats.js.errors import NotFoundError

from tests.integration.gateway_stack import STOPPING, Gateway, running


@pytest.fixture
async def clean_nats(nats_url: str) -> str:
    """A NATS without any stream of the product."""
    connection = await nats.connect(nats_url)
    js = connection.jetstream()
    for stream in ("ACCOUNTS", "AUDIT", "GATEWAY", "QUOTA", "LOOKUP", "DEAD_LETTERS"):
        try:
            await js.delete_stream(stream)
        except NotFoundError:
            continue
    await connection.close()
    return nats_url


@pytest.fixture(scope="session", autouse=True)
async def gateways_stop() -> AsyncIterator[None]:
    """Waits at the end for the HTTP servers of gateways that still stop."""
    yield
    await asyncio.gather(*STOPPING)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway over services that answer what a test tells them."""
    async with running() as gateway:
        yield gateway


@pytest.fixture
async def guest(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of a guest."""
    async with gateway.browser() as browser:
        yield browser


@pytest.fixture
def subject(gateway: Gateway) -> str:
    """A member."""
    return gateway.accounts.add_member()


@pytest.fixture
async def member(gateway: Gateway, subject: str) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of that member, logged in."""
    async with gateway.browser(gateway.accounts.log_in_as(subject)) as browser:
        yield browser
