"""Documents and queries, as data."""

import json
from datetime import date

import orjson

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
from services.lookup.index.documents import code_document, lexicon_of, read_candidate
from services.lookup.index.queries import Cut, Filters
from services.lookup.search.query import Group, Variant
from tests.integration.lookup_edition import small_edition

EDITION = small_edition()
RECORDS = {record.line.code: record for record in records(EDITION)}


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


def test_a_code_document_has_the_stems_of_all_its_names() -> None:
    entry = next(entry for entry in EDITION.entries if entry.code == "E53.8")
    document = code_document(entry, RECORDS["E53.8"], lexicon_of(EDITION))
    assert {"vitamin", "b12", "defici", "group"} <= set(document["stems"].split())
    assert (document["code"], document["chapter"], document["billable"]) == ("E538", "4", True)


def test_the_length_of_a_title_is_that_of_its_shortest_name() -> None:
    lexicon = lexicon_of(EDITION)
    entries = {entry.code: entry for entry in EDITION.entries}
    lengths = {code: code_document(entries[code], RECORDS[code], lexicon)["length"] for code in ("J18", "J13")}
    assert lengths["J18"] == lexicon.weight("pneumonia") < lengths["J13"]


def test_words_are_weighed_by_their_share_of_what_is_known() -> None:
    variant = Variant((Group(3.0, {"knee": 1.0}), Group(1.0, {"pain": 1.0, "ach": 0.75}), Group(5.0, {})))
    body = queries.by_words([variant], 0.65, Filters(("13",), billable=True), Cut(50, 25, facets=False))
    (clause,) = body["query"]["bool"]["must"][0]["dis_max"]["queries"]
    knee, pain = clause["bool"]["should"]
    assert knee == {"constant_score": {"filter": {"terms": {"stems": ["knee"]}}, "boost": 0.75}}
    assert [one["constant_score"]["boost"] for one in pain["dis_max"]["queries"]] == [0.25, 0.1875]
    assert body["query"]["bool"]["filter"] == [{"terms": {"chapter": ["13"]}}, {"term": {"billable": True}}]
    assert (body["from"], body["size"], "aggs" in body) == (50, 25, False)


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


def test_a_hit_has_the_dates_of_its_code() -> None:
    lexicon = lexicon_of(DRUGS)
    lines = {record.line.code: record for record in records(DRUGS)}
    for entry in DRUGS.entries[1:]:
        document = code_document(entry, lines[entry.code], lexicon)
        assert read_candidate(stored(document)).line == lines[entry.code].line


def test_a_code_is_found_by_its_short_title_as_by_its_title() -> None:
    record = next(one for one in records(DRUGS) if one.line.code == "J1885")
    candidate = read_candidate(stored(code_document(DRUGS.entries[1], record, lexicon_of(DRUGS))))
    (form,) = candidate.forms
    assert form.kind is MatchKind.TITLE
    assert ("someth", "inj") in form.variants


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
