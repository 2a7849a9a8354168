"""The gate: no figure of a class may be lower than its floor, and a floor is only ever raised."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.search.measure import DEPTHS

FLOORS = Path(__file__).parent / "floors.tsv"

_HEADER = ("run", "class", "set", *(f"hit@{depth}" for depth in DEPTHS))

# A run and a class.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """The digest of a set of queries, and its percentages at each depth, rounded to 0.1."""

    digest: str
    hits: tuple[float, ...]


def read_floors(path: Path) -> dict[Key, Figures]:
    """Return the floors of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file, delimiter="\t")
    return {(run, name): Figures(digest, tuple(map(float, hits))) for run, name, digest, *hits in rows}


def write_floors(path: Path, floors: Mapping[Key, Figures]) -> None:
    """Write floors to a file."""
    rows = ((*key, floor.digest, *(f"{hit:.1f}" for hit in floor.hits)) for key, floor in floors.items())
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows([_HEADER, *rows])


def shortfalls(measured: Mapping[Key, Figures], floors: Mapping[Key, Figures]) -> list[str]:
    """Name each figure that is lower than its floor, and each class whose floors are those of another set."""
    named = []
    for (run, name), figures in measured.items():
        floor = floors.get((run, name))
        if floor is None or floor.digest != figures.digest:
            named.append(f"{run}, {name}: new set {figures.digest}")
            continue
        for depth, hit, least in zip(DEPTHS, figures.hits, floor.hits, strict=True):
            if hit < least:
                named.append(f"{run}, {name}: hit@{depth} is {hit:.1f}, its floor {least:.1f}")
    return named


def raised(measured: Mapping[Key, Figures], floors: Mapping[Key, Figures]) -> dict[Key, Figures]:
    """Return the floors raised to what was measured; those of a new set are set anew, those not measured stay."""
    return {**floors, **{key: _raised(figures, floors.get(key)) for key, figures in measured.items()}}


def _raised(figures: Figures, floor: Figures | None) -> Figures:
    if floor is None or floor.digest != figures.digest:
        return figures
    return Figures(floor.digest, tuple(map(max, figures.hits, floor.hits)))
