"""The score of a code for a query, and the order of hits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.lookup.answers import MatchKind, Span
from services.lookup.codes.record import EntryLine
from services.lookup.search.analysis import analyse, stem
from services.lookup.search.forms import Form
from services.lookup.search.lexicon import CHANGING, Lexicon
from services.lookup.search.query import Variant, WordQuery

# What a word of a form costs that the query does not have, against one of the query that the form does not have.
UNMATCHED = 0.35
# The same for a word that makes another thing of a name: a form that has one unasked is hardly meant.
_UNMATCHED_CHANGING = 1.5
# The same for "other", unless the query says something that the form does not: that may be the other.
_UNMATCHED_OTHER = 1.5
_UNMATCHED_OTHER_LESS = 0.65
_OTHER = stem("other")

# A word that may be left out names the code a little less than one that may not.
_OPTIONAL = 0.95

# A name the book prints as the title is worth a little more than another of its names.
_KIND_FACTOR = {
    MatchKind.TITLE: 1.0,
    MatchKind.INCLUSION_TERM: 0.995,
    MatchKind.INCLUDES_NOTE: 0.99,
    MatchKind.INDEX_ENTRY: 0.985,
    MatchKind.SYNONYM: 0.985,
    MatchKind.INHERITED: 0.98,
}
KIND_ORDER = {kind: place for place, kind in enumerate((MatchKind.CODE, *_KIND_FACTOR))}

# The names that the book itself prints.
_OF_THE_BOOK = frozenset({MatchKind.TITLE, MatchKind.INCLUSION_TERM, MatchKind.INCLUDES_NOTE})

# A code that was asked for by its notation goes before what its words match.
CODE_SCORE = 2.0
# What a code gains that is opened more than any other; less than one word that is not asked for costs.
_POPULARITY = 0.03
# How much a header counts where codes that can be billed are preferred.
_NOT_BILLABLE = 0.85


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that a search fetched: the line it shows, its category, if any, and the form it was found by."""

    line: EntryLine
    category: str
    form: Form


@dataclass(frozen=True, slots=True)
class Ranked:
    """A code with its score from 0 to 1 and the stems that were looked for. `exact`: the book calls it by the query."""

    candidate: Candidate
    score: float
    stems: frozenset[str]
    exact: bool = False

    @property
    def by_code(self) -> bool:
        """Whether the code was asked for by its notation."""
        return self.candidate.form.kind is MatchKind.CODE


def cost(form: Form, lexicon: Lexicon) -> float:
    """Return what the words of a form would cost together, were none of them asked for."""
    return sum(_cost(word, lexicon) for word in form.stems if word not in form.optional)


def rank(candidates: Iterable[Candidate], query: WordQuery, lexicon: Lexicon) -> list[Ranked]:
    """Return the candidates that match, each with its score."""
    scorers = [_Scorer(variant, lexicon) for variant in query.variants]
    if not scorers:
        return []
    ranked = (_ranked(candidate, query.words, scorers) for candidate in candidates)
    return [one for one in ranked if one.score > 0]


@dataclass(frozen=True, slots=True)
class Preference:
    """What else than words decides the order: the date of service, and whether codes that can be billed go first."""

    day: date
    billable: bool = False

    def key(self, ranked: Ranked, popularity: float) -> tuple[bool, float, bool, int, bool, int, str]:
        """Return the sort key of a code.

        Codes that have ended are last; then count score, the very words of the query, the kind of form, whether it is
        billable, how general it is, the code. `popularity` is that of the code, from 0 to 1. Codes found by their
        notation are equal: they stay in the order of the book.
        """
        if ranked.by_code:
            return (False, -CODE_SCORE, False, 0, False, 0, "")
        line = ranked.candidate.line
        ended = line.effective_to is not None and line.effective_to < self.day
        score = ranked.score * (1 + _POPULARITY * popularity)
        if self.billable and not line.billable:
            score *= _NOT_BILLABLE
        kind = KIND_ORDER[ranked.candidate.form.kind]
        return (ended, -round(score, 5), not ranked.exact, kind, not line.billable, len(line.code), line.code)


def highlights(text: str, stems: frozenset[str]) -> tuple[Span, ...]:
    """Return where words with the given stems stand in a text."""
    return tuple(Span(token.start, token.end) for token in analyse(text) if token.stem in stems)


class _Scorer:
    """A variant prepared for scoring many forms."""

    def __init__(self, variant: Variant, lexicon: Lexicon) -> None:
        self._weight = variant.weight
        self._likelihood = variant.likelihood
        self._lexicon = lexicon
        self._groups = len(variant.groups)
        self._matches: dict[str, list[tuple[int, float]]] = {}
        for place, group in enumerate(variant.groups):
            for alternative, factor in group.stems.items():
                self._matches.setdefault(alternative, []).append((place, group.weight * factor))
        self.stems = frozenset(self._matches)

    def score(self, form: Form) -> float:
        """Return matched weight / (matched + missing in the query + a part of what is unmatched in the form)."""
        matched: dict[int, float] = {}
        unmatched = 0.0
        for word in form.stems:
            found = self._matches.get(word)
            if found is None:
                unmatched += 0.0 if word in form.optional else _cost(word, self._lexicon)
                continue
            share = _OPTIONAL if word in form.optional else 1.0
            for place, weight in found:
                matched[place] = max(weight * share, matched.get(place, 0.0))
        if len(matched) < self._groups and _OTHER in form.stems and _OTHER not in self._matches:
            less = (_UNMATCHED_OTHER - _UNMATCHED_OTHER_LESS) * self._lexicon.weight(_OTHER)
            unmatched = max(unmatched - less, 0.0)  # it may be one of the words that cost nothing
        return self._likelihood * sum(matched.values()) / (self._weight + unmatched)


def _ranked(candidate: Candidate, words: tuple[str, ...], scorers: Sequence[_Scorer]) -> Ranked:
    form = candidate.form
    score, scorer = max(((scorer.score(form), scorer) for scorer in scorers), key=lambda one: one[0])
    exact = form.stems == words and form.kind in _OF_THE_BOOK
    return Ranked(candidate, (1.0 if exact else score) * _KIND_FACTOR[form.kind], scorer.stems, exact)


def _cost(word: str, lexicon: Lexicon) -> float:
    factor = _UNMATCHED_OTHER if word == _OTHER else _UNMATCHED_CHANGING if word in CHANGING else UNMATCHED
    return lexicon.weight(word) * factor
