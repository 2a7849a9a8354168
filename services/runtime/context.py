"""The call that is being served: its trace, who it is for and how long it may take."""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# Leaves a callee the time to report its own timeout before the caller's runs out.
_SHAVE_SECONDS = 0.02

# Longer than any call may take: a connection that is given up is kept so long for those on it.
LONGEST_CALL_SECONDS = 30.0

TRACE_HEADER = "traceparent"
SUBJECT_HEADER = "codingahead-subject"

# W3C Trace Context: version, trace id, span id, flags; later versions may add to it.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_SAMPLED = 1


@dataclass(slots=True)
class CallContext:
    """One call. `deadline` is on the monotonic clock, None for none.

    `trace_id` and `span_id` are those of W3C Trace Context. What is done in the call belongs to the span: the caller's
    until the call has its own, empty while there is neither. `sampled`: whether the spans of the trace are kept.
    """

    trace_id: str
    span_id: str = ""
    sampled: bool = True
    subject: str = ""
    deadline: float | None = None

    def remaining(self) -> float | None:
        """Return the seconds that are left, None for no deadline; at least a millisecond."""
        if self.deadline is None:
            return None
        return max(self.deadline - time.monotonic() - _SHAVE_SECONDS, 0.001)

    def shorten(self, seconds: float) -> None:
        """Let the call take at most `seconds` from now."""
        latest = time.monotonic() + seconds
        self.deadline = latest if self.deadline is None else min(self.deadline, latest)

    def traceparent(self, span_id: str = "") -> str:
        """Return what whoever goes on with the trace is told: it follows from a span, the call's if none is named."""
        return f"00-{self.trace_id}-{span_id or self.span_id or secrets.token_hex(8)}-0{self.sampled:d}"

    def headers(self, span_id: str = "") -> tuple[tuple[str, str], ...]:
        """Return what the next service is told, which is called in a span, the call's if none is named."""
        trace = (TRACE_HEADER, self.traceparent(span_id))
        return (trace, (SUBJECT_HEADER, self.subject)) if self.subject else (trace,)


_current: ContextVar[CallContext | None] = ContextVar("codingahead_call", default=None)


def begin(traceparent: str = "", subject: str = "", timeout: float | None = None) -> CallContext:
    """Start the context of a call and make it current; an unusable `traceparent` starts a new trace."""
    known = _TRACEPARENT.fullmatch(traceparent)
    trace_id, span_id, flags = known.groups() if known else (secrets.token_hex(16), "", "01")
    context = CallContext(
        trace_id=trace_id,
        span_id=span_id,
        sampled=bool(int(flags, 16) & _SAMPLED),
        subject=subject,
        deadline=None if timeout is None else time.monotonic() + timeout,
    )
    _current.set(context)
    return context


@contextmanager
def following(traceparent: str) -> Iterator[CallContext]:
    """Run a block as a call of its own in the trace of what caused it; an unusable `traceparent` starts a new one."""
    before = _current.get()
    try:
        yield begin(traceparent)
    finally:
        _current.set(before)


def current() -> CallContext | None:
    """Return the call that is being served, None outside of one."""
    return _current.get()


def traceparent() -> str:
    """Return what tells who goes on with the trace of the current call, empty outside of one."""
    context = _current.get()
    return context.traceparent() if context else ""


def timeout_within(limit: float) -> float:
    """Return `limit` seconds, or what is left of the current call's deadline when that is less."""
    context = _current.get()
    remaining = context.remaining() if context else None
    return limit if remaining is None else min(limit, remaining)
