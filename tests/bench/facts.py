"""How sources of facts load beside people who search, how fast pages made of them are, what they take on disk."""

import asyncio
import contextlib
import itertools
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import psutil
from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc
from rich.console import Console
from rich.table import Table

from services.runtime.rpc.client import Client
from tests.bench.claims import measure_claims
from tests.bench.load import CELLS, READING_SECONDS, WARM_UP_SECONDS, Ask, Measured, closed_loop, paced
from tests.bench.published import CODES, DAY, write_published
from tests.e2e.people import new_key, new_member
from tests.e2e.product import Product
from tests.support import eventually

LOOKUP = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]
SEARCHERS = 50
# Three of them make a query: few are asked twice, so that caches help little.
WORDS = (
    *("acute", "chronic", "left", "right", "open", "closed", "severe", "initial", "recurrent", "type", "with"),
    *("pain", "fracture", "asthma", "diabetes", "burn", "failure", "infection", "neoplasm", "injury", "ulcer", "edema"),
    *("heart", "knee", "hand", "eye", "lung", "kidney", "skin", "shoulder", "femur", "liver", "pregnancy", "drug"),
    *("poisoning", "anemia", "migraine", "sprain", "hernia", "pneumonia", "arthritis", "bleeding", "stone", "cataract"),
)
CALLERS = (1, 16)
LOAD_SECONDS = 600


async def measure_facts(product: Product, console: Console, seconds: float) -> None:
    """Load a quarter of NCCI edits and of fees, open pages, check claims, print."""
    with tempfile.TemporaryDirectory(prefix="codingahead-bench-") as folder:
        rows = write_published(Path(folder))
        await _load_beside_searches(product, Path(folder), rows, console)
    await _measure_pages(product, console, seconds)
    async with _lookup(product) as lookup:
        await measure_claims(lookup, console, seconds)
    await _print_indices(product, console)


async def _load_beside_searches(product: Product, folder: Path, rows: int, console: Console) -> None:
    """Load the files while people search, each once a second; no search may fail."""
    statuses: Counter[int] = Counter()
    draw = random.Random(50)
    async with _http(product) as http:

        async def search() -> None:
            async with http.get("/api/v1/search", params={"query": " ".join(draw.sample(WORDS, 3))}) as response:
                await response.read()
                statuses[response.status] += 1

        await closed_loop(max(CALLERS), WARM_UP_SECONDS, _each(search))
        statuses.clear()
        times: list[float] = []
        async with asyncio.TaskGroup() as group:
            load = group.create_task(_load(product, folder))
            while not load.done():
                times += (await paced(SEARCHERS, READING_SECONDS, READING_SECONDS, _each(search))).times
    elapsed, peak = load.result()
    searches = Measured(SEARCHERS, elapsed, tuple(times))
    failed = statuses.total() - statuses[200]
    console.print(
        f"Load of {rows:,} rows: {elapsed:.1f} s, {rows / elapsed:,.0f} rows a second, at most {peak / 1e6:,.0f} MB "
        f"resident. {SEARCHERS} callers meanwhile: {len(times):,} searches, {failed} failed, "
        f"p50 {searches.percentile_ms(50):.0f} ms, p99 {searches.percentile_ms(99):.0f} ms."
    )
    assert not failed, statuses


async def _load(product: Product, folder: Path) -> tuple[float, int]:
    """Load the files; return the seconds that it takes, and the most resident memory of the loader in bytes."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "catalog", "load", str(folder)), env={**os.environ, **product.addresses}
    )
    loader, peak = psutil.Process(process.pid), 0
    try:
        async with asyncio.timeout(LOAD_SECONDS):
            while process.returncode is None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    peak = max(peak, loader.memory_info().rss)
                await asyncio.sleep(0.1)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    return time.perf_counter() - began, peak


async def _measure_pages(product: Product, console: Console, seconds: float) -> None:
    """Open the pages of CPT codes, with all sections, as a member does."""
    codes = itertools.cycle(random.Random(20260701).sample(CODES, 3_000))
    cookies = (await new_member(product)).cookies.items()
    as_member = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies)}
    by_key = {"authorization": f"Bearer {await new_key(product, 'codes', 'pages')}"}
    async with _lookup(product) as lookup, _http(product) as http:

        async def page() -> lookup_pb2.GetCodePageResponse:
            system = lookup_pb2.CODE_SYSTEM_CPT
            request = lookup_pb2.GetCodePageRequest(system=system, code=next(codes), effective_on=DAY)
            return await lookup.GetCodePage(request)

        async def serves() -> bool:
            answer = await page()
            parts = (answer.edits.availability, answer.fees.availability, answer.modifiers.availability)
            return set(parts) == {lookup_pb2.AVAILABILITY_AVAILABLE}

        async def get(path: str, headers: dict[str, str]) -> None:
            async with http.get(path, params={"effective_on": DAY}, headers=headers) as response:
                await response.read()
                assert response.status == 200, f"{path}: {response.status}"

        ways: dict[str, Ask] = {
            "lookup": page,
            "gateway REST": lambda: get(f"/api/v1/codes/cpt/{next(codes)}/page", by_key),
            "gateway HTML": lambda: get(f"/codes/cpt/{next(codes)}", as_member),
        }
        # lookup hears of a load by an event.
        await eventually(serves, 60)
        table = Table("what", "way in", *CELLS, box=None)
        for way, ask in ways.items():
            await closed_loop(max(CALLERS), seconds, _each(ask))
            for callers in CALLERS:
                table.add_row("page of a CPT code", way, *(await closed_loop(callers, seconds, _each(ask))).cells())
        readers = await paced(16, 2 * seconds, READING_SECONDS, _each(ways["gateway HTML"]))
        table.add_row("16 readers", "gateway HTML", *readers.cells())
        console.print(table)


def _each(ask: Ask) -> Callable[[int], Ask]:
    """Return what has every caller ask the same."""
    return lambda _: ask


@contextlib.asynccontextmanager
async def _lookup(product: Product) -> AsyncIterator["lookup_pb2_grpc.LookupServiceAsyncStub"]:
    client = Client(LOOKUP, product.addresses["CODINGAHEAD_LOOKUP_TARGET"])
    try:
        yield client.stub(lookup_pb2_grpc.LookupServiceStub, 60)
    finally:
        await client.close()


def _http(product: Product) -> aiohttp.ClientSession:
    connector, jar = aiohttp.TCPConnector(limit=0), aiohttp.DummyCookieJar()
    return aiohttp.ClientSession(product.web, connector=connector, cookie_jar=jar)


async def _print_indices(product: Product, console: Console) -> None:
    table = Table("index", "documents", "MB", box=None)
    params = {"format": "json", "bytes": "b", "h": "index,docs.count,store.size", "s": "index"}
    address = f"{product.addresses['CODINGAHEAD_ELASTICSEARCH_URL']}/_cat/indices/codingahead-*"
    async with aiohttp.ClientSession() as http, http.get(address, params=params) as response:
        for index in await response.json():
            name = re.sub(r"-\d{8}t\d+$", "", index["index"])
            table.add_row(name, f"{int(index['docs.count']):,}", f"{int(index['store.size']) / 1e6:,.2f}")
    console.print(table)
