"""The published books of coding rules, section by section."""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.lookup import metrics, paging
from services.lookup.facts.kinds import Found, Want
from services.lookup.facts.registry import FactChoice
from services.lookup.facts.source import Source
from services.lookup.guidelines.model import Passage
from services.lookup.index import queries
from services.lookup.index.guidelines import CONTENTS_ID, KINDS, ContentsLine
from services.lookup.releases import parse_effective_on
from services.lookup.search.analysis import analyse, stems
from services.lookup.search.request import checked_query
from services.lookup.search.vocabulary import Vocabulary
from services.lookup.serving import Serving
from services.runtime.errors import Kind, Refusal

_PAGE_SIZE = 10
_MOST_PAGE_SIZE = 50
# Of each book: enough for a page when those of another setting and those that say the same are left out.
_CANDIDATES = 120

# The id of a section alone: "I.C.9.a", "section IV.H".
_SECTION = re.compile(r"(?:section )?([ivx]+(?:\.\w+)+)\.?", re.IGNORECASE)
# Words of a question that say nothing of what is asked about.
_ASKING = {"can", "could", "how", "need", "should", "there", "want", "what", "where", "whether", "why", "would"}

# What a stem is worth that stands for the written one; and a code, or the category of one.
_EXPANSION = 0.8
_EQUIVALENT = 0.7
_CODE = 2.0
_CODE_OR_CATEGORY = re.compile(r"\d{5}|\d{4}[a-z]|[a-z]\d[0-9a-z]|[a-z]\d{4}")
# What follows the category of a code: a number alone says nothing.
_BELOW_CATEGORY = re.compile(r"(?<=\b[A-Z]\d[0-9A-Z])\.[0-9A-Z]{1,4}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PassageAnswer:
    """A section and the lines of those right below it; without a section, the lines of the whole book."""

    found: Found[Any]
    passage: Passage | None
    below: tuple[ContentsLine, ...]


class CareSetting(StrEnum):
    """Where a patient is cared for."""

    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"


# The sections of the guidelines that are for patients elsewhere.
_OF_OTHERS = {CareSetting.INPATIENT: ("IV",), CareSetting.OUTPATIENT: ("II", "III", "Appendix-I")}


@dataclass(frozen=True, slots=True)
class PassageSearch:
    """What sections are searched for; the fields are those of the proto message."""

    query: str
    sources: tuple[Source, ...] = ()
    setting: CareSetting | None = None
    effective_on: str = ""
    page_size: int = 0


@dataclass(frozen=True, slots=True)
class PassageHits:
    """Sections with their book, best first, and what was asked of each book, with one of its hits."""

    hits: tuple[tuple[Source, Passage], ...]
    found: tuple[Found[Any], ...]


class Passages:
    """Reads the books of coding rules."""

    def __init__(self, serving: Serving, vocabulary: Vocabulary) -> None:
        self._serving = serving
        self._vocabulary = vocabulary

    async def get(self, source: Source, id: str, effective_on: str, timeout: float) -> PassageAnswer:
        """Return a section, or the contents of the book for no id, on a date of service, today for none.

        Nothing when the book is not loaded for the date. Refuses a section that the edition does not have.
        """
        day = parse_effective_on(effective_on)
        return await self._serving.with_current_indices(lambda: self._get(source, id, day, timeout), timeout)

    async def search(self, request: PassageSearch, timeout: float) -> PassageHits:
        """Return the sections of books that words fit best, on a date of service, today for none.

        Of sections that say the same, word for word, there is only the first.
        """
        day = parse_effective_on(request.effective_on)
        size = paging.page_size(request.page_size, _PAGE_SIZE, _MOST_PAGE_SIZE)
        words = list(words_searched(checked_query(request.query), self._vocabulary))
        body = queries.passages(words, _CANDIDATES)

        async def answer() -> PassageHits:
            kinds = [KINDS[source].passage for source in dict.fromkeys(request.sources) or KINDS]
            searched = await asyncio.gather(*(self._serving.facts.search(kind, body, day, timeout) for kind in kinds))
            hits = [
                (score, kind.source, passage)
                for kind, (_, scored) in zip(kinds, searched, strict=True)
                for passage, score in scored
                if _concerns(kind.source, passage, request.setting)
            ]
            distinct: dict[str, tuple[Source, Passage]] = {}
            for _, source, passage in sorted(hits, key=lambda hit: -hit[0]):
                distinct.setdefault(passage.text, (source, passage))
            a_hit = dict(distinct.values())
            return PassageHits(
                tuple(distinct.values())[:size],
                tuple(replace(found, fact=a_hit.get(found.source)) for found, _ in searched),
            )

        started = time.perf_counter()
        answered = await self._serving.with_current_indices(answer, timeout)
        metrics.searched("passages", "found" if answered.hits else "nothing", started)
        return answered

    async def _get(self, source: Source, id: str, day: date | None, timeout: float) -> PassageAnswer:
        kinds, facts = KINDS[source], self._serving.facts
        wanted = Want(kinds.contents, CONTENTS_ID)
        contents = (await facts.of([wanted], day, timeout)).get(*wanted)
        lines: tuple[ContentsLine, ...] = contents.fact or ()
        if not id or contents.choice is None:
            return PassageAnswer(contents, None, lines)
        # The index has other documents too, which are no sections.
        if all(line.id != id for line in lines):
            raise _not_found(contents.choice, id)
        answers = await facts.of([Want(kinds.passage, id)], day, timeout)
        found = answers.get(kinds.passage, id)
        return PassageAnswer(found, found.fact, tuple(_below(id, lines)))


def words_searched(text: str, vocabulary: Vocabulary) -> Iterator[dict[str, float]]:
    """Yield for each word or phrase of a query the stems that stand for it, with what each is worth.

    A code of ICD-10-CM is read by its category. A query that is the id of a section is one word.
    """
    if section := _SECTION.fullmatch(text.strip()):
        yield {section[1].lower(): 1.0}
        return
    written = analyse(_BELOW_CATEGORY.sub("", text))
    tokens = [token for token in written if token.word not in _ASKING] or written
    for words, phrase in vocabulary.read(tokens, cut=False):
        worth: dict[str, float] = {}
        for expansion in phrase.expansions if phrase else ():
            worth |= dict.fromkeys(stems(expansion), _EXPANSION)
        for token in words:
            worth |= dict.fromkeys(vocabulary.equivalents(token.stem), _EQUIVALENT)
            worth[token.stem] = _CODE if _CODE_OR_CATEGORY.fullmatch(token.word) else 1.0
        yield worth


def _concerns(source: Source, passage: Passage, setting: CareSetting | None) -> bool:
    """Whether a section is for a setting: some of the guidelines are for inpatients only, or for outpatients."""
    section = passage.id.partition(".")[0]
    return source is not Source.GUIDELINES_ICD10CM or setting is None or section not in _OF_OTHERS[setting]


def _below(id: str, lines: Iterable[ContentsLine]) -> Iterable[ContentsLine]:
    depth = id.count(".") + 1
    return (line for line in lines if line.id.startswith(f"{id}.") and line.id.count(".") == depth)


def _not_found(choice: FactChoice, id: str) -> Refusal:
    load = choice.load
    metadata = {"source": load.source.value, "id": id, "edition": load.edition}
    return Refusal(Kind.NOT_FOUND, "PASSAGE_NOT_FOUND", f"{load.display_name} has no section {id}", metadata=metadata)
