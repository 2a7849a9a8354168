"""`python -m tests.bench.rolling`: restart every service, replica by replica, by mTLS and under load; no call fails."""

import sys
import tempfile
import time
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import uvloop
from rich.console import Console
from rich.table import Table

from deploy.local.supervisor import Supervisor
from tests.certificates import Authority
from tests.e2e.callers import PATIENCE, UNLIMITED, Callers
from tests.e2e.people import new_key, new_member
from tests.e2e.product import Product, running
from tests.names import Names, answering
from tests.pods import GRPC_PORT, HTTP_PORT, Pod, Pods, balanced
from tests.postgresql import running_postgresql

SERVICES = ("lookup", "quota", "accounts", "assistant", "gateway")
REPLICAS = 2


async def bench(console: Console) -> int:
    """Restart every service of a new product; return how many calls failed."""
    with tempfile.TemporaryDirectory(prefix="codingahead-rolling-") as folder, running_postgresql() as database:
        env = {
            "CODINGAHEAD_PLANS": UNLIMITED,
            "CODINGAHEAD_TRUSTED_PROXIES": "1",
            "CODINGAHEAD_DATABASE_URL": database,
            "CODINGAHEAD_ASSISTANT_DATABASE_URL": await _another(database, "assistant"),
        }
        async with (
            running(Path(folder) / "product", env) as product,
            Supervisor(Path(folder) / "pods") as supervisor,
            answering() as names,
        ):
            tls = Authority(Path(folder) / "authority").issue(*(f"{service}.test" for service in SERVICES))
            own = {**product.addresses, **product.secrets, **PATIENCE}
            pods = Pods(supervisor, Path(folder) / "pods", names, {**own, **env, **tls.env})
            return await _restart(product, pods, names, console)


async def _another(database: str, name: str) -> str:
    """Make a database on a server that has one, and return its URL."""
    connection = await asyncpg.connect(database)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return database.rpartition("/")[0] + f"/{name}"


async def _restart(product: Product, pods: Pods, names: Names, console: Console) -> int:
    table = Table("service", "ready in s", "stopped in s", "failed calls", title="Restarts under load")
    for service in SERVICES:  # in turn: the machine is small
        for _ in range(REPLICAS):
            await pods.start(service)
    async with balanced(names, "gateway.test", HTTP_PORT) as web:
        member = await new_member(product)
        key = await new_key(product, "codes", "pages")
        callers = Callers(f"http://{web}", names.target("gateway.test", GRPC_PORT), member, key)
        async with callers.calling():
            for service in SERVICES:
                for pod in pods.running(service):
                    failed = callers.failures.total()
                    ready, stopped = await _replace(pods, pod)
                    table.add_row(service, f"{ready:.1f}", f"{stopped:.1f}", f"{callers.failures.total() - failed}")
    console.print(table)
    console.print(str(callers), markup=False)
    return callers.failures.total()


async def _replace(pods: Pods, old: Pod) -> tuple[float, float]:
    """Start a replica, then end an old one; return the seconds that took."""
    began = time.perf_counter()
    await pods.start(old.service)
    ready = time.perf_counter()
    await pods.stop(old)
    return ready - began, time.perf_counter() - ready


if __name__ == "__main__":
    sys.exit(1 if uvloop.run(bench(Console())) else 0)
