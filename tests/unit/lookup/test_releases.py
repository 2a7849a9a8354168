from datetime import UTC, date, datetime

import orjson
import pytest

from services.lookup.codes.model import System
from services.lookup.releases import Registry, Release, parse_effective_on
from services.runtime.errors import Kind, Refusal

ICD10CM = System.ICD10CM


def release(edition: str, first: str, last: str, system: System = ICD10CM) -> Release:
    return Release(
        system=system,
        edition=edition,
        effective_from=date.fromisoformat(first),
        effective_to=date.fromisoformat(last),
        codes=2,
        billable_codes=1,
        loaded_at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        origin="file.xml",
        content="digest",
        codes_index=f"codes-{edition}",
        book_index=f"facts-{edition}",
        previous=("codes-before", "facts-before"),
    )


FY2025 = release("FY2025", "2024-10-01", "2025-09-30")
FY2026 = release("FY2026", "2025-10-01", "2026-09-30")
APRIL = release("FY2026 April", "2026-04-01", "2026-09-30")
HCPCS = release("2026Q2", "2026-04-01", "2026-06-30", System.HCPCS)
REGISTRY = Registry([FY2026, HCPCS, FY2025, APRIL])


@pytest.mark.parametrize(
    ("day", "chosen"),
    [
        ("2024-10-01", FY2025),
        ("2025-09-30", FY2025),
        ("2025-10-01", FY2026),
        ("2026-03-31", FY2026),
        ("2026-04-01", APRIL),
        ("2026-09-30", APRIL),
    ],
)
def test_the_release_of_the_date_answers_and_the_later_one_where_two_overlap(day: str, chosen: Release) -> None:
    choice = REGISTRY.choose(ICD10CM, date.fromisoformat(day), today=date(2030, 1, 1))
    assert (choice.release, choice.in_force) == (chosen, True)


@pytest.mark.parametrize("day", ["2024-09-30", "2026-10-01"])
def test_a_date_that_no_release_covers_is_refused_with_what_is_loaded(day: str) -> None:
    with pytest.raises(Refusal) as caught:
        REGISTRY.choose(ICD10CM, date.fromisoformat(day), today=date(2026, 5, 1))
    assert (caught.value.kind, caught.value.reason) == (Kind.PRECONDITION, "NO_RELEASE_IN_FORCE")
    assert caught.value.metadata == {
        "system": "icd10cm",
        "effective_on": day,
        "loaded": "2024-10-01/2025-09-30 2025-10-01/2026-09-30 2026-04-01/2026-09-30",
    }
    assert "FY2025 (2024-10-01 to 2025-09-30)" in caught.value.message


def test_without_a_date_today_counts_else_the_newest_that_has_begun() -> None:
    assert REGISTRY.choose(ICD10CM, None, today=date(2026, 1, 1)).release == FY2026
    late = REGISTRY.choose(ICD10CM, None, today=date(2027, 1, 1))
    assert (late.release, late.in_force) == (APRIL, False)
    with pytest.raises(Refusal, match="in force on 2024-01-01"):
        REGISTRY.choose(ICD10CM, None, today=date(2024, 1, 1))


def test_a_system_that_is_not_loaded_is_refused() -> None:
    with pytest.raises(Refusal, match="no release of CPT is loaded"):
        REGISTRY.choose(System.CPT, None, today=date(2026, 5, 1))


def test_releases_are_listed_by_system_newest_first() -> None:
    assert REGISTRY.of([]) == [APRIL, FY2026, FY2025, HCPCS]
    assert REGISTRY.of([ICD10CM]) == [APRIL, FY2026, FY2025]


def test_a_release_survives_the_meta_of_its_indices() -> None:
    assert Release.from_meta(orjson.loads(orjson.dumps(FY2026.to_meta()))) == FY2026


@pytest.mark.parametrize("text", ["2026-6-1", "20260601", "01/06/2026", "2026-02-30", "today", "2026-06-01T00:00:00"])
def test_a_bad_date_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_effective_on(text)
    assert caught.value.message == "effective_on: expected a date as YYYY-MM-DD"


def test_a_date_is_read_and_none_is_none() -> None:
    assert parse_effective_on("2026-06-01") == date(2026, 6, 1)
    assert parse_effective_on("") is None
