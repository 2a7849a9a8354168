"""The words of a release: how much each tells, what a cut word may become, what a misspelt word may have meant."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.lookup.search.analysis import analyse, stem

# Words that say little although they are not in every category.
_GENERIC_WORDS = (
    "disease disorder condition syndrome type encounter unspecified specified classified elsewhere nos nec due cause "
    "part site side region state finding problem complication with patient level "
    "again all almost always any constantly ever just lot much often quite really some sometimes time too very"
)
_GENERIC = frozenset(map(stem, _GENERIC_WORDS.split()))
_GENERIC_FACTOR = 0.35

# The letters of the shorter of two words that are written together.
_SHORTEST_HALF = 3

# Words that make another thing of a name: a history of a disease is not the disease.
CHANGING = frozenset(map(stem, ["history", "screening", "sequela", "exposure", "contact", "susceptibility"]))


class Lexicon:
    """The words of one release. A stem weighs the more, the fewer categories of codes it occurs in."""

    def __init__(self, categories: int, frequencies: Mapping[str, int], words: Iterable[str]) -> None:
        self.categories = categories
        self._frequencies = dict(frequencies)
        self._weights = {stem_: self._weigh(stem_, count) for stem_, count in self._frequencies.items()}
        self._unknown_weight = math.log(1 + categories)
        self._words = sorted(words)
        stems = list(map(stem, self._words))
        self._stems_by_rarity = sorted(set(stems), key=self._rarity)
        places = {stem_: place for place, stem_ in enumerate(self._stems_by_rarity)}
        # Of each word the place of its stem: what a beginning may become is asked at each key.
        self._places = [places[stem_] for stem_ in stems]
        self._by_initial: dict[str, list[str]] = {}
        for word in self._words:
            self._by_initial.setdefault(word[0], []).append(word)

    def _weigh(self, stem_: str, count: int) -> float:
        weight = math.log(1 + self.categories / count)
        return weight * _GENERIC_FACTOR if stem_ in _GENERIC else weight

    def weight(self, stem_: str) -> float:
        """Return how much a stem tells; most for one that is not known."""
        return self._weights.get(stem_, self._unknown_weight)

    def knows_stem(self, stem_: str) -> bool:
        """Whether a code of the release uses the stem."""
        return stem_ in self._weights

    def knows_word(self, word: str) -> bool:
        """Whether a code of the release uses the word as it is spelt."""
        place = bisect_left(self._words, word)
        return place < len(self._words) and self._words[place] == word

    def halves(self, word: str) -> tuple[str, ...]:
        """Return the two words that are written as one, the more frequent ones of several; none when it is not two."""
        pairs = [(word[:at], word[at:]) for at in range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1)]
        known = [pair for pair in pairs if all(map(self.knows_word, pair))]
        return max(known, key=lambda pair: min(self.frequency(stem(half)) for half in pair), default=())

    def completions(self, beginning: str, most: int) -> list[str]:
        """Return the stems of the words that begin so, the frequent first."""
        first = bisect_left(self._words, beginning)
        last = bisect_left(self._words, beginning + "\uffff", first)
        return [self._stems_by_rarity[place] for place in sorted(set(self._places[first:last]))[:most]]

    def corrections(self, word: str, most: int, cut: bool = False) -> list[str]:
        """Return the words that a misspelt one may have meant, best first; a `cut` one may be their beginning.

        One edit is allowed below eight letters and two from eight on; the first letter is taken as right.
        """
        if len(word) < 4 or not word.isalpha():
            return []
        known = self._by_initial.get(word[0], [])
        compared: Sequence[str] = [one[: len(word)] for one in known] if cut else known
        edits = 1 if len(word) < 8 else 2
        close = process.extract(word, compared, scorer=OSA.distance, score_cutoff=edits, limit=None)
        ranked = sorted(close, key=lambda match: (match[1], self._rarity(stem(known[match[2]])), len(known[match[2]])))
        best = {stem(known[place]): known[place] for _, _, place in reversed(ranked)}
        return list(reversed(best.values()))[:most]

    def frequency(self, stem_: str) -> int:
        """Return in how many categories a stem occurs."""
        return self._frequencies.get(stem_, 0)

    def _rarity(self, stem_: str) -> tuple[int, str]:
        return (-self.frequency(stem_), stem_)

    def to_document(self) -> dict[str, Any]:
        """Return the lexicon as the index keeps it."""
        stems = " ".join(f"{stem_}={count}" for stem_, count in self._frequencies.items())
        return {"lexicon": {"categories": self.categories, "stems": stems, "words": " ".join(self._words)}}

    @classmethod
    def from_document(cls, source: Mapping[str, Any]) -> "Lexicon":
        """Read a lexicon that the index kept."""
        stored = source["lexicon"]
        pairs = (pair.rpartition("=") for pair in stored["stems"].split())
        return cls(stored["categories"], {stem_: int(count) for stem_, _, count in pairs}, stored["words"].split())


class LexiconBuilder:
    """Gathers the words of an edition."""

    def __init__(self) -> None:
        self._categories_of: dict[str, set[str]] = {}
        self._categories: set[str] = set()
        self._words: set[str] = set()

    def add(self, category: str, text: str) -> None:
        """Count the words of one form of a code of a category; what is in capitals is no word but an abbreviation."""
        self._categories.add(category)
        for token in analyse(text):
            self._categories_of.setdefault(token.stem, set()).add(category)
            written = text[token.start : token.end]
            if len(written) == 1 or not written.isupper():
                self._words.add(token.word)

    def build(self) -> Lexicon:
        """Return the lexicon of what was added."""
        return Lexicon(
            len(self._categories), {stem_: len(where) for stem_, where in self._categories_of.items()}, self._words
        )
