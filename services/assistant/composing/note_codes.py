"""Which ICD-10-CM codes an instructional note names: "E10.-", "E08-E13 with .44"."""

import re

_CODE = r"(?<![\w.])([A-TV-Z]\d[0-9A-Z]|U\d{2})(?:\.([0-9A-Z]{1,4}))?(?![\w])"
_NAMED = re.compile(rf"{_CODE}(?:\.?-(?!\w))?(?:\s?(?:[-–]|to|through)\s?{_CODE})?", re.ASCII)
# "(E08-E13 with .44)": of the codes named, those whose characters after the dot begin so.
_ENDING = re.compile(r"\bwith \.([0-9A-Z]+)-?\)")
# What else narrows the codes ("with fifth character 2") is not taken for all of them.
_NARROWED = re.compile(r"[A-Z]\d[0-9A-Z][\w.-]*?\s*\bwith\b", re.ASCII)
_CATEGORY = 3


def compact(code: str) -> str:
    """Return a code without its dot."""
    return code.replace(".", "")


def names(text: str, code: str) -> bool:
    """Whether a note names a code, or anything above it."""
    whole = compact(code)
    ending = _ENDING.search(text)
    if not ending and _NARROWED.search(text):
        return False
    if ending and not whole[_CATEGORY:].startswith(ending[1]):
        return False
    return any(
        first <= whole and whole[: len(last)] <= last
        for match in _NAMED.finditer(text)
        for first, last in [_ends(match)]
    )


def _ends(match: re.Match[str]) -> tuple[str, str]:
    first = match[1] + (match[2] or "")
    return first, match[3] + (match[4] or "") if match[3] else first
