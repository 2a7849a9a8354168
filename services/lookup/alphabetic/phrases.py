"""What a coder would say for a line of the Alphabetic Index, for search."""

import re
from collections.abc import Sequence
from functools import reduce

from services.lookup.alphabetic.model import Term

_ABBREVIATIONS = re.compile(r"\s*\b(?:NEC|NOS)\b")
# Subterms that go on with the words before them.
_CONNECTIVE = re.compile(
    r"(?:about|affecting|after|and|as|associated|at|because|before|between|by|causing|caused|complicated|complicating"
    r"|due|during|following|for|from|in|into|involving|of|on|or|resulting|to|with|without|while)\b"
)
_SAME_WORD = 4

# What a code in a column of a table is called. Poisoning is accidental unless said otherwise (ICD-10-CM Official
# Guidelines, Section I.C.19.e.5.b).
_IN_COLUMN = {
    "malignant primary": ("Malignant neoplasm of {} (primary)", "Cancer of {} (primary)"),
    "malignant secondary": ("Secondary malignant neoplasm of {}", "Metastasis to {} (metastatic cancer)"),
    "ca in situ": ("Carcinoma in situ of {}",),
    "benign": ("Benign neoplasm of {}", "Benign tumor of {}"),
    "uncertain behavior": ("Neoplasm of uncertain behavior of {}",),
    "unspecified behavior": ("Neoplasm of unspecified behavior of {}", "Tumor of unspecified behavior of {}"),
    "poisoning accidental (unintentional)": ("Poisoning by {} (accidental)", "Overdose of {} (accidental)"),
    "poisoning intentional self-harm": (
        "Poisoning by {}, intentional self-harm",
        "Overdose of {}, intentional (suicide attempt)",
    ),
    "poisoning assault": ("Poisoning by {}, assault",),
    "poisoning undetermined": ("Poisoning by {}, undetermined (intent)",),
    "adverse effect": ("Adverse effect of {}",),
    "underdosing": ("Underdosing of {}",),
}


def phrases(terms: Sequence[Term], column: str) -> list[str]:
    """Return what coders would say for a line: "Diabetes, type 2, with neuropathy".

    `terms` are those from the main term to the line; what of a phrase may be left out is in parentheses, as the
    nonessential modifiers are. `column` is the heading of the column in a table, else empty.
    """
    # Every line of the table of neoplasms is under that one main term, which the columns say better.
    named = terms[1:] if column and len(terms) > 1 and terms[0].title.startswith("Neoplasm") else terms
    spoken = reduce(_joined, map(_spoken, named))
    if not column:
        return [spoken]
    return [form.format(spoken) for form in _IN_COLUMN.get(column.casefold(), (f"{{}}, {column.lower()}",))]


def _spoken(term: Term) -> str:
    """Return a name without NEC and NOS, and without the other forms of its first word ("Infection, infected")."""
    first, *others = _ABBREVIATIONS.sub("", term.name).strip(" ,").split(", ")
    stem = first[:_SAME_WORD].casefold()
    name = ", ".join([first, *(other for other in others if other[:_SAME_WORD].casefold() != stem)])
    return " ".join([name, *(f"({each})" for each in term.modifiers if not each.startswith("not "))])


def _joined(before: str, words: str) -> str:
    """Return a phrase with one more name: after "with" and before "with lung" stands no comma."""
    if not words:
        return before
    last = re.split(r"[\s,]+", before)[-1]
    return f"{before}{' ' if _CONNECTIVE.match(words) or _CONNECTIVE.fullmatch(last) else ', '}{words}"
