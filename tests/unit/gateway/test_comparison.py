"""What is compared of code pages, and how their rows align."""

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway import comparison
from services.gateway.comparison import Pair, Row, Section, Value

AVAILABLE, NONE, NOT_LOADED = (
    lookup.AVAILABILITY_AVAILABLE,
    lookup.AVAILABILITY_NONE,
    lookup.AVAILABILITY_NOT_LOADED,
)
RVU = lookup.SourceStatus(availability=AVAILABLE, release=lookup.SourceRelease(name="MPFS RVU July 2024"))


def page(code: str, system: lookup.CodeSystem.ValueType = lookup.CODE_SYSTEM_CPT) -> lookup.GetCodePageResponse:
    entry = lookup.Entry(system=system, level=lookup.LEVEL_CODE, code=code, title=f"Title of {code}", billable=True)
    return lookup.GetCodePageResponse(
        entry=entry,
        release=lookup.Release(
            system=system, edition="2026", effective_from="2026-01-01", effective_to="2026-12-31", in_force=True
        ),
        official_description=lookup.OfficialDescription(availability=AVAILABLE, title=entry.title),
        common_language_description=lookup.CommonLanguageDescription(availability=NONE),
    )


def diagnosis(code: str, *notes: tuple[str, str]) -> lookup.GetCodePageResponse:
    """Return the page of a diagnosis with Excludes1 notes, each printed under an entry."""
    made = page(code, lookup.CODE_SYSTEM_ICD10CM)
    made.notes.availability = AVAILABLE
    for under, text in notes:
        made.notes.groups.append(
            lookup.NoteGroup(
                entry=lookup.Entry(system=lookup.CODE_SYSTEM_ICD10CM, code=under),
                inherited=under != code,
                notes=[lookup.Note(kind=lookup.NOTE_KIND_EXCLUDES1, text=text)],
            )
        )
    return made


def paid(code: str, work: str, payment: str) -> lookup.GetCodePageResponse:
    made = page(code)
    row = lookup.FeeRow(
        status=lookup.FeeIndicator(name="status", value="A", meaning="Active."),
        work_rvu=work,
        non_facility_total=work,
        conversion_factors=[lookup.ConversionFactor(value="32.00", non_facility_payment=payment)],
        indicators=[lookup.FeeIndicator(name="bilateral surgery", value="1", meaning="150 %.")],
    )
    made.fees.CopyFrom(lookup.Fees(availability=AVAILABLE, rvu=RVU, rows=[row]))
    return made


def section(title: str, *pages: lookup.GetCodePageResponse) -> Section:
    return next(one for one in comparison.compare(pages) if one.title.startswith(title))


def row(label: str, *pages: lookup.GetCodePageResponse) -> Row:
    return next(one for each in comparison.compare(pages) for one in each.rows if one.label == label)


def texts(found: Row) -> list[list[str]]:
    return [[value.text for value in cell] for cell in found.cells]


def test_every_row_has_a_cell_for_every_code() -> None:
    pages = [paid("99213", "1.30", "92.47"), page("99214"), diagnosis("E11.9", ("E11", "gestational (O24.4-)"))]

    for each in comparison.compare(pages):
        assert each.rows
        for one in each.rows:
            assert len(one.cells) == len(pages)
            assert all(one.cells)


def test_what_a_code_lacks_is_told_from_what_is_not_known() -> None:
    unknown, nothing = page("99214"), page("99215")
    unknown.fees.availability, nothing.fees.availability = NOT_LOADED, NONE
    pages = (paid("99213", "1.30", "92.47"), unknown, nothing, diagnosis("E11.9"))

    assert texts(row("Work RVU", *pages)) == [["1.30"], ["not loaded"], ["none"], ["does not apply"]]


def test_a_section_of_which_no_code_has_anything_says_so_and_one_that_concerns_none_is_left_out() -> None:
    one, other = page("99213"), page("99214")
    one.fees.availability = other.fees.availability = NOT_LOADED

    assert texts(row("Fee schedule", one, other)) == [["not loaded"], ["not loaded"]]
    assert "Crosswalks" not in [each.title for each in comparison.compare([one, other])]


def test_amounts_are_compared_with_those_of_the_first_code() -> None:
    pages = (paid("99213", "1.30", "92.47"), paid("99214", "1.92", "130.13"), paid("99212", "0.70", ""))

    payments = row("National payment, non-facility ($)", *pages)
    assert payments.cells == (
        (Value("92.47", "at 32.00 a unit"),),
        (Value("130.13", "+37.66 to 99213; at 32.00 a unit"),),
        (Value("none", "at 32.00 a unit"),),
    )
    assert row("Work RVU", *pages).cells[2] == (Value("0.70", "-0.60 to 99213"),)
    assert payments.differs
    assert not row("Bilateral surgery", *pages).differs


def test_the_components_of_a_service_are_compared_by_what_they_come_to() -> None:
    one, other = paid("93000", "0.17", "15.00"), page("93010")
    other.fees.CopyFrom(one.fees)
    other.fees.rows[0].modifier = "26"

    labels = [each.label for each in section("Medicare physician", one, other).rows]
    assert "26: total RVU, non-facility" in labels
    assert "26: Work RVU" not in labels


def test_an_edition_is_cited_once_and_a_missing_one_says_why() -> None:
    missing = page("99214")
    missing.fees.rvu.missing = "MPFS RVU is not loaded."

    cited = section("Medicare physician", paid("99213", "1", "1"), paid("99215", "1", "1"), missing).sources
    assert cited == ["MPFS RVU July 2024", "MPFS RVU is not loaded"]


def test_modifiers_align_by_modifier() -> None:
    one, other = page("99213"), page("11042")
    for made, modifier, standing in (
        (one, "25", lookup.MODIFIER_STANDING_ALLOWED),
        (other, "50", lookup.MODIFIER_STANDING_NOT_ALLOWED),
        (other, "25", lookup.MODIFIER_STANDING_NOT_ALLOWED),
    ):
        made.modifiers.availability = AVAILABLE
        made.modifiers.rules.add(modifier=modifier, standing=standing, reason="Because.", source="MPFS RVU July 2024")

    rows = section("Modifiers", one, other).rows
    assert [(each.label, texts(each)) for each in rows] == [
        ("25", [["allowed"], ["not allowed"]]),
        ("50", [["none"], ["not allowed"]]),
    ]


def test_no_published_unit_edit_is_not_no_limit() -> None:
    made, other = page("99213"), page("99214")
    for one in (made, other):
        one.edits.availability = AVAILABLE
    made.edits.mue.add(setting=lookup.SETTING_PRACTITIONER, status=lookup.SourceStatus(availability=NONE))
    other.edits.mue.add(setting=lookup.SETTING_PRACTITIONER, status=RVU, value=0)

    (nothing,), (zero,) = row("Practitioner", made, other).cells
    assert (nothing.text, zero.text) == ("none published", "0")
    assert "not “no limit”" in nothing.note


def test_notes_say_where_they_are_printed_and_which_are_of_every_code() -> None:
    shared = ("E08-E13", "gestational diabetes (O24.4-)")
    notes = row("Excludes1: never together", diagnosis("E11.9", shared, ("E11.9", "own")), diagnosis("E10.9", shared))

    (printed, own), (same,) = notes.cells
    assert (printed.note, own.note) == ("from E08-E13", "")
    assert notes.is_shared(same)
    assert not notes.is_shared(own)
    assert notes.differs


def test_a_combination_of_a_mapping_is_never_flattened() -> None:
    made = page("E08.00", lookup.CODE_SYSTEM_ICD10CM)
    made.crosswalks.availability = AVAILABLE
    mapping = made.crosswalks.to_icd9cm
    mapping.status.CopyFrom(RVU)
    scenario = mapping.scenarios.add(scenario=1)
    for number, codes in enumerate((["249.00", "249.20"], ["780.01"]), start=1):
        scenario.choice_lists.add(choice_list=number, targets=[lookup.GemTarget(code=code) for code in codes])

    ((value,), _) = row("To ICD-9-CM (GEM)", made, page("E09.00", lookup.CODE_SYSTEM_ICD10CM)).cells
    assert value == Value("(249.00 or 249.20) + 780.01", "together, scenario 1")


def test_an_excludes1_note_that_names_another_of_the_codes_is_found_below_it_too() -> None:
    governed, named = diagnosis("E11.9", ("E11", "gestational diabetes (O24.4-)")), diagnosis("O24.410")

    (found,) = comparison.exclusions([named, governed])
    assert found == ("E11.9", "O24.410", "gestational diabetes (O24.4-)", "E11")


def test_codes_that_exclude_each_other_are_told_once() -> None:
    type1, type2 = diagnosis("E10.9", ("E10", "type 2 (E11.-)")), diagnosis("E11.9", ("E11", "type 1 (E10.-)"))

    assert [found[:2] for found in comparison.exclusions([type2, type1])] == [("E11.9", "E10.9")]


def test_an_excludes1_note_excludes_nothing_that_it_does_not_name() -> None:
    cases = (
        ("E11.9", "E10.9", "diabetes with ketoacidosis: E08-E10 with ketoacidosis"),  # narrowed by words
        ("E11.65", "E11.9", "hyperglycemia (E11.-)"),  # names the code it governs as well
        ("J18.9", "J12.9", "congenital pneumonia (P23.0)"),
        ("G63", "E11.40", "diabetes mellitus (E08-E13 with .42)"),
    )
    for governed, other, note in cases:
        assert comparison.exclusions([diagnosis(governed, (governed, note)), diagnosis(other)]) == []


def test_an_excludes1_note_may_name_a_range_and_the_end_of_its_codes() -> None:
    for governed, other, note in (
        ("J20.9", "J45.901", "bronchitis with asthma (J40-J47)"),
        ("G63", "E11.42", "diabetes mellitus (E08-E13 with .42)"),
    ):
        assert len(comparison.exclusions([diagnosis(governed, (governed, note)), diagnosis(other)])) == 1


def test_notes_of_one_system_exclude_no_code_of_another() -> None:
    note = ("E11", "something (O24.4-)")

    assert comparison.exclusions([diagnosis("E11.9", note), page("O24.4", lookup.CODE_SYSTEM_ICD9CM)]) == []


def test_every_pair_of_codes_has_what_each_setting_says_of_it() -> None:
    edit = lookup.PtpEdit(column1="99214", column2="99213", modifier_indicator=lookup.MODIFIER_INDICATOR_ALLOWED)
    kind = lookup.FINDING_KIND_PTP
    found = {
        lookup.SETTING_PRACTITIONER: [
            lookup.Finding(kind=kind, verdict=lookup.VERDICT_FAIL, codes=["99214", "99213"], ptp=edit, source="PTP"),
            lookup.Finding(kind=kind, verdict=lookup.VERDICT_PASS, codes=["99213", "99214", "11042"], source="PTP"),
        ],
        lookup.SETTING_HOSPITAL: [
            lookup.Finding(
                kind=kind, verdict=lookup.VERDICT_NO_DATA, codes=["99213", "99214", "11042"], message="Not loaded."
            )
        ],
    }

    pairs = {pair.codes: said(pair) for pair in comparison.pairs(found, ["99213", "99214", "11042"])}
    assert pairs == {
        ("99213", "99214"): ("99214", "Not loaded."),
        ("99213", "11042"): ("No edit in force", "Not loaded."),
        ("99214", "11042"): ("No edit in force", "Not loaded."),
    }


def said(pair: Pair) -> tuple[str, ...]:
    return tuple(one.edit.column1 if one.edit else one.text for one in pair.between.values())


def test_codes_that_are_no_procedures_have_no_pairs() -> None:
    assert comparison.pairs({}, []) == []
