"""What of a text is quoted: the sentences that concern some words."""

import re
from collections import Counter
from collections.abc import Sequence

_SENTENCE = re.compile(r"(?<=[.:;?!])\s+(?=[A-Z“\"(•])")
_LETTERS = re.compile(r"[a-z]{4,}", re.ASCII)
_ABBREVIATION = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", re.ASCII)
# Words are compared without their endings and by their beginnings: sequencing, sequenced; fails, failed.
_ENDING = re.compile(r"(?:ing|ed|es|s|e)$")
_BEGINNING = 5
_TELLING_NOTHING = frozenset(
    (
        *("about", "again", "also", "been", "being", "bill", "billed", "billing", "both", "claim", "code", "coded"),
        *("codes", "coding", "date", "does", "from", "give", "have", "into", "just", "know", "make", "many", "much"),
        *("need", "patient", "please", "provider", "report", "reported", "same", "says", "should", "some", "such"),
        *("take", "tell", "than", "thanks", "that", "then", "there", "they", "this", "used", "using", "valid", "very"),
        *("want", "what", "when", "where", "which", "will", "with", "would", "your", "according", "before", "coder"),
        *("coders", "explain", "here", "mean", "means", "meant", "mention", "must", "talks", "wants", "whether"),
        *("cant", "doesnt", "dont", "isnt", "whats", "wheres", "whos", "wont"),
        # The books themselves.
        *("chapter", "guideline", "guidelines", "manual", "ncci", "official", "policies", "policy", "rule", "rules"),
        *("address", "cms", "cpt", "icd", "medicare", "section"),
    )
)
_VALUE = re.compile(r"(?<![\w.])[B-HJ-Z](?![\w.])")
# A code, or the category of a diagnosis.
_CODE = re.compile(r"\b(?:[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?|\d{5}|[A-V]\d{4})(?!\w)")


def telling_words(text: str) -> set[str]:
    """Return the beginnings of the words of a text that tell what it is about."""
    words = [word.lower() for word in _ABBREVIATION.findall(text)] + _LETTERS.findall(text.lower())
    return {_ENDING.sub("", word)[:_BEGINNING] for word in words if word not in _TELLING_NOTHING}


def _values(text: str) -> set[str]:
    """Return the letters of a text that are the values of an indicator: "POA W vs U"."""
    return set(_VALUE.findall(text))


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text."""
    return _SENTENCE.split(" ".join(text.split()))


def excerpt(text: str, words: str, longest: int, meant: str = "") -> str:
    """Return a text, or of a longer one the sentences that share most with some words, in their order.

    A word that few of the sentences say counts for more; a further one of what is `meant`, in the words of the book,
    for half. Of sentences that share as much, one that names a code does.
    """
    sentences = sentences_of(text)
    text = " ".join(sentences)
    if len(text) <= longest:
        return text
    asked = dict.fromkeys(telling_words(meant), 0.5) | dict.fromkeys(telling_words(words) | _values(words), 1.0)
    said = [asked.keys() & (telling_words(one) | _values(one)) for one in sentences]
    times = Counter(word for one in said for word in one)
    shared = [
        (sum(asked[word] * (1 + 1 / times[word]) for word in one), bool(_CODE.search(sentence)))
        for one, sentence in zip(said, sentences, strict=True)
    ]
    chosen: set[int] = set()
    room = longest
    for place in sorted(range(len(sentences)), key=lambda place: shared[place], reverse=True):
        if len(sentences[place]) <= room:
            chosen.add(place)
            room -= len(sentences[place])
    return with_gaps(sentences, sorted(chosen)) or f"{text[:longest].rsplit(' ', 1)[0]} …"


def with_gaps(sentences: Sequence[str], chosen: Sequence[int]) -> str:
    """Return chosen sentences in their order, with an ellipsis where some between them are left out."""
    pieces = []
    for before, place in zip([-1, *chosen], chosen, strict=False):
        pieces.append(sentences[place] if place == before + 1 else f"… {sentences[place]}")
    if chosen and chosen[-1] < len(sentences) - 1:
        pieces.append("…")
    return " ".join(pieces)
