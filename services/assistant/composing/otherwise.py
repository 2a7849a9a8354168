"""A question that may be meant in two ways is answered in both."""

from dataclasses import replace

from services.assistant.answer import Answer, Kind, once
from services.assistant.checking import checked
from services.assistant.composing import compose
from services.assistant.composing.parts import paragraphs
from services.assistant.question import Question, Topic
from services.assistant.tools import Tools

_SUBJECTS = {
    Topic.CODE: "the code itself",
    Topic.BILLABLE: "validity for submission",
    Topic.VALIDITY: "the date of service",
    Topic.HIERARCHY: "hierarchy",
    Topic.NOTES: "notes",
    Topic.DIAGNOSES_TOGETHER: "diagnoses together",
    Topic.SEVENTH_CHARACTER: "seventh characters",
    Topic.LATERALITY: "laterality",
    Topic.HISTORY: "changes of the code",
    Topic.COMPARE: "differences",
    Topic.FIND: "the code to use",
    Topic.MODIFIER: "modifiers",
    Topic.PAIR: "edits between services",
    Topic.MUE: "units of service",
    Topic.ADD_ON: "add-on codes",
    Topic.FEE: "the fee schedule",
    Topic.CROSSWALK: "crosswalks",
    Topic.HCC: "risk adjustment",
    Topic.COVERAGE: "coverage",
    Topic.PLACE_OF_SERVICE: "the place of service",
    Topic.GUIDELINE: "coding rules",
    Topic.CLAIM: "the claim as a whole",
}


# Each of these says whether a code is valid.
_STANDING = frozenset({Topic.CODE, Topic.BILLABLE, Topic.VALIDITY})


async def answer_both_ways(question: Question, tools: Tools) -> tuple[Question, Answer]:
    """Return a question, or what it may be meant as instead, and its answer, below it that to the other of the two.

    Where one of them finds nothing the other answers alone. Of a question to be answered with yes or no that comes
    first which has a verdict.
    """
    answer = checked(question, await compose(question, tools), tools)
    if question.otherwise is None or answer.kind is Kind.REFUSAL:
        return question, answer
    if {question.topic, question.otherwise.topic} <= _STANDING:
        return question, answer
    other = checked(question.otherwise, await compose(question.otherwise, tools), tools)
    if other.kind is not Kind.ANSWER or not other.sources or other.body in answer.body:
        return question, answer
    if answer.kind is Kind.CLARIFICATION:
        return question.otherwise, other
    if answer.body in other.body:
        return question.otherwise, replace(other, verdict=other.verdict or answer.verdict)
    if question.binary and other.verdict and not answer.verdict:
        return question.otherwise, _below(other, question, answer)
    return question, _below(answer, question.otherwise, other)


def _below(answer: Answer, question: Question, other: Answer) -> Answer:
    """Return an answer with another one below it, that to a question."""
    verdict = f", verdict {other.verdict.word}" if other.verdict else ""
    lead = f"Read as a question of {_SUBJECTS[question.topic]}{verdict}:"
    return replace(
        answer,
        body=paragraphs(answer.body, lead, other.body),
        sources=once([*answer.sources, *other.sources]),
    )
