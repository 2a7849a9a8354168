from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest

from services.lookup.answers import MatchKind
from services.lookup.search.forms import Form, form
from services.lookup.search.synonyms import Concept, with_synonyms

TITLE, INCLUSION, INCLUDES, INDEX = (
    MatchKind.TITLE,
    MatchKind.INCLUSION_TERM,
    MatchKind.INCLUDES_NOTE,
    MatchKind.INDEX_ENTRY,
)
SOURCE = "a list"

Names = Mapping[str, Sequence[tuple[MatchKind, str]]]


def lent(names: Names, *concepts: Sequence[str]) -> dict[str, list[str]]:
    """Return the names that concepts lend to each code that they lend any."""
    forms = {code: [form(kind, text) for kind, text in own] for code, own in names.items()}
    extended = with_synonyms(forms, [Concept(tuple(concept), SOURCE) for concept in concepts])
    assert {code: own[: len(forms[code])] for code, own in extended.items()} == forms
    added = {code: own[len(forms[code]) :] for code, own in extended.items()}
    assert all((one.kind, one.source) == (MatchKind.SYNONYM, SOURCE) for own in added.values() for one in own)
    return {code: [one.text for one in own] for code, own in added.items() if own}


def test_a_code_is_lent_the_other_names_of_what_it_is_called() -> None:
    book = {"B05": [(TITLE, "Measles")], "B06": [(TITLE, "Rubella")]}
    assert lent(book, ["Measles", "Morbilli", "Rubeola"]) == {"B05": ["Morbilli", "Rubeola"]}


def test_the_first_name_that_the_book_has_decides() -> None:
    book = {"B05": [(TITLE, "Measles")], "B06": [(TITLE, "German measles")]}
    assert lent(book, ["Morbilli", "Measles, German", "Measles"]) == {"B06": ["Morbilli", "Measles"]}


@pytest.mark.parametrize(("stronger", "weaker"), list(combinations((TITLE, INCLUSION, INCLUDES, INDEX), 2)))
def test_a_title_goes_before_an_inclusion_term_before_a_note_before_the_index(
    stronger: MatchKind, weaker: MatchKind
) -> None:
    book = {"A01": [(weaker, "Measles")], "B05": [(stronger, "Measles (rash)")]}
    assert list(lent(book, ["Measles", "Morbilli"])) == ["B05"]


def test_a_whole_name_goes_before_one_without_what_may_be_left_out() -> None:
    book = {"D50": [(TITLE, "Anemia (chronic)")], "D64": [(TITLE, "Anemia")]}
    assert lent(book, ["Anemia", "Thin blood"]) == {"D64": ["Thin blood"]}
    assert lent(book, ["Chronic anemia", "Thin blood"]) == {"D50": ["Thin blood"]}


def test_a_name_without_what_may_be_left_out_is_known_too() -> None:
    book = {"I10": [(TITLE, "Essential (primary) hypertension")]}
    assert lent(book, ["Hypertension, essential", "High tension"]) == {
        "I10": ["Hypertension, essential", "High tension"]
    }


def test_three_codes_of_a_name_are_meant_and_four_are_too_many() -> None:
    book = {f"A0{number}": [(TITLE, "Flux"), (TITLE, "Fluxes (rare)")] for number in range(4)}
    three = dict(list(book.items())[:3])
    assert lent(three, ["Flux", "Runs"]) == {code: ["Runs"] for code in three}
    assert lent(book, ["Flux", "Runs"]) == {}


def test_a_name_that_says_too_little_leaves_it_to_the_next() -> None:
    book = {f"A0{number}": [(TITLE, "Flux")] for number in range(4)} | {"B00": [(TITLE, "Bloody flux")]}
    assert lent(book, ["Flux", "Bloody flux", "Runs"]) == {"B00": ["Flux", "Runs"]}


def test_a_name_that_a_code_has_is_not_lent_to_it() -> None:
    book = {"B05": [(TITLE, "Measles"), (INCLUSION, "Rash of measles")]}
    concept = ["Measles", "measles rash", "Morbilli", "MORBILLI", "The morbilli"]
    assert lent(book, concept, ["Measles", "Morbilli"]) == {"B05": ["Morbilli"]}


def test_what_was_lent_decides_nothing() -> None:
    book = {"B05": [(TITLE, "Measles")]}
    assert lent(book, ["Measles", "Morbilli"], ["Morbilli", "Rubeola"]) == {"B05": ["Morbilli"]}


def test_a_thing_that_the_book_does_not_have_is_lent_to_no_code() -> None:
    assert lent({"B05": [(TITLE, "Measles")]}, ["Rubella", "German measles"], ["-", "?"], []) == {}


def test_a_name_without_words_is_passed_over() -> None:
    assert lent({"B05": [(TITLE, "Measles")]}, ["-", "Measles", "?", "Morbilli"]) == {"B05": ["Morbilli"]}


def test_the_forms_given_stay_as_they_are() -> None:
    own: list[Form] = [form(TITLE, "Measles")]
    with_synonyms({"B05": own}, [Concept(("Measles", "Morbilli"), SOURCE)])
    assert own == [form(TITLE, "Measles")]


def test_names_of_codes_are_lent_to_those_of_them_that_the_book_has_whatever_it_calls_them() -> None:
    forms = {code: [form(TITLE, title)] for code, title in (("E0601", "Cpap device"), ("A7030", "Face mask"))}
    concept = Concept(("Face mask", "Sleep apnea machine"), SOURCE, codes=("E0601", "E0470"))
    extended = with_synonyms(forms, [concept])
    assert [one.text for one in extended["E0601"]] == ["Cpap device", "Face mask", "Sleep apnea machine"]
    assert extended["A7030"] == forms["A7030"]
