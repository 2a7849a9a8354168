"""The answer to what is paid for a service: the request checked, then priced from the facts that were found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.lookup.facts.kinds import Found
from services.lookup.fees.model import CodeFees, Locality, locality_key
from services.lookup.fees.payment import FACILITY_PLACES, Priced, price
from services.runtime.errors import invalid

_MOST_MODIFIERS = 4
_MOST_UNITS = 9999
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_LOCALITY = re.compile(r"(\d{1,5})-(\d{1,2})", re.ASCII)
_PLACE = re.compile(r"\d\d", re.ASCII)
# Each says in whose hands the service or which part of it was, so that one line has one of them.
_ALTERNATIVES = (("26", "TC"), ("54", "55", "56"), ("62", "66", "80", "81", "82", "AS"))


@dataclass(frozen=True, slots=True)
class FeesQuery:
    """A service to price; `locality` and `place_of_service` are empty where none is named."""

    modifiers: tuple[str, ...]
    locality: str
    place_of_service: str
    units: int

    @property
    def facility(self) -> bool | None:
        """Whether the place of service is a facility; None when none is named: both are priced."""
        return self.place_of_service in FACILITY_PLACES if self.place_of_service else None


def parse_query(modifiers: Iterable[str], locality: str, place_of_service: str, units: int) -> FeesQuery:
    """Return a query whose fields are well formed; 0 units mean 1. Raises a refusal of the field that is not."""
    place = place_of_service.strip()
    if place and not _PLACE.fullmatch(place):
        raise invalid("place_of_service", "expected two digits, such as 11")
    if not 0 <= units <= _MOST_UNITS:
        raise invalid("units", f"expected 1 to {_MOST_UNITS}")
    return FeesQuery(_modifiers(modifiers), _locality(locality.strip()), place, units or 1)


def quote(query: FeesQuery, fees: Found[CodeFees], locality: Found[Locality] | None) -> Priced:
    """Price what was asked for; `locality` is what was found of the one that the query names, None if it names none.

    Raises a refusal when the edition in force has no such locality.
    """
    if locality and locality.choice and locality.fact is None:
        raise invalid("locality", f"expected a contractor and locality of {locality.choice.load.display_name}")
    if fees.choice is None:
        return Priced(None)
    if fees.fact is None:
        return Priced(None, not_payable="The fee schedule does not list the code.")
    if locality and locality.choice is None:
        return Priced(fees.fact.row(), not_payable="The indices of the locality are not known for this date.")
    return price(fees.fact, locality.fact if locality else None, query.modifiers, query.facility, query.units)


def _modifiers(written: Iterable[str]) -> tuple[str, ...]:
    modifiers = tuple(one.strip().upper() for one in written)
    if len(modifiers) > _MOST_MODIFIERS or len(set(modifiers)) < len(modifiers):
        raise invalid("modifiers", f"expected at most {_MOST_MODIFIERS}, each once")
    if not all(_MODIFIER.fullmatch(one) for one in modifiers):
        raise invalid("modifiers", "expected two digits or capital letters each, such as 26")
    for alternatives in _ALTERNATIVES:
        if len(set(alternatives) & set(modifiers)) > 1:
            raise invalid("modifiers", f"expected at most one of {', '.join(alternatives)}")
    return modifiers


def _locality(written: str) -> str:
    if not written:
        return ""
    match = _LOCALITY.fullmatch(written)
    if not match:
        raise invalid("locality", "expected the contractor and the locality number, such as 01112-05")
    return locality_key(match[1], match[2])
