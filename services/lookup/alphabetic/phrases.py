"""What a coder would say for each coded line of the Alphabetic Index, for search."""

import re
from collections.abc import Iterator

from services.lookup.alphabetic.model import AlphabeticIndex

_ABBREVIATIONS = re.compile(r"\s*\b(?:NEC|NOS)\b")
# Subterms that go on with the words before them.
_CONNECTIVE = re.compile(
    r"(?:about|affecting|after|and|as|associated|at|because|before|between|by|causing|caused|complicated|complicating"
    r"|due|during|following|for|from|in|into|involving|of|on|or|resulting|to|with|without|while)\b"
)
_SAME_WORD = 4


def index_forms(index: AlphabeticIndex) -> Iterator[tuple[str, str]]:
    """Yield a code and a phrase for each code of each line: "Diabetes, type 2, with neuropathy".

    The code is as printed, without the dash of one that is not complete. A phrase is made of the names from the main
    term to the line, without nonessential modifiers, and of the heading of the column in a table.
    """
    for main_term in index.main_terms:
        phrases: list[str] = []
        for position, (term, parent) in enumerate(zip(main_term.terms, main_term.parents, strict=True)):
            words = _spoken(term.name)
            phrases.append(_joined(phrases[parent], words) if position else words)
            for code in term.codes():
                yield _without_dash(code), phrases[position]
            for column, code in index.in_columns(term):
                yield _without_dash(code), f"{phrases[position]}, {column.lower()}"


def _without_dash(code: str) -> str:
    return code.removesuffix("-").removesuffix(".")


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
