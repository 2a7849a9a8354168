from datetime import UTC, date, datetime

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.alphabetic.model import Book, Reference, Term
from services.lookup.alphabetic.section import wants
from services.lookup.codes.model import System
from services.lookup.facts.kinds import Answers, Found
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source
from services.lookup.index.alphabetic import Letters, Line, MainTermLine, Pointer, code_id
from services.lookup.index_browser import IndexAnswer, LineOf, Named, Prefix
from services.lookup.messages.alphabetic import book_of, browsed, index_entries, target_of
from services.runtime.errors import Refusal

LOAD = FactLoad(
    source=Source.TABLE_NEOPLASMS,
    edition="FY2026",
    effective_from=date(2025, 10, 1),
    effective_to=date(2026, 9, 30),
    codes=1,
    loaded_at=datetime(2025, 10, 1, tzinfo=UTC),
    origin="made up",
    content="",
    rows=1,
    left_out={},
    documents=1,
    index="facts",
)
CHOICE = FactChoice(LOAD, in_force=True)
LETTERS = Letters(("Benign",), (("N", 1),))
FOUND = Found(Source.TABLE_NEOPLASMS, CHOICE, (LOAD,), LETTERS)
LINE = Line(
    "neoplasm.1",
    Term(1, "boot(s) (wet) NEC", "Q11.2-", "I43", "Bone", "Table of Drugs", "D48", ("D36.7",)),
    Reference("Bone", Book.DISEASES, "bone", whole=True),
    Reference("Table of Drugs", Book.DRUGS, code="T50"),
)


def test_the_letters_of_a_book_have_their_counts() -> None:
    message = browsed(IndexAnswer(FOUND, letters=LETTERS.letters))

    assert message.status.availability == pb.AVAILABILITY_AVAILABLE
    assert message.status.release.name == "ICD-10-CM Neoplasm Table FY2026"
    assert list(message.columns) == ["Benign"]
    assert list(message.letters) == [pb.IndexLetter(letter="N", main_terms=1)]


def test_a_line_says_all_that_it_prints_and_where_it_leads() -> None:
    message = browsed(IndexAnswer(FOUND, above=(Line("neoplasm", Term(0, "Neoplasm")),), lines=(LINE,)))

    assert [(one.id, one.title) for one in message.above] == [("neoplasm", "Neoplasm")]
    (line,) = message.terms
    assert (line.id, line.depth, line.title) == ("neoplasm.1", 1, "boot(s) (wet) NEC")
    assert list(line.nonessential_modifiers) == ["s", "wet"]
    assert (line.code, line.manifestation, line.category, list(line.cells)) == ("Q11.2-", "I43", "D48", ["D36.7"])
    assert line.see == pb.IndexReference(text="Bone", book=pb.INDEX_BOOK_DISEASES, term="bone", whole=True)
    assert line.see_also == pb.IndexReference(text="Table of Drugs", book=pb.INDEX_BOOK_DRUGS, code="T50")


def test_a_line_without_references_leaves_them_unset() -> None:
    (line,) = browsed(IndexAnswer(FOUND, lines=(Line("neoplasm", Term(0, "Neoplasm")),))).terms

    assert not line.HasField("see")
    assert not line.HasField("see_also")


def test_a_main_term_of_a_list_says_how_many_lines_are_under_it() -> None:
    message = browsed(IndexAnswer(FOUND, main_terms=(MainTermLine(LINE, 7),), next_page_token="more"))

    assert [(one.id, one.subterms) for one in message.terms] == [("neoplasm.1", 7)]
    assert message.next_page_token == "more"


def test_nothing_of_what_was_asked_is_told_from_a_book_that_is_not_loaded() -> None:
    nothing = browsed(IndexAnswer.none(FOUND))
    missing = browsed(IndexAnswer(Found(Source.TABLE_DRUGS, None, (), None)))

    assert nothing.status.availability == pb.AVAILABILITY_NONE
    assert missing.status.availability == pb.AVAILABILITY_NOT_LOADED
    assert missing.status.missing == "Not loaded: ICD-10-CM Table of Drugs."


def test_a_request_names_a_book_and_what_to_show_of_it() -> None:
    assert book_of(pb.INDEX_BOOK_UNSPECIFIED) is Book.DISEASES
    assert book_of(pb.INDEX_BOOK_DRUGS) is Book.DRUGS
    with pytest.raises(Refusal, match="book"):
        book_of(9)
    assert target_of(pb.BrowseIndexRequest()) is None
    assert target_of(pb.BrowseIndexRequest(prefix="p")) == Prefix("p")
    assert target_of(pb.BrowseIndexRequest(term="pain.1")) == LineOf("pain.1")
    assert target_of(pb.BrowseIndexRequest(find="Pain, belly")) == Named("Pain, belly")


def test_a_page_shows_the_first_lines_that_lead_to_its_code_and_counts_all() -> None:
    own = Pointer("pain", ("Pain",), "R52.1", "")
    above = tuple(Pointer(f"pain.{number}", ("Pain", f"of {number}"), "R52.-", "Benign") for number in range(40))
    facts = {(Source.INDEX_DISEASES, code_id("R52.1")): (own,), (Source.TABLE_NEOPLASMS, code_id("R52")): above}
    answers = Answers(
        {
            want: Found(want.kind.source, CHOICE, (LOAD,), facts.get((want.kind.source, want.id)))
            for want in wants(System.ICD10CM, "R52.1")
        }
    )
    message = index_entries(System.ICD10CM, "R52.1", answers)

    assert [one.availability for one in message.sources].count(pb.AVAILABILITY_AVAILABLE) == 2
    assert (message.total, len(message.entries)) == (41, 30)
    assert message.entries[0] == pb.IndexEntry(book=pb.INDEX_BOOK_DISEASES, term="pain", path=["Pain"], printed="R52.1")
    assert (message.entries[1].column, list(message.entries[1].path)) == ("Benign", ["Pain", "of 0"])


def test_a_code_of_another_system_has_no_lines_in_the_index() -> None:
    assert index_entries(System.CPT, "99213", Answers({})) == pb.IndexEntries()
