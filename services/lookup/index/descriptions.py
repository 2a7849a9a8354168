"""The index of common-language descriptions: one document a code, fetched by id."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.lookup.answers import CommonLanguageDescription
from services.lookup.codes.description import Description
from services.lookup.codes.model import System
from services.lookup.codes.notation import compact


def description_id(system: System, code: str) -> str:
    """Return the id of the document of a code."""
    return f"{system}-{compact(code)}"


def description_document(description: Description, edition: str) -> dict[str, Any]:
    """Return the document of a description in a collection of that name."""
    return {
        "title": description.title,
        "text": description.text,
        "author": description.author,
        "reviewed_on": description.reviewed_on.isoformat(),
        "edition": edition,
    }


def read_description(source: Mapping[str, Any]) -> CommonLanguageDescription:
    """Read the document of a description."""
    return CommonLanguageDescription(**{**source, "reviewed_on": date.fromisoformat(source["reviewed_on"])})
