from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from playwright.async_api import Browser, async_playwright

from tests.collector import Collector, collecting
from tests.e2e.product import Product, running
from tests.e2e.published import ROWS, write_published
from tests.support import eventually

# What keeps a headless Chromium from calling out, and lets it run as root in a container.
_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """What the product sends its traces to."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="session")
async def product(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> AsyncIterator[Product]:
    """The product with the full ICD-10-CM. Guests share no cap; each test may come from an address of its own."""
    env = {
        "CODINGAHEAD_PLANS": '{"guest": {"views": 1, "window_days": 30}, "member": {"views": 5, "window_days": 30}}',
        "CODINGAHEAD_TRUSTED_PROXIES": "1",
        "CODINGAHEAD_OTLP_ENDPOINT": collector.endpoint,
        "CODINGAHEAD_DRAIN_SECONDS": "0",
    }
    async with running(tmp_path_factory.mktemp("product"), env) as product:
        yield product


@pytest.fixture(scope="session")
async def published(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Product:
    """The product with the small files of facts loaded, too."""
    folder = tmp_path_factory.mktemp("published")
    write_published(folder)
    loaded = await product.run("catalog", "load", str(folder))
    assert loaded.code == 0, loaded.errors
    async with httpx.AsyncClient(base_url=product.web) as http:

        async def serve() -> bool:
            sources = (await http.get("/api/v1/releases")).json()["sources"]
            return {each["source"] for each in sources} == ROWS.keys()

        await eventually(serve)
    return product


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_CHROMIUM)
        yield browser
        await browser.close()
