"""In which chapter of ICD-10-CM a code is looked for: that of the kind of code, or of the letter, that is asked for."""

import re

_AT = r"(?<![\w'’])"
_LATER = r"(?: (?:dx|diagnosis|icd-?10))*[- ]?codes?\b"
_INJURY = r"(?:poisoning|overdose|toxic effect|under-?dosing|adverse effect|injury)"
# The first one that is named counts: "I have the injury code, I need the external cause".
_KINDS = tuple(
    (re.compile(pattern, re.IGNORECASE), chapter)
    for pattern, chapter in (
        (r"\bext(?:ernal)?\.? cause|\be-?codes?\b|\bplace of (?:occurrence|injury)\b", "20"),
        (rf"{_AT}(?:[vwxy]|activity){_LATER}", "20"),
        (rf"{_AT}{_INJURY}{_LATER}|\bcodes? (?:(?:is|for|of|the|an?|this) )*{_INJURY}\b|{_AT}[st]{_LATER}", "19"),
        (rf"{_AT}(?:z|status){_LATER}", "21"),
        (rf"{_AT}(?:o|pregnancy|ob|obstetric\w*){_LATER}", "15"),
        (rf"{_AT}r{_LATER}", "18"),
    )
)
# Where a code is asked for by what it says beside a condition that is told: what is told counts, not its name alone.
_OF_WHAT_IS_TOLD = frozenset({"19", "20"})

PREGNANCY = "15"
EXTERNAL_CAUSES = "20"


def chapter_named(text: str) -> str:
    """Return the number of the chapter of the kind of code that a text asks for; empty for none."""
    return next((chapter for pattern, chapter in _KINDS if pattern.search(text)), "")


def is_of_what_is_told(chapter: str) -> bool:
    """Tell whether a code of a chapter is looked for by what is told: "what is the poisoning code?"."""
    return chapter in _OF_WHAT_IS_TOLD
