"""The surface forms of a code: the names a coder may know it by, each with the words that may be left out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Entry, NoteKind
from services.lookup.search.analysis import stems

_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_BRACKETS = re.compile(r"\s*\[([^\[\]]*)\]")
# What a title says when nothing more is known: the name is complete without it. By the official guidelines a fracture
# is closed and displaced unless said otherwise (I.C.19.c); an encounter that is not told apart is the initial one. Who
# names a procedure says how it is approached, unless it is open.
_DEFAULTS = re.compile(
    r",? unspecified as to [^,]*|,? not otherwise specified|,? not elsewhere classified|,? nos\b|,? nec\b"
    r"|,? without (?:mention of )?complications?\b|, unspecified(?: (?!with\b)[^\s,]+)+|,? \bunspecified\b"
    r"|^unspecified |^displaced |, initial encounter(?: for closed fracture)?$"
    r"|, open approach\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Form:
    """One name of a code: the stems of its words in order, each once. Those in `optional` may be left out.

    `source` is the vocabulary that gives a synonym, else empty.
    """

    kind: MatchKind
    text: str
    stems: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    source: str = ""


class Lending:
    """The forms of codes, to which others are lent: of forms with the same stems a code has the first alone."""

    def __init__(self, forms: Mapping[str, Sequence[Form]]) -> None:
        self.forms = {code: list(own) for code, own in forms.items()}
        self._known = {code: {frozenset(one.stems) for one in own} for code, own in forms.items()}

    def lend(self, code: str, form: Form) -> None:
        """Add a form to those of a code, unless it has no words or the code has one with the same."""
        key = frozenset(form.stems)
        if key and key not in self._known[code]:
            self._known[code].add(key)
            self.forms[code].append(form)


def forms_of(entry: Entry) -> Iterator[Form]:
    """Yield the forms of a code, its title first; of forms with the same words the first alone."""
    seen: set[tuple[frozenset[str], frozenset[str]]] = set()
    for one in _forms_of(entry):
        words = (frozenset(one.stems), one.optional)
        if one.stems and words not in seen:
            seen.add(words)
            yield one


def _forms_of(entry: Entry) -> Iterator[Form]:
    yield from _named(MatchKind.TITLE, entry.title)
    if entry.short_title:
        yield form(MatchKind.TITLE, entry.short_title)
    for term in entry.inclusion_terms:
        yield from _named(MatchKind.INCLUSION_TERM, term)
    for note in entry.notes:
        if note.kind is NoteKind.INCLUDES:
            yield from _named(MatchKind.INCLUDES_NOTE, note.text)
    if entry.common_language:
        yield form(MatchKind.SYNONYM, entry.common_language, "common language")
    for term in entry.index_terms:
        yield form(MatchKind.INDEX_ENTRY, term)


def _named(kind: MatchKind, text: str) -> Iterator[Form]:
    """Yield a name of the book, and each other name that it gives in brackets: "Paralysis agitans [Parkinson's]"."""
    yield form(kind, text)
    for match in _BRACKETS.finditer(text):
        yield Form(kind, text, _distinct(match[1]))


def form(kind: MatchKind, text: str, source: str = "") -> Form:
    """Return a name as a form; what is in parentheses or says nothing more than the name may be left out."""
    words = _distinct(text)
    shorter = _DEFAULTS.sub("", _BRACKETS.sub("", _PARENTHESES.sub("", text)))
    needed = words if shorter == text else stems(shorter)
    return Form(kind, text, words, frozenset(words).difference(needed) if needed else frozenset(), source)


def _distinct(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stems(text)))
