"""Diagnoses of a claim: valid, not excluding each other, and of one side with their lines."""

from collections.abc import Mapping
from datetime import date

import pytest

from services.lookup.codes.history import Action, Event
from services.lookup.edits.check import Finding, Sourced, Verdict
from services.lookup.edits.check_diagnosis import Diagnosis, check_diagnoses
from services.lookup.edits.check_excludes import check_excludes
from services.lookup.edits.check_laterality import check_laterality
from services.lookup.edits.claim import Line
from tests.unit.lookup.claims import NOT_LOADED, SOURCE, book, claim, service

BOOK = book(
    {
        "E10": "Type 1 diabetes mellitus",
        "E10.9": "Type 1 diabetes mellitus without complications",
        "E11": "Type 2 diabetes mellitus",
        "E11.4": "Type 2 diabetes mellitus with neurological complications",
        "E11.42": "Type 2 diabetes mellitus with diabetic polyneuropathy",
        "E11.9": "Type 2 diabetes mellitus without complications",
        "F10": "Alcohol related disorders",
        "G62": "Other polyneuropathies",
        "G62.9": "Polyneuropathy, unspecified",
        "H02.20": "Lagophthalmos",
        "H02.201": "Lagophthalmos right upper eyelid",
        "H02.204": "Lagophthalmos left upper eyelid",
        "H02.20C": "Lagophthalmos, bilateral, upper and lower eyelids",
        "G56.0": "Carpal tunnel syndrome",
        "G56.01": "Carpal tunnel syndrome, right upper limb",
        "G56.02": "Carpal tunnel syndrome, left upper limb",
        "G56.03": "Carpal tunnel syndrome, bilateral upper limbs",
        "I44.7": "Left bundle-branch block, unspecified",
        "H40.11": "Open-angle glaucoma",
        "H40.111": "Open-angle glaucoma, right eye",
        "H40.1111": "Open-angle glaucoma, right eye, mild stage",
        "H40.1112": "Open-angle glaucoma, right eye, moderate stage",
        "H40.112": "Open-angle glaucoma, left eye",
        "H40.1121": "Open-angle glaucoma, left eye, mild stage",
        "H40.113": "Open-angle glaucoma, bilateral",
        "H40.1131": "Open-angle glaucoma, bilateral, mild stage",
        "M25.56": "Pain in knee",
        "M25.561": "Pain in right knee",
        "M25.562": "Pain in left knee",
        "M25.569": "Pain in unspecified knee",
    },
    {
        "E11": "type 1 diabetes mellitus (E10.-)",
        "G62": "diabetic polyneuropathy (E08-E13 with .42)",
        "F10": "diabetes of some kind (E11.-with fifth character 9)",
        "M25.56": "pain in both (M25.561-M25.562)",
    },
)


def diagnosed(*codes: str, history: Mapping[str, list[Event]] | None = None) -> list[Finding]:
    found = {code: Sourced(BOOK.get(code), SOURCE) for code in codes}
    return list(check_diagnoses(claim(codes), found, history or {}))


def excluded(*codes: str) -> list[Finding]:
    return list(check_excludes(claim(codes), [BOOK[code] for code in codes], SOURCE))


def sides(codes: list[str], *lines: Line) -> list[Finding]:
    return list(check_laterality(claim(codes, *lines), [BOOK[code] for code in codes], SOURCE))


def test_right_diagnoses_share_a_finding() -> None:
    (only,) = diagnosed("E11.9", "M25.561")

    assert (only.verdict, only.codes, only.source) == (Verdict.PASS, ("E11.9", "M25.561"), SOURCE)


def test_a_header_needs_more_characters() -> None:
    category, header = diagnosed("E11", "M25.56")

    assert (category.verdict, header.verdict) == (Verdict.FAIL, Verdict.FAIL)
    assert "such as E11.9" in category.message
    assert "such as M25.561" in header.message


def test_of_headers_alone_one_is_named_as_a_beginning() -> None:
    (only,) = diagnosed("H40.11")

    assert "such as H40.111-" in only.message


def test_an_unknown_code_tells_what_replaced_it() -> None:
    replaced = Event(Action.REPLACED, date(2024, 10, 1), "A table", replaced_by=("E11.42",))
    deleted = Event(Action.DELETED, date(2024, 10, 1), "An addenda")

    (unknown,) = diagnosed("E11.8")
    (gone,) = diagnosed("E11.8", history={"E11.8": [deleted]})
    (followed,) = diagnosed("E11.8", history={"E11.8": [deleted, replaced]})

    assert [one.verdict for one in (unknown, gone, followed)] == [Verdict.FAIL] * 3
    assert unknown.message == "E11.8 is not in A source 2026Q2, in force on 2026-06-15."
    assert "deleted on 2024-10-01 (An addenda)" in gone.message
    assert "replaced by E11.42 on 2024-10-01 (A table)" in followed.message


def test_a_book_that_is_not_loaded_is_one_finding_without_data() -> None:
    (only,) = check_diagnoses(claim(["E11.9", "I44.7"]), {"E11.9": NOT_LOADED, "I44.7": NOT_LOADED}, {})

    assert (only.verdict, only.codes, only.message) == (Verdict.NO_DATA, ("E11.9", "I44.7"), NOT_LOADED.missing)
    assert list(check_diagnoses(claim([]), {}, {})) == []


def test_a_diagnosis_is_reported_once() -> None:
    assert [one.verdict for one in diagnosed("E11.9", "E11.9")] == [Verdict.FAIL, Verdict.PASS]


@pytest.mark.parametrize("codes", [("E11.9", "E10.9"), ("E10.9", "E11.9"), ("E11.42", "E10.9")])
def test_what_a_note_of_an_ancestor_names_is_excluded_in_either_order(codes: tuple[str, str]) -> None:
    (only,) = excluded(*codes)

    assert (only.verdict, only.codes) == (Verdict.FAIL, codes)
    assert "Excludes1 at E11, \u201ctype 1 diabetes mellitus (E10.-)\u201d" in only.message


def test_of_a_range_with_an_ending_only_such_codes_are_excluded() -> None:
    assert len(excluded("G62.9", "E11.42")) == 1
    assert excluded("G62.9", "E11.9") == []


def test_a_note_that_is_narrowed_otherwise_or_names_its_own_code_excludes_nothing() -> None:
    assert excluded("F10", "E11.9") == []
    assert excluded("M25.561", "M25.562") == []


def test_without_the_tabular_list_whether_diagnoses_exclude_each_other_is_not_known() -> None:
    by_order_file = [Diagnosis(BOOK[code].record, ()) for code in ("E11", "I44.7")]

    (only,) = check_excludes(claim(["E11", "I44.7"]), by_order_file, SOURCE)

    assert (only.verdict, only.codes) == (Verdict.NO_DATA, ("E11", "I44.7"))
    assert list(check_excludes(claim(["E11"]), by_order_file[:1], SOURCE)) == []


@pytest.mark.parametrize(
    ("codes", "bilateral"), [(["H40.1121", "H40.1111"], "H40.113-"), (["G56.01", "G56.02"], "G56.03")]
)
def test_both_sides_of_what_has_a_bilateral_code_take_that(codes: list[str], bilateral: str) -> None:
    (only,) = sides(codes)

    assert (only.verdict, only.codes) == (Verdict.FAIL, tuple(codes))
    assert f"bilateral code {bilateral} instead" in only.message


@pytest.mark.parametrize(
    "codes", [["H02.201", "H02.204"], ["H40.1112", "H40.1121"], ["M25.561", "M25.562"], ["H40.1111", "M25.562"]]
)
def test_sides_of_different_things_or_without_a_bilateral_code_stand_together(codes: list[str]) -> None:
    assert sides(codes) == []


@pytest.mark.parametrize(
    ("modifiers", "diagnosis", "clashes"),
    [
        (("LT",), "M25.561", True),
        (("RT",), "M25.561", False),
        (("T5",), "M25.562", True),
        (("TA",), "M25.561", True),
        (("E3",), "H40.1121", True),
        (("F4",), "M25.562", False),
        (("LT", "RT"), "M25.561", False),
        (("LT", "50"), "M25.561", False),
        (("LT",), "M25.569", False),
        (("LT",), "H40.1131", False),
        (("RT",), "I44.7", False),
        (("LC",), "M25.561", False),
        ((), "M25.561", False),
    ],
)
def test_a_modifier_of_the_other_side_than_the_diagnosis_fails(
    modifiers: tuple[str, ...], diagnosis: str, clashes: bool
) -> None:
    found = sides([diagnosis], service(1, "20610", *modifiers, pointers=(1,)))

    assert [one.lines for one in found if one.verdict is Verdict.FAIL] == ([(1,)] if clashes else [])


def test_a_line_that_is_also_for_its_own_side_or_for_no_diagnosis_does_not_clash() -> None:
    both = service(1, "20610", "LT", pointers=(1, 2))
    none = service(2, "20610", "LT")

    assert sides(["M25.561", "M25.562"], both, none) == []


def test_a_code_without_its_side_passes_with_advice() -> None:
    (only,) = sides(["M25.569"])

    assert only.verdict is Verdict.PASS
    assert "use M25.561, M25.562" in only.message
    assert sides(["G62.9"]) == []
