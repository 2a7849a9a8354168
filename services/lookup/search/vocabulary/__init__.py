"""What words mean that the book does not print: abbreviations, lay terms, words of equal meaning, parts of words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.lookup.search.analysis import Token, stems
from services.lookup.search.vocabulary.tables import Table, read_tables

Rows = Iterable[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Stems that stand together for something else. An abbreviation replaces its letters, a lay term need not."""

    stems: tuple[str, ...]
    expansions: tuple[str, ...]
    abbreviation: bool


class Vocabulary:
    """The words that a query is read with. Of a phrase that a code system has a term for, the term alone is read."""

    def __init__(
        self,
        abbreviations: Rows = (),
        lay_terms: Rows = (),
        equivalents: Rows = (),
        word_parts: Rows = (),
        system_terms: Rows = (),
    ) -> None:
        self._phrases: dict[str, list[Phrase]] = {}
        for rows, abbreviation in ((abbreviations, True), (lay_terms, False)):
            for key, expansions in _grouped(rows).items():
                self._phrases.setdefault(key[0], []).append(Phrase(key, expansions, abbreviation))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: len(phrase.stems), reverse=True)
        lay = (phrase for phrase in self.phrases() if not phrase.abbreviation)
        self._in_any_order = {tuple(sorted(phrase.stems)): phrase for phrase in lay if len(phrase.stems) > 1}
        self._longest = max(map(len, self._in_any_order), default=0)
        self._equivalents: dict[str, set[str]] = {}
        for one, other, *_ in equivalents:
            for word, equal in ((one, other), (other, one)):
                self._equivalents.setdefault(_stem(word), set()).add(_stem(equal))
        self._meanings = {part: meaning for part, meaning, *_ in word_parts}
        self._lengths = sorted({len(part.strip("-")) for part in self._meanings}, reverse=True)
        terms: dict[str, list[Sequence[str]]] = {}
        for system, *row in system_terms:
            terms.setdefault(system, []).append(row)
        self._of_systems = {
            system: Vocabulary(_but(own, abbreviations), [*own, *_but(own, lay_terms)], equivalents, word_parts)
            for system, own in terms.items()
        }

    def of(self, system: str) -> "Vocabulary":
        """Return the words that a query for codes of a system is read with."""
        return self._of_systems.get(system, self)

    def phrases(self) -> Iterator[Phrase]:
        """Yield every abbreviation and lay term."""
        for phrases in self._phrases.values():
            yield from phrases

    def read(self, tokens: Sequence[Token], cut: bool) -> Iterator[tuple[Sequence[Token], Phrase | None]]:
        """Yield the words of a text, those that make a phrase together and with it, each other one alone.

        With `cut`, the last word may be the beginning of one.
        """
        place = 0
        while place < len(tokens):
            phrase = self._phrase_at(tokens, place, cut)
            length = len(phrase.stems) if phrase else 1
            yield tokens[place : place + length], phrase
            place += length

    def _phrase_at(self, tokens: Sequence[Token], place: int, cut: bool) -> Phrase | None:
        """Return the longest phrase that begins at a place, else a lay term of the same words in another order.

        With `cut`, the last word may be the beginning of one.
        """
        for phrase in self._phrases.get(tokens[place].stem, ()):
            written = tokens[place : place + len(phrase.stems)]
            if tuple(token.stem for token in written) == phrase.stems:
                return phrase
            if cut and written[-1] is tokens[-1] and _begins(written, phrase):
                return phrase
        for length in range(min(self._longest, len(tokens) - place), 1, -1):
            words = sorted(token.stem for token in tokens[place : place + length])
            if found := self._in_any_order.get(tuple(words)):
                return found
        return None

    def meaning_of_part(self, word: str) -> str:
        """Return what the longest known ending or beginning of a word says that it is: "-cillin", a penicillin."""
        for length in self._lengths:
            for part in (f"-{word[-length:]}", f"{word[:length]}-"):
                if part in self._meanings:
                    return self._meanings[part]
        return ""

    def equivalents(self, stem_: str) -> Iterable[str]:
        """Return the stems that mean about the same."""
        return self._equivalents.get(stem_, ())


def read_vocabulary(further: Path | None) -> Vocabulary:
    """Return the vocabulary of the project's own tables and of those in a `further` folder.

    Raises VocabularyError for a table that cannot be read.
    """
    tables = read_tables(further)
    return Vocabulary(
        tables[Table.ABBREVIATIONS],
        tables[Table.LAY_TERMS],
        tables[Table.EQUIVALENTS],
        tables[Table.WORD_PARTS],
        tables[Table.SYSTEM_TERMS],
    )


@cache
def shipped() -> Vocabulary:
    """Return the vocabulary of the project's own tables."""
    return read_vocabulary(None)


def _begins(written: Sequence[Token], phrase: Phrase) -> bool:
    """Whether the words are those of a phrase of several, but for the last, which may be cut."""
    if len(written) != len(phrase.stems) or len(written) == 1 or len(written[-1].word) == 1:
        return False
    same = all(token.stem == one for token, one in zip(written[:-1], phrase.stems[:-1], strict=True))
    return same and phrase.stems[-1].startswith(written[-1].word)


def _stem(word: str) -> str:
    """Return the stem of a word as one of a text has it."""
    return " ".join(stems(word))


def _but(terms: Rows, rows: Rows) -> list[Sequence[str]]:
    """Return the rows whose phrase is none of the terms."""
    keys = {tuple(stems(term)) for term, *_ in terms}
    return [row for row in rows if tuple(stems(row[0])) not in keys]


def _grouped(rows: Rows) -> dict[tuple[str, ...], tuple[str, ...]]:
    grouped: dict[tuple[str, ...], tuple[str, ...]] = {}
    for written, expansion, *_ in rows:
        key = tuple(stems(written))
        if key:
            grouped[key] = (*grouped.get(key, ()), expansion)
    return grouped
