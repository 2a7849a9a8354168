"""An earlier question, with what a message says anew in the place of what it said."""

import re
from collections.abc import Sequence
from dataclasses import replace

from services.assistant.question import Aspect, Code, Question, Topic
from services.assistant.understanding.asking import yes_or_no
from services.assistant.understanding.before import OF_PAIRS, Before
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.details import details
from services.assistant.understanding.message import Message, replace_codes
from services.assistant.understanding.missing import says_nothing
from services.assistant.understanding.modifiers import is_modifier, tells_sites
from services.assistant.understanding.places import BODY_PART, PLACE_MARK, names_kind_of_place
from services.assistant.understanding.pointing import LEADS
from services.assistant.understanding.units import number_of

_NO_MODIFIER = Cues(
    "no modifier, no modifiers, without modifier, without modifiers, without any modifier*, without a modifier, "
    "without the modifier, drop the modifier, remove the modifier, take off the modifier, no mod, without it, "
    "without that, without them, without one, without any"
)
# What is asked of services on a date of service.
_OF_SERVICES = (Topic.PAIR, Topic.MUE, Topic.ADD_ON, Topic.FEE, Topic.CLAIM, Topic.MODIFIER)
_THERE = re.compile(r"\b(?:there|that (?:place|locality|pos|setting))\b", re.IGNORECASE)
_COMPONENTS = frozenset(("26", "TC"))
_WHOLE = Cues("global, the global, whole, the whole, complete, global service, global one, global fee, global payment")
_COMPONENT = re.compile(
    r"(?:(?:and|or|what|whats|is|how|about|for|the|just|only|now) )*(?P<component>professional|technical)"
    r"(?: (?:component|part|portion|side|piece))?(?: (?:only|alone))?"
)
SAME_MODIFIER = Cues("same modifier, same modifiers, same <mod>")
# What is of one site takes back the modifiers that say it is of several.
_ONE_SITE = re.compile(
    r"\bsame (?:exact |actual )?(?:lesion|polyp|site|spot|wound|joint|level|structure|organ|tumou?r|incision|ulcer|"
    rf"lobe|segment|vessel|artery|vein|region|area|compartment|{BODY_PART})\b"
)
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
_WITH_NUMBER = re.compile(r"\b(?:with|without) (?P<modifier>\d\d)(?!\S)")
_TWO_DIGITS = re.compile(r"(?:(?:and|or|what|how|about|for|is|so|ok) )*(?P<place>\d\d)")
_BARE = re.compile(r"(?<!\S)\d\d(?!\S)")
# Modifiers that are named to be left out: "76 rather than 59", "drop the 25", "take the 25 off".
_DENIED = re.compile(
    r"\b(?:RATHER THAN|INSTEAD OF|NOT|NO|WITHOUT|W/O|MINUS|DROP|REMOVE|DELETE|OMIT|SKIP|(?:TAKE|LEAVE)(?: OFF| OUT)?)"
    r"\s+(?:THE\s+|AN?\s+|THAT\s+)?(?:MOD(?:IFIER)?\s+|-)?([A-Z0-9]{2})\b"
)


def with_numbers(message: Message, before: Before) -> Message:
    """Return a message with its bare number as what a number means in a conversation: units, a place, a modifier."""
    return _with_modifier(_with_place(_with_number(message, before), before), before)


def _with_number(message: Message, before: Before) -> Message:
    """Return a message after a question of units with its bare number as units: "and five?"."""
    numbers = _NUMBER.findall(message.words)
    if not before.question or before.question.topic is not Topic.MUE or len(numbers) != 1 or message.counted:
        return message
    if (beside := _WITH_NUMBER.search(message.words)) and is_modifier(beside["modifier"]):
        return replace(message, modifiers=(beside["modifier"],), words=_WITH_NUMBER.sub("with <mod>", message.words))
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
        kept = tuple(one for one in message.modifiers if one not in _denied(message))
        return replace(message, modifiers=kept or message.modifiers)
    numbers = [number for number in _BARE.findall(message.words) if is_modifier(number)]
    others = {code.text for code in message.codes} - {code.text for code in before.codes}
    if not before.of_modifiers or others or message.counted or len(numbers) != 1:
        return message
    return replace(message, modifiers=(numbers[0],), words=_BARE.sub("<mod>", message.words))


def changed(earlier: Question, message: Message, codes: Sequence[Code] | None = None) -> Question:
    """Return the earlier question with what a message names in the place of what it named."""
    own = details(replace_codes(message, codes if codes is not None else earlier.codes), earlier.topic)
    if _names_whole(earlier, message):
        whole = tuple(replace(code, modifiers=_without_components(code.modifiers)) for code in earlier.codes)
        return replace(earlier, text=own.text, codes=whole, modifiers=_without_components(earlier.modifiers))
    if component := _component_alone(earlier, message):
        return replace(earlier, text=own.text, modifiers=(component,))
    if SAME_MODIFIER(message.words):
        own = replace(own, modifiers=earlier.all_modifiers)
    named_codes, anew = bool(message.codes), _named(message, message)
    units = own.units if own.units is not None or named_codes else earlier.units
    kept_beside = not named_codes or earlier.topic in (*OF_PAIRS, Topic.MODIFIER)
    return replace(
        own,
        # What is asked of a modifier, or of fees without a code, is asked of another one too.
        text=f"{earlier.text} {message.text}" if _is_told_in_text(earlier) else own.text,
        codes=tuple(_line(code, message, anew) for code in own.codes),
        aspects=own.aspects or earlier.aspects,
        modifiers=_named(own, message) or (_left(earlier.modifiers, message) if kept_beside and not anew else ()),
        units=units,
        dates=own.dates.in_year_of(earlier.dates) if own.dates else earlier.dates,
        setting=own.setting or earlier.setting,
        care=own.care or earlier.care,
        place=own.place or ("" if names_kind_of_place(message.text) else earlier.place),
        locality=own.locality or earlier.locality,
        side=own.side or earlier.side,
        phrase=earlier.phrase if _is_in_words(earlier, message) else own.phrase,
        told=earlier.told,
        systems=own.systems or earlier.systems,
        section=own.section or earlier.section,
        # Which of two comes first is another question than whether they go together.
        binary=own.binary or (Aspect.CODE_FIRST not in own.aspects and _asks_whether(earlier, message, units)),
    )


def _is_in_words(earlier: Question, message: Message) -> bool:
    """Whether what is searched for stays what the earlier question said."""
    place = earlier.topic is Topic.PLACE_OF_SERVICE and not message.place and says_nothing(message.words)
    return place or earlier.topic in (Topic.FIND, Topic.GUIDELINE)


def _is_told_in_text(earlier: Question) -> bool:
    """Whether what is asked is in the text alone: whether a modifier bypasses an edit, or a mapping is exact."""
    of_text = earlier.topic is Topic.MODIFIER or (earlier.topic is Topic.CROSSWALK and earlier.binary)
    return of_text or (earlier.topic is Topic.FEE and not earlier.codes)


def _component_alone(earlier: Question, message: Message) -> str:
    """Return the component of a service that is asked for in the place of the other: "and technical?"."""
    named = _COMPONENT.fullmatch(message.words) if earlier.topic is Topic.FEE else None
    return {"professional": "26", "technical": "TC"}[named["component"]] if named else ""


def _names_whole(earlier: Question, message: Message) -> bool:
    """Whether the whole of a service is asked for after one of its components: "and global?"."""
    of_component = earlier.topic is Topic.FEE and _COMPONENTS & {*earlier.all_modifiers}
    return bool(of_component) and _WHOLE.are_all(LEADS.left_out_at_start(message.words))


def _without_components(modifiers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in modifiers if one not in _COMPONENTS)


def _asks_whether(earlier: Question, message: Message, units: int | None) -> bool:
    """Whether a question that goes on with another asks for yes or no: of units alone whether they are too many."""
    if earlier.topic is Topic.MUE:
        return units is not None or (earlier.binary and earlier.units is None)
    asks_value = earlier.topic is Topic.FEE and yes_or_no([LEADS.left_out_at_start(message.words)]) is False
    return earlier.binary and not asks_value


def _line(code: Code, message: Message, anew: Sequence[str]) -> Code:
    """Return a code without what a message takes back; of modifiers that are named `anew` it has those it had."""
    return replace(
        code,
        modifiers=tuple(one for one in code.modifiers if one in anew) if anew else _left(code.modifiers, message),
        units=None if message.counted else code.units,
        lines=(),
    )


def _named(told: Message | Question, message: Message) -> tuple[str, ...]:
    """Return the modifiers that are told and not taken back."""
    return tuple(one for one in told.modifiers if one not in _denied(message))


def _left(modifiers: tuple[str, ...], message: Message) -> tuple[str, ...]:
    """Return the modifiers that stay where a message takes some back."""
    if _NO_MODIFIER(message.words) or message.words.endswith("without"):
        return ()
    back = _denied(message)
    return tuple(
        one for one in modifiers if one not in back and not (_ONE_SITE.search(message.words) and tells_sites(one))
    )


def _denied(message: Message) -> frozenset[str]:
    return frozenset(_DENIED.findall(message.text.upper()))


def with_dates(question: Question, before: Before) -> Question:
    """Return a question with the date of service, the setting, and for fees the place, that were named before."""
    of_fees = question.topic is Topic.FEE
    return replace(
        question,
        dates=question.dates.in_year_of(before.dates) if question.dates else before.dates,
        setting=question.setting or before.setting,
        place=question.place or (before.place if of_fees else ""),
        locality=question.locality or (before.locality if of_fees else ""),
    )


def with_dates_of_its_kind(question: Question, before: Before) -> Question:
    """Return a question that stands by itself with the date of service and the setting that were named for its codes.

    Services have one date of service, whichever they are; diagnoses are asked of any year.
    """
    if question.topic is Topic.FEE and _THERE.search(question.text):
        question = with_dates(question, before)
    again = {code.text for code in question.codes} & {code.text for code in before.named}
    if again or (question.codes and question.topic in _OF_SERVICES):
        return replace(
            question,
            dates=question.dates or before.dates,
            setting=question.setting or (before.setting if again else None),
        )
    return question
