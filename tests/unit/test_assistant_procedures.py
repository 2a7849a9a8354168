"""Units, add-on codes, coverage, places of service and localities in answers about procedures."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Verdict
from services.assistant.composing.add_on import add_on
from services.assistant.composing.coverage import coverage
from services.assistant.composing.doses import amount_given, unit_named
from services.assistant.composing.localities import localities_named
from services.assistant.composing.mue import units
from services.assistant.composing.place_of_service import place
from services.assistant.question import Code, Topic
from tests.unit.assistant_procedures import FakeLookup, answered, code, question, releases_with_manual

CM = pb.CODE_SYSTEM_ICD10CM


def limited(value: int | None) -> FakeLookup:
    """Return a lookup with an MUE of this value, None: that publishes none."""

    def check(request: pb.CheckEditsRequest) -> pb.CheckEditsResponse:
        found = pb.Finding(kind=pb.FINDING_KIND_MUE)
        if value is not None:
            found.mue.value = value
            found.mue.adjudication_indicator = pb.MUE_ADJUDICATION_INDICATOR_LINE
        return pb.CheckEditsResponse(findings=[found])

    return FakeLookup(CheckEdits=check)


@pytest.mark.parametrize(
    ("value", "count", "verdict"),
    [
        (4, 4, Verdict.PASS),
        (4, 5, Verdict.FAIL),
        (0, 1, Verdict.FAIL),
        (None, 1, Verdict.NO_DATA),
        (4, None, Verdict.YES),
    ],
)
async def test_units_up_to_the_mue_pass(value: int | None, count: int | None, verdict: Verdict) -> None:
    asked = question(Topic.MUE, code("11111", units=count), setting=pb.SETTING_PRACTITIONER)

    assert (await answered(units, asked, limited(value))).verdict is verdict


@pytest.mark.parametrize(("text", "verdict"), [("one unit or two", None), ("1 unit", Verdict.PASS)])
async def test_both_sides_are_counted_as_the_indicator_says(text: str, verdict: Verdict | None) -> None:
    bilateral = pb.ModifierRule(
        modifier="50", standing=pb.MODIFIER_STANDING_ALLOWED, reason="Bilateral 1: Both sides.", source="MPFS"
    )
    page = pb.GetCodePageResponse(modifiers=pb.Modifiers(rules=[bilateral]))
    counted = "A bilateral procedure must be reported with 1 unit."
    found = FakeLookup(
        CheckEdits=limited(2).answers["CheckEdits"],
        GetCodePage=lambda _: page,
        ListReleases=releases_with_manual,
        SearchPassages=lambda _: pb.SearchPassagesResponse(),
        GetPassage=lambda request: pb.GetPassageResponse(passage=pb.Passage(id=request.id, text=counted)),
    )
    answer = await answered(units, question(Topic.MUE, code("11111", "50", units=1), text=text), found)

    assert answer.verdict is verdict
    assert f"Manual Chapter I, Section V.3.a.ii: “{counted}”" in answer.body


async def test_numbers_of_units_are_told_from_codes() -> None:
    answer = await answered(units, question(Topic.MUE, code("11111")), limited(22000))

    assert "22,000" in answer.body
    assert "22000" not in answer.body


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [
        ("12000 units of 11111?", Verdict.FAIL, "12,000 units of **11111**"),
        ("11111 and 12000", Verdict.YES, "**12000** is not known"),
    ],
)
async def test_a_number_that_is_no_code_spoils_nothing(text: str, verdict: Verdict, said: str) -> None:
    named = (code("12000"), code("11111"))
    answer = await answered(units, question(Topic.MUE, *named, text=text), limited(3))

    assert answer.verdict is verdict
    assert said in answer.body


@pytest.mark.parametrize(
    ("given", "title", "count"),
    [
        ("60 mg given", "Injection, ketorolac tromethamine, per 15 mg", 4),
        ("1 g", "Injection, ceftriaxone sodium, per 250 mg", 4),
        ("20 mg", "Injection, per 15 mg", 2),
        ("45 min", "Service, each 15 minutes", 3),
        ("40 min", "Service, each 15 minutes", None),
        ("40 mg/ml", "Injection, 10 mg", None),
        ("5 hours", "Injection, 10 mg", None),
        ("5 mg", "Injection, not otherwise specified", None),
    ],
)
def test_a_dose_is_so_many_units_as_the_text_of_the_code_says(given: str, title: str, count: int | None) -> None:
    amount, unit = amount_given(given), unit_named(title)

    assert (amount.units_of(unit) if amount and unit else None) == count


async def test_a_dose_of_a_code_without_a_text_has_no_verdict() -> None:
    answer = await answered(units, question(Topic.MUE, code("11111"), text="11111 5 hours", binary=False), limited(4))

    assert answer.verdict is None
    assert "How many units 5 hours of 11111 are is not known" in answer.body


async def test_each_line_is_held_against_a_limit_of_lines() -> None:
    lines = (code("11111", "RT", units=3), code("11111", "LT", units=3))
    named = replace(code("11111", units=6), lines=lines)

    answer = await answered(units, question(Topic.MUE, named), limited(4))

    assert answer.verdict is Verdict.PASS
    assert "each is held against the MUE by itself" in answer.body


async def test_units_are_said_of_both_settings_when_both_are_asked_for() -> None:
    asked = question(Topic.MUE, code("11111"), text="practitioner and hospital")
    answer = await answered(units, asked, limited(4))

    assert "(practitioner)" in answer.body
    assert "(outpatient hospital)" in answer.body


def with_add_ons(**rules: pb.AddOn) -> FakeLookup:
    """Return a lookup with the add-on rules of codes, by c and the code."""

    def page(request: pb.GetCodePageRequest) -> pb.GetCodePageResponse:
        return pb.GetCodePageResponse(edits=pb.Edits(add_on=rules.get(f"c{request.code}")))

    return FakeLookup(GetCodePage=page)


LISTED = pb.AddOn(type=1, primary_codes=["11111"])
OPEN = pb.AddOn(type=2, contractor_defined=True)


@pytest.mark.parametrize(
    ("rules", "primary", "verdict"),
    [
        (LISTED, "11111", Verdict.PASS),
        (LISTED, "33333", Verdict.FAIL),
        (OPEN, "33333", Verdict.NO_DATA),
        (pb.AddOn(), "33333", Verdict.FAIL),
    ],
)
async def test_a_primary_code_is_listed_or_for_the_contractor_to_say(
    rules: pb.AddOn, primary: str, verdict: Verdict
) -> None:
    asked = question(Topic.ADD_ON, code("22222"), code(primary))

    assert (await answered(add_on, asked, with_add_ons(c22222=rules))).verdict is verdict


@pytest.mark.parametrize(
    ("named", "text", "verdict"),
    [
        ("22222", "Is it an add-on code?", Verdict.YES),
        ("11111", "Is it an add-on code?", Verdict.NO),
        ("22222", "May it be billed alone?", Verdict.FAIL),
        ("11111", "May it be billed alone?", Verdict.PASS),
        ("22222", "Is it an add-on code of type 1?", Verdict.YES),
        ("22222", "Is it an add-on code of type 2?", Verdict.NO),
    ],
)
async def test_a_code_is_an_add_on_code_or_may_be_billed_alone(named: str, text: str, verdict: Verdict) -> None:
    asked = question(Topic.ADD_ON, code(named), text=text)

    assert (await answered(add_on, asked, with_add_ons(c22222=LISTED))).verdict is verdict


async def test_a_long_list_of_primary_codes_is_shortened_and_counted() -> None:
    rules = pb.AddOn(type=1, primary_codes=[f"3{number:04}" for number in range(100)])
    answer = await answered(add_on, question(Topic.ADD_ON, code("22222"), binary=False), with_add_ons(c22222=rules))

    assert "and 76 more (100 in all)" in answer.body


def article(number: str, role: pb.CoverageRole.ValueType) -> pb.CoverageArticle:
    return pb.CoverageArticle(article=number, version=3, title="A service", lcds=["L1"], role=role)


def articles(diagnosis: Sequence[pb.CoverageArticle]) -> FakeLookup:
    """Return a lookup with an article A10 about 11111, and these that name the diagnosis."""

    def page(request: pb.GetCodePageRequest) -> pb.GetCodePageResponse:
        about = [article("A10", pb.COVERAGE_ROLE_PROCEDURE)]
        return pb.GetCodePageResponse(
            coverage=pb.Coverage(articles=diagnosis if request.system == CM else about),
        )

    return FakeLookup(
        GetCodePage=page, ListReleases=lambda _: pb.ListReleasesResponse(releases=[FY2024], sources=[DATABASE])
    )


FY2024 = pb.Release(system=CM, edition="FY2024", effective_from="2023-10-01", effective_to="2024-09-30")
DATABASE = pb.SourceRelease(source=pb.FACT_SOURCE_COVERAGE, name="Medicare Coverage Database August 2024")


@pytest.mark.parametrize(
    ("number", "role", "verdict"),
    [
        ("A10", pb.COVERAGE_ROLE_COVERED_DIAGNOSIS, Verdict.YES),
        ("A10", pb.COVERAGE_ROLE_NONCOVERED_DIAGNOSIS, Verdict.NO),
        ("A20", pb.COVERAGE_ROLE_COVERED_DIAGNOSIS, Verdict.NO_DATA),
    ],
)
async def test_only_an_article_about_the_procedure_says_whether_a_diagnosis_supports_it(
    number: str, role: pb.CoverageRole.ValueType, verdict: Verdict
) -> None:
    asked = question(Topic.COVERAGE, code("11111"), Code("M54.5", (CM,)))
    answer = await answered(coverage, asked, articles([article(number, role)]))

    assert answer.verdict is verdict
    assert [one.name for one in answer.sources] == ["Medicare Coverage Database August 2024 Article A10"]


PLACES = pb.ListPlacesOfServiceResponse(
    places=[
        pb.PlaceOfService(code="02", name="Telehealth other than at home", facility=True),
        pb.PlaceOfService(code="10", name="Telehealth at home", facility=False),
        pb.PlaceOfService(code="24", name="Ambulatory surgical center", facility=True),
    ]
)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Is POS 24 a facility?", Verdict.YES),
        ("Is POS 24 non-facility?", Verdict.NO),
        ("Is POS 10 paid as a facility?", Verdict.NO),
        ("Is POS 35 assigned?", Verdict.NO),
        ("Is POS 24 facility or non-facility?", None),
        ("Is 10 or 24 the right POS?", None),
        ("Is POS 10 right for somebody 35 years old?", Verdict.YES),
    ],
)
async def test_a_place_is_a_facility_or_not_or_there_is_none(text: str, verdict: Verdict | None) -> None:
    lookup = FakeLookup(ListPlacesOfService=lambda _: PLACES)

    assert (await answered(place, question(Topic.PLACE_OF_SERVICE, text=text), lookup)).verdict is verdict


async def test_the_rate_of_a_place_that_was_spoken_of_is_no_list() -> None:
    lookup = FakeLookup(ListPlacesOfService=lambda _: PLACES)
    answer = await answered(place, question(Topic.PLACE_OF_SERVICE, text="facility rate?", binary=False), lookup)

    assert "are paid on" not in answer.body


async def test_places_with_a_slash_between_them_are_both_explained() -> None:
    lookup = FakeLookup(ListPlacesOfService=lambda _: PLACES)
    answer = await answered(place, question(Topic.PLACE_OF_SERVICE, text="POS 10/24", binary=False), lookup)

    assert "**POS 10**" in answer.body
    assert "**POS 24**" in answer.body


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("which POS codes get the facility rate", ["02", "24"]),
        ("list the non-facility POS", ["10"]),
        ("which POS is a surgical facility", ["24"]),
        ("telehealth at home vs surgical center", ["10", "24"]),
    ],
)
async def test_all_places_of_a_rate_are_listed_and_kinds_side_by_side_are_each_found(
    text: str, codes: list[str]
) -> None:
    lookup = FakeLookup(ListPlacesOfService=lambda _: PLACES)
    answer = await answered(place, question(Topic.PLACE_OF_SERVICE, text=text, binary=False), lookup)

    assert [one for one in ("02", "10", "24") if f"**POS {one}**" in answer.body] == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("telehealth, patient at home", "10"),
        ("telehealth, not at home", "02"),
        ("telehealth, patient at work", "02"),
        ("surgery center", "24"),
        ("my trainee uses 10 for the surgical center, it should be something else", "24"),
        ("the ASC", "24"),
        ("a center, not telehealth", "24"),
    ],
)
async def test_words_lead_to_the_place_that_is_meant(text: str, code: str) -> None:
    lookup = FakeLookup(ListPlacesOfService=lambda _: PLACES)
    answer = await answered(place, question(Topic.PLACE_OF_SERVICE, text=text, binary=False), lookup)

    assert answer.body.startswith(f"- **POS {code}**")


LOCALITIES = [
    pb.Locality(locality=number, name=name, state=state)
    for number, name, state in (
        ("02102-01", "ALASKA", "AK"),
        ("05302-02", "METROPOLITAN KANSAS CITY", "MO"),
        ("05202-00", "KANSAS", "KS"),
        ("06102-16", "CHICAGO", "IL"),
        ("06102-15", "SUBURBAN CHICAGO", "IL"),
        ("06102-99", "REST OF ILLINOIS", "IL"),
        ("13202-01", "MANHATTAN", "NY"),
        ("13292-04", "QUEENS", "NY"),
        ("12202-01", "DC + MD/VA SUBURBS", "DC"),
    )
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Alaska locality 01", ["02102-01"]),
        ("2102-1", ["02102-01"]),
        ("Kansas City", ["05302-02"]),
        ("Kansas", ["05202-00"]),
        ("Chicago, IL", ["06102-16"]),
        ("rest of Illinois", ["06102-99"]),
        ("IL", ["06102-16", "06102-15", "06102-99"]),
        ("New York", ["13202-01", "13292-04"]),
        ("manhattan", ["13202-01"]),
        ("Washington DC", ["12202-01"]),
        ("Anchorage", ["02102-01"]),
        ("topeka", ["05202-00"]),
        ("Northern Virginia", ["12202-01"]),
        ("Rochester, NY", ["13202-01", "13292-04"]),
        ("Springfield", []),
    ],
)
def test_a_text_names_localities_by_number_name_or_state(text: str, found: list[str]) -> None:
    assert [one.locality for one in localities_named(text, LOCALITIES)] == found
