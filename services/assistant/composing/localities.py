"""Which payment localities of Medicare a text names."""

import re
from collections.abc import Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.understanding.cities import CITIES, OF_LOCALITY
from services.assistant.understanding.places import payment_places

_NUMBER = re.compile(r"\b(\d{4,5})-(\d{1,2})\b")
_LOCALITY_NUMBER = re.compile(r"\b(?:locality|loc|number|no|#)?\s*\.?\s*#?(\d{1,2})\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+")
_SMALL = frozenset(("the", "of", "in", "area", "county", "state", "locality", "loc", "medicare", "mac", "metro"))
_STATES = {
    "alabama": "AL",
    "alaska": "AK",
    "arizona": "AZ",
    "arkansas": "AR",
    "california": "CA",
    "colorado": "CO",
    "connecticut": "CT",
    "delaware": "DE",
    "district of columbia": "DC",
    "florida": "FL",
    "georgia": "GA",
    "guam": "HI",
    "hawaii": "HI",
    "idaho": "ID",
    "illinois": "IL",
    "indiana": "IN",
    "iowa": "IA",
    "kansas": "KS",
    "kentucky": "KY",
    "louisiana": "LA",
    "maine": "ME",
    "maryland": "MD",
    "massachusetts": "MA",
    "michigan": "MI",
    "minnesota": "MN",
    "mississippi": "MS",
    "missouri": "MO",
    "montana": "MT",
    "nebraska": "NE",
    "nevada": "NV",
    "new hampshire": "NH",
    "new jersey": "NJ",
    "new mexico": "NM",
    "new york": "NY",
    "north carolina": "NC",
    "north dakota": "ND",
    "ohio": "OH",
    "oklahoma": "OK",
    "oregon": "OR",
    "pennsylvania": "PA",
    "puerto rico": "PR",
    "rhode island": "RI",
    "south carolina": "SC",
    "south dakota": "SD",
    "tennessee": "TN",
    "texas": "TX",
    "utah": "UT",
    "vermont": "VT",
    "virgin islands": "VI",
    "virginia": "VA",
    "washington": "WA",
    "west virginia": "WV",
    "wisconsin": "WI",
    "wyoming": "WY",
}
_ABBREVIATIONS = frozenset(_STATES.values())
_REST = "REST OF"
# So many localities may be meant by one name.
MOST = 6


def localities_named(text: str, localities: Sequence[lookup.Locality]) -> list[lookup.Locality]:
    """Return the localities that a text may mean: by number, by name, else all of the state it names."""
    if match := _NUMBER.search(text):
        number = f"{int(match[1]):05}-{int(match[2]):02}"
        return [one for one in localities if one.locality == number]
    if inside := _inside(text, localities):
        return inside
    state, rest = _state_of(text)
    of_state = [one for one in localities if not state or one.state == state]
    if state and (match := _LOCALITY_NUMBER.search(rest)):
        return [one for one in of_state if int(one.locality.partition("-")[2]) == int(match[1])]
    # Of a place that has the name of a state in its own, such as Kansas City, the name decides.
    if not rest or (by_name := _by_name(_words(text), localities)) == []:
        by_name = _by_name(_words(rest), of_state)
    return by_name or (of_state if state else _around(_words(text), localities))


def _inside(text: str, localities: Sequence[lookup.Locality]) -> list[lookup.Locality]:
    """Return the localities of a city or region that is called otherwise than they are."""
    lowered = " ".join(re.findall(r"[a-z]+", text.lower()))
    names = [name for name, places in OF_LOCALITY.items() if any(re.search(rf"\b{one}\b", lowered) for one in places)]
    return [one for one in localities if one.name.upper().startswith(tuple(names))] if names else []


def localities_beside(text: str, localities: Sequence[lookup.Locality]) -> list[lookup.Locality]:
    """Return the localities of the places that a text sets side by side; none unless there are two."""
    named = [found for name in payment_places(text) if 0 < len(found := localities_named(name, localities)) <= MOST]
    every = {one.locality: one for found in named for one in found}
    return list(every.values()) if len(named) > 1 else []


def _around(words: set[str], localities: Sequence[lookup.Locality]) -> list[lookup.Locality]:
    """Return the locality of a large city that none is named after."""
    states = [state for state, cities in CITIES.items() if any(words == _words(city) for city in cities)]
    of_state = [one for one in localities if one.state in states]
    return [one for one in of_state if len(of_state) == 1 or one.name.upper().startswith(_REST)]


def _by_name(words: set[str], localities: Sequence[lookup.Locality]) -> list[lookup.Locality]:
    """Return the localities whose names have all of some words; one that is nothing but these goes alone."""
    if not words:
        return []
    named = [one for one in localities if words <= _words(one.name)]
    whole = [one for one in named if words == _words(one.name)]
    return whole or named


def _state_of(text: str) -> tuple[str, str]:
    """Return the state that a text names, empty for none, and the text without it."""
    for abbreviation in re.findall(r"\b[A-Z]{2}\b", text):
        if abbreviation in _ABBREVIATIONS:
            return abbreviation, re.sub(rf"\b{abbreviation}\b", " ", text, count=1).strip(" ,.")
    lowered = text.lower()
    for name in sorted(_STATES, key=len, reverse=True):
        if match := re.search(rf"\b{name}\b", lowered):
            return _STATES[name], f"{text[: match.start()]} {text[match.end() :]}".strip(" ,.")
    if lowered.strip().upper() in _ABBREVIATIONS:
        return lowered.strip().upper(), ""
    return "", text


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if word not in _SMALL}
