"""What has happened: the stored events of one type, read once."""

from datetime import datetime
from typing import TypeVar

from google.protobuf.message import Message
from nats.aio.client import Client as Nats
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from services.runtime.events.catalogue import stream_of, subject_of
from services.runtime.events.connection import connected

E = TypeVar("E", bound=Message)

_TIMEOUT = 5.0


async def read(url: str, kind: type[E], since: datetime | None = None) -> list[E]:
    """Return the events of a type that were stored since a time, or all, oldest first.

    Raises ConnectionError when NATS does not answer.
    """
    async with connected(url) as nats:
        return await _read(nats, kind, since)


async def _read(nats: Nats, kind: type[E], since: datetime | None) -> list[E]:
    inbox = nats.new_inbox()
    subscription = await nats.subscribe(inbox)
    try:
        consumer = await nats.jetstream().add_consumer(
            stream_of(subject_of(kind)),
            ConsumerConfig(
                deliver_subject=inbox,
                filter_subject=subject_of(kind),
                deliver_policy=DeliverPolicy.BY_START_TIME if since else DeliverPolicy.ALL,
                opt_start_time=since,
                ack_policy=AckPolicy.NONE,
                mem_storage=True,
                num_replicas=1,
            ),
        )
    except NotFoundError:  # no event of that stream has happened yet
        return []
    # Some may be on their way before the consumer is described.
    sent = consumer.delivered.consumer_seq if consumer.delivered else 0
    stored = (consumer.num_pending or 0) + sent
    return [kind.FromString((await subscription.next_msg(_TIMEOUT)).data) for _ in range(stored)]
