"""The quota process: wiring only."""

from codingahead.events.v1.events_pb2 import AccountClosed, AccountRegistered, ViewServed
from codingahead.quota.v1 import quota_pb2

from services.quota.consumers import Consumers
from services.quota.decisions import ViewWall
from services.quota.plans import Plans
from services.quota.servicer import QuotaServicer
from services.quota.settings import QuotaSettings
from services.quota.store import connect as connect_store
from services.runtime import lifecycle, metrics
from services.runtime.events import bus as events
from services.runtime.events.outbox import Relay
from services.runtime.rpc.server import Server
from services.runtime.rpc.tls import tls_of

CONTRACT = quota_pb2.DESCRIPTOR.services_by_name["QuotaService"]


def main() -> None:
    """Run quota until it is told to stop."""
    settings = QuotaSettings()
    tls = tls_of(settings)

    async def wire(life: lifecycle.Lifecycle) -> None:
        metrics.expose(settings.quota_metrics_listen)
        redis_url = settings.redis_url.get_secret_value()
        store = await life.enter(connect_store(redis_url, settings.redis_timeout_seconds, settings.redis_replicas))
        bus = await life.enter(
            events.connect(settings.nats_url.get_secret_value(), life.log, "quota", settings.event_replicas)
        )
        relay = Relay(store, bus, life.log)
        wall = ViewWall(Plans(settings.plans), store)
        on = Consumers(wall, relay)

        life.check("redis", store.check)
        life.background("relay", relay.run())
        life.background("outbox", relay.measure())
        life.background("view-served", bus.consume("quota-view-served", ViewServed, on.charge_served))
        life.background("registered", bus.consume("quota-account-registered", AccountRegistered, on.merge_guest))
        life.background("closed", bus.consume("quota-account-closed", AccountClosed, on.forget_member))
        server = Server(
            life.log, settings.quota_listen, connection_age_seconds=settings.connection_age_seconds, tls=tls
        )
        server.add(CONTRACT, QuotaServicer(wall, relay))
        await life.serve(server)

    lifecycle.run("quota", settings, wire)
