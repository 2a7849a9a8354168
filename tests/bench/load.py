"""Callers that ask one thing after another, and how long each answer took."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

# Elasticsearch compiles what it does often: a service that has run for a while is what is measured.
WARM_UP_SECONDS = 10.0
# A page each second is a fast reader.
READING_SECONDS = 1.0
# The headings of `Measured.cells`.
CELLS = ("callers", "per second", "p50 ms", "p95 ms", "p99 ms")

Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers of one run: how many callers, how long in all (seconds), and each answer's time (seconds)."""

    callers: int
    elapsed: float
    times: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.times) / self.elapsed

    def percentile_ms(self, percent: int) -> float:
        """Milliseconds within which that share of the answers came."""
        return statistics.quantiles(self.times, n=100, method="inclusive")[percent - 1] * 1000

    def cells(self) -> tuple[str, ...]:
        """Return the figures as a table prints them."""
        times = (f"{self.percentile_ms(percent):.1f}" for percent in (50, 95, 99))
        return (str(self.callers), f"{self.per_second:,.0f}", *times)


async def closed_loop(callers: int, seconds: float, ask_of: Callable[[int], Ask]) -> Measured:
    """Have each caller ask again as soon as it is answered."""
    times: list[float] = []
    began = time.perf_counter()
    until = began + seconds

    async def caller(ask: Ask) -> None:
        while (start := time.perf_counter()) < until:
            await ask()
            times.append(time.perf_counter() - start)

    await asyncio.gather(*(caller(ask_of(number)) for number in range(callers)))
    return Measured(callers, time.perf_counter() - began, tuple(times))


async def paced(callers: int, seconds: float, pause: float, ask_of: Callable[[int], Ask]) -> Measured:
    """Have each caller ask every `pause` seconds, as one types; one that waits for an answer falls behind."""
    times: list[float] = []
    began = time.perf_counter()
    until = began + seconds

    async def caller(number: int, ask: Ask) -> None:
        due = began + pause * number / callers
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            start = time.perf_counter()
            await ask()
            times.append(time.perf_counter() - start)
            due = max(due + pause, time.perf_counter())

    await asyncio.gather(*(caller(number, ask_of(number)) for number in range(callers)))
    return Measured(callers, time.perf_counter() - began, tuple(times))


def cycle_from(items: list[str], offset: int) -> Iterator[str]:
    """Go round and round a list, beginning at a place of one's own."""
    position = offset % len(items)
    while True:
        yield items[position]
        position = (position + 1) % len(items)
