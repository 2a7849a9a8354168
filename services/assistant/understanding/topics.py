"""What a question is about: the first rule that knows it decides."""

from collections.abc import Callable

from services.assistant.question import Topic
from services.assistant.understanding import code_topics as codes
from services.assistant.understanding import diagnoses_topics as diagnoses
from services.assistant.understanding import services_topics as services
from services.assistant.understanding import words_topics as words
from services.assistant.understanding.message import Message

Rule = Callable[[Message], Topic | None]

# The more particular first: what is present decides before the words do.
_RULES: tuple[Rule, ...] = (
    words.of_releases,
    words.of_section,
    words.of_books,
    services.of_claim,
    services.of_coverage,
    services.of_place,
    codes.of_risk,
    codes.of_crosswalk,
    services.of_add_on,
    services.of_units,
    words.of_modifier_beside,
    services.of_modifiers,
    services.of_fee,
    diagnoses.of_sequence,
    services.of_comparison,
    services.of_pair_together,
    codes.of_history,
    diagnoses.of_order,
    diagnoses.of_diagnoses_together,
    diagnoses.of_seventh_character,
    diagnoses.of_notes,
    services.of_choice,
    diagnoses.of_rules,
    codes.of_validity,
    diagnoses.of_laterality,
    codes.of_billability,
    codes.of_hierarchy,
    services.of_pair,
    diagnoses.of_two_diagnoses,
    codes.of_meaning,
    services.of_case,
    diagnoses.of_case,
    words.of_told_case,
    words.of_uncoded_rule,
    words.of_found,
)

# Topics that are asked for by words of their own.
_BY_NAME = (
    *(Topic.HISTORY, Topic.MUE, Topic.ADD_ON, Topic.FEE, Topic.CROSSWALK, Topic.HCC, Topic.SEVENTH_CHARACTER),
    *(Topic.BILLABLE, Topic.PLACE_OF_SERVICE, Topic.COVERAGE, Topic.NOTES, Topic.LATERALITY, Topic.PAIR),
    Topic.DIAGNOSES_TOGETHER,
)
# Topics whose words are often told before what a code means is asked.
_TOLD_OF_CODES = (Topic.GUIDELINE, Topic.NOTES, Topic.HISTORY)
# Whose work it is, what a claim was denied for, or what is known already: often told before something else is asked.
_OFTEN_TOLD = (
    *(Topic.HCC, Topic.COVERAGE, Topic.PLACE_OF_SERVICE, Topic.FEE, Topic.CROSSWALK, Topic.MUE, Topic.MODIFIER),
    *_TOLD_OF_CODES,
)


def topic_of(message: Message) -> Topic | None:
    """Return what a question is about by its words; None when they do not say it.

    What is asked by its name counts more than what is told beside it.
    """
    topic = _first(message)
    if message.asked and topic in _OFTEN_TOLD:
        asked = _first(message.asked)
        if topic is Topic.GUIDELINE and _is_order_alone(message.asked):
            return topic
        if asked in _BY_NAME or (asked is Topic.CODE and topic in _TOLD_OF_CODES):
            return asked
    return topic


def _is_order_alone(message: Message) -> bool:
    """Whether what comes first is asked, and no note: of a case that is told the guidelines say it."""
    return diagnoses.of_order(message) is not None and diagnoses.of_notes(message) is None


def _first(message: Message) -> Topic | None:
    return next((topic for rule in _RULES if (topic := rule(message))), None)
