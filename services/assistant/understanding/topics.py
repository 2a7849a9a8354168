"""What a question is about: the first rule that knows it decides."""

from collections.abc import Callable

from services.assistant.question import Topic
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
    diagnoses.of_risk,
    diagnoses.of_crosswalk,
    services.of_add_on,
    services.of_units,
    words.of_modifier_beside,
    services.of_modifiers,
    services.of_fee,
    services.of_comparison,
    services.of_pair_together,
    diagnoses.of_history,
    diagnoses.of_order,
    diagnoses.of_diagnoses_together,
    diagnoses.of_seventh_character,
    diagnoses.of_notes,
    services.of_choice,
    diagnoses.of_rules,
    diagnoses.of_validity,
    diagnoses.of_laterality,
    diagnoses.of_billability,
    diagnoses.of_hierarchy,
    services.of_pair,
    diagnoses.of_two_diagnoses,
    diagnoses.of_meaning,
    services.of_case,
    diagnoses.of_case,
    words.of_told_case,
    words.of_uncoded_rule,
    words.of_found,
)


def topic_of(message: Message) -> Topic | None:
    """Return what a question is about by its words; None when they do not say it."""
    return next((topic for rule in _RULES if (topic := rule(message))), None)
