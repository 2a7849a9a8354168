"""The migrations of the assistant on the real databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from services.assistant.store.database import connect, migrate
from services.assistant.store.tables import metadata
from services.runtime.errors import Refusal
from tests.integration.accounts_stack import DATABASES, empty_database


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return await empty_database(request, tmp_path)


def differences(connection: Connection) -> object:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)


async def test_from_nothing_the_migrations_make_the_tables_as_they_are_written(url: str) -> None:
    await migrate(url)
    await migrate(url)

    async with connect(url) as database:
        await database.check()
        async with database.begin() as connection:
            assert await connection.run_sync(differences) == []


async def test_a_database_that_was_not_migrated_is_not_ready(tmp_path: Path) -> None:
    async with connect(f"sqlite:///{tmp_path}/empty.db") as database:
        with pytest.raises(Refusal, match="codingahead assistant migrate"):
            await database.check()
