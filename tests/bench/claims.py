"""How fast claims are checked against the edits of a quarter, and pairs judged in memory."""

import itertools
import random
import time
from datetime import date

from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc
from rich.console import Console
from rich.table import Table

from services.lookup.edits.check_ptp import pair_verdict
from services.lookup.edits.claim import Line
from services.lookup.edits.model import ModifierIndicator, PtpEdits, PtpTerms
from services.lookup.edits.table import PtpTable
from tests.bench.load import CELLS, closed_loop
from tests.bench.published import CODES, DAY, ptp_rows

CALLERS = (1, 16)
CLAIMS, LINES = 1_000, 5
PAIR_ROWS, PAIRS = 200_000, 100_000

_Windows = dict[tuple[str, str], list[tuple[date, date, str]]]


async def measure_claims(lookup: "lookup_pb2_grpc.LookupServiceAsyncStub", console: Console, seconds: float) -> None:
    """Check claims one by one and as a stream, judge pairs, print."""
    claims = [_claim(random.Random(number), number) for number in range(CLAIMS)]
    asked = itertools.cycle(claims)

    async def check() -> None:
        await lookup.CheckEdits(lookup_pb2.CheckEditsRequest(claim=next(asked)))

    table = Table("what", "way in", *CELLS, box=None)
    for callers in CALLERS:
        run = await closed_loop(callers, seconds, lambda _: check)
        table.add_row(f"claim of {LINES} lines", "lookup", *run.cells())
    console.print(table)

    began = time.perf_counter()
    request = lookup_pb2.CheckClaimsRequest(claims=claims)
    answered = [time.perf_counter() - began async for _ in lookup.CheckClaims(request)]
    assert len(answered) == CLAIMS
    console.print(
        f"Stream of {CLAIMS:,} claims of {LINES} lines: {answered[-1]:.1f} s, the first answer after "
        f"{answered[0] * 1000:.0f} ms."
    )
    _print_pairs(console)


def _claim(draw: random.Random, number: int) -> lookup_pb2.Claim:
    lines = [
        lookup_pb2.ClaimLine(
            code=code, modifiers=draw.choice(([], ["59"], ["25"])), units=draw.randint(1, 4), diagnosis_pointers=[1, 2]
        )
        for code in draw.sample(CODES, LINES)
    ]
    return lookup_pb2.Claim(id=str(number), effective_on=DAY, diagnoses=["E11.9", "I10"], lines=lines)


def _print_pairs(console: Console) -> None:
    """Compare the verdict of pairs of which half have edits with a look into a dict of all windows."""
    edits, windows = _edits()
    draw, day = random.Random(1), date.fromisoformat(DAY)
    known = list(windows)
    codes = [draw.choice(known) if draw.random() < 0.5 else draw.sample(CODES, 2) for _ in range(PAIRS)]
    pairs = [(Line(number=1, code=one, day=day), Line(number=2, code=other, day=day)) for one, other in codes]

    def looked_up(first: str, second: str) -> str | None:
        both = (*windows.get((first, second), ()), *windows.get((second, first), ()))
        return min((indicator for begin, end, indicator in both if begin <= day <= end), default=None)

    started = time.perf_counter()
    verdicts = [pair_verdict(first, second, edits, day) for first, second in pairs]
    judged = time.perf_counter()
    expected = [looked_up(first.code, second.code) for first, second in pairs]
    ended = time.perf_counter()
    assert [verdict.edit and verdict.edit.indicator for verdict in verdicts] == expected
    console.print(
        f"Pairs judged: {PAIRS / (judged - started):,.0f} a second; a dict of all pairs answers "
        f"{PAIRS / (ended - judged):,.0f} a second, {(judged - started) / (ended - judged):.1f} times as many."
    )


def _edits() -> tuple[dict[str, PtpEdits], _Windows]:
    """Return edits by column 1 as lookup holds them, and their windows by pair."""
    table, windows = PtpTable(), _Windows()
    for column1, column2, effective, deletion, indicator in itertools.islice(ptp_rows(), PAIR_ROWS):
        first, last = date.fromisoformat(effective), None if deletion == "*" else date.fromisoformat(deletion)
        kind = ModifierIndicator(indicator)
        terms = PtpTerms(effective_from=first, effective_to=last, indicator=kind, rationale="A rationale")
        table.add(column1, column2, table.number(terms))
        windows.setdefault((column1, column2), []).append((first, last or date.max, indicator))
    table.settle()
    return {code: table.edits(code, 1) for code in table.codes(1)}, windows
