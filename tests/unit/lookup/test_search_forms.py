import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Entry, Level, Note, NoteKind
from services.lookup.search.analysis import stems
from services.lookup.search.forms import Form, form, forms_of


def entry(
    title: str,
    *,
    short_title: str = "",
    inclusion_terms: tuple[str, ...] = (),
    notes: tuple[Note, ...] = (),
    index_terms: tuple[str, ...] = (),
    common_language: str = "",
) -> Entry:
    return Entry(
        "A00",
        Level.CODE,
        title,
        parent="",
        order=1,
        billable=True,
        short_title=short_title,
        inclusion_terms=inclusion_terms,
        notes=notes,
        index_terms=index_terms,
        common_language=common_language,
    )


def needed(one: Form) -> list[str]:
    """Return the stems that may not be left out, in order."""
    return [word for word in one.stems if word not in one.optional]


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("Essential (primary) hypertension", "essential hypertension"),
        ("Pneumonia, unspecified organism", "pneumonia"),
        ("Asthma, unspecified", "asthma"),
        ("Unspecified fracture of radius", "fracture of radius"),
        ("Pain in unspecified knee", "pain in knee"),
        ("Gout, not elsewhere classified", "gout"),
        ("Gout not otherwise specified", "gout"),
        ("Gout NOS", "gout"),
        ("Gout, NEC", "gout"),
        ("Colitis, unspecified as to left or right, with bleeding", "colitis with bleeding"),
        ("Type 2 diabetes mellitus without complications", "type 2 diabetes mellitus"),
        ("Abortion without mention of complication", "abortion"),
        ("Displaced fracture of neck of femur, initial encounter for closed fracture", "fracture of neck of femur"),
        ("Sprain of ankle, initial encounter", "sprain of ankle"),
        ("Opioid use, unspecified with intoxication", "opioid use with intoxication"),
        ("Wound of chest, unspecified side with splinter", "wound of chest with splinter"),
        ("Poisoning by [any of] glue (fumes)", "poisoning by glue"),
        ("Excision of Liver, Open Approach, Diagnostic", "excision of liver, diagnostic"),
    ],
)
def test_what_says_nothing_more_than_the_name_may_be_left_out(name: str, without: str) -> None:
    one = form(MatchKind.TITLE, name)
    assert needed(one) == stems(without)
    assert set(one.stems) == set(stems(name))


@pytest.mark.parametrize(
    "name",
    [
        "Nondisplaced fracture of neck of femur",
        "Sprain of ankle, subsequent encounter",
        "Fracture of radius, initial encounter for open fracture",
        "Type 2 diabetes mellitus with unusual complications",
        "Migraine without aura",
        "Wound, open, of chest",
        "Excision of Liver, Via Natural or Artificial Opening",
        "Other specified gout",
        "Noseband injury",
    ],
)
def test_what_tells_one_code_from_another_may_not(name: str) -> None:
    assert form(MatchKind.TITLE, name).optional == frozenset()


@pytest.mark.parametrize("name", ["(Any)", "Unspecified", "Not otherwise specified", "[Any]"])
def test_a_name_of_nothing_else_is_needed_whole(name: str) -> None:
    assert needed(form(MatchKind.TITLE, name)) == stems(name)


def test_a_word_is_needed_that_also_stands_outside_the_parentheses() -> None:
    assert needed(form(MatchKind.TITLE, "Pain (in knee) of knee")) == stems("pain knee")


def test_a_name_has_each_word_once() -> None:
    one = form(MatchKind.TITLE, "Injury by car in collision with cars")
    assert list(one.stems) == stems("injury car collision with")


def test_the_names_of_a_code_are_its_title_and_what_stands_under_it() -> None:
    forms = forms_of(
        entry(
            "Chronic gout of knee",
            short_title="Chr gout kn",
            inclusion_terms=("Old gout",),
            notes=(
                Note(NoteKind.INCLUDES, "tophi"),
                Note(NoteKind.EXCLUDES1, "gout of the year before"),
                Note(NoteKind.CODE_FIRST, "the cause"),
            ),
            index_terms=("Gout, chronic (old), knee",),
            common_language="Swollen knee",
        )
    )
    title, *others = [(one.kind, one.text, one.source) for one in forms]
    assert title == (MatchKind.TITLE, "Chronic gout of knee", "")
    assert set(others) == {
        (MatchKind.TITLE, "Chr gout kn", ""),
        (MatchKind.INCLUSION_TERM, "Old gout", ""),
        (MatchKind.INCLUDES_NOTE, "tophi", ""),
        (MatchKind.INDEX_ENTRY, "Gout, chronic (old), knee", ""),
        (MatchKind.SYNONYM, "Swollen knee", "common language"),
    }


@pytest.mark.parametrize("kind", [MatchKind.TITLE, MatchKind.INCLUSION_TERM, MatchKind.INCLUDES_NOTE])
def test_what_stands_in_brackets_is_a_name_too_shown_as_the_whole(kind: MatchKind) -> None:
    name = "Paralysis agitans [Parkinson's] [shaking palsy]"
    one = entry(
        name if kind is MatchKind.TITLE else "Something else",
        inclusion_terms=(name,) if kind is MatchKind.INCLUSION_TERM else (),
        notes=(Note(NoteKind.INCLUDES, name),) if kind is MatchKind.INCLUDES_NOTE else (),
    )
    whole, *others = (form for form in forms_of(one) if form.kind is kind)
    assert needed(whole) == stems("paralysis agitans")
    assert [needed(other) for other in others] == [stems("parkinson"), stems("shaking palsy")]
    assert {other.text for other in others} == {name}


def test_of_names_with_the_same_words_the_first_is_kept() -> None:
    forms = list(
        forms_of(
            entry(
                "Fractures of the radius (old)",
                inclusion_terms=("(Old) radius fracture", "Old fracture of radius"),
                index_terms=("Fracture, radius (old)",),
            )
        )
    )
    # The words of the second inclusion term are all needed.
    assert [(one.kind, one.text) for one in forms] == [
        (MatchKind.TITLE, "Fractures of the radius (old)"),
        (MatchKind.INCLUSION_TERM, "Old fracture of radius"),
    ]


def test_what_has_no_word_is_no_name() -> None:
    assert [one.text for one in forms_of(entry("Gout", inclusion_terms=("-", "[?]")))] == ["Gout"]


names = st.lists(
    st.sampled_from(
        [
            "gout",
            "knee",
            "(old)",
            "[tophi]",
            ", unspecified",
            "unspecified ",
            "NOS",
            "displaced ",
            "with",
            "(",
            "]",
            "é",
        ]
    ),
    max_size=8,
).map(" ".join)


@given(names | st.text(max_size=60))
def test_every_name_needs_a_word_and_can_be_found_whole(name: str) -> None:
    one = form(MatchKind.TITLE, name)
    assert set(one.stems) == set(stems(name))
    assert len(one.stems) == len(set(one.stems))
    assert one.optional <= set(one.stems)
    assert needed(one) or not one.stems
