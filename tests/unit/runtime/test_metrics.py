import asyncio
import time

import pytest
from prometheus_client import Counter

from services.runtime import metrics
from services.runtime.tasks import end
from tests.support import eventually, measured

LATE = "codingahead_event_loop_delay_seconds"


async def test_a_blocked_event_loop_is_measured_as_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_LOOP_SECONDS", 0.001)
    before = measured(f"{LATE}_sum")
    watching = asyncio.create_task(metrics.watch_loop())
    await asyncio.sleep(0)
    time.sleep(0.05)  # noqa: ASYNC251 - this is what is measured

    await eventually(lambda: measured(f"{LATE}_sum") - before > 0.04)
    await end([watching])


def test_a_counter_begins_at_zero_for_each_combination() -> None:
    counter = Counter("codingahead_test_total", "For a test", ["kind", "result"], registry=None)
    metrics.begin(counter, ("a", "b"), ("good", "bad"))

    told = {tuple(sample.labels.values()): sample.value for sample in next(iter(counter.collect())).samples}
    assert told == {(kind, result): 0 for kind in "ab" for result in ("good", "bad")}
