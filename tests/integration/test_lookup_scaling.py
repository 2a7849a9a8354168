"""Replicas of lookup that come and go under load, all by mTLS: new ones get their share, and no call fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2_grpc

from deploy.local.supervisor import Supervisor
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.main import CONTRACT
from services.runtime.errors import Refusal
from services.runtime.rpc.client import Client
from services.runtime.rpc.tls import tls_of
from services.runtime.settings import Settings
from tests.certificates import Authority
from tests.integration.lookup_edition import small_edition
from tests.integration.lookup_index import opened_store, wiped
from tests.names import Names, answering
from tests.pods import PORTS, Pod, Pods
from tests.support import eventually

CALLERS = 8
SHARE = 50
# One connection lives this long, give or take a tenth: in production it is minutes.
CONNECTION_SECONDS = "1"


@dataclass(slots=True)
class Load:
    """Callers of one client that ask until told to stop: how often they were answered, and what failed."""

    stub: "lookup_pb2_grpc.LookupServiceAsyncStub"
    answered: int = 0
    failures: list[str] = field(default_factory=list)
    stopped: bool = False

    async def run(self, callers: int) -> None:
        await asyncio.gather(*(self._caller() for _ in range(callers)))

    async def _caller(self) -> None:
        get = pb.GetCodeRequest(system=pb.CODE_SYSTEM_ICD10CM, code="I10", effective_on="2026-06-15")
        search = pb.SearchRequest(query="pneumonia", effective_on="2026-06-15")
        while not self.stopped:
            try:
                await self.stub.GetCode(get)
                await self.stub.Search(search)
                self.answered += 2
            except Refusal as refusal:
                self.failures.append(repr(refusal))


@pytest.fixture
async def names() -> AsyncIterator[Names]:
    async with answering() as names:
        yield names


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """mTLS: all replicas have one certificate, for their name."""
    files = Authority(tmp_path / "ca").issue("lookup.test")
    return Settings(tls_certificate=files.certificate, tls_key=files.key, tls_ca=files.authority)


@pytest.fixture
async def pods(
    tmp_path: Path, names: Names, settings: Settings, elasticsearch_url: str, nats_url: str
) -> AsyncIterator[Pods]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        await EditionCatalog(store).load(small_edition())
    env = {
        "CODINGAHEAD_ELASTICSEARCH_URL": elasticsearch_url,
        "CODINGAHEAD_NATS_URL": nats_url,
        "CODINGAHEAD_CONNECTION_AGE_SECONDS": CONNECTION_SECONDS,
        "CODINGAHEAD_TLS_CERTIFICATE": str(settings.tls_certificate),
        "CODINGAHEAD_TLS_KEY": str(settings.tls_key),
        "CODINGAHEAD_TLS_CA": str(settings.tls_ca),
    }
    async with Supervisor(tmp_path / "pods") as supervisor:
        yield Pods(supervisor, tmp_path / "pods", names, env)


@pytest.fixture
async def client(names: Names, settings: Settings) -> AsyncIterator[Client]:
    client = Client(CONTRACT, names.target("lookup.test", PORTS["lookup"]), tls_of(settings))
    yield client
    await client.close()


async def served(what: str, *pods: Pod) -> None:
    """Wait until each of some replicas has answered its share of calls; print how many each has, for who uses -s."""
    before = {pod: pod.calls() for pod in pods}
    await eventually(lambda: all(pod.calls() >= calls + SHARE for pod, calls in before.items()))
    print(f"{what:<20}", *(f"{pod.address} {pod.calls() - calls:<6}" for pod, calls in before.items()))


async def test_replicas_come_and_go_under_load_without_a_failed_call(pods: Pods, client: Client) -> None:
    first, second, third = await asyncio.gather(*(pods.start("lookup") for _ in range(3)))
    load = Load(client.stub(lookup_pb2_grpc.LookupServiceStub, 5.0))
    running = asyncio.create_task(load.run(CALLERS))
    await served("three replicas", first, second, third)

    fourth = await pods.start("lookup")
    await served("a fourth comes", first, second, third, fourth)
    await served("four replicas", first, second, third, fourth)

    await pods.kill(second)
    await served("one is killed", first, third, fourth)

    await pods.stop(third)
    await served("one is stopped", first, fourth)

    load.stopped = True
    await running
    assert load.failures == []
    assert load.answered <= sum(pod.calls() for pod in (first, second, third, fourth))
