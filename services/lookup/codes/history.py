"""What happened to a code: the yearly addenda of its system, and codes that took the place of others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

# What a conversion table prints where nothing was assigned before.
NO_ASSIGNMENT = "None"

_SPLIT_OFF = "What these new codes stand for was coded with this code before; it may stay valid for the rest."
_BECAME_HEADER = "No longer valid for submission: it heads more specific codes now."
_BECAME_VALID = "Valid for submission now; before, it headed more specific codes."
_ADDED_HEADER = "Heads more specific codes."
_SPACING = "The spacing of the title alone."


class Action(StrEnum):
    """What happened to a code."""

    ADDED = "added"
    REVISED = "revised"
    DELETED = "deleted"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an addenda: a code that was added, deleted, or revised in its titles.

    `valid` tells a code that is valid for submission from a header. The earlier titles are those before a revision.
    """

    action: Action
    effective_from: date
    valid: bool
    title: str
    short_title: str
    earlier_title: str = ""
    earlier_short_title: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A new code with what was assigned before it came.

    `previous` are codes, or ranges of codes (H35.20-H35.23) as printed; `assignment` is the publisher's wording, which
    says whether several codes were assigned together or one of them.
    """

    code: str
    effective_from: date
    previous: tuple[str, ...]
    assignment: str


@dataclass(frozen=True, slots=True)
class Conversions:
    """The conversions of one code: those it came by, and those of new codes that were coded with it before."""

    came: tuple[Conversion, ...] = ()
    followed_by: tuple[Conversion, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a code, from a date of service on; `source` says so."""

    action: Action
    effective_from: date
    source: str
    text: str = ""
    replaced_by: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


def events(addenda: Iterable[tuple[str, Sequence[Change]]], tables: Iterable[tuple[str, Conversions]]) -> list[Event]:
    """Return what happened to a code, newest first, from the changes and conversions that each cited source has."""
    found = [event for source, changes in addenda for event in _of_changes(changes, source)]
    deleted_on = {event.effective_from for event in found if event.action is Action.DELETED}
    found += (event for source, table in tables for event in _of_conversions(table, source, deleted_on))
    return sorted(found, key=lambda event: event.effective_from, reverse=True)


def codes_in(span: str) -> list[str]:
    """Return the codes that a code or a range of codes names: all, where only one digit differs, else its ends."""
    first, _, last = span.partition("-")
    if not last:
        return [first]
    if len(first) == len(last):
        differing = [place for place, pair in enumerate(zip(first, last, strict=True)) if pair[0] != pair[1]]
        if len(differing) == 1:
            place = differing[0]
            low, high = first[place], last[place]
            if low.isdecimal() and high.isdecimal() and low < high:
                return [f"{first[:place]}{digit}{first[place + 1 :]}" for digit in range(int(low), int(high) + 1)]
    return [first, last]


def _of_changes(changes: Sequence[Change], source: str) -> Iterator[Event]:
    """Yield the events of the changes in one addenda.

    A code that it deletes and adds again became a header, or is one no more.
    """
    deleted = next((change for change in changes if change.action is Action.DELETED), None)
    added = next((change for change in changes if change.action is Action.ADDED), None)
    if deleted and added and deleted.valid != added.valid:
        action, text = (Action.ADDED, _BECAME_VALID) if added.valid else (Action.DELETED, _BECAME_HEADER)
        yield Event(action, added.effective_from, source, text)
        changes = [change for change in changes if change not in (deleted, added)]
    for change in changes:
        yield Event(change.action, change.effective_from, source, _text(change))


def _text(change: Change) -> str:
    match change.action:
        case Action.ADDED:
            return "" if change.valid else _ADDED_HEADER
        case Action.REVISED if change.title != change.earlier_title:
            return f"From \u201c{change.earlier_title}\u201d to \u201c{change.title}\u201d."
        case Action.REVISED if change.short_title != change.earlier_short_title:
            return f"Short title from \u201c{change.earlier_short_title}\u201d to \u201c{change.short_title}\u201d."
        case Action.REVISED:
            return _SPACING
        case _:
            return change.title


def _of_conversions(table: Conversions, source: str, deleted_on: set[date]) -> Iterator[Event]:
    for came in table.came:
        action = Action.REPLACED if came.previous else Action.ADDED
        yield Event(action, came.effective_from, source, _assigned_before(came), replaces=came.previous)
    followers: dict[date, Event] = {}
    for new in table.followed_by:
        day = new.effective_from
        text = "" if day in deleted_on else _SPLIT_OFF
        event = followers.setdefault(day, Event(Action.REPLACED, day, source, text))
        followers[day] = replace(event, replaced_by=(*event.replaced_by, new.code))
    yield from followers.values()


def _assigned_before(conversion: Conversion) -> str:
    """Return what the wording says beyond the codes in it: "I63.011 AND I63.012", "Codes in Categories T15-T19"."""
    if (conversion.assignment,) == conversion.previous:
        return ""
    if conversion.assignment == NO_ASSIGNMENT:
        return "No code was assigned before."
    return f"Assigned before: {conversion.assignment}."
