"""What a coder would say for a line of the Alphabetic Index, for search."""

import re
from collections.abc import Sequence
from functools import reduce

_ABBREVIATIONS = re.compile(r"\s*\b(?:NEC|NOS)\b")
# Subterms that go on with the words before them.
_CONNECTIVE = re.compile(
    r"(?:about|affecting|after|and|as|associated|at|because|before|between|by|causing|caused|complicated|complicating"
    r"|due|during|following|for|from|in|into|involving|of|on|or|resulting|to|with|without|while)\b"
)
_SAME_WORD = 4


def phrase(names: Sequence[str], column: str) -> str:
    """Return what a coder would say for a line: "Diabetes, type 2, with neuropathy".

    `names` are those from the main term to the line, without nonessential modifiers; `column` is the heading of the
    column in a table, else empty.
    """
    spoken = reduce(_joined, map(_spoken, names))
    return f"{spoken}, {column.lower()}" if column else spoken


def _spoken(name: str) -> str:
    """Return a name without NEC and NOS, and without the other forms of its first word ("Infection, infected")."""
    first, *others = _ABBREVIATIONS.sub("", name).strip(" ,").split(", ")
    stem = first[:_SAME_WORD].casefold()
    return ", ".join([first, *(other for other in others if other[:_SAME_WORD].casefold() != stem)])


def _joined(before: str, words: str) -> str:
    """Return a phrase with one more name: after "with" and before "with lung" stands no comma."""
    if not words:
        return before
    last = re.split(r"[\s,]+", before)[-1]
    return f"{before}{' ' if _CONNECTIVE.match(words) or _CONNECTIVE.fullmatch(last) else ', '}{words}"
