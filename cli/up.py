"""`codingahead up`: the whole product on this machine."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from cli.addresses import FOLDER, publish_addresses, withdraw_addresses
from deploy.local.elasticsearch.home import FetchFailed, JarRefused
from deploy.local.folder import FolderInUse
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.probes import http_ok
from deploy.local.stack import LocalStack
from deploy.local.supervisor import Child, ChildFailed
from services.accounts.seal import signer_of
from services.runtime.rpc.client import is_serving
from services.runtime.rpc.tls import tls_of
from services.runtime.settings import PREFIX, Settings

# The setting under which each data service is reached: one that is given is used, and nothing is started for it.
# The stack has a property of the setting's name.
_URLS = {
    "nats": "CODINGAHEAD_NATS_URL",
    "redis": "CODINGAHEAD_REDIS_URL",
    "elasticsearch": "CODINGAHEAD_ELASTICSEARCH_URL",
    "inbox": "CODINGAHEAD_SMTP_URL",
}
_PORTS = {"lookup": 7001, "quota": 7002, "accounts": 7003, "assistant": 7004, "grpc": 9090, "web": 8080}
_COMMAND = (sys.executable, "-m", "cli")


def up() -> None:
    """Run everything on this machine: NATS, Redis, Elasticsearch, a mail inbox and the services. Ctrl-C stops all."""
    console = Console(stderr=True, highlight=False)
    try:
        asyncio.run(_run(console))
    except (ChildFailed, FolderInUse, JarRefused, FetchFailed) as error:
        console.print(str(error), markup=False)
        raise typer.Exit(1) from None


async def _run(console: Console) -> None:
    def progress(name: str, state: str) -> None:
        console.print(f"  {name:<14} {state}", markup=False)

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    parts = {part for part, variable in _URLS.items() if not os.environ.get(variable)}
    async with LocalStack(FOLDER, parts, progress=progress) as stack:
        try:
            await _until(stopped, _start_and_watch(stack, parts, console))
        finally:
            withdraw_addresses(FOLDER)


async def _start_and_watch(stack: LocalStack, parts: set[str], console: Console) -> None:
    ports = {name: free_port(port) for name, port in _PORTS.items()}
    listen = {name: f"{LOOPBACK}:{port}" for name, port in ports.items()}
    env = {_URLS[part]: getattr(stack, _URLS[part].removeprefix(PREFIX).lower()) for part in parts} | {
        "CODINGAHEAD_LOOKUP_LISTEN": listen["lookup"],
        "CODINGAHEAD_LOOKUP_TARGET": listen["lookup"],
        "CODINGAHEAD_QUOTA_LISTEN": listen["quota"],
        "CODINGAHEAD_QUOTA_TARGET": listen["quota"],
        "CODINGAHEAD_ACCOUNTS_LISTEN": listen["accounts"],
        "CODINGAHEAD_ACCOUNTS_TARGET": listen["accounts"],
        "CODINGAHEAD_ASSISTANT_LISTEN": listen["assistant"],
        "CODINGAHEAD_ASSISTANT_TARGET": listen["assistant"],
        "CODINGAHEAD_GRPC_LISTEN": listen["grpc"],
        "CODINGAHEAD_HTTP_LISTEN": listen["web"],
        "CODINGAHEAD_GATEWAY_TARGET": listen["grpc"],
        "CODINGAHEAD_GATEWAY_URL": f"http://{listen['web']}",
    }
    for variable, default in _defaults(FOLDER, f"http://{listen['web']}").items():
        if not os.environ.get(variable):
            env[variable] = default
    if "inbox" in parts:
        env["CODINGAHEAD_INBOX_URL"] = stack.inbox_url
    await _run_to_end("accounts", "migrate", env=env)
    await _run_to_end("assistant", "migrate", env=env)
    await _run_to_end("catalog", "load", env=env)
    for service, port, health in _services(ports):
        child = Child(service, (*_COMMAND, "serve", service), health=health, port=port, env=env)
        await stack.supervisor.start(child)
    publish_addresses(FOLDER, {name: value for name, value in env.items() if "SECRET" not in name})
    console.print(f"\nWeb and REST  http://{listen['web']}\ngRPC          {listen['grpc']}")
    if "inbox" in parts:
        console.print(f"Mail inbox    {stack.inbox_url}")
    console.print("Ctrl-C stops all.\n")
    await stack.supervisor.wait()


def _services(ports: dict[str, int]) -> list[tuple[str, int, Callable[[], Awaitable[bool]]]]:
    serving = partial(is_serving, tls=tls_of(Settings()))
    return [
        ("lookup", ports["lookup"], partial(serving, f"{LOOPBACK}:{ports['lookup']}")),
        ("quota", ports["quota"], partial(serving, f"{LOOPBACK}:{ports['quota']}")),
        ("accounts", ports["accounts"], partial(serving, f"{LOOPBACK}:{ports['accounts']}")),
        ("assistant", ports["assistant"], partial(serving, f"{LOOPBACK}:{ports['assistant']}")),
        ("gateway", ports["web"], partial(http_ok, ports["web"], "/readyz")),
    ]


def _defaults(folder: Path, web: str) -> dict[str, str]:
    """Return what is used where the environment does not say otherwise."""
    accounts_secret = os.environ.get("CODINGAHEAD_ACCOUNTS_SECRET") or _kept_secret(folder / "accounts-secret")
    return {
        "CODINGAHEAD_COOKIE_SECRET": _kept_secret(folder / "cookie-secret"),
        "CODINGAHEAD_ACCOUNTS_SECRET": accounts_secret,
        "CODINGAHEAD_SESSION_PUBLIC_KEYS": signer_of(accounts_secret).public_key,
        "CODINGAHEAD_DATABASE_URL": f"sqlite:///{(folder / 'data' / 'accounts.db').resolve()}",
        "CODINGAHEAD_ASSISTANT_DATABASE_URL": f"sqlite:///{(folder / 'data' / 'assistant.db').resolve()}",
        "CODINGAHEAD_PUBLIC_URL": web,
    }


async def _run_to_end(*command: str, env: dict[str, str]) -> None:
    """Run a command in a process of its own, whose memory goes with it; end with it when it fails."""
    process = await asyncio.create_subprocess_exec(*_COMMAND, *command, env={**os.environ, **env})
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if code:
        raise typer.Exit(code)


async def _until(stopped: asyncio.Event, work: Awaitable[None]) -> None:
    """Do the work until told to stop; raise what it raises."""
    working = asyncio.ensure_future(work)
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if working.done():
        working.result()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


def _kept_secret(path: Path) -> str:
    """Return the secret of a file, made on first use: cookies and sessions stay good between runs."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(secrets.token_hex(32))
        new.replace(path)  # whole or not at all, whenever this process is killed
    return path.read_text()
