from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Level
from services.lookup.codes.record import EntryLine
from services.lookup.index.book import records
from services.lookup.index.documents import forms_by_code, lexicon_of
from services.lookup.search.analysis import stem, stems
from services.lookup.search.forms import Form, form
from services.lookup.search.lexicon import Lexicon
from services.lookup.search.query import understand
from services.lookup.search.ranking import CODE_SCORE, KIND_ORDER, Candidate, Preference, Ranked, cost, highlights, rank
from services.lookup.search.vocabulary import Vocabulary, shipped
from tests.integration.lookup_edition import small_edition

EDITION = small_edition()
FORMS = forms_by_code(EDITION)
LEXICON = lexicon_of(FORMS)
CANDIDATES = [
    Candidate(record.line, "", form) for record in records(EDITION) for form in FORMS.get(record.line.code, ())
]
TODAY = date(2026, 6, 15)


def matches(query: str) -> list[Ranked]:
    """Return every form of the edition that matches, best first."""
    return sorted(rank(CANDIDATES, understand(query, LEXICON, shipped(), as_typed=False), LEXICON), key=key)


def key(one: Ranked, *, prefer_billable: bool = False, popularity: float = 0.0) -> Any:
    return Preference(TODAY, prefer_billable).key(one, popularity)


def ranked(query: str) -> list[str]:
    """Return the codes that match, each by its best form."""
    return list(dict.fromkeys(one.candidate.line.code for one in matches(query)))


def score(query: str, name: Form, lexicon: Lexicon) -> float:
    """Return what a form scores; the vocabulary is empty."""
    understood = understand(query, lexicon, Vocabulary(), as_typed=False)
    return sum(one.score for one in rank([Candidate(line("A00"), "", name)], understood, lexicon))


def line(code: str, *, billable: bool = True, ended_on: date | None = None) -> EntryLine:
    return EntryLine(code, Level.CODE, "Gout", billable, has_children=not billable, effective_to=ended_on)


def match(
    code: str, *, kind: MatchKind = MatchKind.TITLE, score: float = 0.5, billable: bool = True, ended: bool = False
) -> Ranked:
    ended_on = date(2026, 6, 14) if ended else TODAY
    candidate = Candidate(line(code, billable=billable, ended_on=ended_on), "", form(kind, "Gout"))
    return Ranked(candidate, score, frozenset())


# The score of a form


def test_a_form_that_is_the_query_scores_one() -> None:
    best = matches("acute myocardial infarction")[0]
    assert best.score == 1.0
    assert best.candidate.form.text.startswith("Acute myocardial infarction")


def test_words_of_the_form_that_were_not_asked_cost_less_than_words_that_are_missing() -> None:
    found = ranked("left knee pain")
    assert found[0] == "M25.562"
    assert found.index("M25.569") < found.index("M25.561")


def test_a_residual_code_goes_after_the_thing_itself() -> None:
    assert ranked("diabetes mellitus").index("E13") > ranked("diabetes mellitus").index("E11")


def test_a_name_in_a_note_shows_its_text() -> None:
    best = matches("high blood pressure")[0].candidate
    assert (best.line.code, best.form.kind, best.form.text) == ("I10", MatchKind.INCLUDES_NOTE, "high blood pressure")


def test_codes_without_any_word_of_the_query_are_left_out() -> None:
    assert sorted(ranked("pneumonia")) == ["J13", "J18", "J18.9"]


def test_what_may_be_left_out_costs_nothing_unasked_and_finds_when_asked() -> None:
    name = form(MatchKind.TITLE, "Essential (primary) hypertension")
    other = form(MatchKind.TITLE, "Essential primary hypertension")
    assert score("essential hypertension", name, LEXICON) == 1.0
    assert score("essential hypertension", other, LEXICON) < 1.0
    assert score("primary", name, LEXICON) > 0
    asked = score("primary essential hypertension", name, LEXICON)
    assert score("essential secondary hypertension", name, LEXICON) < asked < 1.0
    assert score("essential primary hypertension", name, LEXICON) == 1.0


def test_a_word_that_makes_another_thing_of_a_name_costs_more_than_others() -> None:
    forms = {"A00": [form(MatchKind.TITLE, f"{word} of gout") for word in ("Swelling", "History", "Other", "Sequela")]}
    lexicon = lexicon_of(forms)
    plain, *changing = (score("gout", name, lexicon) for name in forms["A00"])
    assert all(one < plain for one in changing)


def test_other_costs_less_where_the_query_says_something_that_the_form_does_not() -> None:
    other, swelling = (form(MatchKind.TITLE, text) for text in ("Other gout", "Swelling of gout"))
    lexicon = lexicon_of({"A00": [other, swelling]})
    assert score("gout", other, lexicon) / score("gout", swelling, lexicon) < (
        score("knee gout", other, lexicon) / score("knee gout", swelling, lexicon)
    )


def test_the_words_of_a_name_cost_but_for_those_that_may_be_left_out() -> None:
    name = form(MatchKind.TITLE, "Essential (primary) hypertension")
    assert cost(name, LEXICON) == cost(form(MatchKind.TITLE, "Essential hypertension"), LEXICON) > 0
    assert cost(name, LEXICON) < cost(form(MatchKind.TITLE, "Essential primary hypertension"), LEXICON)


def test_an_expansion_scores_below_the_words_themselves() -> None:
    vocabulary = Vocabulary(abbreviations=[("gout", "podagra"), ("gout", "tophus")])
    names = [form(MatchKind.TITLE, text) for text in ("Gout", "Podagra", "Tophus")]
    lexicon = lexicon_of({"A00": names})
    understood = understand("gout", lexicon, vocabulary, as_typed=False)
    literal, first, second = (
        one.score for one in rank([Candidate(line("A00"), "", one) for one in names], understood, lexicon)
    )
    assert 1.0 == literal > first > second > 0.9


QUERIES = st.lists(
    st.sampled_from(sorted({word for name in CANDIDATES for word in name.form.text.split()} | {"htn", "h/o", "kne"})),
    min_size=1,
    max_size=6,
).map(" ".join)


@given(QUERIES | st.text(max_size=60))
def test_a_score_is_between_nothing_and_one(query: str) -> None:
    for one in matches(query):
        # Weights are added in another order on each side of the fraction.
        assert 0 < one.score <= 1 + 1e-12


WORDS = ["gout", "knee", "left", "right", "acute", "chronic", "history", "other", "unspecified", "with", "wound"]


@st.composite
def named_code(draw: st.DrawFn) -> list[Form]:
    """Draw the forms of a code: of several kinds, some with words that may be left out."""
    drawn = []
    for _ in range(draw(st.integers(1, 5))):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5, unique=True))
        kind = draw(st.sampled_from([MatchKind.TITLE, MatchKind.INCLUSION_TERM, MatchKind.SYNONYM]))
        optional = draw(st.integers(0, len(words) - 1))
        text = " ".join([*words[optional:], *(f"({word})" for word in words[:optional])])
        drawn.append(form(kind, text))
    return drawn


@given(named_code(), st.data())
def test_a_form_found_in_full_scores_at_least_as_high_as_any_other_of_its_kind_or_a_lesser(
    forms: list[Form], data: st.DataObject
) -> None:
    """In full is with all its words but those that may be left out, in any order."""
    lexicon = lexicon_of({"A00": forms, "B00": [form(MatchKind.TITLE, "gout of knee")]})
    asked = forms[0]
    needed = [word for word in WORDS if stem(word) in set(asked.stems) - asked.optional]
    query = " ".join(data.draw(st.permutations(needed)))
    best = score(query, asked, lexicon)
    for other in forms:
        if KIND_ORDER[other.kind] >= KIND_ORDER[asked.kind]:
            assert best >= score(query, other, lexicon) - 1e-12


# The order of codes

ORDERED = {
    "a code of the notation asked for": [match("Z99", kind=MatchKind.CODE, score=CODE_SCORE), match("A00", score=1.0)],
    "a code in force": [match("Z99", score=0.1, billable=False), match("A00", score=1.0, ended=True)],
    "a higher score": [match("Z99.99", kind=MatchKind.SYNONYM, score=0.6, billable=False), match("A00", score=0.5)],
    "a stronger kind of name": [match("Z99.99", billable=False), match("A00", kind=MatchKind.INCLUSION_TERM)],
    "a code that can be billed": [match("Z99.99"), match("A00", billable=False)],
    "a shorter code": [match("Z99"), match("A00.0")],
    "the first in the book": [match("A00.0"), match("A00.1")],
}


@pytest.mark.parametrize("why", ORDERED)
def test_what_goes_first(why: str) -> None:
    first, second = ORDERED[why]
    assert key(first) < key(second)


def test_scores_that_differ_by_rounding_alone_are_equal() -> None:
    assert key(match("A00", score=0.5)) < key(match("A01", score=0.5 + 1e-9))


def test_the_kinds_of_names_have_an_order() -> None:
    kinds = sorted(MatchKind, key=lambda kind: KIND_ORDER[kind])
    assert kinds[:5] == [
        MatchKind.CODE,
        MatchKind.TITLE,
        MatchKind.INCLUSION_TERM,
        MatchKind.INCLUDES_NOTE,
        MatchKind.INDEX_ENTRY,
    ]
    lexicon = lexicon_of({"A00": [form(MatchKind.TITLE, "Gout")]})
    scores = [score("gout", form(kind, "Gout"), lexicon) for kind in kinds[1:]]
    assert all(one >= other for one, other in pairwise(scores))


def test_codes_found_by_their_notation_stay_in_the_order_of_the_book() -> None:
    found = [match(code, kind=MatchKind.CODE, billable=billable) for code, billable in (("C44", False), ("C4A", True))]
    assert key(found[0]) == key(found[1])


def test_where_codes_that_can_be_billed_are_preferred_a_header_has_to_match_better() -> None:
    header, billable = match("A00", score=0.6, billable=False), match("A00.0", score=0.55)
    assert key(header) < key(billable)
    assert key(header, prefer_billable=True) > key(billable, prefer_billable=True)
    better = match("A00", score=0.9, billable=False)
    assert key(better, prefer_billable=True) < key(billable, prefer_billable=True)


def test_a_code_that_is_opened_more_goes_first_unless_another_is_asked_for_more() -> None:
    rare, usual = match("A00", score=0.5), match("A01", score=0.5)
    assert key(rare) > key(usual, popularity=0.5) > key(usual, popularity=1.0)
    assert key(match("A00", score=0.55)) < key(usual, popularity=1.0)


def test_a_title_that_is_the_very_query_goes_before_others_that_match_as_well() -> None:
    assert ranked("type 2 diabetes mellitus")[:2] == ["E11", "E11.9"]


def test_the_billable_code_that_says_no_more_goes_before_its_header() -> None:
    assert ranked("pneumonia")[:2] == ["J18.9", "J18"]


# Highlights


def test_highlights_are_the_places_of_the_stems() -> None:
    title = "Pain in left knee"
    spans = highlights(title, frozenset(stems("knees pains")))
    assert [title[span.start : span.end] for span in spans] == ["Pain", "knee"]
