"""`codingahead audit`: what the staff did. Commands that change data record it before and after, or do nothing."""

import asyncio
import getpass
import os
import socket
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from codingahead.events.v1 import events_pb2
from pydantic import Field

from cli.output import AsJson, emit
from services.runtime import logs
from services.runtime.errors import Refusal, unavailable
from services.runtime.events import bus, history
from services.runtime.settings import Settings

app = typer.Typer(help="What the staff did, by commands that change data.", no_args_is_help=True)
# With a callback a command keeps its name even when it is the only one.
app.callback()(lambda: None)

_WORDS = {
    events_pb2.OUTCOME_BEGAN: "began",
    events_pb2.OUTCOME_DONE: "done",
    events_pb2.OUTCOME_FAILED: "failed",
}


class AuditSettings(Settings):
    """Who is recorded."""

    actor: str = Field("", description="Who the audit log says acts by the command line; unset: USER@HOST")


class AuditLog:
    """Records what the staff does. Made by `audit_log`. `bus` is its connection, for what else there is to tell."""

    def __init__(self, connected: bus.EventBus, log: logs.Logger, actor: str) -> None:
        self.bus = connected
        self._log = log
        self._actor = actor

    @asynccontextmanager
    async def action(self, name: str, target: str, **details: object) -> AsyncIterator[dict[str, object]]:
        """Record an action, run the block that does it, and record how it ended.

        The block may add to the details. Refused, and the block does not run, when the action cannot be recorded. A
        block that raises is recorded as failed, by the kind of its error: the text may name people.
        """
        acted = events_pb2.StaffActed(action_id=uuid.uuid4().hex, actor=self._actor, action=name, target=target)
        try:
            await self._record(acted, events_pb2.OUTCOME_BEGAN, details)
        except OSError as error:
            raise _not_recorded() from error
        try:
            yield details
        except BaseException as error:
            reason = error.reason if isinstance(error, Refusal) else type(error).__name__
            await self._record_end(acted, events_pb2.OUTCOME_FAILED, {**details, "error": reason})
            raise
        await self._record_end(acted, events_pb2.OUTCOME_DONE, details)

    async def _record_end(
        self, acted: events_pb2.StaffActed, outcome: "events_pb2.Outcome.ValueType", details: dict[str, object]
    ) -> None:
        """Record how an action ended. It has ended: where NATS is away by now, the log has it alone."""
        try:
            await self._record(acted, outcome, details)
        except OSError:
            self._say(acted)
            print(f"NATS does not answer: that this is {_WORDS[outcome]} is not in the audit log.", file=sys.stderr)

    async def _record(
        self, acted: events_pb2.StaffActed, outcome: "events_pb2.Outcome.ValueType", details: dict[str, object]
    ) -> None:
        acted.outcome = outcome
        acted.details.clear()
        acted.details.update({key: str(value) for key, value in details.items()})
        acted.at.FromDatetime(datetime.now(UTC))
        await self.bus.publish(acted, f"{acted.action_id}:{_WORDS[outcome]}")
        self._say(acted)

    def _say(self, acted: events_pb2.StaffActed) -> None:
        self._log.info(
            "staff acted",
            action_id=acted.action_id,
            actor=acted.actor,
            action=acted.action,
            target=acted.target,
            outcome=_WORDS[acted.outcome],
            details=dict(acted.details),
        )


@asynccontextmanager
async def audit_log() -> AsyncIterator[AuditLog]:
    """Open the audit log. Refused at once when NATS does not answer.

    Its lines go to standard error as JSON, for what collects them there; a person at a terminal does not see them.
    """
    settings = AuditSettings()
    as_json = not sys.stderr.isatty() if settings.log_json is None else settings.log_json
    logs.configure("audit", "info" if as_json else "error", as_json)
    log = logs.get("audit")
    async with bus.connect(settings.nats_url.get_secret_value(), log, "audit", settings.event_replicas) as connected:
        try:
            await connected.check()
        except OSError as error:
            raise _not_recorded() from error
        yield AuditLog(connected, log, settings.actor or _user_at_host())


@app.command("list")
def list_actions(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day, UTC; none: all that is kept.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what the staff did, oldest first: who, what, to what, and how it ended."""
    begin = since and since.replace(tzinfo=UTC)
    told = asyncio.run(history.read(Settings().nats_url.get_secret_value(), events_pb2.StaffActed, begin))
    actions: dict[str, list[events_pb2.StaffActed]] = {}
    for event in told:
        actions.setdefault(event.action_id, []).append(event)
    rows = [_row(events) for events in actions.values()]
    if not as_json:
        for row in rows:
            row["details"] = ", ".join(f"{name}: {value}" for name, value in row["details"].items())
    emit(rows, as_json, "Nothing is recorded.")


def _row(events: Sequence[events_pb2.StaffActed]) -> dict[str, Any]:
    """Return one action by what is known of it: that it began, that it ended, or both."""
    last = events[-1]
    times = {
        event.outcome == events_pb2.OUTCOME_BEGAN: event.at.ToDatetime(UTC).isoformat(timespec="seconds")
        for event in events
    }
    return {
        "began": times.get(True, ""),
        "ended": times.get(False, ""),
        "actor": last.actor,
        "action": last.action,
        "target": last.target,
        "outcome": _WORDS[last.outcome],
        "details": dict(sorted(last.details.items())),
    }


def _user_at_host() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def _not_recorded() -> Refusal:
    return unavailable("NATS does not answer: what cannot be recorded in the audit log is not done.")
