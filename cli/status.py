"""`codingahead status`: how every part is."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

import typer

from cli.output import AsJson, emit
from cli.parts import PROBES
from cli.probe import Part, State

_KINDS = ("service", "data", "outbox", "events", "release")


def status(as_json: AsJson = False) -> None:
    """Ask every part how it is, all at once. Ends with 1 when one is down, or none can be asked from here."""
    parts = asyncio.run(ask_all())
    state = overall(parts)
    if as_json:
        about = {"version": version("codingahead"), "asked_at": datetime.now(UTC).isoformat(), "state": state}
        print(json.dumps({**about, "parts": [asdict(part) for part in parts]}, ensure_ascii=False))
    else:
        print(f"Coding Ahead {version('codingahead')}: {state}")
        emit([_row(part) for part in parts], as_json=False)
    if down := [part.name for part in parts if part.state is State.DOWN]:
        print(f"Down: {', '.join(down)}.", file=sys.stderr)
    if state in (State.DOWN, State.UNKNOWN):
        raise typer.Exit(1)


async def ask_all() -> list[Part]:
    """Return every part as it is now, by kind."""
    found = await asyncio.gather(*(probe.run() for probe in PROBES))
    return sorted((part for parts in found for part in parts), key=lambda part: _KINDS.index(part.kind))


def overall(parts: Sequence[Part]) -> State:
    """Return the worst state of all parts that are known; unknown when none is."""
    states = {part.state for part in parts}
    return next((state for state in (State.DOWN, State.DEGRADED, State.OK) if state in states), State.UNKNOWN)


def _row(part: Part) -> dict[str, object]:
    return {
        "kind": part.kind,
        "part": part.name,
        "state": part.state,
        "ms": part.ms,
        "address": part.address,
        "reason": part.reason,
    }
