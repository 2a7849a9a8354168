"""From a code to those below its category that are valid for submission, one choice after another.

ICD-10-CM adds to the title of a header what a code below it says more, mostly in one place: "Pain in knee" becomes
"Pain in right knee". Labels are found by that; the titles of the other options are cut by what they share.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from services.lookup.codes.notation import compact
from services.lookup.codes.record import EntryLine, Record

_LONGEST = 7


class Axis(StrEnum):
    """What the options of a choice differ in; DETAIL is whatever else their titles say."""

    DETAIL = "detail"
    LATERALITY = "laterality"
    TRIMESTER = "trimester"
    FETUS = "fetus"
    ENCOUNTER = "encounter"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go on.

    `label` is what sets it apart from the other options. `chosen`: the code that was asked for is this one or below it.
    `unspecified`: it leaves open what the choice is about.
    """

    line: EntryLine
    label: str
    chosen: bool
    unspecified: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One step; `above` is the code above its options, which are in the order of the book."""

    axis: Axis
    above: EntryLine
    options: tuple[Option, ...]


def only_way(record: Record) -> EntryLine | None:
    """Return the one code below a code that goes on: there is nothing to choose. None where there is a choice."""
    return record.children[0] if len(record.children) == 1 and record.children[0].has_children else None


def choices(path: Sequence[Record]) -> list[Choice]:
    """Return the choices on the way from a category, the first of the path, to its last code, and the open one there.

    Codes of which only one goes on are passed through.
    """
    on_path = {record.line.code for record in path}
    return [_choice(record, on_path) for record in path if record.children and not only_way(record)]


def _choice(record: Record, on_path: set[str]) -> Choice:
    lines = record.children
    named = labels(record.line.title, [line.title for line in lines])
    open_ones = [leaves_open(label) for label in named]
    return Choice(
        axis=axis(lines, named),
        above=record.line,
        options=tuple(
            Option(line, label, line.code in on_path, unspecified and not all(open_ones))
            for line, label, unspecified in zip(lines, named, open_ones, strict=True)
        ),
    )


_LEFT, _RIGHT, _SIDED = (
    re.compile(pattern, re.IGNORECASE)
    for pattern in (r"\bleft\b", r"\bright\b", r"\b(?:left|right|bilateral|unilateral|both|unspecified)\b")
)
_TRIMESTER = re.compile(r"\b(?:first|second|third) trimester\b", re.IGNORECASE)
_FETUS = re.compile(r"\bfetus\b", re.IGNORECASE)
_ENCOUNTER = re.compile(r"\bencounter\b", re.IGNORECASE)
# "Other and unspecified" goes on to the one and the other.
_UNSPECIFIED = re.compile(r"(?<!other and )(?<!other or )\b(?:unspecified|NOS)\b", re.IGNORECASE)


def axis(lines: Iterable[EntryLine], named: Sequence[str]) -> Axis:
    """Return what options with these labels differ in."""

    def any_says(pattern: re.Pattern[str]) -> bool:
        return any(map(pattern.search, named))

    if all(len(compact(line.code)) == _LONGEST for line in lines):
        if any_says(_ENCOUNTER):
            return Axis.ENCOUNTER
        if any_says(_FETUS):
            return Axis.FETUS
    if any_says(_TRIMESTER):
        return Axis.TRIMESTER
    if any_says(_LEFT) and any_says(_RIGHT) and all(map(_SIDED.search, named)):
        return Axis.LATERALITY
    return Axis.DETAIL


def leaves_open(label: str) -> bool:
    """Tell whether a label says that something is not specified."""
    return bool(_UNSPECIFIED.search(label))


class _Word(NamedTuple):
    """A word of a title: where it stands, and what it is compared by."""

    key: str
    start: int
    end: int


_WORD = re.compile(r"\S+")
_ARTICLES = frozenset({"the", "a", "an"})
# A label does not end with one of these, and it begins with none of the second ones.
_JOINING = frozenset("of in with without to by for on at from and or due".split())
_PURELY_JOINING = frozenset({"of", "and", "or"})


def labels(above: str, titles: Sequence[str]) -> list[str]:
    """Return what sets each title apart from the others below the title `above`, in its own words; never empty."""
    parent, rows = _words(above), [_words(title) for title in titles]
    added = [_added(parent, row) for row in rows]
    others = [row for row, cut in zip(rows, added, strict=True) if cut is None]
    start = max(_shared(rows), _shared([parent, *others])) if len(rows) > 1 else 0
    end = max(_shared_end(rows), _shared_end([parent, *others])) if len(rows) > 1 else 0
    found = [
        _text(title, cut if cut is not None else row[start : max(len(row) - end, start)])
        for title, row, cut in zip(titles, rows, added, strict=True)
    ]
    return [label if found.count(label) == 1 else title for label, title in zip(found, titles, strict=True)]
