"""What callers of lookup rely on, over a real Elasticsearch and a small edition with a few descriptions."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.answers import MatchKind, SearchAnswer
from services.lookup.browse import Around, Range, Under
from services.lookup.catalog.descriptions import DescriptionCatalog
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.codes.model import NoteKind, System
from services.lookup.lookup import Lookup
from services.lookup.search.request import SearchRequest
from services.lookup.sections import Section
from services.lookup.servicer import LookupServicer
from services.lookup.store import Store
from services.runtime.errors import Kind, Refusal
from tests.integration.lookup_edition import small_collection, small_concepts, small_edition
from tests.integration.lookup_index import SECONDS, opened_store, reloaded, wiped

ICD10CM = System.ICD10CM
SECTIONS = frozenset(Section)


@pytest.fixture(scope="module")
async def store(elasticsearch_url: str) -> AsyncIterator[Store]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        await EditionCatalog(store, small_concepts()).load(small_edition())
        await DescriptionCatalog(store).load(small_collection())
        yield store


@pytest.fixture(scope="module")
async def lookup(store: Store) -> Lookup:
    return await reloaded(store)


async def search(lookup: Lookup, query: str, **asked: object) -> SearchAnswer:
    return await lookup.search(SearchRequest(query, **asked), SECONDS)  # type: ignore[arg-type]


async def codes(lookup: Lookup, query: str, **asked: object) -> list[str]:
    return [hit.entry.code for hit in (await search(lookup, query, **asked)).hits]


async def refusal_of(answer: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await answer  # type: ignore[misc]
    return caught.value


# Search


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("type 2 diabetes", "E11.9"),
        ("TYPE II DIABETES", "E11.9"),
        ("pneumonia", "J18.9"),
        ("htn", "I10"),
        ("HTN", "I10"),
        ("heart attack", "I21.9"),
        ("left knee pain", "M25.562"),
        ("knee pain", "M25.569"),
        ("breast cancer", "C50"),
        ("B12 deficiency", "E53.8"),
        ("b12", "E53.8"),
        ("haemorrhage of nothing fracture radius", "S52.5"),
        ("pagets disease", "C50"),
    ],
)
async def test_words_find_the_code_a_coder_means_first(lookup: Lookup, query: str, first: str) -> None:
    assert (await codes(lookup, query))[0] == first


async def test_a_general_query_shows_the_billable_code_that_says_no_more_next_to_its_category(lookup: Lookup) -> None:
    assert (await codes(lookup, "type 2 diabetes"))[:2] == ["E11.9", "E11"]


@pytest.mark.parametrize("query", ["E119", "e11.9", " E11.9 ", "e119"])
async def test_a_code_is_found_however_it_is_written(lookup: Lookup, query: str) -> None:
    answer = await search(lookup, query)
    assert [hit.entry.code for hit in answer.hits] == ["E11.9"]
    assert answer.hits[0].match_kind is MatchKind.CODE


async def test_the_beginning_of_a_code_finds_the_code_and_what_is_below_in_book_order(lookup: Lookup) -> None:
    assert await codes(lookup, "e11") == ["E11", "E11.3", "E11.31", "E11.311", "E11.9"]


@pytest.mark.parametrize("query", ["C43-C44", "c43 to c44", "C43..C44", "C44-C43"])
async def test_a_range_is_in_book_order_with_what_stands_inside_it(lookup: Lookup, query: str) -> None:
    assert await codes(lookup, query) == ["C43", "C43.9", "C4A", "C44"]


async def test_a_range_may_end_at_codes_the_book_does_not_have(lookup: Lookup) -> None:
    assert (await codes(lookup, "E12-E14")) == ["E13"]
    assert (await codes(lookup, "E20-E30")) == []


async def test_a_code_that_does_not_exist_suggests_the_nearest_above(lookup: Lookup) -> None:
    answer = await search(lookup, "E11.99")
    assert not answer.hits
    assert answer.did_you_mean == ("E11.9",)


async def test_a_misspelt_word_is_corrected_and_the_answer_says_so(lookup: Lookup) -> None:
    answer = await search(lookup, "Type 2 diabetis")
    assert answer.corrected_query == "Type 2 diabetes"
    assert answer.hits[0].entry.code == "E11.9"


async def test_known_words_are_not_corrected(lookup: Lookup) -> None:
    answer = await search(lookup, "type 2 diabetes")
    assert answer.corrected_query == ""
    assert answer.did_you_mean == ()


@pytest.mark.parametrize("as_typed", [True, False])
async def test_cut_words_find_what_they_begin(lookup: Lookup, as_typed: bool) -> None:
    assert "E11.31" in await codes(lookup, "diab retin", as_typed=as_typed)


async def test_highlights_are_where_the_words_stand_in_code_points(lookup: Lookup) -> None:
    hit = (await search(lookup, "knee painn")).hits[0]
    assert [hit.entry.title[span.start : span.end] for span in hit.highlights] == ["Pain", "knee"]


async def test_a_hit_by_another_name_shows_the_name(lookup: Lookup) -> None:
    hit = (await search(lookup, "vitamin b12 deficiency")).hits[0]
    assert (hit.match_kind, hit.matched_term) == (MatchKind.INCLUSION_TERM, "Vitamin B12 deficiency")
    shown = [hit.matched_term[span.start : span.end] for span in hit.matched_term_highlights]
    assert shown == ["Vitamin", "B12", "deficiency"]


async def test_an_includes_note_is_a_name(lookup: Lookup) -> None:
    hit = (await search(lookup, "high blood pressure")).hits[0]
    assert (hit.entry.code, hit.match_kind) == ("I10", MatchKind.INCLUDES_NOTE)


async def test_the_initial_encounter_goes_first_then_its_parent_then_the_others(lookup: Lookup) -> None:
    found = await codes(lookup, "fracture lower end of right radius")
    assert found.index("S52.501A") < found.index("S52.501") < found.index("S52.501D")


async def test_a_name_lent_by_a_vocabulary_finds_the_code_and_names_its_source(lookup: Lookup) -> None:
    hit = (await search(lookup, "left gonalgia")).hits[0]
    assert (hit.entry.code, hit.match_kind) == ("M25.562", MatchKind.SYNONYM)
    assert (hit.matched_term, hit.source) == ("Left-sided gonalgia", "A list")


async def test_a_code_comes_once_however_many_of_its_names_match(lookup: Lookup) -> None:
    answer = await search(lookup, "malignant breast")
    assert [hit.entry.code for hit in answer.hits].count("C50") == 1
    assert answer.total == len({hit.entry.code for hit in answer.hits}) == len(answer.hits)


async def test_an_abbreviation_that_was_read_is_told(lookup: Lookup) -> None:
    (reading,) = (await search(lookup, "htn")).readings
    assert (reading.written, reading.meanings[0]) == ("htn", "hypertension")


async def test_hits_are_grouped_by_category_with_the_next_codes_of_each(lookup: Lookup) -> None:
    first, *others = (await search(lookup, "type 2 diabetes mellitus", by_category=True)).hits
    assert first.category
    assert (first.entry.code, first.category.code, first.category_hits) == ("E11", "E11", 5)
    assert "E11.9" in [hit.entry.code for hit in first.more]
    assert len({hit.category.code for hit in (first, *others) if hit.category}) == 1 + len(others)


async def test_filters_narrow_and_facets_count_what_is_left(lookup: Lookup) -> None:
    answer = await search(lookup, "malignant", billable=True, chapters=("2",))
    assert {hit.entry.code for hit in answer.hits} == {"C43.9", "C44", "C50"}
    facets = {facet.field: facet.values for facet in answer.facets}
    assert [(value.value, value.count) for value in facets["billable"]] == [("true", 3)]
    (chapter,) = facets["chapter"]
    assert (chapter.value, chapter.label, chapter.count) == ("2", "Neoplasms (C00-D49)", 3)
    assert await codes(lookup, "malignant", chapters=("4",)) == []


async def test_pages_of_a_search_hold_every_match_once(lookup: Lookup) -> None:
    whole = await search(lookup, "E10-E13")
    seen, token = [], ""
    while True:
        page = await search(lookup, "E10-E13", page_size=3, page_token=token)
        seen += [hit.entry.code for hit in page.hits]
        token = page.next_page_token
        if not token:
            break
    assert seen == [hit.entry.code for hit in whole.hits]
    assert len(seen) == whole.total == 8


async def test_nothing_known_finds_nothing(lookup: Lookup) -> None:
    answer = await search(lookup, "qqqq zzzz")
    assert (answer.hits, answer.total, answer.next_page_token) == ((), 0, "")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"query": ""}, "query"),
        ({"query": "   "}, "query"),
        ({"query": "x" * 301}, "query"),
        ({"query": "knee\x00pain"}, "query"),
        ({"query": "knee", "page_size": -1}, "page_size"),
        ({"query": "knee", "page_size": 101}, "page_size"),
        ({"query": "knee", "page_token": "no token"}, "page_token"),
        ({"query": "knee", "chapters": ("99",)}, "chapters"),
        ({"query": "knee", "effective_on": "2026-6-1"}, "effective_on"),
    ],
)
async def test_bad_input_is_refused_by_its_field(lookup: Lookup, asked: dict[str, object], field: str) -> None:
    refusal = await refusal_of(lookup.search(SearchRequest(**asked), SECONDS))  # type: ignore[arg-type]
    assert refusal.kind is Kind.INVALID
    assert refusal.metadata == {"field": field}


async def test_a_page_token_of_another_query_is_refused(lookup: Lookup) -> None:
    token = (await search(lookup, "E10-E13", page_size=2)).next_page_token
    refusal = await refusal_of(search(lookup, "C43-C50", page_size=2, page_token=token))
    assert refusal.metadata == {"field": "page_token"}


# Codes and pages


async def test_a_code_has_its_ancestors_chapter_first(lookup: Lookup) -> None:
    answer = await lookup.get_code(ICD10CM, "s52501a", "", SECONDS)
    assert answer.entry.code == "S52.501A"
    assert [line.code for line in answer.ancestors] == ["19", "S50-S59", "S52", "S52.5", "S52.50", "S52.501"]
    assert answer.release
    assert answer.release.in_force


async def test_a_page_has_its_place_in_the_book(lookup: Lookup) -> None:
    page = (await lookup.get_code_page(ICD10CM, "E11", "", SECTIONS, SECONDS)).page
    assert [line.code for line in page.children] == ["E11.3", "E11.9"]
    assert page.previous
    assert page.next
    assert (page.previous.code, page.next.code) == ("E10", "E13")


async def test_notes_are_its_own_then_inherited_with_the_ancestor_named(lookup: Lookup) -> None:
    groups = (await lookup.get_code_page(ICD10CM, "E11.3", "", SECTIONS, SECONDS)).page.note_groups
    assert [(group.entry.code, group.inherited) for group in groups] == [("E11.3", False), ("E11", True), ("4", True)]
    assert [note.kind for note in groups[1].notes][1] is NoteKind.EXCLUDES1


async def test_seventh_characters_are_those_of_the_nearest_ancestor(lookup: Lookup) -> None:
    page = (await lookup.get_code_page(ICD10CM, "S52.501", "", SECTIONS, SECONDS)).page
    assert [value.character for value in page.seventh_characters] == ["A", "D"]
    assert (await lookup.get_code_page(ICD10CM, "E11.9", "", SECTIONS, SECONDS)).page.seventh_characters == ()


async def test_an_unknown_code_is_not_found_and_a_malformed_one_invalid(lookup: Lookup) -> None:
    unknown = await refusal_of(lookup.get_code_page(ICD10CM, "Z99.9", "", SECTIONS, SECONDS))
    assert (unknown.kind, unknown.reason) == (Kind.NOT_FOUND, "CODE_NOT_FOUND")
    malformed = await refusal_of(lookup.get_code(ICD10CM, "E1.19", "", SECONDS))
    assert malformed.message == "code: expected an ICD-10-CM code such as E11.9"


async def test_a_date_outside_the_release_is_refused_with_what_is_loaded(lookup: Lookup) -> None:
    refusal = await refusal_of(lookup.get_code(ICD10CM, "E11", "2024-01-01", SECONDS))
    assert (refusal.kind, refusal.reason) == (Kind.PRECONDITION, "NO_RELEASE_IN_FORCE")
    assert refusal.metadata["loaded"] == "2026-04-01/2026-09-30"


async def test_after_its_end_the_newest_release_answers_and_says_that_it_is_not_in_force(store: Store) -> None:
    later = await reloaded(store, today=date(2027, 1, 1))
    release = (await later.get_code(ICD10CM, "E11", "", SECONDS)).release
    assert release
    assert not release.in_force
    assert [choice.in_force for choice in later.list_releases()] == [False]


async def test_one_bad_code_of_a_batch_fails_alone(lookup: Lookup) -> None:
    answer = await lookup.batch_get_codes(ICD10CM, ["e119", "nonsense", "Z99.9", "E11.9"], "", SECONDS)
    assert [one.asked for one in answer.results] == ["e119", "nonsense", "Z99.9", "E11.9"]
    found = [one.result.reason if isinstance(one.result, Refusal) else one.result.code for one in answer.results]
    assert found == ["E11.9", "INVALID_ARGUMENT", "CODE_NOT_FOUND", "E11.9"]


@pytest.mark.parametrize("count", [0, 501])
async def test_a_batch_has_bounds(lookup: Lookup, count: int) -> None:
    refusal = await refusal_of(lookup.batch_get_codes(ICD10CM, ["E11"] * count, "", SECONDS))
    assert refusal.metadata == {"field": "codes"}


# Browsing


async def browsed(lookup: Lookup, target: Under | Range | Around | None, size: int = 0) -> list[str]:
    """Read every page of a target."""
    found, token = [], ""
    while True:
        answer = await lookup.browse(ICD10CM, target, "", size, token, SECONDS)
        found += [line.code for line in answer.entries]
        token = answer.next_page_token
        if not token:
            return found


@pytest.mark.parametrize("size", [0, 1, 2])
async def test_the_book_can_be_walked_from_the_top(lookup: Lookup, size: int) -> None:
    assert await browsed(lookup, None, size) == ["2", "4", "9", "10", "13", "19"]
    assert await browsed(lookup, Under("4"), size) == ["E08-E13", "E50-E64"]
    assert await browsed(lookup, Under("e08-e13"), size) == ["E10", "E11", "E13"]
    assert await browsed(lookup, Under("E11"), size) == ["E11.3", "E11.9"]
    assert await browsed(lookup, Under("E11.9"), size) == []


@pytest.mark.parametrize("size", [0, 1, 3])
async def test_a_range_holds_everything_below_its_last_code(lookup: Lookup, size: int) -> None:
    assert await browsed(lookup, Range("C43", "C44"), size) == ["C43", "C43.9", "C4A", "C44"]
    expected = ["E11.3", "E11.31", "E11.311", "E11.9", "E13"]
    assert await browsed(lookup, Range("E11.3", "E13"), size) == expected


async def test_around_a_code_are_its_neighbours_at_every_level(lookup: Lookup) -> None:
    assert await browsed(lookup, Around("I10"), 2) == ["9", "I10-I1A", "I10", "I15.9", "I20-I25"]


@pytest.mark.parametrize(
    ("target", "field"),
    [
        (Under("nowhere"), "under"),
        (Range("E11", "x"), "range.last"),
        (Range("E11", "E10"), "range.last"),
        (Around("4"), "around"),
    ],
)
async def test_a_bad_target_is_refused_by_its_field(lookup: Lookup, target: Under | Range | Around, field: str) -> None:
    refusal = await refusal_of(lookup.browse(ICD10CM, target, "", 0, "", SECONDS))
    assert refusal.metadata == {"field": field}


async def test_an_entry_that_the_book_does_not_have_is_not_found(lookup: Lookup) -> None:
    assert (await refusal_of(lookup.browse(ICD10CM, Under("99"), "", 0, "", SECONDS))).reason == "CODE_NOT_FOUND"
    assert (await refusal_of(lookup.browse(ICD10CM, Around("Z99"), "", 0, "", SECONDS))).reason == "CODE_NOT_FOUND"


async def test_a_system_that_is_not_loaded_is_refused(lookup: Lookup) -> None:
    assert (await refusal_of(lookup.get_code(System.HCPCS, "J1885", "", SECONDS))).reason == "NO_RELEASE_IN_FORCE"
    assert (await refusal_of(search(lookup, "knee", systems=(System.CPT,)))).reason == "NO_RELEASE_IN_FORCE"


# Sections of a page

OFFICIAL = pb.PAGE_SECTION_OFFICIAL_DESCRIPTION
NOTES = pb.PAGE_SECTION_NOTES
COMMON_LANGUAGE = pb.PAGE_SECTION_COMMON_LANGUAGE_DESCRIPTION


async def page(
    lookup: Lookup, code: str, system: pb.CodeSystem.ValueType = pb.CODE_SYSTEM_ICD10CM, **more: object
) -> pb.GetCodePageResponse:
    request = pb.GetCodePageRequest(system=system, code=code, **more)  # type: ignore[arg-type]
    return await LookupServicer(lookup).get_code_page(request)


async def test_a_page_says_what_an_editor_says(lookup: Lookup) -> None:
    answer = await page(lookup, "E11.9")
    assert answer.common_language_description == pb.CommonLanguageDescription(
        availability=pb.AVAILABILITY_AVAILABLE,
        title="Type 2 diabetes and nothing else",
        text="What it means.",
        author="An editor",
        reviewed_on="2026-03-02",
        edition="reviewed 2026-03-02",
    )
    assert answer.official_description.availability == pb.AVAILABILITY_AVAILABLE
    assert answer.notes.groups
    assert not answer.entry.number_only


async def test_a_code_without_a_description_says_so(lookup: Lookup) -> None:
    answer = await page(lookup, "E10.9")
    assert answer.common_language_description == pb.CommonLanguageDescription(availability=pb.AVAILABILITY_NONE)


async def test_a_locked_section_has_no_content(lookup: Lookup) -> None:
    answer = await page(lookup, "S52.501A", locked_sections=[NOTES])
    assert answer.notes == pb.Notes(availability=pb.AVAILABILITY_LOCKED)
    assert answer.official_description.availability == pb.AVAILABILITY_AVAILABLE
    answer = await page(lookup, "E11.9", locked_sections=[OFFICIAL, COMMON_LANGUAGE])
    assert answer.official_description == pb.OfficialDescription(availability=pb.AVAILABILITY_LOCKED)
    assert answer.common_language_description == pb.CommonLanguageDescription(availability=pb.AVAILABILITY_LOCKED)
    assert answer.notes.availability == pb.AVAILABILITY_AVAILABLE


async def test_only_the_sections_wanted_are_answered_locked_or_not(lookup: Lookup) -> None:
    answer = await page(lookup, "E11.9", sections=[OFFICIAL], locked_sections=[NOTES])
    assert answer.HasField("official_description")
    assert not answer.HasField("notes")
    assert not answer.HasField("common_language_description")


@pytest.mark.parametrize("field", ["sections", "locked_sections"])
@pytest.mark.parametrize("number", [0, 99])
async def test_a_section_that_there_is_not_is_refused_by_its_field(lookup: Lookup, field: str, number: int) -> None:
    asked = pb.GetCodePageRequest(system=pb.CODE_SYSTEM_ICD10CM, code="E11.9", **{field: [number]})  # type: ignore[arg-type]
    refusal = await refusal_of(LookupServicer(lookup).get_code_page(asked))
    assert (refusal.kind, refusal.metadata) == (Kind.INVALID, {"field": field})
    assert refusal.fields[0].description == (
        "expected one of OFFICIAL_DESCRIPTION, NOTES, COMMON_LANGUAGE_DESCRIPTION, MODIFIERS, CROSSWALKS, EDITS, FEES, "
        "COVERAGE, HISTORY"
    )


# Codes known by their number alone

NUMBER = pb.Entry(system=pb.CODE_SYSTEM_CPT, level=pb.LEVEL_CODE, code="20553", number_only=True)


@pytest.mark.parametrize("effective_on", ["", "2019-01-01"])
async def test_the_page_of_a_number_says_what_is_not_loaded(lookup: Lookup, effective_on: str) -> None:
    answer = await page(lookup, "20553", system=pb.CODE_SYSTEM_CPT, effective_on=effective_on)
    assert answer.entry == NUMBER
    assert not answer.HasField("release")
    assert not answer.ancestors
    assert answer.official_description == pb.OfficialDescription(availability=pb.AVAILABILITY_NOT_LOADED)
    assert answer.notes.availability == pb.AVAILABILITY_NOT_LOADED
    assert answer.common_language_description.title == "Injections into three muscles"


async def test_a_number_is_a_code_with_neither_ancestors_nor_release(lookup: Lookup) -> None:
    request = pb.GetCodeRequest(system=pb.CODE_SYSTEM_CPT, code="20553")
    assert await LookupServicer(lookup).get_code(request) == pb.GetCodeResponse(entry=NUMBER)


async def test_numbers_of_a_batch_are_known_or_fail_alone(lookup: Lookup) -> None:
    request = pb.BatchGetCodesRequest(system=pb.CODE_SYSTEM_CPT, codes=["20553", "20552", "knee"])
    answer = await LookupServicer(lookup).batch_get_codes(request)
    assert answer.results[0].entry == NUMBER
    assert [one.failure.reason for one in answer.results[1:]] == ["NO_RELEASE_IN_FORCE", "INVALID_ARGUMENT"]
    assert not answer.HasField("release")


@pytest.mark.parametrize("effective_on", ["", "2026-05-01"])
async def test_a_number_that_no_source_knows_is_refused(lookup: Lookup, effective_on: str) -> None:
    servicer, unknown = LookupServicer(lookup), {"system": pb.CODE_SYSTEM_CPT, "effective_on": effective_on}
    for answer in (
        servicer.get_code_page(pb.GetCodePageRequest(code="20552", **unknown)),  # type: ignore[arg-type]
        servicer.get_code(pb.GetCodeRequest(code="20552", **unknown)),  # type: ignore[arg-type]
        servicer.batch_get_codes(pb.BatchGetCodesRequest(codes=["20552"], **unknown)),  # type: ignore[arg-type]
        servicer.search(pb.SearchRequest(query="20552", systems=[pb.CODE_SYSTEM_CPT], effective_on=effective_on)),
        servicer.browse(pb.BrowseRequest(around="20553", **unknown)),  # type: ignore[arg-type]
    ):
        refusal = await refusal_of(answer)
        assert (refusal.kind, refusal.reason) == (Kind.PRECONDITION, "NO_RELEASE_IN_FORCE")


async def test_a_bad_date_is_refused_for_a_number_too(lookup: Lookup) -> None:
    refusal = await refusal_of(page(lookup, "20553", system=pb.CODE_SYSTEM_CPT, effective_on="2026-6-1"))
    assert refusal.metadata == {"field": "effective_on"}


async def test_a_described_code_whose_release_is_not_in_force_is_refused(lookup: Lookup) -> None:
    refusal = await refusal_of(page(lookup, "E11.9", effective_on="2019-01-01"))
    assert (refusal.kind, refusal.reason) == (Kind.PRECONDITION, "NO_RELEASE_IN_FORCE")


@pytest.mark.parametrize("as_typed", [False, True])
@pytest.mark.parametrize("systems", [[], [pb.CODE_SYSTEM_CPT], [pb.CODE_SYSTEM_CPT, pb.CODE_SYSTEM_ICD10CM]])
async def test_a_number_is_found_when_it_is_written_whole(
    lookup: Lookup, systems: list[pb.CodeSystem.ValueType], as_typed: bool
) -> None:
    request = pb.SearchRequest(query=" 20553", systems=systems, as_typed=as_typed)
    answer = await LookupServicer(lookup).search(request)
    assert list(answer.hits) == [pb.Hit(entry=NUMBER, match_kind=pb.MATCH_KIND_CODE)]
    assert (answer.total, answer.next_page_token) == (1, "")


@pytest.mark.parametrize(
    "asked",
    [
        {"query": "2055"},
        {"query": "20553 muscles"},
        {"query": "20553", "systems": [pb.CODE_SYSTEM_ICD10CM]},
        {"query": "20553", "chapters": ["13"]},
        {"query": "20553", "billable": True},
    ],
)
async def test_a_number_is_not_found_by_anything_else(lookup: Lookup, asked: dict[str, object]) -> None:
    answer = await LookupServicer(lookup).search(pb.SearchRequest(**asked))  # type: ignore[arg-type]
    assert "20553" not in [hit.entry.code for hit in answer.hits]
