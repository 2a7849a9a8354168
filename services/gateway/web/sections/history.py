"""The history of a code, as its page shows it."""

from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web import editions
from services.gateway.web.sections.place import Linked, Place
from services.gateway.web.sections.sources import Stated, stated

ACTIONS = {
    lookup.HISTORY_ACTION_UNSPECIFIED: "",
    lookup.HISTORY_ACTION_ADDED: "Added",
    lookup.HISTORY_ACTION_REVISED: "Revised",
    lookup.HISTORY_ACTION_DELETED: "Deleted",
    lookup.HISTORY_ACTION_REPLACED: "Replaced",
}


class Event(NamedTuple):
    """One thing that happened to the code."""

    day: str
    action: str
    text: str
    replaced_by: list[Linked]
    replaces: list[Linked]
    source: str


class History(NamedTuple):
    """What happened, newest first, and the sources that were asked."""

    events: list[Event]
    sources: list[Stated]


def history(found: lookup.History, place: Place) -> History:
    """Return the section as its template shows it."""
    events = [
        Event(
            editions.short_day(one.effective_from),
            ACTIONS[one.action],
            one.text,
            [Linked(code, place.code_page(code)) for code in one.replaced_by],
            [Linked(code, place.code_page(code)) for code in one.replaces],
            one.source,
        )
        for one in found.events
    ]
    # Every edition was asked, whatever its dates.
    return History(events, [stated(status, "")._replace(warning="") for status in found.sources])
