"""How the sections of a book are numbered, and which lines are headings.

A number at the beginning of a line is that of a section only when it is the next one at some open level: a sentence
that happens to begin a line with "A." and a list inside a section are text.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

_ROMANS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_ROMAN = "[ivx]{1,5}"


class Style(Enum):
    """One way of numbering: how a heading begins. The first group is the number."""

    SECTION = re.compile(r"Section ([IVX]{1,4})\.(?:\s+|$)")
    CHAPTER = re.compile(r"(?:CHAPTER|Chapter) ([IVX]{1,5})\.?$")
    UPPER = re.compile(r"([A-Z])\.(?:\s+|$)")
    DECIMAL = re.compile(r"(\d{1,2})\.(?:\s+|$)", re.ASCII)
    LOWER = re.compile(r"([a-z]{1,2})\.(?:\s+|$)")
    LOWER_ROMAN = re.compile(rf"({_ROMAN})\.(?:\s+|$)")
    DECIMAL_BRACKET = re.compile(r"(\d{1,2})\)\s*", re.ASCII)
    LOWER_BRACKETS = re.compile(r"\(([a-z]{1,2})\)\s*")
    ROMAN_BRACKETS = re.compile(rf"\(({_ROMAN})\)\s*")


_ROMAN_STYLES = (Style.SECTION, Style.CHAPTER, Style.LOWER_ROMAN, Style.ROMAN_BRACKETS)


class Number(NamedTuple):
    """The number of a section at its level: its style, its place from 1 and how a path writes it."""

    style: Style
    place: int
    label: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that opens a section: the numbers from the outermost level on, and what the line says behind its own."""

    path: tuple[Number, ...]
    rest: str

    @property
    def id(self) -> str:
        """The path as it is cited."""
        return ".".join(number.label for number in self.path)


def numbers(line: str, styles: Collection[Style]) -> list[tuple[Number, str]]:
    """Return what the number at the beginning of a line may be, each with the rest of the line."""
    found = []
    for style in styles:
        if match := style.value.match(line):
            place = _place(style, match[1])
            if place:
                found.append((Number(style, place, match[1]), line[match.end() :].strip()))
    return found


def roman(numeral: str) -> int:
    """Return the value of a roman numeral up to XV, 0 for anything else."""
    return _ROMANS.index(numeral.lower()) if numeral.lower() in _ROMANS else 0


def numeral(number: int) -> str:
    """Return the roman numeral of a number up to 15, empty for any other."""
    return _ROMANS[number].upper() if number < len(_ROMANS) else ""


class Outline:
    """Tells, line by line, which lines of a book open sections."""

    def __init__(self, styles: Sequence[Style], within: tuple[Number, ...] = ()) -> None:
        self._styles = styles
        self._within = within
        self._path = within
        # The styles that have numbered sections directly below a path: they do not begin there again.
        self._begun: set[tuple[tuple[Number, ...], Style]] = set()
        # The last number of a list that is text.
        self._listed: Number | None = None

    @property
    def path(self) -> tuple[Number, ...]:
        """The numbers of the section that is open."""
        return self._path

    def heading(self, line: str) -> Heading | None:
        """Return the heading that the next line is, without opening it; None when it is text.

        The numbers of a list that begins again where sections have been numbered the same way are text, and close the
        section they follow: the list belongs to what stands above it.
        """
        candidates = numbers(line, self._styles)
        if any(self._goes_on_listing(number) for number, _ in candidates):
            self._listed = next(number for number, _ in candidates if self._goes_on_listing(number))
            return None
        for number, rest in candidates:
            if path := self._following(number):
                return Heading(path, rest)
        for number, rest in candidates:
            if number.place == 1 and not self._is_open(number.style):
                if (self._path, number.style) not in self._begun:
                    return Heading((*self._path, number), rest)
                self._listed = number
                return None
        for number, _ in candidates:
            if number.place == 1:
                self._listed = number
                if number.style is self._path[-1].style and self._path != self._within:
                    self._path = self._path[:-1]
                return None
        return None

    def open(self, heading: Heading) -> None:
        """Go on below a heading."""
        self._path = heading.path
        self._begun.add((heading.path[:-1], heading.path[-1].style))
        self._listed = None

    def _goes_on_listing(self, number: Number) -> bool:
        listed = self._listed
        return listed is not None and number.style is listed.style and number.place == listed.place + 1

    def _is_open(self, style: Style) -> bool:
        return any(number.style is style for number in self._path)

    def _following(self, number: Number) -> tuple[Number, ...] | None:
        """Return the path with this number if it is the next at the innermost open level of its style."""
        for depth in range(len(self._path) - 1, -1, -1):
            open_number = self._path[depth]
            if open_number.style is number.style:
                return (*self._path[:depth], number) if number.place == open_number.place + 1 else None
        return None


def _place(style: Style, written: str) -> int:
    if style in _ROMAN_STYLES:
        return roman(written)
    if written.isdigit():
        return int(written)
    # After z come aa, bb.
    return (len(written) - 1) * 26 + ord(written[0].lower()) - 96 if len(set(written)) == 1 else 0
