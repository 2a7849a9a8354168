import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.index.documents import lexicon_of
from services.lookup.search.lexicon import Lexicon
from services.lookup.search.query import Variant, WordQuery, understand
from services.lookup.search.vocabulary import Vocabulary, shipped
from tests.integration.lookup_edition import small_edition

LEXICON = lexicon_of(small_edition())
VOCABULARY = Vocabulary(
    abbreviations=[("HTN", "hypertension"), ("PN", "pneumonia"), ("PN", "pain"), ("in", "left knee")],
    lay_terms=[("heart attack", "myocardial infarction"), ("sugar", "diabetes mellitus")],
    equivalents=[("broken", "fracture")],
)


def understood(text: str, as_typed: bool = False) -> WordQuery:
    return understand(text, LEXICON, VOCABULARY, as_typed)


def readings(query: WordQuery) -> list[list[list[str]]]:
    """Return the stems of each group of each variant."""
    return [[list(group.stems) for group in variant.groups] for variant in query.variants]


def test_words_are_groups_of_their_stem() -> None:
    assert readings(understood("Pneumonia, left knee")) == [[["pneumonia"], ["left"], ["knee"]]]


def test_a_bare_abbreviation_is_each_of_its_expansions() -> None:
    assert readings(understood("PN")) == [[["pneumonia"]], [["pain"]]]


def test_an_abbreviation_inside_a_query_is_replaced() -> None:
    assert readings(understood("secondary htn")) == [[["secondari"], ["hypertens"]]]


def test_a_lay_term_is_read_both_ways_when_its_words_are_known() -> None:
    assert readings(understood("heart attack")) == [[["myocardi"], ["infarct"]]]


def test_a_word_has_its_equivalents_at_a_lower_factor() -> None:
    (group,) = understood("broken").variants[0].groups
    assert list(group.stems) == ["fractur"]
    assert group.stems["fractur"] < 1


def test_the_last_word_may_be_cut_while_typed() -> None:
    (variant,) = understood("type 2 diab", as_typed=True).variants
    assert set(variant.groups[-1].stems) == {"diabet"}
    (variant,) = understood("left kn", as_typed=True).variants
    assert set(variant.groups[-1].stems) == {"knee"}


def test_a_last_word_that_a_space_follows_is_whole() -> None:
    cut = understood("diabetes with", as_typed=True).variants[0].groups[-1]
    whole = understood("diabetes with ", as_typed=True).variants[0].groups[-1]
    assert set(cut.stems) == {"with", "without"}
    assert set(whole.stems) == {"with"}


def test_a_cut_lay_term_is_recognised_while_typed() -> None:
    assert [["myocardi"], ["infarct"]] in readings(understood("heart att", as_typed=True))


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("pneumonai left", "pneumonia left"),
        ("Hypertenson", "hypertension"),
        ("diabetis mellitus", "diabetes mellitus"),
        ("mellitus, diabetis", "mellitus, diabetes"),
    ],
)
def test_unknown_words_are_corrected_in_their_place(typed: str, corrected: str) -> None:
    assert understood(typed).corrected == corrected


@pytest.mark.parametrize("typed", ["diabetes", "xnee", "kn", "zzzz", "123456"])
def test_known_words_and_hopeless_ones_are_not_corrected(typed: str) -> None:
    assert understood(typed).corrected == ""


def test_a_query_of_which_little_is_known_has_no_reading() -> None:
    assert understood("qqqq wwww with").variants == ()
    assert understood("of the").variants == ()
    assert understood("?!").variants == ()


@settings(max_examples=200)
@given(st.text(max_size=300), st.booleans())
def test_any_text_is_understood_within_bounds(text: str, as_typed: bool) -> None:
    query = understand(text, LEXICON, shipped(), as_typed)
    assert len(query.variants) <= 8
    assert all(variant.known_weight > 0 for variant in query.variants)


def test_variants_weigh_what_is_known() -> None:
    (variant,) = understood("pneumonia qqqq").variants
    assert isinstance(variant, Variant)
    assert 0 < variant.known_weight < variant.weight


# The lexicon


def test_a_lexicon_is_read_as_it_was_written() -> None:
    read = Lexicon.from_document(LEXICON.to_document())
    assert read.to_document() == LEXICON.to_document()
    assert read.weight("pneumonia") == LEXICON.weight("pneumonia")


def test_rare_words_weigh_more_and_generic_ones_less() -> None:
    assert LEXICON.weight("merkel") > LEXICON.weight("diabet") > LEXICON.weight("unspecifi")
    assert LEXICON.weight("never-seen") >= LEXICON.weight("merkel")


def test_frequent_completions_come_first() -> None:
    completions = LEXICON.completions("di", 10)
    assert completions[0] == "diabet"
    assert LEXICON.completions("di", 1) == completions[:1]


def test_corrections_keep_the_first_letter_and_allow_two_edits_in_long_words() -> None:
    assert LEXICON.corrections("nypertension", 3) == []
    assert LEXICON.corrections("hyprtenson", 3) == ["hypertension"]
    assert LEXICON.corrections("kneee", 3) == ["knee"]
    assert LEXICON.corrections("kneeess", 3) == []


# The vocabulary files


def test_the_shipped_abbreviations_are_many_and_expand_to_something_else() -> None:
    vocabulary = shipped()
    expansions = {phrase.stems: phrase.expansions for phrase in vocabulary.phrases() if phrase.abbreviation}
    assert len(expansions) >= 250
    assert expansions[("ms",)] == ("multiple sclerosis", "mitral stenosis")
    assert all(all(expansion.strip() for expansion in values) for values in expansions.values())
