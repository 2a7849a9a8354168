"""What a question may be meant as instead, answered below it."""

from dataclasses import replace

from services.assistant.answer import Answer, Kind, once
from services.assistant.checking import checked
from services.assistant.composing import compose
from services.assistant.composing.parts import paragraphs
from services.assistant.question import Question, Topic
from services.assistant.tools import Tools

_NAMES = {
    Topic.CODE: "what the code is",
    Topic.BILLABLE: "whether it is valid for submission",
    Topic.VALIDITY: "whether it is valid on the date",
    Topic.HIERARCHY: "what is above and below it",
    Topic.NOTES: "its notes",
    Topic.DIAGNOSES_TOGETHER: "whether the diagnoses go together",
    Topic.SEVENTH_CHARACTER: "its seventh character",
    Topic.LATERALITY: "its side",
    Topic.HISTORY: "how it changed",
    Topic.COMPARE: "how they differ",
    Topic.FIND: "which code it is",
    Topic.MODIFIER: "the modifier",
    Topic.PAIR: "whether the services are paid together",
    Topic.MUE: "how many units are paid",
    Topic.ADD_ON: "add-on codes",
    Topic.FEE: "the fee schedule",
    Topic.CROSSWALK: "a crosswalk",
    Topic.HCC: "risk adjustment",
    Topic.COVERAGE: "coverage",
    Topic.PLACE_OF_SERVICE: "the place of service",
    Topic.GUIDELINE: "the rules",
    Topic.CLAIM: "the claim as a whole",
}


async def with_otherwise(answer: Answer, question: Question, tools: Tools) -> Answer:
    """Return an answer with that to what the question may be meant as instead; the verdict is that of the likelier."""
    if question.otherwise is None or answer.kind is Kind.REFUSAL:
        return answer
    other = checked(question.otherwise, await compose(question.otherwise, tools), tools)
    if other.kind is not Kind.ANSWER or not other.sources or other.body in answer.body:
        return answer
    if answer.kind is Kind.CLARIFICATION:
        return other
    return replace(
        answer,
        body=paragraphs(answer.body, f"If you ask about {_NAMES[question.otherwise.topic]}:", other.body),
        verdict=answer.verdict or other.verdict,
        sources=once([*answer.sources, *other.sources]),
    )
