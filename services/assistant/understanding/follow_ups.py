"""What a question takes over from what was said before it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from services.assistant.question import Aspect, Code, Question, Side, Topic
from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.before import LISTING, OF_PAIRS, Before
from services.assistant.understanding.changes import changed, with_dates, with_numbers
from services.assistant.understanding.codes import is_diagnosis, is_service
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.details import aspects_named, details, names_aspects_alone
from services.assistant.understanding.diagnoses import asks_whether_first
from services.assistant.understanding.encounters import tells_encounter
from services.assistant.understanding.further_codes import with_codes
from services.assistant.understanding.message import Message, replace_codes
from services.assistant.understanding.missing import BOOKS, asks_books_alone, says_nothing, telling
from services.assistant.understanding.places import BODY_PART
from services.assistant.understanding.pointing import COMPARED, IT, LEADS, THEM, WHICH_ONE, how_many, means_several
from services.assistant.understanding.refining import refined, search_told_more, tells_of_code
from services.assistant.understanding.vocabulary import words_of_medicine

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
_NOTHING_BUT_DATES = re.compile(
    r"(?:(?:and|or|on|in|for|of|dos|date|service|what|how|about|if|then|ok|okay|the|it|its|was|is|were|at|as|same|now|visit|fine|"
    r"again|but|encounter|claim|by) )*<date>(?: (?:then|instead|ok|too|please|dos))*"
)
# What is said further is said of the code that was answered.
_OF_THE_CODE = (Topic.CODE, Topic.LATERALITY, Topic.SEVENTH_CHARACTER)
# Whether a diagnosis comes first is taken for these.
_OF_POSITION = (
    *(None, Topic.GUIDELINE, Topic.ADD_ON, Topic.CODE, Topic.BILLABLE),
    *(Topic.NOTES, Topic.DIAGNOSES_TOGETHER),
)
# Which of two codes says something is seen where they are compared.
_NOT_OF_CODES = (None, Topic.FIND, Topic.MODIFIER, Topic.HIERARCHY, Topic.GUIDELINE)
# A number alone is none of these.
_WITHOUT_TOPIC = (None, Topic.MUE, Topic.GUIDELINE, Topic.FIND, Topic.PAIR, Topic.BILLABLE, Topic.VALIDITY)
_ORDER = frozenset({Aspect.CODE_FIRST, Aspect.USE_ADDITIONAL_CODE})
_TOGETHER = (Topic.PAIR, Topic.DIAGNOSES_TOGETHER)
_DIGITS = {Side.RIGHT: "1", Side.LEFT: "2", Side.BILATERAL: "3"}
# Named again, it says nothing new.
_PARTS = re.compile(rf"\b(?:unspecified )?{BODY_PART}\b")
_NO_SIDE = re.compile(rf"\bunspecified {BODY_PART}\b")
_SUPPOSED = Cues("lets say, say, suppose, assume, assuming, imagine, over, up it, make it, too many, if it were")
_FEW_WORDS, _MANY_WORDS = 8, 12
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
# Letters of the chapters whose codes say a side.
_OF_SIDES = "CDGHILMOQRST"
_TWO = 2
_OTHER_ONE = Cues("the other one, the other code, that other one, that other code")
_THAT_ONE = Cues(
    "that, that one, that code, the old *, the older *, the new *, the parent, that parent, the header, those, they, "
    "them"
)
_THE_CODE = Cues("this code, that code, the code, it")
_FIRST = Cues("primary, principal, secondary, first listed, first")
# Whether a code has a modifier at all, and not what it comes to with it.
_TAKES = Cues("it take, it takes, it allow, it allows, it accept, allowed on it, go on it, <mod> on it, append*")
_WHAT_IT_IS = Cues("what is, whats, what are, what does, meaning, mean, define, difference, vs")


def taken_over(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """Return the question that a message asks together with what was said before; None when it stands alone."""
    if before.nothing:
        return None
    if not message.codes and not message.modified and (message.setting or message.dates or message.counted):
        before = before.without_aside
    earlier = before.question
    message = with_numbers(message, before)
    after_place = earlier is not None and earlier.topic is Topic.PLACE_OF_SERVICE
    again = (earlier is not None and topic is earlier.topic) or (after_place and message.place)
    if message.dates and not message.codes and _NOTHING_BUT_DATES.fullmatch(message.words):
        topic = None
    names_aspects = topic is not None and names_aspects_alone(message.words, topic)
    compared = COMPARED(message.words) or WHICH_ONE.at_start(message.words)
    meant = topic is Topic.MODIFIER and message.modified and _asks_what_it_is(message)
    if again and not (message.codes or names_aspects or compared or meant) and says_nothing(message.words):
        # "XE?", "22?"
        topic = None
    if asked := _of_modifier_before(message, topic, before):
        return asked
    if (search := search_told_more(message, topic, before)) and (more := refined(message, topic, search, before.it)):
        return more
    if message.codes:
        return with_codes(message, topic, before)
    if earlier and _is_of_another(message, before):
        return details(message, Topic.UNSPECIFIED).about(Topic.UNSPECIFIED, missing="Which other code do you mean?")
    if earlier and message.counted and earlier.topic is Topic.MUE:
        rest = _SUPPOSED.left_out(_PLACES.left_out(message.words))
        if says_nothing(rest) and topic in _WITHOUT_TOPIC:
            return changed(earlier, message)
    of_places = THEM(message.words) or means_several(message.words)
    if earlier and after_place and not message.place and of_places and len(before.places) > 1:
        # What is asked of several are the places that were named one after the other.
        return replace(changed(earlier, message), place="", text=f"{message.text} (POS {', POS '.join(before.places)})")
    if earlier and topic in _NOT_OF_CODES and earlier.topic is Topic.COMPARE and WHICH_ONE.at_start(message.words):
        return changed(earlier, message)
    if asked := _of_position(message, topic, before):
        return asked
    # "Back" to another system is no later encounter.
    character = None if topic is Topic.CROSSWALK else _of_character(message, topic, before)
    if asked := character or _of_another_code(message, before):
        return asked
    if topic in (Topic.FEE, Topic.GUIDELINE) and _only_places(message, before):
        topic = None
    if earlier and topic is earlier.topic is Topic.FEE and not earlier.codes:
        return changed(earlier, message)
    if topic is not None and topic not in _WITHOUT_CODES:
        return _about_earlier_codes(message, topic, before)
    if earlier and after_place and (IT(message.words) or says_nothing(_PLACES.left_out(message.words))):
        return changed(earlier, message)
    if topic is Topic.GUIDELINE and not says_nothing(message.words):
        return _rule_of_it(message, before)
    if topic is Topic.PLACE_OF_SERVICE and not _continues_with_place(message, before):
        return None
    return _with_changes(message, topic, before)


def _is_of_another(message: Message, before: Before) -> bool:
    """Whether "the other one" is meant of a code that has no side, and no other one was spoken of."""
    sides = is_diagnosis(before.it[0]) and before.it[0].text[0] in _OF_SIDES if before.it else True
    alone = len(before.several(None)) == 1 and len(before.answered) < _TWO
    short = len(message.words.split()) <= _MANY_WORDS and telling(message.words) <= 1
    return alone and short and not sides and _OTHER_ONE(message.words)


def _of_modifier_before(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """A modifier that was explained, with what is asked of it: whether it bypasses an edit, whether a code takes it."""
    earlier = before.question
    if earlier is None or earlier.topic is not Topic.MODIFIER or not earlier.modifiers or message.modified:
        return None
    of_it = topic in (None, Topic.MODIFIER, Topic.PAIR, Topic.GUIDELINE, Topic.FIND)
    if not (of_it or message.codes) or not (IT(message.words) or THEM(message.words)):
        return None
    if message.services and len(message.codes) == 1:
        return replace(details(message, Topic.MODIFIER), modifiers=earlier.modifiers)
    if len(message.services) > 1 and topic is Topic.PAIR:
        return replace(details(message, Topic.PAIR), modifiers=earlier.modifiers)
    if message.codes or not (_OF_EDITS(message.words) or says_nothing(message.words)):
        return None
    of_several = means_several(message.words) and before.modifiers
    return replace(details(message, Topic.MODIFIER), modifiers=of_several or earlier.modifiers, codes=earlier.codes)


def _of_character(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """A seventh character of the code that was spoken of: "which one for a nonunion", "and for sequela"."""
    if not before.it or not is_diagnosis(before.it[0]) or before.it[0].text[0] not in _TAKING_CHARACTERS:
        return None
    if topic is Topic.CROSSWALK:
        return None
    if before.question and before.question.topic in (Topic.FIND, Topic.GUIDELINE) and not before.question.codes:
        return None
    asked = _CHARACTER(message.words) or _ENCOUNTER.are_all(message.words)
    led = (LEADS.at_start(message.words) or IT(message.words)) and len(message.words.split()) <= _FEW_WORDS
    told = (led and _ENCOUNTER(message.words)) or tells_encounter(message.words)
    if not asked and not told:
        return None
    return with_dates(details(replace_codes(message, before.it), Topic.SEVENTH_CHARACTER), before)


def _of_position(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """Whether the one diagnosis that was spoken of may come first: "primary?"."""
    asked = replace_codes(message, before.it)
    if len(before.codes) != 1 or topic not in _OF_POSITION or not asks_whether_first(asked):
        return None
    return with_dates(details(asked, Topic.GUIDELINE), before)


def _of_another_code(message: Message, before: Before) -> Question | None:
    """Which code to use in the place of one that cannot be billed: one below it, or what replaced it."""
    earlier = before.question
    if earlier is None or not before.it:
        return None
    if not _USE_INSTEAD(message.words) or not says_nothing(message.words):
        return None
    if earlier.topic is Topic.BILLABLE:
        asked = details(replace_codes(message, before.it), Topic.HIERARCHY)
        return replace(asked, aspects=frozenset({Aspect.CHILDREN}))
    if earlier.topic in (Topic.VALIDITY, Topic.HISTORY):
        asked = details(replace_codes(message, earlier.codes[:1]), Topic.HISTORY)
        return replace(asked, aspects=frozenset({Aspect.REPLACED_BY}))
    return None


def _about_earlier_codes(message: Message, topic: Topic, before: Before) -> Question | None:
    """Another question about the codes that were spoken of."""
    earlier = before.question
    several = before.several(how_many(message.words))
    of_several = THEM(message.words) or means_several(message.words)
    if topic in OF_PAIRS and len(several) < 2 and before.topic in (None, *LISTING) and of_several:
        several = tuple(before.answered[:2])
    if topic in (Topic.DIAGNOSES_TOGETHER, Topic.NOTES) and aspects_named(Topic.NOTES, message.words) & _ORDER:
        # Of one code its notes tell what comes first; of several that were spoken of, those between them.
        of_those = topic is Topic.DIAGNOSES_TOGETHER or (
            before.topic is Topic.DIAGNOSES_TOGETHER and not IT(message.words)
        )
        topic = Topic.DIAGNOSES_TOGETHER if of_those and len(several) > 1 else Topic.NOTES
    if topic in _TOGETHER and len(several) > 1:
        # "Same claim?" is asked of either.
        topic = Topic.DIAGNOSES_TOGETHER if is_diagnosis(several[0]) else Topic.PAIR
    if topic in OF_PAIRS and len(several) > 1:
        codes = several
    elif message.side and (of_side := _on_side(before.answered, message.side)):
        codes = (of_side,)
    elif means_several(message.words):
        codes = several if len(several) > 1 else before.given or tuple(before.listed) or several
    elif before.given and (_THAT_ONE(message.words) or before.topic is Topic.CROSSWALK):
        codes = before.given
    else:
        codes = before.it
    if topic is Topic.MODIFIER:
        return _about_modifiers(message, before)
    if earlier and topic == earlier.topic and earlier.codes and not (IT(message.words) or means_several(message.words)):
        codes = earlier.codes
    if earlier and earlier.topic in OF_PAIRS and topic in (Topic.MUE, Topic.FEE) and not IT(message.words):
        # "97110 x4, 97140 x2: edits and MUE?"
        codes = earlier.codes
    if not codes or (topic in OF_PAIRS and len(codes) < 2):
        return None
    if topic not in _NEEDS_CODES:
        return None
    of_services = topic is Topic.FEE or (topic is Topic.MUE and message.counted)
    of_services = of_services and not words_of_medicine(message.words)
    if _names_something_else(message) and not of_services and not names_aspects_alone(message.words, topic):
        return None
    if earlier and topic == earlier.topic:
        asked = changed(earlier, message, codes=codes)
        if len(codes) == 1 and COMPARED(message.words) and len(before.localities) > 1 and not message.locality:
            # What is compared are the places that were asked about one after the other.
            return replace(asked, text=f"{message.text} ({' vs '.join(before.localities[-2:])})")
        return asked
    if topic is Topic.MUE or topic is Topic.FEE:
        services = tuple(code for code in codes if not is_diagnosis(code))
        if not services:
            return None
    return with_dates(details(replace_codes(message, codes), topic), before)


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
    if message.modifiers and _asks_what_it_is(message) and not IT(message.words):
        return None
    if earlier is None:
        asked = replace_codes(message, before.it)
        return details(asked, Topic.MODIFIER) if before.it and (IT(message.words) or not message.modifiers) else None
    if earlier.topic in (Topic.PAIR, Topic.CLAIM) and not _asks_what_it_is(message):
        return changed(earlier, message)
    pointed = LEADS.at_start(message.words) or IT(message.words) or THEM(message.words)
    if not pointed and not says_nothing(message.words):
        return None
    if earlier.topic is Topic.MODIFIER:
        of_several = not message.modifiers and means_several(message.words) and before.modifiers
        again = changed(earlier, message)
        return replace(again, modifiers=of_several) if of_several else again
    if earlier.topic in (Topic.FEE, Topic.MUE) and not _asks_what_it_is(message) and not _TAKES(message.words):
        return changed(earlier, message)
    services = tuple(code for code in before.codes if not is_diagnosis(code))
    return with_dates(details(replace_codes(message, services[:1]), Topic.MODIFIER), before) if services else None


def _rule_of_it(message: Message, before: Before) -> Question | None:
    """A question of rules that points at a code with "it", or tells more of the rule that was asked for."""
    if before.codes and (asks_books_alone(message.words) or says_nothing(_FIRST.left_out(message.words))):
        own = details(replace_codes(message, before.codes), Topic.GUIDELINE)
        asked = before.question.phrase if before.question else ""
        asked_anew = replace(own, phrase=f"{asked} {own.phrase}".strip())
        # The manual of the edits is asked for, whichever year it is of.
        return asked_anew if is_service(before.codes[0]) else with_dates(asked_anew, before)
    if before.it and _THE_CODE(message.words) and len(message.words.split()) <= _MANY_WORDS:
        return details(replace_codes(message, before.it), Topic.GUIDELINE)
    earlier = before.question
    if earlier is None or earlier.topic is not Topic.GUIDELINE:
        return None
    if message.care and says_nothing(_CARE.left_out(message.words)):
        return changed(earlier, message)
    fragment = len(message.words.split()) <= _FEW_WORDS and not any(map(begins_question, message.clauses))
    return _rule_told_more(message, earlier, before) if fragment or IT(message.words) else None


def _rule_told_more(message: Message, earlier: Question, before: Before) -> Question:
    own = details(message, Topic.GUIDELINE)
    # Which book is meant the text says.
    text = f"{earlier.text} {own.text}" if BOOKS(words_of(earlier.text)) else own.text
    return replace(own, text=text, phrase=f"{before.subject} {own.phrase}".strip(), care=own.care or earlier.care)


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
    """Whether a place is named for what was asked before, and not to be explained."""
    if before.topic is Topic.FEE:
        return bool(message.place) or says_nothing(_PLACES.left_out(message.words))
    return before.topic in (Topic.PLACE_OF_SERVICE, Topic.PAIR, Topic.MUE)


def _with_changes(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """The earlier question with another modifier, date, number of units, place or side."""
    earlier = before.question
    if earlier and earlier.topic not in (Topic.FIND, Topic.GUIDELINE) and _names_only_side(message):
        return _on_other_side(message, before)
    if topic in (None, Topic.FIND) and tells_of_code(message, before):
        # "And he uses insulin": another version of the code, or a code beside it.
        return replace(details(message, Topic.FIND), codes=before.given[:1] or before.it)
    if topic is Topic.FIND:
        return None
    rest = _PLACES.left_out(message.words)
    named = message.modifiers or message.dates or message.counted or message.place or message.locality
    if earlier and (named or message.setting or message.care) and says_nothing(rest):
        if earlier.topic is Topic.FIND and not message.dates:
            return None
        return changed(earlier, message)
    if message.side and says_nothing(rest):
        return _on_other_side(message, before)
    if earlier and earlier.topic is Topic.FEE and LEADS.at_start(message.words):
        elsewhere = changed(earlier, message)
        if elsewhere.locality != earlier.locality:
            return elsewhere
    return _gone_on(message, earlier, before) if topic is None and earlier else None


def _gone_on(message: Message, earlier: Question, before: Before) -> Question | None:
    """The earlier question, where a message asks nothing else by itself: "total?", "who is column 1 there"."""
    if earlier.topic in (Topic.UNSPECIFIED, Topic.OUT_OF_SCOPE):
        return None
    if earlier.topic is Topic.GUIDELINE:
        return _rule_told_more(message, earlier, before)
    if earlier.topic in _OF_THE_CODE:
        return replace(changed(earlier, message, before.it), side=message.side, binary=False)
    return changed(earlier, message)


def _names_only_side(message: Message) -> bool:
    """Whether a message asks for a side, or for none, of the part that is spoken of: "and for the right knee?"."""
    if not message.side and not _NO_SIDE.search(message.words):
        return False
    return bool(_PARTS.search(message.words)) and says_nothing(_PARTS.sub(" ", message.words))


def _on_other_side(message: Message, before: Before) -> Question | None:
    diagnoses = tuple(code for code in before.it or before.codes if is_diagnosis(code))
    if not diagnoses:
        return None
    return with_dates(details(replace_codes(message, diagnoses), Topic.LATERALITY), before)


def _names_something_else(message: Message) -> bool:
    """Whether a message names something of its own that its topic is about: "is pneumonia billable"."""
    told = not says_nothing(_PLACES.left_out(message.words))
    return told and not IT(message.words) and not THEM(message.words) and _has_content(message)


def _has_content(message: Message) -> bool:
    own = details(message, Topic.FIND).phrase
    return len(own.split()) > 4


def _asks_what_it_is(message: Message) -> bool:
    return _WHAT_IT_IS(message.words)
