"""Prometheus metrics that every service has, and the endpoint they are read from.

Labels have few values, known beforehand: no text of users, no codes, no addresses.
"""

import asyncio
import itertools
import time
from collections.abc import Iterable
from importlib.metadata import version

from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics, start_http_server

# Since when something is counted nobody asks; it would be one more series for each.
disable_created_metrics()  # type: ignore[no-untyped-call]

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Streams of answers may last a minute.
_STREAM_SECONDS = (*SECONDS, 30.0, 60.0)
_LOOP_SECONDS = 0.5

BUILD = Info("codingahead_build", "The version of the program")
BUILD.info({"version": version("codingahead")})
READY = Gauge("codingahead_ready", "Whether the service is ready (1) or not (0)")
EVENT_LOOP_DELAY_SECONDS = Histogram(
    "codingahead_event_loop_delay_seconds", "How late the event loop was with what was due", buckets=SECONDS
)

RPC_SECONDS = Histogram(
    "codingahead_rpc_duration_seconds", "Duration of the rpcs served", ["method", "code"], buckets=_STREAM_SECONDS
)
RPC_FIRST_ANSWER_SECONDS = Histogram(
    "codingahead_rpc_first_answer_seconds",
    "Time to the first answer of the rpcs served that stream theirs",
    ["method"],
    buckets=_STREAM_SECONDS,
)
RPCS_IN_PROGRESS = Gauge("codingahead_rpcs_in_progress", "Rpcs that are being served", ["method"])
RPC_CLIENT_SECONDS = Histogram(
    "codingahead_rpc_client_duration_seconds",
    "Duration of the rpcs called, retries included",
    ["method", "code"],
    buckets=_STREAM_SECONDS,
)
CERTIFICATE_EXPIRES = Gauge(
    "codingahead_tls_certificate_expires_timestamp_seconds",
    "When the certificate that is shown, or the last of the authorities that are trusted, is over",
    ["certificate"],
)

NATS_CONNECTED = Gauge("codingahead_nats_connected", "Whether there is a connection to NATS (1) or not (0)")
EVENTS_PUBLISHED = Counter("codingahead_events_published_total", "Events acknowledged by JetStream", ["subject"])
EVENTS_HANDLED = Counter("codingahead_events_handled_total", "Events by what became of them", ["consumer", "result"])
EVENT_HANDLING_SECONDS = Histogram(
    "codingahead_event_handling_seconds", "Duration of handling an event once", ["consumer"], buckets=SECONDS
)


def begin(counter: Counter, *labels: Iterable[str]) -> None:
    """Let a counter begin at 0 for each combination of values of its labels: a first count is a rise then."""
    for values in itertools.product(*labels):
        counter.labels(*values)


def expose(listen: str) -> None:
    """Serve /metrics on `host:port` from a thread of its own; an empty address serves nothing."""
    if not listen:
        return
    host, _, port = listen.rpartition(":")
    start_http_server(int(port), addr=host.strip("[]"))


async def watch_loop() -> None:
    """Measure how late the event loop is, until cancelled."""
    while True:
        due = time.perf_counter() + _LOOP_SECONDS
        await asyncio.sleep(_LOOP_SECONDS)
        EVENT_LOOP_DELAY_SECONDS.observe(max(0.0, time.perf_counter() - due))
