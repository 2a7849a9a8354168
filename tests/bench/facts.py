"""How sources of facts load beside people who search, and how fast pages and checks of claims made of them are."""

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
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp
import psutil
from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc
from rich.console import Console
from rich.table import Table

from services.lookup.edits.check_ptp import pair_verdict
from services.lookup.edits.claim import Line
from services.lookup.edits.model import ModifierIndicator, PtpTerms
from services.lookup.edits.table import PtpTable
from services.runtime.rpc.client import Client
from tests.bench.load import Ask, closed_loop, paced
from tests.bench.published import CODES, DAY, ptp_rows, write_published
from tests.e2e.people import new_key, new_member
from tests.e2e.product import Product
from tests.support import eventually

LOOKUP = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]
SEARCHERS = 50
# Three of them make a query: few are asked twice, so that caches help little.
WORDS = (
    *(
        "acute",
        "chronic",
        "left",
        "right",
        "open",
        "closed",
        "severe",
        "initial",
        "recurrent",
        "type",
        "with",
        "without",
    ),
    *("pain", "fracture", "asthma", "diabetes", "burn", "failure", "infection", "neoplasm", "injury", "ulcer", "edema"),
    *("heart", "knee", "hand", "eye", "lung", "kidney", "skin", "shoulder", "femur", "liver", "pregnancy", "drug"),
    *("poisoning", "anemia", "migraine", "sprain", "hernia", "pneumonia", "arthritis", "bleeding", "stone", "cataract"),
)
CALLERS = (1, 16)
READING_SECONDS = 1.0
CLAIMS, LINES = 1_000, 5
PAIR_ROWS, PAIRS = 200_000, 100_000


async def measure_facts(product: Product, console: Console, seconds: float) -> None:
    """Load a quarter of NCCI edits and of fees, read and check what it is made of, print."""
    with tempfile.TemporaryDirectory(prefix="codingahead-bench-") as folder:
        rows = write_published(Path(folder))
        await _load_beside_searches(product, Path(folder), rows, console)
    async with _asking(product) as asking:
        await eventually(asking.facts_serve, 60)
        await _measure(asking, seconds, console)
        await _stream_claims(asking, console)
    _print_pairs(console)
    await _print_indices(product, console)


async def _load_beside_searches(product: Product, folder: Path, rows: int, console: Console) -> None:
    """Load the files while people search, as fast as they are answered; no search may fail."""
    statuses: Counter[int] = Counter()
    draw = random.Random(50)
    async with aiohttp.ClientSession(product.web, connector=aiohttp.TCPConnector(limit=0)) as http:

        async def search() -> None:
            async with http.get("/api/v1/search", params={"query": " ".join(draw.sample(WORDS, 3))}) as response:
                await response.read()
                statuses[response.status] += 1

        began = time.perf_counter()
        load = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", "catalog", "load", str(folder)), env={**os.environ, **product.addresses}
        )
        peak = asyncio.create_task(_peak_memory(load.pid))
        ended = asyncio.create_task(load.wait())
        times: list[float] = []
        while not ended.done():
            times += (await closed_loop(SEARCHERS, 1.0, _each(search))).times
        elapsed = time.perf_counter() - began
    assert await ended == 0
    failed = statuses.total() - statuses[200]
    console.print(
        f"Load of {rows:,} rows beside {SEARCHERS} callers who search: {elapsed:.1f} s, {rows / elapsed:,.0f} rows a "
        f"second, at most {await peak / 1e6:,.0f} MB resident; {len(times):,} searches meanwhile, {failed} failed"
    )
    assert not failed, statuses


async def _peak_memory(pid: int) -> int:
    """Return the most resident memory of a process until it ends, in bytes."""
    process, peak = psutil.Process(pid), 0
    with contextlib.suppress(psutil.NoSuchProcess):
        while True:
            peak = max(peak, process.memory_info().rss)
            await asyncio.sleep(0.1)
    return peak


def _each(ask: Ask) -> Callable[[int], Ask]:
    """Return what has every caller ask the same."""
    return lambda _: ask


@dataclass(frozen=True, slots=True)
class _Asking:
    """A member's ways in, and what is asked without end: codes, and claims of five lines."""

    lookup: "lookup_pb2_grpc.LookupServiceAsyncStub"
    http: aiohttp.ClientSession
    cookie: str
    key: str
    codes: Iterator[str]
    claims: Iterator[lookup_pb2.Claim]

    async def facts_serve(self) -> bool:
        """Tell whether lookup has heard of the load."""
        page = await self._page(CODES[0])
        parts = (page.edits.availability, page.fees.availability, page.modifiers.availability)
        return set(parts) == {lookup_pb2.AVAILABILITY_AVAILABLE}

    async def page(self) -> None:
        """Ask lookup for a page."""
        await self._page(next(self.codes))

    async def html(self) -> None:
        """Open a page in a browser."""
        await self._get(f"/codes/cpt/{next(self.codes)}", cookie=self.cookie)

    async def rest(self) -> None:
        """Fetch a page with an API key."""
        await self._get(f"/api/v1/codes/cpt/{next(self.codes)}/page", authorization=f"Bearer {self.key}")

    async def check(self) -> None:
        """Have lookup check a claim."""
        await self.lookup.CheckEdits(lookup_pb2.CheckEditsRequest(claim=next(self.claims)))

    async def _page(self, code: str) -> lookup_pb2.GetCodePageResponse:
        system = lookup_pb2.CODE_SYSTEM_CPT
        request = lookup_pb2.GetCodePageRequest(system=system, code=code, effective_on=DAY)
        return await self.lookup.GetCodePage(request)

    async def _get(self, path: str, **headers: str) -> None:
        async with self.http.get(path, params={"effective_on": DAY}, headers=headers) as response:
            await response.read()
            assert response.status == 200, f"{path}: {response.status}"


@contextlib.asynccontextmanager
async def _asking(product: Product) -> AsyncIterator[_Asking]:
    member = await new_member(product)
    client = Client(LOOKUP, product.addresses["CODINGAHEAD_LOOKUP_TARGET"])
    connector = aiohttp.TCPConnector(limit=0)
    draw = random.Random(20260701)
    async with aiohttp.ClientSession(product.web, connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield _Asking(
            lookup=client.stub(lookup_pb2_grpc.LookupServiceStub, 60),
            http=http,
            cookie="; ".join(f"{name}={value}" for name, value in member.cookies.items()),
            key=await new_key(product, "codes", "pages"),
            codes=itertools.cycle(draw.sample(CODES, 3_000)),
            claims=itertools.cycle([_claim(draw, number) for number in range(CLAIMS)]),
        )
    await client.close()


def _claim(draw: random.Random, number: int) -> lookup_pb2.Claim:
    lines = [
        lookup_pb2.ClaimLine(
            code=code, modifiers=draw.choice(([], ["59"], ["25"])), units=draw.randint(1, 4), diagnosis_pointers=[1, 2]
        )
        for code in draw.sample(CODES, LINES)
    ]
    return lookup_pb2.Claim(id=str(number), effective_on=DAY, diagnoses=["E11.9", "I10"], lines=lines)


async def _measure(asking: _Asking, seconds: float, console: Console) -> None:
    table = Table("what", "way in", "callers", "per second", "p50 ms", "p95 ms", "p99 ms", box=None)
    work: tuple[tuple[str, str, Ask], ...] = (
        ("page of a CPT code", "lookup", asking.page),
        ("page of a CPT code", "gateway REST", asking.rest),
        ("page of a CPT code", "gateway HTML", asking.html),
        (f"claim of {LINES} lines", "lookup", asking.check),
    )
    for what, way, ask in work:
        await closed_loop(max(CALLERS), seconds, _each(ask))
        for callers in CALLERS:
            run = await closed_loop(callers, seconds, _each(ask))
            table.add_row(what, way, *run.cells())
    run = await paced(16, 2 * seconds, READING_SECONDS, _each(asking.html))
    table.add_row("16 readers", "gateway HTML", *run.cells())
    console.print(table)


async def _stream_claims(asking: _Asking, console: Console) -> None:
    request = lookup_pb2.CheckClaimsRequest(claims=list(itertools.islice(asking.claims, CLAIMS)))
    began = time.perf_counter()
    answered = [time.perf_counter() - began async for _ in asking.lookup.CheckClaims(request)]
    assert len(answered) == CLAIMS
    console.print(
        f"Stream of {CLAIMS:,} claims of {LINES} lines: {answered[-1]:.1f} s, the first answer after "
        f"{answered[0] * 1000:.0f} ms"
    )


def _print_pairs(console: Console) -> None:
    """Compare the verdict of a pair with a scan of the windows that a dict holds for it."""
    rows = list(itertools.islice(ptp_rows(), PAIR_ROWS))
    table = PtpTable()
    windows: dict[tuple[str, str], list[tuple[date, date, str]]] = {}
    for column1, column2, began, ended, indicator in rows:
        first, last = date.fromisoformat(began), None if ended == "*" else date.fromisoformat(ended)
        terms = PtpTerms(
            effective_from=first, effective_to=last, indicator=ModifierIndicator(indicator), rationale="A rationale"
        )
        table.add(column1, column2, table.number(terms))
        windows.setdefault((column1, column2), []).append((first, last or date.max, indicator))
    table.settle()
    edits = {code: table.edits(code, 1) for code in table.codes(1)}
    draw, day = random.Random(1), date.fromisoformat(DAY)
    pairs = [tuple(Line(number=1, code=code, day=day) for code in draw.choice(rows)[:2]) for _ in range(PAIRS)]

    def scanned(first: str, second: str) -> str | None:
        both = (*windows.get((first, second), ()), *windows.get((second, first), ()))
        return min((indicator for begin, end, indicator in both if begin <= day <= end), default=None)

    began_at = time.perf_counter()
    verdicts = [pair_verdict(first, second, edits, day).edit for first, second in pairs]
    judged = time.perf_counter() - began_at
    began_at = time.perf_counter()
    expected = [scanned(first.code, second.code) for first, second in pairs]
    naive = time.perf_counter() - began_at
    assert [edit and edit.indicator.value for edit in verdicts] == expected
    console.print(
        f"Pairs judged: {PAIRS / judged:,.0f} a second; by a scan of a dict of all pairs {PAIRS / naive:,.0f}: "
        f"{judged / naive:.1f} times as long"
    )


async def _print_indices(product: Product, console: Console) -> None:
    table = Table("index", "documents", "MB", box=None)
    params = {"format": "json", "bytes": "b", "h": "index,docs.count,store.size", "s": "index"}
    address = f"{product.addresses['CODINGAHEAD_ELASTICSEARCH_URL']}/_cat/indices/codingahead-*"
    async with aiohttp.ClientSession() as http, http.get(address, params=params) as response:
        for index in await response.json():
            name = re.sub(r"-\d{8}t\d+$", "", index["index"])
            table.add_row(name, f"{int(index['docs.count']):,}", f"{int(index['store.size']) / 1e6:,.2f}")
    console.print(table)
