from collections.abc import Sequence

import pytest

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Entry, Level
from services.lookup.search.forms import forms_of
from services.lookup.search.inheritance import with_inherited


def lent(*book: tuple[str, str] | tuple[str, str, str], headers: Sequence[str] = ("A00",)) -> dict[str, list[str]]:
    """Return the names that are lent to each code that gets any. Of a code: its title, and an inclusion term."""
    codes = [code for code, *_ in book]
    entries = [
        Entry(
            code,
            Level.CODE,
            title,
            parent=max((one for one in codes if one != code and code.startswith(one)), key=len, default=""),
            order=order,
            billable=code not in headers,
            inclusion_terms=tuple(terms),
        )
        for order, (code, title, *terms) in enumerate(book)
    ]
    forms = {entry.code: list(forms_of(entry)) for entry in entries}
    extended = with_inherited(entries, forms)
    assert {code: own[: len(forms[code])] for code, own in extended.items()} == forms
    added = {code: own[len(forms[code]) :] for code, own in extended.items()}
    assert all(one.kind is MatchKind.INHERITED for own in added.values() for one in own)
    return {code: [one.text for one in own] for code, own in added.items() if own}


HEADER = ("A00", "Gout", "Podagra")
OTHER = ("A00.1", "Gout of knee")


@pytest.mark.parametrize(
    "heir",
    [
        ("A00.9", "Gout, unspecified"),
        ("A00.0", "Gout NOS"),
        ("A00.2", "Gout (old)"),
        ("A00.2", "Plain gout of foot", "Gout NOS"),
        ("A00.9", "Unspecified crystal disease"),
        ("A00.2", "Crystal disease without knots"),
    ],
)
def test_the_code_that_says_no_more_than_its_header_has_the_names_of_the_header(
    heir: tuple[str, str] | tuple[str, str, str],
) -> None:
    assert "Podagra" in lent(HEADER, OTHER, heir)[heir[0]]
    assert "Podagra" not in lent(HEADER, OTHER, heir)[OTHER[0]]


def test_a_title_that_says_no_more_goes_before_an_inclusion_term_before_what_is_unspecified() -> None:
    title, term, unspecified = (
        ("A00.3", "Gout, unspecified site"),
        ("A00.2", "Plain disease", "Gout NOS"),
        ("A00.9", "Unspecified crystal disease"),
    )
    assert list(lent(HEADER, unspecified, term, title)) == ["A00.3"]
    assert list(lent(HEADER, unspecified, term)) == ["A00.2"]


@pytest.mark.parametrize(("stronger", "weaker"), [("A00.9", "A00.0"), ("A00.0", "A00.4")])
def test_of_several_that_are_unspecified_the_last_digit_says_which(stronger: str, weaker: str) -> None:
    book = [(weaker, "Unspecified crystal disease"), (stronger, "Unspecified stone disease")]
    assert list(lent(HEADER, *book)) == [stronger]


def test_names_go_down_through_headers_to_a_code_that_can_be_billed() -> None:
    lower = [
        ("A00.9", "Gout, unspecified"),
        ("A00.99", "Gout, unspecified, unspecified site"),
        ("A00.98", "Gout of toe"),
    ]
    assert "Podagra" in lent(HEADER, *lower, headers=("A00", "A00.9"))["A00.99"]
    assert "A00.9" not in lent(HEADER, *lower, headers=("A00", "A00.9"))


def test_names_go_through_a_header_that_says_no_more_to_the_codes_that_add_a_few_words() -> None:
    book: list[tuple[str, str] | tuple[str, str, str]] = [
        ("A00", "Fracture of lower end of radius", "Distal radius fracture"),
        ("A00.0", "Unspecified fracture of lower end of radius"),
        ("A00.01", "Unspecified fracture of lower end of left radius"),
        ("A00.011", "Unspecified fracture of lower end of left radius, initial encounter"),
        ("A00.1", "Torus fracture of lower end of radius"),
        ("A00.11", "Torus fracture of lower end of left radius"),
    ]
    names = lent(*book, headers=("A00", "A00.0", "A00.01", "A00.1"))
    assert "Distal radius fracture, left" in names["A00.01"]
    assert "Distal radius fracture, left" in names["A00.011"]
    assert names["A00.1"] == ["Distal radius fracture, torus"]
    assert names["A00.11"] == ["Distal radius fracture, torus, left"]


def test_of_other_and_unspecified_the_unspecified_says_no_more() -> None:
    header = ("A00", "Other and unspecified gout", "Podagra")
    assert "Podagra" in lent(header, ("A00.8", "Other gout"), ("A00.9", "Unspecified gout"))["A00.9"]


def test_what_is_without_one_thing_but_with_another_says_more() -> None:
    assert "A00.2" not in lent(HEADER, ("A00.2", "Crystal disease with knots without pain"))
    assert "A00.2" in lent(("A00", "Gout with knots"), ("A00.2", "Crystal disease with knots without pain"))


def test_nothing_is_lent_where_every_code_says_more() -> None:
    assert lent(HEADER[:2], OTHER, ("A00.2", "Gout of foot")) == {}


def test_a_name_that_the_code_has_is_not_lent() -> None:
    assert lent(HEADER, ("A00.9", "Gout, unspecified", "Podagra")) == {"A00.9": ["Gout"]}


def test_a_code_that_can_be_billed_lends_nothing() -> None:
    assert lent(HEADER, ("A00.9", "Gout, unspecified"), headers=()) == {}


def test_a_code_that_adds_a_few_words_has_the_other_names_of_its_header_with_them() -> None:
    assert lent(HEADER, ("A00.1", "Gout of knee, left side")) == {"A00.1": ["Podagra, knee left side"]}
    assert lent(HEADER, ("A00.1", "Chronic tophaceous gout of left knee joint")) == {}
    assert lent(HEADER, ("A00.1", "Crystals of knee")) == {}


def test_an_encounter_is_no_name() -> None:
    assert lent(("A00.000", "Gout", "Podagra"), ("A00.000D", "Gout, subsequent encounter"), headers=("A00.000",)) == {}
