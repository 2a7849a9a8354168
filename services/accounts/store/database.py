"""The database: SQLite in a file or PostgreSQL by URL, its transactions and its migrations."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Table, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.runtime.errors import unavailable

__all__ = ["Database", "Transaction", "connect", "driver_url", "insert_into", "migrate"]

Transaction = AsyncConnection
"""What is done in it is done together or not at all. Made by `Database.begin`."""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_MIGRATIONS = Path(__file__).parent / "migrations"
_CONNECTIONS = 10


class Database:
    """One database. Made by `connect`. A statement that gets no answer in time is refused as unavailable."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Run a block as one transaction: all of it, or nothing when it raises."""
        with _refusing():
            async with self._engine.begin() as connection:
                yield connection

    async def check(self) -> None:
        """Refuse unless the database answers and is of this version."""
        async with self.begin() as connection:
            found = await connection.run_sync(_version)
        if found != _head():
            raise unavailable(
                f"the database is at version {found}, expected {_head()}: run `codingahead accounts migrate`"
            )


@asynccontextmanager
async def connect(url: str, timeout_seconds: float = 5.0) -> AsyncIterator[Database]:
    """Open the database at a URL such as "sqlite:///accounts.db" or "postgresql://user@host/name".

    Nothing is sent before it is used. `timeout_seconds` bounds each statement and each wait for a connection.
    """
    engine = _engine(driver_url(url), timeout_seconds)
    try:
        yield Database(engine)
    finally:
        await engine.dispose()


async def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, from empty or from any earlier one. Raises ConnectionError when it cannot."""
    engine = _engine(driver_url(url), 60.0)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # Replicas may start together: one migrates, the others wait and then find nothing to do.
                await connection.execute(text("SELECT pg_advisory_xact_lock(7003)"))
            await connection.run_sync(upgrade)
    except (OSError, OperationalError) as error:
        reason = error.orig if isinstance(error, OperationalError) else error
        raise ConnectionError(f"the accounts database cannot be migrated: {reason}") from error
    finally:
        await engine.dispose()


def driver_url(url: str) -> URL:
    """Return a database URL with the driver that is used for it. Raises ValueError for another kind of database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in _DRIVERS:
        raise ValueError("expected a URL that begins with sqlite:/// or postgresql://")
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


def insert_into(connection: Transaction, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that can say what is to happen ON CONFLICT, which both databases write alike."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _engine(url: URL, timeout: float) -> AsyncEngine:
    # Parameters are hidden: errors are logged, and addresses are not.
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_timeout=timeout,
            connect_args={"timeout": timeout, "isolation_level": None},
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=timeout,
        pool_pre_ping=True,
        connect_args={"timeout": timeout, "command_timeout": timeout},
    )


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    # An acknowledged account survives a crash of the machine, not only of the process.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later could not get the lock any more: it takes it at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _head() -> str | None:
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn an outage into a refusal; anything else is a defect."""
    try:
        yield
    except (OSError, OperationalError, NoConnection) as error:
        raise unavailable("Accounts cannot be reached at the moment.") from error
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise unavailable("Accounts cannot be reached at the moment.") from error
