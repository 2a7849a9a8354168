"""Paragraphs from the lines of a page: lines broken by the margin are joined, list items stay apart."""

import re
from collections.abc import Sequence
from typing import NamedTuple

# What stands in a line where a page ends: a sentence may go on behind it.
PAGE_END = "\f"

_BULLET = re.compile(r"[•●▪■◦‣*\uf0b7]\s*|(?:o|[-–])\s+(?=[A-Z])")
# How a line cannot end a sentence or a title.
_OPEN_END = re.compile(r"(?:[,(/]|\b(?:a|an|and|as|at|by|for|from|in|is|not|of|on|or|that|the|this|to|with|without))$")
# The number of an item, and a code that begins a line of a list of codes.
_ITEM = re.compile(r"(?:[a-z]|[ivx]{1,5}|\d{1,2})[.)] |\((?:[a-z]|[ivx]{1,5}|\d{1,2})\) ", re.ASCII)
_CODE = re.compile(r"[A-Z]\d[0-9A-Z]", re.ASCII)
# A page's margin breaks no line that is longer.
_WIDEST = 160
_NARROWEST = 55
_SLACK = 0.8
_NO_WORDS = "BCDEFGHJKLMNOPQRSTUVWXYZ"
_LONG_TITLE = 45


class Line(NamedTuple):
    """A line of a file, by its number from 1; its text is empty for a blank line, PAGE_END between pages."""

    number: int
    text: str


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """Return the paragraphs and list items of some lines; an item begins with its number, or with a bullet."""
    width = max([_NARROWEST, *(len(line.text) for line in lines)])
    found: list[str] = []
    before, gap = "", ""
    for text in (line.text for line in lines):
        if text in ("", PAGE_END):
            gap = gap or text or "\n"
            continue
        bullet = _BULLET.match(text)
        if found and not bullet and _goes_on(found[-1], before, text, gap, width):
            found[-1] = joined(found[-1], text)
        else:
            found.append(f"• {text[bullet.end() :]}" if bullet else text)
        before, gap = text, ""
    return found


def joined(first: str, second: str) -> str:
    """Join two lines of one paragraph; a hyphen at the end of a line was printed, not made by the margin.

    A capital that stands alone in its line is the first letter of a word, unless it is a word itself.
    """
    if len(first) == 1 and first in _NO_WORDS and second[:1].islower():
        return first + second
    glued = first.endswith("-") and not first.endswith((" -", "--")) and second[:1].isalnum()
    return first + second if glued else f"{first} {second}"


def closed(text: str) -> bool:
    """Whether a sentence or a line of a list can end here."""
    return text.endswith((".", "!", "?", ":", ";", ".”", ".)", '."', ".’"))


def goes_on_in_title(title: str, following: str) -> bool:
    """Whether a title that fills its line goes on in the following line, as far as the words tell."""
    if following[:1].islower() or following[:1] == "(" or title.endswith("-") or _OPEN_END.search(title):
        return True
    # "... with Site-Specific / Pain Codes": a sentence begins otherwise.
    return len(title) >= _LONG_TITLE and following.istitle() and not closed(following) and len(following.split()) < 4


def plain(text: str) -> str:
    """Return the letters and digits of a text in lower case, for comparison."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _goes_on(paragraph: str, before: str, text: str, gap: str, width: int) -> bool:
    """Whether a paragraph, whose last line is `before`, goes on in the next line."""
    if gap == "\n" or _ITEM.match(text) or (_CODE.match(before) and _CODE.match(text)):
        return False
    if text[:1].islower():
        return True
    ended = closed(before)
    if gap == PAGE_END or len(before) > _WIDEST:
        return not ended
    if not ended and (text[0] == "(" or _OPEN_END.search(before) or paragraph.count("(") > paragraph.count(")")):
        return True
    # The margin broke the line if the next word would not have fitted; lines of one passage have several margins.
    needed = len(before) + 1 + len(text.split(None, 1)[0])
    return needed > (width if ended else _SLACK * width)
