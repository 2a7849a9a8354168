"""The gateway process: wiring only."""

from codingahead.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from codingahead.assistant.v1 import assistant_pb2_grpc
from codingahead.lookup.v1 import lookup_pb2_grpc
from codingahead.quota.v1 import quota_pb2, quota_pb2_grpc

from services.gateway import policy
from services.gateway.access import Access
from services.gateway.calls import Calls
from services.gateway.edge import Edge
from services.gateway.endpoint import HttpEndpoint
from services.gateway.forward import Forwarder
from services.gateway.http import create_app
from services.gateway.identity import Identity
from services.gateway.keys import Keys
from services.gateway.questions import Questions
from services.gateway.sessions import Sessions
from services.gateway.settings import GatewaySettings
from services.gateway.wall import Wall
from services.runtime import lifecycle, metrics
from services.runtime.events import bus as events
from services.runtime.rpc.client import Client
from services.runtime.rpc.server import Server
from services.runtime.rpc.tls import tls_of
from services.runtime.tokens import Verifier

QUOTA = quota_pb2.DESCRIPTOR.services_by_name["QuotaService"]
ACCOUNTS = accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"]


def main() -> None:
    """Run the gateway until it is told to stop."""
    settings = GatewaySettings()
    tls = tls_of(settings)

    async def wire(life: lifecycle.Lifecycle) -> None:
        metrics.expose(settings.gateway_metrics_listen)
        lookup = Client(policy.LOOKUP, settings.lookup_target, tls)
        life.on_close(lookup.close)
        quota = Client(QUOTA, settings.quota_target, tls)
        life.on_close(quota.close)
        accounts = Client(ACCOUNTS, settings.accounts_target, tls)
        life.on_close(accounts.close)
        assistant = Client(policy.ASSISTANT, settings.assistant_target, tls)
        life.on_close(assistant.close)
        bus = await life.enter(
            events.connect(settings.nats_url.get_secret_value(), life.log, "gateway", settings.event_replicas)
        )

        # Requests have a deadline of their own, streams a later one.
        seconds = max(row.seconds for row in policy.TABLE)
        codes = lookup.stub(lookup_pb2_grpc.LookupServiceStub, seconds)
        casepilot = assistant.stub(assistant_pb2_grpc.AssistantServiceStub, seconds)
        views = quota.stub(quota_pb2_grpc.QuotaServiceStub, settings.quota_timeout_seconds)
        people = accounts.stub(accounts_pb2_grpc.AccountsServiceStub, settings.accounts_timeout_seconds)

        identity = Identity(settings)
        sessions = Sessions(people, Verifier(settings.session_public_keys), identity)
        keys = Keys(people)
        access = Access(identity, keys, Calls(views, settings))
        wall = Wall(views, bus, settings)
        questions = Questions(views, settings)
        edge = Edge(codes, people, casepilot, wall, questions, identity, sessions, access, settings)
        app = create_app(edge, lambda: life.ready)

        life.background("sessions", sessions.follow(bus))
        life.background("keys", keys.follow(bus))

        upstreams = {policy.Upstream.LOOKUP: lookup, policy.Upstream.ASSISTANT: assistant}
        forwarder = Forwarder(policy.TABLE, upstreams, access, wall, questions, life.log)
        server = Server(
            life.log,
            settings.grpc_listen,
            connection_age_seconds=settings.connection_age_seconds,
            handlers=(forwarder,),
        )
        server.describe(policy.LOOKUP)
        server.describe(policy.ASSISTANT)

        # Without quota and accounts the gateway still serves: see the setting `quota_failure`, and Sessions. Without
        # the assistant it serves all but CasePilot.
        life.check("lookup", lookup.check)
        await life.serve(server, HttpEndpoint(app, settings.http_listen))

    lifecycle.run("gateway", settings, wire)
