"""The real parts that tests run against, each started once and only when a test asks for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.elasticsearch.home import VERSION
from deploy.local.stack import LocalStack

REPOSITORY = Path(__file__).parents[1]
# Prepared by the first run of anything, and shared: it holds no data.
ELASTICSEARCH_HOME = REPOSITORY / ".local" / "elasticsearch" / f"home-{VERSION}"


def part(folder: Path, name: str) -> LocalStack:
    """Return one data service on a free port, with its data in `folder`."""
    return LocalStack(folder, {name}, ports={}, elasticsearch_home=ELASTICSEARCH_HOME)


@pytest.fixture(scope="session")
async def nats_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with part(tmp_path_factory.mktemp("nats"), "nats") as stack:
        yield stack.nats_url


@pytest.fixture(scope="session")
async def elasticsearch_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with part(tmp_path_factory.mktemp("elasticsearch"), "elasticsearch") as stack:
        yield stack.elasticsearch_url
