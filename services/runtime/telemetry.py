"""Traces: spans of what a call does, for an OTLP collector when the settings name one.

A span says what was called, how that ended and how long it took. It never holds what somebody typed, nor the text of an
error, which may repeat it.
"""

from collections.abc import Mapping
from enum import Enum
from types import TracebackType
from typing import Protocol, Self

from services.runtime import context
from services.runtime.context import CallContext
from services.runtime.errors import Refusal
from services.runtime.settings import Settings

# By the names of OpenTelemetry's semantic conventions.
Attributes = Mapping[str, str | int]
RPC_CODE = "rpc.response.status_code"

_STOP_SECONDS = 1.0


class Kind(Enum):
    """What a span is to those before and after it, named as OpenTelemetry does."""

    INTERNAL = 0
    SERVER = 1
    CLIENT = 2
    PRODUCER = 3
    CONSUMER = 4


class Span:
    """A piece of work that has begun. Of this one nobody is told.

    It ends once: by `end`, or by the end of a block that it is entered for, failed if that is left by an error.
    """

    __slots__ = ()

    @property
    def id(self) -> str:
        """The W3C span id, empty for none."""
        return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, GeneratorExit):  # a generator that is closed early has done its part
            self.end()
        else:
            self.end(error.kind.grpc_code if isinstance(error, Refusal) else type(error).__name__)

    def rename(self, name: str) -> None:
        """Give the span a name that was not known when it began."""

    def set(self, key: str, value: str | int) -> None:
        """Set an attribute."""

    def end(self, failure: str = "") -> None:
        """End it; if the work failed, with a word for why that has few values."""


class Tracer(Protocol):
    """Makes spans and has them sent."""

    def begin(self, name: str, kind: Kind, attributes: Attributes, call: CallContext) -> Span:
        """Begin a span below that of a call, or, if it has none, a trace that becomes the call's.

        `NOTHING` when the trace is not sampled.
        """

    def close(self, seconds: float) -> None:
        """Send what waits, for at most so many seconds."""


NOTHING = Span()
_tracer: Tracer | None = None


def of_rpc(method: str) -> Attributes:
    """Return the attributes of an rpc, named "package.Service/Method"; `RPC_CODE` is set when it ends by another."""
    return {"rpc.system.name": "grpc", "rpc.method": method, RPC_CODE: "OK"}


def start(service: str, settings: Settings) -> None:
    """Have spans of this process sent to the collector that the settings name, if they do."""
    global _tracer
    if settings.otlp_endpoint:
        # The library takes 10 MB: it is imported where there is a collector, and nowhere else.
        from services.runtime.otlp import OtlpTracer

        _tracer = OtlpTracer(service, settings.otlp_endpoint, settings.trace_share)


def stop() -> None:
    """Send the spans that wait, within a second."""
    global _tracer
    if _tracer:
        _tracer.close(_STOP_SECONDS)
        _tracer = None


def serving(call: CallContext, name: str, kind: Kind, attributes: Attributes) -> Span:
    """Return the span of a call that begins here: what is done in the call belongs to it."""
    if _tracer is None or not call.sampled:
        return NOTHING
    span = _tracer.begin(name, kind, attributes, call)
    call.sampled = span is not NOTHING
    call.span_id = span.id or call.span_id
    return span


def span(name: str, kind: Kind, attributes: Attributes) -> Span:
    """Return the span of something that is done in the current call; outside of one there is none."""
    if _tracer is None:
        return NOTHING
    call = context.current()
    return _tracer.begin(name, kind, attributes, call) if call and call.sampled and call.span_id else NOTHING
