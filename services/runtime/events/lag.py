"""How far behind the consumers of events are, and what was given up, as metrics."""

import asyncio
import math
from collections.abc import Mapping

import nats.errors
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from prometheus_client import Gauge

from services.runtime.events.catalogue import DEAD_LETTERS

# JetStream says the same to all replicas: of their values the greatest counts.
PENDING = Gauge("codingahead_events_pending", "Events that a consumer was not given yet; NaN: unknown", ["consumer"])
UNACKNOWLEDGED = Gauge(
    "codingahead_events_unacknowledged",
    "Events that a consumer was given and has not done with, those that wait for a retry included; NaN: unknown",
    ["consumer"],
)
DEAD = Gauge("codingahead_dead_letters", "Events that were given up, of all consumers; NaN: unknown")

_EVERY_SECONDS = 15.0


async def watch(js: JetStreamContext, streams: Mapping[str, str]) -> None:
    """Measure the consumers that are in `streams`, which gives the stream of each, until cancelled."""
    while True:
        if streams:
            await measure(js, dict(streams))
        await asyncio.sleep(_EVERY_SECONDS)


async def measure(js: JetStreamContext, streams: Mapping[str, str]) -> None:
    """Measure once. What JetStream does not tell is unknown."""
    for consumer, stream in streams.items():
        pending = unacknowledged = math.nan
        try:
            info = await js.consumer_info(stream, consumer)
            pending, unacknowledged = info.num_pending or 0, info.num_ack_pending or 0
        except (nats.errors.Error, OSError):
            pass
        PENDING.labels(consumer).set(pending)
        UNACKNOWLEDGED.labels(consumer).set(unacknowledged)
    try:
        dead: float = (await js.stream_info(DEAD_LETTERS)).state.messages
    except NotFoundError:
        dead = 0
    except (nats.errors.Error, OSError):
        dead = math.nan
    DEAD.set(dead)
