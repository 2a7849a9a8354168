"""The real parts that tests run against, each started once and only when a test asks for it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from deploy.local.elasticsearch.home import VERSION
from deploy.local.stack import LocalStack
from tests.postgresql import running_postgresql

REPOSITORY = Path(__file__).parents[1]
# Prepared by the first run of anything, and shared: it holds no data.
ELASTICSEARCH_HOME = REPOSITORY / ".local" / "elasticsearch" / f"home-{VERSION}"


# Half of the usual examples keep the suite short; a fault that they miss once is found by the next run.
hypothesis.settings.register_profile("suite", max_examples=50, deadline=None)
hypothesis.settings.load_profile("suite")


class ByPart(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps the tests in one process that share a part which takes long to start."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        shared = ("tests/e2e", "tests/integration/test_lookup")
        return next((part for part in shared if file.startswith(part)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPart:
    return ByPart(config, log)


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


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server with one empty database; its user may make more of them."""
    with running_postgresql() as url:
        yield url
