"""From a code to those below its category that are valid for submission, one choice after another.

ICD-10-CM adds to the title of a header what a code below it says more, mostly in one place: "Pain in knee" becomes
"Pain in right knee". Labels are found by that; the titles of the other options are cut by what they share.
"""

import re
from collections.abc import Iterable, Sequence
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
_UNSPECIFIED = re.compile(r"(?<!other and )(?<!other or )\bunspecified\b", re.IGNORECASE)


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
    """A word of a title: where it stands, what it is compared by, whether a comma follows."""

    key: str
    start: int
    end: int
    comma: bool


_WORD = re.compile(r"\S+")
_ARTICLES = frozenset({"the", "a", "an"})
# A phrase begins with one of these.
_PREPOSITIONS = frozenset({"of", "in", "with", "without", "by", "for", "on", "at", "from", "due"})
# No label ends with one of these, and none begins with one of the second ones.
_NOT_LAST = _PREPOSITIONS | {"to", "and", "or"}
_NOT_FIRST = frozenset({"of", "and", "or"})
# Means nothing without the word before it: "hepatitis C", "other specified".
_BOUND = re.compile(r"[a-z]|[0-9]+|[ivx]+|specified")


def labels(above: str, titles: Sequence[str]) -> list[str]:
    """Return what sets each title apart from the others below the title `above`, in its own words; never empty."""
    parent, rows = _words(above), [_words(title) for title in titles]
    added = [_added(parent, row) for row in rows]
    others = [row for row, span in zip(rows, added, strict=True) if span is None]
    start, end = _redundant(parent, rows, others)
    begin_alike = 0 < start == _shared(rows)
    found = []
    for title, row, span in zip(titles, rows, added, strict=True):
        # What was added in the middle is half a phrase beside others that begin alike.
        if span is None or (begin_alike and span.stop < len(row)):
            span = slice(start, len(row) - end)
        found.append(_text(title, row, span) or title)
    return found if len(set(found)) == len(found) else list(titles)


def _words(title: str) -> list[_Word]:
    """Return the words of a title, without articles; one and many are the same word."""
    return [
        _Word(match[0].lower().rstrip(",;:").removesuffix("s"), match.start(), match.end(), match[0].endswith(","))
        for match in _WORD.finditer(title)
        if match[0] not in _ARTICLES
    ]


def _added(parent: list[_Word], row: list[_Word]) -> slice | None:
    """Return the words that a title has more than that above it, in one place; None when that is not all."""
    start = _shared([parent, row])
    end = min(_shared([parent[::-1], row[::-1]]), len(parent) - start)
    return slice(start, len(row) - end) if start + end == len(parent) < len(row) else None


def _redundant(parent: list[_Word], rows: list[list[_Word]], others: list[list[_Word]]) -> tuple[int, int]:
    """Return how many words the `others` among all `rows` lose at their beginning and at their end.

    These are what all rows share, or the others with the parent; at the end whole phrases alone, so that "of first
    degree" does not become "of first".
    """
    if not others or len(rows) == 1:
        return 0, 0
    backwards = [row[::-1] for row in others]
    end = max(_shared([row[::-1] for row in rows]), _shared([parent[::-1], *backwards]))
    while end and not all(
        row[end - 1].key in _PREPOSITIONS or (len(row) > end and row[end].comma) for row in backwards
    ):
        end -= 1
    return max(_shared(rows), _shared([parent, *others])), end


def _shared(rows: list[list[_Word]]) -> int:
    """Return how many words all rows begin with."""
    return sum(1 for _ in takewhile(lambda column: len({word.key for word in column}) == 1, zip(*rows, strict=False)))


def _text(title: str, row: list[_Word], span: slice) -> str:
    """Return some words of a title as it writes them, less joining words at their ends; empty when nothing is left."""
    start, end = span.start, span.stop
    while start < end and row[end - 1].key in _NOT_LAST:
        end -= 1
    while start < end and row[start].key in _NOT_FIRST:
        start += 1
    if start >= end:
        return ""
    if start and _BOUND.fullmatch(row[start].key) and not row[start - 1].comma:
        start -= 1
    text = title[row[start].start : row[end - 1].end].rstrip(",;:")
    return text if text.count("(") == text.count(")") else ""
