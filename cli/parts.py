"""The parts of the product, and how each is asked how it is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc
from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo, StreamInfo
from nats.js.errors import NotFoundError
from pydantic import Field
from sqlalchemy import make_url

from cli.probe import SECONDS, Part, Probe, State
from services.accounts.settings import DatabaseSettings as AccountsDatabase
from services.accounts.settings import MailSettings
from services.accounts.store import database as accounts_database
from services.accounts.store.outbox import SqlOutbox
from services.assistant.settings import DatabaseSettings as AssistantDatabase
from services.assistant.store import database as assistant_database
from services.gateway.settings import Upstreams
from services.gateway.words import SOURCE_WORDS, SYSTEM_WORDS
from services.lookup.settings import ElasticsearchSettings
from services.lookup.store import Store
from services.quota import store as quota_store
from services.quota.settings import QuotaSettings
from services.runtime.events.catalogue import DEAD_LETTERS
from services.runtime.events.connection import connected
from services.runtime.mail import Mailer
from services.runtime.rpc.client import Client, ask_health
from services.runtime.rpc.tls import tls_of
from services.runtime.settings import Settings

# More than a relay publishes at once, and longer than a handler takes: they do not keep up.
_MANY_EVENTS = 1000
_LATE_SECONDS = 60.0


class GatewayAddresses(Settings):
    """Where the gateway is asked how it is."""

    gateway_url: str = Field("http://127.0.0.1:8080", description="Base URL of the gateway, for `codingahead status`")
    gateway_target: str = Field(
        "127.0.0.1:9090", description="Target of the gateway's public gRPC, for `codingahead status`"
    )


async def _service(name: str, settings: Settings, target: str) -> AsyncIterator[Part]:
    yield _serving(name, await ask_health(target, SECONDS, tls_of(settings)))


async def _web(_: Settings, url: str) -> AsyncIterator[Part]:
    # A proxy for the way out knows nothing of what is inside.
    async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as http:
        try:
            answer = await http.get(f"{url}/readyz")
        except httpx.TransportError as error:
            raise ConnectionError("The service is not available at the moment.") from error
    yield _serving("gateway", answer.is_success)


async def _public_grpc(_: Settings, target: str) -> AsyncIterator[Part]:
    yield _serving("public gRPC", await ask_health(target, SECONDS))


def _serving(name: str, serves: bool) -> Part:
    return Part("service", name, State.OK) if serves else Part("service", name, State.DOWN, "runs, but is not ready")


async def _elasticsearch(settings: ElasticsearchSettings, _: str) -> AsyncIterator[Part]:
    store = Store(settings.access(), connections=1)
    try:
        whole = await store.ping(SECONDS) == "green"
    finally:
        await store.close()
    state, reason = (State.OK, "") if whole else (State.DEGRADED, "copies of indices are missing")
    yield Part("data", "elasticsearch", state, reason)


async def _redis(_: QuotaSettings, url: str) -> AsyncIterator[Part]:
    async with quota_store.connect(url, SECONDS) as store:
        await store.check()
        yield Part("data", "redis", State.OK)
        yield _outbox("quota", await store.depth())


async def _accounts_database(_: Settings, url: str) -> AsyncIterator[Part]:
    _not_made_by_asking(url)
    async with accounts_database.connect(url, SECONDS) as database:
        yield _schema("accounts database", await database.check())
        yield _outbox("accounts", await SqlOutbox(database).depth())


async def _assistant_database(_: Settings, url: str) -> AsyncIterator[Part]:
    _not_made_by_asking(url)
    async with assistant_database.connect(url, SECONDS) as database:
        yield _schema("assistant database", await database.check())


def _not_made_by_asking(url: str) -> None:
    """Raise FileNotFoundError for a file of SQLite that does not exist: to connect would make it."""
    file = make_url(url)
    if file.get_backend_name() == "sqlite" and not Path(file.database or "").exists():
        raise FileNotFoundError("the file does not exist")


def _schema(name: str, version: str | None) -> Part:
    return Part("data", name, State.OK, f"schema {version}", {"schema": version})


def _outbox(name: str, depth: int) -> Part:
    state = State.DEGRADED if depth > _MANY_EVENTS else State.OK
    return Part("outbox", name, state, f"{depth} wait", {"waiting": depth})


async def _mail(settings: MailSettings, url: str) -> AsyncIterator[Part]:
    await Mailer(url, settings.mail_from, SECONDS).check()
    yield Part("data", "mail server", State.OK)


async def _nats(_: Settings, url: str) -> AsyncIterator[Part]:
    async with connected(url, SECONDS) as nats:
        jetstream = nats.jetstream(timeout=SECONDS)
        streams = await jetstream.streams_info()
        short = [stream.config.name or "" for stream in streams if _lacks_copies(stream)]
        reason = f"copies are missing or behind: {', '.join(short)}" if short else f"JetStream, {len(streams)} streams"
        yield Part("data", "nats", State.DEGRADED if short else State.OK, reason, {"streams": len(streams)})
        letters = sum(stream.state.messages for stream in streams if stream.config.name == DEAD_LETTERS)
        state = State.DEGRADED if letters else State.OK
        yield Part("events", "dead letters", state, f"{letters} kept", {"messages": letters})
        read = (jetstream.consumers_info(stream.config.name or "") for stream in streams)
        durable = [one for consumers in await asyncio.gather(*read) for one in consumers if one.config.durable_name]
        for part in await asyncio.gather(*(_consumer(jetstream, consumer) for consumer in durable)):
            yield part


def _lacks_copies(stream: StreamInfo) -> bool:
    cluster = stream.cluster
    return cluster is not None and any(copy.offline or not copy.current for copy in cluster.replicas or ())


async def _consumer(jetstream: JetStreamContext, consumer: ConsumerInfo) -> Part:
    """Return how many events a consumer has before it, and how long the oldest of them waits."""
    pending, unacknowledged = consumer.num_pending or 0, consumer.num_ack_pending or 0
    lag = await _lag(jetstream, consumer) if pending or unacknowledged else 0.0
    state = State.DEGRADED if lag > _LATE_SECONDS or pending > _MANY_EVENTS else State.OK
    reason = f"{pending} wait, {unacknowledged} in work" + (f", the oldest for {_age(lag)}" if lag else "")
    details = {"pending": pending, "unacknowledged": unacknowledged, "lag_seconds": round(lag, 3)}
    return Part("events", consumer.name, state, reason, details)


async def _lag(jetstream: JetStreamContext, consumer: ConsumerInfo) -> float:
    """Return the seconds since the oldest event was stored that a consumer has not acknowledged."""
    done = consumer.ack_floor.stream_seq if consumer.ack_floor else 0
    try:
        oldest = await jetstream.get_msg(
            consumer.stream_name, seq=done + 1, subject=consumer.config.filter_subject, next=True
        )
    except NotFoundError:  # acknowledged meanwhile
        return 0.0
    return (datetime.now(UTC) - oldest.time).total_seconds() if oldest.time else 0.0


async def _releases(settings: Upstreams, target: str) -> AsyncIterator[Part]:
    client = Client(lookup_pb2.DESCRIPTOR.services_by_name["LookupService"], target, tls_of(settings))
    try:
        lookup = client.stub(lookup_pb2_grpc.LookupServiceStub, SECONDS)
        answer = await lookup.ListReleases(lookup_pb2.ListReleasesRequest())
    finally:
        await client.close()
    for part in loaded(answer):
        yield part


def loaded(answer: lookup_pb2.ListReleasesResponse) -> Iterator[Part]:
    """Yield every edition that serves; a source of which none is in force today is degraded."""
    editions: list[tuple[str, lookup_pb2.Release | lookup_pb2.SourceRelease]] = [
        *((SYSTEM_WORDS[release.system], release) for release in answer.releases),
        *((SOURCE_WORDS[release.source], release) for release in answer.sources),
    ]
    if not answer.releases:
        yield Part("release", "code sets", State.DEGRADED, "none is loaded")
    in_force = {source for source, edition in editions if edition.in_force}
    for source, edition in editions:
        loaded_at = edition.loaded_at.ToDatetime(UTC)
        dates = f"{edition.effective_from or '...'} to {edition.effective_to or '...'}"
        force = "in force" if edition.in_force else "not in force today"
        yield Part(
            "release",
            f"{source} {edition.edition}",
            State.OK if source in in_force else State.DEGRADED,
            f"{dates}, {force}, loaded {_age((datetime.now(UTC) - loaded_at).total_seconds())} ago",
            {
                "source": source,
                "edition": edition.edition,
                "effective_from": edition.effective_from,
                "effective_to": edition.effective_to,
                "in_force": edition.in_force,
                "loaded_at": loaded_at.isoformat(timespec="seconds"),
            },
        )


def _age(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


_SERVICES = ("lookup", "quota", "accounts", "assistant")

PROBES = (
    *(Probe("service", name, Upstreams, f"{name}_target", partial(_service, name)) for name in _SERVICES),
    Probe("service", "gateway", GatewayAddresses, "gateway_url", _web),
    Probe("service", "public gRPC", GatewayAddresses, "gateway_target", _public_grpc),
    Probe("data", "elasticsearch", ElasticsearchSettings, "elasticsearch_url", _elasticsearch),
    Probe("data", "redis", QuotaSettings, "redis_url", _redis),
    Probe("data", "nats", Settings, "nats_url", _nats),
    Probe("data", "accounts database", AccountsDatabase, "database_url", _accounts_database),
    Probe("data", "assistant database", AssistantDatabase, "assistant_database_url", _assistant_database),
    Probe("data", "mail server", MailSettings, "smtp_url", _mail),
    Probe("release", "code sets", Upstreams, "lookup_target", _releases),
)
