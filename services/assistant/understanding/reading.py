"""A message is read: taken apart into questions, each with what it is about and what it names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from services.assistant.question import Aspect, Code, Question, Topic, Turn
from services.assistant.understanding.asking import without_opinions
from services.assistant.understanding.before import Before
from services.assistant.understanding.changes import with_dates_of_its_kind
from services.assistant.understanding.codes import is_diagnosis
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.details import aspects_named, details, names_aspects_alone
from services.assistant.understanding.follow_ups import taken_over
from services.assistant.understanding.instructions import without_instructions
from services.assistant.understanding.message import Message, parse, replace_codes
from services.assistant.understanding.missing import (
    is_defined,
    needs_no_service,
    points_at_nothing,
    says_nothing,
    telling,
    what_is_missing,
)
from services.assistant.understanding.pointing import (
    COMPARED,
    continues,
    how_many,
    means_one,
    means_several,
    points_back,
)
from services.assistant.understanding.scope import Refused, refused, refused_as_a_whole
from services.assistant.understanding.sections import section_after
from services.assistant.understanding.splitting import split
from services.assistant.understanding.topics import Placing, place
from services.assistant.understanding.vocabulary import words_of_medicine

_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")
# What is put in between the words of a question: ", I should like to know,".
_ASIDE = re.compile(
    r",\s*(?:(?:i|we)(?:\s+(?:should|would)|'d)\s+(?:like|love|be\s+(?:glad|happy))\s+to\s+(?:know|learn|hear|ask)"
    r"|(?:may|might|can|could)\s+(?:i|we)\s+ask|if\s+(?:i|we)\s+may(?:\s+ask)?|if\s+you\s+please|pray(?:\s+tell)?"
    r"|please|(?:i|we)\s+wonder|(?:i|we)(?:\s+am|\s+are|'m|'re)\s+(?:wondering|asking|curious))\s*,(?=\s)",
    re.IGNORECASE,
)
# "can 20553 n 20552 go together".
_AND = re.compile(r"(?<!\S)n(?= )")
# "G47.33 = ? | POS 24 = ?".
_BARS = re.compile(r"\?\s*\|\s*")
_SIGNS = re.compile(r"([^\w\s])\1{3,}")
# So much less than for another topic a message of coding speaks for none of it, whatever words of care it has.
_FAR = 1.0
# So little more it must not count where words of medicine are said.
_NEAR = 0.15
_ONE_CLAIM = Cues("one claim, same claim, a claim, each other, one another")
# What an answer to a question back says beside codes.
_FEW_WORDS = 2
# Turns that a question may go back to.
_TURNS = 12
# Of these a question may be asked in words: what is loaded is searched for them.
_IN_WORDS = (
    Topic.FIND,
    Topic.GUIDELINE,
    Topic.RELEASES,
    Topic.PLACE_OF_SERVICE,
    Topic.COVERAGE,
    Topic.HCC,
    Topic.CROSSWALK,
)
# Of these it is asked of codes that are named.
_OF_CODES = (
    *(Topic.CODE, Topic.BILLABLE, Topic.VALIDITY, Topic.HIERARCHY, Topic.NOTES, Topic.DIAGNOSES_TOGETHER),
    *(Topic.SEVENTH_CHARACTER, Topic.LATERALITY, Topic.COMPARE, Topic.PAIR, Topic.MUE, Topic.ADD_ON, Topic.CLAIM),
)
_TWO = (Topic.COMPARE, Topic.DIAGNOSES_TOGETHER)
# Where a date is said once for all questions of a message: at its beginning, or so in words.
_AT_START = Cues("<date>, on <date>, for <date>, in <date>, as of <date>")
_FOR_ALL = Cues(
    "dos <date>, dos is <date>, dos was <date>, date of service <date>, all <date>, all on <date>, all for <date>, "
    "both <date>, both on <date>, both for <date>"
)
_SAME_DATE = Cues("same date, same day, same dos, that date, that day")


def read(text: str, earlier: Sequence[Turn], about: Code | None, today: date) -> list[Question]:
    """Return the questions of a message, at least one, each with what it takes over from what was said before.

    `earlier` is what was said before, oldest first; `about` the code of the page that it is asked from; `today` what
    "yesterday" counts from. Nothing in the text is an instruction.
    """
    before = Before(about=about)
    for turn in earlier[-_TURNS:]:
        before = _after(turn, before, today)
    return list(_read(text, before, today))


def _after(turn: Turn, before: Before, today: date) -> Before:
    """Return what was said before, with one turn more; thanks and the like change nothing."""
    questions = list(_read(turn.question, before, today))
    if questions[-1].topic is Topic.OUT_OF_SCOPE:
        return before
    for question in questions:
        before = before.then(question, turn.codes)
    return before


def _read(text: str, before: Before, today: date) -> Iterator[Question]:
    asked = without_instructions(_tidy(text))
    if not asked.strip() and text.strip():
        yield Question(text.strip(), Topic.OUT_OF_SCOPE, phrase=Refused.INSTRUCTIONS)
        return
    whole = parse(asked, today)
    reason = refused_as_a_whole(_as_asked(whole))
    if reason and _stands(reason, place(whole)):
        yield Question(text.strip(), Topic.OUT_OF_SCOPE, phrase=reason)
        return
    about_modifiers = before.of_modifiers or bool(whole.services)
    messages = [parse(piece, today, about_modifiers=about_modifiers) for piece in split(asked)]
    if not messages:
        yield _unplaced(parse(text.strip(), today), None)
        return
    messages = list(_lent(messages))
    if len(messages) == 1 and before.question and (path := section_after(messages[0].text, before.question.section)):
        messages = [parse(f"section {path}", today)]
    if len(messages) == 1 and (asked_back := _answering(messages[0], before)):
        messages = [parse(asked_back, today, about_modifiers=about_modifiers)]
    last: Question | None = None
    for message in messages:
        question = _placed(message, before)
        if last and _is_same(last, question):
            last = _merged(last, question)
        else:
            if last:
                yield last
            last = question
        if question.topic is not Topic.OUT_OF_SCOPE:
            before = before.then(last, () if last.codes else before.answered)
    if last:
        yield last


def _tidy(text: str) -> str:
    """Return a text without asides, and without runs of spaces and of signs, so that no pattern is slow on them."""
    text = _SIGNS.sub(r"\1\1\1", _BREAKS.sub("\n", _SPACES.sub(" ", text))).strip()
    return _AND.sub("and", _ASIDE.sub("", _BARS.sub("?\n", text)))


def _lent(messages: Sequence[Message]) -> Iterator[Message]:
    """Lend the questions of a message what is said once for several: codes, and the date of service."""
    first = next((message.codes for message in messages if message.codes), ())
    earlier: list[tuple[Code, ...]] = []
    for message in _dated(messages):
        if message.codes:
            earlier.append(message.codes)
        # What comes after codes follows up the last; only of all that were named one by one it does not.
        each = [codes[0] for codes in earlier if len(codes) == 1]
        of_each = len(each) > 1 and points_back(message.words) and not means_one(message.words)
        codes = each if of_each else () if earlier else first
        lent = codes and not message.codes and _lacks_codes(message) and place(replace_codes(message, codes)).topic
        yield replace_codes(message, codes) if lent else message


def _dated(messages: Sequence[Message]) -> Iterator[Message]:
    """Lend each question without a date the one of the nearest before it, else after it, of its kind."""
    for_all = next((message.dates for message in messages if _FOR_ALL(message.words)), None)
    if _AT_START.at_start(messages[0].words):
        for_all = messages[0].dates
    codes: tuple[Code, ...] = ()
    for number, message in enumerate(messages):
        codes = message.codes or codes
        if message.dates:
            yield message
            continue
        others = [*messages[:number][::-1], *messages[number + 1 :]]
        lent = next((one.dates for one in others if one.dates and _is_dated_by(message, codes, one)), for_all)
        yield replace(message, dates=lent)


def _is_dated_by(message: Message, codes: Sequence[Code], other: Message) -> bool:
    """Whether a question of codes, its own or those before it, is of the date of another one.

    It is not where one is of services and the other of diagnoses; of rules, or of a code that is looked for, is no
    question of services either.
    """
    if _SAME_DATE(message.words) or not other.codes:
        return True
    if not message.codes and place(message).topic in (Topic.FIND, Topic.GUIDELINE):
        return bool(other.diagnoses)
    asked = replace_codes(message, codes)
    same_kind = (asked.diagnoses and other.diagnoses) or (asked.services and other.services)
    return bool(same_kind or not codes)


def _lacks_codes(message: Message) -> bool:
    """Whether a question names nothing that it could be about: "hcc and ccsr of E11.9"."""
    named = message.codes or message.modified or message.place or message.section
    return not named and says_nothing(message.words) and not is_defined(message.words)


def _answering(message: Message, before: Before) -> str:
    """Return the earlier question with what it lacked, where a message answers what was asked back; else nothing."""
    earlier = before.question
    lacked = earlier and earlier.topic is Topic.UNSPECIFIED and not earlier.codes
    if not earlier or not lacked or not message.codes or telling(message.words) > _FEW_WORDS:
        return ""
    return f"{earlier.text} {message.text}"


def _placed(message: Message, before: Before) -> Question:
    placing = place(message, before.topic)
    topic = _topic(message, placing, before)
    reason = refused(_as_asked(message))
    reason = reason if reason and _stands(reason, placing) else None
    if reason or topic is Topic.OUT_OF_SCOPE:
        return Question(message.text, Topic.OUT_OF_SCOPE, phrase=reason or Refused.OTHER)
    if question := taken_over(message, topic, before):
        return question
    if _points_at_nothing(message, topic, before):
        return _unplaced(message, topic if topic is Topic.FIND else None)
    if topic in _OF_CODES and not message.codes and telling(message.words):
        if before.nothing and points_back(message.words) and not words_of_medicine(message.words):
            return _unplaced(message, topic)
        topic = _in_words(message, placing)
    if topic is None:
        return _by_default(message)
    if topic is Topic.MODIFIER and before.nothing and _lacks_services(message):
        return _unplaced(message, Topic.PAIR)
    if _lacks_something(message, topic):
        return _unplaced(message, None if topic is Topic.GUIDELINE else topic)
    return with_dates_of_its_kind(details(message, topic), before)


def _topic(message: Message, placing: Placing, before: Before) -> Topic | None:
    """Return what a message is about by how it is placed, by what it can be about, and by what was said before."""
    others = placing.without(Topic.OUT_OF_SCOPE)
    if words_of_medicine(message.words) and others.best > placing.best - _NEAR:
        placing = others
    topic = placing.topic
    if topic is Topic.FIND and before.question and not words_of_medicine(message.words):
        # What is looked for is a condition or a service: these words go on with what was asked.
        topic = None
    topic = _topic_of_several(message, before) or topic
    of_fees = topic is Topic.ADD_ON and Aspect.ENDOSCOPIC_BASE in aspects_named(Topic.FEE, message.words)
    if of_fees or _asks_more_of_fees(message, topic, before):
        return Topic.FEE
    short = says_nothing(message.words) and not is_defined(message.words)
    if topic in (None, Topic.FIND) and (short or points_back(message.words)):
        return _topic_with_codes(message, before) or topic
    return topic


def _asks_more_of_fees(message: Message, topic: Topic | None, before: Before) -> bool:
    """Whether a message after a question of fees names nothing but what else of the fee schedule is asked."""
    if before.topic is not Topic.FEE or not names_aspects_alone(message.words, Topic.FEE):
        return False
    return topic is Topic.OUT_OF_SCOPE or (
        topic in (None, Topic.GUIDELINE, Topic.FIND) and not is_defined(message.words)
    )


def _stands(reason: Refused, placing: Placing) -> bool:
    """Whether a reason not to answer holds: words of care or law in what is plainly of coding are none."""
    of_coding = placing.distance(Topic.OUT_OF_SCOPE) > _FAR
    return not of_coding or reason not in (Refused.MEDICAL_ADVICE, Refused.LEGAL_ADVICE)


def _lacks_services(message: Message) -> bool:
    """Whether a modifier is named for services that are not: "and with 59?"."""
    return bool(message.modifiers) and not message.codes and continues(message.words)


def _as_asked(message: Message) -> Message:
    """Return a message of codes without the question whether somebody is right about them, which names no side."""
    return replace(message, words=without_opinions(message.words)) if message.codes else message


def _points_at_nothing(message: Message, topic: Topic | None, before: Before) -> bool:
    named = message.codes or message.section or message.place or message.locality
    open_topic = topic in (None, Topic.FIND, Topic.GUIDELINE)
    of_nothing = points_back(message.words) and topic is Topic.FIND and not words_of_medicine(message.words)
    return open_topic and before.nothing and not named and (of_nothing or points_at_nothing(message.words))


def _topic_with_codes(message: Message, before: Before) -> Topic | None:
    """Return what a message without codes asks of those that were spoken of."""
    if message.codes or not before.codes:
        return None
    codes = before.it if len(before.codes) > 1 and means_one(message.words) else before.codes
    return place(replace_codes(message, codes), before.topic).topic


def _topic_of_several(message: Message, before: Before) -> Topic | None:
    """Return what a message without codes asks of several that were named one after the other."""
    if message.codes or not means_several(message.words):
        return None
    if before.topic is Topic.FEE and COMPARED(message.words):
        return Topic.FEE
    if len(before.codes) > 1:
        return None
    codes = before.several(how_many(message.words))
    if len(codes) < 2:
        return None
    if _ONE_CLAIM(message.words):
        return Topic.DIAGNOSES_TOGETHER if is_diagnosis(codes[0]) else Topic.PAIR
    return place(replace_codes(message, codes), before.topic).topic


def _by_default(message: Message) -> Question:
    """A question whose words do not say what it is about: codes are explained, other words looked for."""
    if message.codes:
        return details(message, Topic.CODE)
    points = points_back(message.words) and not words_of_medicine(message.words)
    if points or says_nothing(message.words):
        return _unplaced(message, None)
    question = details(message, Topic.FIND)
    return question if any(map(str.isalpha, question.phrase)) else _unplaced(message, None)


def _in_words(message: Message, placing: Placing) -> Topic:
    """Return what is asked in words alone of a topic that is asked of codes: what its terms mean, or what is meant."""
    if Aspect.ADJUDICATION_INDICATOR in aspects_named(Topic.MUE, message.words):
        return Topic.MUE
    return Topic.GUIDELINE if is_defined(message.words) else placing.among(_IN_WORDS)


def _lacks_something(message: Message, topic: Topic) -> bool:
    if topic in _OF_CODES and not message.codes:
        return not telling(message.words)
    if topic is Topic.HISTORY and not message.codes:
        return points_back(message.words)
    if topic in _TWO:
        return len(message.codes) < 2
    if topic is Topic.FEE:
        return not message.codes and not needs_no_service(message.words)
    if message.codes or topic is Topic.MODIFIER or topic is Topic.RELEASES:
        return topic is Topic.MODIFIER and not message.codes and not message.modifiers and says_nothing(message.words)
    if topic in _IN_WORDS:
        named = message.section or message.place or details(message, topic).phrase
        told = message.section or message.place or (topic is Topic.GUIDELINE and is_defined(message.words))
        return not named or (says_nothing(message.words) and not told)
    return False


def _unplaced(message: Message, topic: Topic | None) -> Question:
    question = details(message, Topic.UNSPECIFIED)
    return replace(question, missing=what_is_missing(message.words, topic))


def _is_same(one: Question, other: Question) -> bool:
    return (
        one.topic == other.topic
        and one.topic not in (Topic.FIND, Topic.GUIDELINE, Topic.MODIFIER, Topic.CODE)
        and one.place == other.place
        and [code.text for code in one.codes] == [code.text for code in other.codes]
        and one.all_modifiers == other.all_modifiers
        and one.dates == other.dates
        and (None in (one.setting, other.setting) or one.setting == other.setting)
    )


def _merged(one: Question, other: Question) -> Question:
    return replace(
        one,
        text=f"{one.text} {other.text}",
        aspects=one.aspects | other.aspects,
        units=one.units if other.units is None else other.units,
        binary=one.binary or other.binary,
    )
