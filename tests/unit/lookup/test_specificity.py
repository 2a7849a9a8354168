import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lookup.codes.model import Level
from services.lookup.codes.record import EntryLine, Record
from services.lookup.specificity import Axis, axis, choices, labels, only_way


def line(code: str, title: str = "", billable: bool = False) -> EntryLine:
    return EntryLine(code, Level.CODE, title or f"Title of {code}", billable, has_children=not billable)


def record(own: EntryLine, *children: EntryLine) -> Record:
    return Record(own, 1, (), children, None, None, (), (), ())


@pytest.mark.parametrize(
    ("above", "titles"),
    [
        pytest.param(
            "Unspecified fracture of the lower end of radius",
            {
                "Unspecified fracture of the lower end of right radius": "right",
                "Unspecified fracture of the lower end of left radius": "left",
                "Unspecified fracture of the lower end of unspecified radius": "unspecified",
            },
            id="what was added in the middle",
        ),
        pytest.param(
            "Age-related nuclear cataract",
            {
                "Age-related nuclear cataract, right eye": "right eye",
                "Age-related nuclear cataract, bilateral": "bilateral",
                "Age-related nuclear cataract, unspecified eye": "unspecified eye",
            },
            id="what was added at the end",
        ),
        pytest.param(
            "Fracture of forearm",
            {
                "Fracture of upper end of ulna": "upper end of ulna",
                "Fracture of shaft of radius": "shaft of radius",
                "Unspecified fracture of forearm": "Unspecified",
            },
            id="beside one that was added to, others lose what they share with the header",
        ),
        pytest.param(
            "Pain in joint",
            {
                "Pain in unspecified joint": "unspecified joint",
                "Pain in shoulder": "shoulder",
                "Pain in joints of hand": "hand",
            },
            id="a phrase is not cut in two where all begin alike",
        ),
        pytest.param(
            "Burn and corrosion of shoulder and upper limb",
            {
                "Burn of first degree of shoulder and upper limb": "Burn of first degree",
                "Burn of unspecified degree of shoulder and upper limb": "Burn of unspecified degree",
                "Corrosion of first degree of shoulder and upper limb": "Corrosion of first degree",
            },
            id="a shared end is cut by whole phrases",
        ),
        pytest.param(
            "Type 2 diabetes mellitus with unspecified diabetic retinopathy",
            {
                "Type 2 diabetes mellitus with unspecified diabetic retinopathy with macular edema": (
                    "with macular edema"
                ),
                "Type 2 diabetes mellitus with unspecified diabetic retinopathy without macular edema": (
                    "without macular edema"
                ),
            },
            id="with and without keep their noun",
        ),
        pytest.param(
            "Chronic viral hepatitis",
            {
                "Chronic viral hepatitis B with delta-agent": "hepatitis B with delta-agent",
                "Chronic viral hepatitis C": "hepatitis C",
                "Other chronic viral hepatitis": "Other",
            },
            id="a letter keeps the word before it",
        ),
        pytest.param(
            "Other neonatal hemorrhages",
            {
                "Neonatal hematemesis": "Neonatal hematemesis",
                "Other specified neonatal hemorrhages": "Other specified",
                "Neonatal hemorrhage, unspecified": "Neonatal hemorrhage, unspecified",
            },
            id="what has nothing in common is called by its title",
        ),
        pytest.param(
            "Intracranial edema with death due to brain injury",
            {"Intracranial edema with death due to brain injury, initial encounter": "initial encounter"},
            id="one alone says what it adds",
        ),
        pytest.param(
            "Pneumonia, unspecified organism",
            {
                "Lobar pneumonia, unspecified organism": "Lobar",
                "Bronchopneumonia, unspecified organism": "Bronchopneumonia",
                "Pneumonia, unspecified organism": "Pneumonia",
            },
            id="a shared end goes from its comma on",
        ),
        pytest.param("", {"Sprain (acute) of knee": "Sprain (acute) of knee"}, id="without anything to compare"),
    ],
)
def test_a_label_is_what_sets_a_title_apart(above: str, titles: dict[str, str]) -> None:
    assert labels(above, list(titles)) == list(titles.values())


WORDS = st.sampled_from(
    ["pain", "in", "of", "the", "right", "left", "knee", "with", "(acute)", "(late", "B,", "and", "A"]
)
TITLES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)


@given(TITLES, st.lists(TITLES, min_size=1, max_size=8, unique=True))
def test_labels_are_distinct_parts_of_their_titles(above: str, titles: list[str]) -> None:
    found = labels(above, titles)

    assert len(set(found)) == len(titles)
    assert all(label and label in title for label, title in zip(found, titles, strict=True))


@pytest.mark.parametrize(
    ("codes", "named", "expected"),
    [
        (["M25.561", "M25.562", "M25.569"], ["right", "left", "unspecified"], Axis.LATERALITY),
        (["H25.11", "H25.12", "H25.13"], ["right eye", "left eye", "bilateral"], Axis.LATERALITY),
        (["S31.100", "S31.101", "S31.102"], ["right upper quadrant", "left upper quadrant", "epigastric"], Axis.DETAIL),
        (["I45.0", "I45.1"], ["Right fascicular block", "Other"], Axis.DETAIL),
        (["S52.501A", "S52.501S"], ["initial encounter for closed fracture", "sequela"], Axis.ENCOUNTER),
        (["Z71.0", "Z71.1"], ["Person encountering health services", "initial encounter"], Axis.DETAIL),
        (["O31.00X0", "O31.00X1"], ["not applicable or unspecified", "fetus 1"], Axis.FETUS),
        (["O31.0", "O31.8"], ["Papyraceous fetus", "Other"], Axis.DETAIL),
        (["O10.011", "O10.019"], ["first trimester", "unspecified trimester"], Axis.TRIMESTER),
        (["O12.00", "O12.02", "O12.04"], ["unspecified trimester", "second trimester", "childbirth"], Axis.TRIMESTER),
        (["H40.1111", "H40.1112"], ["mild stage", "moderate stage"], Axis.DETAIL),
    ],
)
def test_the_axis_is_what_the_labels_differ_in(codes: list[str], named: list[str], expected: Axis) -> None:
    assert axis(list(map(line, codes)), named) is expected


S52 = line("S52", "Fracture of forearm")
RADIUS = line("S52.5", "Fracture of lower end of radius")
UNSPECIFIED = line("S52.9", "Unspecified fracture of forearm", billable=True)
RIGHT = line("S52.501", "Fracture of lower end of right radius", billable=True)
LEFT = line("S52.502", "Fracture of lower end of left radius", billable=True)


def test_the_choices_of_a_header_are_those_made_and_the_open_one() -> None:
    made, still_open = choices([record(S52, RADIUS, UNSPECIFIED), record(RADIUS, RIGHT, LEFT)])

    assert (made.above, made.axis) == (S52, Axis.DETAIL)
    assert [(one.line.code, one.chosen, one.unspecified) for one in made.options] == [
        ("S52.5", True, False),
        ("S52.9", False, True),
    ]
    assert (still_open.above, still_open.axis) == (RADIUS, Axis.LATERALITY)
    assert [(one.label, one.chosen) for one in still_open.options] == [("right", False), ("left", False)]


def test_the_choices_of_a_billable_code_are_all_made() -> None:
    found = choices([record(S52, RADIUS, UNSPECIFIED), record(RADIUS, RIGHT, LEFT), record(LEFT)])

    assert [[one.label for one in choice.options if one.chosen] for choice in found] == [
        ["lower end of radius"],
        ["left"],
    ]
    assert choices([record(line("I10", billable=True))]) == []


def test_where_only_one_code_goes_on_there_is_no_choice() -> None:
    placeholder, last = line("S06.9X"), line("S06.9X0", billable=True)
    above = record(line("S06.9"), placeholder)

    assert only_way(above) == placeholder
    assert [choice.above.code for choice in choices([above, record(placeholder, last)])] == ["S06.9X"]
    assert only_way(record(placeholder, last)) is None


@pytest.mark.parametrize(
    ("titles", "unspecified"),
    [
        (["Pain in knee, unspecified", "Pain in knee, acute"], [True, False]),
        (["Other and unspecified pain", "Acute pain"], [False, False]),
        (["Lobar unspecified pneumonia", "Other unspecified pneumonia"], [False, False]),
    ],
)
def test_what_leaves_the_choice_open_is_marked_unless_all_do(titles: list[str], unspecified: list[bool]) -> None:
    lines = [line(f"A00.{number}", title, billable=True) for number, title in enumerate(titles)]

    (choice,) = choices([record(line("A00", "Cholera"), *lines)])

    assert [one.unspecified for one in choice.options] == unspecified


@st.composite
def books(draw: st.DrawFn) -> dict[str, Record]:
    """A category and what is below it, each code with up to four more."""
    found = {}

    def grow(code: str, depth: int) -> EntryLine:
        below = [grow(f"{code}{number}", depth + 1) for number in range(draw(st.integers(0, 4)) if depth < 4 else 0)]
        own = line(code, billable=not below)
        found[code] = record(own, *below)
        return own

    grow("A00", 0)
    return found


@given(books(), st.data())
def test_whoever_follows_the_open_choice_arrives_at_a_billable_code(
    book: dict[str, Record], data: st.DataObject
) -> None:
    path = [book["A00"]]
    while not path[-1].line.billable:
        while only := only_way(path[-1]):
            path.append(book[only.code])
        *made, still_open = choices(path)
        assert all(sum(one.chosen for one in choice.options) == 1 for choice in made)
        assert not any(one.chosen for one in still_open.options)
        path.append(book[data.draw(st.sampled_from(still_open.options)).line.code])
    assert all(any(one.chosen for one in choice.options) for choice in choices(path))
