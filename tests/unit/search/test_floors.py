from pathlib import Path

from tests.search.floors import Figures, raised, read_floors, shortfalls, write_floors

LAY = ("carried", "lay")
NEAR = ("carried", "near")
FLOOR = Figures("a1", (70.0, 80.0, 90.0))


def test_each_figure_below_its_floor_is_named() -> None:
    assert shortfalls({LAY: FLOOR}, {LAY: FLOOR}) == []
    assert shortfalls({LAY: Figures("a1", (69.9, 85.0, 89.0))}, {LAY: FLOOR}) == [
        "carried, lay: hit@1 is 69.9, its floor 70.0",
        "carried, lay: hit@10 is 89.0, its floor 90.0",
    ]


def test_a_floor_is_raised_where_it_is_exceeded_and_never_lowered() -> None:
    measured = {LAY: Figures("a1", (75.0, 79.9, 90.0))}
    floors = raised(measured, {LAY: FLOOR})

    assert floors == {LAY: Figures("a1", (75.0, 80.0, 90.0))}
    assert shortfalls(measured, floors) == ["carried, lay: hit@5 is 79.9, its floor 80.0"]


def test_a_new_set_fails_until_its_floors_are_set_anew() -> None:
    measured = {LAY: Figures("b2", (10.0, 20.0, 30.0)), NEAR: Figures("c3", (50.0, 60.0, 70.0))}

    assert shortfalls(measured, {LAY: FLOOR}) == ["carried, lay: new set b2", "carried, near: new set c3"]
    assert raised(measured, {LAY: FLOOR}) == measured


def test_floors_of_a_run_that_was_not_made_stay() -> None:
    assert raised({NEAR: FLOOR}, {LAY: FLOOR}) == {LAY: FLOOR, NEAR: FLOOR}


def test_floors_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_floors(tmp_path / "floors.tsv", {LAY: FLOOR, NEAR: Figures("b2", (66.7, 99.9, 100.0))})
    assert read_floors(tmp_path / "floors.tsv") == {LAY: FLOOR, NEAR: Figures("b2", (66.7, 99.9, 100.0))}
