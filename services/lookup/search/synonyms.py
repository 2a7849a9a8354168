"""Names that vocabularies give to what the book calls otherwise, lent to the codes that it means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.lookup.answers import MatchKind
from services.lookup.search.forms import Form, Lending, form

# A name that more codes have says too little to lend them others.
_MOST_CODES = 3
_KINDS = (MatchKind.TITLE, MatchKind.INCLUSION_TERM, MatchKind.INCLUDES_NOTE, MatchKind.INDEX_ENTRY)

Key = frozenset[str]


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing with all its names, the preferred first, as a vocabulary has it.

    `codes` are those it is known to have, of any system: no two write a code alike.
    """

    names: tuple[str, ...]
    source: str
    codes: tuple[str, ...] = ()


def with_synonyms(forms: Mapping[str, Sequence[Form]], concepts: Iterable[Concept]) -> dict[str, list[Form]]:
    """Return the forms of codes with those that concepts lend them.

    Where a concept has no codes of its own, the first of its names that the book has says which are meant: those whose
    title it is, else whose inclusion term, includes note or line in the index, in that order; a name with all its words
    before one without those that may be left out.
    """
    named = _codes_by_name(forms)
    lending = Lending(forms)
    for concept in concepts:
        synonyms = [form(MatchKind.SYNONYM, name, concept.source) for name in concept.names]
        keys = (frozenset(one.stems) for one in synonyms)
        codes = concept.codes or next(filter(None, (named.get(key) for key in keys if key)), ())
        for code in filter(lending.forms.__contains__, codes):
            for synonym in synonyms:
                lending.lend(code, synonym)
    return lending.forms


def _codes_by_name(forms: Mapping[str, Sequence[Form]]) -> dict[Key, tuple[str, ...]]:
    """Return the codes that a name means, by its stems."""
    by_name: dict[Key, tuple[str, ...]] = {}
    for kind in _KINDS:
        whole: dict[Key, list[str]] = defaultdict(list)
        needed: dict[Key, list[str]] = defaultdict(list)
        for code, own in forms.items():
            for key in {frozenset(one.stems) for one in own if one.kind is kind}:
                whole[key].append(code)
            for key in {frozenset(one.stems) - one.optional for one in own if one.kind is kind}:
                needed[key].append(code)
        for found in (whole, needed):
            for key, codes in found.items():
                by_name.setdefault(key, tuple(codes) if len(codes) <= _MOST_CODES else ())
    return by_name
