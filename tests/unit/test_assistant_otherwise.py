"""A question whose words leave open what is meant: both readings are answered, the likelier first."""

from dataclasses import replace
from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Answer, Kind, Verdict
from services.assistant.composing.otherwise import answer_both_ways
from services.assistant.question import Code, Question, Topic
from services.assistant.tools import Tools
from services.assistant.understanding import read
from services.assistant.understanding.found import code_found, with_found
from services.assistant.understanding.topics import Placing
from tests.unit.assistant_procedures import FakeLookup, answered, code, question

PLACE = pb.PlaceOfService(
    code="24",
    name="Ambulatory Surgical Center",
    description="Where surgery is performed.",
    facility=True,
)
FOUND = FakeLookup(
    CheckEdits=lambda _: pb.CheckEditsResponse(
        findings=[
            pb.Finding(
                kind=pb.FINDING_KIND_MUE,
                mue=pb.MueLimit(value=4, adjudication_indicator=pb.MUE_ADJUDICATION_INDICATOR_LINE),
            )
        ]
    ),
    ListPlacesOfService=lambda _: pb.ListPlacesOfServiceResponse(places=[PLACE]),
)
UNITS = question(Topic.MUE, code("11111", units=9), setting=pb.SETTING_PRACTITIONER)
LOCATION = question(Topic.PLACE_OF_SERVICE, place="24", binary=False)


async def both(asked: Question) -> tuple[Question, Answer]:
    answers: list[Question] = []

    async def compose(asked: Question, tools: Tools) -> Answer:
        asked, answer = await answer_both_ways(asked, tools)
        answers.append(asked)
        return answer

    answer = await answered(compose, asked, FOUND)
    return answers[0], answer


async def test_the_second_reading_is_answered_below_the_first_with_its_verdict_and_sources() -> None:
    asked, answer = await both(replace(LOCATION, otherwise=UNITS))

    first, lead, second = answer.body.partition("Read as a question of units of service, verdict fail:")
    assert asked.topic is Topic.PLACE_OF_SERVICE
    assert "Ambulatory Surgical Center" in first
    assert lead
    assert "11111" in second
    assert answer.verdict is None
    assert [source.name for source in answer.sources] == ["Place of service 2024", "NCCI MUE practitioner 2024Q3"]


async def test_what_has_a_verdict_comes_first_where_yes_or_no_is_asked() -> None:
    facility = replace(LOCATION, text="Is POS 24 facility or non-facility?", binary=True)
    asked, answer = await both(replace(facility, otherwise=UNITS))

    assert (asked.topic, answer.verdict) == (Topic.MUE, Verdict.FAIL)
    assert "Ambulatory Surgical Center" in answer.body.partition("Read as a question of the place of service:")[2]


async def test_where_one_reading_finds_nothing_the_other_answers_alone() -> None:
    nothing = Question("", Topic.UNSPECIFIED, missing="Which code?")

    assert (await both(replace(nothing, otherwise=LOCATION)))[1].body.startswith("**POS 24**")
    assert (await both(replace(LOCATION, otherwise=nothing)))[1].body.startswith("**POS 24**")


async def test_what_is_declined_is_answered_in_no_other_way() -> None:
    _, answer = await both(replace(Question("", Topic.OUT_OF_SCOPE), otherwise=LOCATION))

    assert answer.kind is Kind.REFUSAL


def test_topics_that_are_nearly_as_likely_leave_open_what_is_meant() -> None:
    assert Placing({Topic.FEE: 0.5, Topic.MUE: 0.4}).otherwise
    assert not Placing({Topic.FEE: 0.5, Topic.MUE: -0.4}).otherwise


@pytest.mark.parametrize("text", ["is E11.9 billable?", "what is the weather", "and that one?"])
def test_a_plain_question_is_read_in_one_way(text: str) -> None:
    assert [one.otherwise for one in read(text, (), None, date(2026, 3, 10))] == [None]


def test_the_second_reading_takes_the_code_that_is_found_as_the_first_does() -> None:
    found = Code("E11.9", (pb.CODE_SYSTEM_ICD10CM,))
    stands = code_found(0, found.systems)
    asked = with_found(replace(question(Topic.HCC, stands), otherwise=question(Topic.BILLABLE, stands)), [[found]])

    assert asked.otherwise
    assert asked.otherwise.codes == asked.codes == (found,)
