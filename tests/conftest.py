"""The real parts that tests run against, each started once and only when a test asks for it."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import nats
import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from deploy.local.elasticsearch.home import VERSION
from deploy.local.stack import LocalStack
from tests.postgresql import running_postgresql

REPOSITORY = Path(__file__).parents[1]
# Prepared by the first run of anything, and shared: it holds no data.
ELASTICSEARCH_HOME = REPOSITORY / ".local" / "elasticsearch" / f"home-{VERSION}"
# The files that share a part which takes long to start.
PRODUCT: tuple[str, ...] = ("tests/e2e/",)
ELASTICSEARCH: tuple[str, ...] = ("tests/integration/test_lookup_", "tests/official/test_guideline_questions")
# What takes longest starts first: no process is left with it at the end.
ORDER: tuple[str | tuple[str, ...], ...] = (PRODUCT, ELASTICSEARCH, "tests/integration/", "tests/official/", "")


# Half of the usual examples keep the suite short; a fault that they miss once is found by the next run.
hypothesis.settings.register_profile("suite", max_examples=50, deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_configure() -> None:
    # An Elasticsearch lives too short here to gain what its second compiler takes.
    os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")
    gc.disable()


def pytest_collection_finish() -> None:
    # All that was collected stays: not to look through it again and again is a tenth of the time.
    gc.freeze()
    gc.enable()


class ByPart(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps the tests in one process that share a part."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((files[0] for files in (PRODUCT, ELASTICSEARCH) if file.startswith(files)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPart:
    return ByPart(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next(place for place, files in enumerate(ORDER) if item.nodeid.startswith(files)))


def part(folder: Path, name: str) -> LocalStack:
    """Return one data service on a free port, with its data in `folder`."""
    return LocalStack(folder, {name}, ports={}, elasticsearch_home=ELASTICSEARCH_HOME)


@pytest.fixture(scope="session")
async def nats_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with part(tmp_path_factory.mktemp("nats"), "nats") as stack:
        connection = await nats.connect(stack.nats_url)
        # Some time after the last of its streams NATS removes their folder, even from under one that is being made.
        await connection.jetstream().add_stream(name="OTHER", subjects=["other.>"])
        await connection.close()
        yield stack.nats_url


@pytest.fixture(scope="session")
async def elasticsearch(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    async with part(tmp_path_factory.mktemp("elasticsearch"), "elasticsearch") as stack:
        yield stack


@pytest.fixture(scope="session")
def elasticsearch_url(elasticsearch: LocalStack) -> str:
    return elasticsearch.elasticsearch_url


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server with one empty database; its user may make more of them."""
    with running_postgresql() as url:
        yield url
