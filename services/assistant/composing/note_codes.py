"""Which ICD-10-CM codes an instructional note names: "E10.-", "E08-E13 with .44"."""

import re

_CODE = r"(?<![\w.])([A-TV-Z]\d[0-9A-Z]|U\d{2})(?:\.([0-9A-Z]{1,4}))?(?![\w])"
_NAMED = re.compile(rf"{_CODE}(?:\.?-(?!\w))?(?:\s?(?:[-–]|to|through)\s?{_CODE})?", re.ASCII)
# "(E08-E13 with .51-.52)": of the codes named, those whose characters after the dot begin so.
_ENDING = re.compile(r"\bwith \.([0-9A-Z]+)-?(?:\.([0-9A-Z]+)-?)?\)")
# "(I69. with final characters -23)".
_FINAL = re.compile(r"\bwith final characters? -([0-9A-Z]+)\)")
# "(T36-T65 with fifth or sixth character 1-4 or 6)".
_SPAN = "[0-9A-Z](?:-[0-9A-Z])?"
_PLACED = re.compile(rf"\bwith ((?:\w+ or )?\w+)[- ](?:character|digit) \.?({_SPAN}(?:(?:,| or) {_SPAN})*)\)")
_PLACES = {"fourth": 3, "4th": 3, "fifth": 4, "5th": 4, "sixth": 5, "6th": 5, "seventh": 6, "7th": 6}
_VALUES = re.compile(r"([0-9A-Z])(?:-([0-9A-Z]))?")
# What else narrows the codes ("with fifth character 2") is not taken for all of them.
_NARROWED = re.compile(r"[A-Z]\d[0-9A-Z][\w.-]*?\s*\bwith\b", re.ASCII)
_CATEGORY = 3


def compact(code: str) -> str:
    """Return a code without its dot."""
    return code.replace(".", "")


def names(text: str, code: str) -> bool:
    """Whether a note names a code, or anything above it."""
    whole = compact(code)
    return _has_characters(text, whole) and any(
        first <= whole and whole[: len(last)] <= last
        for match in _NAMED.finditer(text)
        for first, last in [_ends(match)]
    )


def names_below(text: str, header: str) -> bool:
    """Whether a note names codes below a header, and not the header."""
    whole = compact(header)
    return not names(text, header) and any(compact(code).startswith(whole) for code in named_alone(text))


def _has_characters(text: str, whole: str) -> bool:
    """Whether a code has the characters to which a note narrows the codes it names."""
    if ending := _ENDING.search(text):
        after, last = whole[_CATEGORY:], ending[2] or ending[1]
        return ending[1] <= after and after[: len(last)] <= last
    if final := _FINAL.search(text):
        return whole.endswith(final[1])
    if placed := _PLACED.search(text):
        places = [_PLACES[word] for word in placed[1].split(" or ") if word in _PLACES]
        spans = [(first, last or first) for first, last in _VALUES.findall(placed[2])]
        return any(first <= whole[place : place + 1] <= last for place in places for first, last in spans)
    return not _NARROWED.search(text)


def named_alone(text: str) -> list[str]:
    """Return the codes that a note names, as printed; not the ends of ranges."""
    return [match[1] + (f".{match[2]}" if match[2] else "") for match in _NAMED.finditer(text) if not match[3]]


def _ends(match: re.Match[str]) -> tuple[str, str]:
    first = match[1] + (match[2] or "")
    return first, match[3] + (match[4] or "") if match[3] else first
