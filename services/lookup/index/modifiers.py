"""The documents of modifiers: one each, by its two characters."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.lookup.codes.modifier import Modifier
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import FactKind
from services.lookup.facts.source import Source


def modifier_document(modifier: Modifier) -> Document:
    """Return the document of a modifier."""
    days = {"from": modifier.effective_from, "to": modifier.effective_to}
    return modifier.modifier, {"title": modifier.title} | {key: day.isoformat() for key, day in days.items() if day}


def read_modifier(id: str, values: Mapping[str, Any]) -> Modifier:
    """Read the document of a modifier, whose id is its two characters."""
    return Modifier(id, values["title"], _day(values.get("from")), _day(values.get("to")))


# Wanted by the two characters of the modifier.
MODIFIER_HCPCS = FactKind(Source.MODIFIERS_HCPCS, read_modifier)
MODIFIER_CPT = FactKind(Source.MODIFIERS_CPT, read_modifier)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
