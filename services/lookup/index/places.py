"""The documents of place of service codes: one a code, and one of all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.lookup.codes.place import Place
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import FactKind
from services.lookup.facts.source import Source

# The id of the document of all places.
ALL_PLACES = "all"


def place_documents(places: Sequence[Place]) -> list[Document]:
    """Return the documents of a list of places."""
    one_each = [(place.code, _document(place)) for place in places]
    return [*one_each, (ALL_PLACES, {"places": [{"code": code, **values} for code, values in one_each]})]


def read_place(id: str, values: Mapping[str, Any]) -> Place:
    """Read the document of a place, whose id is its code."""
    return Place(code=id, **values)


def read_places(_id: str, values: Mapping[str, Any]) -> tuple[Place, ...]:
    """Read the document of all places, in the order of the list."""
    return tuple(Place(**place) for place in values["places"])


# Wanted by the two digits of the code, and by ALL_PLACES.
PLACE = FactKind(Source.PLACE_OF_SERVICE, read_place)
PLACES = FactKind(Source.PLACE_OF_SERVICE, read_places)


def _document(place: Place) -> dict[str, Any]:
    return {"name": place.name, "description": place.description, "facility": place.facility}
