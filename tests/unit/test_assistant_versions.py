"""Another version of a code, by the words in which titles of its family differ."""

from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Answer
from services.assistant.composing import compose
from services.assistant.editions import Editions
from services.assistant.question import Code, Question, Side, Topic, Turn
from services.assistant.tools import Tools
from services.assistant.understanding import read
from tests.unit.assistant_procedures import FakeLookup

CM, PCS = pb.CODE_SYSTEM_ICD10CM, pb.CODE_SYSTEM_ICD10PCS
TODAY = date(2026, 3, 1)
RELEASES = [
    pb.Release(system=system, edition="FY2026", effective_from="2025-10-01", effective_to="2026-09-30")
    for system in (CM, PCS)
]
# Titles are synthetic: what matters is in which words they differ. A code that ends with "-" is a header.
BOOK = """
F10.20 Alcohol dependence, uncomplicated
F10.21 Alcohol dependence, in remission
F10.10 Alcohol abuse, uncomplicated
F10.11 Alcohol abuse, in remission
N18.31 Kidney disease, stage 3a
N18.32 Kidney disease, stage 3b
N18.4 Kidney disease, stage 4 (severe)
K57.30 Diverticulosis without perforation or abscess without bleeding
K57.31 Diverticulosis without perforation or abscess with bleeding
K57.32 Diverticulitis without perforation or abscess without bleeding
K57.33 Diverticulitis without perforation or abscess with bleeding
I50.31 Acute diastolic heart failure
I50.32 Chronic diastolic heart failure
I50.33 Acute on chronic diastolic heart failure
F03.90 Dementia without agitation, mood disturbance, and anxiety
F03.94 Dementia with anxiety
I69.351 Hemiplegia affecting right dominant side
I69.352 Hemiplegia affecting left dominant side
I69.354 Hemiplegia affecting left non-dominant side
E11.3211 Mild retinopathy with macular edema, right eye
E11.3212 Mild retinopathy with macular edema, left eye
E11.3291 Mild retinopathy without macular edema, right eye
S72.001- Fracture of right femur
S72.001A Fracture of right femur, initial encounter for closed fracture
S72.001B Fracture of right femur, initial encounter for open fracture
S72.001D Fracture of right femur, subsequent encounter for closed fracture with routine healing
S72.001K Fracture of right femur, subsequent encounter for closed fracture with nonunion
S72.001M Fracture of right femur, subsequent encounter for open fracture with nonunion
S72.001S Fracture of right femur, sequela
S61.210A Laceration without foreign body of right index finger without damage to nail, initial encounter
S61.121A Laceration with foreign body of right thumb with damage to nail, initial encounter
S61.310A Laceration without foreign body of right index finger with damage to nail, initial encounter
O14.10 Severe pre-eclampsia, unspecified trimester
O14.13 Severe pre-eclampsia, third trimester
O14.93 Unspecified pre-eclampsia, third trimester
J96.00 Acute respiratory failure, unspecified whether with hypoxia or hypercapnia
J96.01 Acute respiratory failure with hypoxia
J96.02 Acute respiratory failure with hypercapnia
M17.1 Unilateral primary osteoarthritis of knee
M17.2 Bilateral post-traumatic osteoarthritis of knee
S06.0X0A Concussion without loss of consciousness, initial encounter
S06.0X1A Concussion with loss of consciousness of 30 minutes or less, initial encounter
S06.0X2A Concussion with loss of consciousness of 31 to 59 minutes, initial encounter
T36.0X1A Poisoning by penicillins, accidental, initial encounter
T36.0X5A Adverse effect of penicillins, initial encounter
T36.1X5A Adverse effect of cephalosporins, initial encounter
"""
PROCEDURES = {
    "0DTJ4ZZ": "Resection of Appendix, Endoscopic Approach",
    "0DTJ0ZZ": "Resection of Appendix, Open Approach",
}


def entries() -> list[pb.Entry]:
    lines = (line.split(" ", 1) for line in BOOK.strip().splitlines())
    return [
        pb.Entry(system=CM, level=pb.LEVEL_CODE, code=code.rstrip("-"), title=title, billable=not code.endswith("-"))
        for code, title in lines
    ]


def batch(request: pb.BatchGetCodesRequest) -> pb.BatchGetCodesResponse:
    known = {one.code.replace(".", ""): one for one in entries()}
    if request.system == PCS:
        known = {
            code: pb.Entry(system=PCS, level=pb.LEVEL_CODE, code=code, title=title, billable=True)
            for code, title in PROCEDURES.items()
        }
    return pb.BatchGetCodesResponse(
        results=[pb.BatchGetCodesResult(asked=code, entry=known.get(code.replace(".", ""))) for code in request.codes]
    )


def browse(request: pb.BrowseRequest) -> pb.BrowseResponse:
    return pb.BrowseResponse(entries=[one for one in entries() if one.code.startswith(request.range.first)])


def page(request: pb.GetCodePageRequest) -> pb.GetCodePageResponse:
    return pb.GetCodePageResponse(entry=next(one for one in entries() if one.code == request.code))


STUB = FakeLookup(
    ListReleases=lambda _: pb.ListReleasesResponse(releases=RELEASES),
    BatchGetCodes=batch,
    Browse=browse,
    Search=lambda _: pb.SearchResponse(),
    Specify=lambda _: pb.SpecifyResponse(),
    GetCodePage=page,
)


async def asked(code: str, phrase: str, text: str = "", side: Side | None = None) -> Answer:
    editions = Editions(STUB)  # type: ignore[arg-type]
    await editions.refresh()
    tools = Tools(STUB, editions, TODAY, lambda _: None)  # type: ignore[arg-type]
    system = CM if "." in code else PCS
    question = Question(text or phrase, Topic.CODE, codes=(Code(code, (system,)),), phrase=phrase, side=side)
    return await compose(question, tools)


@pytest.mark.parametrize(
    ("code", "phrase", "expected"),
    [
        ("F10.20", "in remission", "F10.21"),
        ("N18.31", "he's now stage 4", "N18.4"),
        ("N18.31", "stage IV", "N18.4"),
        ("N18.4", "not stage 4 but 3b", "N18.32"),
        ("K57.30", "with bleeding", "K57.31"),
        ("K57.30", "diverticulitis, no bleeding", "K57.32"),
        ("I50.31", "now chronic", "I50.32"),
        ("I50.32", "acute on chronic", "I50.33"),
        ("F03.90", "with anxiety", "F03.94"),
        ("E11.3291", "with macular edema", "E11.3211"),
        ("S72.001A", "routine healing", "S72.001D"),
        ("S72.001A", "back for a recheck", "S72.001D"),
        ("S72.001A", "nonunion", "S72.001K"),
        ("S72.001B", "nonunion", "S72.001M"),
        ("S72.001", "sequela", "S72.001S"),
        ("S06.0X0A", "with loss of consciousness of 30 min or less", "S06.0X1A"),
        ("T36.0X1A", "adverse effect", "T36.0X5A"),
        ("S61.210A", "right nail damaged", "S61.310A"),
        ("O14.93", "severe", "O14.13"),
        ("M17.1", "posttraumatic", "M17.2"),
        ("J96.01", "hypercapnia", "J96.02"),
        ("0DTJ4ZZ", "open approach", "0DTJ0ZZ"),
    ],
)
async def test_the_version_is_the_code_whose_title_differs_in_what_is_asked(
    code: str, phrase: str, expected: str
) -> None:
    answer = await asked(code, phrase)

    assert answer.body.startswith("For \u201c")
    assert [named.code for named in answer.codes[:2]] == [expected, code]


async def test_a_side_and_what_else_is_said_choose_together() -> None:
    assert (await asked("I69.351", "nondominant left", side=Side.LEFT)).codes[0].code == "I69.354"


async def test_a_letter_names_the_seventh_character() -> None:
    assert (await asked("S72.001A", "D version", "and the D version?")).codes[0].code == "S72.001D"


@pytest.mark.parametrize(
    ("code", "phrase"),
    [
        ("K57.30", "diverticulosis without bleeding"),
        ("K57.30", "heart failure and diabetes with bleeding"),
        ("S06.0X0A", "loss of consciousness of 45 minutes"),
        ("F10.20", ""),
    ],
)
async def test_no_version_is_meant_where_the_code_says_all_or_something_else_is_told(code: str, phrase: str) -> None:
    answer = await asked(code, phrase)

    assert answer.codes[0].code == code
    assert "For \u201c" not in answer.body


@pytest.mark.parametrize(
    ("turns", "told", "phrase"),
    [
        (["code for humerus fracture"], "humerus fracture", "proximal  left  initial encounter"),
        (["which code for abscess"], "abscess", "buttock"),
        (["code for left ankle sprain, initial encounter"], "left ankle sprain", "sequela"),
        (["code for pressure ulcer of heel", "stage 3"], "pressure ulcer of heel", "stage 4"),
        (["code for pain in right knee"], "pain in knee", "left"),
    ],
)
def test_a_turn_that_adds_is_searched_together_with_what_was_told(turns: list[str], told: str, phrase: str) -> None:
    texts = {"proximal  left  initial encounter": "proximal, left, first visit", "left": "the other knee"}
    found = (Code("X00.0", (CM,)),)
    (question,) = read(texts.get(phrase, phrase), [Turn(turn, found) for turn in turns], None, TODAY)

    assert (question.topic, question.told, question.phrase) == (Topic.FIND, told, phrase)
    assert question.codes == found


def test_another_condition_is_searched_alone() -> None:
    (question,) = read("what about pneumonia", [Turn("code for uti", (Code("N39.0", (CM,)),))], None, TODAY)

    assert (question.topic, question.told, question.phrase) == (Topic.FIND, "", "pneumonia")


def test_further_words_are_said_of_the_code_that_was_answered() -> None:
    turns = [Turn("H35.3211", (Code("H35.3211", (CM,)),)), Turn("left eye", (Code("H35.3221", (CM,)),))]
    (question,) = read("with inactive scar", turns, None, TODAY)

    assert [code.text for code in question.codes] == ["H35.3221"]
    assert question.side is None
