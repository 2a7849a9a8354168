"""Which modifiers a code takes, as its page shows them."""

from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import Stated, stated

# What is said of a standing, and the look of its badge.
STANDINGS = {
    lookup.MODIFIER_STANDING_ALLOWED: ("Allowed", "good"),
    lookup.MODIFIER_STANDING_WITH_DOCUMENTATION: ("With documentation", "care"),
    lookup.MODIFIER_STANDING_EXEMPT: ("Exempt", "ours"),
    lookup.MODIFIER_STANDING_NOT_ALLOWED: ("Not allowed", "stop"),
}


class Rule(NamedTuple):
    """What is known of one modifier."""

    modifier: str
    title: str
    standing: str
    style: str
    reason: str
    source: str


class Modifiers(NamedTuple):
    """The rules by modifier, and the sources that were asked."""

    rules: list[Rule]
    sources: list[Stated]


def modifiers(found: lookup.Modifiers, _: Place) -> Modifiers:
    """Return the section as its template shows it."""
    rules = [
        Rule(one.modifier, one.title, *STANDINGS.get(one.standing, ("", "")), one.reason, one.source)
        for one in found.rules
    ]
    return Modifiers(rules, [stated(status) for status in found.sources])
