"""Asking a set of queries, and the figures of its answers."""

import asyncio
import math
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random

from services.lookup.answers import Hit, SearchAnswer
from services.lookup.search.request import SearchRequest
from tests.search.sets import Query

DEPTHS = (1, 5, 10)

# One waits for Elasticsearch while the other is ranked.
_CALLERS = 2
_RESAMPLES = 1000
# The normal deviate of 95 % confidence.
_Z = 1.96

Search = Callable[[SearchRequest], Awaitable[SearchAnswer]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its first answers, and how long they took (seconds)."""

    query: Query
    hits: tuple[Hit, ...]
    seconds: float

    @property
    def rank(self) -> int:
        """The place of the first right code from 1; 0 when there is none among the answers."""
        codes = (hit.entry.code for hit in self.hits)
        return next((place for place, code in enumerate(codes, 1) if code in self.query.codes), 0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % confidence interval."""

    value: float
    low: float
    high: float


async def ask(search: Search, queries: Sequence[Query]) -> list[Asked]:
    """Ask all queries, in order."""
    waiting = enumerate(queries)
    answered: dict[int, Asked] = {}

    async def caller() -> None:
        for place, query in waiting:
            request = SearchRequest(query=query.text, as_typed=query.as_typed, page_size=max(DEPTHS))
            began = time.perf_counter()
            answer = await search(request)
            answered[place] = Asked(query, answer.hits, time.perf_counter() - began)

    await asyncio.gather(*(caller() for _ in range(_CALLERS)))
    return [answered[place] for place in range(len(queries))]


def hit_rate(asked: Sequence[Asked], depth: int) -> Estimate:
    """Return the percentage of queries with a right code among the first `depth` answers, with Wilson's interval."""
    n, share = len(asked), _hits(asked, depth) / len(asked)
    middle = share + _Z**2 / (2 * n)
    half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    low, high = ((middle + sign * half) / (1 + _Z**2 / n) for sign in (-1, 1))
    return Estimate(100 * share, 100 * low, 100 * high)


def mean_reciprocal_rank(asked: Sequence[Asked]) -> Estimate:
    """Return the mean of one by the rank of the first right code (0 without one), with a bootstrap interval."""
    reciprocals = [1 / one.rank if one.rank else 0.0 for one in asked]
    draw = Random(_RESAMPLES)
    means = [statistics.fmean(draw.choices(reciprocals, k=len(reciprocals))) for _ in range(_RESAMPLES)]
    percentiles = statistics.quantiles(means, n=40, method="inclusive")
    return Estimate(statistics.fmean(reciprocals), percentiles[0], percentiles[-1])


def milliseconds(asked: Sequence[Asked], percent: int) -> float:
    """Return the milliseconds within which that share of the answers came."""
    return statistics.quantiles([one.seconds for one in asked], n=100, method="inclusive")[percent - 1] * 1000


def _hits(asked: Sequence[Asked], depth: int) -> int:
    return sum(0 < one.rank <= depth for one in asked)
