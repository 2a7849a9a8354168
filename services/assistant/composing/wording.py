"""The words of names and phrases, as they are held against one another."""

import re

WORD = re.compile(r"[a-z0-9]+")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
# The letters that tell a word: of one with a prefix that many have, two after it.
_BEGINNING = re.compile(r"(?:hyper|hypo|fore|inter|intra|peri|para|trans)[a-z]{2}|[a-z0-9]{1,4}")
_SMALL = frozenset(
    {
        "of",
        "off",
        "the",
        "a",
        "an",
        "in",
        "on",
        "with",
        "w",
        "to",
        "and",
        "or",
        "for",
        "due",
        "by",
        "at",
        "from",
        "is",
        "also",
        "was",
        "were",
        "has",
        "had",
        "have",
        "been",
        "it",
        "its",
        "he",
        "she",
        "him",
        "her",
        "his",
        "they",
        "them",
        "their",
    }
)
_ENCOUNTER = re.compile(r"\b(?:initial|subsequent) (?:encounter|visit)\b|\binitial$")
# As short titles of HCPCS write it.
_INJECTION = re.compile(r"\binj\b")
# What titles say of every code, or of what is not told.
_OF_THE_BOOK = re.compile(
    r"\bunspecified(?: (?:eye|ear|side|foot|toe|ankle|knee|hip|hand|finger|wrist|elbow|shoulder|breast|organism|site|"
    r"part|limb))?|\b(?:other|specified|right|left|bilateral|part|site|cause|diseases|classified|elsewhere|as|not|adult|"
    r"acquired|sequela|uncomplicated)\b|\btoxic effect of\b|\(unintentional\)|\bfrom unspecified source\b|"
    r"\bwithout (?:foreign body\b|.*)|(?<!type )(?<!stage )\b\d[\d.]*\b"
)


def beginnings(text: str) -> set[str]:
    """Return the words of a text by their first letters, without those that tell nothing."""
    words = WORD.findall(_INJECTION.sub("injection", _ENCOUNTER.sub("", text.lower())))
    return {match[0] for word in words if word not in _SMALL and (match := _BEGINNING.match(word))}


def beginnings_of_name(name: str) -> set[str]:
    """Return the words of a name by their first letters; those with a hyphen also as one: "pre-eclampsia"."""
    return beginnings(name) | beginnings(_HYPHEN.sub("", name.lower()))


def telling(title: str) -> set[str]:
    """Return the words of a title that tell what it is of."""
    return beginnings(_OF_THE_BOOK.sub(" ", title.lower()))
