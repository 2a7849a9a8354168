"""What a name of a code says against what is told: something denied, another part of the body, another number.

A search goes by the words that a name shares with a question. What a name says against the question is seen here.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from services.assistant.composing.wording import WORD, beginnings
from services.assistant.question import Side
from services.assistant.understanding.encounters import as_the_books

# What a title says is not there, and what it is not told to be.
_NOT_THERE = re.compile(
    r"\b(?:without|not|no|(?<!acquired )(?<!congenital )absence of)\s(?P<what>.*?)(?=,|\bwith\b|\bwithout\b|$)",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\s(?:of|in|on)\s.*")
# Words of a denial that name no condition.
_OF_A_DENIAL = beginnings("evidence sign symptom involvement feature acute any new other current active problem damage")

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
    "pelvic": ("hip",),
}
_PLURALS = {f"{part}s": part for part in _PLACED_IN} | {"feet": "foot"}
_PART = re.compile(r"\b(?:(?:big|great|lesser|index|middle|ring|little|pinky|[1-5](?:st|nd|rd|th)) )?(\w+)\b")

_SIDE = re.compile(r"\b(?:right|left|bilateral)\b")
_NO_SIDE = re.compile(
    r"\bunspecified (?:\w+ )?(?:eye|ear|side|limb|extremity|breast|kidney|lung|ovary|testis|orbit|cornea|"
    rf"{'|'.join(_PLACED_IN)})\b"
)
_UNSPECIFIED = re.compile(r"\bunspecified\b")
_STAGE = re.compile(
    r"\b(?:(?:stages?|type) |ckd (?:stage )?)(?P<first>[1-5])(?P<letter>[ab])?\b"
    r"(?: (?:through|to|-) stage (?P<last>[1-5]))?"
)
_SPAN = re.compile(r"(?<![\w.-])(?P<first>\d+(?:\.\d+)?) ?(?:-|to) ?(?P<last>\d+(?:\.\d+)?)(?!\w)")
_BELOW = re.compile(r"\bless than (?P<below>\d+)|\b(?P<most>\d+(?:\.\d+)?) or less")
_ABOVE = re.compile(r"\b(?P<least>\d+(?:\.\d+)?) (?:or (?:greater|more)|and over)")
_NUMBER = re.compile(
    r"(?<![\w.-])(?<!type )(?<!stage )(?<!class )(?<!grade )(?<!ckd )(?P<number>\d{1,3}(?:\.\d+)?)(?![\w-])"
)
_ENDLESS = 1e9

# Codes of pregnancy are of those that are pregnant or were, and those of the newborn of newborns.
_OF_PREGNANCY = re.compile(r"\bin pregnancy\b|\b(?:childbirth|obstetric|abortion|termination of pregnancy)\b")
_PREGNANT = re.compile(
    r"\b(?:\w*pregnan|gestation|gravid|labou?r|deliver|trimester|weeks|miscarr|abort|terminat|\w*eclampsia|ectopic|"
    r"births?|c-?section|cesarean|matern|mom|mother|obstet|ob\b|perine|placent|post-?partum|g\d)"
)
_OF_NEWBORNS = re.compile(r"\b(?:newborn|neonatal)\b")
_NEWBORN = re.compile(r"\b(?:newborn|neonat|baby|infant|birth|pre-?term|premature|nicu|congenital|days? old|liveborn)")
_OPEN = re.compile(r"\b(?:open|compound|type i+)\b")
_HEALS_BADLY = re.compile(r"\b(?:delayed|nonunion|malunion)\b")
# Of an encounter that is not told it is presumed that it is the first.
_LATER = re.compile(r"\b(?:subsequent (?:encounter|visit)|sequela)\b")
_SCREENING = re.compile(r"\bscreening\b", re.IGNORECASE)
_FOUND = re.compile(r"\b(?:positive|confirmed|abnormal|elevated)\b", re.IGNORECASE)


class Told(NamedTuple):
    """What is told: what is there, the words of each thing that is denied, as written and as they are read, the side.

    One word as written names what is denied; as it is read ("LOC": loss of consciousness) all do together.
    """

    there: str
    denied: tuple[frozenset[str], ...] = ()
    meant: tuple[frozenset[str], ...] = ()
    side: Side | None = None


def denied_words(denied: Iterable[str], there: str) -> tuple[frozenset[str], ...]:
    """Return the words of each thing that is denied, without those said of what is there as well."""
    said = beginnings(there) | _OF_A_DENIAL
    return tuple(frozenset(beginnings(words) - said) for words in denied)


def contradictions(title: str, term: str, told: Told, sided: bool) -> int:
    """Return how much a title, and the term that was found, say against what is told; what is denied counts twice.

    `sided`: codes beside it tell the side that is told.
    """
    title, term, text = title.lower(), term.lower(), told.there.lower()
    there = beginnings(_NOT_THERE.sub("", title))
    # "Tubal pregnancy without intrauterine pregnancy" is what denies an intrauterine one.
    denied = [words - _absent(title) for words in told.denied]
    return sum(
        (
            2 * (any(words & there for words in denied) or any(words <= there for words in told.meant if words)),
            _denies_what_is_there(title, text) or _denies_what_is_there(term, text),
            _is_of_another_part(title, text),
            _is_of_another_stage(f"{title} {term}", text) or _is_of_another_number(title, text),
            title.startswith("subsequent ") and "subsequent" not in text,
            title.startswith("underdosing ") and "underdos" not in text,
            _is_of_another_encounter(title, as_the_books(text)),
            bool(_SCREENING.search(title) and not _SCREENING.search(text) and _FOUND.search(text)),
            told.side is not None and _is_of_another_side(title, told.side, sided),
        )
    )


def denials(title: str, told: Told) -> int:
    """Return how many of the things that are denied a title says are not there."""
    return sum(bool(words & _absent(title)) for words in (*told.denied, *told.meant))


def _absent(title: str) -> set[str]:
    return beginnings(" ".join(match["what"] for match in _NOT_THERE.finditer(title.lower())))


def says_side(title: str, side: Side) -> bool:
    """Whether a title says a side."""
    return side.value in _SIDE.findall(title.lower())


def is_of_others(title: str, text: str) -> bool:
    """Whether a title is of pregnancy or of newborns, of which words tell nothing."""
    title, text = title.lower(), text.lower()
    kinds = ((_OF_PREGNANCY, _PREGNANT), (_OF_NEWBORNS, _NEWBORN))
    return any(named.search(title) and not told.search(text) for named, told in kinds)


def leaves_side_open(title: str, side: Side, titles: Collection[str]) -> bool:
    """Whether a title leaves a side open that another one, otherwise the same, tells."""
    title = title.lower()
    opens = _UNSPECIFIED.finditer(title)
    return any(f"{title[: one.start()]}{side.value}{title[one.end() :]}" in titles for one in opens)


def wider(text: str) -> str:
    """Return words with the part of a limb that they name replaced by the one it is placed in; empty for none."""

    def placed(match: re.Match[str]) -> str:
        part = _PLURALS.get(match[1].lower(), match[1].lower())
        return _PLACED_IN[part][0] if _PLACED_IN.get(part) else match[0]

    changed = _PART.sub(placed, text)
    return "" if changed == text else changed


def placed_in(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the parts of limbs that words name, each with those it is placed in."""
    for word in WORD.findall(text.lower()):
        part = _PLURALS.get(word, word)
        if part in _PLACED_IN:
            yield part, _PLACED_IN[part]


def _denies_what_is_there(name: str, text: str) -> bool:
    absent = [beginnings(_WHERE.sub("", match["what"])) for match in _NOT_THERE.finditer(name)]
    denied = set[str]().union(*absent) - beginnings(_NOT_THERE.sub("", name)) - _OF_A_DENIAL
    return bool(denied & beginnings(_NOT_THERE.sub("", text)))


def _is_of_another_part(title: str, text: str) -> bool:
    """Whether a title names parts of limbs, and none of those that the words name or in which they are placed."""
    named = {part for part, _ in placed_in(title)}
    allowed = {place for part, within in placed_in(text) for place in (part, *within)}
    return bool(allowed and named and not named & allowed)


def _is_of_another_side(title: str, side: Side, sided: bool) -> bool:
    """Whether a title is of another side; where codes beside it tell the side, also whether it leaves it open."""
    named = set(_SIDE.findall(title))
    if side.value in named:
        return False
    if named:
        return sided or side is not Side.BILATERAL
    return sided and _NO_SIDE.search(title) is not None


def _is_of_another_encounter(title: str, text: str) -> bool:
    """Whether a title is of a later encounter, of an open fracture or of one that heals badly, which is not told."""
    if _LATER.search(text) and "initial encounter" in title and "initial" not in text:
        return True
    return any(said.search(title) and not said.search(text) for said in (_LATER, _HEALS_BADLY)) or (
        "for open fracture" in title and not _OPEN.search(text)
    )


def _is_of_another_stage(name: str, text: str) -> bool:
    """Whether a name is of another stage or type than the words are."""
    asked = _STAGE.search(text)
    named = [match for match in _STAGE.finditer(name) if asked and (match[0][0] == "t") == (asked[0][0] == "t")]
    return asked is not None and bool(named) and not any(_is_within(asked, match) for match in named)


def _is_within(asked: re.Match[str], named: re.Match[str]) -> bool:
    letters = {letter for letter in (asked["letter"], named["letter"]) if letter}
    return named["first"] <= asked["first"] <= (named["last"] or named["first"]) and len(letters) < 2


def _is_of_another_number(title: str, text: str) -> bool:
    """Whether a title is of a span of numbers, and none that the words name lies in it."""
    if any(span.search(text) for span in (_SPAN, _BELOW, _ABOVE)):
        return False
    spans = [(float(match["first"]), float(match["last"])) for match in _SPAN.finditer(title)]
    spans += [(float(match["least"]), _ENDLESS) for match in _ABOVE.finditer(title)]
    for match in _BELOW.finditer(title):
        spans.append((-_ENDLESS, float(match["most"]) if match["most"] else float(match["below"]) - 1))
    numbers = [int(float(match["number"])) for match in _NUMBER.finditer(text)]
    return bool(spans and numbers) and not any(first <= one <= last for first, last in spans for one in numbers)
