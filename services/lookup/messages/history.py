"""The history of a code as a message of the contract."""

from collections.abc import Sequence
from typing import Any

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.history import Action, Event
from services.lookup.codes.model import System
from services.lookup.codes.notation import compact
from services.lookup.facts.kinds import Answers, Found
from services.lookup.facts.source import Source
from services.lookup.index.history import ADDENDA, CONVERSION, events_of
from services.lookup.messages import sources

_ACTIONS = {action: pb.HistoryAction.Value(f"HISTORY_ACTION_{action.name}") for action in Action}


def history(system: System, code: str, answers: Answers) -> pb.History:
    """Return what happened to a code, on whatever date of service it is asked for."""
    kinds = [kinds[system] for kinds in (ADDENDA, CONVERSION) if system in kinds]
    statuses = [_status(kind.source, answers.every(kind, compact(code))) for kind in kinds]
    events = map(_event, events_of(system, code, answers))
    return pb.History(availability=sources.availability(statuses), sources=statuses, events=events)


def _status(source: Source, found: Sequence[Found[Any]]) -> pb.SourceStatus:
    """Return what all editions of a source have for a code, with the newest."""
    return sources.status(*found) if found else sources.status(Found(source, None, (), None))


def _event(event: Event) -> pb.HistoryEvent:
    return pb.HistoryEvent(
        action=_ACTIONS[event.action],
        effective_from=event.effective_from.isoformat(),
        text=event.text,
        replaced_by=event.replaced_by,
        replaces=event.replaces,
        source=event.source,
    )
