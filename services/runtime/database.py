"""Databases of services: SQLite in a file or PostgreSQL by URL, their transactions and their migrations."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from prometheus_client import Gauge, Histogram
from pydantic import AfterValidator, SecretStr
from sqlalchemy import URL, Connection, DateTime, Dialect, MetaData, Table, TypeDecorator, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NotSupportedError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from services.runtime import telemetry
from services.runtime.errors import Refusal, unavailable
from services.runtime.metrics import SECONDS

TRANSACTION_SECONDS = Histogram(
    "codingahead_database_transaction_seconds",
    "Duration of the transactions, the wait for a connection included",
    ["database"],
    buckets=SECONDS,
)
CONNECTIONS = Gauge("codingahead_database_connections_in_use", "Connections in use", ["database"])
MOST_CONNECTIONS = Gauge("codingahead_database_connections_max", "Connections that there may be", ["database"])

Transaction = AsyncConnection
"""What is done in it is done together or not at all. Made by `Database.begin`."""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_CONNECTIONS = 10
_CHECK_SECONDS = 1.0
# How long a migration waits for a table that others use: all that want the table meanwhile wait behind it. Shorter than
# the second after which PostgreSQL would end one of those that wait for each other.
_MIGRATION_LOCK_TIMEOUT = "500ms"
# SQLSTATEs of a PostgreSQL that cannot serve now: not connected, short of resources such as connections, being stopped
# or started, a standby, not migrated yet, a lock that is not given, or a transaction that is in the way of another one.
_OUTAGES = ("08", "53", "57P", "25006", "42P01", "42703", "55P03", "40")


@dataclass(frozen=True, slots=True)
class Schema:
    """What a service keeps in a database of its own.

    `outage` is the sentence for callers when the database does not answer. `lock` is the PostgreSQL advisory lock that
    one of several replicas migrates under.
    """

    service: str
    migrations: Path
    lock: int
    outage: str

    @asynccontextmanager
    async def connect(self, url: str, timeout_seconds: float = 5.0) -> "AsyncIterator[Database]":
        """Open the database at a URL such as "sqlite:///accounts.db" or "postgresql://user@host/name".

        Nothing is sent before it is used. `timeout_seconds` bounds each statement and each wait for a connection.
        """
        engine = _engine(driver_url(url), timeout_seconds)
        pool = engine.pool
        assert isinstance(pool, QueuePool)
        CONNECTIONS.labels(self.service).set_function(pool.checkedout)
        MOST_CONNECTIONS.labels(self.service).set(_CONNECTIONS)
        try:
            yield Database(engine, self)
        finally:
            await engine.dispose()

    async def migrate(self, url: str, revision: str = "head") -> str:
        """Bring a database to a revision, from empty or from any earlier one; return a sentence that says how it is.

        The database of a newer program stays as it is. Raises ConnectionError, with nothing changed, when the database
        is away or others use its tables for long: it may be tried again.
        """
        engine = _engine(driver_url(url), 60.0)
        config = Config()
        config.set_main_option("script_location", str(self.migrations).replace("%", "%%"))

        def upgrade(connection: Connection) -> str:
            found = _version(connection)
            if found is not None and found not in _versions(self.migrations):
                return f"The {self.service} database is newer than this program, version {found}: it stays as it is."
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            return f"The {self.service} database is up to date."

        try:
            async with engine.begin() as connection:
                if engine.dialect.name == "postgresql":
                    # Replicas may start together: one migrates, the others wait and then find nothing to do.
                    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": self.lock})
                    await connection.execute(text(f"SET LOCAL lock_timeout = '{_MIGRATION_LOCK_TIMEOUT}'"))
                return await connection.run_sync(upgrade)
        except Exception as error:
            if not _is_outage(error):
                raise
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise ConnectionError(f"the {self.service} database was not migrated, try again: {reason}") from error
        finally:
            await engine.dispose()


class Database:
    """One database. Made by `Schema.connect`. A statement that gets no answer in time is refused as unavailable."""

    def __init__(self, engine: AsyncEngine, schema: Schema) -> None:
        self._engine = engine
        self._schema = schema

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Run a block as one transaction: all of it, or nothing when it raises."""
        service = self._schema.service
        names = {"db.system.name": self._engine.dialect.name, "db.namespace": service}
        with (
            telemetry.span(f"{service} transaction", telemetry.Kind.CLIENT, names),
            TRANSACTION_SECONDS.labels(service).time(),
            _refusing(self._schema.outage),
        ):
            async with self._engine.begin() as connection:
                yield connection

    async def check(self) -> str:
        """Return the version that the database is at. Refused unless it answers and is not older than this program.

        A version that is not known here is that of a newer program, whose replicas take the place of this one's:
        migrations leave what the version before them needs.
        """
        async with self.begin() as connection:
            found = await connection.run_sync(_version)
        *earlier, expected = _versions(self._schema.migrations)
        if found is None or found in earlier:
            raise unavailable(
                f"the database is at version {found}, expected {expected}: "
                f"run `codingahead {self._schema.service} migrate`"
            )
        return found

    async def after_migration(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do background work once `check` passes: before that, what the work needs may not be there."""
        while True:
            try:
                await self.check()
                break
            except Refusal:  # readiness says why
                await asyncio.sleep(_CHECK_SECONDS)
        await work()


def driver_url(url: str) -> URL:
    """Return a database URL with the driver that is used for it. Raises ValueError for another kind of database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in _DRIVERS:
        raise ValueError("expected a URL that begins with sqlite:/// or postgresql://")
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


def _usable(url: SecretStr) -> SecretStr:
    driver_url(url.get_secret_value())
    return url


DatabaseUrl = Annotated[SecretStr, AfterValidator(_usable)]
"""The URL of a database as a setting; another kind of database is refused."""


def insert_into(connection: Transaction, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that can say what is to happen ON CONFLICT, which both databases write alike."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


class Moment(TypeDecorator[datetime]):
    """A point in time, aware, UTC: SQLite keeps it without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write it in UTC. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("expected an aware time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read it in UTC."""
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


def tables_metadata() -> MetaData:
    """Return where the tables of a service are described, with the names that constraints get."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _engine(url: URL, timeout: float) -> AsyncEngine:
    # Parameters are hidden: errors are logged, and addresses are not.
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=timeout,
            connect_args={"timeout": timeout, "isolation_level": None},
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    # sslmode and the like are known to asyncpg, but not to SQLAlchemy, which would hand them on as something else.
    tls = {name: value for name, value in url.query.items() if name.startswith("ssl") and name != "ssl"}
    return create_async_engine(
        url.difference_update_query(tls),
        hide_parameters=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=timeout,
        pool_pre_ping=True,
        connect_args={"timeout": timeout, "command_timeout": timeout, "dsn": f"postgresql://?{urlencode(tls)}"},
    )


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    # An acknowledged change survives a crash of the machine, not only of the process.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later could not get the lock any more: it takes it at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _versions(migrations: Path) -> list[str]:
    """Return the versions that this program knows, its own last."""
    return [script.revision for script in ScriptDirectory(str(migrations)).walk_revisions()][::-1]


@contextmanager
def _refusing(outage: str) -> Iterator[None]:
    """Turn an outage into a refusal that says it; anything else is a defect."""
    try:
        yield
    except Exception as error:
        if not _is_outage(error):
            raise
        raise unavailable(outage) from error


def _is_outage(error: Exception) -> bool:
    """Tell whether the same may succeed when it is tried again later."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError | NoConnection)
    # Not supported is, with asyncpg, a prepared statement alone whose result a migration has changed.
    if error.connection_invalidated or isinstance(error, OperationalError | NotSupportedError):
        return True
    state: str = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(_OUTAGES)
