"""Units of service: a number that is marked as one."""

import re

MARK = "<units>"

_WORDS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17},
    **{"eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "once": 1, "twice": 2, "thrice": 3},
}
_NUMBER = rf"(?P<units>\d{{1,4}}|{'|'.join(_WORDS)})"
_NAME = r"(?:units?|un|u|uos|miles?|unites|untis|unts)\b"
_END = r"(?![\w/.]\w|-\w)\)?"
_OPENING = r"\s*[,(;:]?\s*(?:for\s+|at\s+|@\s*|billed\s+(?:at\s+|for\s+|with\s+)?|with\s+|w/\s*)?"
# What stands on the line of a code: "x3", "x 4 units", "(3 units)", "qty 3", "units: 3".
_AFTER_CODE = tuple(
    re.compile(_OPENING + pattern + _END, re.IGNORECASE)
    for pattern in (
        rf"(?:[x×*]|times)\s?{_NUMBER}\b(?:\s*{_NAME})?(?!\s*(?:days?|weeks?|months?|years?|hours?|views?)\b)",
        rf"{_NUMBER}\s*-?\s*{_NAME}",
        rf"(?:qty|quantity|units?|miles?)\s*(?:of\s+)?[:=]?\s*{_NUMBER}\b",
    )
)
# "3 units of", "3 x ", "two units of".
_BEFORE_CODE = re.compile(
    rf"(?<![\w.$/-]){_NUMBER}\s*(?:[x×*]|{_NAME}(?:\s+(?:of|for))?)\s*(?:(?:the|code|cpt|hcpcs)\s+)*$", re.IGNORECASE
)
_BESIDE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w.$/-]){_NUMBER}\s*-?\s*{_NAME}",
        rf"\bunits?\s+(?:of\s+|is\s+|are\s+|=\s*|:\s*)?{_NUMBER}(?![\w.]\w)",
        rf"\b(?:qty|quantity)\s*(?:of\s+)?[:=]?\s*{_NUMBER}\b",
        rf"(?<![\w.])[x×]\s?{_NUMBER}(?![\w.]\w)(?!\s*(?:days?|weeks?|months?|years?|hours?|views?)\b)",
        rf"(?<![\w.$/-]){_NUMBER}\s+times\b(?!\s+(?:more|as|the))",
        r"\b(?P<units>twice|thrice)\b(?!\s+(?:a|the|as))",
    )
)


def units_after(text: str, end: int) -> tuple[int | None, int]:
    """Return the units that follow a code that ends at a place of a text, and where they end."""
    for pattern in _AFTER_CODE:
        if match := pattern.match(text, end):
            return _number(match["units"]), match.end()
    return None, end


def units_before(text: str) -> tuple[int, int] | None:
    """Return the units at the end of what stands before a code, and where they begin."""
    match = _BEFORE_CODE.search(text)
    return (_number(match["units"]), match.start()) if match else None


def take_units(text: str) -> tuple[int | None, str]:
    """Return the units that a text names beside its codes, and the text with a mark in their place."""
    for pattern in _BESIDE:
        if match := pattern.search(text):
            return _number(match["units"]), f"{text[: match.start()]} {MARK} {text[match.end() :]}"
    return None, text


def _number(written: str) -> int:
    return _WORDS.get(written.lower()) or int(written)
