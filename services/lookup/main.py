"""The lookup process: wiring only."""

import asyncio
import gc
from contextlib import suppress

from codingahead.events.v1 import events_pb2
from codingahead.lookup.v1 import lookup_pb2
from prometheus_client import REGISTRY

from services.lookup.loaded import LoadedReleases
from services.lookup.lookup import Lookup
from services.lookup.search.vocabulary import read_vocabulary
from services.lookup.servicer import LookupServicer
from services.lookup.settings import LookupSettings
from services.lookup.store import IndexGone, Store
from services.runtime import lifecycle, metrics
from services.runtime.errors import Refusal
from services.runtime.events import bus as events
from services.runtime.rpc.server import Server
from services.runtime.rpc.tls import tls_of

CONTRACT = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]
_RELOAD_SECONDS = 10.0
_PING_SECONDS = 1.5
# The views that say how usual a code is: as far back as they are kept.
_VIEWS_SECONDS = 30 * 86_400.0


def main() -> None:
    """Run lookup until it is told to stop."""
    settings = LookupSettings()
    tls = tls_of(settings)

    # What was cached lives long, and to go through it holds up searches for 0.2 s: every few minutes, not every second.
    gc.set_threshold(700, 10, 1000)

    async def wire(life: lifecycle.Lifecycle) -> None:
        metrics.expose(settings.lookup_metrics_listen)
        store = Store(settings.access())
        life.on_close(store.close)
        bus = await life.enter(
            events.connect(settings.nats_url.get_secret_value(), life.log, "lookup", settings.event_replicas)
        )
        lookup = Lookup(store, vocabulary=read_vocabulary(settings.vocabulary))
        REGISTRY.register(LoadedReleases(lookup))
        reload_now = asyncio.Event()

        async def on_released(_: events_pb2.CatalogReleased, __: str) -> None:
            reload_now.set()

        async def on_viewed(event: events_pb2.ViewCharged, _: str) -> None:
            lookup.viewed(event.page)

        async def keep_current() -> None:
            while True:
                reload_now.clear()
                # An index may go while it is read: the next look finds its successor.
                with suppress(Refusal, IndexGone):
                    if await lookup.reload(_RELOAD_SECONDS):
                        # The words of the releases stay: to go through them each time holds up searches.
                        gc.collect()
                        gc.freeze()
                with suppress(TimeoutError):
                    await asyncio.wait_for(reload_now.wait(), settings.release_check_seconds)

        life.check("elasticsearch", lambda: store.ping(_PING_SECONDS))
        life.background("releases", keep_current())
        life.background("released", bus.listen(events_pb2.CatalogReleased, on_released))
        life.background("views", bus.follow(events_pb2.ViewCharged, on_viewed, _VIEWS_SECONDS))
        server = Server(
            life.log, settings.lookup_listen, connection_age_seconds=settings.connection_age_seconds, tls=tls
        )
        server.add(CONTRACT, LookupServicer(lookup))
        await life.serve(server)

    lifecycle.run("lookup", settings, wire)
