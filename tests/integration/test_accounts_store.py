"""What the store of accounts promises of its databases: transactions, the outbox, times, and outages."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest
from codingahead.events.v1 import events_pb2
from sqlalchemy import func, insert, make_url, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from deploy.local.ports import LOOPBACK, free_port
from services.accounts.store import attempts, outbox
from services.accounts.store.database import Database, connect, migrate
from services.accounts.store.tables import accounts
from services.accounts.store.tables import outbox as outbox_table
from services.runtime import context
from services.runtime.errors import Kind, Refusal
from tests.certificates import Authority
from tests.integration.accounts_rows import Clock
from tests.integration.accounts_stack import DATABASES, empty_database
from tests.support import eventually, measured

NOW = Clock().time


@pytest.fixture(params=DATABASES)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return await empty_database(request, tmp_path)


@pytest.fixture
async def url(empty: str) -> str:
    await migrate(empty)
    return empty


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with connect(url) as database:
        yield database


async def waiting(database: Database) -> list[str]:
    return [entry.event.letter_id for entry in await outbox.SqlOutbox(database).pending(100)]  # type: ignore[attr-defined]


async def test_an_event_is_told_if_and_only_if_its_transaction_is_committed(database: Database) -> None:
    async with database.begin() as connection:
        await outbox.tell(connection, events_pb2.LetterRequested(letter_id="kept"))
    with suppress(ZeroDivisionError):
        async with database.begin() as connection:
            await outbox.tell(connection, events_pb2.LetterRequested(letter_id="lost"))
            raise ZeroDivisionError

    assert await waiting(database) == ["kept"]


async def test_events_wait_in_order_under_the_same_ids_until_they_are_removed(database: Database) -> None:
    box = outbox.SqlOutbox(database)
    for number in range(5):
        async with database.begin() as connection:
            await outbox.tell(connection, events_pb2.LetterRequested(letter_id=str(number)))

    first, again = await box.pending(3), await box.pending(3)
    await box.remove([first[0], first[2]])

    assert first == again
    assert len({entry.event_id for entry in await box.pending(100)}) == 3
    assert await waiting(database) == ["1", "3", "4"]


async def test_an_event_knows_the_trace_of_the_call_that_told_it(database: Database) -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    with context.following(trace):
        async with database.begin() as connection:
            await outbox.tell(connection, events_pb2.LetterRequested())

    assert [entry.traceparent for entry in await outbox.SqlOutbox(database).pending(100)] == [trace]


async def test_the_place_of_a_removed_event_is_not_given_to_another(database: Database) -> None:
    box = outbox.SqlOutbox(database)
    positions = []
    for _ in range(2):
        async with database.begin() as connection:
            await outbox.tell(connection, events_pb2.LetterRequested())
        (entry,) = await box.pending(100)
        positions.append(entry.position)
        await box.remove([entry])

    assert positions[0] != positions[1]


async def test_connections_in_use_and_transactions_are_measured(database: Database) -> None:
    def values() -> tuple[float, float]:
        return (
            measured("codingahead_database_connections_in_use", database="accounts"),
            measured("codingahead_database_transaction_seconds_count", database="accounts"),
        )

    _, before = values()
    async with database.begin():
        during = values()

    assert during == (1, before)
    assert values() == (0, before + 1)


async def test_how_many_events_wait_is_counted(database: Database) -> None:
    box = outbox.SqlOutbox(database)
    async with database.begin() as connection:
        for _ in range(3):
            await outbox.tell(connection, events_pb2.LetterRequested())
    assert await box.depth() == 3

    await box.remove(await box.pending(2))
    assert await box.depth() == 1


async def test_a_counter_counts_every_one_of_parallel_attempts(database: Database) -> None:
    async def count() -> int:
        async with database.begin() as connection:
            return (await attempts.count(connection, "what", NOW, NOW + timedelta(hours=1)))[0]

    assert sorted(await asyncio.gather(*(count() for _ in range(30)))) == list(range(1, 31))


async def test_a_counter_begins_anew_when_its_window_has_ended(database: Database) -> None:
    hour = timedelta(hours=1)
    async with database.begin() as connection:
        counted = [
            await attempts.count(connection, "what", NOW + after, NOW + after + hour)
            for after in (timedelta(), hour / 2, hour, hour * 1.5)
        ]

    assert counted == [(1, NOW + hour), (2, NOW + hour), (1, NOW + 2 * hour), (2, NOW + 2 * hour)]


async def test_forgetting_a_counter_forgets_what_belongs_to_it_and_nothing_else(database: Database) -> None:
    async with database.begin() as connection:
        for what in ("a", "a:1", "a:2", "ab", "b:a"):
            await attempts.count(connection, what, NOW, NOW + timedelta(hours=1))
        await attempts.forget(connection, "a")
        counts = [(await attempts.count(connection, w, NOW, NOW + timedelta(hours=1)))[0] for w in ("a", "a:1", "ab")]

    assert counts == [1, 1, 2]


async def test_times_are_kept_to_the_microsecond_whatever_their_zone(database: Database) -> None:
    time = datetime(2026, 4, 1, 23, 30, 0, 123_456, tzinfo=timezone(timedelta(hours=-5)))
    row = {"id": "1", "email": "a@example.org", "password_hash": "", "plan": "member", "registered_at": time}
    async with database.begin() as connection:
        await connection.execute(insert(accounts).values(row))
        kept = await connection.scalar(select(accounts.c.registered_at))
        later = await connection.scalar(
            select(func.count()).where(accounts.c.registered_at > time - timedelta(seconds=1))
        )

    assert kept == time
    assert kept.utcoffset() == timedelta()
    assert later == 1


async def test_a_time_without_a_zone_is_not_kept(database: Database) -> None:
    with pytest.raises(StatementError, match="aware"):
        async with database.begin() as connection:
            await attempts.count(connection, "what", NOW, datetime(2026, 4, 1))


async def test_a_database_that_was_not_migrated_is_not_ready_and_refuses_as_unavailable(empty: str) -> None:
    async with connect(empty) as database:
        with pytest.raises(Refusal, match="codingahead accounts migrate") as not_ready:
            await database.check()
        with pytest.raises(Refusal) as refused:
            await outbox.SqlOutbox(database).depth()

    assert [refusal.value.kind for refusal in (not_ready, refused)] == [Kind.UNAVAILABLE] * 2


@pytest.mark.parametrize("url", ["", "accounts.db", "mysql://localhost/accounts", "sqlite+pysqlite:///a.db"])
async def test_another_kind_of_database_is_refused_without_telling_its_url(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:/// or postgresql://"):
        await migrate(url)


async def test_an_error_of_the_database_does_not_tell_what_was_to_be_stored(database: Database) -> None:
    row = {"id": "1", "email": "ada@example.org", "password_hash": "", "plan": "member", "registered_at": NOW}
    async with database.begin() as connection:
        await connection.execute(insert(accounts).values(row))
    with pytest.raises(IntegrityError) as error:
        async with database.begin() as connection:
            await connection.execute(insert(accounts).values(row | {"password_hash": "hash of a password"}))

    assert "hash of a password" not in str(error.value)


# Outages


async def test_a_database_that_is_away_refuses_as_unavailable(tmp_path: Path) -> None:
    for url in (f"postgresql://nobody@{LOOPBACK}:{free_port()}/none", f"sqlite:///{tmp_path}/no/such/folder/a.db"):
        async with connect(url) as database:
            with pytest.raises(Refusal) as refusal:
                await database.check()
        with pytest.raises(ConnectionError):
            await migrate(url)

        assert refusal.value.kind is Kind.UNAVAILABLE
        assert LOOPBACK not in refusal.value.message


async def test_a_lock_that_is_not_given_in_time_is_an_outage(url: str) -> None:
    async with connect(url) as holder, connect(url, timeout_seconds=0.2) as database, holder.begin() as connection:
        if url.startswith("postgresql"):
            await connection.execute(text("LOCK TABLE outbox"))
        with pytest.raises(Refusal) as refusal:
            async with database.begin() as waiting_connection:
                await outbox.tell(waiting_connection, events_pb2.LetterRequested())

    assert refusal.value.kind is Kind.UNAVAILABLE
    async with connect(url) as database:
        assert await waiting(database) == []


async def test_transactions_that_do_not_get_their_turn_in_time_are_refused(url: str) -> None:
    async with connect(url, timeout_seconds=0.3) as database:
        release = asyncio.Event()

        async def hold() -> None:
            async with database.begin() as connection:
                await connection.execute(select(outbox_table))
                await release.wait()

        holding = [asyncio.create_task(hold()) for _ in range(30)]
        await asyncio.wait(holding, return_when=asyncio.FIRST_EXCEPTION)
        release.set()
        results = await asyncio.gather(*holding, return_exceptions=True)

        assert {type(result) for result in results} == {type(None), Refusal}
        assert await waiting(database) == []


async def test_connections_that_the_server_has_closed_are_replaced(postgresql_url: str) -> None:
    async with connect(postgresql_url) as database:
        async with database.begin() as connection:
            backend = await connection.scalar(text("SELECT pg_backend_pid()"))
        server = await asyncpg.connect(postgresql_url)
        await server.execute("SELECT pg_terminate_backend($1)", backend)

        async def gone() -> bool:
            return not await server.fetch("SELECT 1 FROM pg_stat_activity WHERE pid = $1", backend)

        await eventually(gone)
        await server.close()

        async with database.begin() as connection:
            assert await connection.scalar(text("SELECT pg_backend_pid()")) != backend


async def test_a_connection_that_is_lost_in_a_transaction_is_an_outage(postgresql_url: str) -> None:
    async with connect(postgresql_url) as database:
        with pytest.raises(Refusal) as refusal:
            async with database.begin() as connection:
                await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    assert refusal.value.kind is Kind.UNAVAILABLE


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
async def test_of_transactions_that_wait_for_each_other_one_is_refused_as_unavailable(url: str) -> None:
    async with connect(url) as database:
        both = asyncio.Barrier(2)

        async def lock(first: str, second: str) -> None:
            async with database.begin() as connection:
                await connection.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
                await connection.execute(text(f"LOCK TABLE {first}"))
                await both.wait()
                await connection.execute(text(f"LOCK TABLE {second}"))

        orders = (("accounts", "outbox"), ("outbox", "accounts"))
        results = await asyncio.gather(*(lock(*order) for order in orders), return_exceptions=True)

    (refusal,) = (result for result in results if result)
    assert isinstance(refusal, Refusal)
    assert refusal.kind is Kind.UNAVAILABLE


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
async def test_a_column_that_a_migration_changes_is_an_outage_of_one_transaction(url: str) -> None:
    async with connect(url) as database, connect(url) as migrating:
        assert await waiting(database) == []
        async with migrating.begin() as connection:
            await connection.execute(text("ALTER TABLE outbox ALTER subject TYPE TEXT"))
        with pytest.raises(Refusal) as refusal:
            await waiting(database)

        assert refusal.value.kind is Kind.UNAVAILABLE
        assert await waiting(database) == []


async def test_a_server_that_cannot_serve_now_is_an_outage(postgresql_url: str) -> None:
    async def refused(role: str, statement: str) -> Kind:
        async with connect(make_url(postgresql_url).set(username=role).render_as_string()) as database:
            with pytest.raises(Refusal) as refusal:
                async with database.begin() as connection:
                    await connection.execute(text(statement))
        return refusal.value.kind

    server = await asyncpg.connect(postgresql_url)
    await server.execute("CREATE ROLE no_connections LOGIN CONNECTION LIMIT 0")
    # What a primary says that has become a standby.
    await server.execute("CREATE ROLE standby LOGIN; ALTER ROLE standby SET default_transaction_read_only = on")
    await server.close()

    assert await refused("no_connections", "SELECT 1") is Kind.UNAVAILABLE
    assert await refused("standby", "CREATE TABLE there (id int)") is Kind.UNAVAILABLE


async def test_a_committed_change_is_on_the_disk(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/accounts.db"
    await migrate(url)
    async with connect(url) as database, database.begin() as connection:
        synchronous = await connection.scalar(text("PRAGMA synchronous"))
        journal = await connection.scalar(text("PRAGMA journal_mode"))

    assert (synchronous, journal) == (2, "wal")  # 2: FULL, every commit is synchronised
    assert sqlite3.sqlite_version_info >= (3, 35)  # RETURNING


async def test_a_postgresql_is_verified_as_its_url_says(postgresql_url: str, tmp_path: Path) -> None:
    """By the names that libpq has for it."""
    authority, other = Authority(tmp_path / "authority"), Authority(tmp_path / "other")
    files = authority.issue(LOOPBACK)
    server = await asyncpg.connect(postgresql_url)
    folder = Path(await server.fetchval("SHOW data_directory"))
    for file, name in ((files.certificate, "tls.pem"), (files.key, "tls.key")):
        shutil.copy(file, folder / name)
        shutil.chown(folder / name, folder.owner())
        (folder / name).chmod(0o600)
        await server.execute(f"ALTER SYSTEM SET ssl_{'cert' if name == 'tls.pem' else 'key'}_file = '{name}'")
    await server.execute("ALTER SYSTEM SET ssl = on")
    await server.execute("SELECT pg_reload_conf()")
    await server.close()

    async def is_encrypted(ca: Path) -> bool:
        url = f"{postgresql_url}?sslmode=verify-full&sslrootcert={ca}"
        async with connect(url) as database, database.begin() as connection:
            asked = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            return bool((await connection.execute(asked)).scalar())

    async def is_let_in() -> bool:
        with suppress(Refusal):
            return await is_encrypted(authority.certificate)
        return False

    await eventually(is_let_in)
    with pytest.raises(Refusal):
        await is_encrypted(other.certificate)
