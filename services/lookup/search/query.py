"""What a query of words may mean: variants of groups of stems, with abbreviations expanded and typos corrected."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from services.lookup.answers import Reading
from services.lookup.search.analysis import Token, analyse
from services.lookup.search.lexicon import CHANGING, Lexicon
from services.lookup.search.vocabulary import Phrase, Vocabulary

# How much a stem counts that stands for the written one.
_COMPLETION = 0.92
_USUAL = 0.05
_STEPS = 4
_EQUIVALENT = 0.75
_CORRECTION = 0.95
# How much more a word counts that makes another thing of a name.
_CHANGING = 1.6
# How much each further way to read a phrase counts against the one before it.
_NEXT_WAY = 0.98

# By how many letters are written: a single one may become thousands of words.
_MOST_COMPLETIONS = {1: 16, 2: 32, 3: 96}
_MOST_WAYS = 1024
_MOST_VARIANTS = 8
_MOST_WORDS = 40
_MOST_SUGGESTIONS = 3
# A variant of which less is known cannot be answered: what is known is not what was asked.
_LEAST_KNOWN_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Group:
    """One word of a query: how much it tells, and the stems that satisfy it, each with its factor."""

    weight: float
    stems: dict[str, float]


@dataclass(frozen=True, slots=True)
class Variant:
    """One reading of a query, and how likely it is against the likeliest."""

    groups: tuple[Group, ...]
    likelihood: float = 1.0

    @property
    def weight(self) -> float:
        """What all its words tell together."""
        return sum(group.weight for group in self.groups)

    @property
    def known_weight(self) -> float:
        """What the words tell that the release knows."""
        return sum(group.weight for group in self.groups if group.stems)


@dataclass(frozen=True, slots=True)
class WordQuery:
    """What a query may mean.

    `corrected` is the text that was understood when a word was corrected, else empty; `readings` are its words and
    phrases that were read as something else as well. `words` are the stems that are written, each once.
    """

    variants: tuple[Variant, ...]
    corrected: str
    suggestions: tuple[str, ...]
    readings: tuple[Reading, ...] = ()
    words: tuple[str, ...] = ()


def understand(text: str, lexicon: Lexicon, vocabulary: Vocabulary, as_typed: bool) -> WordQuery:
    """Return what a query may mean to a release. `as_typed`: its last word may be cut, unless a space follows it."""
    tokens = analyse(text)[:_MOST_WORDS]
    cut = as_typed and bool(tokens) and tokens[-1].end == len(text)
    reader = _Reader(text, tokens, lexicon, vocabulary, cut)
    options = list(reader.read())
    ways = islice(product(*map(enumerate, options)), _MOST_WAYS)
    likeliest = sorted(ways, key=lambda way: sum(place for place, _ in way))[:_MOST_VARIANTS]
    variants = map(_variant, likeliest)
    corrected, suggestions = _spellings(text, reader.corrections)
    words = tuple(dict.fromkeys(token.stem for token in tokens))
    return WordQuery(tuple(filter(_answerable, variants)), corrected, suggestions, tuple(reader.readings), words)


def _variant(ways: Sequence[tuple[int, list[Group]]]) -> Variant:
    groups = tuple(group for _, part in ways for group in part)
    return Variant(groups, _NEXT_WAY ** sum(place for place, _ in ways))


def _answerable(variant: Variant) -> bool:
    return bool(variant.groups) and variant.known_weight >= _LEAST_KNOWN_SHARE * variant.weight


class _Reader:
    """Reads the tokens of one query, remembering what it reads as something else and the corrections it makes."""

    def __init__(self, text: str, tokens: Sequence[Token], lexicon: Lexicon, vocabulary: Vocabulary, cut: bool) -> None:
        self._text = text
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._tokens = tokens
        self._cut = cut
        self._last_may_be_cut = cut or (bool(tokens) and not lexicon.knows_word(tokens[-1].word))
        self.corrections: list[tuple[Token, list[str]]] = []
        self.readings: list[Reading] = []

    def read(self) -> Iterator[list[list[Group]]]:
        """Yield for each word or phrase the ways to read it, the literal one first."""
        parts = list(self._vocabulary.read(self._tokens, self._last_may_be_cut))
        place = 0
        while place < len(parts):
            apart = [token for written, phrase in parts[place : place + 2] if phrase is None for token in written]
            if len(apart) == 2 and (closed := self._closed(*apart)):
                yield [[self._group(token) for token in apart], closed]
                place += 2
            else:
                yield self._ways(*parts[place])
                place += 1

    def _closed(self, one: Token, other: Token) -> list[Group]:
        """Return the group of the word that two words are when written as one: "snow board"."""
        word = one.word + other.word
        return self._exactly(word) if word.isalpha() and self._lexicon.knows_word(word) else []

    def _ways(self, written: Sequence[Token], phrase: Phrase | None) -> list[list[Group]]:
        if phrase is None:
            return self._ways_of_word(written[0])
        known = all(self._lexicon.knows_stem(token.stem) for token in written)
        bare = len(written) == len(self._tokens)
        cut = self._cut and written[-1] is self._tokens[-1]
        expanded = [self._exactly(expansion) for expansion in phrase.expansions]
        if phrase.abbreviation and not bare and self._are_words(written) and not self._is_upper(written):
            return [[self._group(token) for token in written]]
        self.readings.append(Reading(self._text[written[0].start : written[-1].end], phrase.expansions))
        if not cut and (not known or _is_spelt_out(written)):
            return expanded
        return [[self._group(token) for token in written], *expanded]

    def _ways_of_word(self, token: Token) -> list[list[Group]]:
        """Return the ways to read a word: it may tell by its part what it is; an unknown one may be two words."""
        ways = [[self._group(token)]]
        if meaning := self._vocabulary.meaning_of_part(token.word):
            self.readings.append(Reading(self._text[token.start : token.end], (meaning,)))
            ways.append(self._exactly(meaning))
        if not self._lexicon.knows_stem(token.stem) and (halves := self._lexicon.halves(token.word)):
            ways.append(self._exactly(" ".join(halves)))
        return ways

    def _are_words(self, written: Sequence[Token]) -> bool:
        return all(self._lexicon.knows_word(token.word) for token in written) and not _is_spelt_out(written)

    def _is_upper(self, written: Sequence[Token]) -> bool:
        return self._text[written[0].start : written[-1].end].isupper()

    def _exactly(self, text: str) -> list[Group]:
        """Return the groups of words that are spelt as meant."""
        return [self._exact(token) for token in analyse(text)]

    def _exact(self, token: Token) -> Group:
        """Return the group of a word that is spelt as meant."""
        known = {token.stem: 1.0} if self._lexicon.knows_stem(token.stem) else {}
        weight = self._lexicon.weight(token.stem) * (_CHANGING if token.stem in CHANGING else 1.0)
        return Group(weight, self._with_equivalents(token.stem, known))

    def _group(self, token: Token) -> Group:
        """Return the group of a word that may be cut or misspelt."""
        last = token is self._tokens[-1]
        if self._lexicon.knows_stem(token.stem):
            exact = self._exact(token)
            completed = self._completed(token) if last and self._last_may_be_cut else {}
            # A beginning may happen to be a stem, as "retin" is of retinal: retinopathy is then meant as well.
            if self._lexicon.knows_word(token.word):
                return Group(exact.weight, completed | exact.stems)
            return Group(self._weight(completed) if self._cut and completed else exact.weight, exact.stems | completed)
        equivalents = self._with_equivalents(token.stem, {})
        if equivalents:
            return self._weighed(equivalents)
        return self._guessed(token, cut=last and self._cut)

    def _guessed(self, token: Token, cut: bool) -> Group:
        """Return the group of an unknown word: the beginning of frequent words, or a misspelt one."""
        completed = self._completed(token) if cut or len(token.word) > 2 else {}
        if completed and (cut or self._frequency(completed) >= self._frequency(self._best_correction(token))):
            return self._weighed(completed)
        return self._corrected(token, cut)

    def _weighed(self, stems: dict[str, float]) -> Group:
        """Return the group of stems that stand for an unknown word."""
        return Group(self._weight(stems), stems)

    def _weight(self, stems: Iterable[str]) -> float:
        """Return what a word tells that stands for one of several, the most frequent first: as much as that."""
        return self._lexicon.weight(next(iter(stems)))

    def _frequency(self, stems: Iterable[str]) -> int:
        return sum(map(self._lexicon.frequency, stems))

    def _best_correction(self, token: Token) -> list[str]:
        return [analyse(word)[0].stem for word in self._lexicon.corrections(token.word, 1)]

    def _corrected(self, token: Token, cut: bool) -> Group:
        words = self._lexicon.corrections(token.word, _MOST_SUGGESTIONS + 1, cut)
        if not words:
            return Group(self._lexicon.weight(token.stem), {})
        self.corrections.append((token, words))
        stem = analyse(words[0])[0].stem
        return Group(self._lexicon.weight(stem), self._with_equivalents(stem, {stem: _CORRECTION}))

    def _completed(self, token: Token) -> dict[str, float]:
        """Return what a beginning may become; words of many categories are likelier, in a few steps."""
        stems = self._lexicon.completions(token.word, _MOST_COMPLETIONS[min(len(token.word), 3)])
        most = math.log1p(max(map(self._lexicon.frequency, stems), default=0))
        return {
            stem: _COMPLETION + _USUAL * round(_STEPS * math.log1p(self._lexicon.frequency(stem)) / most) / _STEPS
            for stem in stems
        }

    def _with_equivalents(self, stem: str, stems: dict[str, float]) -> dict[str, float]:
        equivalents = filter(self._lexicon.knows_stem, self._vocabulary.equivalents(stem))
        return dict.fromkeys(equivalents, _EQUIVALENT) | stems


def _is_spelt_out(written: Sequence[Token]) -> bool:
    """Whether words are letters one by one: "h/o"."""
    return len(written) > 1 and all(len(token.word) == 1 for token in written)


def _spellings(text: str, corrections: Sequence[tuple[Token, list[str]]]) -> tuple[str, tuple[str, ...]]:
    """Return the text with its words corrected, and with each other word that one may have meant."""
    if not corrections:
        return "", ()
    best = {token.start: words[0] for token, words in corrections}
    others = [
        _replaced(text, corrections, best | {token.start: word})
        for token, words in corrections
        for word in words[1 : 1 + _MOST_SUGGESTIONS]
    ]
    return _replaced(text, corrections, best), tuple(others)


def _replaced(text: str, corrections: Sequence[tuple[Token, list[str]]], words: Mapping[int, str]) -> str:
    for token, _ in sorted(corrections, key=lambda one: one[0].start, reverse=True):
        text = text[: token.start] + words[token.start] + text[token.end :]
    return text
