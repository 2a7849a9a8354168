"""An earlier question, with what a message says anew in the place of what it said."""

import re
from collections.abc import Sequence
from dataclasses import replace

from services.assistant.question import Code, Question, Topic
from services.assistant.understanding.before import Before
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.details import details
from services.assistant.understanding.message import Message, replace_codes
from services.assistant.understanding.modifiers import is_modifier
from services.assistant.understanding.places import PLACE_MARK
from services.assistant.understanding.units import number_of

_NO_MODIFIER = Cues(
    "no modifier, no modifiers, without modifier, without modifiers, without any modifier*, without a modifier, "
    "without the modifier, drop the modifier, remove the modifier, take off the modifier, no mod"
)
_NUMBER = re.compile(
    r"(?<!\S)(?:\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty)(?!\S)"
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


def with_numbers(message: Message, before: Before) -> Message:
    """Return a message with its bare number as what a number means in a conversation: units, a place, a modifier."""
    return _with_modifier(_with_place(_with_number(message, before), before), before)


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


def changed(earlier: Question, message: Message, codes: Sequence[Code] | None = None) -> Question:
    """Return the earlier question with what a message names in the place of what it named."""
    own = details(replace_codes(message, codes if codes is not None else earlier.codes), earlier.topic)
    kept = own.codes
    bare = _NO_MODIFIER(message.words)
    if message.modifiers or message.counted or bare:
        kept = tuple(_bare(code, message, bare=bare) for code in own.codes)
    named_codes = bool(message.codes)
    units = own.units if own.units is not None or named_codes else earlier.units
    return replace(
        own,
        # What is asked of a modifier, such as whether it bypasses an edit, is asked of another one too.
        text=f"{earlier.text} {message.text}" if earlier.topic is Topic.MODIFIER else own.text,
        codes=kept,
        aspects=own.aspects or earlier.aspects,
        modifiers=own.modifiers or (() if named_codes or bare else earlier.modifiers),
        units=units,
        dates=own.dates or earlier.dates,
        setting=own.setting or earlier.setting,
        care=own.care or earlier.care,
        place=own.place or earlier.place,
        locality=own.locality or earlier.locality,
        side=own.side or earlier.side,
        phrase=earlier.phrase if earlier.topic in (Topic.FIND, Topic.GUIDELINE) else own.phrase,
        systems=own.systems or earlier.systems,
        section=own.section or earlier.section,
        binary=own.binary or earlier.binary or (earlier.topic is Topic.MUE and units is not None),
    )


def _bare(code: Code, message: Message, *, bare: bool) -> Code:
    """Return a code without what a message says anew of its line; `bare`: that it has no modifier."""
    return replace(
        code,
        modifiers=() if message.modifiers or bare else code.modifiers,
        units=None if message.counted else code.units,
    )


def with_dates(question: Question, before: Before) -> Question:
    """Return a question with the date of service and the setting that were named before."""
    earlier = before.question
    if earlier is None:
        return question
    return replace(question, dates=question.dates or earlier.dates, setting=question.setting or earlier.setting)
