"""The surface forms of a code: the names a coder may know it by, each analysed in its variants."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Entry, NoteKind
from services.lookup.search.analysis import Token, analyse

_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_BRACKETS = re.compile(r"\s*\[([^\[\]]*)\]")
# What a title says when nothing more is known: the name is complete without it. By the official guidelines a fracture
# is closed and displaced unless said otherwise (I.C.19.c); an encounter that is not told apart is the initial one.
_DEFAULTS = re.compile(
    r",? unspecified as to [^,]*|,? not otherwise specified|,? not elsewhere classified|,? nos\b|,? nec\b"
    r"|,? without (?:mention of )?complications?\b|, unspecified [^,]*|,? \bunspecified\b|^unspecified "
    r"|^displaced |, initial encounter(?: for closed fracture)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Form:
    """One name of a code. `variants` are its words, first in full, then with optional parts left out."""

    kind: MatchKind
    text: str
    variants: tuple[tuple[Token, ...], ...]


def forms_of(entry: Entry) -> Iterator[Form]:
    """Yield the forms of a code: its title, its inclusion terms, its includes notes and its lines in the index.

    The short title is a variant of the title.
    """
    yield _form(MatchKind.TITLE, entry.title, entry.short_title)
    for term in entry.inclusion_terms:
        yield _form(MatchKind.INCLUSION_TERM, term)
    for note in entry.notes:
        if note.kind is NoteKind.INCLUDES:
            yield _form(MatchKind.INCLUDES_NOTE, note.text)
    for term in entry.index_terms:
        yield _form(MatchKind.INDEX_ENTRY, term)


def _form(kind: MatchKind, text: str, *others: str) -> Form:
    analysed = (tuple(analyse(variant)) for variant in dict.fromkeys((text, *_reduced(text), *others)))
    distinct = {" ".join(sorted({token.stem for token in tokens})): tokens for tokens in analysed if tokens}
    return Form(kind, text, tuple(distinct.values()))


def _reduced(text: str) -> Iterator[str]:
    """Yield a text without its asides and defaults, and each name it gives in brackets."""
    bare = _BRACKETS.sub("", _PARENTHESES.sub("", text))
    yield bare
    yield _DEFAULTS.sub("", bare)
    yield from (match[1] for match in _BRACKETS.finditer(text))
