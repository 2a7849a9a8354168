"""The one analyser, for the forms of codes and for queries: text in, stems with their places in the text out."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import Stemmer  # type: ignore[import-not-found]  # PyStemmer has no type information

from services.lookup.search.spelling import HYPHENED_PREFIXES, NUMBERED, SPACED_PREFIXES, standard

# Changed whenever the same text may give other stems: what was loaded before is then loaded anew.
VERSION = 3

# "with", "without", "no" and "not" carry meaning in a code title.
_STOP = (
    "a an and are as at be been being by did do does for from get gets got had has have he her him his i in into is it "
    "its me my of on or our she someone something that the their them they this to was were when which who you your"
)
_STOP_WORDS = frozenset(_STOP.split())
# Stop words that are letters too, and words that a letter tells apart.
_LETTERS = frozenset("ai")
_LETTERED = frozenset(
    (
        "bipolar",
        "class",
        "factor",
        "grade",
        "group",
        "hemophilia",
        "hepatitis",
        "influenza",
        "streptococcus",
        "type",
        "vitamin",
    )
)

# A word: letters and digits with their accents, and an apostrophe inside.
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+(?:['\u2019](?:[^\W_]|[\u0300-\u036f])+)*")
_POSSESSIVE = re.compile(r"['\u2019]s?$|['\u2019]")
_UNDECOMPOSED = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ß": "ss", "ł": "l", "đ": "d"})

_stemmer = Stemmer.Stemmer("english")


class Token(NamedTuple):
    """A word of a text: its standard spelling, its stem and its place in the text in code points."""

    word: str
    stem: str
    start: int
    end: int


def analyse(text: str) -> list[Token]:
    """Return the words of a text that carry meaning, in order; all of them when none does ("AS")."""
    tokens = list(_tokens(text))
    return [token for place, token in enumerate(tokens) if _tells(text, tokens, place)] or tokens


def stems(text: str) -> list[str]:
    """Return the stems of a text, in order."""
    return [token.stem for token in analyse(text)]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return the stem of a word in standard spelling; an inflammation keeps apart from its organ (tonsillitis)."""
    if len(word) < 4 or not word.isalpha() or word.endswith("itis"):
        return word
    return str(_stemmer.stemWord(word))


def _tells(text: str, tokens: Sequence[Token], place: int) -> bool:
    """Whether a word carries meaning. A letter that names a kind does: "hepatitis A", "Bipolar I disorder"."""
    token = tokens[place]
    if token.word not in _STOP_WORDS:
        return True
    if token.word not in _LETTERS or not place:
        return False
    in_capitals = token.word == "a" and text[token.start] == "A" and not text.isupper()
    return in_capitals or place == len(tokens) - 1 or tokens[place - 1].word in _LETTERED


def _tokens(text: str) -> Iterator[Token]:
    """Yield every word; a prefix that stands apart is joined to the word that follows it."""
    prefix, start, before = "", 0, ""
    for match in _WORD.finditer(text):
        word = _standard(match[0], before in NUMBERED)
        if prefix:
            word = prefix + word
        else:
            start = match.start()
        end = match.end()
        prefix = word if _joins_next(word, text, end) else ""
        if not prefix:
            before = word
            yield Token(word, stem(word), start, end)


def _joins_next(word: str, text: str, end: int) -> bool:
    """Whether a word is a prefix of the one that follows: "non-pressure", "non pressure"."""
    if word not in HYPHENED_PREFIXES or not text[end + 1 : end + 2].isalnum():
        return False
    return text[end] == "-" or (text[end] == " " and word in SPACED_PREFIXES)


@lru_cache(maxsize=16384)
def _standard(written: str, numbered: bool) -> str:
    """Return the standard spelling of a word: lower case, accents folded, possessives dropped."""
    lower = written.lower()
    if not lower.isascii():
        decomposed = unicodedata.normalize("NFKD", lower.translate(_UNDECOMPOSED))
        lower = "".join(character for character in decomposed if not unicodedata.combining(character))
    return standard(_POSSESSIVE.sub("", lower), numbered)
