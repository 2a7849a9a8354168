"""What a question takes over from what was said before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.assistant.question import Aspect, Code, Question, Side, Topic
from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.codes import is_diagnosis
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.details import details, names_aspects_alone
from services.assistant.understanding.diagnoses import asks_whether_first
from services.assistant.understanding.encounters import tells_encounter
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import asks_books_alone, says_nothing
from services.assistant.understanding.modifiers import is_modifier
from services.assistant.understanding.places import PLACE_MARK, names_kind_of_place
from services.assistant.understanding.refining import refined
from services.assistant.understanding.units import number_of

_LEADS = Cues(
    "and, or, what about, how about, what if, with, without, for, same for, same, also, then, in, on, but, now, "
    "instead, ok and, okay and, if, as, at, so, plus, does that, would that, only, and what about, and how about, "
    "and for, and with, and in, hows about, even with, even if, make it, say, suppose, assume, change, from, to, ok, "
    "wait, hm, hmm, sorry, meant, i meant, actually, try"
)
_AND = Cues("and, or, ok and, okay and, so, also, then")
_IT = Cues(
    "it, its, this, that, the code, same code, one, the same, the other side, the other eye, the other ear, "
    "the other hand, the other foot, the other arm, the other leg, the other knee, the other hip, the other shoulder, "
    "the other breast"
)
_THEM = Cues(
    "they, them, these, those, both, each, all, either, two, their, the pair, that pair, this pair, the combination, "
    "together"
)
# Topics that speak of several codes at once.
_OF_PAIRS = (Topic.PAIR, Topic.DIAGNOSES_TOGETHER, Topic.COMPARE, Topic.CLAIM)
_INSTEAD = Cues("instead of, in place of, rather than, replacing, not <px>, for <px>")
_WITH = Cues(
    "with <px>, with <dx>, and <px>, and <dx>, to <px>, go with, from <px>, together, same day, edit, as <px>, bundle, "
    "bundled, along with, with it, with that, with this, beside it, vs <px>, vs <dx>, than <dx>, than <px>, or <dx>, "
    "conflict*, before it, after it, ahead of it, alongside it, alongside that, alongside this, compatible with"
)
_BESIDE = Cues(
    "with <px>, with <dx>, together with <px>, together with <dx>, ok with <px>, ok with <dx>, okay with <px>, "
    "okay with <dx>, allowed with <px>, allowed with <dx>, same claim as <px>, same claim as <dx>"
)
# Topics of which a follow-up may ask whatever code was spoken of.
_WITHOUT_CODES = (
    Topic.FIND,
    Topic.GUIDELINE,
    Topic.RELEASES,
    Topic.PLACE_OF_SERVICE,
    Topic.OUT_OF_SCOPE,
    Topic.UNSPECIFIED,
)
_NEEDS_CODES = (
    *(
        Topic.BILLABLE,
        Topic.VALIDITY,
        Topic.HIERARCHY,
        Topic.NOTES,
        Topic.SEVENTH_CHARACTER,
        Topic.LATERALITY,
        Topic.HISTORY,
    ),
    *(Topic.COMPARE, Topic.PAIR, Topic.MUE, Topic.ADD_ON, Topic.FEE, Topic.CROSSWALK, Topic.HCC, Topic.COVERAGE),
    *(Topic.DIAGNOSES_TOGETHER, Topic.CODE),
)
# What is said further is said of the code that was answered.
_OF_THE_CODE = (Topic.CODE, Topic.LATERALITY, Topic.SEVENTH_CHARACTER)
# Whether a diagnosis comes first is taken for these.
_OF_POSITION = (None, Topic.GUIDELINE, Topic.ADD_ON, Topic.CODE, Topic.BILLABLE, Topic.NOTES)
# A number alone is none of these.
_WITHOUT_TOPIC = (None, Topic.MUE, Topic.GUIDELINE, Topic.FIND, Topic.PAIR, Topic.BILLABLE, Topic.VALIDITY)
_DIGITS = {Side.RIGHT: "1", Side.LEFT: "2", Side.BILATERAL: "3"}
# A part of the body that has sides: named again, it says nothing new.
_PART = (
    r"(?:shoulder|elbow|wrist|hand|hip|knee|ankle|foot|leg|arm|eye|ear|breast|kidney|lung|ovary|femur|tibia|thigh|thumb|"
    r"finger|toe|heel|side)s?"
)
_PARTS = re.compile(rf"\b(?:unspecified )?{_PART}\b")
_NO_SIDE = re.compile(rf"\bunspecified {_PART}\b")
_SUPPOSED = Cues("lets say, say, suppose, assume, assuming, imagine, over, up it, make it, too many, if it were")
_NUMBER = re.compile(
    r"(?<!\S)(?:\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty)(?!\S)"
    r"(?! (?:mg|mcg|g|gm|grams?|ml|cc|iu|minutes?|mins?|hours?|hrs?|doses?|days?)\b)"
)
# "we gave 400".
_GIVEN = re.compile(
    r"(?:(?:and|but|so|we|i|they|you|actually|ok|what|if|about|only|just|billed|bill|gave|give|used|did|had|have|need|"
    r"want|to|for|the|nurse|doctor|patient|got|injected|administered) )*(?:\d{1,4}|<units>)"
    r"(?: ok| okay| then| instead| today)?"
)
_TWO_DIGITS = re.compile(r"(?:(?:and|or|what|how|about|for|is|so|ok) )*(?P<place>\d\d)")
_BARE = re.compile(r"(?<!\S)\d\d(?!\S)")
# Modifiers that are named to be left out: "76 rather than 59".
_DENIED = re.compile(r"\b(?:RATHER THAN|INSTEAD OF|NOT|NO)\s+(?:MOD(?:IFIER)?\s+|-)?([A-Z0-9]{2})\b")
_NO_MODIFIER = Cues(
    "no modifier, no modifiers, without modifier, without modifiers, without any modifier*, without a modifier, "
    "without the modifier, drop the modifier, remove the modifier, take off the modifier, no mod"
)
_LONGEST = 12
_FEW_WORDS = 8
_USE_INSTEAD = Cues(
    "use instead, bill instead, code instead, report instead, what instead, which one instead, what should i use, "
    "what do i use, what should we use, what do we use, which should i use, what then, which one then, what can i use, "
    "which one do i use, which one should i use, what should i bill, what do i bill"
)
_OF_EDITS = Cues(
    "bypass*, edit, edits, ncci, ptp, associated, unbundle*, unbundling, override*, pair, pairs, indicator, bundle, "
    "bundled, get around, get past, get me around, get me past, get us past"
)
_CHARACTER = Cues("seventh, which character, what character, the character, last character, which letter")
_ENCOUNTER = Cues(
    "sequela, subsequent, follow up, followup, initial, nonunion, malunion, delayed healing, routine healing, "
    "open fracture, closed fracture, late effect"
)
# Letters of the categories that take a seventh character.
_TAKING_CHARACTERS = "HMORSTVWXY"
_FOR_PRIMARY = re.compile(r"\b(?:primary|base|parent)(?:\s+(?:code|procedure))?\s+(?:for|of|to)\b", re.IGNORECASE)
_AS_PRIMARY = Cues("primary, base, base code, parent code")
_CONTINUES = Cues(
    "and with, and <mod>, and, with, even with, same with, without, what about with, what if, and if, if i add, "
    "would <mod> help, does <mod> help, what about <mod>, how about <mod>"
)
_IT_WITH = Cues("it with, them with, this with, that with, these with, those with")
# The code that is looked for, and none that was spoken of.
_CODE_OF = re.compile(r"\bthe code (?:for|of)(?= \S)")
_THE_CODE = Cues("this code, that code, the code, it")
_WHAT_IT_IS = Cues("what is, whats, what does, meaning, mean, define, difference, vs")


@dataclass(frozen=True, slots=True)
class Before:
    """What was said before: the last question, the codes its answer was about, and the code of the page."""

    question: Question | None = None
    answered: Sequence[Code] = ()
    about: Code | None = None

    @property
    def topic(self) -> Topic | None:
        """What was spoken of; of the code of a page, what it is."""
        if self.question and self.question.topic is not Topic.UNSPECIFIED:
            return self.question.topic
        return Topic.CODE if self.about else None

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes that were spoken of: those that were asked about, else those of the answer, else of the page."""
        if self.question and self.question.codes:
            return self.question.codes
        if self.answered:
            return tuple(self.answered[:1])
        return (self.about,) if self.about else ()

    @property
    def it(self) -> tuple[Code, ...]:
        """The code that "it" means."""
        if self.answered:
            return (self.answered[0],)
        return self.codes[:1]

    @property
    def of_modifiers(self) -> bool:
        """Whether a number may be a modifier."""
        topics = (Topic.PAIR, Topic.MODIFIER, Topic.FEE)
        return bool(self.question and (self.question.topic in topics or self.question.modifiers))

    @property
    def nothing(self) -> bool:
        """Whether nothing was said before."""
        return self.question is None and not self.answered and self.about is None


def continues(words: str) -> bool:
    """Tell whether words go on with something that was said before."""
    led = _CONTINUES.at_start(words)
    return led or _IT_WITH(words)


def points_back(words: str) -> bool:
    """Tell whether words point at something that was said before."""
    words = _CODE_OF.sub(" ", words)
    return _IT(words) or _THEM(words)


def means_one(words: str) -> bool:
    """Tell whether words point at one thing, and not at several."""
    return _IT(_CODE_OF.sub(" ", words)) and not _THEM(words)


def taken_over(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """Return the question that a message asks together with what was said before; None when it stands alone."""
    if before.nothing:
        return None
    earlier = before.question
    message = _with_modifier(_with_place(_with_number(message, before), before), before)
    after_place = earlier is not None and earlier.topic is Topic.PLACE_OF_SERVICE
    again = (earlier is not None and topic is earlier.topic) or (after_place and message.place)
    if again and not message.codes and says_nothing(message.words):
        # "XE?", "22?"
        topic = None
    if asked := _of_modifier_before(message, topic, before):
        return asked
    searched = earlier is not None and earlier.topic is Topic.FIND
    if earlier and searched and not message.codes and (more := refined(message, topic, earlier, before.answered)):
        return more
    if message.codes:
        return _with_codes(message, topic, before)
    if earlier and message.counted and earlier.topic is Topic.MUE:
        rest = _SUPPOSED.left_out(_PLACES.left_out(message.words))
        if says_nothing(rest) and topic in _WITHOUT_TOPIC:
            return _changed(earlier, message)
    if asked := _of_position(message, topic, before):
        return asked
    if asked := _of_character(message, before) or _of_another_code(message, before):
        return asked
    if topic in (Topic.FEE, Topic.GUIDELINE) and _only_places(message, before):
        topic = None
    if topic is not None and topic not in _WITHOUT_CODES:
        return _about_earlier_codes(message, topic, before)
    if earlier and after_place and (_IT(message.words) or says_nothing(_PLACES.left_out(message.words))):
        return _changed(earlier, message)
    if topic is Topic.GUIDELINE and not says_nothing(message.words):
        return _rule_of_it(message, before)
    if topic is Topic.PLACE_OF_SERVICE and not _continues_with_place(message, before):
        return None
    return _with_changes(message, topic, before)


def _with_number(message: Message, before: Before) -> Message:
    """Return a message after a question of units with its bare number as units: "and five?"."""
    numbers = _NUMBER.findall(message.words)
    if not before.question or before.question.topic is not Topic.MUE or len(numbers) != 1 or message.counted:
        return message
    words = "<units>" if _GIVEN.fullmatch(message.words) else _NUMBER.sub("<units>", message.words)
    return replace(message, units=number_of(numbers[0]), words=words)


def _with_place(message: Message, before: Before) -> Message:
    """Return a message after a question of places with its bare number as one: "and 24?"."""
    if not before.question or before.question.topic is not Topic.PLACE_OF_SERVICE or message.place:
        return message
    number = _TWO_DIGITS.fullmatch(message.words.replace("<mod>", "".join(message.modifiers)))
    return replace(message, place=number["place"], words=PLACE_MARK, modifiers=()) if number else message


def _with_modifier(message: Message, before: Before) -> Message:
    """Return a message where modifiers are spoken of with its bare number as one: "what if it were 59 instead"."""
    if message.modified:
        kept = tuple(one for one in message.modifiers if one not in _DENIED.findall(message.text.upper()))
        return replace(message, modifiers=kept or message.modifiers)
    numbers = [number for number in _BARE.findall(message.words) if is_modifier(number)]
    if not before.of_modifiers or message.codes or message.counted or len(numbers) != 1:
        return message
    return replace(message, modifiers=(numbers[0],), words=_BARE.sub("<mod>", message.words))


def _of_modifier_before(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """A modifier that was explained, with what is asked of it: whether it bypasses an edit, whether a code takes it."""
    earlier = before.question
    if earlier is None or earlier.topic is not Topic.MODIFIER or not earlier.modifiers or message.modified:
        return None
    of_it = topic in (None, Topic.MODIFIER, Topic.PAIR, Topic.GUIDELINE, Topic.FIND)
    if not (of_it or message.codes) or not (_IT(message.words) or _THEM(message.words)):
        return None
    if message.services and len(message.codes) == 1:
        return replace(details(message, Topic.MODIFIER), modifiers=earlier.modifiers)
    if message.codes or not (_OF_EDITS(message.words) or says_nothing(message.words)):
        return None
    return replace(details(message, Topic.MODIFIER), modifiers=earlier.modifiers, codes=earlier.codes)


def _of_character(message: Message, before: Before) -> Question | None:
    """A seventh character of the code that was spoken of: "which one for a nonunion", "and for sequela"."""
    if not before.it or not is_diagnosis(before.it[0]) or before.it[0].text[0] not in _TAKING_CHARACTERS:
        return None
    topic_before = before.question.topic if before.question else Topic.CODE
    asked = (_CHARACTER(message.words) or _ENCOUNTER.are_all(message.words)) and topic_before not in (
        Topic.FIND,
        Topic.GUIDELINE,
    )
    led = (_LEADS.at_start(message.words) or _IT(message.words)) and len(message.words.split()) <= _FEW_WORDS
    told = (led and _ENCOUNTER(message.words)) or tells_encounter(message.words)
    told = told and topic_before not in (Topic.FIND, Topic.GUIDELINE)
    if not asked and not told:
        return None
    return _with_dates(details(replace_codes(message, before.it), Topic.SEVENTH_CHARACTER), before)


def _of_position(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """Whether the one diagnosis that was spoken of may come first: "primary?"."""
    asked = replace_codes(message, before.it)
    if len(before.codes) != 1 or topic not in _OF_POSITION or not asks_whether_first(asked):
        return None
    return _with_dates(details(asked, Topic.GUIDELINE), before)


def _of_another_code(message: Message, before: Before) -> Question | None:
    """Which code to use in the place of one that cannot be billed: one below it, or what replaced it."""
    earlier = before.question
    if earlier is None or not before.it or not _USE_INSTEAD(message.words) or not says_nothing(message.words):
        return None
    if earlier.topic is Topic.BILLABLE:
        asked = details(replace_codes(message, before.it), Topic.HIERARCHY)
        return replace(asked, aspects=frozenset({Aspect.CHILDREN}))
    if earlier.topic in (Topic.VALIDITY, Topic.HISTORY):
        asked = details(replace_codes(message, earlier.codes[:1]), Topic.HISTORY)
        return replace(asked, aspects=frozenset({Aspect.REPLACED_BY}))
    return None


def _with_codes(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """A code beside those before: in the place of one of them, or together with it."""
    earlier = before.question
    led = _LEADS.at_start(message.words)
    if earlier and (corrected := _corrected(message, topic, earlier, led)):
        return corrected
    if earlier and topic is Topic.ADD_ON and _names_another_primary(message, earlier):
        return _in_place(message, earlier, before)
    if topic in (Topic.PAIR, Topic.DIAGNOSES_TOGETHER, Topic.COMPARE, Topic.ADD_ON) and len(message.codes) == 1:
        return _joined(message, topic, before) if _IT(message.words) or led or _BESIDE(message.words) else None
    words = _AND.left_out_at_start(message.words)
    beside = _BESIDE.at_start(words) and earlier is not None and earlier.topic not in (*_OF_PAIRS, Topic.ADD_ON)
    if len(message.codes) == 1 and before.codes and ((_WITH(words) and _IT(words)) or beside):
        of_diagnosis = is_diagnosis(message.codes[0])
        open_topic = topic in (None, Topic.BILLABLE, Topic.VALIDITY, Topic.NOTES, Topic.MODIFIER)
        if open_topic and is_diagnosis(before.it[0]) == of_diagnosis:
            return _joined(message, Topic.DIAGNOSES_TOGETHER if of_diagnosis else Topic.PAIR, before)
    of_primaries = earlier is not None and earlier.topic is Topic.ADD_ON and len(earlier.codes) == 1
    if of_primaries and len(message.services) == 1 and _IT(words) and topic in (None, Topic.BILLABLE, Topic.VALIDITY):
        return _joined(message, Topic.ADD_ON, before)
    if topic is not None and earlier and topic == earlier.topic and led:
        return _with_dates(details(message, topic), before)
    if earlier is None or topic is not None or not (led or len(message.words.split()) <= _LONGEST):
        return None
    if not led and not says_nothing(message.words):
        return None
    if not led and earlier.topic in (Topic.FIND, Topic.GUIDELINE, Topic.RELEASES):
        return None
    return _in_place(message, earlier, before)


def _names_another_primary(message: Message, earlier: Question) -> bool:
    """Whether a service is named as the primary code of the add-on code before: "and 64493 as its primary?"."""
    of_two = earlier.topic is Topic.ADD_ON and len(earlier.codes) == 2
    return of_two and len(message.codes) == 1 and _IT(message.words) and _AS_PRIMARY(message.words)


def _corrected(message: Message, topic: Topic | None, earlier: Question, led: bool) -> Question | None:
    """The earlier question of several services where a message changes one of them or what is on its line."""
    if earlier.topic not in (Topic.PAIR, Topic.CLAIM, Topic.ADD_ON) or len(earlier.codes) < 2:
        return None
    if topic in (Topic.FEE, Topic.CODE, Topic.HISTORY, Topic.COVERAGE):
        return None
    if topic is Topic.MUE and (not message.counted or begins_question(message.words)):
        return None
    known = {code.text for code in earlier.codes}
    new = [code for code in message.codes if code.text not in known]
    again = {code.text: code for code in message.codes if code.text in known}
    if not new and len(again) < len(known) and (led or message.modified or message.counted):
        return _changed(earlier, message, codes=[again.get(code.text, code) for code in earlier.codes])
    if len(new) == len(again) == 1 and _INSTEAD(message.words):
        return _changed(earlier, message, codes=[new[0] if code.text in again else code for code in earlier.codes])
    return None


def _in_place(message: Message, earlier: Question, before: Before) -> Question | None:
    """The earlier question of other codes: of a pair, the first stays."""
    if earlier.topic in (Topic.UNSPECIFIED, Topic.OUT_OF_SCOPE, Topic.RELEASES, Topic.FIND, Topic.GUIDELINE):
        return None
    codes = message.codes
    kept = earlier.codes[: max(0, len(earlier.codes) - len(codes))] if earlier.topic in _OF_PAIRS else ()
    if earlier.topic is Topic.ADD_ON and len(earlier.codes) == 2 and len(codes) == 1:
        # Another primary code: the add-on code stays.
        kept = earlier.codes[1:] if _FOR_PRIMARY.search(earlier.text) else earlier.codes[:1]
    same_kind = not earlier.codes or is_diagnosis(earlier.codes[0]) == is_diagnosis(codes[0])
    if not same_kind and earlier.topic not in (Topic.CODE, Topic.VALIDITY, Topic.BILLABLE, Topic.COVERAGE):
        return None
    if earlier.topic is Topic.COVERAGE and not same_kind:
        kept = tuple(code for code in earlier.codes if is_diagnosis(code) != is_diagnosis(codes[0]))
    return _changed(earlier, message, codes=(*kept, *codes))


def _joined(message: Message, topic: Topic, before: Before) -> Question | None:
    """The code that was spoken of together with the one that is named."""
    named = message.codes[0]
    spoken_of = [code for code in before.it or before.codes if code.text != named.text]
    if before.question and before.question.topic in _OF_PAIRS and topic == before.question.topic:
        spoken_of = [code for code in before.question.codes if code.text != named.text]
    if not spoken_of or (topic is not Topic.ADD_ON and is_diagnosis(spoken_of[0]) != is_diagnosis(named)):
        return None
    asked = _with_dates(details(replace_codes(message, (spoken_of[0], named)), topic), before)
    if before.question and Aspect.FIRST_LISTED in before.question.aspects and topic is Topic.DIAGNOSES_TOGETHER:
        # "can R65.21 be first?", "with A41.51": the order goes on.
        asked = replace(asked, aspects=frozenset({Aspect.CODE_FIRST}), binary=False)
    return asked


def _about_earlier_codes(message: Message, topic: Topic, before: Before) -> Question | None:
    """Another question about the codes that were spoken of."""
    earlier = before.question
    if topic in _OF_PAIRS and earlier and len(earlier.codes) > 1:
        codes = earlier.codes
    elif topic in _OF_PAIRS and len(before.answered) > 1 and _THEM(message.words):
        codes = tuple(before.answered[:2])
    elif message.side and (of_side := _on_side(before.answered, message.side)):
        codes = (of_side,)
    elif _THEM(message.words) and not _IT(message.words):
        codes = before.codes
    else:
        codes = before.it
    if topic is Topic.MODIFIER:
        return _about_modifiers(message, before)
    if earlier and topic == earlier.topic and earlier.codes and not _IT(message.words):
        codes = earlier.codes
    if not codes or (topic in _OF_PAIRS and len(codes) < 2):
        return None
    if topic not in _NEEDS_CODES:
        return None
    if _names_something_else(message) and not names_aspects_alone(message.words, topic):
        return None
    if earlier and topic == earlier.topic:
        return _changed(earlier, message, codes=codes)
    if topic is Topic.MUE or topic is Topic.FEE:
        services = tuple(code for code in codes if not is_diagnosis(code))
        if not services:
            return None
    return _with_dates(details(replace_codes(message, codes), topic), before)


def _on_side(codes: Sequence[Code], side: Side) -> Code | None:
    """Return the code of several that is of a side: where two differ in one digit, 1 is right, 2 left, 3 bilateral."""
    digit = _DIGITS[side]
    for code in codes:
        for other in codes:
            if len(code.text) == len(other.text):
                differing = [(one, two) for one, two in zip(code.text, other.text, strict=True) if one != two]
                if len(differing) == 1 and differing[0][0] == digit:
                    return code
    return None


def _about_modifiers(message: Message, before: Before) -> Question | None:
    """Modifiers with the codes that were spoken of."""
    earlier = before.question
    if message.modifiers and _asks_what_it_is(message) and not _IT(message.words):
        return None
    if earlier is None:
        asked = replace_codes(message, before.it)
        return details(asked, Topic.MODIFIER) if before.it and (_IT(message.words) or not message.modifiers) else None
    if earlier.topic in (Topic.PAIR, Topic.CLAIM) and not _asks_what_it_is(message):
        return _changed(earlier, message)
    if not _LEADS.at_start(message.words) and not _IT(message.words):
        return None
    if earlier.topic is Topic.MODIFIER:
        return _changed(earlier, message)
    if earlier.topic in (Topic.FEE, Topic.MUE) and not _asks_what_it_is(message):
        return _changed(earlier, message)
    services = tuple(code for code in before.codes if not is_diagnosis(code))
    return _with_dates(details(replace_codes(message, services[:1]), Topic.MODIFIER), before) if services else None


def _rule_of_it(message: Message, before: Before) -> Question | None:
    """A question of rules that points at a code with "it", and at nothing else of medicine."""
    if before.codes and (asks_books_alone(message.words) or says_nothing(_ORDER.left_out(message.words))):
        own = details(replace_codes(message, before.codes), Topic.GUIDELINE)
        asked = before.question.phrase if before.question else ""
        return _with_dates(replace(own, phrase=f"{asked} {own.phrase}".strip()), before)
    if before.it and _THE_CODE(message.words) and len(message.words.split()) <= _LONGEST:
        return details(replace_codes(message, before.it), Topic.GUIDELINE)
    earlier = before.question
    if earlier and earlier.topic is Topic.GUIDELINE and _IT(message.words):
        own = details(message, Topic.GUIDELINE)
        return replace(own, phrase=f"{earlier.phrase} {own.phrase}", care=own.care or earlier.care)
    if earlier and earlier.topic is Topic.GUIDELINE and message.care and says_nothing(_CARE.left_out(message.words)):
        return _changed(earlier, message)
    return None


_ORDER = Cues("primary, principal, secondary, first listed, first")
_PAID = Cues("fee, fees, rvu, rvus, pay, pays, paid, payment, rate, rates, amount, how much, global")
_CARE = Cues("inpatient, outpatient, inpatients, outpatients, hospital, office, setting, stay")
_PLACES = Cues(
    "hospital, facility, non facility, office, practitioner, physician, outpatient, inpatient, dme, asc, supplier, "
    "setting, professional, the, in, of, clinic, side, claim, surgical, ambulatory, center, physicians, practitioners, "
    "under, edits, table, hospitals, suppliers, doctors, surgeons, nonfacility, or, op, opps, emergency, room, "
    "observation, practice"
)


def _only_places(message: Message, before: Before) -> bool:
    """Whether a message names nothing but where, or by whom, what was asked of edits is billed."""
    of_edits = before.question and before.question.topic in (Topic.PAIR, Topic.MUE)
    return (
        bool(of_edits and message.setting)
        and says_nothing(_PLACES.left_out(message.words))
        and not _PAID(message.words)
    )


def _continues_with_place(message: Message, before: Before) -> bool:
    return bool(before.question and before.question.topic in (Topic.FEE, Topic.PLACE_OF_SERVICE, Topic.PAIR, Topic.MUE))


def _with_changes(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """The earlier question with another modifier, date, number of units, place or side."""
    earlier = before.question
    if earlier and earlier.topic not in (Topic.FIND, Topic.GUIDELINE) and _names_only_side(message):
        return _on_other_side(message, before)
    if topic is Topic.FIND:
        return None
    rest = _PLACES.left_out(message.words)
    named = message.modifiers or message.dates or message.counted or message.place or message.locality
    if earlier and (named or message.setting or message.care) and says_nothing(rest):
        if earlier.topic is Topic.FIND and not message.dates:
            return None
        return _changed(earlier, message)
    if message.side and says_nothing(rest):
        return _on_other_side(message, before)
    if earlier and earlier.topic is Topic.FEE and _LEADS.at_start(message.words):
        changed = _changed(earlier, message)
        if changed.locality != earlier.locality:
            return changed
    return _gone_on(message, earlier, before) if topic is None and earlier else None


def _gone_on(message: Message, earlier: Question, before: Before) -> Question | None:
    """The earlier question, where a message asks nothing else by itself: "total?", "who is column 1 there"."""
    if earlier.topic in (Topic.UNSPECIFIED, Topic.OUT_OF_SCOPE):
        return None
    if earlier.topic is Topic.GUIDELINE:
        own = details(message, Topic.GUIDELINE)
        return replace(own, phrase=f"{earlier.phrase} {own.phrase}".strip(), care=own.care or earlier.care)
    if earlier.topic in _OF_THE_CODE:
        return replace(_changed(earlier, message, before.it), side=message.side)
    return _changed(earlier, message)


def _names_only_side(message: Message) -> bool:
    """Whether a message asks for a side, or for none, of the part that is spoken of: "and for the right knee?"."""
    if not message.side and not _NO_SIDE.search(message.words):
        return False
    return bool(_PARTS.search(message.words)) and says_nothing(_PARTS.sub(" ", message.words))


def _on_other_side(message: Message, before: Before) -> Question | None:
    diagnoses = tuple(code for code in before.it or before.codes if is_diagnosis(code))
    if not diagnoses:
        return None
    return _with_dates(details(replace_codes(message, diagnoses), Topic.LATERALITY), before)


def _changed(earlier: Question, message: Message, codes: Sequence[Code] | None = None) -> Question:
    """Return the earlier question with what a message names in the place of what it named."""
    own = details(replace_codes(message, codes if codes is not None else earlier.codes), earlier.topic)
    kept = own.codes
    bare = _NO_MODIFIER(message.words)
    if message.modifiers or message.counted or bare:
        kept = tuple(_bare(code, message, bare=bare) for code in own.codes)
    named_codes = bool(message.codes)
    units = own.units if own.units is not None or named_codes else earlier.units
    # Which of two comes first is another question than whether they go together.
    continued = earlier.binary and Aspect.CODE_FIRST not in own.aspects
    return replace(
        own,
        # What is asked of a modifier, such as whether it bypasses an edit, is asked of another one too.
        text=f"{earlier.text} {message.text}" if earlier.topic is Topic.MODIFIER else own.text,
        codes=kept,
        aspects=own.aspects or earlier.aspects,
        modifiers=own.modifiers or (() if named_codes or bare else earlier.modifiers),
        units=units,
        dates=own.dates.in_year_of(earlier.dates) if own.dates else earlier.dates,
        setting=own.setting or earlier.setting,
        care=own.care or earlier.care,
        place=own.place or ("" if names_kind_of_place(message.text) else earlier.place),
        locality=own.locality or earlier.locality,
        side=own.side or earlier.side,
        phrase=earlier.phrase if earlier.topic in (Topic.FIND, Topic.GUIDELINE) else own.phrase,
        told=earlier.told,
        systems=own.systems or earlier.systems,
        section=own.section or earlier.section,
        binary=own.binary or continued or (earlier.topic is Topic.MUE and units is not None),
    )


def _bare(code: Code, message: Message, *, bare: bool) -> Code:
    """Return a code without what a message says anew of its line; `bare`: that it has no modifier."""
    return replace(
        code,
        modifiers=() if message.modifiers or bare else code.modifiers,
        units=None if message.counted else code.units,
        lines=(),
    )


def _with_dates(question: Question, before: Before) -> Question:
    """Return a question with the date of service and the setting that were named before."""
    earlier = before.question
    if earlier is None:
        return question
    dates = question.dates.in_year_of(earlier.dates) if question.dates else earlier.dates
    return replace(question, dates=dates, setting=question.setting or earlier.setting)


def replace_codes(message: Message, codes: Sequence[Code]) -> Message:
    """Return a message as if it named these codes."""
    return replace(message, codes=tuple(codes))


def _names_something_else(message: Message) -> bool:
    """Whether a message names something of its own that its topic is about: "is pneumonia billable"."""
    return (
        not says_nothing(message.words)
        and not _IT(message.words)
        and not _THEM(message.words)
        and _has_content(message)
    )


def _has_content(message: Message) -> bool:
    own = details(message, Topic.FIND).phrase
    return len(own.split()) > 4


def _asks_what_it_is(message: Message) -> bool:
    return _WHAT_IT_IS(message.words)
