"""The accounts process: wiring only."""

from datetime import timedelta
from functools import partial

from codingahead.accounts.v1 import accounts_pb2
from codingahead.events.v1 import events_pb2

from services.accounts.attempts import Attempts
from services.accounts.keys import Keys
from services.accounts.letters import Post
from services.accounts.marks import Marks
from services.accounts.members import Members
from services.accounts.passwords import Passwords
from services.accounts.seal import Seal, derive_key
from services.accounts.servicer import AccountsServicer
from services.accounts.sessions import Sessions
from services.accounts.settings import AccountsSettings
from services.accounts.store.database import connect as connect_database
from services.accounts.store.outbox import SqlOutbox
from services.accounts.sweep import sweep
from services.runtime import lifecycle, metrics
from services.runtime.events import bus as events
from services.runtime.events.outbox import Relay
from services.runtime.mail import Mailer
from services.runtime.rpc.server import Server
from services.runtime.rpc.tls import tls_of
from services.runtime.sweep import keep_sweeping

CONTRACT = accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"]


def main() -> None:
    """Run accounts until it is told to stop."""
    settings = AccountsSettings()
    tls = tls_of(settings)
    secret = settings.accounts_secret.get_secret_value()
    links = Seal(derive_key(secret, "letters"))
    mailer = Mailer(settings.smtp_url.get_secret_value(), settings.mail_from)

    async def wire(life: lifecycle.Lifecycle) -> None:
        metrics.expose(settings.accounts_metrics_listen)
        database = await life.enter(connect_database(settings.database_url.get_secret_value()))
        bus = await life.enter(
            events.connect(settings.nats_url.get_secret_value(), life.log, "accounts", settings.event_replicas)
        )
        relay = Relay(SqlOutbox(database), bus, life.log)
        access_lifetime = timedelta(seconds=settings.access_seconds)
        sessions = Sessions(database, secret, access_lifetime, timedelta(days=settings.session_days))
        attempts = Attempts(database, derive_key(secret, "attempts"))
        members = Members(database, Passwords(), sessions, attempts, links)
        marks = Marks(database)
        post = Post(database, mailer, links, settings.public_url)

        async def send(event: events_pb2.LetterRequested, _: str) -> None:
            await post.send(event.letter_id)

        life.check("database", database.check)
        life.background("outbox", relay.measure())
        life.background("relay", database.after_migration(relay.run))
        letters = partial(bus.consume, "accounts-letters", events_pb2.LetterRequested, send)
        life.background("letters", database.after_migration(letters))
        history = partial(bus.consume, "accounts-view-charged", events_pb2.ViewCharged, marks.record_opened)
        life.background("history", database.after_migration(history))
        sweeping = partial(keep_sweeping, partial(sweep, database), life.log)
        life.background("sweep", database.after_migration(sweeping))
        server = Server(
            life.log, settings.accounts_listen, connection_age_seconds=settings.connection_age_seconds, tls=tls
        )
        server.add(CONTRACT, AccountsServicer(members, sessions, Keys(database), marks, relay))
        await life.serve(server)

    lifecycle.run("accounts", settings, wire)
