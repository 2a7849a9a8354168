"""The score of a code for a query, its best form, and the order of hits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.lookup.answers import MatchKind, Span
from services.lookup.codes.record import EntryLine
from services.lookup.index.documents import Candidate, StoredForm
from services.lookup.search.analysis import analyse, stem
from services.lookup.search.lexicon import Lexicon
from services.lookup.search.query import Variant

# What a word of a form costs that the query does not have, against one of the query that the form does not have.
_UNMATCHED = 0.35

# Words that make another thing of a name, and their cost; a form that has one unasked is hardly meant.
_UNMATCHED_CHANGING = 1.5
_CHANGING_WORDS = "other history screening sequela exposure contact susceptibility"
_CHANGING = frozenset(map(stem, _CHANGING_WORDS.split()))

# A name the book prints as the title is worth a little more than another of its names.
_KIND_FACTOR = {
    MatchKind.TITLE: 1.0,
    MatchKind.INCLUSION_TERM: 0.98,
    MatchKind.INCLUDES_NOTE: 0.96,
    MatchKind.INDEX_ENTRY: 0.94,
}
_KIND_ORDER = {kind: place for place, kind in enumerate((MatchKind.CODE, *_KIND_FACTOR))}

# A code that was asked for by its notation goes before what its words match.
CODE_SCORE = 2.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A code with its score, the form that matched (empty text for the title) and the stems that were looked for."""

    line: EntryLine
    score: float
    kind: MatchKind
    form_text: str
    stems: frozenset[str]


def rank(candidates: Iterable[Candidate], variants: Sequence[Variant], lexicon: Lexicon) -> list[Ranked]:
    """Return the candidates that match, best first."""
    readings = [_Reading(variant, lexicon) for variant in variants]
    ranked = (_best(candidate, readings) for candidate in candidates)
    return sorted((one for one in ranked if one.score > 0), key=order)


def order(ranked: Ranked) -> tuple[float, int, int, str]:
    """Return the sort key: score, then kind of form, then the more general code, then the book.

    Codes found by their notation are equal: they stay in the order of the book.
    """
    if ranked.kind is MatchKind.CODE:
        return (-ranked.score, 0, 0, "")
    code = ranked.line.code
    return (-round(ranked.score, 5), _KIND_ORDER[ranked.kind], len(code), code)


def highlights(text: str, stems: frozenset[str]) -> tuple[Span, ...]:
    """Return where words with the given stems stand in a text."""
    return tuple(Span(token.start, token.end) for token in analyse(text) if token.stem in stems)


class _Reading:
    """A variant prepared for scoring many forms."""

    def __init__(self, variant: Variant, lexicon: Lexicon) -> None:
        self._weight = variant.weight
        self._lexicon = lexicon
        self._matches: dict[str, list[tuple[int, float]]] = {}
        for place, group in enumerate(variant.groups):
            for alternative, factor in group.stems.items():
                self._matches.setdefault(alternative, []).append((place, group.weight * factor))
        self.stems = frozenset(self._matches)

    def score(self, words: Iterable[str]) -> float:
        """Return matched weight / (matched + missing in the query + a part of what is unmatched in the form)."""
        matched: dict[int, float] = {}
        unmatched = 0.0
        for word in words:
            found = self._matches.get(word)
            if found is None:
                unmatched += self._lexicon.weight(word) * (_UNMATCHED_CHANGING if word in _CHANGING else _UNMATCHED)
                continue
            for place, weight in found:
                matched[place] = max(weight, matched.get(place, 0.0))
        return sum(matched.values()) / (self._weight + unmatched)


def _best(candidate: Candidate, readings: Sequence[_Reading]) -> Ranked:
    score, form, reading = max(
        (
            (reading.score(words) * _KIND_FACTOR[form.kind], form, reading)
            for form in candidate.forms
            for words in form.variants
            for reading in readings
        ),
        key=lambda one: one[0],
    )
    return Ranked(candidate.line, score, form.kind, _shown(form), reading.stems)


def _shown(form: StoredForm) -> str:
    return "" if form.kind is MatchKind.TITLE else form.text
