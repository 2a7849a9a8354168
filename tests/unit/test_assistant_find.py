from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Answer, Kind, Verdict
from services.assistant.composing import scope
from services.assistant.composing.find import find_code
from services.assistant.composing.guidelines import guideline
from services.assistant.editions import Editions
from services.assistant.question import Code, Dates, Question, Side, Topic
from services.assistant.tools import Tools
from tests.unit.assistant_procedures import FakeLookup, codes

CM = pb.CODE_SYSTEM_ICD10CM
TODAY = date(2026, 11, 29)
# Stands for every query.
ANY = "*"


def releases(_: pb.ListReleasesRequest) -> pb.ListReleasesResponse:
    return pb.ListReleasesResponse(
        releases=[pb.Release(system=CM, edition="FY2026", effective_from="2025-10-01", effective_to="2026-09-30")],
        sources=[
            pb.SourceRelease(
                source=pb.FACT_SOURCE_ICD10CM_GUIDELINES,
                name="ICD-10-CM Guidelines FY2026",
                effective_from="2025-10-01",
                effective_to="2026-09-30",
            ),
            pb.SourceRelease(
                source=pb.FACT_SOURCE_NCCI_POLICY_MANUAL,
                name="NCCI Policy Manual 2025",
                effective_from="2025-01-01",
                effective_to="2025-12-31",
            ),
        ],
    )


def hit(code: str, title: str, term: str = "", *, billable: bool = True) -> pb.Hit:
    kind = pb.MATCH_KIND_SYNONYM if term else pb.MATCH_KIND_TITLE
    entry = pb.Entry(system=CM, level=pb.LEVEL_CODE, code=code, title=title, billable=billable)
    return pb.Hit(entry=entry, matched_term=term, match_kind=kind)


def passage(section: str, title: str, text: str, source: int = pb.FACT_SOURCE_ICD10CM_GUIDELINES) -> pb.PassageHit:
    return pb.PassageHit(source=pb.FactSource.ValueType(source), passage=pb.Passage(id=section, title=title, text=text))


def lookup(
    hits: Mapping[str, Sequence[pb.Hit]],
    passages: Sequence[pb.PassageHit] = (),
    choices: Sequence[pb.Choice] = (),
    notes: dict[str, Sequence[pb.Note]] | None = None,
    readings: Sequence[pb.Reading] = (),
) -> FakeLookup:
    entries = {one.entry.code: one.entry for some in hits.values() for one in some}

    def search(request: pb.SearchRequest) -> pb.SearchResponse:
        found = hits.get(request.query, hits.get(ANY, []))
        return pb.SearchResponse(hits=found, readings=readings, releases=[pb.Release(system=CM, edition="FY2026")])

    def page(request: pb.GetCodePageRequest) -> pb.GetCodePageResponse:
        group = pb.NoteGroup(entry=entries[request.code], notes=(notes or {}).get(request.code, ()))
        return pb.GetCodePageResponse(notes=pb.Notes(groups=[group]))

    def batch(request: pb.BatchGetCodesRequest) -> pb.BatchGetCodesResponse:
        known = [pb.BatchGetCodesResult(asked=code, entry=entries[code]) for code in request.codes if code in entries]
        return pb.BatchGetCodesResponse(results=known) if entries else codes(request)

    return FakeLookup(
        ListReleases=releases,
        Search=search,
        GetCodePage=page,
        BatchGetCodes=batch,
        SearchPassages=lambda _: pb.SearchPassagesResponse(hits=passages),
        Specify=lambda _: pb.SpecifyResponse(choices=choices),
        GetCode=lambda _: pb.GetCodeResponse(ancestors=[pb.Entry(level=pb.LEVEL_CHAPTER, code="10")]),
        GetPassage=lambda request: pb.GetPassageResponse(
            passage=next((one.passage for one in passages if one.passage.id == request.id), None)
        ),
    )


async def tools_of(stub: FakeLookup) -> Tools:
    editions = Editions(stub)  # type: ignore[arg-type]
    await editions.refresh()
    return Tools(stub, editions, TODAY, lambda _: None)  # type: ignore[arg-type]


async def found(stub: FakeLookup, phrase: str, side: Side | None = None) -> Answer:
    return await find_code(Question(phrase, Topic.FIND, phrase=phrase, side=side), await tools_of(stub))


async def ruled(stub: FakeLookup, text: str, section: str = "", dates: Dates | None = None) -> Answer:
    asked = Question(text, Topic.GUIDELINE, section=section, phrase=text, dates=dates)
    return await guideline(asked, await tools_of(stub))


def names_of(answer: Answer) -> list[str]:
    return [source.name for source in answer.sources]


async def test_the_best_code_comes_first_with_why_and_the_others() -> None:
    stub = lookup({"gerd": [hit("K21.9", "Reflux", "gerd"), hit("K21.00", "Reflux with esophagitis", "gerd")]})

    answer = await found(stub, "gerd")

    assert answer.body.startswith("**K21.9** Reflux (ICD-10-CM): valid for submission (billable). Found by the synonym")
    assert [code.code for code in answer.codes] == ["K21.9", "K21.00"]
    assert names_of(answer) == ["ICD-10-CM FY2026"]


async def test_what_a_code_leaves_open_is_asked_back() -> None:
    option = pb.ChoiceOption(entry=pb.Entry(code="S52.502A"), label="left")
    choice = pb.Choice(axis=pb.CHOICE_AXIS_LATERALITY, options=[option])
    stub = lookup({"broken radius": [hit("S52.5", "Broken radius", billable=False)]}, choices=[choice])

    answer = await found(stub, "broken radius")

    assert "which side? left (S52.502A)" in answer.body
    assert "not valid for submission" in answer.body


async def test_a_side_that_was_said_before_is_searched_for() -> None:
    stub = lookup({"left knee pain": [hit("M25.562", "Pain in left knee")]})

    answer = await found(stub, "knee pain", Side.LEFT)

    assert answer.codes[0].code == "M25.562"


async def test_two_conditions_that_no_code_says_together_get_a_code_each() -> None:
    chest, cough = hit("R07.9", "Chest pain"), hit("R05.9", "Cough")
    stub = lookup({"chest pain and cough": [chest], "chest pain": [chest], "cough": [cough]})

    answer = await found(stub, "chest pain and cough")

    assert [code.code for code in answer.codes] == ["R07.9", "R05.9"]
    assert "No one code says all of it" in answer.body


@pytest.mark.parametrize(
    ("phrase", "titles"),
    [
        ("COPD, no exacerbation", {"J44.9": "COPD, unspecified", "J44.1": "COPD with exacerbation"}),
        ("ketoacidosis no coma type 1", {"E10.10": "Ketoacidosis without coma", "E10.11": "Ketoacidosis with coma"}),
        ("hernia, no obstruction or gangrene", {"K40.90": "Hernia, without gangrene", "K40.40": "Hernia, gangrene"}),
        ("chest pain, r/o MI", {"R07.9": "Chest pain", "I21.9": "Myocardial infarction"}),
        ("bladder stone, no kidney stone", {"N21.0": "Bladder stone", "N20.0": "Kidney stone"}),
        ("stasis ulcer w/ varices", {"I83.0": "Varices with ulcer", "I87.2": "Stasis ulcer without varices"}),
        ("gout of big toe", {"M10.07": "Gout, ankle and foot", "M10.04": "Gout, hand"}),
        ("CKD stage 3b and gout", {"N18.32": "CKD, stage 3b", "N18.5": "CKD, stage 5"}),
        ("body mass index 42", {"Z68.41": "Body mass index 40.0-44.9", "Z68.45": "Body mass index 70 or greater"}),
        ("burns, 9 percent", {"T31.0": "Burns of less than 10%", "T31.1": "Burns of 10-19%"}),
        ("confirmed covid", {"U07.1": "COVID-19", "Z11.52": "Encounter for screening for COVID-19"}),
        (
            "left tubal ectopic, no uterine pregnancy",
            {"O00.102": "Left tubal pregnancy without uterine pregnancy, ectopic", "C57.02": "Cancer of left tube"},
        ),
        ("bite of arm", {"S51.85": "Open bite of arm", "W54.0": "Bite of arm by dog"}),
        (
            "forehead laceration, no foreign body",
            {
                "S01.81": "Laceration of forehead without foreign body",
                "S01.82": "Forehead laceration with foreign body",
            },
        ),
        (
            "leg amputation above knee",
            {"Z89.61": "Acquired absence of leg above knee, leg amputation", "Z96.65": "Artificial knee"},
        ),
        ("sepsis from a stone", {"A41.9": "Sepsis", "P36.9": "Sepsis of newborn, stone"}),
        ("UTI after travel", {"N39.0": "UTI", "O23.40": "UTI in pregnancy, travel"}),
        ("sprain of ankle", {"S93.4A": "Sprain, initial encounter", "S93.4D": "Sprain of ankle, subsequent encounter"}),
        (
            "recheck of sprain of ankle",
            {"S93.4D": "Sprain, subsequent encounter", "S93.4A": "Sprain of ankle, initial encounter"},
        ),
        (
            "hip fracture healing subsequent encounter",
            {
                "S72.0D": "Hip fracture, subsequent encounter for closed fracture",
                "S72.0E": "Hip fracture, healing, subsequent encounter for open fracture",
            },
        ),
        (
            "hip fracture healing subsequent encounter",
            {
                "S72.0D": "Hip fracture, subsequent encounter for closed fracture",
                "S72.0K": "Hip fracture, healing, subsequent encounter for closed fracture with nonunion",
            },
        ),
        ("hypertension, leg pain", {"I10": "Hypertension", "E78.5": "Hyperlipidemia, leg"}),
    ],
)
async def test_what_a_title_says_against_the_words_counts_more_than_what_it_shares(
    phrase: str, titles: dict[str, str]
) -> None:
    hits = [hit(code, title) for code, title in reversed(titles.items())]
    stub = lookup({ANY: hits}, readings=[pb.Reading(written="MI", meanings=["myocardial infarction"])])

    assert [code.code for code in (await found(stub, phrase)).codes] == list(titles)


async def test_a_kind_of_code_is_looked_for_in_its_chapter() -> None:
    place, cause = hit("Y92.481", "Parking lot ice, place of occurrence"), hit("W00.0XXA", "Fall due to ice")
    stub = lookup({ANY: [place, cause]})
    asked = Question("fall on ice in parking lot", Topic.FIND, phrase="fall on ice in parking lot", chapter="20")

    answer = await find_code(asked, await tools_of(stub))

    assert answer.codes[0].code == "W00.0XXA"
    assert {tuple(one.chapters) for one in stub.requests(pb.SearchRequest)} >= {("20",)}


async def test_a_condition_of_a_pregnant_patient_is_looked_for_among_the_codes_of_pregnancy() -> None:
    stub = lookup(
        {"pregnant and anemic": [hit("Z33.1", "Pregnant state")], "anemic": [hit("O99.01", "Anemia in pregnancy")]}
    )

    answer = await found(stub, "pregnant and anemic")

    assert answer.codes[0].code == "O99.01"


async def test_a_fracture_is_presumed_closed_and_new() -> None:
    stub = lookup({"ankle fracture": [hit("S82.89", "Fracture of ankle")]})

    assert (await found(stub, "ankle fracture, closed, initial encounter")).codes[0].code == "S82.89"


async def test_a_disease_goes_before_a_symptom_told_beside_it() -> None:
    stub = lookup(
        {"belly pain": [hit("R10.9", "Belly pain")], "found diverticulitis": [hit("K57", "Found diverticulitis")]}
    )

    assert (await found(stub, "seen for belly pain, found diverticulitis")).codes[0].code == "K57"


async def test_a_part_that_no_code_has_is_looked_for_where_the_books_place_it() -> None:
    wrong, right = hit("S61.01", "Laceration of left thumb"), hit("M79.645", "Pain in left finger")
    stub = lookup({"pain in left thumb": [wrong], "pain in left finger": [right]})

    assert (await found(stub, "pain in left thumb", Side.LEFT)).codes[0].code == "M79.645"


async def test_codes_that_notes_ask_for_go_with_the_one_that_is_found_in_their_order() -> None:
    ulcer, diabetes = hit("L97.42", "Ulcer of heel"), hit("E11.621", "Type 2 diabetes with ulcer")
    insulin = hit("Z79.4", "Use of insulin")
    first = pb.Note(kind=pb.NOTE_KIND_CODE_FIRST, text="underlying condition, such as: diabetic ulcers (E11.621)")
    also = pb.Note(kind=pb.NOTE_KIND_USE_ADDITIONAL_CODE, text="to identify control using insulin (Z79.4)")
    phrase = "type 2 diabetes with ulcer of heel on insulin"
    hits = {phrase: [ulcer], "insulin": [insulin], "type 2 diabetes": [diabetes], "ulcer of heel": [ulcer]}

    answer = await found(lookup(hits, notes={"L97.42": [first, also]}), phrase)

    told = answer.body.partition("Report together, in this order:")[2]
    assert told.index("E11.621") < told.index("**L97.42**") < told.index("Z79.4")
    assert "By the note “Use additional code” at L97.42" in answer.body


@pytest.mark.parametrize(
    ("phrase", "query"),
    [
        ("HTN and acute diastolic CHF", "hypertensive heart disease with heart failure"),
        (
            "htn with ckd",
            "hypertensive chronic kidney disease with stage 1 through stage 4 chronic kidney disease or "
            "unspecified chronic kidney disease",
        ),
    ],
)
async def test_hypertension_is_presumed_to_go_with_heart_failure_and_kidney_disease(phrase: str, query: str) -> None:
    stub = lookup({query: [hit("I11.0", query)]})

    assert (await found(stub, phrase)).codes[0].code == "I11.0"


async def test_both_sides_without_a_code_for_both_are_two_codes() -> None:
    options = [
        pb.ChoiceOption(entry=pb.Entry(code=f"M05.74{n}"), label=side) for n, side in ((1, "right"), (2, "left"))
    ]
    choice = pb.Choice(axis=pb.CHOICE_AXIS_LATERALITY, options=options)
    stub = lookup({"bilateral arthritis of hands": [hit("M05.74", "Arthritis of hand")]}, choices=[choice])

    answer = await found(stub, "arthritis of hands", Side.BILATERAL)

    assert "report both of right (M05.741) and left (M05.742)" in answer.body


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("nothing found. just syncope", "R55"),
        ("potassium of 2.9 and hypokalemia", "E87.6"),
        ("slipped in the bathroom and broke her hip", "S72.00"),
        ("bit on the left hand by the dog next door, open bite, need it for the hand wound", "S61.452A"),
        ("concussion from a rear-end crash", "S06.0X0A"),
        ("fell off a ladder, had a concussion, today is the recheck", "S06.0X0D"),
    ],
)
async def test_a_story_that_no_code_says_is_searched_by_its_clauses(phrase: str, code: str) -> None:
    stub = lookup(
        {
            "syncope": [hit("R55", "Syncope")],
            "hypokalemia": [hit("E87.6", "Hypokalemia")],
            "broke her hip": [hit("S72.00", "Fracture of hip", "broke hip")],
            "bit on the left hand by the dog next door, open bite, need it for the hand wound": [
                hit("S61.452A", "Open bite of left hand, initial encounter")
            ],
            "need it for the hand wound": [hit("S61.402A", "Unspecified open wound of left hand", "need hand wound")],
            "concussion from a rear-end crash": [hit("V49.60XA", "Concussion, rear-end crash")],
            "concussion": [hit("S06.0X0A", "Concussion, initial encounter")],
            "concussion subsequent encounter": [hit("S06.0X0D", "Concussion, subsequent encounter")],
        }
    )

    assert (await found(stub, phrase)).codes[0].code == code


async def test_what_one_code_says_of_several_parts_is_one_condition_and_a_cause_is_none() -> None:
    fracture, fall = hit("S82.64", "Nondisplaced malleolus fracture"), hit("W10.9", "Fell down steps")
    sprain = hit("S93.4", "Ankle sprain")
    stub = lookup(
        {
            "malleolus fracture, nondisplaced, ankle sprain, fell down steps": [fracture],
            "ankle sprain": [sprain],
            "fell down steps": [fall],
        }
    )

    answer = await found(stub, "malleolus fracture, nondisplaced, ankle sprain, fell down steps")

    assert [code.code for code in answer.codes] == ["S82.64", "S93.4", "W10.9"]


async def test_a_side_that_a_code_beside_it_tells_is_not_left_open() -> None:
    left_open, told = hit("S01.459A", "Open bite of unspecified cheek"), hit("S01.451A", "Open bite of right cheek")

    answer = await found(lookup({ANY: [left_open, told]}), "bite of cheek", Side.RIGHT)

    assert answer.codes[0].code == "S01.451A"


async def test_a_title_of_an_unspecified_body_region_is_asked_about_unless_the_words_leave_it_open() -> None:
    burn = hit("T30.0", "Burn of unspecified body region, unspecified degree", "burn nos")
    stub = lookup({ANY: [burn]})

    assert (await found(stub, "burn")).body.endswith("Which body region and degree?")
    assert (await found(stub, "burn nos")).kind is Kind.ANSWER


async def test_words_that_no_code_has_are_asked_about() -> None:
    answer = await found(lookup({"asdf": []}), "asdf")

    assert answer.kind is Kind.CLARIFICATION
    assert answer.body.endswith("?")


async def test_a_phrase_that_a_code_says_by_half_quotes_the_rules_too() -> None:
    rules = [passage("I.C.10.a", "Acute exacerbation", "An acute exacerbation is a worsening.")]
    stub = lookup({"bronchitis exacerbation": [hit("J40", "Bronchitis")]}, rules)

    answer = await found(stub, "bronchitis exacerbation")

    assert "The nearest:" in answer.body
    assert "> An acute exacerbation is a worsening." in answer.body
    assert "ICD-10-CM Guidelines FY2026 Section I.C.10.a" in names_of(answer)


async def test_sections_of_both_books_are_cited_as_their_books_are() -> None:
    hits = [
        passage("IV.H", "Uncertain diagnosis", "Do not code it."),
        passage("VI.F.4", "", "Only the open procedure.", pb.FACT_SOURCE_NCCI_POLICY_MANUAL),
    ]

    answer = await ruled(lookup({}, hits), "probable diagnosis")

    assert names_of(answer) == [
        "ICD-10-CM Guidelines FY2026 Section IV.H",
        "NCCI Policy Manual 2025 Chapter VI, Section F.4",
    ]
    assert "> Do not code it." in answer.body
    assert "as of 2026-09-30, the last date of ICD-10-CM Guidelines FY2026" in answer.body


async def test_of_sections_that_begin_alike_the_first_in_print_is_quoted() -> None:
    text = "Closure of an incision is included in the procedure, and is not reported beside it by the one who operates."
    hits = [passage(path, "", f"{text} {path}.", pb.FACT_SOURCE_NCCI_POLICY_MANUAL) for path in ("IV.B", "I.D", "X.B")]

    answer = await ruled(lookup({}, hits), "is closure of an incision included")

    assert names_of(answer) == ["NCCI Policy Manual 2025 Chapter I, Section D"]


async def test_a_list_that_is_not_loaded_is_told_with_what_is() -> None:
    asked = Question("is I50.23 an MCC", Topic.RELEASES, missing="The list of MCCs")

    answer = await scope.releases(asked, await tools_of(lookup({})))

    assert answer.kind is Kind.REFUSAL
    assert answer.body.startswith("The list of MCCs is not loaded here. Loaded are: ICD-10-CM")
    assert "FY2026" not in answer.body


@pytest.mark.parametrize(
    ("text", "sentence", "verdict"),
    [
        ("may an external cause code be principal", "An external cause code shall not be principal.", Verdict.NO),
        ("may an external cause code never be principal", "An external cause code shall not be principal.", None),
        ("may an external cause code be principal", "An external cause code may be used as principal.", None),
        ("may an external cause code be principal", "A burn of the third degree shall not be coded.", None),
    ],
)
async def test_only_a_sentence_that_forbids_it_plainly_answers_no(
    text: str, sentence: str, verdict: Verdict | None
) -> None:
    question = Question(text, Topic.GUIDELINE, phrase=text, binary=True)
    hits = [passage("I.C.20.a.6", "External cause code", sentence)]

    answer = await guideline(question, await tools_of(lookup({}, hits)))

    assert answer.verdict is verdict
    assert answer.body.startswith("“An external cause code shall not be principal.”") == bool(verdict)


async def test_a_sentence_about_other_codes_forbids_nothing_of_those_that_are_asked_about() -> None:
    text = "may 31231 be reported with 31237"
    sentence = "A biopsy (31237) shall not be reported with 31255."
    codes = tuple(Code(code, (pb.CODE_SYSTEM_CPT,)) for code in ("31231", "31237"))
    question = Question(text, Topic.GUIDELINE, codes=codes, phrase="biopsy reported", binary=True)

    answer = await guideline(question, await tools_of(lookup({}, [passage("V.C.2", "Biopsy", sentence)])))

    assert answer.verdict is None


async def test_of_a_long_section_the_sentences_that_are_asked_about_are_quoted() -> None:
    text = "Nothing to see here at all. " * 60 + "Sepsis is sequenced first. " + "More of the other matter. " * 60

    answer = await ruled(lookup({}, [passage("I.C.1.d", "Sepsis", text)]), "when is sepsis sequenced first")

    assert "… Sepsis is sequenced first. …" in answer.body


async def test_of_sentences_that_share_as_much_the_one_that_names_a_code_is_quoted() -> None:
    text = (
        "Insulin is listed. "
        + "Nothing of that sort is said. " * 50
        + "Insulin takes Z79.4. "
        + "Insulin is a drug. " * 80
    )

    answer = await ruled(lookup({}, [passage("I.C.4.a.3", "Insulin", text)]), "is insulin a status")

    assert "Insulin takes Z79.4." in answer.body


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("banding and excision of hemorrhoids, what would the manual pay him", True),
        ("what does the manual say of hemorrhoids", True),
        ("hemorrhoid services treated at one encounter", True),
        ("per chapter 6 of the policy manual, may he bill all he did there", True),
        ("what may he bill for a piles operation with a rectal exam", True),
        ("what do the guidelines say of snoring", False),
        ("what does the policy manual say of parking fees", False),
        ("is there a guideline in the manual on selling services of a hairdresser in our lobby on Sundays", False),
    ],
)
async def test_a_section_is_about_a_question_by_the_words_that_tell_what_it_is_about(text: str, answered: bool) -> None:
    rule = "If multiple services are used to treat hemorrhoids at the same encounter, only one may be reported."
    hits = [passage("VI.H.9", "The manual", rule, pb.FACT_SOURCE_NCCI_POLICY_MANUAL)]

    answer = await ruled(lookup({}, hits), text)

    assert (answer.kind is Kind.ANSWER) == answered


async def test_the_chapter_that_is_named_comes_first() -> None:
    others = [
        passage(id, "Codes of chapters", "Used with codes of other chapters.") for id in ("I.C.16.a.1", "I.C.15.a.2")
    ]

    answer = await ruled(lookup({}, others), "may chapter 15 codes be secondary")

    assert answer.sources[0].passage == "I.C.15.a.2"


async def test_a_diagnosis_of_five_characters_is_not_taken_for_a_code_of_years_ago() -> None:
    answer = await ruled(lookup({}, [passage("I.C.1.d", "Septic shock", "Assign T81.12.")]), "septic shock")

    assert "> Assign T81.12." in answer.body


async def test_a_sentence_that_names_a_code_of_years_ago_is_left_out() -> None:
    text = "Only 11111 may be reported. CPT code 99999 was reported before. Neither is bundled."
    hits = [passage("VI.F.4", "Biopsy", text, pb.FACT_SOURCE_NCCI_POLICY_MANUAL)]

    answer = await ruled(lookup({}, hits), "biopsy reported")

    assert "> Only 11111 may be reported. … Neither is bundled." in answer.body


async def test_a_section_is_quoted_by_its_path_and_none_is_made_up() -> None:
    stub = lookup({}, [passage("I.B.4", "Signs and symptoms", "Codes that describe symptoms.")])

    assert "> Codes that describe symptoms." in (await ruled(stub, "section I.B.4", "I.B.4")).body
    missing = await ruled(stub, "section I.B.99", "I.B.99")
    assert missing.body.startswith("ICD-10-CM Guidelines FY2026 has no Section I.B.99.")
    assert names_of(missing) == ["ICD-10-CM Guidelines FY2026"]


async def test_guidelines_of_a_year_that_is_not_loaded_are_not_quoted() -> None:
    dates = Dates(date(2019, 1, 1), date(2019, 12, 31), "2019")

    answer = await ruled(lookup({}, [passage("IV.H", "", "Text")]), "probable diagnosis", dates=dates)

    assert answer.kind is Kind.REFUSAL
    assert "Loaded: ICD-10-CM Guidelines FY2026 (2025-10-01 to 2026-09-30)" in answer.body
