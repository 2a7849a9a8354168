"""Which of the codes that a search finds fit what words say: nothing denied, no other part of the body, no other number.

A search goes by the words that a name shares with a question; what a name says against the question is seen here.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import Side

_WORD = re.compile(r"[a-z0-9]+")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
_BEGINNING = 4
_SMALL = frozenset(
    {"of", "the", "a", "an", "in", "on", "with", "w", "to", "and", "or", "for", "due", "by", "at", "from", "is", "also"}
)
_ENCOUNTERS = re.compile(r"\b(?:initial|subsequent) (?:encounter|visit)\b|\binitial$", re.IGNORECASE)

# What a title says is not there, and as what it is not told.
_NOT_THERE = re.compile(r"\b(?:without|not|no|absence of)\s(?P<what>.*?)(?=,|\bwith\b|\bwithout\b|$)", re.IGNORECASE)
_WITHIN = re.compile(r"\s(?:of|in|on)\s.*")
# Words of a denial that name no condition.
_OF_A_DENIAL = frozenset({"evid", "sign", "symp", "invo", "feat", "acut", "any", "new", "othe", "curr", "acti", "prob"})

# Parts of limbs, each with the parts within which the books place it, the nearest first.
_PLACED_IN = {
    "toe": ("foot",),
    "hallux": ("toe", "foot"),
    "metatarsal": ("foot",),
    "heel": ("foot",),
    "foot": ("ankle",),
    "ankle": ("foot", "leg"),
    "knee": ("leg",),
    "leg": ("thigh", "knee", "ankle"),
    "hip": ("thigh", "pelvic"),
    "thigh": ("hip", "leg"),
    "thumb": ("finger", "hand"),
    "finger": ("hand",),
    "metacarpal": ("hand",),
    "hand": (),
    "wrist": ("forearm",),
    "forearm": ("arm",),
    "elbow": ("arm",),
    "arm": ("forearm", "elbow"),
    "shoulder": ("arm",),
}
_PLURALS = {"feet": "foot", "fingers": "finger", "toes": "toe", "thumbs": "thumb", "hips": "hip", "knees": "knee"}
_PLURALS |= {"hands": "hand", "arms": "arm", "legs": "leg", "wrists": "wrist", "ankles": "ankle", "heels": "heel"}
_PART = re.compile(r"\b(?:(?:big|great|lesser|index|middle|ring|little|pinky|[1-5](?:st|nd|rd|th)) )?(\w+)\b")

_SIDE = re.compile(r"\b(?:right|left|bilateral)\b")
_NO_SIDE = re.compile(
    r"\bunspecified (?:\w+ )?(?:eye|ear|side|limb|extremity|breast|kidney|lung|ovary|testis|orbit|cornea|"
    rf"{'|'.join(_PLACED_IN)})\b"
)
_STAGE = re.compile(
    r"\b(?:stages?|ckd) (?P<first>[1-5])(?P<letter>[ab])?\b(?: (?:through|to|-) stage (?P<last>[1-5]))?"
)
_SPAN = re.compile(r"(?<![\w.-])(?P<first>\d+(?:\.\d+)?) ?(?:-|to) ?(?P<last>\d+(?:\.\d+)?)(?!\w)")
_BELOW = re.compile(r"\bless than (?P<below>\d+)|\b(?P<most>\d+(?:\.\d+)?) or less")
_ABOVE = re.compile(r"\b(?P<least>\d+(?:\.\d+)?) (?:or (?:greater|more)|and over)")
_NUMBER = re.compile(
    r"(?<![\w.-])(?<!type )(?<!stage )(?<!class )(?<!grade )(?<!ckd )(?P<number>\d{1,3}(?:\.\d+)?)(?![\w-])"
)
# The least and the most of a number that is open to one end.
_ENDLESS = 1e9

_SCREENING = re.compile(r"\bscreening\b", re.IGNORECASE)
_FOUND = re.compile(r"\b(?:positive|confirmed|abnormal|elevated)\b", re.IGNORECASE)
_EXTERNAL = tuple("VWXY")
_INJURIES = tuple("ST")


class Candidate(NamedTuple):
    """A hit with the search that found it, and the share of what was said that it says."""

    hit: lookup.Hit
    found: lookup.SearchResponse
    share: float
    faults: int
    denials: int


def candidates(
    found: lookup.SearchResponse, there: str, denied: Sequence[str] = (), side: Side | None = None
) -> list[Candidate]:
    """Return the hits of a search by what speaks against them, otherwise in their order."""
    hits = [hit for hit in found.hits if not hit.entry.number_only]
    injured = any(hit.entry.code.startswith(_INJURIES) for hit in hits)
    return by_faults(
        Candidate(
            hit,
            found,
            share(hit, found, there),
            _faults(hit, found, there, denied, side) + (injured and _is_external(hit.entry)),
            _denials(hit, found, denied),
        )
        for hit in hits
    )


def by_faults(found: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates by their faults; of those that fit, first what says as much and says what is not there too."""
    ordered = sorted(found, key=lambda one: one.faults)
    if not ordered:
        return []
    least = [one for one in ordered if one.faults == ordered[0].faults and one.share >= ordered[0].share]
    best = max(least, key=lambda one: one.denials)
    return [best, *(one for one in ordered if one is not best)]


def wider(text: str) -> str:
    """Return words with the part of a limb that they name replaced by the one it is placed in; empty for none."""

    def placed(match: re.Match[str]) -> str:
        part = _PLURALS.get(match[1].lower(), match[1].lower())
        return _PLACED_IN[part][0] if _PLACED_IN.get(part) else match[0]

    changed = _PART.sub(placed, text)
    return "" if changed == text else changed


def share(hit: lookup.Hit, found: lookup.SearchResponse, phrase: str) -> float:
    """Return the share of the words of a phrase that a hit says, as written, as read or as corrected, the best."""
    readings = [reading for reading in found.readings if reading.written in phrase]
    ways = [phrase, *([found.corrected_query] if found.corrected_query else [])]
    ways += [phrase.replace(one.written, meaning) for one in readings for meaning in one.meanings]
    text = f"{hit.entry.title} {hit.matched_term}"
    said = beginnings(text) | beginnings(_HYPHEN.sub("", text.lower()))
    for part in _parts(phrase):
        if said & {word[:_BEGINNING] for word in _PLACED_IN[part]}:
            said.add(part[:_BEGINNING])
    return max((len(asked & said) / len(asked) for way in ways if (asked := beginnings(way))), default=0.0)


def beginnings(text: str) -> set[str]:
    """Return the words of a text by their first letters, without those that tell nothing."""
    words = _WORD.findall(_ENCOUNTERS.sub("", text.lower()))
    return {word[:_BEGINNING] for word in words if word not in _SMALL}


def _faults(hit: lookup.Hit, found: lookup.SearchResponse, there: str, denied: Sequence[str], side: Side | None) -> int:
    title = hit.entry.title.lower()
    text = there.lower()
    return sum(
        (
            2 * sum(_affirms(title, words) for words in _denied(found, there, denied)),
            _says_it_is_not_there(title, text) or _says_it_is_not_there(hit.matched_term.lower(), text),
            _is_of_another_part(title, text),
            _is_of_another_stage(title, text) or _is_of_another_number(title, text),
            bool(_SCREENING.search(title) and not _SCREENING.search(text) and _FOUND.search(text)),
            side is not None and _is_of_another_side(title, side),
        )
    )


def _is_external(entry: lookup.Entry) -> bool:
    return entry.system == lookup.CODE_SYSTEM_ICD10CM and entry.code.startswith(_EXTERNAL)


def _denied(found: lookup.SearchResponse, there: str, denied: Sequence[str]) -> list[set[str]]:
    """Return the words of each thing that is denied, as they are read; without those said of what is there."""
    said = beginnings(there) | _OF_A_DENIAL
    read = []
    for words in denied:
        for one in found.readings:
            if one.written.lower() == words.lower() and one.meanings:
                words = one.meanings[0]
        read.append(beginnings(words) - said)
    return read


def _denials(hit: lookup.Hit, found: lookup.SearchResponse, denied: Sequence[str]) -> int:
    """Return how many of the things that are denied a title says are not there."""
    absent = beginnings(_absent(hit.entry.title.lower()))
    return sum(bool(words & absent) for words in _denied(found, "", denied))


def _affirms(title: str, words: set[str]) -> bool:
    return bool(words & beginnings(_NOT_THERE.sub("", title)))


def _absent(title: str) -> str:
    return " ".join(match["what"] for match in _NOT_THERE.finditer(title))


def _says_it_is_not_there(name: str, text: str) -> bool:
    """Whether a name says that something is not there which the words say is there."""
    absent = {
        word for match in _NOT_THERE.finditer(name) for word in beginnings(_WITHIN.sub("", match["what"]))
    } - beginnings(_NOT_THERE.sub("", name))
    return bool(absent & beginnings(_NOT_THERE.sub("", text)) - _OF_A_DENIAL)


def _parts(text: str) -> set[str]:
    words = (_PLURALS.get(word, word) for word in _WORD.findall(text.lower()))
    return {word for word in words if word in _PLACED_IN}


def _is_of_another_part(title: str, text: str) -> bool:
    """Whether a title names parts of limbs, and none of those that the words name or in which they are placed."""
    asked, named = _parts(text), _parts(title) | ({"pelvic"} if "pelvic" in title else set())
    allowed = asked.union(*(_PLACED_IN[part] for part in asked))
    return bool(asked and named and not named & allowed)


def _is_of_another_side(title: str, side: Side) -> bool:
    """Whether a title is of another side, or leaves it open."""
    named = {match[0] for match in _SIDE.finditer(title)}
    return bool(named or _NO_SIDE.search(title)) and side.value not in named


def _is_of_another_stage(title: str, text: str) -> bool:
    asked = _STAGE.search(text)
    named = list(_STAGE.finditer(title))
    return bool(asked and named) and not any(
        one["first"] <= asked["first"] <= (one["last"] or one["first"])
        and (not one["letter"] or not asked["letter"] or one["letter"] == asked["letter"])
        for one in named
    )


def _is_of_another_number(title: str, text: str) -> bool:
    """Whether a title is of a span of numbers, and none that the words name lies in it."""
    spans = [(float(match["first"]), float(match["last"])) for match in _SPAN.finditer(title)]
    spans += [
        (-_ENDLESS, float(match["most"]) if match["most"] else float(match["below"]) - 0.001)
        for match in _BELOW.finditer(title)
    ]
    spans += [(float(match["least"]), _ENDLESS) for match in _ABOVE.finditer(title)]
    numbers = [float(match["number"]) for match in _NUMBER.finditer(text)]
    return bool(spans and numbers) and not any(first <= int(one) <= last for first, last in spans for one in numbers)
