"""What counts as a mention of a code or a section, and what becomes of an answer that invents one."""

from collections.abc import Sequence
from typing import Any

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf.message import Message

from services.assistant.answer import Answer, Kind, NamedCode, Source, Verdict
from services.assistant.checking import checked, invented
from services.assistant.mentions import codes_in, known, mentioned, sections_in
from services.assistant.question import Code, Question, Topic

CM = lookup.CODE_SYSTEM_ICD10CM
DIABETES = lookup.BatchGetCodesResponse(
    results=[
        lookup.BatchGetCodesResult(asked="E119", entry=lookup.Entry(system=CM, code="E11.9", title="Type 2 diabetes")),
        lookup.BatchGetCodesResult(asked="Z99.Z", failure=lookup.LookupFailure(message="no Z99.Z")),
    ]
)
PASSAGE = lookup.GetPassageResponse(passage=lookup.Passage(id="I.C.4.a.2", text="Assign code Z79.4, see I.B.14."))


class Answered:
    """Tools that have looked some messages up."""

    def __init__(self, *messages: Message) -> None:
        self.answered = messages


def check(answer: Answer, *messages: Message, question: str = "What is E11.9?", codes: Sequence[str] = ()) -> Answer:
    tools: Any = Answered(*(messages or (DIABETES, PASSAGE)))
    asked = Question(question, Topic.CODE, codes=tuple(Code(code, (CM,)) for code in codes))
    return checked(asked, answer, tools)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("**E11.9** and e11.65, E119; E11.- or E11", ["E119", "E1165", "E119", "E11", "E11"]),
        ("E10-E14, C79.8-, 11042\u201311047", ["E10", "E14", "C798", "11042", "11047"]),
        ("S52.501A, T36.0X1A, Z3A.20, C7B, M1A.00X0", ["S52501A", "T360X1A", "Z3A20", "C7B", "M1A00X0"]),
        ("99213, 0001F, 0042T, 0001U, J1885, g2211", ["99213", "0001F", "0042T", "0001U", "J1885", "G2211"]),
        ("0DTJ4ZZ, 0210093, GZJZZZZ", ["0DTJ4ZZ", "0210093", "GZJZZZZ"]),
        ("ICD-9-CM 250.00, E812.0 and V58.61", ["250.00", "E8120", "V5861"]),
    ],
)
def test_a_mention_is_a_whole_code(text: str, codes: list[str]) -> None:
    assert [code for _, code in codes_in(text)] == codes


@pytest.mark.parametrize(
    "text",
    [
        "$12345, $ 12345, 12345.50, 12,345 rows, 12345 dollars, 50%, 12345%",
        "2024-07-01, 8/15/2024, 20240701, FY2026, PY2026, 2024Q3, in 2026",
        "1.94 RVUs, 112.34 in all, units 3, modifier 59, modifier LT, POS 11",
        "CMS-HCC V28, HCC 37, hemoglobin A1C, H1N1, D5W, COVID-19, ICD-10-CM",
        "Section I.C.9.a.2, Chapter IV, Section E.7, MAI 3, indicator 1",
    ],
)
def test_other_numbers_are_no_codes(text: str) -> None:
    assert codes_in(text) == []


def test_a_locality_is_one_where_lookup_says_so() -> None:
    text = "In 01112-05 the fee differs."

    assert invented(text, known([lookup.Locality(locality="01112-05")])) == []
    assert invented(text, set()) == ["01112-05"]
    assert invented("Report 11042-59.", mentioned("11042")) == []


def test_sections_are_known_by_their_path() -> None:
    assert [path for _, path in sections_in("See I.C.9.a.2. Chapter IV, Section E.7, not i.e. this.")] == [
        "I.C.9.a.2",
        "IV.E.7",
    ]
    assert invented("Sections I.C.4, I.C.4.a.2, I.B.14, and I.C.4.a.3.", known([PASSAGE])) == ["I.C.4.a.3"]


def test_what_lookup_was_asked_is_not_what_it_said() -> None:
    assert known([DIABETES]) == {"E119", "E11"}


def test_an_answer_from_lookup_is_left_as_it_is() -> None:
    answer = Answer(
        "**E11.9** Type 2 diabetes is in E11.\n\n- Section I.C.4.a.2 names Z79.4",
        Verdict.YES,
        (Source("ICD-10-CM FY2026"), Source("Guidelines Section I.C.4.a.2", passage="I.C.4.a.2")),
        (NamedCode(CM, "E11.9"),),
    )

    assert check(answer) == answer


def test_a_sentence_and_a_line_that_invent_are_removed() -> None:
    answer = check(
        Answer(
            "**E11.9** is a code. E13.8 is another. It stays.\n\n- E11.9 here\n- E14.1 there\n\n"
            "| code |\n|---|\n| E11.9 |\n| 99213 |",
            sources=(Source("ICD-10-CM FY2026"), Source("Section I.C.99", passage="I.C.99")),
            codes=(NamedCode(CM, "E11.9"), NamedCode(CM, "E13.8")),
        )
    )

    assert answer.kind is Kind.ANSWER
    assert answer.body == "**E11.9** is a code. It stays.\n\n- E11.9 here\n\n| code |\n|---|\n| E11.9 |"
    assert answer.sources == (Source("ICD-10-CM FY2026"),)
    assert answer.codes == (NamedCode(CM, "E11.9"),)


@pytest.mark.parametrize(
    "answer",
    [
        Answer("Use E13.8 for that. **E11.9** is another."),
        Answer("**E11.9** is valid. It replaces E13.8.", Verdict.YES),
        Answer("**E11.9** is a code.", sources=(Source("Section I.C.99", passage="I.C.99"),)),
        Answer("Is it E13.8?", kind=Kind.CLARIFICATION),
    ],
)
def test_an_answer_that_rests_on_what_is_invented_is_refused(answer: Answer) -> None:
    refused = check(answer)

    assert refused.kind is Kind.REFUSAL
    assert "could not be verified" in refused.body
    assert not refused.verdict
    assert "E13" not in refused.body


def test_a_code_of_the_question_may_be_echoed_but_is_none_of_the_answer() -> None:
    answer = Answer("Nothing is known of **I10**.", Verdict.NO_DATA, codes=(NamedCode(CM, "I10"),))

    echoed = check(answer, question="Is I10 in an HCC?")

    assert echoed.body == answer.body
    assert echoed.codes == ()


def test_a_code_that_does_not_exist_is_said_not_to() -> None:
    unknown = Answer("**Z99.Z** is not in ICD-10-CM FY2026.", Verdict.NO)

    assert check(unknown, codes=["Z99.Z"]) == unknown
    assert check(Answer("**Z99.Z** is billable.", Verdict.YES), codes=["Z99.Z"]).kind is Kind.REFUSAL


def test_a_page_of_edits_is_read_whole() -> None:
    edits = [lookup.PtpEdit(column1="11042", column2=str(20000 + place)) for place in range(500)]

    found = known([lookup.ListEditsResponse(edits=edits, total=74719)])

    assert {"11042", "20000", "20499", "74719"} <= found
    assert len(found) == 502
