"""Procedures, add-on codes, modifiers and places of service of the lines of a claim."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.lookup.codes.model import Level
from services.lookup.codes.modifier import Modifier
from services.lookup.codes.place import Place
from services.lookup.codes.record import EntryLine
from services.lookup.edits.check import ClaimFindings, Finding, FindingKind, Sourced, Verdict
from services.lookup.edits.check_add_on import check_add_ons
from services.lookup.edits.check_modifier import check_modifiers, rules_of
from services.lookup.edits.check_place import check_places
from services.lookup.edits.check_procedure import check_procedures
from services.lookup.edits.model import AddOnHistory, AddOnWindow
from services.lookup.facts.source import Source
from services.lookup.modifiers.rules import ModifierRule, Standing
from tests.unit.lookup.claims import DAY, NOT_LOADED, NOTHING, SOURCE, service

ENTRY = EntryLine("11111", Level.CODE, "A procedure", billable=True, has_children=False)


def procedure(entry: EntryLine | None, missing: str = "", known_by: str = "") -> Finding:
    found = Sourced(entry, "" if missing else SOURCE, missing)
    (only,) = check_procedures([service(1, "11111")], {"11111": found}, {"11111": known_by}, DAY)
    return only


def test_a_code_in_the_book_is_right() -> None:
    assert procedure(ENTRY).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (None, "not in A source 2026Q2"),
        (replace(ENTRY, billable=False), "not valid for submission"),
        (replace(ENTRY, effective_from=DAY + timedelta(days=1)), "from 2026-06-16 on"),
        (replace(ENTRY, effective_to=DAY - timedelta(days=1)), "until 2026-06-14"),
    ],
)
def test_a_code_that_is_not_valid_fails_and_says_why(entry: EntryLine | None, said: str) -> None:
    found = procedure(entry)

    assert (found.verdict, found.source) == (Verdict.FAIL, SOURCE)
    assert said in found.message


def test_the_first_and_the_last_date_of_a_code_are_its_own() -> None:
    assert procedure(replace(ENTRY, effective_from=DAY, effective_to=DAY)).verdict is Verdict.PASS


def test_without_a_release_a_number_that_another_source_knows_is_known() -> None:
    known, unknown = procedure(None, "No release is loaded.", "MPFS RVU"), procedure(None, "No release is loaded.")

    assert (known.verdict, known.source) == (Verdict.PASS, "MPFS RVU")
    assert (unknown.verdict, unknown.source) == (Verdict.NO_DATA, "")
    assert "No release is loaded." in unknown.message


def add_on(*windows: AddOnWindow, beside: tuple[str, ...] = ()) -> list[Finding]:
    lines = [service(number, code) for number, code in enumerate(("22222", *beside), start=1)]
    rules: dict[str, Sourced[AddOnHistory]] = dict.fromkeys(beside, NOTHING)
    return list(check_add_ons(lines, rules | {"22222": Sourced(AddOnHistory("22222", windows, ()), SOURCE)}, DAY))


LISTED = AddOnWindow("11111", 1, None, None)


def test_an_add_on_code_needs_a_primary_code_of_its_date() -> None:
    (alone,), (beside,) = add_on(LISTED), add_on(LISTED, beside=("33333", "11111"))

    assert (alone.verdict, alone.lines, alone.codes) == (Verdict.FAIL, (1,), ("22222",))
    assert "11111" in alone.message
    assert (beside.verdict, beside.lines, beside.codes) == (Verdict.PASS, (1, 3), ("22222", "11111"))


@pytest.mark.parametrize("windows", [[AddOnWindow("", 2, None, None)], [AddOnWindow("11111", 3, None, None)]])
def test_of_an_add_on_code_that_contractors_define_nothing_is_known(windows: list[AddOnWindow]) -> None:
    (only,) = add_on(*windows, beside=("33333",))

    assert only.verdict is Verdict.NO_DATA
    assert [one.verdict for one in add_on(LISTED, *windows, beside=("11111",))] == [Verdict.PASS]


def test_a_rule_that_is_over_says_nothing() -> None:
    assert add_on(replace(LISTED, effective_to=DAY - timedelta(days=1))) == []


def test_a_code_that_is_no_add_on_gives_no_finding_and_rules_that_are_not_loaded_no_data() -> None:
    line = service(1, "11111")

    assert list(check_add_ons([line], {"11111": NOTHING}, DAY)) == []
    assert [one.verdict for one in check_add_ons([line], {"11111": NOT_LOADED}, DAY)] == [Verdict.NO_DATA]


def modifiers(*lists: Sourced[Modifier], rules: Any = (), given: tuple[str, ...] = ("LT",)) -> list[Finding]:
    return list(check_modifiers(service(1, "11111", *given), dict.fromkeys(given, lists), rules))


def test_a_modifier_that_its_list_has_not_is_unknown() -> None:
    assert [one.verdict for one in modifiers(NOTHING)] == [Verdict.FAIL]
    assert [one.verdict for one in modifiers(NOTHING, NOTHING)] == [Verdict.FAIL]
    assert modifiers(NOTHING, NOT_LOADED) == []
    assert modifiers(NOTHING, Sourced(Modifier("LT", "Left side"), SOURCE)) == []


def test_a_modifier_is_valid_on_its_dates() -> None:
    ended = Modifier("LT", "Left side", date(2020, 1, 1), DAY - timedelta(days=1))
    coming = Modifier("LT", "Left side", DAY + timedelta(days=1))

    assert "until 2026-06-14" in modifiers(Sourced(ended, SOURCE))[0].message
    assert "from 2026-06-16" in modifiers(Sourced(coming, SOURCE))[0].message


def test_a_modifier_stands_once() -> None:
    (only,) = modifiers(NOT_LOADED, given=("LT", "LT"))

    assert only.verdict is Verdict.FAIL
    assert "more than once" in only.message


@pytest.mark.parametrize(
    ("standing", "verdicts"),
    [
        (Standing.NOT_ALLOWED, [Verdict.FAIL]),
        (Standing.WITH_DOCUMENTATION, [Verdict.PASS]),
        (Standing.EXEMPT, [Verdict.PASS]),
        (Standing.ALLOWED, []),
    ],
)
def test_a_rule_of_the_code_is_told_with_its_reason(standing: Standing, verdicts: list[Verdict]) -> None:
    found = modifiers(NOT_LOADED, rules=[(ModifierRule("LT", standing, "Because.", Source.RVU), SOURCE)])

    assert [one.verdict for one in found] == verdicts
    assert all(one.message.endswith("Because.") and one.source == SOURCE for one in found)


def test_a_visit_does_not_take_59_and_a_procedure_without_edits_does() -> None:
    def of(code: str) -> list[Verdict]:
        line = service(1, code, "59")
        rules = rules_of(line, NOTHING, NOTHING, NOTHING)
        return [one.verdict for one in check_modifiers(line, {"59": [NOT_LOADED]}, rules)]

    assert of("99213") == [Verdict.FAIL]
    assert of("11111") == []


def test_places_are_known_unknown_or_not_loaded() -> None:
    office: Sourced[Place] = Sourced(Place("11", "Office", "", None), SOURCE)
    lines = [service(1, "11111", place="11"), service(2, "11111", place="98"), service(3, "11111")]

    known, unknown = check_places(lines, {"11": office, "98": NOTHING})
    (not_loaded,) = check_places(lines[:1], {"11": NOT_LOADED})

    assert (known.verdict, known.lines, unknown.verdict, unknown.lines) == (Verdict.PASS, (1,), Verdict.FAIL, (2,))
    assert not_loaded.verdict is Verdict.NO_DATA


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ([Verdict.PASS, Verdict.FAIL, Verdict.NO_DATA], Verdict.FAIL),
        ([Verdict.BYPASSED, Verdict.NO_DATA], Verdict.NO_DATA),
        ([Verdict.PASS, Verdict.BYPASSED], Verdict.BYPASSED),
        ([Verdict.PASS], Verdict.PASS),
    ],
)
def test_a_claim_comes_to_the_worst_of_its_findings_in_the_order_of_its_lines(
    verdicts: list[Verdict], worst: Verdict
) -> None:
    findings = [
        Finding(FindingKind.MUE, verdict, "", (number,) if number else (), (), "")
        for number, verdict in enumerate(verdicts)
    ]

    checked = ClaimFindings.of("a", findings)

    assert checked.verdict is worst
    assert [one.lines for one in checked.findings] == [*((n,) for n in range(1, len(verdicts))), ()]
