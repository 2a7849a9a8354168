"""What modifiers mean, whether they bypass edits, and whether a code takes them."""

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Verdict
from services.assistant.composing.modifiers import modifier
from services.assistant.question import Topic
from services.assistant.understanding.modifiers_sought import modifiers_sought
from tests.unit.assistant_procedures import FakeLookup, answered, code, question, releases_with_manual


@pytest.mark.parametrize(
    ("named", "text", "verdict"),
    [
        (("59",), "Is 59 NCCI-associated?", Verdict.YES),
        (("GY",), "Does GY bypass a PTP edit?", Verdict.NO),
        (("76",), "Does 76 bypass a PTP edit?", Verdict.NO),
        (("59", "GY"), "Do 59 and GY bypass a PTP edit?", Verdict.NO),
        (("59", "76"), "Does 59 bypass a PTP edit or is it like 76?", Verdict.YES),
        (("59",), "Does 59 bypass an edit with indicator 0?", Verdict.NO),
        (("59",), "Does 59 bypass an edit with indicator 1?", Verdict.YES),
    ],
)
async def test_only_associated_modifiers_bypass_edits_and_none_one_of_indicator_0(
    named: tuple[str, ...], text: str, verdict: Verdict
) -> None:
    asked = question(Topic.MODIFIER, modifiers=named, text=text)

    assert (await answered(modifier, asked, FakeLookup())).verdict is verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("59 - counts as NCCI PTP-associated or not?", Verdict.YES),
        ("modifier 59 ok to bypass PTP edits?", Verdict.YES),
        ("What does 59 mean for PTP edits?", None),
    ],
)
async def test_a_question_on_edits_gets_a_verdict_unless_more_than_yes_or_no_is_asked(
    text: str, verdict: Verdict | None
) -> None:
    answer = await answered(
        modifier, question(Topic.MODIFIER, modifiers=("59",), text=text, binary=False), FakeLookup()
    )

    assert answer.verdict is verdict
    assert answer.body.startswith("Modifier 59 is NCCI-associated") is (verdict is not None)


async def test_the_text_of_a_modifier_of_cpt_is_said_not_to_be_loaded() -> None:
    answer = await answered(modifier, question(Topic.MODIFIER, modifiers=("25",), binary=False), FakeLookup())

    assert "licensed by the AMA and not loaded" in answer.body
    assert "NCCI-associated: it may bypass" in answer.body


@pytest.mark.parametrize("name", ["ZZ", "98"])
async def test_a_modifier_that_there_is_not_is_said_to_be_none(name: str) -> None:
    answer = await answered(modifier, question(Topic.MODIFIER, modifiers=(name,), text="Is it real?"), FakeLookup())

    assert answer.verdict is Verdict.NO
    assert f"There is no modifier **{name}**" in answer.body


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("is 59 a real modifier", Verdict.YES),
        ("is 59 needed on an appendectomy", None),
        ("is there a rule for modifier 59", None),
        ("do anatomic modifiers on the same side bypass edits", Verdict.NO),
    ],
)
async def test_that_there_is_a_modifier_does_not_say_that_it_may_be_used(text: str, verdict: Verdict | None) -> None:
    sentence = "Most should not be reported for the ipsilateral organ."

    found = FakeLookup(
        ListReleases=releases_with_manual,
        GetPassage=lambda request: pb.GetPassageResponse(passage=pb.Passage(id=request.id, text=sentence)),
        SearchPassages=lambda _: pb.SearchPassagesResponse(),
    )
    asked = question(Topic.MODIFIER, modifiers=("59",) if "59" in text else (), text=text)

    assert (await answered(modifier, asked, found)).verdict is verdict


@pytest.mark.parametrize(
    ("text", "named"),
    [("PT vs 33", ("PT", "33")), ("X{EPSU}", ("XE", "XP", "XS", "XU")), ("E1-E3", ("E1", "E2", "E3"))],
)
async def test_modifiers_side_by_side_and_in_groups_are_all_explained(text: str, named: tuple[str, ...]) -> None:
    modifiers = ("33",) if "33" in text else ()
    asked = question(Topic.MODIFIER, modifiers=modifiers, text=f"{text}: which one?", binary=False)
    answer = await answered(modifier, asked, FakeLookup())

    assert [f"**{one}**" in answer.body for one in named] == [True] * len(named)


@pytest.mark.parametrize(
    ("text", "name", "verdict"),
    [
        ("may 59 go on an E/M", "59", Verdict.NO),
        ("does 59 go on the visit or the procedure", "59", None),
        ("do add-on codes need 51", "51", Verdict.NO),
    ],
)
async def test_of_a_kind_of_codes_it_is_said_by_a_code_of_it(text: str, name: str, verdict: Verdict | None) -> None:
    rule = pb.ModifierRule(modifier=name, standing=pb.MODIFIER_STANDING_NOT_ALLOWED, reason="Because.", source="MPFS")
    page = pb.GetCodePageResponse(modifiers=pb.Modifiers(rules=[rule]))
    found = FakeLookup(GetCodePage=lambda _: page, BatchGetCodes=every_code)

    assert (await answered(modifier, question(Topic.MODIFIER, modifiers=(name,), text=text), found)).verdict is verdict


@pytest.mark.parametrize(
    ("words", "modifiers"),
    [
        ("unrelated visit in the global period", ("24",)),
        ("unrelated procedure in the global period", ("79",)),
        ("patient went back to the or", ("78",)),
        ("ekg repeated by another cardiology doctor", ("77",)),
        ("repeat lab test the same day", ("91",)),
        ("the surgeon did the surgery only and optometry the postop care", ("54", "55")),
        ("two surgeons", ("62",)),
        ("locum tenens", ("Q6",)),
        ("a drug that was thrown away", ("JW",)),
        ("nothing was wasted from the vial", ("JZ",)),
        ("screening colonoscopy turned into a polypectomy", ("PT", "33")),
        ("distinct practitioner", ("XP", "59")),
        ("second procedure at another visit the same day", ("XE", "59")),
        ("used oxygen equipment", ("UE",)),
        ("lcd criteria are met", ("KX",)),
        ("only the left knee was done", ("LT", "RT")),
        ("no abn on file", ("GZ",)),
        ("rental of a wheelchair", ()),
    ],
)
def test_a_modifier_is_described_without_its_name(words: str, modifiers: tuple[str, ...]) -> None:
    assert modifiers_sought(words) == modifiers


async def test_of_cpt_it_is_said_that_no_texts_were_searched() -> None:
    listed = [pb.Modifier(modifier="RR", title="Rental")]
    found = FakeLookup(ListModifiers=lambda _: pb.ListModifiersResponse(modifiers=listed))
    asked = question(Topic.MODIFIER, text="modifier for a rental wheelchair", phrase="rental wheelchair")

    assert "Modifiers of CPT" in (await answered(modifier, asked, found)).body


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("which modifier for the right thumb", ["F5"]),
        ("left ring finger, which one is that", ["F3"]),
        ("big toe of the left foot", ["TA"]),
        ("modifier for a pinky toe", ["T4"]),
    ],
)
async def test_a_finger_or_a_toe_names_its_modifier(text: str, named: list[str]) -> None:
    titles = {
        "F3": "Left hand, fourth digit",
        "F5": "Right hand, thumb",
        "FA": "Left hand, thumb",
        "T3": "Left foot, fourth digit",
        "T4": "Left foot, fifth digit",
        "TA": "Left foot, great toe",
    }
    listed = [pb.Modifier(modifier=one, title=title) for one, title in titles.items()]
    found = FakeLookup(ListModifiers=lambda _: pb.ListModifiersResponse(modifiers=listed))
    answer = await answered(modifier, question(Topic.MODIFIER, text=text), found)

    assert [one for one in titles if f"**{one}**" in answer.body] == named


async def test_what_a_modifier_says_is_told_beside_its_code() -> None:
    asked = question(Topic.MODIFIER, code("11111"), modifiers=("GY",), text="What does GY say on 11111", binary=False)
    found = FakeLookup(GetCodePage=lambda _: pb.GetCodePageResponse())

    assert (await answered(modifier, asked, found)).body.startswith("**GY** Excluded.")


async def test_of_one_modifier_and_the_manual_its_rule_is_quoted() -> None:
    text = "Screening and diagnostic imaging of one day are reported with modifier GY."
    hits = pb.SearchPassagesResponse(
        hits=[pb.PassageHit(source=pb.FACT_SOURCE_NCCI_POLICY_MANUAL, passage=pb.Passage(id="IX.C.1", text=text))]
    )
    found = FakeLookup(
        ListReleases=releases_with_manual,
        SearchPassages=lambda _: hits,
        GetPassage=lambda _: pb.GetPassageResponse(),
    )
    phrase = "screening and diagnostic imaging of one day"
    asked = question(Topic.MODIFIER, modifiers=("GY",), text=f"{phrase}, manual?", phrase=phrase, binary=False)

    assert text in (await answered(modifier, asked, found)).body


def every_code(request: pb.BatchGetCodesRequest) -> pb.BatchGetCodesResponse:
    """Return every code that is asked for by its number."""
    response = pb.BatchGetCodesResponse()
    for one in request.codes:
        response.results.add(asked=one).entry.CopyFrom(pb.Entry(system=request.system, code=one, number_only=True))
    return response


async def test_a_modifier_that_the_manual_forbids_on_a_code_is_not_taken() -> None:
    text = "It is used often. Modifier 59 shall not be used with code 11111. Nor is it more."
    hits = pb.SearchPassagesResponse(hits=[pb.PassageHit(passage=pb.Passage(id="I.E", text=text))])
    rule = pb.ModifierRule(modifier="59", standing=pb.MODIFIER_STANDING_ALLOWED, reason="Because.", source="MPFS")
    found = FakeLookup(
        ListReleases=releases_with_manual,
        SearchPassages=lambda _: hits,
        GetCodePage=lambda _: pb.GetCodePageResponse(modifiers=pb.Modifiers(rules=[rule])),
    )
    asked = question(Topic.MODIFIER, code("11111"), modifiers=("59",), text="Does 11111 take 59?")
    answer = await answered(modifier, asked, found)

    assert answer.verdict is Verdict.NO
    assert answer.body.startswith("Manual Chapter I, Section E: “Modifier 59 shall not be used with code 11111.”")


@pytest.mark.parametrize(
    ("standing", "verdict"),
    [
        (pb.MODIFIER_STANDING_ALLOWED, Verdict.YES),
        (pb.MODIFIER_STANDING_WITH_DOCUMENTATION, Verdict.YES),
        (pb.MODIFIER_STANDING_EXEMPT, Verdict.NO),
        (pb.MODIFIER_STANDING_NOT_ALLOWED, Verdict.NO),
        (None, Verdict.NO_DATA),
    ],
)
async def test_a_code_takes_a_modifier_by_its_rule(
    standing: pb.ModifierStanding.ValueType | None, verdict: Verdict
) -> None:
    rule = pb.ModifierRule(
        modifier="50",
        standing=standing or pb.MODIFIER_STANDING_UNSPECIFIED,
        reason="Because.",
        source="MPFS RVU July 2024",
    )
    page = pb.GetCodePageResponse(modifiers=pb.Modifiers(rules=[rule] if standing else []))
    asked = question(Topic.MODIFIER, code("11111"), modifiers=("50",), text="Does 11111 take 50?")

    assert (await answered(modifier, asked, FakeLookup(GetCodePage=lambda _: page))).verdict is verdict
