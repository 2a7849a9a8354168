"""`make bench`: how fast the running product is, side by side, with the load on the same machine."""

import asyncio
import itertools
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import uvloop
from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc
from codingahead.quota.v1 import quota_pb2, quota_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from rich.console import Console
from rich.table import Table

from services.runtime.rpc.client import Client
from tests.bench.accounts import measure_accounts
from tests.bench.assistant import measure_assistant
from tests.bench.facts import measure_facts
from tests.bench.load import CELLS, READING_SECONDS, WARM_UP_SECONDS, Ask, Measured, closed_loop, cycle_from, paced
from tests.e2e.product import Product, running

LOOKUP = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]
QUOTA = quota_pb2.DESCRIPTOR.services_by_name["QuotaService"]
SYSTEM = lookup_pb2.CODE_SYSTEM_ICD10CM
CALLERS = (1, 16, 64)
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
# A keystroke each 150 ms is a fast typist.
KEYSTROKE_SECONDS = 0.15
UNLIMITED = '{"guest": {"views": null}, "member": {"views": null, "calls_per_minute": null}}'
# Official files of the code sets that do not come with the product.
_DATA = Path(__file__).parents[3] / "shared" / "data"
CODE_SETS = (
    _DATA / "icd10pcs" / "icd10pcs_order_2026.txt",
    _DATA / "hcpcs" / "pyoce_0.1.0_hcpcs_level2_shortdesc_2019q3-2026q2.csv",
)
PARTS = ("lookup", "quota", "accounts", "assistant", "gateway", "nats", "redis", "elasticsearch")


async def bench(console: Console) -> None:
    """Start the product on a new folder, measure, print."""
    with tempfile.TemporaryDirectory(prefix="codingahead-bench-") as folder:
        began = time.perf_counter()
        async with running(Path(folder), {"CODINGAHEAD_PLANS": UNLIMITED}) as product:
            console.print(f"First start with the full load: {time.perf_counter() - began:.1f} s")
            async with _Callers(product) as callers:
                await _measure(callers, console)
                await _measure_with_every_set(product, callers, console)
            await measure_accounts(product, console, SECONDS)
            _print_memory(product, console)
            await _reload(product, console)
            await measure_facts(product, console, SECONDS)
            await measure_assistant(product, console, SECONDS)
        began = time.perf_counter()
        async with running(Path(folder), {"CODINGAHEAD_PLANS": UNLIMITED}):
            console.print(f"Second start: {time.perf_counter() - began:.1f} s")


class _Callers:
    """The ways in, and what is asked."""

    def __init__(self, product: Product) -> None:
        self._product = product

    async def __aenter__(self) -> "_Callers":
        addresses = self._product.addresses
        self._clients = [
            Client(LOOKUP, addresses["CODINGAHEAD_LOOKUP_TARGET"]),
            Client(LOOKUP, self._product.grpc),
            Client(QUOTA, addresses["CODINGAHEAD_QUOTA_TARGET"]),
        ]
        direct, public, quota = self._clients
        self.direct = direct.stub(lookup_pb2_grpc.LookupServiceStub, 10)
        self.public = public.stub(lookup_pb2_grpc.LookupServiceStub, 10)
        self.quota = quota.stub(quota_pb2_grpc.QuotaServiceStub, 10)
        self._health: Any = health_pb2_grpc.HealthStub(quota.channel)
        self.http = aiohttp.ClientSession(self._product.web, connector=aiohttp.TCPConnector(limit=0))
        self.codes, self.queries = await self._ask_for()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        for client in self._clients:
            await client.close()

    async def _ask_for(self) -> tuple[list[str], list[str]]:
        """Draw 3,000 codes of the book, and words of their titles as people search them; the same in every run."""
        draw = random.Random(20260401)
        codes: dict[str, str] = {}
        token = ""
        while True:
            answer = await self.direct.Browse(
                lookup_pb2.BrowseRequest(
                    system=SYSTEM,
                    range=lookup_pb2.CodeRange(first="A00", last="Z99"),
                    page_size=500,
                    page_token=token,
                )
            )
            codes |= {entry.code: entry.title for entry in answer.entries}
            token = answer.next_page_token
            if not token:
                break
        drawn = draw.sample(sorted(codes), 3000)
        queries = []
        for code in drawn:
            words = [word for word in codes[code].split() if word.isalpha() and len(word) > 2] or ["pain"]
            queries.append(" ".join(draw.sample(words, min(len(words), draw.choice((1, 2, 2, 3))))))
        return drawn, queries

    def keystrokes(self, number: int) -> "itertools.chain[str]":
        """Return what one typist's box holds after each key, query after query."""
        queries = cycle_from(self.queries, number * 97)
        return itertools.chain.from_iterable((query[:end] for end in range(2, len(query) + 1)) for query in queries)

    async def empty(self) -> None:
        """Call an rpc that does nothing."""
        await self._health.Check(health_pb2.HealthCheckRequest())

    async def get(self, path: str, **params: str) -> None:
        """Fetch over HTTP; anything but 200 fails the run."""
        async with self.http.get(path, params=params) as response:
            await response.read()
            assert response.status == 200, f"{path}: {response.status}"


async def _measure(callers: _Callers, console: Console) -> None:
    table = Table("what", "way in", *CELLS, box=None)

    def row(what: str, way: str, run: Measured) -> None:
        table.add_row(what, way, *run.cells())

    work = (
        ("search", _searches(callers)),
        ("search as typed", _searches_as_typed(callers)),
        ("page", _pages(callers)),
    )
    for _, ways in work:
        await closed_loop(16, WARM_UP_SECONDS, ways["lookup"])
    for what, ways in work:
        for number in CALLERS:
            for way, ask_of in ways.items():
                row(what, way, await closed_loop(number, SECONDS, ask_of))
    typed = _searches_as_typed(callers)["gateway HTTP"]
    row("16 typists", "gateway HTTP", await paced(16, 2 * SECONDS, KEYSTROKE_SECONDS, typed))
    row("16 readers", "gateway HTML", await paced(16, 2 * SECONDS, READING_SECONDS, _pages(callers)["gateway HTML"]))
    for number in (1, 32):
        # An rpc that does nothing shows what of a decision is the engine's own cost.
        row("empty rpc", "quota", await closed_loop(number, SECONDS, lambda _: callers.empty))
        row("decision, opened before", "quota", await closed_loop(number, SECONDS, _decisions(callers, repeat=True)))
        row("decision, charged", "quota", await closed_loop(number, SECONDS, _decisions(callers, repeat=False)))
    console.print(table)


async def _measure_with_every_set(product: Product, callers: _Callers, console: Console) -> None:
    """Search as typed in ICD-10-CM, ICD-10-PCS and HCPCS together."""
    if not all(file.is_file() for file in CODE_SETS):
        console.print("The official files of ICD-10-PCS and HCPCS are not at hand: they are not searched.")
        return
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "catalog", "load", *map(str, CODE_SETS)), env={**os.environ, **product.addresses}
    )
    assert await process.wait() == 0
    table = Table("what", "way in", *CELLS, box=None)
    ways = _searches_as_typed(callers)
    await closed_loop(16, 3 * WARM_UP_SECONDS, ways["lookup"])
    typed = await paced(16, 4 * SECONDS, KEYSTROKE_SECONDS, ways["gateway HTTP"])
    table.add_row("16 typists, three code sets", "gateway HTTP", *typed.cells())
    console.print(table)


def _searches(callers: _Callers) -> dict[str, Callable[[int], Ask]]:
    def by_rpc(stub: "lookup_pb2_grpc.LookupServiceAsyncStub") -> Callable[[int], Ask]:
        def ask_of(number: int) -> Ask:
            queries = cycle_from(callers.queries, number * 97)
            return lambda: stub.Search(lookup_pb2.SearchRequest(query=next(queries)))

        return ask_of

    def by_http(number: int) -> Ask:
        queries = cycle_from(callers.queries, number * 97)
        return lambda: callers.get("/api/v1/search", query=next(queries))

    return {"lookup": by_rpc(callers.direct), "gateway gRPC": by_rpc(callers.public), "gateway HTTP": by_http}


def _searches_as_typed(callers: _Callers) -> dict[str, Callable[[int], Ask]]:
    def by_rpc(stub: "lookup_pb2_grpc.LookupServiceAsyncStub") -> Callable[[int], Ask]:
        def ask_of(number: int) -> Ask:
            keys = callers.keystrokes(number)
            return lambda: stub.Search(lookup_pb2.SearchRequest(query=next(keys), as_typed=True, page_size=8))

        return ask_of

    def by_http(number: int) -> Ask:
        keys = callers.keystrokes(number)
        return lambda: callers.get("/api/v1/search", query=next(keys), as_typed="true", page_size="8")

    return {"lookup": by_rpc(callers.direct), "gateway gRPC": by_rpc(callers.public), "gateway HTTP": by_http}


def _pages(callers: _Callers) -> dict[str, Callable[[int], Ask]]:
    def by_rpc(stub: "lookup_pb2_grpc.LookupServiceAsyncStub") -> Callable[[int], Ask]:
        def ask_of(number: int) -> Ask:
            codes = cycle_from(callers.codes, number * 97)
            return lambda: stub.GetCodePage(lookup_pb2.GetCodePageRequest(system=SYSTEM, code=next(codes)))

        return ask_of

    def by_http(prefix: str, suffix: str) -> Callable[[int], Ask]:
        def ask_of(number: int) -> Ask:
            codes = cycle_from(callers.codes, number * 97)
            return lambda: callers.get(f"{prefix}{next(codes)}{suffix}")

        return ask_of

    return {
        "lookup": by_rpc(callers.direct),
        "gateway gRPC": by_rpc(callers.public),
        "gateway REST": by_http("/api/v1/codes/icd10cm/", "/page"),
        "gateway HTML": by_http("/codes/icd10cm/", ""),
    }


def _decisions(callers: _Callers, *, repeat: bool) -> Callable[[int], Ask]:
    """Return callers that open one page again and again, or new ones without end: then every decision is a charge."""
    ids = itertools.count()

    def ask_of(number: int) -> Ask:
        async def ask() -> None:
            view = next(ids)
            await callers.quota.RecordView(
                quota_pb2.RecordViewRequest(
                    subject=f"member:{number}-{repeat}",
                    plan="member",
                    page="icd10cm:I10" if repeat else f"icd10cm:{view}",
                    request_id=f"{repeat}-{view}",
                )
            )

        return ask

    return ask_of


def _print_memory(product: Product, console: Console) -> None:
    table = Table("process", "resident MB", box=None)
    for part in PARTS:
        resident = psutil.Process(product.pid(part)).memory_info().rss
        table.add_row(part, f"{resident / 1e6:,.0f}")
    console.print(table)


async def _reload(product: Product, console: Console) -> None:
    """Load the whole release again while it serves."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "catalog", "load", "--force"), env={**os.environ, **product.addresses}
    )
    assert await process.wait() == 0
    console.print(f"Full load: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    uvloop.run(bench(Console(width=110)))
