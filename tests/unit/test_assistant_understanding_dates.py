"""Dates of service as coders write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assistant.question import Topic, Turn
from services.assistant.understanding import read
from services.assistant.understanding.dates import impossible_date, take_dates

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("8/15/24", "2024-08-15", "2024-08-15"),
        ("08/15/2024", "2024-08-15", "2024-08-15"),
        ("8-15-2024", "2024-08-15", "2024-08-15"),
        ("8.15.24", "2024-08-15", "2024-08-15"),
        ("2024-08-15", "2024-08-15", "2024-08-15"),
        ("20240815", "2024-08-15", "2024-08-15"),
        ("Aug 15 2024", "2024-08-15", "2024-08-15"),
        ("aug 15 24", "2024-08-15", "2024-08-15"),
        ("aug 15 24 units", "2025-08-15", "2025-08-15"),
        ("August 15th, 2024", "2024-08-15", "2024-08-15"),
        ("15 August 2024", "2024-08-15", "2024-08-15"),
        ("15-Aug-2024", "2024-08-15", "2024-08-15"),
        ("the 15th of August 2024", "2024-08-15", "2024-08-15"),
        ("DOS 2/14", "2026-02-14", "2026-02-14"),
        ("DOS 11/2", "2025-11-02", "2025-11-02"),
        ("July 2024", "2024-07-01", "2024-07-31"),
        ("feb 2024", "2024-02-01", "2024-02-29"),
        ("Dec '24", "2024-12-01", "2024-12-31"),
        ("rvu (jul 24)", "2024-07-01", "2024-07-31"),
        ("in feb 24", "2024-02-01", "2024-02-29"),
        ("aug 24 fee", "2024-08-01", "2024-08-31"),
        ("mue for 8/24", "2024-08-01", "2024-08-31"),
        ("feb 24 ok?", "2026-02-24", "2026-02-24"),
        ("dos aug 24", "2025-08-24", "2025-08-24"),
        ("the aug 24th visit", "2025-08-24", "2025-08-24"),
        ("aug 16", "2025-08-16", "2025-08-16"),
        ("2024-07", "2024-07-01", "2024-07-31"),
        ("07/2024", "2024-07-01", "2024-07-31"),
        ("2024Q3", "2024-07-01", "2024-09-30"),
        ("Q3 2024", "2024-07-01", "2024-09-30"),
        ("3Q24", "2024-07-01", "2024-09-30"),
        ("third quarter 2024", "2024-07-01", "2024-09-30"),
        ("the 4th quarter of 2024", "2024-10-01", "2024-12-31"),
        ("FY2026", "2025-10-01", "2026-09-30"),
        ("FY 26", "2025-10-01", "2026-09-30"),
        ("fiscal year 2026", "2025-10-01", "2026-09-30"),
        ("ICD-10-CM 2025", "2024-10-01", "2025-09-30"),
        ("CY2025", "2025-01-01", "2025-12-31"),
        ("for 2025", "2025-01-01", "2025-12-31"),
        ("valid yesterday", "2026-03-09", "2026-03-09"),
        ("for today", "2026-03-10", "2026-03-10"),
        ("in last year", "2025-01-01", "2025-12-31"),
        ("for last quarter", "2025-10-01", "2025-12-31"),
        ("for next month", "2026-04-01", "2026-04-30"),
        ("in the 2024 file, seen 8/1", "2024-08-01", "2024-08-01"),
        ("8/1/24 to 8/3/24", "2024-08-01", "2024-08-03"),
        ("billed 9/3/24, date of service 8/15/24", "2024-08-15", "2024-08-15"),
        ("edits from 7/1/24 for 11042 on 8/1/24", "2024-08-01", "2024-08-01"),
        ("11042 080124", "2024-08-01", "2024-08-01"),
        ("11042 08012024", "2024-08-01", "2024-08-01"),
        ("13/8/2024", "2024-08-13", "2024-08-13"),
        ("25/8/24", "2024-08-25", "2024-08-25"),
        ("7/1-7/31/24", "2024-07-01", "2024-07-31"),
        ("7/1/24-7/31/24", "2024-07-01", "2024-07-31"),
        ("12/30-12/31", "2025-12-30", "2025-12-31"),
        ("20610 99213 8/24", "2024-08-01", "2024-08-31"),
        ("20610 99213 seen 8/24", "2025-08-24", "2025-08-24"),
        ("11042 97597 3/1", "2026-03-01", "2026-03-01"),
        ("11042 97597 8/1 or 8/3/24", "2024-08-01", "2024-08-01"),
        ("and 8/5?", "2025-08-05", "2025-08-05"),
        ("11042 97597 yesterday", "2026-03-09", "2026-03-09"),
        ("11042 97597 next monday", "2026-03-16", "2026-03-16"),
        ("11042 97597 on monday", "2026-03-09", "2026-03-09"),
        ("11042 last friday", "2026-03-06", "2026-03-06"),
        ("the edit was changed yesterday. 11042 and 97597 on 8/1/24", "2024-08-01", "2024-08-01"),
    ],
)
def test_dates_of_service(text: str, first: str, last: str) -> None:
    (dates, *_), _ = take_dates(text, TODAY)
    assert (dates.first.isoformat(), dates.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "13/45/24",
        "120/80",
        "20/40 vision",
        "1/2 tablet",
        "E11.9",
        "250.00",
        "11042-59",
        "99213",
        "pt came in today",
        "I10 today valid?",
        "Today I learned about headers",
        "today my boss asked about headers",
        "2024 units",
        "11042 and 97597 were denied yesterday",
        "she fell again yesterday, R29.6 and Z91.81",
        "R29.6 for two falls this month",
        "97110 1/2 unit",
        "POS 11/22 for 99213",
        "99213 mods 24/25/57",
        "J1885 100000 units",
        "9/31/24",
        "version 28",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert not take_dates(text, TODAY)[0]


FORMATS = ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%B %d, %Y", "%b %d %Y", "%d %B %Y", "%m-%d-%Y", "%Y%m%d")


@given(
    st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    st.sampled_from(FORMATS),
    st.sampled_from(["{}", "dos {}", "on {}, ok?"]),
)
def test_a_day_is_read_in_every_form(day: date, form: str, sentence: str) -> None:
    (dates,), rest = take_dates(sentence.format(day.strftime(form)), TODAY)
    assert dates.single
    assert dates.first == day
    assert not any(character.isdigit() for character in rest)


@given(st.integers(2000, 2040), st.integers(1, 4))
def test_a_quarter_is_three_months(year: int, quarter: int) -> None:
    (dates,), _ = take_dates(f"{year}Q{quarter}", TODAY)
    assert dates.first == date(year, 3 * quarter - 2, 1)
    assert (dates.last + timedelta(days=1)).day == 1
    assert 89 <= (dates.last - dates.first).days <= 91


@pytest.mark.parametrize(
    ("text", "no_date"),
    [
        ("11042 on 9/31/24", "9/31/24"),
        ("11042 on 8/32/24", "8/32/24"),
        ("11042 on 13/13/2024", "13/13/2024"),
        ("11042 on 13/8/2024", ""),
        ("99213 mods 24/25/57", ""),
        ("POS 11/32/99", ""),
    ],
)
def test_what_the_calendar_does_not_have(text: str, no_date: str) -> None:
    assert impossible_date(text) == no_date


def test_a_date_that_there_is_not_is_asked_back_and_the_answer_put_in_its_place() -> None:
    asked = "11042 with 97597 on 9/31/24"
    (back,) = read(asked, [], None, TODAY)
    assert back.topic is Topic.UNSPECIFIED
    assert "9/31/24" in back.missing

    (question,) = read("9/30/24", [Turn(asked)], None, TODAY)
    assert [code.text for code in question.codes] == ["11042", "97597"]
    assert question.dates
    assert question.dates.first == date(2024, 9, 30)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("11042 97597 10/1/24 vs 9/30/24", ["2024-10-01", "2024-09-30"]),
        ("80053 and 80048 same day Sept 30 2024, then oct 1 2024", ["2024-09-30", "2024-10-01"]),
        ("fee of 99213 in 2024 vs 2025", ["2024-01-01", "2025-01-01"]),
        ("using the 2025 rules, was 45380 with 45378 bundled on 8/1/24", ["2024-08-01"]),
        ("11042 with 97597 on 8/1/24, billed 9/3/24", ["2024-08-01"]),
    ],
)
def test_a_question_of_two_dates_is_asked_of_each(text: str, dates: list[str]) -> None:
    questions = read(text, [], None, TODAY)
    assert [one.dates and one.dates.first.isoformat() for one in questions] == dates


def test_services_that_have_a_date_each_are_kept_apart() -> None:
    (pair,) = read("11042 on 8/1/24 and 97597 on 8/2/24", [], None, TODAY)
    assert pair.topic is Topic.UNSPECIFIED

    units = read("97110 x4 on 9/5/24, 97110 x 3 on 9/6/24", [], None, TODAY)
    assert [[code.units for code in one.codes] for one in units] == [[4], [3]]


def test_a_day_without_a_year_is_of_the_year_that_was_spoken_of() -> None:
    (question,) = read("and 8/5?", [Turn("11042 with 97597 on 8/1/24")], None, TODAY)
    assert question.dates
    assert question.dates.first == date(2024, 8, 5)
    assert "2024-08-05" in question.dates.reading


def test_a_date_of_both_services_is_not_of_the_diagnosis_beside_them() -> None:
    text = "L02.416 - does it want an organism code? Then: global days of 17110 and the DME MUE of A7030 (both 8/2024)"
    of_diagnosis, *of_services = read(text, [], None, TODAY)
    assert of_diagnosis.dates is None
    assert [question.dates and question.dates.last for question in of_services] == [date(2024, 8, 31)] * 2


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("code for a broken left collarbone, seen today", Topic.FIND),
        ("whats j44.89 again, brain fog today", Topic.CODE),
    ],
)
def test_what_something_is_is_not_of_the_day_it_is_told(text: str, topic: Topic) -> None:
    (question,) = read(text, [], None, TODAY)
    assert question.topic is topic
    assert question.dates is None
