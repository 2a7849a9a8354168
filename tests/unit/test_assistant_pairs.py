"""Whether two procedures may be billed together."""

from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Kind, Verdict
from services.assistant.composing import compose
from services.assistant.composing.pairs import together
from services.assistant.question import Aspect, Topic
from tests.unit.assistant_procedures import SOURCES, FakeLookup, answered, code, question, releases_with_manual

EDIT = pb.PtpEdit(
    column1="11111",
    column2="22222",
    effective_from="2020-01-01",
    modifier_indicator=pb.MODIFIER_INDICATOR_ALLOWED,
    rationale="Misuse",
)
PTP = "NCCI PTP practitioner 2024Q3"
ADD_ON = "NCCI add-on codes 2024Q3"


def finding(kind: pb.FindingKind.ValueType, verdict: pb.Verdict.ValueType, message: str = "") -> pb.Finding:
    return pb.Finding(kind=kind, verdict=verdict, message=message, source=PTP if kind == pb.FINDING_KIND_PTP else "")


def lookup(edit: pb.PtpEdit | None = EDIT, *others: pb.Finding) -> FakeLookup:
    """Return a lookup with an edit between 11111 and 22222 that 25 and 59 on the second bypass."""

    def check(request: pb.CheckEditsRequest) -> pb.CheckEditsResponse:
        if edit is None:
            return pb.CheckEditsResponse(findings=[finding(pb.FINDING_KIND_PTP, pb.VERDICT_PASS), *others])
        second = next(line for line in request.claim.lines if line.code == "22222")
        allowed = edit.modifier_indicator == pb.MODIFIER_INDICATOR_ALLOWED
        by = [one for one in second.modifiers if one in ("25", "59") and allowed]
        found = finding(pb.FINDING_KIND_PTP, pb.VERDICT_BYPASSED if by else pb.VERDICT_FAIL)
        found.ptp.CopyFrom(edit)
        found.bypassed_by.extend(by)
        return pb.CheckEditsResponse(findings=[found, *others])

    return FakeLookup(CheckEdits=check)


async def test_an_edit_without_a_modifier_fails_and_the_answer_says_what_would_bypass_it() -> None:
    answer = await answered(together, question(Topic.PAIR, code("22222"), code("11111")), lookup())

    assert answer.verdict is Verdict.FAIL
    assert "**22222** (column 2) is bundled into **11111** (column 1) on 2024-08-15" in answer.body
    assert "25, 59; of sites LT" in answer.body
    assert [one.name for one in answer.sources] == [PTP]


async def test_a_modifier_of_no_line_is_put_on_column_2() -> None:
    asked = lookup()
    answer = await answered(together, question(Topic.PAIR, code("22222"), code("11111"), modifiers=("59",)), asked)

    assert answer.verdict is Verdict.BYPASSED
    last = asked.requests(pb.CheckEditsRequest)[-1].claim
    assert {line.code: list(line.modifiers) for line in last.lines} == {"22222": ["59"], "11111": []}


async def test_a_modifier_that_is_not_associated_bypasses_nothing() -> None:
    answer = await answered(together, question(Topic.PAIR, code("11111"), code("22222", "GY")), lookup())

    assert answer.verdict is Verdict.FAIL
    assert "Modifier GY is not NCCI-associated" in answer.body


async def test_indicator_0_lets_no_modifier_bypass_the_edit() -> None:
    firm = pb.PtpEdit()
    firm.CopyFrom(EDIT)
    firm.modifier_indicator = pb.MODIFIER_INDICATOR_NOT_ALLOWED
    answer = await answered(together, question(Topic.PAIR, code("11111"), code("22222", "59")), lookup(firm))

    assert answer.verdict is Verdict.FAIL
    assert "Modifier 59 is NCCI-associated, but indicator 0 lets no modifier bypass the edit." in answer.body


async def test_other_findings_are_caveats_and_decide_nothing() -> None:
    expired = finding(pb.FINDING_KIND_PROCEDURE, pb.VERDICT_FAIL, "22222 was valid until 2023-12-31.")
    answer = await answered(together, question(Topic.PAIR, code("11111"), code("22222")), lookup(None, expired))

    assert answer.verdict is Verdict.PASS
    assert "22222 was valid until 2023-12-31." in answer.body


@pytest.mark.parametrize(("units", "verdict"), [(None, Verdict.PASS), (9, Verdict.FAIL)])
async def test_units_count_only_when_they_are_named(units: int | None, verdict: Verdict) -> None:
    above = finding(pb.FINDING_KIND_MUE, pb.VERDICT_FAIL, "9 units of 22222, but at most 1 paid.")
    asked = question(Topic.PAIR, code("11111"), code("22222", units=units))

    assert (await answered(together, asked, lookup(None, above))).verdict is verdict


MANUAL = "A modifier is not solely to bypass an edit. One of contiguous structures in the same organ is one."


def with_manual(found: FakeLookup) -> FakeLookup:
    """Return a lookup that has a policy manual, too."""

    def passage(request: pb.GetPassageRequest) -> pb.GetPassageResponse:
        text = "They may not be billed to Medicare beneficiaries." if request.id == "Intro.2" else MANUAL
        return pb.GetPassageResponse(passage=pb.Passage(id=request.id, text=text))

    return FakeLookup(CheckEdits=found.answers["CheckEdits"], GetPassage=passage, ListReleases=releases_with_manual)


@pytest.mark.parametrize(
    ("text", "modifier", "verdict", "said"),
    [
        ("both on the same wound", "59", Verdict.FAIL, "contiguous structures in the same organ"),
        ("not the same wound", "59", Verdict.BYPASSED, ""),
        ("same day, same physician", "59", Verdict.BYPASSED, ""),
        ("same knee", "25", Verdict.BYPASSED, "contiguous structures in the same organ"),
        ("we put 59 on everything so it pays", "59", Verdict.FAIL, "solely to bypass"),
        ("so can I bill the patient", "", Verdict.NO, "may not be billed to Medicare beneficiaries"),
        ("both for the same patient, billed today", "", Verdict.FAIL, ""),
    ],
)
async def test_what_is_told_of_the_services_may_justify_no_modifier(
    text: str, modifier: str, verdict: Verdict, said: str
) -> None:
    modifiers = (modifier,) if modifier else ()
    asked = question(Topic.PAIR, code("11111"), code("22222", *modifiers), text=text)
    answer = await answered(together, asked, with_manual(lookup()))

    assert answer.verdict is verdict
    assert said in answer.body
    assert ("Manual Chapter" in answer.body) is bool(said)


async def test_on_which_code_a_modifier_goes_is_said_first_where_that_is_asked() -> None:
    asked = question(Topic.PAIR, code("11111"), code("22222"), text="which one gets the 59", modifiers=("59",))
    answer = await answered(together, asked, lookup())

    assert answer.verdict is None
    assert answer.body.startswith("The modifier may go on either code; it usually stands on column 2, **22222**.")


@pytest.mark.parametrize(
    ("text", "asks_back"),
    [
        ("11111 and the injection", True),
        ("11111 with the office visit", True),
        ("what can't be billed with 11111", False),
        ("list edits of 11111", False),
    ],
)
async def test_a_service_that_is_named_in_words_alone_is_asked_back(text: str, asks_back: bool) -> None:
    edits = pb.ListEditsResponse(edits=[EDIT], total=1)
    asked = question(Topic.PAIR, code("11111"), text=text, binary=False)
    answer = await answered(together, asked, FakeLookup(ListEdits=lambda _: edits))

    assert (answer.kind is Kind.CLARIFICATION) is asks_back


async def test_of_an_indicator_the_edits_that_have_it_are_counted_over_all_pages() -> None:
    firm = pb.PtpEdit(column1="11111", column2="33333", modifier_indicator=pb.MODIFIER_INDICATOR_NOT_ALLOWED)
    pages = {"": pb.ListEditsResponse(edits=[EDIT, firm], total=3, next_page_token="2")}
    pages["2"] = pb.ListEditsResponse(edits=[firm], total=3)
    asked = question(Topic.PAIR, code("11111"), text="which edits of 11111 have indicator 0", binary=False)
    answer = await answered(together, asked, FakeLookup(ListEdits=lambda request: pages[request.page_token]))

    assert "has 2 NCCI PTP edits with modifier indicator 0 as column 1" in answer.body
    assert "22222" not in answer.body


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("in both settings", 2),
        ("in practitioner and hospital files", 2),
        ("physician vs facility", 2),
        ("by a physician in the hospital the same day", 1),
    ],
)
async def test_both_settings_are_answered_where_both_are_asked(text: str, settings: int) -> None:
    asked = lookup()
    await answered(together, question(Topic.PAIR, code("11111"), code("22222"), text=text), asked)

    assert len({one.claim.setting for one in asked.requests(pb.CheckEditsRequest)}) == settings


async def test_of_several_add_on_codes_the_one_without_a_primary_code_fails() -> None:
    found = lookup(None, add_on(pb.VERDICT_PASS, "11111"), add_on(pb.VERDICT_FAIL, code="33333"))
    asked = question(Topic.PAIR, code("11111"), code("22222"), code("33333"))
    answer = await answered(together, asked, found)

    assert answer.verdict is Verdict.FAIL
    assert answer.body.startswith("**33333** is an add-on code; **11111** or **22222** is not one of its primary codes")


def add_on(verdict: pb.Verdict.ValueType, *primaries: str, code: str = "22222") -> pb.Finding:
    return pb.Finding(
        kind=pb.FINDING_KIND_ADD_ON,
        verdict=verdict,
        codes=[code, *primaries],
        message=f"{code} is an add-on code.",
        source=ADD_ON,
    )


async def test_an_add_on_code_beside_its_primary_code_passes_and_both_sources_are_named() -> None:
    found = lookup(None, add_on(pb.VERDICT_PASS, "11111"))
    answer = await answered(together, question(Topic.PAIR, code("22222"), code("11111")), found)

    assert answer.verdict is Verdict.PASS
    assert "**11111** is a primary code of the add-on code **22222**" in answer.body
    assert [one.name for one in answer.sources] == [PTP, ADD_ON]


@pytest.mark.parametrize("others", [("11111",), ("11111", "33333")])
async def test_an_add_on_code_without_a_primary_code_fails_where_no_edit_does(others: tuple[str, ...]) -> None:
    found = lookup(None, add_on(pb.VERDICT_FAIL))
    asked = question(Topic.PAIR, code("22222"), *map(code, others))
    answer = await answered(together, asked, found)

    assert answer.verdict is Verdict.FAIL
    written = " or ".join(f"**{one}**" for one in others)
    assert answer.body.startswith(f"**22222** is an add-on code; {written} is not one of its primary codes")
    assert [one.name for one in answer.sources] == [PTP, ADD_ON]


@pytest.mark.parametrize(
    ("findings", "text"),
    [
        ((add_on(pb.VERDICT_NO_DATA),), "Can both be billed?"),
        ((add_on(pb.VERDICT_FAIL), add_on(pb.VERDICT_FAIL, code="11111")), "Can both be billed?"),
        ((add_on(pb.VERDICT_FAIL),), "Is there an edit between them?"),
    ],
    ids=["the contractor defines its primary codes", "both are add-on codes", "the edit alone is asked for"],
)
async def test_an_add_on_code_is_a_caveat_where_it_does_not_decide(findings: tuple[pb.Finding, ...], text: str) -> None:
    asked = question(Topic.PAIR, code("22222"), code("11111"), text=text)
    answer = await answered(together, asked, lookup(None, *findings))

    assert answer.verdict is Verdict.PASS
    assert "22222 is an add-on code." in answer.body


async def test_an_edit_decides_before_an_add_on_code_does() -> None:
    found = lookup(EDIT, add_on(pb.VERDICT_PASS, "11111"))
    answer = await answered(together, question(Topic.PAIR, code("22222"), code("11111")), found)

    assert answer.verdict is Verdict.FAIL


async def test_a_modifier_that_is_asked_to_bypass_an_edit_needs_no_codes() -> None:
    asked = question(Topic.PAIR, modifiers=("GY",), text="Does it bypass an NCCI edit?")

    assert (await answered(together, asked, lookup())).verdict is Verdict.NO


async def test_a_date_that_no_edition_covers_is_no_data_with_what_is_loaded() -> None:
    asked = question(Topic.PAIR, code("11111"), code("22222"), on=date(2023, 5, 5))
    answer = await answered(together, asked, lookup())

    assert (answer.verdict, answer.sources) == (Verdict.NO_DATA, ())
    assert "NCCI PTP practitioner 2024Q3 (2024-07-01 to 2024-09-30)" in answer.body


async def test_a_number_that_no_source_has_is_said_to_be_unknown() -> None:
    asked = lookup()
    answer = await answered(together, question(Topic.PAIR, code("11111"), code("99999")), asked)

    assert answer.verdict is Verdict.NO_DATA
    assert "**99999** is not known" in answer.body
    assert asked.requests(pb.CheckEditsRequest) == []


async def test_both_settings_are_answered_when_both_are_asked_for() -> None:
    text = "Does the edit differ between physician and hospital?"
    asked = lookup()
    await answered(together, question(Topic.PAIR, code("11111"), code("22222"), text=text), asked)

    settings = [one.claim.setting for one in asked.requests(pb.CheckEditsRequest)]
    assert settings == [pb.SETTING_PRACTITIONER, pb.SETTING_HOSPITAL]


async def test_a_question_for_the_rationale_has_no_verdict() -> None:
    named = (code("11111"), code("22222"))
    asked = question(Topic.PAIR, *named, binary=False, aspects=frozenset({Aspect.RATIONALE}))
    answer = await answered(together, asked, lookup())

    assert answer.verdict is None
    assert answer.body.startswith("CMS gives as rationale of the edit of **11111** and **22222**: Misuse.")


async def test_one_code_alone_is_asked_back() -> None:
    answer = await answered(together, question(Topic.PAIR, code("11111")), lookup())

    assert answer.kind is Kind.CLARIFICATION
    assert answer.body.endswith("?")


def manual_of(text: str, edit: pb.Finding) -> FakeLookup:
    """Return a lookup whose manual has one section, in which every code is named, and with one edit."""
    section = pb.Passage(id="III.E.3", title="Lesions", text=text)
    notes = pb.Notes(guidelines=pb.Guidelines(passages=[section, pb.Passage(id="III.F", title="Of the chapter")]))
    return FakeLookup(
        ListReleases=lambda _: pb.ListReleasesResponse(
            sources=[
                pb.SourceRelease(source=source, name=name, effective_from="2024-01-01", effective_to="2024-12-31")
                for source, name in {**SOURCES, pb.FACT_SOURCE_NCCI_POLICY_MANUAL: "NCCI Policy Manual 2024"}.items()
            ]
        ),
        CheckEdits=lambda _: pb.CheckEditsResponse(findings=[edit]),
        GetCodePage=lambda _: pb.GetCodePageResponse(notes=notes),
        GetPassage=lambda _: pb.GetPassageResponse(passage=section),
    )


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Removal is one service. CPT code 22222 shall not be reported with CPT code 11111. So it is.", True),
        ("Cysts are excised (CPT code 11111). It is wrong to report 22222 or 33333 for their drainage.", True),
        ("Codes 11111 and 22222 are performed together.", False),
        ("CPT code 11111 is a service. It has its rules. CPT code 22222 is another.", False),
        ("Services (CPT codes 11111-22222) and others (CPT codes 22222-33333) are of anesthesia.", False),
        ("CPT codes 11111-33333 are procedures.", False),
    ],
)
async def test_the_manual_is_quoted_where_it_names_both_procedures_together(text: str, quoted: bool) -> None:
    manual = manual_of(text, finding(pb.FINDING_KIND_PTP, pb.VERDICT_PASS))
    answer = await answered(compose, question(Topic.PAIR, code("11111"), code("22222")), manual)

    assert answer.verdict is Verdict.PASS
    assert ("NCCI Policy Manual 2024 Chapter III, Section E.3" in [one.name for one in answer.sources]) == quoted
    assert ("What the NCCI policy manual says of it" in answer.body) == quoted


@pytest.mark.parametrize(
    ("text", "quoted", "verdict"),
    [
        ("11111 x5 or x1", True, Verdict.PASS),
        ("what does the manual say of 11111 x5", True, Verdict.PASS),
        ("11111 x 5, or something else", True, None),
        ("11111 x5 ok for one day", False, Verdict.PASS),
    ],
)
async def test_of_one_code_the_manual_is_quoted_where_its_rule_is_asked(
    text: str, quoted: bool, verdict: Verdict | None
) -> None:
    limit = pb.Finding(kind=pb.FINDING_KIND_MUE)
    limit.mue.value = 9
    limit.mue.adjudication_indicator = pb.MUE_ADJUDICATION_INDICATOR_LINE
    manual = manual_of("Others come first. All biopsies (CPT code 11111) shall be reported with one unit.", limit)
    answer = await answered(compose, question(Topic.MUE, code("11111", units=5), text=text), manual)

    assert answer.verdict is verdict
    assert ("shall be reported with one unit" in answer.body) == quoted
