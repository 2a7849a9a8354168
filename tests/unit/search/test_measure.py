import pytest

from services.lookup.answers import Hit, MatchKind
from services.lookup.codes.model import Level, System
from services.lookup.codes.record import EntryLine
from tests.search.measure import Asked, hit_rate, mean_reciprocal_rank
from tests.search.sets import Query


def asked(*answers: str) -> Asked:
    lines = (EntryLine(code, Level.CODE, "", billable=True, has_children=False) for code in answers)
    hits = tuple(Hit(System.ICD10CM, line, MatchKind.TITLE) for line in lines)
    return Asked(Query("fever", ("R50", "R50.9")), hits, 0.001)


FIRST, THIRD, NEVER = asked("R50.9", "A00"), asked("A00", "A01", "R50", "R50.9"), asked("A00")


def test_the_first_of_several_right_codes_counts() -> None:
    assert [one.rank for one in (FIRST, THIRD, NEVER)] == [1, 3, 0]
    assert mean_reciprocal_rank([FIRST, THIRD, NEVER]).value == pytest.approx((1 + 1 / 3) / 3)


def test_a_hit_rate_counts_to_a_depth_and_has_the_interval_of_wilson() -> None:
    assert [hit_rate([FIRST, THIRD, NEVER, NEVER], depth).value for depth in (1, 5)] == [25, 50]
    # Ten of ten, as in the literature: 72.2 to 100 %.
    sure = hit_rate([FIRST] * 10, 1)
    assert (sure.value, sure.low, sure.high) == pytest.approx((100, 72.2, 100), abs=0.05)
