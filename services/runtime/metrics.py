"""Prometheus metrics that every service has, and the endpoint they are read from."""

from prometheus_client import Counter, Gauge, Histogram, start_http_server

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

RPC_SECONDS = Histogram("codingahead_rpc_seconds", "Duration of the rpcs served", ["method", "code"], buckets=_SECONDS)
READY = Gauge("codingahead_ready", "Whether the service is ready (1) or not (0)")
EVENTS_PUBLISHED = Counter("codingahead_events_published_total", "Events acknowledged by JetStream", ["subject"])
EVENTS_HANDLED = Counter("codingahead_events_handled_total", "Events by what became of them", ["consumer", "result"])


def expose(listen: str) -> None:
    """Serve /metrics on `host:port` from a thread of its own; an empty address serves nothing."""
    if not listen:
        return
    host, _, port = listen.rpartition(":")
    start_http_server(int(port), addr=host.strip("[]"))
