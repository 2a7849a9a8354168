"""Answers from what lookup says, one composer for each topic, without any model."""

from collections.abc import Awaitable, Callable, Mapping

from services.assistant.answer import Answer
from services.assistant.composing import (
    add_on,
    claim,
    codes,
    compare,
    coverage,
    crosswalks,
    fees,
    first_listed,
    guidelines,
    hierarchy,
    history,
    modifiers,
    mue,
    notes,
    pair_rules,
    pairs,
    place_of_service,
    risk_adjustment,
    scope,
    seventh,
    terms,
    together,
    told,
    validity,
    versions,
)
from services.assistant.question import Aspect, Question, Topic
from services.assistant.tools import Tools

Composer = Callable[[Question, Tools], Awaitable[Answer]]

COMPOSERS: Mapping[Topic, Composer] = {
    Topic.UNSPECIFIED: scope.ask_back,
    Topic.CODE: codes.describe,
    Topic.BILLABLE: codes.billable,
    Topic.VALIDITY: validity.valid_on,
    Topic.HIERARCHY: hierarchy.around,
    Topic.NOTES: notes.notes_of,
    Topic.DIAGNOSES_TOGETHER: together.diagnoses,
    Topic.SEVENTH_CHARACTER: seventh.seventh_character,
    Topic.LATERALITY: seventh.laterality,
    Topic.HISTORY: history.history_of,
    Topic.COMPARE: compare.compare,
    Topic.FIND: told.find_on,
    Topic.MODIFIER: modifiers.modifier,
    Topic.PAIR: pairs.together,
    Topic.MUE: mue.units,
    Topic.ADD_ON: add_on.add_on,
    Topic.FEE: fees.fee,
    Topic.CROSSWALK: crosswalks.crosswalk,
    Topic.HCC: risk_adjustment.hcc,
    Topic.COVERAGE: coverage.coverage,
    Topic.PLACE_OF_SERVICE: place_of_service.place,
    Topic.GUIDELINE: guidelines.guideline,
    Topic.RELEASES: scope.releases,
    Topic.CLAIM: claim.check,
    Topic.OUT_OF_SCOPE: scope.decline,
}


# A question about a code may be one about a rule that names it.
_WITH_RULES = frozenset({Topic.CODE, Topic.BILLABLE, Topic.NOTES, Topic.COMPARE, Topic.DIAGNOSES_TOGETHER})
# One about several procedures may be one about a rule that names them together.
_WITH_MANUAL = frozenset({Topic.PAIR, Topic.MODIFIER, Topic.MUE, Topic.ADD_ON, Topic.BILLABLE})


async def compose(question: Question, tools: Tools) -> Answer:
    """Answer a question. Raises a Refusal when lookup cannot be reached."""
    if explained := await terms.explained(question, tools):
        return explained
    whether_first = Aspect.FIRST_LISTED in question.aspects
    if whether_first and question.codes and (answer := await first_listed.first_listed(question, tools)):
        return answer if answer.verdict else await guidelines.with_rules(answer, question, tools)
    answer = await versions.with_version(question, tools, COMPOSERS[question.topic])
    if question.topic in _WITH_MANUAL:
        answer = await pair_rules.with_manual(answer, question, tools)
    return await guidelines.with_rules(answer, question, tools) if question.topic in _WITH_RULES else answer
