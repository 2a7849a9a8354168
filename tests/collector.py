"""An OTLP collector in the process of the tests, which keeps what it is sent."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from deploy.local.ports import LOOPBACK


@dataclass(frozen=True, slots=True)
class Received:
    """A span that has arrived."""

    service: str
    name: str
    kind: str
    trace_id: str
    id: str
    parent_id: str
    attributes: dict[str, str | int]
    failed: bool

    @property
    def label(self) -> str:
        return f"{self.service}: {self.name}"


@dataclass
class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """The spans that have arrived, and all that was sent, as text."""

    endpoint: str = ""
    spans: list[Received] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def Export(  # noqa: N802 - as the contract names it
        self,
        request: trace_service_pb2.ExportTraceServiceRequest,
        context: grpc.ServicerContext,
    ) -> trace_service_pb2.ExportTraceServiceResponse:
        self.texts.append(str(request))
        for of_resource in request.resource_spans:
            service = str(_values(of_resource.resource.attributes)["service.name"])
            for of_scope in of_resource.scope_spans:
                self.spans.extend(_received(service, span) for span in of_scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()

    def paths(self, trace_id: str) -> set[tuple[str, ...]]:
        """Return the labels from the root of a trace to each of its spans."""
        spans = {span.id: span for span in self.spans if span.trace_id == trace_id}
        return {_path(span, spans) for span in spans.values()}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector until the block ends."""
    collector = Collector()
    server = grpc.server(ThreadPoolExecutor(1))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]
    collector.endpoint = f"http://{LOOPBACK}:{server.add_insecure_port(f'{LOOPBACK}:0')}"
    server.start()
    yield collector
    server.stop(0)


def _received(service: str, span: Span) -> Received:
    return Received(
        service.removeprefix("codingahead-"),
        span.name,
        Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        _values(span.attributes),
        span.status.code == Status.STATUS_CODE_ERROR,
    )


def _values(attributes: Iterable[KeyValue]) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in attributes}


def _path(span: Received, spans: dict[str, Received]) -> tuple[str, ...]:
    parent = spans.get(span.parent_id)
    return (*(_path(parent, spans) if parent else ()), span.label)
