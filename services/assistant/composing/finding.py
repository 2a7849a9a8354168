"""Searching for the code that words mean: in what they say and what they deny, and in other words where that fails."""

import asyncio
import re
from collections.abc import Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.candidates import (
    SURE,
    Candidate,
    candidates,
    first_of,
    in_order,
    is_external,
    readings,
)
from services.assistant.composing.combinations import Beside, asking, beside, heads, presumed
from services.assistant.composing.contradictions import Told, denied_words, wider
from services.assistant.composing.wording import beginnings
from services.assistant.question import Question, System
from services.assistant.tools import Tools
from services.assistant.understanding.denials import stated
from services.assistant.understanding.encounters import as_the_books
from services.assistant.understanding.phrases import trimmed

_SEARCHED = 20
_LONGEST_QUERY = 300
_CLAUSE = re.compile(r"\s*[,.;:?!]+\s+|\s+[-–—]+\s+")
_PART = re.compile(rf"{_CLAUSE.pattern}|\s+(?:and|but|so)\s+", re.IGNORECASE)
_MOST_CLAUSES = 4
_LATER = "subsequent encounter"
# The share of a phrase that a code must say to be more than the nearest.
NEAR = 0.5
# The share that a hit must say to be an answer at all.
LEAST = 0.3
_FEW = 2


class Finder:
    """Searches code systems for what a question says."""

    def __init__(self, systems: Sequence[System], question: Question, tools: Tools) -> None:
        self._systems = systems
        self._question = question
        self._tools = tools
        self.there, self.denied = stated(question.phrase)

    async def best(self) -> list[Candidate]:
        """Return what is found by the words, the best first."""
        side = self._question.side.value if self._question.side else ""
        text = (self.there if side in self.there.lower() else f"{side} {self.there}")[:_LONGEST_QUERY]
        if combined := presumed(self.there):
            return await self.search(combined)
        hits = await self.search(text)
        if not _fits(hits) and (elsewhere := wider(text)):
            hits = _better(hits, await self.search(elsewhere, text))
        if hits and hits[0].share >= NEAR and not hits[0].against:
            return hits
        if one := await self._of_a_clause(_CLAUSE, _FEW):
            return one
        # A word alone tells little: "accidental".
        return hits if hits and hits[0].share >= LEAST else await self._of_a_clause(_PART, 1) or hits

    async def _of_a_clause(self, end: re.Pattern[str], words: int) -> list[Candidate]:
        """Return what is found by one of several clauses of as many words, where one says a condition of a code."""
        clauses = [trimmed(clause) for clause in end.split(self.there) if len(beginnings(clause)) >= words]
        later = f" {_LATER}" if _LATER in as_the_books(self.there) else ""
        clauses = [clause for clause in clauses[:_MOST_CLAUSES] if clause]
        found = await asyncio.gather(*(self.search(clause + later) for clause in clauses))
        fitting = [hits for hits in found if _fits(hits) and not is_external(hits[0].entry)]
        return max(fitting, key=lambda hits: (hits[0].fit, -len(hits[0].found.readings)), default=[])

    async def search(self, text: str, told_as: str = "") -> list[Candidate]:
        """Return what is found by a text, with and without what is denied, the best first by what is told."""
        answers = [await self._search(text)]
        there, meant = told_as or text, []
        if self.denied:
            without = await self._search(text + "".join(f" without {words}" for words in self.denied))
            read = {one.written.lower(): one.meanings[0] for one in without.readings if one.meanings}
            meant = [read[words.lower()] for words in self.denied if words.lower() in read]
            answers.append(without)
        said = " ".join(readings(answers[0], there))
        told = Told(there, denied_words(self.denied, there), denied_words(meant, said), self._question.side)
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

    async def _search(self, query: str) -> lookup.SearchResponse:
        """Search the systems for a phrase; without a date each answers by its newest release."""
        if self._question.dates is None:
            return await self._tools.search(query, self._systems, prefer_billable=True, page_size=_SEARCHED)
        dated = self._tools.on_system(self._systems[0], self._question.dates)
        covered = [
            one for one in self._systems if any(edition.covers(dated.on) for edition in self._tools.loaded([one]))
        ]
        return await self._tools.search(query, covered, dated, prefer_billable=True, page_size=_SEARCHED)


def _fits(hits: Sequence[Candidate]) -> bool:
    return bool(hits) and not hits[0].against and hits[0].share >= SURE


def _better(some: list[Candidate], others: list[Candidate]) -> list[Candidate]:
    return min((some, others), key=lambda hits: (hits[0].against, -hits[0].share) if hits else (_FEW, 1.0))
