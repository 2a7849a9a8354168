from services.lookup.answers import MatchKind
from services.lookup.codes.model import Level
from services.lookup.index.book import records
from services.lookup.index.documents import Candidate, code_document, lexicon_of, read_candidate
from services.lookup.search.analysis import stems
from services.lookup.search.query import understand
from services.lookup.search.ranking import highlights, rank
from services.lookup.search.vocabulary import shipped
from tests.integration.lookup_edition import small_edition

EDITION = small_edition()
LEXICON = lexicon_of(EDITION)


def candidates() -> list[Candidate]:
    """Every code of the edition, as the index would give it."""
    pairs = zip(EDITION.entries, records(EDITION), strict=True)
    documents = (code_document(entry, record, LEXICON) for entry, record in pairs if entry.level is Level.CODE)
    return [read_candidate(document) for document in documents]


def ranked(query: str) -> list[str]:
    variants = understand(query, LEXICON, shipped(), as_typed=False).variants
    return [one.line.code for one in rank(candidates(), variants, LEXICON)]


def test_a_form_that_is_the_query_scores_one() -> None:
    variants = understand("acute myocardial infarction", LEXICON, shipped(), as_typed=False).variants
    best = rank(candidates(), variants, LEXICON)[0]
    assert (best.line.code, best.score, best.kind) == ("I21", 1.0, MatchKind.TITLE)


def test_the_more_general_code_goes_first_among_equals() -> None:
    assert ranked("type 2 diabetes mellitus")[:2] == ["E11", "E11.9"]
    assert ranked("pneumonia")[:2] == ["J18", "J18.9"]


def test_words_of_the_form_that_were_not_asked_cost_less_than_words_that_are_missing() -> None:
    found = ranked("left knee pain")
    assert found[0] == "M25.562"
    assert found.index("M25.56") < found.index("M25.561")


def test_a_residual_code_goes_after_the_thing_itself() -> None:
    assert ranked("diabetes mellitus").index("E13") > ranked("diabetes mellitus").index("E11")


def test_a_name_in_a_note_shows_its_text() -> None:
    variants = understand("high blood pressure", LEXICON, shipped(), as_typed=False).variants
    best = rank(candidates(), variants, LEXICON)[0]
    assert (best.line.code, best.kind, best.form_text) == ("I10", MatchKind.INCLUDES_NOTE, "high blood pressure")


def test_codes_without_any_word_of_the_query_are_left_out() -> None:
    assert ranked("pneumonia") == ["J18", "J18.9", "J13"]


def test_highlights_are_the_places_of_the_stems() -> None:
    title = "Pain in left knee"
    spans = highlights(title, frozenset(stems("knees pains")))
    assert [title[span.start : span.end] for span in spans] == ["Pain", "knee"]
