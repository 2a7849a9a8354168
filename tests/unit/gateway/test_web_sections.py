"""The sections of a code page, from the messages of lookup to what their templates show."""

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.addresses import BOOKS
from services.gateway.web.sections.coverage import coverage
from services.gateway.web.sections.crosswalks import crosswalks
from services.gateway.web.sections.edits import edits
from services.gateway.web.sections.fees import fees
from services.gateway.web.sections.history import history
from services.gateway.web.sections.modifiers import modifiers
from services.gateway.web.sections.notes import notes
from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import dates, stated

CPT = Place(BOOKS[lookup.CODE_SYSTEM_CPT], "29881", "2024-08-01")
ICD10CM = Place(BOOKS[lookup.CODE_SYSTEM_ICD10CM], "E11.41", "")
ICD9CM = Place(BOOKS[lookup.CODE_SYSTEM_ICD9CM], "250.60", "")


def loaded(
    name: str = "Source 2024Q3", *, availability: lookup.Availability.ValueType = lookup.AVAILABILITY_AVAILABLE
) -> lookup.SourceStatus:
    release = lookup.SourceRelease(
        name=name, effective_from="2024-07-01", effective_to="2024-09-30", in_force=True, origin="file.csv"
    )
    return lookup.SourceStatus(availability=availability, release=release)


def not_loaded(missing: str = "Source is not loaded.") -> lookup.SourceStatus:
    return lookup.SourceStatus(availability=lookup.AVAILABILITY_NOT_LOADED, missing=missing)


NONE = lookup.AVAILABILITY_NONE


def test_a_source_is_named_with_its_edition_and_its_dates() -> None:
    source = stated(loaded())

    assert (source.name, source.dates) == ("Source 2024Q3", "1 Jul 2024 to 30 Sep 2024")
    assert (source.warning, source.gap) == ("", "")


def test_nothing_in_an_edition_is_told_from_an_edition_that_is_not_loaded() -> None:
    nothing, unknown = stated(loaded(availability=NONE)), stated(not_loaded("Source is not loaded."))

    assert (nothing.name, nothing.gap) == ("Source 2024Q3", "The edition has nothing for this code.")
    assert (unknown.name, unknown.gap) == ("", "Source is not loaded.")


def test_an_edition_for_other_dates_than_the_one_asked_for_is_a_warning() -> None:
    status = loaded()
    status.release.in_force = False

    assert stated(status).warning == (
        "Source 2024Q3 is for dates of service 1 Jul 2024 to 30 Sep 2024: "
        "the edition for the date asked for is not loaded."
    )


def test_a_range_of_dates_may_be_open_at_either_end() -> None:
    assert dates("2024-07-01", "") == "from 1 Jul 2024"
    assert dates("", "2024-09-30") == "until 30 Sep 2024"
    assert dates("", "") == ""


def test_a_modifier_says_whether_it_is_taken_and_why() -> None:
    refused = lookup.ModifierRule(
        modifier="26", standing=lookup.MODIFIER_STANDING_NOT_ALLOWED, reason="PC/TC 0.", source="MPFS RVU July 2024"
    )

    section = modifiers(lookup.Modifiers(sources=[loaded(), not_loaded()], rules=[refused]), CPT)

    assert [(rule.modifier, rule.standing, rule.reason) for rule in section.rules] == [
        ("26", "Not allowed", "PC/TC 0.")
    ]
    assert [source.name for source in section.sources] == ["Source 2024Q3", ""]


def test_combinations_of_a_mapping_stay_apart_from_its_alternatives() -> None:
    target = lookup.GemTarget
    mapping = lookup.GemMapping(
        status=loaded(),
        alternatives=[target(code="250.60", approximate=True), target(code="250.62")],
        scenarios=[
            lookup.GemScenario(
                scenario=1,
                choice_lists=[
                    lookup.GemChoiceList(choice_list=1, targets=[target(code="250.60"), target(code="250.61")]),
                    lookup.GemChoiceList(choice_list=2, targets=[target(code="355.9")]),
                ],
            )
        ],
    )

    section = crosswalks(lookup.Crosswalks(to_icd9cm=mapping), ICD10CM)

    (shown,) = section.mappings
    assert shown.title == "To ICD-9-CM"
    assert [(one.code, one.href, one.approximate) for one in shown.alternatives] == [
        ("250.60", "/codes/icd9cm/250.60", True),
        ("250.62", "/codes/icd9cm/250.62", False),
    ]
    assert [[one.code for one in choices] for choices in shown.scenarios[0].choice_lists] == [
        ["250.60", "250.61"],
        ["355.9"],
    ]
    assert (section.sources, section.groupings) == ([], [])


def test_codes_that_map_here_alone_are_told_from_those_that_need_others() -> None:
    codes = [
        lookup.GemSourceCode(code="E11.40", approximate=True),
        lookup.GemSourceCode(code="E11.41", combination=True),
    ]

    (shown,) = crosswalks(
        lookup.Crosswalks(from_icd10cm=lookup.GemSources(status=loaded(), codes=codes)), ICD9CM
    ).sources

    assert shown.title == "From ICD-10-CM"
    assert [one.href for one in shown.alone] == ["/codes/icd10cm/E11.40"]
    assert [one.code for one in shown.combined] == ["E11.41"]


def test_a_diagnosis_without_a_category_in_the_models_says_so() -> None:
    ccsr = lookup.CcsrCategory(status=loaded(), category="END002")
    hcc = lookup.HccCategories(status=loaded(availability=NONE))

    first, second = crosswalks(lookup.Crosswalks(ccsr=ccsr, hcc=hcc), ICD10CM).groupings

    assert [one.category for one in first.categories] == ["END002"]
    assert (second.categories, second.source.gap) == ([], "The models of the edition put this code into no category.")


def ptp(column1_count: int) -> lookup.PtpSummary:
    edit = lookup.PtpEdit(
        column1="29881",
        column2="G0289",
        effective_from="2024-07-01",
        modifier_indicator=lookup.MODIFIER_INDICATOR_NOT_ALLOWED,
        rationale="Misuse",
    )
    return lookup.PtpSummary(
        status=loaded(), setting=lookup.SETTING_HOSPITAL, column1_count=column1_count, column1=[edit]
    )


def test_an_edit_is_shown_from_the_side_of_the_code_with_its_indicator_in_words() -> None:
    (shown,) = edits(lookup.Edits(ptp=[ptp(1)]), CPT).ptp

    assert shown.setting == "Outpatient hospital"
    (edit,) = shown.columns[0].edits
    assert (edit.other.code, edit.other.href) == ("G0289", "/codes/hcpcs/G0289?effective_on=2024-08-01")
    assert (edit.indicator, edit.dates) == ("0: no modifier bypasses it", "from 1 Jul 2024")


def test_all_edits_are_one_step_away_when_only_the_first_are_here() -> None:
    first, second = edits(lookup.Edits(ptp=[ptp(248)]), CPT).ptp[0].columns

    assert first.all == "/codes/cpt/29881/edits?setting=hospital&column=1&effective_on=2024-08-01"
    assert (second.total, second.all) == (0, "")


def test_edits_that_are_not_loaded_count_nothing() -> None:
    summary = lookup.PtpSummary(status=not_loaded("NCCI PTP hospital is not loaded."), setting=lookup.SETTING_HOSPITAL)

    (shown,) = edits(lookup.Edits(ptp=[summary]), CPT).ptp

    assert (shown.columns, shown.source.gap) == ([], "NCCI PTP hospital is not loaded.")


def test_no_published_unit_limit_is_not_no_limit_and_none_is_not_zero() -> None:
    zero = lookup.Mue(
        status=loaded(),
        setting=lookup.SETTING_PRACTITIONER,
        adjudication_indicator=lookup.MUE_ADJUDICATION_INDICATOR_LINE,
    )
    none = lookup.Mue(status=loaded(availability=NONE), setting=lookup.SETTING_DME)

    first, second = edits(lookup.Edits(mue=[zero, none]), CPT).mue

    assert (first.value, first.counted) == ("0", "1: on each claim line")
    assert second.value == ""
    assert "not “no limit”" in second.source.gap


def test_long_lists_of_add_on_codes_are_folded_and_complete() -> None:
    codes = [f"{number:05}" for number in range(100, 200)]

    shown = edits(lookup.Edits(add_on=lookup.AddOn(status=loaded(), type=3, primary_codes=codes)), CPT).add_on

    assert shown.type.startswith("Add-on code of type 3")
    assert [one.code for one in (*shown.primaries.first, *shown.primaries.rest)] == codes
    assert shown.primaries.rest


def test_fees_of_each_row_are_shown_with_what_is_not_done_and_not_paid() -> None:
    row = lookup.FeeRow(
        modifier="26",
        status=lookup.FeeIndicator(name="status", value="A", meaning="Active."),
        work_rvu="7.03",
        facility_pe_rvu="8.07",
        facility_total="16.50",
        indicators=[lookup.FeeIndicator(name="global days", value="090", meaning="Major surgery.")],
        conversion_factors=[
            lookup.ConversionFactor(participation="all others", value="33.4009", facility_payment="1549.24"),
            lookup.ConversionFactor(participation="qualifying APM participants", value="33.5675"),
        ],
    )

    section = fees(lookup.Fees(rvu=loaded(), gpci=not_loaded(), rows=[row]), CPT)

    assert (section.values[0].row, section.values[0].non_facility_pe) == ("26, professional component", "NA")
    assert [(one.participation, one.non_facility, one.facility) for one in section.payments] == [
        ("all others", "–", "$1,549.24")
    ]
    assert section.statuses == {"A": "Active."}
    assert section.indicators[0].indicators == [("Global days", "090", "Major surgery.")]
    assert section.calculator == "/codes/cpt/29881/fees?effective_on=2024-08-01"


def test_articles_are_gathered_by_how_they_name_the_code_and_none_is_lost() -> None:
    def article(number: int, role: lookup.CoverageRole.ValueType) -> lookup.CoverageArticle:
        return lookup.CoverageArticle(
            article=f"A{number}", role=role, states=["FL", "PR"], groups=[1, 2], effective_from="2024-01-01"
        )

    found = [article(n, lookup.COVERAGE_ROLE_COVERED_DIAGNOSIS) for n in range(20)]
    found.append(article(99, lookup.COVERAGE_ROLE_NONCOVERED_DIAGNOSIS))

    covered, uncovered = coverage(lookup.Coverage(status=loaded(), articles=found), ICD10CM).roles

    assert (covered.title, covered.total) == ("Supports medical necessity", 20)
    assert [one.id for one in (*covered.first, *covered.rest)] == [f"A{n}" for n in range(20)]
    assert (uncovered.first[0].states, uncovered.first[0].groups) == ("FL, PR", "1, 2")


def test_history_links_what_replaces_a_code_and_is_never_out_of_date() -> None:
    status = loaded()
    status.release.in_force = False
    event = lookup.HistoryEvent(
        action=lookup.HISTORY_ACTION_REPLACED, effective_from="2023-10-01", replaced_by=["I1A.0"], source="Table"
    )

    section = history(lookup.History(sources=[status], events=[event]), ICD10CM)

    (shown,) = section.events
    assert (shown.day, shown.action) == ("1 Oct 2023", "Replaced")
    assert [(one.code, one.href) for one in shown.replaced_by] == [("I1A.0", "/codes/icd10cm/I1A.0")]
    assert section.sources[0].warning == ""


def test_passages_that_name_the_code_come_with_their_text_and_the_rest_by_title() -> None:
    status = loaded("ICD-10-CM Guidelines FY2026")
    status.source = lookup.FACT_SOURCE_ICD10CM_GUIDELINES
    naming = lookup.Passage(id="I.C.4.a.2", title="Type", above=["I", "C", "Chapter 4", "Diabetes"], text="One.\nTwo.")
    chapter = lookup.Passage(id="I.C.4", title="Chapter 4")

    section = notes(lookup.Notes(guidelines=lookup.Guidelines(status=status, passages=[naming, chapter])), ICD10CM)

    assert section.guidelines is not None
    assert [one.id for one in section.guidelines.chapter] == ["I.C.4"]
    (passage,) = section.guidelines.naming
    assert (passage.above, passage.paragraphs) == ("Chapter 4 › Diabetes", ["One.", "Two."])
    assert passage.href == "/guidelines/icd10cm_guidelines/I.C.4.a.2"
    assert section.index_lines is None


def test_lines_of_the_index_lead_to_their_place_and_say_how_many_there_are() -> None:
    line = lookup.IndexEntry(
        book=lookup.INDEX_BOOK_DISEASES, term="d.12", path=["Diabetes", "with", "mononeuropathy"], printed="E11.41"
    )
    cell = lookup.IndexEntry(
        book=lookup.INDEX_BOOK_DRUGS, term="t.3", path=["Insulin"], printed="T38.3X1", column="Accidental"
    )

    section = notes(
        lookup.Notes(index_entries=lookup.IndexEntries(sources=[loaded()], entries=[line, cell], total=32)), ICD10CM
    )

    assert section.index_lines is not None
    diseases, drugs = section.index_lines.books
    assert (diseases.title, diseases.lines[0].path) == (
        "Index to Diseases and Injuries",
        "Diabetes › with › mononeuropathy",
    )
    assert (diseases.lines[0].href, diseases.lines[0].printed) == ("/index/diseases?term=d.12", "")
    assert (drugs.lines[0].column, drugs.lines[0].printed) == ("Accidental", "T38.3X1")
    assert section.index_lines.more == "30 more lines lead here."


def test_no_notes_are_told_apart_from_notes_that_are_not_loaded() -> None:
    assert notes(lookup.Notes(availability=NONE), ICD10CM).gap == "The edition prints no notes for this code."
    assert "not loaded" in notes(lookup.Notes(availability=lookup.AVAILABILITY_NOT_LOADED), CPT).gap
    # Its guidelines are loaded, the notes of the tabular list are not.
    of_order_file = lookup.Notes(availability=lookup.AVAILABILITY_AVAILABLE, printed=lookup.AVAILABILITY_NOT_LOADED)
    assert "not loaded" in notes(of_order_file, ICD10CM).gap
    sevenths = [lookup.SeventhCharacter(character="A", meaning="initial encounter")]
    assert notes(lookup.Notes(seventh_characters=sevenths), ICD10CM).gap == ""
