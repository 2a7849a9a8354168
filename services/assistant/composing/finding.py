"""Searching for the code that words mean: in what they say and what they deny, and in other words where that fails."""

import asyncio
import re
from collections.abc import Iterable, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.candidates import (
    ALIKE,
    SURE,
    Candidate,
    candidates,
    first_of,
    in_order,
    is_external,
    readings,
    share,
)
from services.assistant.composing.combinations import Beside, asking, beside, heads, presumed
from services.assistant.composing.contradictions import Told, denied_words, wider
from services.assistant.composing.wording import beginnings, telling
from services.assistant.question import Question, Side, System
from services.assistant.tools import Tools
from services.assistant.understanding.chapters import EXTERNAL_CAUSES, PREGNANCY
from services.assistant.understanding.denials import stated
from services.assistant.understanding.encounters import as_the_books, tells_encounter
from services.assistant.understanding.phrases import PREGNANT, trimmed

_SEARCHED = 20
# A number may lie in the span of any of many codes: of the body mass index.
_SEARCHED_FOR_NUMBERS = 60
_NUMBER = re.compile(r"\b\d")
_LONGEST_QUERY = 300
_CLAUSE = re.compile(r"\s*[,.;:?!]+\s+|\s+[-–—]+\s+")
_PART = re.compile(rf"{_CLAUSE.pattern}|\s+(?:and|but|so|before|after|prior to|while|when|from)\s+", re.IGNORECASE)
_MOST_CLAUSES = 4
_LATER = "subsequent encounter"
# The share of a phrase that a code must say to be more than the nearest.
NEAR = 0.5
# The share that a hit must say to be an answer at all.
LEAST = 0.3
# The same where only codes of one chapter are asked for: a story tells much beside.
_LEAST_WITHIN = 0.15
_FEW = 2
# Codes beside that of a cause, each asked for by its name: where, at what and as what something happened.
_BESIDE_A_CAUSE = {
    "Y92": re.compile(r"\bplace of (?:occurrence|injury)\b", re.IGNORECASE),
    "Y93": re.compile(r"\bactivity codes?\b", re.IGNORECASE),
    "Y99": re.compile(r"\bstatus codes?\b", re.IGNORECASE),
}
# What tells of a pregnancy and of its weeks, beside the condition that is told.
_OF_GESTATION = re.compile(
    r"\b(?:pregnan\w+|(?:first|second|third) trimester|\d+ weeks(?: along)?|patient|pt)\b", re.IGNORECASE
)
_FRACTURE = re.compile(r"\b(?:fx|fractures?|fractured|broken?)\b", re.IGNORECASE)
_PRESUMED = re.compile(r",? *\b(?:closed|initial(?: encounter)?|for closed fracture)\b", re.IGNORECASE)
# What codes of pregnancy and of its supervision begin with.
_INJURY = ("S", "T")
_OF_PREGNANCY = ("O", "Z34", "Z36")


class Finder:
    """Searches code systems for what a question says."""

    def __init__(self, systems: Sequence[System], question: Question, tools: Tools) -> None:
        self._systems = systems
        self._question = question
        self._tools = tools
        self.there, self.denied = stated(question.phrase)
        self._tried = {self.there}
        self.least = _LEAST_WITHIN if question.chapter else LEAST

    async def best(self) -> list[Candidate]:
        """Return what is found by the words, the best first; of the chapter that is asked for, if it has any."""
        if chapter := self._question.chapter:
            hits = await self._within(chapter, self.there)
            if hits and hits[0].share >= self.least:
                return hits
        hits = await self._anywhere()
        if not PREGNANT.search(self.there) or self._question.chapter:
            return hits
        told = _OF_GESTATION.sub(" ", self.there)
        if _share(hits, told) >= SURE and hits[0].entry.code.startswith(_OF_PREGNANCY):
            return hits
        self.least = _LEAST_WITHIN
        within = await self._within(PREGNANCY, told)
        # Codes of pregnancy go before others (I.C.15.a.1): they need say no more.
        return within if 0 < _share(within, told) >= _share(hits, told) else hits

    async def _within(self, chapter: str, told: str) -> list[Candidate]:
        """Return what all the words or a clause of them find in a chapter, by how much it says of what is told."""
        clauses = [clause for part in _PART.split(self.there) if (clause := trimmed(part)) and beginnings(clause)]
        texts = dict.fromkeys([self._sided(self.there), trimmed(told) or self.there, *clauses[:_MOST_CLAUSES]])
        found = await asyncio.gather(*(self.search(text, self.there, chapter=chapter) for text in texts))
        if chapter == EXTERNAL_CAUSES:
            found = [_of_the_kind(hits, self._question.text) for hits in found]
        return max(filter(None, found), key=lambda hits: (-hits[0].against, _said(hits, told)), default=[])

    async def _anywhere(self) -> list[Candidate]:
        text = self._sided(_presumed_of_fracture(self.there))
        if combined := presumed(self.there):
            return await self.search(combined)
        hits = await self.search(text)
        if not _fits(hits) and (elsewhere := wider(text)):
            hits = _better(hits, await self.search(elsewhere, text))
        hits = _disease_first(hits)
        cause = bool(hits) and is_external(hits[0].entry)
        if hits and hits[0].share >= NEAR and not hits[0].against and not cause:
            return hits
        if one := await self._of_a_clause(_CLAUSE, _FEW):
            return self._fuller(hits, one)
        # A word alone tells little: "accidental".
        enough = bool(hits) and hits[0].share >= LEAST and not cause
        one = await self._of_a_clause(_PART, _FEW if enough else 1)
        if cause:
            return one if one and one[0].entry.code.startswith(_INJURY) else hits
        return self._fuller(hits, one) if one else hits

    def _fuller(self, hits: list[Candidate], clause: list[Candidate]) -> list[Candidate]:
        """Return what all the words found where they name all of its title and more than what a clause found says."""
        if not is_named(hits) or hits[0].against:
            return clause
        return max(hits, clause, key=lambda found: _said(found, self.there))

    def _sided(self, text: str) -> str:
        side = self._question.side.value if self._question.side else ""
        return (text if side in text.lower() else f"{side} {text}")[:_LONGEST_QUERY]

    def _side_of(self, text: str) -> Side | None:
        """Return the side that is told of a text: its own one where different sides are told of several conditions."""
        sides = [side for side in (Side.LEFT, Side.RIGHT) if re.search(rf"\b{side.value}\b", self.there, re.IGNORECASE)]
        if len(sides) < _FEW:
            return self._question.side
        own = [side for side in sides if re.search(rf"\b{side.value}\b", text, re.IGNORECASE)]
        return own[0] if len(own) == 1 else None

    async def _of_a_clause(self, end: re.Pattern[str], words: int) -> list[Candidate]:
        """Return what is found by one of several clauses of as many words, where one says a condition of a code."""
        parts = [trimmed(part) for part in end.split(self.there) if not tells_encounter(part.lower())]
        # What was searched for already fitted nothing.
        clauses = [part for part in parts if len(beginnings(part)) >= words and part not in self._tried]
        clauses = clauses[:_MOST_CLAUSES]
        self._tried.update(clauses)
        later = f" {_LATER}" if _LATER in as_the_books(self.there) else ""
        found = await asyncio.gather(*(self.search(clause + later) for clause in clauses))
        fitting = [hits for hits in found if _fits(hits) and not is_external(hits[0].entry)]
        # A symptom is integral to the disease that is told beside it (I.B.5).
        return max(fitting, key=lambda hits: (not _is_symptom(hits[0].entry), _said(hits, self.there)), default=[])

    async def search(self, text: str, told_as: str = "", chapter: str = "") -> list[Candidate]:
        """Return what is found by a text, with and without what is denied, the best first by what is told."""
        queries = dict.fromkeys([text, text + "".join(f" without {words}" for words in self.denied)])
        answers = await asyncio.gather(*(self._search(query, chapter) for query in queries))
        there = told_as or text
        read = {one.written.lower(): one.meanings[0] for one in answers[-1].readings if one.meanings}
        meant = [read[words.lower()] for words in self.denied if words.lower() in read]
        said = " ".join(readings(answers[0], there))
        told = Told(there, denied_words(self.denied, there), denied_words(meant, said), self._side_of(there))
        found: dict[str, Candidate] = {}
        for answer in answers:
            for one in candidates(answer, told):
                found.setdefault(one.entry.code, one)
        return in_order(found.values(), there) if self.denied else list(found.values())

    async def together(self, hits: Sequence[Candidate]) -> tuple[Candidate, list[Beside]]:
        """Return the best code with those to report beside it; of a part of what is told where that says more."""
        best = hits[0]
        dated = self._tools.on_system(best.entry.system, self._question.dates)
        if best.entry.system != lookup.CODE_SYSTEM_ICD10CM or len(beginnings(self.there)) < _FEW:
            return best, []
        if with_it := await beside(best.entry, self.there, self._tools, dated):
            return best, with_it
        if best.share < 1 and (one := await asking(best.entry, hits[1:], self.there, self._tools, dated)):
            return best, [one]
        for head in heads(self.there) if best.share < SURE else ():
            first = first_of(await self.search(head))
            if not first or first.share < SURE or first.entry.code == best.entry.code:
                continue
            if with_it := await beside(first.entry, self.there, self._tools, dated):
                return first, with_it
        return best, []

    async def _search(self, query: str, chapter: str = "") -> lookup.SearchResponse:
        """Search the systems for a phrase; without a date each answers by its newest release."""
        systems = [lookup.CODE_SYSTEM_ICD10CM] if chapter else self._systems
        dated = None
        if self._question.dates is not None:
            dated = self._tools.on_system(systems[0], self._question.dates)
            systems = [one for one in systems if any(edition.covers(dated.on) for edition in self._tools.loaded([one]))]
        size = _SEARCHED_FOR_NUMBERS if _NUMBER.search(query) else _SEARCHED
        return await self._tools.search(query, systems, dated, chapter=chapter, prefer_billable=True, page_size=size)


def is_named(hits: Sequence[Candidate]) -> bool:
    """Whether all the telling words of the first title are told, and these are some."""
    return bool(hits) and hits[0].exact == 1 and len(telling(hits[0].entry.title)) >= _FEW


def _share(hits: Sequence[Candidate], told: str) -> float:
    return share(hits[0].hit, hits[0].found, told) if hits else 0.0


def _said(hits: Sequence[Candidate], told: str) -> tuple[float, int]:
    """Return how much the first hit says of all that is told, and how little it was read as something else."""
    return _share(hits, told) + ALIKE * hits[0].exact, -len(hits[0].found.readings)


def _of_the_kind(causes: Iterable[Candidate], text: str) -> list[Candidate]:
    """Return of codes of external causes those that a text asks for: of places, of activities, or causes."""
    kind = next((code for code, named in _BESIDE_A_CAUSE.items() if named.search(text)), "")
    return [
        one
        for one in causes
        if (one.entry.code.startswith(kind) if kind else one.entry.code[:3] not in _BESIDE_A_CAUSE)
    ]


def _presumed_of_fracture(text: str) -> str:
    """Return words of a fracture without what is presumed of one: that it is closed, and seen for the first time."""
    return _PRESUMED.sub("", text) if _FRACTURE.search(text) else text


def _is_symptom(entry: lookup.Entry) -> bool:
    return entry.system == lookup.CODE_SYSTEM_ICD10CM and entry.code.startswith("R")


def _disease_first(hits: list[Candidate]) -> list[Candidate]:
    """Return hits with the disease first that says as much of what is told as a symptom of it."""
    if not hits or not _is_symptom(hits[0].entry) or hits[0].share >= SURE:
        return hits
    named = (one for one in hits[1:] if one.share >= hits[0].share and one.exact == 1 and not one.against)
    one = next((one for one in named if one.entry.system == hits[0].entry.system and not _is_symptom(one.entry)), None)
    return [one, *(other for other in hits if other is not one)] if one else hits


def _fits(hits: Sequence[Candidate]) -> bool:
    return bool(hits) and not hits[0].against and hits[0].share >= SURE


def _better(some: list[Candidate], others: list[Candidate]) -> list[Candidate]:
    return min((some, others), key=lambda hits: (hits[0].against, -hits[0].share) if hits else (_FEW, 1.0))
