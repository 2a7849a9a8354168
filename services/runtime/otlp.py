"""Spans by OpenTelemetry, sent by OTLP over gRPC: the only module that knows either."""

import logging
import threading
import time
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc import exporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk import _shared_internal as processor
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from services.runtime.context import CallContext
from services.runtime.telemetry import NOTHING, Attributes, Kind, Span

# At 1 KB each; the oldest are dropped.
_WAITING_SPANS = 4096
_SEND_EVERY_MILLISECONDS = 1000
_EXPORT_SECONDS = 10.0
_COMPLAIN_EVERY_SECONDS = 60.0


class OtlpTracer:
    """Makes spans of a service and sends them from a thread of its own. Of new traces it keeps a `share`, 0 to 1.

    It is not made OpenTelemetry's global one: libraries that instrument themselves by that record addresses with their
    query, and the texts of errors.
    """

    def __init__(self, service: str, endpoint: str, share: float) -> None:
        seldom = _Seldom()
        for module in (exporter, processor):
            logging.getLogger(module.__name__).addFilter(seldom)
        resource = {SERVICE_NAME: f"codingahead-{service}", SERVICE_VERSION: version("codingahead")}
        self._exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_SECONDS)
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(share)), resource=Resource.create(resource), shutdown_on_exit=False
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                self._exporter, max_queue_size=_WAITING_SPANS, schedule_delay_millis=_SEND_EVERY_MILLISECONDS
            )
        )
        self._tracer = self._provider.get_tracer("codingahead")

    def begin(self, name: str, kind: Kind, attributes: Attributes, call: CallContext) -> Span:
        """See telemetry.Tracer."""
        span = self._tracer.start_span(name, _parent(call, kind), trace.SpanKind(kind.value), attributes)
        if not span.is_recording():
            return NOTHING
        if not call.span_id:
            call.trace_id = trace.format_trace_id(span.get_span_context().trace_id)
        return _OtlpSpan(span)

    def close(self, seconds: float) -> None:
        """See telemetry.Tracer."""
        closing = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        closing.start()
        closing.join(seconds)
        if closing.is_alive():
            self._exporter.shutdown()  # ends the attempt that is under way


class _OtlpSpan(Span):
    """A span that is sent."""

    __slots__ = ("_span",)

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def id(self) -> str:
        return trace.format_span_id(self._span.get_span_context().span_id)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def set(self, key: str, value: str | int) -> None:
        self._span.set_attribute(key, value)

    def end(self, failure: str = "") -> None:
        if not self._span.is_recording():
            return
        if failure:
            self._span.set_attribute("error.type", failure)
            self._span.set_status(trace.StatusCode.ERROR)
        self._span.end()


class _Seldom(logging.Filter):
    """Lets one line a minute pass: more is not to be said of a collector that is away."""

    def __init__(self) -> None:
        super().__init__()
        self._silent_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if now < self._silent_until:
            return False
        self._silent_until = now + _COMPLAIN_EVERY_SECONDS
        return True


def _parent(call: CallContext, kind: Kind) -> Context:
    if not call.span_id:
        return Context()
    remote = kind in (Kind.SERVER, Kind.CONSUMER)
    sampled = trace.TraceFlags(trace.TraceFlags.SAMPLED)
    parent = trace.SpanContext(int(call.trace_id, 16), int(call.span_id, 16), is_remote=remote, trace_flags=sampled)
    return trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())
