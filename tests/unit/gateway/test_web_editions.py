from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf.timestamp_pb2 import Timestamp

from services.gateway.web.editions import edition, moment, shelves


def release(name: str, starts: str, ends: str, *, in_force: bool = False) -> lookup.Release:
    return lookup.Release(
        system=lookup.CODE_SYSTEM_ICD10CM,
        edition=name,
        effective_from=starts,
        effective_to=ends,
        in_force=in_force,
        codes=98186,
        billable_codes=74719,
    )


OLD = release("FY2020", "2019-10-01", "2020-09-30")
CURRENT = release("FY2999", "2020-10-01", "2999-09-30", in_force=True)
COMING = release("FY3000", "2999-10-01", "3000-09-30")


def test_an_edition_that_is_over_warns_with_its_last_day() -> None:
    old = edition(OLD)

    assert (old.name, old.starts, old.ends, old.status) == (
        "ICD-10-CM FY2020",
        "1 October 2019",
        "30 September 2020",
        "ended",
    )
    assert old.warning.startswith("ICD-10-CM FY2020 was valid until 30 September 2020. The edition for today is not")


def test_the_edition_in_force_does_not_warn() -> None:
    current = edition(CURRENT)

    assert (current.status, current.warning, current.codes) == ("in force", "", "98,186")


def test_a_shelf_warns_only_when_nothing_on_it_is_in_force() -> None:
    assert [shelf.warning for shelf in shelves([COMING, CURRENT, OLD])] == [""]
    assert [shelf.warning for shelf in shelves([COMING, OLD])] == [edition(OLD).warning]
    assert [e.status for e in shelves([COMING, OLD])[0].editions] == ["not begun", "ended"]


def test_a_moment_names_its_zone() -> None:
    assert moment(Timestamp(seconds=1_790_000_000)) == "21 September 2026, 14:13 UTC"
