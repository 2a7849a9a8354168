"""Where the cross references of the Alphabetic Index lead ("see Pain, abdominal")."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from services.lookup.alphabetic.model import AlphabeticIndex, Book, MainTerm, Reference, term_id

_CODE = re.compile(r"\b[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?\b", re.ASCII)
# How a reference names another book, and what is left of it there.
_OTHER_BOOKS = (
    (re.compile(r"(?:the )?table of drugs and (?:chemicals|biologicals)\b,?\s*", re.IGNORECASE), Book.DRUGS, ""),
    (re.compile(r"(?:the )?table of neoplasms\b,?\s*", re.IGNORECASE), Book.NEOPLASMS, "Neoplasm, "),
    (re.compile(r"neoplasm\b,?\s*", re.IGNORECASE), Book.NEOPLASMS, "Neoplasm, "),
    (re.compile(r"index to diseases and injuries\b,?\s*", re.IGNORECASE), Book.DISEASES, ""),
    (re.compile(r"index to external causes of injury\b,?\s*", re.IGNORECASE), Book.EXTERNAL_CAUSES, ""),
)
_ASIDE = re.compile(r"\([^()]*\)")
_ABBREVIATION = re.compile(r"\b(?:nec|nos)\b")
_NOT_A_WORD = re.compile(r"[^\w]+")
_SEPARATOR = re.compile(r"[,;.]+\s*")
_BY_SITE = re.compile(r",?\s*\bby (?:site|type)(?: of [^,]*)?", re.IGNORECASE)

Words = tuple[str, ...]


class Place(NamedTuple):
    """A line that a reference leads to. `whole` says that everything the reference names was found on the way."""

    main_term: MainTerm
    position: int
    whole: bool


class _Names(NamedTuple):
    """What a line goes by: the words of its name, those of each part between commas, and the first of each part."""

    whole: Words
    alternatives: tuple[Words, ...]
    first_words: frozenset[str]


class References:
    """Resolves the references of one book."""

    def __init__(self, index: AlphabeticIndex) -> None:
        self._book = index.book
        self._by_head: dict[Words, list[MainTerm]] = {}
        self._known: dict[str, Reference] = {}
        for main_term in index.main_terms:
            for head in _heads(main_term.terms[0].name):
                self._by_head.setdefault(head, []).append(main_term)

    def reference(self, text: str) -> Reference:
        """Return a reference with the place it leads to."""
        if text not in self._known:
            self._known[text] = self._resolve(text)
        return self._known[text]

    def place(self, text: str) -> Place | None:
        """Return the line of this book that a text names, or the nearest above it; None when it names no main term."""
        for head in possible_heads(text):
            if main_terms := self._by_head.get(head):
                return find(text, main_terms)
        return None

    def _resolve(self, text: str) -> Reference:
        named = _CODE.search(text)
        code = named[0] if named else ""
        for pattern, book, _ in _OTHER_BOOKS:
            if book is not self._book and pattern.match(text):
                return Reference(text, book, code=code)
        place = self.place(text)
        if place is None:
            return Reference(text, code=code)
        return Reference(text, self._book, term_id(place.main_term.id, place.position), place.whole, code)


def in_book(text: str, book: Book) -> str:
    """Return a reference as its own book would write it: without the name of the book."""
    for pattern, other, before in _OTHER_BOOKS:
        if other is book and (match := pattern.match(text)):
            return (before + text[match.end() :]).strip(", ")
    return text


def possible_heads(text: str) -> list[Words]:
    """Return what a text may call its main term, the likeliest first: "Carbon tetrachloride", then "Carbon"."""
    parts = _parts(text)
    return [parts[0][:length] for length in range(len(parts[0]), 0, -1)] if parts else []


def is_called(main_term: str, head: Words) -> bool:
    """Whether a main term of that name goes by a head."""
    return head in _heads(main_term)


def find(text: str, main_terms: Iterable[MainTerm]) -> Place | None:
    """Return the line that a text such as "Pain, abdominal" names among the main terms that go by its head.

    Where a part of the text names no subterm, the line above answers. "by site" and the like name no line: the
    coder looks for the site there.
    """
    parts = _parts(text)
    best: Place | None = None
    fewest = float(len(parts) + 1)
    for main_term in main_terms:
        position, left = _walk(main_term, 0, _below_main_term(main_term.terms[0].name, parts))
        # Of "Injury" and "Cave-in, injury" the first is meant, should neither lead further.
        cost = len(left) + (parts[0][:1] != _words(main_term.terms[0].name)[:1]) / 2
        if cost < fewest:
            best, fewest = Place(main_term, position, not left), cost
    return best


def _heads(name: str) -> set[Words]:
    """Return what a main term is called by: its name, and each of the words that commas part."""
    called = _names(name)
    return {called.whole, *called.alternatives}


def _below_main_term(name: str, parts: Sequence[Words]) -> Sequence[Words]:
    """Return the parts that name subterms: also after "Fracture, pathological", which is a main term."""
    heads, first = _heads(name), parts[0]
    rest = list(parts[1:])
    if first not in heads:
        length = max((len(head) for head in heads if first[: len(head)] == head), default=0)
        rest.insert(0, first[length:])
    return rest[1:] if rest and rest[0] in heads else rest


def _walk(main_term: MainTerm, position: int, parts: Sequence[Words]) -> tuple[int, Sequence[Words]]:
    """Return the line that is reached from a line by the parts, and the parts that lead no further."""
    best = (position, parts)
    if not parts:
        return best
    ways = [
        (order, child, rest)
        for child in main_term.children.get(position, ())
        if parts[0][0] in (called := _names(main_term.terms[child].name)).first_words
        for order, rest in _rests(called, parts)
    ]
    for _, child, rest in sorted(ways, key=lambda way: way[0]):
        reached = _walk(main_term, child, rest)
        if len(reached[1]) < len(best[1]):
            best = reached
        if not best[1]:
            break
    return best


def _rests(called: _Names, parts: Sequence[Words]) -> Iterator[tuple[int, Sequence[Words]]]:
    """Yield what is left of the parts after a subterm of these names, with how far-fetched that is."""
    first, joined = parts[0], Words()
    for count, part in enumerate(parts, 1):
        joined += part
        if joined == called.whole:
            yield 0, parts[count:]
    for order, name in enumerate(called.alternatives, 1):
        if first == name:
            yield order, parts[1:]
        elif first[: len(name)] == name:
            # "with lung" is the line "lung" under the line "with".
            yield order + 1, [first[len(name) :], *parts[1:]]


@lru_cache(1 << 16)
def _names(name: str) -> _Names:
    alternatives = _parts(name)
    return _Names(_words(name), tuple(alternatives), frozenset(words[0] for words in alternatives))


def _parts(text: str) -> list[Words]:
    return [words for part in _SEPARATOR.split(_BY_SITE.sub("", text)) if (words := _words(part))]


def _words(text: str) -> Words:
    """Return the words of a text without asides, "NEC" and "NOS", capitals, and the s of the plural."""
    plain = _ABBREVIATION.sub(" ", _ASIDE.sub("", text.casefold()).replace("'", ""))
    return tuple(word.removesuffix("s") if len(word) > 3 else word for word in _NOT_A_WORD.sub(" ", plain).split())
