"""What a turn adds to a phrase that was searched for: the phrase is searched for again, with what is new in it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from services.assistant.question import Code, Question, Side, Topic
from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.before import Before
from services.assistant.understanding.codes import is_diagnosis
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.details import details
from services.assistant.understanding.encounters import as_the_books, tells_encounter
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import says_nothing
from services.assistant.understanding.phrases import trimmed
from services.assistant.understanding.pointing import IT, WHICH_ONE
from services.assistant.understanding.vocabulary import words_of_medicine

# What begins another phrase, and what a turn of the same one may be taken for.
_ANOTHER = Cues(
    "what about, how about, and for, for, and what about, and how about, code for, and code for, codes for, and the "
    "code for, what is the code for, whats the code for, which code for, what code for, which code is, what code is, "
    "and what is the code for, also, and also, same for, then, next, now for, or, need, need code for"
)
_MORE = Cues("with, and with, without, due to, and it, it is, its, initial, subsequent, type, acute")
_OPEN = (None, Topic.FIND, Topic.LATERALITY, Topic.SEVENTH_CHARACTER, Topic.HIERARCHY)
# "Actually it says".
_TELLING = re.compile(
    r"^(?:(?:actually|and|but|so|ok|oh|now|also|turns out),? )*(?:he|she|it|they|patient|pt|doc(?:tor)?|provider|path)"
    r"(?:['\u2019]s|['\u2019]re)?\b(?: (?:is|are|was|has|had|says?|said|also|still|turned out|to be)\b)*",
    re.IGNORECASE,
)
# More may be told of the code that was asked about so.
_OF_ONE = (
    *(Topic.CODE, Topic.LATERALITY, Topic.SEVENTH_CHARACTER, Topic.BILLABLE, Topic.VALIDITY, Topic.HIERARCHY),
    *(Topic.HISTORY, Topic.NOTES),
)
_FEW_WORDS = 8
# "Acute cystitis with hematuria", "and without?".
# Who or what more is told of.
_LED = Cues("actually, and, but, so, ok, well, oh, now, wait, also, turns out")
_SUBJECT = Cues(
    "he, hes, she, shes, it, its, they, theyre, theres, patient, patients, the patient, the patients, the pt, doctor, "
    "doc, provider, the doctor, the doc, the provider, the surgeon, the note, the chart, the record, the report, path, "
    "pathology, mri, xray, labs, cultures"
)
_CHANGES = re.compile(r"(?:and |so )*(?:does|would|will|do) (?:that|it|this) (?:change|matter|affect)\b.*")
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


def search_told_more(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """Return the search that a message may tell more of, right after it or after what was asked of its code."""
    if message.codes or before.to_be_found or not before.search:
        return None
    tells = topic is None and tells_more(message) and words_of_medicine(message.words)
    return before.search if before.search is before.question or tells else None


def tells_of_code(message: Message, before: Before) -> bool:
    """Whether a message tells more of the diagnosis that was asked about, or which one below it is meant."""
    asked = any(map(begins_question, message.clauses)) and not WHICH_ONE.at_start(message.words)
    asked = asked or begins_another(message.words)
    few = len(message.words.split()) <= _FEW_WORDS and not asked and not IT(message.words)
    of_one = before.topic in _OF_ONE and len(before.codes) == 1 and is_diagnosis(before.codes[0])
    tells = (few or tells_more(message)) and not _names_side_alone(message)
    return of_one and tells and bool(words_of_medicine(message.words))


def _names_side_alone(message: Message) -> bool:
    return message.side is not None and says_nothing(_PART.sub(" ", message.words))


def refined(message: Message, topic: Topic | None, earlier: Question, answered: Sequence[Code]) -> Question | None:
    """Return the search before with what a message adds to it; None when the message asks something else."""
    if topic not in _OPEN and not tells_encounter(message.words) and not tells_more(message):
        return None
    if topic not in (None, Topic.FIND) and (message.text.rstrip().endswith("?") or begins_question(message.words)):
        return None
    return found_again(message, earlier, answered)


def begins_another(words: str) -> bool:
    """Tell whether words begin to name something else that is looked for: "and code for gout"."""
    return _ANOTHER.at_start(words) and not _MORE.at_start(words)


def tells_more(message: Message) -> bool:
    """Whether a message tells more of a patient, and asks nothing but what that changes: "it's both knees"."""
    told, *rest = message.clauses
    asks = [clause for clause in (told, *rest) if begins_question(clause) and not _CHANGES.fullmatch(clause)]
    subject = _SUBJECT.at_start(_LED.left_out_at_start(told))
    return subject and not asks and (bool(rest) or not message.text.rstrip().endswith("?"))


def found_again(message: Message, earlier: Question, answered: Sequence[Code]) -> Question | None:
    """Return a search with what a message names: together with what was told before, unless it begins anew."""
    own = details(message, Topic.FIND)
    phrase = as_the_books(own.phrase) if tells_encounter(message.words) else trimmed(_TELLING.sub("", own.phrase))
    side = message.side or _other_side(message, earlier)
    if side and (side is not message.side or says_nothing(_PART.sub(" ", message.words))):
        phrase = side.value
    if _DENIES.are_all(message.words) and _WITH.search(earlier.phrase):
        return replace(earlier, text=message.text, phrase=_WITH.sub("without", earlier.phrase))
    if not phrase:
        return None
    alone = tells_encounter(message.words) or phrase in [side.value for side in Side] or _KIND.fullmatch(phrase)
    if begins_another(message.words) and not alone:
        return replace(own, codes=tuple(answered[:1]), systems=own.systems or earlier.systems)
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
