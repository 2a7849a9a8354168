"""The call that is being served: its trace, who it is for and how long it may take."""

import secrets
import time
from contextvars import ContextVar
from dataclasses import dataclass

# Leaves a callee the time to report its own timeout before the caller's runs out.
_SHAVE_SECONDS = 0.02

TRACE_HEADER = "traceparent"
SUBJECT_HEADER = "codingahead-subject"


@dataclass(slots=True)
class CallContext:
    """One call. `deadline` is on the monotonic clock, None for none; `trace_id` is a W3C trace id."""

    trace_id: str
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

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return what the next service is told."""
        trace = (TRACE_HEADER, f"00-{self.trace_id}-{secrets.token_hex(8)}-01")
        return (trace, (SUBJECT_HEADER, self.subject)) if self.subject else (trace,)


_current: ContextVar[CallContext | None] = ContextVar("codingahead_call", default=None)


def begin(traceparent: str = "", subject: str = "", timeout: float | None = None) -> CallContext:
    """Start the context of a call and make it current; an unusable `traceparent` starts a new trace."""
    parts = traceparent.split("-")
    known = len(parts) == 4 and len(parts[1]) == 32 and parts[1].isalnum()
    context = CallContext(
        trace_id=parts[1] if known else secrets.token_hex(16),
        subject=subject,
        deadline=None if timeout is None else time.monotonic() + timeout,
    )
    _current.set(context)
    return context


def current() -> CallContext | None:
    """Return the call that is being served, None outside of one."""
    return _current.get()


def timeout_within(limit: float) -> float:
    """Return `limit` seconds, or what is left of the current call's deadline when that is less."""
    context = _current.get()
    remaining = context.remaining() if context else None
    return limit if remaining is None else min(limit, remaining)
