"""A message is read: taken apart into questions, each with what it is about and what it names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import Aspect, Code, Question, Topic, Turn
from services.assistant.understanding.asking import begins_question, without_opinions
from services.assistant.understanding.before import Before
from services.assistant.understanding.changes import with_dates_of_its_kind
from services.assistant.understanding.codes import is_diagnosis
from services.assistant.understanding.corrections import without_corrected
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.dated import on_each_date
from services.assistant.understanding.dates import impossible_date
from services.assistant.understanding.details import aspects_named, details, names_aspects_alone
from services.assistant.understanding.follow_ups import taken_over
from services.assistant.understanding.found import code_found, is_old, with_found
from services.assistant.understanding.instructions import without_instructions
from services.assistant.understanding.lending import setting_for_all, with_lent
from services.assistant.understanding.message import Message, parse, replace_codes
from services.assistant.understanding.missing import (
    asks_books_alone,
    is_defined,
    names_a_kind_of_note,
    needs_no_service,
    points_at_nothing,
    points_at_one,
    puts_on_it,
    says_nothing,
    telling,
    term_defined,
    what_is_missing,
)
from services.assistant.understanding.modifiers_sought import modifiers_sought
from services.assistant.understanding.phrases import DRUG_CODE
from services.assistant.understanding.pointing import (
    COMPARED,
    continues,
    how_many,
    means_one,
    means_several,
    points_back,
    with_ending,
    with_named,
)
from services.assistant.understanding.scope import Refused, not_loaded, refused, refused_as_a_whole
from services.assistant.understanding.sections import section_after
from services.assistant.understanding.splitting import split
from services.assistant.understanding.topics import OF_SERVICES, Placing, place
from services.assistant.understanding.vocabulary import names_medicine, says_something_of_coding, words_of_medicine

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
_NAMES_A_DRUG = 2
# So little more it must not count where words of medicine are said.
_NEAR = 0.15
_RANGE = re.compile(r"-[A-Z]")
_OF_A_RANGE = re.compile(r"\b[A-Z\d]\d{4}\s*(?:-|\u2013|to|thru|through)\s*[A-Z\d]\d{4}\b", re.IGNORECASE)
# A chapter of diagnoses is named without a code.
_CHAPTER = Cues(", ".join(f"chapter {number}" for number in range(1, 23)))
# How many words the name of a condition has, and who is none.
_A_NAME = 5
_SOMEBODY = Cues("i, im, ive, my, me, you, your, help, he, she, his, her")
_CIRCUMSTANCE = Cues("with all, with the new, with these new, with those new, given, since, now that, even with all")
_ENDOSCOPIC = re.compile(r"\bendo|scop")
# "So which of the two does?" asks what was asked of one after the other.
_WHICH_ALONE = re.compile(
    r"(?:(?:and|so|ok|then) )*which(?: ones?)?(?: of (?:the two|them|those|these))?"
    r"(?: (?:does|do|is|are|has|have|was))?"
)
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
# These are of a setting.
_OF_EDITS = (Topic.PAIR, Topic.MUE, Topic.CLAIM)
# What a term of these means, the books of rules tell; of others only one of coding is meant.
_OF_RULES = (*_OF_CODES, None)
_NAMED_IN_WORDS = (Topic.FIND, Topic.MODIFIER, Topic.PLACE_OF_SERVICE)
# What is not answered leaves nothing open.
_CLOSED = (Topic.UNSPECIFIED, Topic.OUT_OF_SCOPE, Topic.RELEASES)
# Which modifiers do that, is answered of all of them.
_ON_EDITS = Cues("bypass*, ncci associated, associated modifiers, override*")
_TWO = (Topic.COMPARE, Topic.DIAGNOSES_TOGETHER)
_CODE_MARKS = re.compile(r"<(?:px|dx|pcs)>")
# Of which systems a code is that is not found yet.
_DIAGNOSES, _SERVICES = (lookup.CODE_SYSTEM_ICD10CM,), (lookup.CODE_SYSTEM_HCPCS, lookup.CODE_SYSTEM_CPT)


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
    read_so = list(_read(turn.question, before, today))
    questions = [with_found(question, [turn.codes] * len(read_so)) for question in read_so]
    if questions[-1].topic is Topic.OUT_OF_SCOPE:
        return before
    for question in questions:
        before = before.then(question, turn.codes)
    return before


def _read(text: str, before: Before, today: date) -> Iterator[Question]:
    asked = with_named(without_corrected(without_instructions(_tidy(text))), before.in_order)
    asked = with_ending(asked, [*filter(is_diagnosis, before.it)])
    if not asked.strip() and text.strip():
        yield Question(text.strip(), Topic.OUT_OF_SCOPE, phrase=Refused.INSTRUCTIONS)
        return
    whole = parse(asked, today)
    reason = refused_as_a_whole(_as_asked(whole))
    if reason and _stands(reason, place(whole)):
        yield Question(text.strip(), Topic.OUT_OF_SCOPE, phrase=reason)
        return
    about_modifiers = before.of_modifiers or bool(whole.services)
    pieces = split(asked, today)
    messages = [parse(piece, today, about_modifiers=about_modifiers) for piece in pieces]
    if not messages:
        yield _unplaced(parse(text.strip(), today), None)
        return
    messages = list(with_lent(messages))
    if len(messages) == 1 and before.question and (path := section_after(messages[0].text, before.question.section)):
        messages = [parse(f"section {path}", today)]
    if len(messages) == 1 and (asked_back := _answering(messages[0], before)):
        messages = [parse(asked_back, today, about_modifiers=about_modifiers)]
    yield from _in_turn(messages, before)


def _in_turn(messages: Sequence[Message], before: Before) -> Iterator[Question]:
    """Yield the questions of messages, each after those before it; those that ask of the same as one."""
    questions: list[Question] = []
    setting = setting_for_all(messages)
    for message in messages:
        for question in on_each_date(_placed(message, _with_what_is_found(before, questions, message)), message):
            if question.topic in _OF_EDITS and question.setting is None:
                question = replace(question, setting=setting)
            if questions and _asks_same(questions[-1], question, message):
                questions[-1] = _merged(questions[-1], question)
            else:
                questions.append(question)
            if question.topic is not Topic.OUT_OF_SCOPE:
                # What names no code leaves those before it: "Z79.4: as principal? hcc?".
                answered = () if questions[-1].codes else before.answered or before.codes
                before = before.then(questions[-1], answered)
    yield from questions


def _with_what_is_found(before: Before, questions: Sequence[Question], message: Message) -> Before:
    """Return what was said before a message together with what is found for the questions of its text, the last first.

    What kind of code that is, the message tells: by the codes that it names beside, or by what it asks.
    """
    last = before.question
    found = [number for number, question in enumerate(questions) if _finds(question)]
    if not found or last is not questions[-1]:
        return before
    kind = (
        message.codes[0].systems if message.codes else _SERVICES if place(message).topic in OF_SERVICES else _DIAGNOSES
    )
    codes = [code_found(number, questions[number].systems or kind) for number in reversed(found)]
    named = () if is_old(last.codes) else last.codes[:1]
    return replace(before, answered=(*named, *codes))


def _finds(question: Question) -> bool:
    """Whether a question is answered with a code that it does not name."""
    return (question.topic is Topic.FIND and not question.codes) or (
        question.topic is Topic.CROSSWALK and is_old(question.codes)
    )


def _tidy(text: str) -> str:
    """Return a text without asides, and without runs of spaces and of signs, so that no pattern is slow on them."""
    text = _SIGNS.sub(r"\1\1\1", _BREAKS.sub("\n", _SPACES.sub(" ", text))).strip()
    return _AND.sub("and", _ASIDE.sub("", _BARS.sub("?\n", text)))


def _answering(message: Message, before: Before) -> str:
    """Return the earlier question with what it lacked, where a message answers what was asked back; else nothing."""
    earlier = before.question
    if earlier and message.dates and not message.codes and (no_date := impossible_date(earlier.text)):
        return earlier.text.replace(no_date, message.dates.written)
    lacked = earlier and earlier.topic is Topic.UNSPECIFIED and not earlier.codes
    if not earlier or not lacked or not message.codes or telling(message.words) > _FEW_WORDS:
        return ""
    return f"{earlier.text} {message.text}"


def _placed(message: Message, before: Before) -> Question:
    """Return the question of a message, with what else it may be meant as where its words leave that open."""
    placing = place(message, before.topic)
    question = _read_as(message, placing, before)
    if question.topic is Topic.GUIDELINE and len(message.services) > 1 and not _OF_A_RANGE.search(message.text):
        # What the edits say of services that are named answers what the manual says of them too.
        return replace(question, otherwise=details(message, Topic.PAIR))
    if not placing.otherwise or question.topic in _CLOSED:
        return question
    other = _read_as(message, placing.otherwise, before)
    return question if other.topic in (*_CLOSED, question.topic) else replace(question, otherwise=other)


def _read_as(message: Message, placing: Placing, before: Before) -> Question:
    topic = _topic(message, placing, before)
    reason = refused(_as_asked(message))
    reason = reason if reason and _stands(reason, placing) else None
    if not reason and (listing := not_loaded(message)):
        return replace(details(message, Topic.RELEASES), missing=listing)
    if reason or topic is Topic.OUT_OF_SCOPE:
        return Question(message.text, Topic.OUT_OF_SCOPE, phrase=reason or Refused.OTHER)
    if message.no_date and topic is not Topic.CROSSWALK:
        no_date = f"\u201c{message.no_date}\u201d is no date of the calendar. Which date of service is meant?"
        return details(message, Topic.UNSPECIFIED).about(Topic.UNSPECIFIED, missing=no_date)
    if question := taken_over(message, topic, before):
        return question
    if _points_at_nothing(message, topic, before):
        return _unplaced(message, topic if topic in (Topic.FIND, Topic.MODIFIER) else None)
    if _asks_meaning(message, topic):
        topic = Topic.GUIDELINE
    if topic is Topic.NOTES and not message.codes and names_a_kind_of_note(message.words):
        topic = Topic.GUIDELINE
    if topic in _OF_CODES and not message.codes and telling(message.words):
        of_one = points_at_one(message.words)
        points = (of_one or points_back(message.words)) and not names_medicine(message.words)
        if before.nothing and (points or (of_one and topic is Topic.MUE)):
            return _unplaced(message, topic)
        topic = _in_words(message, placing)
    if topic in (None, Topic.CODE) and any(_RANGE.search(code.text) for code in message.codes):
        topic = Topic.HIERARCHY
    if topic is None:
        return _by_default(message)
    if topic is Topic.MODIFIER and before.nothing and _lacks_services(message):
        return _unplaced(message, Topic.PAIR)
    if _lacks_something(message, topic):
        return _unplaced(message, None if topic is Topic.GUIDELINE else topic)
    return with_dates_of_its_kind(details(_without_circumstance(message, topic), topic), before)


def _without_circumstance(message: Message, topic: Topic) -> Message:
    """Return a message without codes that are named before its question: "with all the new R10.8A-, is R10.84 ..."."""
    told, *asking = message.clauses
    marks = [len(_CODE_MARKS.findall(clause)) for clause in message.clauses]
    given = topic in (Topic.BILLABLE, Topic.VALIDITY) and _CIRCUMSTANCE.at_start(told)
    if not given or not any(map(begins_question, asking)) or sum(marks) != len(message.codes) or not sum(marks[1:]):
        return message
    return replace_codes(message, message.codes[marks[0] :])


def _topic(message: Message, placing: Placing, before: Before) -> Topic | None:
    """Return what a message is about by how it is placed, by what it can be about, and by what was said before."""
    others = placing.without(Topic.OUT_OF_SCOPE)
    if words_of_medicine(message.words) and (others.best > placing.best - _NEAR or _only_names(message)):
        placing = others
    topic = placing.topic
    if topic is Topic.PAIR and len(message.codes) == 1 and message.codes[0].lines:
        # No edit is between a code and itself: what is limited is how often it is billed.
        return Topic.MUE
    if topic is Topic.FIND and before.question and not words_of_medicine(message.words):
        # What is looked for is a condition or a service: these words go on with what was asked.
        topic = None
    topic = _topic_of_several(message, before) or topic
    of_base = topic is Topic.ADD_ON and Aspect.ENDOSCOPIC_BASE in aspects_named(Topic.FEE, message.words)
    # The base code of an add-on code is its primary code.
    of_fees = of_base and (_ENDOSCOPIC.search(message.words) or (before.topic is Topic.FEE and not message.codes))
    if of_fees or _asks_more_of_fees(message, topic, before):
        return Topic.FEE
    short = says_nothing(message.words) and not is_defined(message.words)
    if topic in (None, Topic.FIND) and short:
        return _topic_with_codes(message, before) or topic
    return topic


def _only_names(message: Message) -> bool:
    """Whether a message is a few words that ask nothing and tell of nobody: "SIRS due to pancreatitis"."""
    asks = message.text.rstrip().endswith("?") or any(map(begins_question, message.clauses))
    return len(message.words.split()) <= _A_NAME and not asks and not _SOMEBODY(message.words)


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
    return not of_coding or reason not in (Refused.MEDICAL_ADVICE, Refused.LEGAL_ADVICE, Refused.OTHER)


def _lacks_services(message: Message) -> bool:
    """Whether a modifier is named for services that are not: "and with 59?", "can I put 59 on it"."""
    of_nothing = continues(message.words) or puts_on_it(message.words)
    return bool(message.modifiers) and not message.codes and of_nothing


def _as_asked(message: Message) -> Message:
    """Return a message of codes without the question whether somebody is right about them, which names no side."""
    return replace(message, words=without_opinions(message.words)) if message.codes else message


def _points_at_nothing(message: Message, topic: Topic | None, before: Before) -> bool:
    named = message.codes or message.section or message.place or message.locality
    if named or not before.nothing:
        return False
    of_medicine = names_medicine(message.words)
    if topic is Topic.MODIFIER and not message.modifiers:
        return (points_at_one(message.words) or puts_on_it(message.words)) and not of_medicine
    if topic not in (None, Topic.FIND, Topic.GUIDELINE):
        return False
    # Names of drugs are not among the words of medicine: "we gave Toradol, which J code is that".
    of_drug = topic is Topic.FIND and DRUG_CODE.search(message.text) and telling(message.words) > _NAMES_A_DRUG
    of_nothing = points_at_one(message.words) or (points_back(message.words) and topic is Topic.FIND)
    of_nothing = of_nothing and not of_drug
    return (of_nothing and not of_medicine) or points_at_nothing(message.words)


def _topic_with_codes(message: Message, before: Before) -> Topic | None:
    """Return what a message without codes asks of those that were spoken of."""
    if message.codes or not before.codes or (message.modified and before.topic is Topic.PAIR):
        return None
    codes = before.it if len(before.codes) > 1 and means_one(message.words) else before.codes
    return place(replace_codes(message, codes), before.topic).topic


def _topic_of_several(message: Message, before: Before) -> Topic | None:
    """Return what a message without codes asks of several that were named one after the other."""
    if message.codes or not means_several(message.words):
        return None
    if before.topic is Topic.FEE and COMPARED(message.words):
        return Topic.FEE
    if _WHICH_ALONE.fullmatch(message.words):
        return before.topic
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
    of_nothing = (points_back(message.words) or not _only_names(message)) and not names_medicine(message.words)
    if of_nothing or says_nothing(message.words) or asks_books_alone(message.words):
        return _unplaced(message, None)
    question = details(message, Topic.FIND)
    return question if any(map(str.isalpha, question.phrase)) else _unplaced(message, None)


def _in_words(message: Message, placing: Placing) -> Topic:
    """Return what is asked in words alone of a topic that is asked of codes: what its terms mean, or what is meant."""
    if placing.topic is Topic.HIERARCHY and _CHAPTER(message.words):
        return Topic.HIERARCHY
    if Aspect.ADJUDICATION_INDICATOR in aspects_named(Topic.MUE, message.words):
        return Topic.MUE
    return placing.among(_IN_WORDS)


def _asks_meaning(message: Message, topic: Topic | None) -> bool:
    """Whether it is asked what a term of the rules means, and of no code."""
    if message.codes or message.modified or message.place:
        return False
    term = term_defined(message.words)
    if not term or Aspect.ADJUDICATION_INDICATOR in aspects_named(Topic.MUE, message.words):
        return False
    of_coding = says_something_of_coding(term) and not words_of_medicine(term)
    return topic in _OF_RULES or (topic in _NAMED_IN_WORDS and of_coding)


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
        of_nothing = not (message.codes or message.modifiers or modifiers_sought(message.words))
        if topic is Topic.MODIFIER and _ON_EDITS(message.words) and not points_back(message.words):
            return False
        return topic is Topic.MODIFIER and of_nothing and says_nothing(message.words)
    if topic in _IN_WORDS:
        named = message.section or message.place or details(message, topic).phrase
        told = (
            message.section
            or message.place
            or (topic is Topic.GUIDELINE and (is_defined(message.words) or names_a_kind_of_note(message.words)))
        )
        of_books = topic is Topic.GUIDELINE and asks_books_alone(message.words) and not message.modifiers
        of_nothing = of_books or says_nothing(message.words)
        return not named or (of_nothing and not told)
    return False


def _unplaced(message: Message, topic: Topic | None) -> Question:
    question = details(message, Topic.UNSPECIFIED)
    return replace(question, missing=what_is_missing(message.words, topic))


def _is_same(one: Question, other: Question) -> bool:
    return (
        one.topic == other.topic
        and one.topic not in (Topic.FIND, Topic.GUIDELINE, Topic.MODIFIER, Topic.CODE)
        and one.place == other.place
        and [(code.text, code.units) for code in one.codes] == [(code.text, code.units) for code in other.codes]
        and one.all_modifiers == other.all_modifiers
        and one.dates == other.dates
        and (other.setting in (None, one.setting) or (one.setting is None and not _of_another_setting(one, other)))
    )


def _asks_same(one: Question, other: Question, message: Message) -> bool:
    """Whether a question asks of the same as the one before it; `message` is what it was read from."""
    both_of_books = one.topic == other.topic == Topic.GUIDELINE and asks_books_alone(message.words)
    return both_of_books or _is_same(one, other)


def _of_another_setting(one: Question, other: Question) -> bool:
    """Whether a question asks of edits in another setting than the practitioner's, which one that names none has."""
    return one.topic in _OF_EDITS and other.setting != lookup.SETTING_PRACTITIONER


def _merged(one: Question, other: Question) -> Question:
    return replace(
        one,
        text=f"{one.text} {other.text}",
        aspects=one.aspects | other.aspects,
        units=one.units if other.units is None else other.units,
        binary=one.binary or other.binary,
    )
