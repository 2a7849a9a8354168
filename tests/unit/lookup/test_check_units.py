"""Units are counted as the adjudication indicator says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.edits.check import Finding, Sourced, Verdict
from services.lookup.edits.check_units import check_units
from services.lookup.edits.claim import Line
from services.lookup.edits.model import AdjudicationIndicator, Mue
from tests.unit.lookup.claims import DAY, NOT_LOADED, NOTHING, SOURCE, service

LINE, POLICY, CLINICAL = AdjudicationIndicator


def found(lines: list[Line], mai: AdjudicationIndicator, value: int = 2) -> list[Finding]:
    mues = {one.code: Sourced(Mue(one.code, value, mai, "Anatomic Consideration"), SOURCE) for one in lines}
    return list(check_units(lines, mues, DAY))


def of(*units: int) -> list[Line]:
    return [service(number, "11111", units=each) for number, each in enumerate(units, start=1)]


def test_each_line_is_compared_alone_by_indicator_1() -> None:
    first, second = found(of(2, 3), LINE)

    assert (first.verdict, first.lines, first.units) == (Verdict.PASS, (1,), 2)
    assert (second.verdict, second.lines, second.units) == (Verdict.FAIL, (2,), 3)
    assert (first.source, first.codes, first.mue) == (SOURCE, ("11111",), second.mue)


@pytest.mark.parametrize(("mai", "said"), [(POLICY, "absolute"), (CLINICAL, "appealed")])
def test_all_lines_of_a_code_are_counted_together_by_indicators_2_and_3(mai: AdjudicationIndicator, said: str) -> None:
    (only,) = found(of(1, 2), mai)

    assert (only.verdict, only.lines, only.units) == (Verdict.FAIL, (1, 2), 3)
    assert said in only.message


def test_a_value_of_zero_is_a_limit() -> None:
    (only,) = found(of(1), POLICY, value=0)

    assert only.verdict is Verdict.FAIL


def test_no_row_is_no_data_and_so_is_a_source_that_is_not_loaded() -> None:
    (no_row,) = check_units(of(1), {"11111": NOTHING}, DAY)
    (not_loaded,) = check_units(of(1, 1), {"11111": NOT_LOADED}, DAY)

    assert (no_row.verdict, no_row.mue) == (Verdict.NO_DATA, None)
    assert "confidential" in no_row.message
    assert (not_loaded.verdict, not_loaded.message) == (Verdict.NO_DATA, NOT_LOADED.missing)


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 100), st.sampled_from([POLICY, CLINICAL]))
def test_how_units_are_split_over_lines_does_not_matter_by_date(
    units: list[int], value: int, mai: AdjudicationIndicator
) -> None:
    (split,), (whole,) = found(of(*units), mai, value), found(of(sum(units)), mai, value)

    assert (split.verdict, split.units) == (whole.verdict, whole.units)
    assert (split.verdict is Verdict.FAIL) == (sum(units) > value)


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 9), st.sampled_from(AdjudicationIndicator))
def test_one_more_line_never_takes_a_failure_away(units: list[int], more: int, mai: AdjudicationIndicator) -> None:
    before, after = found(of(*units), mai, 4), found(of(*units, more), mai, 4)

    assert sum(one.verdict is Verdict.FAIL for one in before) <= sum(one.verdict is Verdict.FAIL for one in after)
