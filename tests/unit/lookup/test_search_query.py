import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.answers import MatchKind, Reading
from services.lookup.index.documents import forms_by_code, lexicon_of
from services.lookup.search.forms import form
from services.lookup.search.lexicon import Lexicon, LexiconBuilder
from services.lookup.search.query import WordQuery, understand
from services.lookup.search.vocabulary import Vocabulary, shipped
from tests.integration.lookup_edition import small_edition

LEXICON = lexicon_of(forms_by_code(small_edition()))
VOCABULARY = Vocabulary(
    abbreviations=[
        ("HTN", "hypertension"),
        ("PN", "pneumonia"),
        ("PN", "pain"),
        ("as", "left knee"),
        ("h/o", "history of"),
        ("crest", "fracture"),
    ],
    lay_terms=[("heart attack", "myocardial infarction"), ("sugar", "diabetes mellitus")],
    equivalents=[("broken", "fracture")],
    word_parts=[("-cillin", "penicillin"), ("-icillin", "left knee"), ("cef-", "cephalosporin")],
)


def understood(text: str, as_typed: bool = False, lexicon: Lexicon = LEXICON) -> WordQuery:
    return understand(text, lexicon, VOCABULARY, as_typed)


def readings(query: WordQuery) -> list[list[list[str]]]:
    """Return the stems of each group of each variant."""
    return [[list(group.stems) for group in variant.groups] for variant in query.variants]


def lexicon_with(*texts: str) -> Lexicon:
    """Return the lexicon of the edition with the words of further texts."""
    further = {"Z99": [form(MatchKind.TITLE, text) for text in texts]}
    return lexicon_of(forms_by_code(small_edition()) | further)


def test_words_are_groups_of_their_stem() -> None:
    assert readings(understood("Pneumonia, left knee")) == [[["pneumonia"], ["left"], ["knee"]]]


def test_a_bare_abbreviation_is_each_of_its_expansions() -> None:
    assert readings(understood("PN")) == [[["pneumonia"]], [["pain"]]]


def test_an_abbreviation_inside_a_query_is_replaced() -> None:
    assert readings(understood("secondary htn")) == [[["secondari"], ["hypertens"]]]


def test_a_lay_term_is_read_both_ways_when_its_words_are_known() -> None:
    assert readings(understood("heart attack")) == [[["myocardi"], ["infarct"]]]
    query = understood("heart attack", lexicon=lexicon_with("Attack of the heart"))
    assert readings(query) == [[["heart"], ["attack"]], [["myocardi"], ["infarct"]]]


def test_the_literal_reading_is_likelier_than_an_expansion_and_the_first_than_the_second() -> None:
    first, second = understood("PN").variants
    literal, expanded, further = understood("PN", lexicon=lexicon_with("All pn of it")).variants
    assert 1.0 == first.likelihood > second.likelihood
    assert 1.0 == literal.likelihood > expanded.likelihood > further.likelihood > 0


def test_each_phrase_that_is_read_another_way_makes_a_query_less_likely() -> None:
    neither, second, first, both = (variant.likelihood for variant in understood("PN with PN").variants)
    assert 1.0 == neither > second == first > both


def test_an_abbreviation_that_is_a_word_is_read_as_one_inside_a_query_unless_in_capitals() -> None:
    known = lexicon_with("Swelling of a crest")
    assert readings(understood("crest pain", lexicon=known)) == [[["crest"], ["pain"]]]
    assert readings(understood("CREST pain", lexicon=known)) == [[["crest"], ["pain"]], [["fractur"], ["pain"]]]
    assert readings(understood("crest", lexicon=known)) == [[["crest"]], [["fractur"]]]


def test_what_the_book_writes_in_capitals_alone_is_no_word() -> None:
    in_capitals = lexicon_with("Disease with CREST")
    assert in_capitals.knows_stem("crest")
    assert not in_capitals.knows_word("crest")
    assert readings(understood("crest pain", lexicon=in_capitals)) == [[["crest"], ["pain"]], [["fractur"], ["pain"]]]


def test_letters_one_by_one_are_expanded_whether_the_book_has_them_or_not() -> None:
    known = lexicon_with("History of hepatitis H", "Blood group O")
    assert known.knows_word("h")
    assert known.knows_word("o")
    for text in ("h/o pain", "H/O pain", "pain h/o"):
        assert ["histori"] in readings(understood(text, lexicon=known))[0]
        assert not any(["o"] in reading for reading in readings(understood(text, lexicon=known)))


def test_a_bare_stop_word_may_be_an_abbreviation() -> None:
    assert readings(understood("AS")) == [[["left"], ["knee"]]]


def test_a_query_says_what_it_was_read_as() -> None:
    assert understood("Sugar, secondary  HTN").readings == (
        Reading("Sugar", ("diabetes mellitus",)),
        Reading("HTN", ("hypertension",)),
    )
    assert understood("PN").readings == (Reading("PN", ("pneumonia", "pain")),)
    assert understood("left knee").readings == ()


def test_a_word_has_its_equivalents_at_a_lower_factor() -> None:
    (group,) = understood("broken").variants[0].groups
    assert list(group.stems) == ["fractur"]
    assert group.stems["fractur"] < 1


def test_the_words_of_a_lay_term_may_stand_in_another_order() -> None:
    assert readings(understood("attack of the heart, left")) == [[["myocardi"], ["infarct"], ["left"]]]
    assert readings(understood("attack of left heart")) == [[[], ["left"], []]]


def test_two_words_that_are_known_as_one_are_read_as_one_as_well() -> None:
    known = lexicon_with("Earache", "Ache of ear")
    assert readings(understood("left ear ache", lexicon=known)) == [
        [["left"], ["ear"], ["ach"]],
        [["left"], ["earach"]],
    ]


def test_a_word_that_is_unknown_is_read_as_two_known_ones_as_well() -> None:
    assert [["left"], ["knee"]] in readings(understood("leftknee"))
    assert readings(understood("earache", lexicon=lexicon_with("Earache", "Ache in ear"))) == [[["earach"]]]


def test_a_word_is_what_its_longest_part_says_as_well() -> None:
    known = lexicon_with("Allergy to penicillin", "Allergy to cephalosporin", "Amoxicillin")
    assert [["allergi"], ["cephalosporin"]] in readings(understood("allergy to Cefazolin", lexicon=known))
    assert [["allergi"], ["left"], ["knee"]] in readings(understood("allergy to ampicillin", lexicon=known))
    assert understood("allergy to Cefazolin", lexicon=known).readings == (Reading("Cefazolin", ("cephalosporin",)),)
    assert readings(understood("Amoxicillin", lexicon=known)) == [[["amoxicillin"]], [["left"], ["knee"]]]


def test_the_last_word_may_be_cut_while_typed() -> None:
    (variant,) = understood("type 2 diab", as_typed=True).variants
    assert set(variant.groups[-1].stems) == {"diabet"}
    (variant,) = understood("left kn", as_typed=True).variants
    assert set(variant.groups[-1].stems) == {"knee"}


def test_a_cut_word_that_happens_to_be_a_stem_tells_as_much_as_the_most_frequent_it_may_become() -> None:
    known = lexicon_with("PNE", "Pneumonia")
    cut = understood("pne", as_typed=True, lexicon=known).variants[0].groups[0]
    assert set(cut.stems) == {"pne", "pneumonia"}
    assert cut.weight == known.weight("pneumonia")


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
    assert all(0 < variant.likelihood <= 1 for variant in query.variants)


def test_variants_weigh_what_is_known() -> None:
    (variant,) = understood("pneumonia qqqq").variants
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


def test_a_word_counts_once_for_each_category() -> None:
    builder = LexiconBuilder()
    for category, text in (("A00", "Gout"), ("A00", "gouts of gout"), ("A01", "Gout, rare")):
        builder.add(category, text)
    lexicon = builder.build()
    assert (lexicon.categories, lexicon.frequency("gout"), lexicon.frequency("rare")) == (2, 2, 1)
