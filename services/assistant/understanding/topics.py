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
    *(Topic.BILLABLE, Topic.PLACE_OF_SERVICE, Topic.COVERAGE),
)
# Whose work it is, or what a claim was denied for: often told before something else is asked.
_OFTEN_TOLD = (
    Topic.HCC,
    Topic.COVERAGE,
    Topic.PLACE_OF_SERVICE,
    Topic.FEE,
    Topic.CROSSWALK,
    Topic.MUE,
    Topic.GUIDELINE,
)


def topic_of(message: Message) -> Topic | None:
    """Return what a question is about by its words; None when they do not say it.

    What is asked by its name counts more than what is told beside it.
    """
    topic = _first(message)
    if message.asked and topic in _OFTEN_TOLD and (asked := _first(message.asked)) in _BY_NAME:
        return asked
    return topic


def _first(message: Message) -> Topic | None:
    return next((topic for rule in _RULES if (topic := rule(message))), None)
