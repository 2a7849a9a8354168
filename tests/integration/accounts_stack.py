"""Accounts on a database of its own: the domain in this process, with a clock that tests set and a mailbox."""

import re
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]
import pytest
from argon2 import PasswordHasher
from google.protobuf.message import Message
from sqlalchemy import delete, make_url, select

from services.accounts.attempts import Attempts
from services.accounts.letters import Post
from services.accounts.members import Members
from services.accounts.model import Guest, Session
from services.accounts.passwords import Passwords
from services.accounts.seal import Seal, derive_key, signer_of
from services.accounts.sessions import Sessions
from services.accounts.store.database import Database, connect, migrate
from services.accounts.store.outbox import SqlOutbox
from services.accounts.store.tables import metadata
from services.runtime.errors import Refusal
from services.runtime.mail import Letter, Mailer
from services.runtime.tokens import AccessToken, Verifier
from tests.integration.accounts_rows import Clock

DATABASES = ["sqlite", "postgresql"]
EMAIL = "ada@example.org"
PASSWORD = "violet harbour teapot"
ANOTHER_PASSWORD = "nine crooked lanterns"
BROWSER = Guest("guest:5f3a", "network-of-5f3a")
ELSEWHERE = Guest("guest:77b0", "network-of-77b0")
NETWORK = "network-1"
SECRET = "a secret of accounts for tests, of 32 bytes and more"
PAGES = "https://codes.example.org"

E = TypeVar("E", bound=Message)

_CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
_LINK = re.compile(r"^https?://[^/]+/(?:confirm|reset/new)\?token=(\S+)$", re.MULTILINE)


class Mailbox(Mailer):
    """Takes every letter, or raises what `failure` says."""

    def __init__(self) -> None:
        super().__init__("smtp://127.0.0.1:25", "no-reply@example.org")
        self.letters: list[Letter] = []
        self.failure: Exception | None = None

    async def send(self, letter: Letter) -> None:
        if self.failure:
            raise self.failure
        self.letters.append(letter)


@dataclass
class People:
    """The domain of accounts with what it stands on."""

    database: Database
    clock: Clock
    passwords: Passwords
    sessions: Sessions
    attempts: Attempts
    members: Members
    mailbox: Mailbox
    post: Post
    read: int = 0

    async def letters(self) -> list[Letter]:
        """Have the letters sent that were asked for since the last time; return those that went out."""
        before = len(self.mailbox.letters)
        events = [entry.event for entry in await SqlOutbox(self.database).pending(10_000)]
        for event in events[self.read :]:
            if event.DESCRIPTOR.name == "LetterRequested":
                await self.post.send(event.letter_id)  # type: ignore[attr-defined]
        self.read = len(events)
        return self.mailbox.letters[before:]

    async def told(self, kind: type[E]) -> list[E]:
        """Return the events of a type that wait in the outbox, oldest first."""
        events = [entry.event for entry in await SqlOutbox(self.database).pending(10_000)]
        return [event for event in events if isinstance(event, kind)]

    async def register(self, email: str = EMAIL, guest: Guest = BROWSER) -> str:
        """Register with PASSWORD; return the token of the letter."""
        await self.members.register(email, PASSWORD, guest, NETWORK)
        return link_in((await self.letters())[-1])

    async def join(self, email: str = EMAIL) -> Session:
        """Register and confirm; return the session."""
        return await self.members.confirm_email(await self.register(email), BROWSER, "", NETWORK)

    async def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return everything that is stored, by table."""
        async with self.database.begin() as connection:
            return {
                table.name: [dict(row) for row in (await connection.execute(select(table))).mappings()]
                for table in metadata.sorted_tables
            }

    async def forget_all(self) -> None:
        """Delete everything that is stored."""
        async with self.database.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(delete(table))


@asynccontextmanager
async def people_on(url: str) -> AsyncIterator[People]:
    """Migrate a database and run the domain on it."""
    await migrate(url)
    async with connect(url) as database:
        clock = Clock()
        sessions = Sessions(database, SECRET, timedelta(minutes=5), timedelta(days=30), clock)
        attempts = Attempts(database, derive_key(SECRET, "attempts"), clock)
        links = Seal(derive_key(SECRET, "letters"))
        mailbox = Mailbox()
        yield People(
            database,
            clock,
            _CHEAP,
            sessions,
            attempts,
            Members(database, _CHEAP, sessions, attempts, links, clock),
            mailbox,
            Post(database, mailbox, links, PAGES, clock),
        )


async def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the URL of a new database of the kind that a fixture was asked for."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/accounts.db"
    server = make_url(request.getfixturevalue("postgresql_url"))
    name = f"test_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server.render_as_string(hide_password=False))
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return server.set(database=name).render_as_string(hide_password=False)


def link_in(letter: Letter) -> str:
    """Return the token of the link in a letter."""
    found = _LINK.search(letter.text)
    assert found, letter.text
    return found[1]


def opened(session: Session) -> AccessToken:
    """Return what the access token of a session says."""
    return Verifier([signer_of(SECRET).public_key]).read(session.access_token)


def reasons(results: Sequence[object]) -> list[str]:
    """Return the reasons of the refusals among results."""
    return [result.reason for result in results if isinstance(result, Refusal)]
