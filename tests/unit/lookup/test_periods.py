"""Quarters and months, as published files are named."""

from datetime import date

import pytest

from services.lookup.sources.periods import Quarter, month_in, quarter_in


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("edits_2024q3_active.csv", "2024Q3"),
        ("NCCI 2026 Q1", "2026Q1"),
        ("MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", "2026Q3"),
        ("ptp_v103_apr2026_active.csv", "2026Q2"),
        ("rvu_2024-12.csv", "2024Q4"),
    ],
)
def test_the_quarter_of_a_name_is_read(text: str, label: str) -> None:
    quarter = quarter_in(text)

    assert quarter is not None
    assert quarter.label == label


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HCPC2026_OCT_ANWEB.txt", date(2026, 10, 1)),
        ("2026 National Physician Fee Schedule Relative Value File July Release", None),
        ("PPRRVU2026_Jul_QPP.csv", date(2026, 7, 1)),
        ("northern_2024-07_gpci.csv", date(2024, 7, 1)),
        ("hcpcs_20250101", date(2025, 1, 1)),
        ("July 2024 release", date(2024, 7, 1)),
        ("2018_I9gem.txt", None),
        ("v322r0", None),
        ("10112025", None),
    ],
)
def test_the_month_of_a_name_is_read(text: str, expected: date | None) -> None:
    assert month_in(text) == expected


def test_the_last_month_counts() -> None:
    assert month_in("from 2024-01 to 2024-07") == date(2024, 7, 1)


@pytest.mark.parametrize(("number", "last"), [(1, date(2026, 3, 31)), (2, date(2026, 6, 30)), (4, date(2026, 12, 31))])
def test_a_quarter_ends_with_its_third_month(number: int, last: date) -> None:
    quarter = Quarter(2026, number)

    assert quarter.last_day == last
    assert Quarter.of(quarter.first_day) == Quarter.of(last) == quarter
