"""How data services are found to be, by real ones."""

import asyncio
from pathlib import Path

import pytest
from codingahead.events.v1 import events_pb2

from cli.parts import PROBES
from cli.probe import Part, State
from deploy.local.ports import LOOPBACK, free_port
from services.accounts.store import database
from services.runtime import logs
from services.runtime.events.bus import connect
from services.runtime.tasks import end
from tests.support import eventually


async def asked(name: str) -> dict[str, Part]:
    """Ask one part; return it and those that are known by it, by name."""
    (probe,) = (probe for probe in PROBES if probe.name == name)
    return {part.name: part for part in await probe.run()}


async def test_events_that_wait_and_those_given_up_are_seen(clean_nats: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODINGAHEAD_NATS_URL", clean_nats)

    async def fail(_: events_pb2.ViewServed, __: str) -> None:
        raise RuntimeError("the store is away")

    async def seen() -> dict[str, Part]:
        parts = await asked("nats")
        letters, retrying = parts["dead letters"], parts.get("retrying")
        return parts if letters.state is State.DEGRADED and retrying and retrying.details["lag_seconds"] else {}

    async with connect(clean_nats, logs.get("test"), "test") as bus:
        await bus.publish(events_pb2.ViewServed(subject="guest:1"), "id-1")
        consuming = [
            asyncio.create_task(bus.consume("retrying", events_pb2.ViewServed, fail, delays=(600,))),
            asyncio.create_task(bus.consume("burying", events_pb2.ViewServed, fail, delays=())),
        ]
        parts = await eventually(seen)
        await end(consuming)

    assert parts["nats"].state is State.OK
    assert parts["dead letters"].details == {"messages": 1}
    assert parts["retrying"].details["pending"] == 0
    assert parts["retrying"].details["unacknowledged"] == 1
    assert parts["burying"].details == {"pending": 0, "unacknowledged": 0, "lag_seconds": 0.0}


async def test_a_database_is_asked_for_its_version_and_not_made_by_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/accounts.db"
    monkeypatch.setenv("CODINGAHEAD_DATABASE_URL", url)

    missing = await asked("accounts database")
    assert missing["accounts database"].reason == "the file does not exist"
    assert not (tmp_path / "accounts.db").exists()

    (tmp_path / "accounts.db").touch()
    empty = await asked("accounts database")
    assert empty["accounts database"].state is State.DOWN
    assert "codingahead accounts migrate" in empty["accounts database"].reason

    await database.migrate(url)
    migrated = await asked("accounts database")
    assert migrated["accounts database"].state is State.OK
    assert migrated["accounts database"].details["schema"]
    assert migrated["accounts"].details == {"waiting": 0}


@pytest.mark.parametrize(
    ("name", "variable", "scheme"),
    [
        ("lookup", "CODINGAHEAD_LOOKUP_TARGET", ""),
        ("gateway", "CODINGAHEAD_GATEWAY_URL", "http://"),
        ("elasticsearch", "CODINGAHEAD_ELASTICSEARCH_URL", "http://"),
        ("redis", "CODINGAHEAD_REDIS_URL", "redis://"),
        ("nats", "CODINGAHEAD_NATS_URL", "nats://"),
        ("accounts database", "CODINGAHEAD_DATABASE_URL", "postgresql://staff@"),
        ("mail server", "CODINGAHEAD_SMTP_URL", "smtp://"),
        ("code sets", "CODINGAHEAD_LOOKUP_TARGET", ""),
    ],
)
async def test_a_part_that_is_away_is_down(
    name: str, variable: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{LOOPBACK}:{free_port()}"
    monkeypatch.setenv(variable, f"{scheme}{address}")

    (part,) = (await asked(name)).values()

    assert (part.name, part.state) == (name, State.DOWN)
    assert part.reason
    assert address in part.address
