"""The migrations of accounts on the real databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from codingahead.events.v1 import events_pb2
from sqlalchemy import Connection, insert, select, text

from services.accounts.store.database import Database, connect, migrate
from services.accounts.store.outbox import SqlOutbox
from services.accounts.store.tables import accounts, metadata, outbox, registrations, sessions
from services.runtime.errors import Kind, Refusal
from tests.integration.accounts_rows import Clock
from tests.integration.accounts_stack import DATABASES, empty_database

NOW = Clock().time
ACCOUNT = {
    "id": "a" * 32,
    "email": "ada@example.org",
    "password_hash": "hash",
    "plan": "subscriber",
    "plan_ends_at": NOW,
    "registered_at": NOW,
}
LETTER = events_pb2.LetterRequested(letter_id="1" * 32)
EVENT = {"event_id": "e" * 32, "subject": "accounts.letter.requested", "body": LETTER.SerializeToString()}
SESSION = {
    "id": "5" * 32,
    "account_id": "a" * 32,
    "generation": 3,
    "began_at": NOW,
    "refreshed_at": NOW,
    "ends_at": NOW,
}


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return await empty_database(request, tmp_path)


async def differences(database: Database) -> Any:
    def compare(connection: Connection) -> Any:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with database.begin() as connection:
        return await connection.run_sync(compare)


async def test_from_nothing_the_migrations_make_the_tables_as_they_are_written(url: str) -> None:
    await migrate(url)

    async with connect(url) as database:
        await database.check()
        assert await differences(database) == []


async def test_the_database_of_a_newer_program_is_used_while_it_takes_over(url: str) -> None:
    await migrate(url)
    async with connect(url) as database:
        async with database.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

        assert "newer than this program, version 9999" in await migrate(url)
        assert await database.check() == "9999"
        assert await differences(database) == []


async def test_background_work_waits_until_the_database_is_migrated(url: str) -> None:
    async with connect(url) as database:
        done = asyncio.Event()

        async def work() -> None:
            done.set()

        await migrate(url, "0001")
        waiting = asyncio.create_task(database.after_migration(work))
        with pytest.raises(Refusal, match="version 0001"):
            await database.check()
        assert not done.is_set()
        await migrate(url)
        await waiting

        assert done.is_set()


async def test_from_the_first_version_on_everything_is_kept(url: str) -> None:
    await migrate(url, "0001")
    async with connect(url) as database:
        async with database.begin() as connection:
            await connection.execute(insert(accounts).values(ACCOUNT))
            await connection.execute(insert(sessions).values(SESSION))
            await connection.execute(insert(outbox).values(EVENT))
        with pytest.raises(Refusal, match="version 0001") as not_ready:
            await database.check()
        with pytest.raises(Refusal) as refused:
            await SqlOutbox(database).pending(1)

    await migrate(url)

    assert [refusal.value.kind for refusal in (not_ready, refused)] == [Kind.UNAVAILABLE] * 2
    async with connect(url) as database:
        await database.check()
        assert await differences(database) == []
        async with database.begin() as connection:
            assert dict((await connection.execute(select(accounts))).mappings().one()) == ACCOUNT
            assert dict((await connection.execute(select(sessions))).mappings().one()) == SESSION
        (entry,) = await SqlOutbox(database).pending(1)
        assert (entry.event_id, entry.event, entry.traceparent) == (EVENT["event_id"], LETTER, "")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_replicas_that_migrate_at_once_do_it_once(url: str) -> None:
    await asyncio.gather(*(migrate(url) for _ in range(4)))

    async with connect(url) as database:
        await database.check()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_migration_gives_way_to_a_transaction_that_goes_on(url: str) -> None:
    await migrate(url, "0001")
    async with connect(url) as database:
        async with database.begin() as connection:
            await connection.execute(text("LOCK TABLE outbox IN ACCESS SHARE MODE"))  # as pg_dump does
            with pytest.raises(ConnectionError, match="try again: canceling statement due to lock timeout"):
                await migrate(url)
        with pytest.raises(Refusal, match="version 0001"):
            await database.check()

        await migrate(url)
        await database.check()


async def test_a_migration_that_fails_leaves_the_database_as_it_was(url: str) -> None:
    await migrate(url, "0001")
    async with connect(url) as database, database.begin() as connection:
        await connection.execute(text("CREATE TABLE notes (text TEXT)"))

    with pytest.raises(Exception, match="notes"):
        await migrate(url)

    async with connect(url) as database:
        with pytest.raises(Refusal, match="version 0001"):
            await database.check()
        async with database.begin() as connection:
            await connection.execute(text("DROP TABLE notes"))
            await connection.execute(select(registrations))
    await migrate(url)
    async with connect(url) as database:
        await database.check()
