"""The assistant process: wiring only."""

from datetime import timedelta
from functools import partial

from codingahead.assistant.v1 import assistant_pb2
from codingahead.events.v1.events_pb2 import AccountClosed
from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc

from services.assistant.asking import Assistant
from services.assistant.conversations import Conversations, utc_now
from services.assistant.llm.model import Model
from services.assistant.servicer import AssistantServicer
from services.assistant.settings import AssistantSettings
from services.assistant.store.database import connect as connect_database
from services.runtime import lifecycle, metrics
from services.runtime.events import bus as events
from services.runtime.rpc.client import Client
from services.runtime.rpc.server import Server
from services.runtime.rpc.tls import tls_of
from services.runtime.sweep import keep_sweeping

CONTRACT = assistant_pb2.DESCRIPTOR.services_by_name["AssistantService"]
LOOKUP = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]


def main() -> None:
    """Run the assistant until it is told to stop."""
    settings = AssistantSettings()
    tls = tls_of(settings)

    async def wire(life: lifecycle.Lifecycle) -> None:
        metrics.expose(settings.assistant_metrics_listen)
        lookup = Client(LOOKUP, settings.lookup_target, tls)
        life.on_close(lookup.close)
        database = await life.enter(connect_database(settings.assistant_database_url.get_secret_value()))
        bus = await life.enter(
            events.connect(settings.nats_url.get_secret_value(), life.log, "assistant", settings.event_replicas)
        )
        model = None
        if settings.llm_base_url:
            key = settings.llm_api_key.get_secret_value()
            model = await life.enter(
                Model.connect(settings.llm_base_url, key, settings.llm_model, settings.llm_timeout_seconds, life.log)
            )
        stub = lookup.stub(lookup_pb2_grpc.LookupServiceStub, settings.lookup_timeout_seconds)
        assistant = Assistant(stub, model, lambda: utc_now().date())
        conversations = Conversations(database, timedelta(days=settings.conversation_retention_days))

        async def forget_member(event: AccountClosed, _: str) -> None:
            await conversations.delete(event.subject, "")

        life.check("lookup", lookup.check)
        life.check("database", database.check)
        closed = partial(bus.consume, "assistant-account-closed", AccountClosed, forget_member)
        life.background("closed", database.after_migration(closed))
        sweeping = partial(keep_sweeping, conversations.sweep, life.log)
        life.background("sweep", database.after_migration(sweeping))
        server = Server(
            life.log, settings.assistant_listen, connection_age_seconds=settings.connection_age_seconds, tls=tls
        )
        server.add(CONTRACT, AssistantServicer(assistant, conversations, life.log))
        await life.serve(server)

    lifecycle.run("assistant", settings, wire)
