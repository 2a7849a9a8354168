"""What a turn adds to a phrase that was searched for: the phrase is searched for again, with what is new in it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from services.assistant.question import Code, Question, Side, Topic
from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.details import details
from services.assistant.understanding.encounters import as_the_books, tells_encounter
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import says_nothing

# What begins another phrase, and what a turn of the same one may be taken for.
_ANOTHER = Cues(
    "what about, how about, and for, for, and what about, and how about, code for, and code for, codes for, and the "
    "code for, what is the code for, whats the code for, which code for, what code for, which code is, what code is, "
    "and what is the code for, also, and also, same for, then, next, now for, or, need, need code for"
)
_MORE = Cues("with, and with, without, due to, and it, it is, its, initial, subsequent, type, acute")
_OPEN = (None, Topic.FIND, Topic.LATERALITY, Topic.SEVENTH_CHARACTER, Topic.HIERARCHY)
# "Acute cystitis with hematuria", "and without?".
_DENIES = Cues("without, and without, or without, what about without, how about without, without it, without that")
_WITH = re.compile(r"\b(?:with|w)\b", re.IGNORECASE)
# Of these there is one: said again, the new one stands in the place of the one before.
_SIDE = re.compile(r"\b(?:left|right|bilateral(?:ly)?|both(?: \w+)?|lt|rt)\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:shoulder|elbow|wrist|hand|hip|knee|ankle|foot|feet|leg|arm|eye|ear|breast|kidney|lung|femur|tibia|thigh|thumb|"
    r"finger|toe|heel|side)s?\b"
)
_OTHER = re.compile(
    rf"(?:(?:and|for|on|what|how|about|now|ok|so) )*(?:the )?(?:other|opposite)(?: (?:one|{_PART.pattern}))?"
)
_BOTH = Cues("both, and both, for both, its both, both actually, both of them, what about both")
_ENCOUNTER = re.compile(
    r"\b(?:initial|subsequent) encounter\b(?: for (?:closed|open) fracture)?|\b(?:routine|delayed) healing\b|"
    r"\b(?:initial|subsequent|sequela|nonunion|malunion)\b",
    re.IGNORECASE,
)
_GRADE = re.compile(r"\b(?P<kind>stage|grade|type|class|trimester|degree)\b", re.IGNORECASE)
_KIND = re.compile(r"(?:and |for |the )*(?:stage|grade|type|class) [\w-]+", re.IGNORECASE)
_GRADED = r"\b(?:{kind} [\w-]+|(?:1st|2nd|3rd|first|second|third|\d) {kind})\b"


def refined(message: Message, topic: Topic | None, earlier: Question, answered: Sequence[Code]) -> Question | None:
    """Return the search before with what a message adds to it; None when the message asks something else."""
    if topic not in _OPEN and not tells_encounter(message.words):
        return None
    if topic not in (None, Topic.FIND) and (message.text.rstrip().endswith("?") or begins_question(message.words)):
        return None
    return found_again(message, earlier, answered)


def found_again(message: Message, earlier: Question, answered: Sequence[Code]) -> Question | None:
    """Return a search with what a message names: together with what was told before, unless it begins anew."""
    own = details(message, Topic.FIND)
    phrase = as_the_books(own.phrase) if tells_encounter(message.words) else own.phrase
    side = message.side or _other_side(message, earlier)
    if side and (side is not message.side or says_nothing(_PART.sub(" ", message.words))):
        phrase = side.value
    if _DENIES.are_all(message.words) and _WITH.search(earlier.phrase):
        return replace(earlier, text=message.text, phrase=_WITH.sub("without", earlier.phrase))
    if not phrase:
        return None
    alone = tells_encounter(message.words) or phrase in [side.value for side in Side] or _KIND.fullmatch(phrase)
    if _ANOTHER.at_start(message.words) and not _MORE.at_start(message.words) and not alone:
        return replace(own, systems=own.systems or earlier.systems)
    return replace(
        own,
        phrase=phrase.replace(",", " "),
        told=_without_what_is_said_again(f"{earlier.told} {earlier.phrase}".strip(), phrase, side),
        codes=tuple(answered[:1]),
        side=side or earlier.side,
        dates=own.dates or earlier.dates,
        systems=own.systems or earlier.systems,
    )


def _other_side(message: Message, earlier: Question) -> Side | None:
    """Return the side that "the other knee" or "both" means."""
    if earlier.side and _BOTH.are_all(message.words):
        return Side.BILATERAL
    if earlier.side is None or not _OTHER.fullmatch(message.words):
        return None
    return earlier.side.opposite


def _without_what_is_said_again(told: str, phrase: str, side: Side | None) -> str:
    """Return what was told, without the side, the encounter and the stage or type that a phrase says anew."""
    if side:
        told = _SIDE.sub(" ", told)
    if _ENCOUNTER.search(phrase):
        told = _ENCOUNTER.sub(" ", as_the_books(told))
    for kind in {match["kind"].lower() for match in _GRADE.finditer(phrase)}:
        told = re.sub(_GRADED.format(kind=kind), " ", told, flags=re.IGNORECASE)
    return " ".join(told.split()).strip(" ,;")
