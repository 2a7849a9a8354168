"""Replicas as Kubernetes runs them: each on an address of its own, under a name that leads to the ready ones."""

import asyncio
import itertools
import random
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import LOOPBACK
from deploy.local.supervisor import Child, Supervisor
from services.runtime.rpc.client import is_serving
from tests.names import Names
from tests.support import eventually

PORTS = {"lookup": 7001, "quota": 7002, "accounts": 7003, "assistant": 7004}
HTTP_PORT, GRPC_PORT, HEALTH_PORT = 8080, 9090, 9101
# Longer than calls under way are waited for.
_STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Pod:
    """One replica of a service."""

    service: str
    process: str
    address: str
    log: Path

    @property
    def name(self) -> str:
        """The name under which the replicas of the service are found."""
        return f"{self.service}.test"

    async def is_ready(self) -> bool:
        """Ask as the readiness probe does."""
        return await is_serving(f"{self.address}:{HEALTH_PORT}")

    async def is_away(self) -> bool:
        """Tell whether the readiness probe would fail."""
        return not await self.is_ready()

    def calls(self) -> int:
        """Return how many rpcs it has ended."""
        return self.log.read_bytes().count(b'"event":"rpc"')


class Pods:
    """Starts and ends replicas with the settings `env`, under a supervisor whose folder is `folder`.

    They find each other by `names`, at the ports of their services.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        folder: Path,
        names: Names,
        env: Mapping[str, str],
        ports: Mapping[str, int] = PORTS,
    ) -> None:
        self._supervisor = supervisor
        self._folder = folder
        self._names = names
        targets = {f"CODINGAHEAD_{name.upper()}_TARGET": names.target(f"{name}.test", ports[name]) for name in ports}
        self._env = {**env, **targets}
        self._ports = ports
        self._running: list[Pod] = []
        # The kernel has all of 127/8; tests that run side by side do not meet.
        network = f"127.{random.randrange(1, 255)}.{random.randrange(255)}"
        self._addresses = (f"{network}.{host}" for host in itertools.count(1))

    async def start(self, service: str) -> Pod:
        """Start a replica, and give its address to its name once it is ready."""
        address = next(self._addresses)
        process = f"{service}-{address}"
        pod = Pod(service, process, address, self._folder / "logs" / f"{process}.log")
        listen = (
            {"HTTP": HTTP_PORT, "GRPC": GRPC_PORT} if service == "gateway" else {service.upper(): self._ports[service]}
        )
        env = {
            **self._env,
            **{f"CODINGAHEAD_{name}_LISTEN": f"{address}:{port}" for name, port in listen.items()},
            "CODINGAHEAD_HEALTH_LISTEN": f"{address}:{HEALTH_PORT}",
        }
        command = (sys.executable, "-m", "cli", "serve", service)
        await self._supervisor.start(Child(process, command, pod.is_ready, env=env, stop_grace=_STOP_SECONDS))
        self._names.add(pod.name, address)
        self._running.append(pod)
        return pod

    def running(self, service: str) -> list[Pod]:
        """Return the replicas of a service that are ready."""
        return [pod for pod in self._running if pod.service == service]

    async def stop(self, pod: Pod) -> None:
        """End a replica by SIGTERM; its name leads to it until it says that it is not ready any more."""
        stopping = asyncio.create_task(self._supervisor.stop(pod.process))
        await eventually(pod.is_away)
        self._forget(pod)
        await stopping
        assert '"event":"stopped' in pod.log.read_text(), f"{pod.process} had to be killed"

    async def kill(self, pod: Pod) -> None:
        """End a replica by SIGKILL; its name leads to it a while longer."""
        await self._supervisor.kill(pod.process)
        self._forget(pod)

    def _forget(self, pod: Pod) -> None:
        self._running.remove(pod)
        self._names.remove(pod.name, pod.address)


@asynccontextmanager
async def balanced(names: Names, name: str, port: int) -> AsyncIterator[str]:
    """Relay each new connection to the next of the addresses that a name has, as kube-proxy does; yield "host:port"."""
    turns = itertools.count()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        addresses = names.addresses(name)
        address = addresses[next(turns) % len(addresses)]
        with suppress(OSError):
            there_reader, there_writer = await asyncio.open_connection(address, port)
            await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))
        writer.close()

    server = await asyncio.start_server(relay, LOOPBACK, 0)
    async with server:
        yield "{}:{}".format(*server.sockets[0].getsockname())


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
