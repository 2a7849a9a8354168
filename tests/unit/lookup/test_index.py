"""Documents and queries, as data."""

import json
from datetime import date
from typing import Any

import orjson
import pytest

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Attribute, Edition, Entry, Level, System
from services.lookup.codes.notation import CodeRange
from services.lookup.codes.page import assemble
from services.lookup.index import mappings, queries
from services.lookup.index.book import (
    line_values,
    outline_document,
    outline_of,
    read_outline,
    read_record,
    record_document,
    records,
)
from services.lookup.index.documents import form_documents, forms_by_code, lexicon_of, read_candidate
from services.lookup.index.queries import Cut, Filters
from services.lookup.search.analysis import stems
from services.lookup.search.forms import Form, form
from services.lookup.search.query import Group, Variant
from services.lookup.search.ranking import Candidate, cost
from tests.integration.lookup_edition import small_edition

EDITION = small_edition()
RECORDS = {record.line.code: record for record in records(EDITION)}
FORMS = forms_by_code(EDITION)
LEXICON = lexicon_of(FORMS)


def stored(document: object) -> dict[str, object]:
    """Return a document as Elasticsearch gives it back."""
    return json.loads(orjson.dumps(document))  # type: ignore[no-any-return]


def test_every_record_is_read_as_it_was_written() -> None:
    assert [read_record(stored(record_document(record))) for record in RECORDS.values()] == list(RECORDS.values())


def test_an_outline_is_read_as_it_was_written() -> None:
    outline = outline_of(RECORDS.values())
    assert read_outline(stored(outline_document(outline))) == outline
    assert list(outline.chapter_titles) == ["2", "4", "9", "10", "13", "19"]
    assert [line.code for line in outline.top] == ["2", "4", "9", "10", "13", "19"]


def test_neighbours_are_at_the_same_depth_across_parents() -> None:
    first, last = RECORDS["C43.9"], RECORDS["S53"]
    assert first.previous is None
    assert first.next
    assert (first.next.code, last.next) == ("E10.9", None)
    assert RECORDS["4"].previous == RECORDS["2"].line


def test_a_page_inherits_upwards() -> None:
    record = RECORDS["E11.3"]
    page = assemble(record, [RECORDS[code] for code in record.ancestors])
    assert [group.entry.code for group in page.note_groups] == ["E11.3", "E11", "4"]


def test_a_code_has_a_document_for_each_of_its_forms_and_the_first_is_its_title() -> None:
    documents = dict(form_documents(RECORDS["E53.8"], FORMS["E53.8"], LEXICON))
    title, other = documents.values()
    assert len(documents) == len(FORMS["E53.8"])
    assert (title["first"], other["first"]) == (True, False)
    assert set(title["stems"].split()) == set(stems("Deficiency of other specified B group vitamins"))
    assert set(other["stems"].split()) == set(stems("vitamin B12 deficiency"))
    for document in documents.values():
        assert (document["code"], document["length"], document["order"]) == ("E538", 5, RECORDS["E53.8"].order)
        assert (document["chapter"], document["billable"]) == ("4", True)
    assert title["kind"] < other["kind"]


def test_no_two_documents_of_an_edition_have_one_id() -> None:
    ids = [id for code, forms in FORMS.items() for id, _ in form_documents(RECORDS[code], forms, LEXICON)]
    assert len(ids) == len(set(ids)) == sum(map(len, FORMS.values()))


def test_a_document_says_what_its_words_cost_that_may_not_be_left_out() -> None:
    whole, short = (
        document["cost"]
        for code in ("J13", "J18")
        for _, document in form_documents(RECORDS[code], FORMS[code], LEXICON)
    )
    assert short == pytest.approx(cost(form(MatchKind.TITLE, "pneumonia"), LEXICON), abs=1e-3)
    assert short < whole


def test_a_form_is_read_as_it_was_written() -> None:
    lent = Form(MatchKind.SYNONYM, "Gout (of knee)", ("gout", "knee"), frozenset({"knee"}), "a list")
    for code, own in FORMS.items():
        forms = [*own, lent]
        read = [read_candidate(stored(document)) for _, document in form_documents(RECORDS[code], forms, LEXICON)]
        assert [(one.line, one.form) for one in read] == [(RECORDS[code].line, form) for form in forms]


def test_codes_are_grouped_by_their_category_else_by_what_stands_above() -> None:
    assert {code: candidate(code).category for code in ("E11", "E11.311", "S52.501A", "M25.561")} == {
        "E11": "E11",
        "E11.311": "E11",
        "S52.501A": "S52",
        # The edition has no M25.
        "M25.561": "M25.56",
    }


def candidate(code: str) -> Candidate:
    """Return what a hit by the title of a code carries."""
    return read_candidate(stored(next(form_documents(RECORDS[code], FORMS[code], LEXICON))[1]))


def test_words_are_weighed_by_their_share_of_what_is_known() -> None:
    variant = Variant((Group(3.0, {"knee": 1.0}), Group(1.0, {"pain": 1.0, "ach": 0.75}), Group(5.0, {})))
    knee, pain = words_of(queries.by_words([variant], 0.65, Filters(), Cut(0, 25, counted=False)))
    assert knee == {"constant_score": {"filter": {"terms": {"stems": ["knee"]}}, "boost": 0.75}}
    assert [one["constant_score"]["boost"] for one in pain["dis_max"]["queries"]] == [0.25, 0.1875]


def words_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the clauses for the words of the one variant of a search."""
    (clause,) = body["query"]["bool"]["must"][0]["dis_max"]["queries"]
    return clause["function_score"]["query"]["function_score"]["query"]["bool"]["should"]  # type: ignore[no-any-return]


def test_a_search_is_narrowed_cut_and_counted_by_code() -> None:
    variant = Variant((Group(1.0, {"knee": 1.0}),))
    body = queries.by_words([variant], 0.65, Filters(("13",), billable=True), Cut(50, 25, counted=False))
    assert body["query"]["bool"]["filter"] == [{"terms": {"chapter": ["13"]}}, {"term": {"billable": True}}]
    assert (body["from"], body["size"], body["collapse"]) == (50, 25, {"field": "code"})
    assert "aggs" not in body
    counted = queries.by_words([variant], 0.65, Filters(), Cut(0, 25, counted=True))["aggs"]
    assert list(counted) == ["codes", "chapter", "billable"]
    assert counted["chapter"]["aggs"] == counted["billable"]["aggs"] == {"codes": counted["codes"]}


def test_a_range_is_bounded_by_everything_below_its_last_code() -> None:
    (clause,) = queries.bounds(CodeRange("C43", "C44.9"))["query"]["bool"]["filter"]
    bounds = clause["range"]["code"]
    assert bounds["gte"] == "C43"
    assert bounds["lt"] > "C449Z"
    assert bounds["lt"] < "C45"


def test_indices_refuse_fields_they_do_not_know_and_keep_their_release() -> None:
    for body in (mappings.codes_index({"edition": "x"}), mappings.book_index({"edition": "x"})):
        assert body["mappings"]["dynamic"] == "strict"
        assert body["mappings"]["_meta"] == {"edition": "x"}
        assert body["settings"]["refresh_interval"] == "-1"


DRUGS = Edition(
    system=System.HCPCS,
    label="October 2025",
    effective_from=date(2025, 10, 1),
    effective_to=date(2025, 12, 31),
    origin="made up",
    entries=(
        Entry("J0000-J9999", Level.SECTION, "Drugs", parent="", order=1, billable=False),
        Entry(
            "J1885",
            Level.CODE,
            "Injection of something, per 15 mg",
            parent="J0000-J9999",
            order=2,
            billable=True,
            short_title="Something inj",
            attributes=(
                Attribute("coverage", "D", "special coverage instructions apply"),
                Attribute("statute", "1861"),
            ),
            effective_from=date(1993, 1, 1),
            common_language="A shot of something",
        ),
        Entry(
            "J9999",
            Level.CODE,
            "Injection of anything",
            parent="J0000-J9999",
            order=3,
            billable=False,
            effective_to=date(2025, 9, 30),
        ),
    ),
)


def test_what_the_publisher_says_beside_the_title_is_read_as_it_was_written() -> None:
    of_drugs = {record.line.code: record for record in records(DRUGS)}
    drug, ended = of_drugs["J1885"], of_drugs["J9999"]

    assert [read_record(stored(record_document(record))) for record in of_drugs.values()] == list(of_drugs.values())
    assert (drug.line.effective_from, drug.line.effective_to) == (date(1993, 1, 1), None)
    assert (ended.line.effective_from, ended.line.effective_to) == (None, date(2025, 9, 30))
    page = assemble(drug, [of_drugs["J0000-J9999"]])
    assert (page.short_title, page.attributes) == ("Something inj", DRUGS.entries[1].attributes)
    assert page.common_language == "A shot of something"
    assert drug.weight() > ended.weight()


def test_a_line_without_dates_says_nothing_of_them() -> None:
    line = RECORDS["E11.9"].line
    assert line_values(line) == ["E11.9", 2, line.title, 1, 0]


def test_sections_stand_for_chapters_where_a_book_has_none() -> None:
    assert outline_of(records(DRUGS)).chapter_titles == {"J0000-J9999": "Drugs"}


def test_a_hit_has_the_dates_of_its_code_and_the_section_where_there_is_no_category() -> None:
    forms = forms_by_code(DRUGS)
    for record in list(records(DRUGS))[1:]:
        documents = form_documents(record, forms[record.line.code], lexicon_of(forms))
        found = {read_candidate(stored(document)) for _, document in documents}
        assert {(one.line, one.category) for one in found} == {(record.line, "J0000-J9999")}


def test_chapters_and_sections_have_no_forms() -> None:
    assert list(forms_by_code(DRUGS)) == ["J1885", "J9999"]


def test_a_range_of_cpt_holds_codes_of_its_kind_alone() -> None:
    """By their characters, 0001F and 0042T stand between 00100 and 01999."""
    patterns = {
        ("00100", "01999"): "[0-9]{4}[0-9]",
        ("0001F", "0015F"): "[0-9]{4}F",
        ("J1885", "J1890"): None,
        ("S52.501A", "S52.501D"): None,
    }
    for (first, last), pattern in patterns.items():
        _, *others = queries.bounds(CodeRange(first, last))["query"]["bool"]["filter"]
        assert others == ([{"regexp": {"code": pattern}}] if pattern else [])
