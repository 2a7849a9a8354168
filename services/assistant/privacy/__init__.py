"""Removing what identifies a patient from a text, before anything else is done with it.

By patterns and tables alone, so that nothing leaves the process. Codes, modifiers, units, amounts, dates of service,
localities, numbers of sections and diseases named after people stay as they are.
"""

from dataclasses import dataclass

from services.assistant.privacy.identifiers import without_births_beside_names, without_identifiers
from services.assistant.privacy.names import without_names


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with a tag such as [name] or [MRN] for each identifier, and how many were removed."""

    text: str
    removed: int


def redact(text: str) -> Redacted:
    """Return a text without identifiers of patients. What is redacted already stays as it is."""
    removed = 0
    for step in (without_identifiers, without_names, without_births_beside_names):
        text, count = step(text)
        removed += count
    return Redacted(text, removed)
