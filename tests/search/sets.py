"""The queries whose right codes are known: those of the files, those derived from them, and codes of the release."""

import csv
import hashlib
import re
import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from services.lookup.codes.model import Edition, Level

WRITTEN = ("clinical", "near", "lay", "abbreviations", "chart")

_FOLDER = Path(__file__).parent / "queries"
_COLUMNS = ["query", "code", "source"]
_CODES = 200
_LONG_WORD = re.compile(r"[A-Za-z]{5,}")
_SEED = "search quality"


@dataclass(frozen=True, slots=True)
class Query:
    """A query with the codes that answer it, any of which counts. `as_typed`: its last word may be cut."""

    text: str
    codes: tuple[str, ...]
    as_typed: bool = False


def drawn(text: str) -> Random:
    """Return the randomness that belongs to a text: a query more or less in a set changes nothing of the others."""
    return Random(f"{_SEED}: {text}")


def sampled(queries: Iterable[Query], most: int) -> list[Query]:
    """Return a sample that nearly stays when the queries change a little."""
    return sorted(queries, key=lambda query: drawn(query.text).random())[:most]


def written(name: str) -> list[Query]:
    """Return the queries of a file."""
    with (_FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    assert header == _COLUMNS, f"{name}.tsv: expected the columns {', '.join(_COLUMNS)}"
    return [Query(text, tuple(codes.split())) for text, codes, _ in rows]


def misspelt(queries: Sequence[Query]) -> list[Query]:
    """Return the queries with one edit in one word of five letters or more; those without such a word are left out."""
    return _derived(queries, _with_a_typo)


def cut_short(queries: Sequence[Query]) -> list[Query]:
    """Return the queries as they are while the last word is typed: three or four letters of five or more."""
    return _derived(queries, _with_last_word_cut, as_typed=True)


def by_number(edition: Edition) -> list[Query]:
    """Return codes of an edition as they are written: with the dot, without, in lower case."""
    codes = [Query(entry.code, (entry.code,)) for entry in edition.entries if entry.level is Level.CODE]
    writings: Iterable[Callable[[str], str]] = (str, lambda code: code.replace(".", ""), str.lower)
    return [
        Query(text, query.codes)
        for query in sampled(codes, _CODES)
        for text in dict.fromkeys(write(query.text) for write in writings)
    ]


def digest(queries: Iterable[Query]) -> str:
    """Return what tells a set of queries from every other, whichever their order."""
    ordered = sorted((query.text, sorted(query.codes), query.as_typed) for query in queries)
    return hashlib.blake2b(repr(ordered).encode(), digest_size=6).hexdigest()


def _derived(queries: Iterable[Query], change: Callable[[str], str], *, as_typed: bool = False) -> list[Query]:
    changed = ((change(query.text), query) for query in queries)
    return [Query(text, query.codes, as_typed) for text, query in changed if text]


def _with_a_typo(text: str) -> str:
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return ""
    draw = drawn(text)
    word = draw.choice(words)
    typo = draw.choice(draw.choice(_typos(word[0])))
    return text[: word.start()] + typo + text[word.end() :]


def _typos(word: str) -> list[list[str]]:
    """Return the words one edit away, the first letter unchanged: by deletion, insertion, substitution, transposition.

    A word whose letters are all the same after the first has no transposition.
    """
    places = range(1, len(word))
    letters = string.ascii_lowercase
    kinds = [
        [word[:at] + word[at + 1 :] for at in places],
        [word[:at] + letter + word[at:] for at in places for letter in letters],
        [word[:at] + letter + word[at + 1 :] for at in places for letter in letters if letter != word[at].lower()],
        [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places[:-1] if word[at] != word[at + 1]],
    ]
    return [kind for kind in kinds if kind]


def _with_last_word_cut(text: str) -> str:
    before, _, last = text.rpartition(" ")
    if not _LONG_WORD.fullmatch(last):
        return ""
    return f"{before} {last[: drawn(text).choice((3, 4))]}".lstrip()
