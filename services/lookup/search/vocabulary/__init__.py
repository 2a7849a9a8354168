"""What words mean that the book does not print: abbreviations, lay terms, words of equal meaning.

The files beside this module are tables with a header line, separated by tabs; their `source` column says where a row
is from. An ambiguous abbreviation has one row for each expansion, the most usual first.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.lookup.search.analysis import Token, stem, stems

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sequence of stems that stands for something else. An abbreviation replaces its letters, a lay term need not."""

    stems: tuple[str, ...]
    expansions: tuple[str, ...]
    abbreviation: bool


class Vocabulary:
    """The words of the vocabulary files."""

    def __init__(
        self,
        abbreviations: Iterable[tuple[str, str]],
        lay_terms: Iterable[tuple[str, str]],
        equivalents: Iterable[tuple[str, str]],
    ) -> None:
        self._phrases: dict[str, list[Phrase]] = {}
        for rows, abbreviation in ((abbreviations, True), (lay_terms, False)):
            for key, expansions in _grouped(rows).items():
                self._phrases.setdefault(key[0], []).append(Phrase(key, expansions, abbreviation))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: len(phrase.stems), reverse=True)
        self._equivalents: dict[str, set[str]] = {}
        for one, other in equivalents:
            self._equivalents.setdefault(stem(one), set()).add(stem(other))
            self._equivalents.setdefault(stem(other), set()).add(stem(one))

    def phrases(self) -> Iterator[Phrase]:
        """Yield every abbreviation and lay term."""
        for phrases in self._phrases.values():
            yield from phrases

    def phrase_at(self, tokens: Sequence[Token], place: int, cut: bool) -> Phrase | None:
        """Return the longest phrase that begins at a place; with `cut`, the last word may be the beginning of one."""
        for phrase in self._phrases.get(tokens[place].stem, ()):
            written = tokens[place : place + len(phrase.stems)]
            if tuple(token.stem for token in written) == phrase.stems:
                return phrase
            if cut and written[-1] is tokens[-1] and _begins(written, phrase):
                return phrase
        return None

    def equivalents(self, stem_: str) -> Iterable[str]:
        """Return the stems that mean about the same."""
        return self._equivalents.get(stem_, ())


@cache
def shipped() -> Vocabulary:
    """Return the vocabulary of the project's own files."""
    return Vocabulary(_rows("abbreviations.tsv"), _rows("lay_terms.tsv"), _rows("equivalents.tsv"))


def _begins(written: Sequence[Token], phrase: Phrase) -> bool:
    """Whether the words are those of a phrase of several, but for the last, which may be cut."""
    if len(written) != len(phrase.stems) or len(written) == 1 or len(written[-1].word) == 1:
        return False
    same = all(token.stem == one for token, one in zip(written[:-1], phrase.stems[:-1], strict=True))
    return same and phrase.stems[-1].startswith(written[-1].word)


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    grouped: dict[tuple[str, ...], tuple[str, ...]] = {}
    for written, expansion in rows:
        key = tuple(stems(written))
        if key:
            grouped[key] = (*grouped.get(key, ()), expansion)
    return grouped


def _rows(name: str) -> Iterator[tuple[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        for written, meaning, _source in rows:
            yield written, meaning
