"""The audit log over a real NATS JetStream."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import nats
import pytest
from codingahead.events.v1 import events_pb2
from nats.js.errors import APIError
from typer.testing import CliRunner

from cli.audit import AuditLog, app
from services.runtime import logs
from services.runtime.errors import Refusal
from services.runtime.events import history
from services.runtime.events.bus import EventBus, connect
from tests.conftest import part

LOG = logs.get("test")


class Lines:
    """Collects what is logged."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.said.append({"event": event, **fields})


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
async def bus(clean_nats: str) -> AsyncIterator[EventBus]:
    async with connect(clean_nats, LOG, "test") as bus:
        yield bus


def audit(bus: EventBus, lines: Lines) -> AuditLog:
    return AuditLog(bus, cast(logs.Logger, lines), "ada@desk")


async def listed(url: str, *options: str) -> list[dict[str, Any]]:
    run = CliRunner(env={"CODINGAHEAD_NATS_URL": url}).invoke
    result = await asyncio.to_thread(run, app, ["list", "--json", *options])
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


async def test_an_action_is_recorded_before_it_is_done_and_after(bus: EventBus, lines: Lines, clean_nats: str) -> None:
    async with audit(bus, lines).action("catalog load", "icd10cm FY2026", origin="a.xml") as details:
        (before,) = await listed(clean_nats)
        details["changed"] = "yes"

    (after,) = await listed(clean_nats)
    assert (before["outcome"], before["ended"], before["details"]) == ("began", "", {"origin": "a.xml"})
    assert (after["outcome"], after["began"]) == ("done", before["began"])
    assert after["ended"] >= after["began"]
    assert (after["actor"], after["action"], after["target"]) == ("ada@desk", "catalog load", "icd10cm FY2026")
    assert after["details"] == {"origin": "a.xml", "changed": "yes"}
    assert [(line["event"], line["outcome"]) for line in lines.said] == [
        ("staff acted", "began"),
        ("staff acted", "done"),
    ]


async def test_an_action_that_fails_is_recorded_by_the_kind_of_its_error(
    bus: EventBus, lines: Lines, clean_nats: str
) -> None:
    with pytest.raises(ValueError, match="ada@example"):
        async with audit(bus, lines).action("accounts grant", "member:81c2"):
            raise ValueError("ada@example.org is not there")

    (row,) = await listed(clean_nats)
    assert (row["outcome"], row["details"]) == ("failed", {"error": "ValueError"})


async def test_what_cannot_be_recorded_is_not_done_and_what_was_done_is_told(
    tmp_path: Path, lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    async with part(tmp_path, "nats") as stack, connect(stack.nats_url, LOG, "test") as bus:
        staff = audit(bus, lines)
        async with staff.action("events replay", "all consumers"):
            await stack.supervisor.kill("nats")
        assert "that this is done is not in the audit log" in capsys.readouterr().err
        assert [line["outcome"] for line in lines.said] == ["began", "done"]

        done = False
        with pytest.raises(Refusal, match="is not done"):
            async with staff.action("events replay", "all consumers"):
                done = True
        assert not done


async def test_nothing_is_removed_from_the_log_before_400_days(bus: EventBus, lines: Lines, clean_nats: str) -> None:
    async with audit(bus, lines).action("events replay", "all consumers"):
        pass
    connection = await nats.connect(clean_nats)
    jetstream = connection.jetstream()

    with pytest.raises(APIError):
        await jetstream.delete_msg("AUDIT", 1)
    with pytest.raises(APIError):
        await jetstream.purge_stream("AUDIT")
    config = (await jetstream.stream_info("AUDIT")).config
    await connection.close()

    assert config.max_age == timedelta(days=400).total_seconds()
    assert len(await listed(clean_nats)) == 1


async def test_the_log_is_read_from_a_day_on_and_may_be_empty(bus: EventBus, lines: Lines, clean_nats: str) -> None:
    assert await listed(clean_nats) == []
    async with audit(bus, lines).action("events replay", "all consumers"):
        pass
    now = datetime.now(UTC)

    assert len(await listed(clean_nats, "--since", f"{now:%Y-%m-%d}")) == 1
    assert await listed(clean_nats, "--since", f"{now + timedelta(days=2):%Y-%m-%d}") == []


async def test_history_is_read_whole_and_in_order(bus: EventBus, clean_nats: str) -> None:
    for number in range(300):
        await bus.publish(events_pb2.StaffActed(target=str(number)), f"id-{number}")

    told = await history.read(clean_nats, events_pb2.StaffActed)

    assert [event.target for event in told] == [str(number) for number in range(300)]
