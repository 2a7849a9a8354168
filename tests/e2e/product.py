"""The whole product, started as a user starts it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ELASTICSEARCH_HOME
from tests.support import eventually

# The first start of all may fetch Elasticsearch; a load takes most of the rest.
_START_SECONDS = 300.0
_STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    errors: str


@dataclass(frozen=True, slots=True)
class Product:
    """A running product: where its parts are reached, by setting, and where it keeps its data."""

    folder: Path
    addresses: Mapping[str, str]

    @property
    def web(self) -> str:
        """Base URL of the pages and the HTTP APIs."""
        return f"http://{self.addresses['CODINGAHEAD_HTTP_LISTEN']}"

    @property
    def grpc(self) -> str:
        """Target of the public gRPC."""
        return self.addresses["CODINGAHEAD_GRPC_LISTEN"]

    @property
    def secrets(self) -> dict[str, str]:
        """The settings that further replicas share with its own, beside the addresses."""
        return {
            "CODINGAHEAD_COOKIE_SECRET": (self.folder / "cookie-secret").read_text(),
            "CODINGAHEAD_ACCOUNTS_SECRET": (self.folder / "accounts-secret").read_text(),
        }

    @property
    def inbox(self) -> str:
        """Base URL of the inbox that catches the mail."""
        return self.addresses["CODINGAHEAD_INBOX_URL"]

    def pid(self, part: str) -> int:
        """Process id of a part, such as "redis" or "lookup"."""
        return int(json.loads((self.folder / "run" / f"{part}.pid").read_text())["pid"])

    async def run(self, *arguments: str, typed: str = "") -> Ended:
        """Run a `codingahead` command against the product; `typed` is its standard input."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", *arguments),
            env={**os.environ, **self.addresses},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await process.communicate(typed.encode())
        assert process.returncode is not None
        return Ended(process.returncode, out.decode(), errors.decode())


@asynccontextmanager
async def running(folder: Path, env: Mapping[str, str] | None = None) -> AsyncIterator[Product]:
    """Run `codingahead up` on a folder of its own, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / "elasticsearch"
    if not home.exists():
        ELASTICSEARCH_HOME.parent.mkdir(parents=True, exist_ok=True)
        home.symlink_to(ELASTICSEARCH_HOME.parent)
    with (folder / "up.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", "up"),
            env={**os.environ, "CODINGAHEAD_LOCAL_DIR": str(folder), **(env or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield Product(folder, await eventually(lambda: _addresses(folder, process), _START_SECONDS))
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)


async def _addresses(folder: Path, process: asyncio.subprocess.Process) -> dict[str, str]:
    assert process.returncode is None, (folder / "up.log").read_text()
    path = folder / "addresses.env"
    if not path.exists():
        return {}
    return dict(line.split("=", 1) for line in path.read_text().splitlines())
