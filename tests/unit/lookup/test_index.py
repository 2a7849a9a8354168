"""Documents and queries, as data."""

import json

import orjson

from services.lookup.codes.notation import CodeRange
from services.lookup.codes.page import assemble
from services.lookup.index import mappings, queries
from services.lookup.index.book import (
    outline_document,
    outline_of,
    read_outline,
    read_record,
    record_document,
    records,
)
from services.lookup.index.documents import code_document, lexicon_of
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
