"""Two procedures of one date come to what the edits say, whichever comes first."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.edits.check import Finding, Sourced, Verdict
from services.lookup.edits.check_ptp import check_ptp, pair_verdict
from services.lookup.edits.claim import Line
from services.lookup.edits.model import NCCI_ASSOCIATED, ModifierIndicator, PtpEdit, PtpEdits
from tests.unit.lookup.claims import DAY, NOT_LOADED, SOURCE, service
from tests.unit.lookup.ncci_files import ptp_edit, ptp_edits

FIRM = ptp_edit("11111", "22222", indicator="0")
BYPASSABLE = ptp_edit("11111", "33333", indicator="1")
OVER = ptp_edit("11111", "44444", last=DAY - timedelta(days=1))
DELETED_AT_ONCE = ptp_edit("11111", "55555", first=DAY, last=DAY, indicator="9")
EDITS = (FIRM, BYPASSABLE, OVER, DELETED_AT_ONCE)


def by_column1(edits: Iterable[PtpEdit]) -> dict[str, PtpEdits]:
    every = list(edits)
    return {code: ptp_edits(code, 1, every) for code in {edit.column1 for edit in every}}


def found(*lines: Line, edits: Iterable[PtpEdit] = EDITS) -> list[Finding]:
    column1 = by_column1(edits)
    return list(check_ptp(lines, {one.code: Sourced(column1.get(one.code), SOURCE) for one in lines}, DAY))


def verdict(first: Line, second: Line) -> Verdict:
    return pair_verdict(first, second, by_column1(EDITS), DAY).verdict


def test_an_edit_of_indicator_0_fails_whatever_the_modifiers() -> None:
    assert verdict(service(1, "11111", "59"), service(2, "22222", "XS")) is Verdict.FAIL


def test_an_edit_of_indicator_1_fails_unless_a_modifier_on_either_line_bypasses_it() -> None:
    assert verdict(service(1, "11111"), service(2, "33333")) is Verdict.FAIL
    assert verdict(service(1, "11111", "25"), service(2, "33333")) is Verdict.BYPASSED
    assert verdict(service(1, "11111"), service(2, "33333", "59")) is Verdict.BYPASSED


@pytest.mark.parametrize("modifier", ["22", "26", "50", "51", "76", "77", "GY", "TC", "KX"])
def test_other_modifiers_bypass_nothing(modifier: str) -> None:
    assert verdict(service(1, "11111", modifier), service(2, "33333", modifier)) is Verdict.FAIL


def test_an_anatomic_modifier_on_both_lines_is_of_the_same_site() -> None:
    assert verdict(service(1, "11111", "LT"), service(2, "33333", "LT")) is Verdict.FAIL
    assert verdict(service(1, "11111", "LT"), service(2, "33333", "RT")) is Verdict.BYPASSED
    assert verdict(service(1, "11111", "LT"), service(2, "33333")) is Verdict.BYPASSED
    assert verdict(service(1, "11111", "LT"), service(2, "33333", "LT", "59")) is Verdict.BYPASSED
    assert verdict(service(1, "11111", "59"), service(2, "33333", "59")) is Verdict.BYPASSED


@pytest.mark.parametrize("other", ["44444", "55555", "66666", "11111"])
def test_no_edit_in_force_is_a_pass(other: str) -> None:
    assert verdict(service(1, "11111"), service(2, other)) is Verdict.PASS


def test_every_pair_with_an_edit_is_a_finding_and_the_others_are_one() -> None:
    fail, bypassed, rest = found(service(1, "22222"), service(2, "11111"), service(3, "33333", "XU"))

    assert (fail.verdict, fail.lines, fail.codes, fail.ptp) == (Verdict.FAIL, (1, 2), ("11111", "22222"), FIRM)
    assert fail.source == SOURCE
    assert (bypassed.verdict, bypassed.lines, bypassed.bypassed_by) == (Verdict.BYPASSED, (2, 3), ("XU",))
    assert (rest.verdict, rest.lines, rest.ptp) == (Verdict.PASS, (1, 2, 3), None)
    assert rest.message.startswith("1 of 3 pairs")


def test_of_repeated_lines_those_that_are_bypassed_are_told_from_those_that_are_not() -> None:
    fail, bypassed = found(service(1, "11111"), service(2, "33333"), service(3, "33333", "59"))

    assert (fail.verdict, fail.lines) == (Verdict.FAIL, (1, 2))
    assert (bypassed.verdict, bypassed.lines) == (Verdict.BYPASSED, (1, 3))


def test_one_code_alone_is_no_pair() -> None:
    assert found(service(1, "11111"), service(2, "11111")) == []


def test_edits_that_are_not_loaded_are_no_data() -> None:
    lines = [service(1, "11111"), service(2, "22222")]

    (only,) = check_ptp(lines, {one.code: NOT_LOADED for one in lines}, DAY)

    assert (only.verdict, only.message, only.source) == (Verdict.NO_DATA, "A source is not loaded.", "")


def test_a_hundred_codes_without_edits_are_one_finding() -> None:
    (only,) = found(*(service(number, f"{60000 + number}") for number in range(1, 101)))

    assert only.message.startswith("All 4950 pairs")


CODES = st.sampled_from(["11111", "22222", "33333", "44444"])
DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 12))
MODIFIERS = st.lists(st.sampled_from(["59", "LT", "RT", "25", "22", "F1"]), max_size=2, unique=True)


@st.composite
def tables(draw: st.DrawFn) -> list[PtpEdit]:
    """Rows as CMS publishes them: of a pair in one order, and of its windows no two in force on a day."""
    rows = []
    pairs = draw(st.lists(st.tuples(CODES, CODES).filter(lambda pair: pair[0] < pair[1]), unique=True, max_size=6))
    for one, other in pairs:
        ends = sorted(draw(st.lists(DAYS, min_size=2, max_size=4, unique=True)))
        column1, column2 = draw(st.permutations([one, other]))
        for first, last in zip(ends[::2], ends[1::2], strict=False):
            rows.append(ptp_edit(column1, column2, first, last, draw(st.sampled_from("01"))))
        if len(ends) % 2:
            rows.append(ptp_edit(column1, column2, ends[-1], None, draw(st.sampled_from("01"))))
    return rows


def scanned(rows: Iterable[PtpEdit], first: Line, second: Line, day: date) -> Verdict:
    """Judge a pair by a scan of all rows."""
    for row in rows:
        over = row.effective_to is not None and row.effective_to < day
        if {row.column1, row.column2} == {first.code, second.code} and row.effective_from <= day and not over:
            modifiers = [one for one in (*first.modifiers, *second.modifiers) if one in NCCI_ASSOCIATED]
            shared = {one for one in first.modifiers if one in second.modifiers and one not in ("25", "59")}
            allowed = row.indicator is ModifierIndicator.ALLOWED and set(modifiers) - shared
            return Verdict.BYPASSED if allowed else Verdict.FAIL
    return Verdict.PASS


@settings(deadline=None)
@given(tables(), CODES, CODES, MODIFIERS, MODIFIERS, DAYS)
def test_a_pair_comes_to_what_a_scan_of_the_rows_says_in_either_order(
    rows: list[PtpEdit], one: str, other: str, of_one: list[str], of_other: list[str], day: date
) -> None:
    first, second = service(1, one, *of_one), service(2, other, *of_other)
    edits: Mapping[str, PtpEdits] = by_column1(rows)

    there, back = pair_verdict(first, second, edits, day), pair_verdict(second, first, edits, day)

    assert there == back
    assert there.verdict is (Verdict.PASS if one == other else scanned(rows, first, second, day))


@settings(deadline=None)
@given(st.lists(st.tuples(CODES, MODIFIERS), min_size=2, max_size=4), CODES, MODIFIERS)
def test_one_more_line_never_takes_a_failure_away(
    lines: list[tuple[str, list[str]]], code: str, modifiers: list[str]
) -> None:
    before = [service(number, one, *some) for number, (one, some) in enumerate(lines, start=1)]
    after = [*before, service(len(lines) + 1, code, *modifiers)]

    failed = {one.codes for one in found(*before) if one.verdict is Verdict.FAIL}

    assert failed <= {one.codes for one in found(*after) if one.verdict is Verdict.FAIL}
