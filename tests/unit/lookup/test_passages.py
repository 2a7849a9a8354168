"""What of the books of coding rules is searched, and how a search of them is asked."""

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.facts.source import Source
from services.lookup.guidelines.model import Book, Passage
from services.lookup.index import queries
from services.lookup.index.guidelines import book_documents, searched
from services.lookup.messages.guidelines import passage_search
from services.lookup.passages import CareSetting, PassageSearch, words_searched
from services.lookup.search.analysis import stems
from services.lookup.search.vocabulary import shipped
from services.runtime.errors import Refusal

GUIDELINES = Source.GUIDELINES_ICD10CM
BOOK = Book(
    (
        Passage(id="I", title="Bells", above=(), text="", refers_to=(), order=1),
        Passage(id="I.A", title="Small bells", above=("Bells",), text="Ring for E11.9.", refers_to=(), order=2),
        Passage(id="I.A.1", title="", above=("Bells", "Small bells"), text="Twice.", refers_to=(), order=3),
    ),
    (),
)


def test_sections_are_searched_by_their_words_and_the_titles_above_them() -> None:
    small = searched(GUIDELINES, *book_documents(GUIDELINES, BOOK)[1])
    untitled = searched(GUIDELINES, *book_documents(GUIDELINES, BOOK)[2])

    assert small["heading"].split() == stems("Small bells")
    assert small["body"].split() == ["i.a", *stems("Bells Small bells Ring for E11.9.")]
    assert untitled == {"heading": "", "body": " ".join(["i.a.1", *stems("Bells Small bells Twice.")])}


def test_nothing_but_sections_with_a_text_is_searched() -> None:
    documents = book_documents(GUIDELINES, BOOK)

    assert [id for id, values in documents if searched(GUIDELINES, id, values)] == ["I.A", "I.A.1"]
    assert {id for id, _ in documents} > {"I", "contents", "naming-E11"}
    assert searched(Source.GEM_TO_ICD9CM, "A00", {"above": [], "title": "Bells", "text": "Ring."}) == {}


def test_every_word_is_one_clause_of_its_stems_in_both_fields_where_a_title_weighs_more() -> None:
    body = queries.passages([{"bell": 1.0, "chime": 0.5}, {"ring": 1.0}], 7)

    assert body["size"] == 7
    first, second = body["query"]["bool"]["should"]
    boosts = {
        (field, term["value"]): term["boost"]
        for each in first["dis_max"]["queries"]
        for field, term in each["term"].items()
    }
    assert boosts["heading", "bell"] > boosts["body", "bell"] > boosts["body", "chime"]
    assert len(boosts) == 4
    assert len(second["dis_max"]["queries"]) == 2


def test_a_code_is_searched_by_its_category_and_weighs_more_than_a_word() -> None:
    words = list(words_searched("E11.9 with 76942", shipped()))

    assert [next(iter(word.items())) for word in words] == [("e11", 2.0), ("with", 1.0), ("76942", 2.0)]


def test_a_request_names_books_and_the_setting() -> None:
    request = pb.SearchPassagesRequest(
        query="bells",
        sources=[pb.FACT_SOURCE_NCCI_POLICY_MANUAL],
        setting=pb.CARE_SETTING_OUTPATIENT,
        effective_on="2026-06-15",
        page_size=3,
    )

    assert passage_search(request) == PassageSearch(
        "bells", (Source.NCCI_POLICY_MANUAL,), CareSetting.OUTPATIENT, "2026-06-15", 3
    )
    assert passage_search(pb.SearchPassagesRequest(query="bells")) == PassageSearch("bells")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.SearchPassagesRequest(query="bells", sources=[pb.FACT_SOURCE_UNSPECIFIED]), "sources"),
        (pb.SearchPassagesRequest(query="bells", setting=9), "setting"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_book_and_what_is_no_setting_is_refused(request_: pb.SearchPassagesRequest, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        passage_search(request_)
    assert [violation.field for violation in refused.value.fields] == [field]
