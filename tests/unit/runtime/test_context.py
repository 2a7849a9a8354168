import time

import pytest

from services.runtime import context

TRACE, SPAN = "a" * 32, "b" * 16


def test_a_trace_is_continued_from_the_caller() -> None:
    assert context.begin(f"00-{TRACE}-{SPAN}-01").trace_id == TRACE


@pytest.mark.parametrize(
    "header",
    [
        "",
        "a-b",
        "00-short-b-01",
        f"00-{'z' * 32}-{SPAN}-01",
        f"00-{'A' * 32}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
    ],
)
def test_an_unusable_trace_header_starts_a_new_trace(header: str) -> None:
    ctx = context.begin(header)

    assert len(ctx.trace_id) == 32
    assert int(ctx.trace_id, 16)
    assert ctx.trace_id != TRACE
    assert (ctx.span_id, ctx.sampled) == ("", True)


@pytest.mark.parametrize(("flags", "sampled"), [("00", False), ("01", True), ("02", False), ("03", True)])
def test_the_caller_says_whether_a_trace_is_kept(flags: str, sampled: bool) -> None:
    ctx = context.begin(f"00-{TRACE}-{SPAN}-{flags}")

    assert ctx.sampled == sampled
    assert context.traceparent() == f"00-{TRACE}-{SPAN}-0{sampled:d}"


def test_a_later_version_of_the_trace_header_is_read() -> None:
    assert context.begin(f"01-{TRACE}-{SPAN}-01-more").span_id == SPAN


def test_what_follows_from_a_call_is_in_its_trace_and_a_call_of_its_own() -> None:
    outer = context.begin(subject="guest:1", timeout=1.0)

    with context.following(f"00-{TRACE}-{SPAN}-01") as inner:
        assert context.current() is inner
        assert (inner.trace_id, inner.subject, inner.deadline) == (TRACE, "", None)
    assert context.current() is outer


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
