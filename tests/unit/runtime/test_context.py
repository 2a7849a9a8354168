import time

import pytest

from services.runtime import context


def test_a_trace_is_continued_from_the_caller() -> None:
    trace_id = "a" * 32

    assert context.begin(f"00-{trace_id}-{'b' * 16}-01").trace_id == trace_id


@pytest.mark.parametrize("header", ["", "00-short-b-01", "a-b", "00-" + "!" * 32 + "-b-01"])
def test_an_unusable_trace_header_starts_a_new_trace(header: str) -> None:
    ctx = context.begin(header)

    assert len(ctx.trace_id) == 32
    assert ctx.trace_id.isalnum()


def test_a_hop_gets_less_time_than_its_caller_has() -> None:
    context.begin(timeout=0.5)

    assert context.timeout_within(10.0) < 0.5
    assert context.timeout_within(0.1) == 0.1


def test_a_deadline_that_has_passed_leaves_a_positive_timeout() -> None:
    ctx = context.begin(timeout=0.0)
    ctx.deadline = time.monotonic() - 1

    assert 0 < context.timeout_within(10.0) < 0.01


def test_the_next_hop_is_told_the_trace_and_the_subject() -> None:
    headers = dict(context.begin(subject="guest:1").headers())

    assert headers[context.SUBJECT_HEADER] == "guest:1"
    assert headers[context.TRACE_HEADER].startswith("00-")
