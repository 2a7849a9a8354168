"""The rules that govern a code, as messages of the contract."""

from datetime import date
from typing import Any

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.model import System
from services.lookup.facts.kinds import Answers, Found
from services.lookup.facts.source import Source
from services.lookup.guidelines.model import Passage
from services.lookup.index.guidelines import KINDS, SOURCES, NamingPassage, chapter_id, naming_id
from services.lookup.messages.sources import SOURCES as SOURCE_NUMBERS
from services.lookup.messages.sources import status
from services.lookup.passages import CareSetting, PassageAnswer, PassageHits, PassageSearch
from services.runtime.errors import invalid

_SETTINGS = {pb.CARE_SETTING_INPATIENT: CareSetting.INPATIENT, pb.CARE_SETTING_OUTPATIENT: CareSetting.OUTPATIENT}


def guidelines(system: System, code: str, answers: Answers, day: date) -> pb.Guidelines:
    """Return the passages that name the code, then those that name what is above it, then those that name a range.

    At the end stand the sections of its chapter, by title alone. Systems without a book of rules have none.
    """
    if system not in SOURCES:
        return pb.Guidelines(status=pb.SourceStatus(availability=pb.AVAILABILITY_NONE))
    kinds = KINDS[SOURCES[system]]
    naming = answers.get(kinds.naming, naming_id(code))
    ranked = _ranked(system, code, naming.fact or ())
    statuses: list[Found[Any]] = [naming]
    passages = ranked
    if id := chapter_id(system, code):
        chapter = answers.get(kinds.chapter, id)
        shown = {one.id for one in ranked}
        passages = [*ranked, *(one for one in chapter.fact or () if one.id not in shown)]
        statuses.append(chapter)
    return pb.Guidelines(status=status(*statuses), passages=map(passage, passages))


def source_of(number: int, field: str = "source") -> Source:
    """Return the book that a request names. Raises a refusal of the field for what is no book."""
    source = next((source for source in KINDS if SOURCE_NUMBERS[source] == number), None)
    if source is None:
        raise invalid(field, "expected ICD10CM_GUIDELINES or NCCI_POLICY_MANUAL")
    return source


def passage_answer(answer: PassageAnswer) -> pb.GetPassageResponse:
    """Return a section, or the contents of a book."""
    return pb.GetPassageResponse(
        status=status(answer.found),
        passage=passage(answer.passage) if answer.passage else None,
        below=[pb.PassageLine(id=line.id, title=line.title) for line in answer.below],
    )


def passage_search(request: pb.SearchPassagesRequest) -> PassageSearch:
    """Read what sections are searched for. Raises a refusal of the field for what is no book, and for no setting."""
    if request.setting not in pb.CareSetting.values():
        raise invalid("setting", "expected INPATIENT or OUTPATIENT")
    return PassageSearch(
        query=request.query,
        sources=tuple(source_of(number, "sources") for number in request.sources),
        setting=_SETTINGS.get(request.setting),
        effective_on=request.effective_on,
        page_size=request.page_size,
    )


def passage_hits(answer: PassageHits) -> pb.SearchPassagesResponse:
    """Return sections that were found."""
    return pb.SearchPassagesResponse(
        hits=[pb.PassageHit(source=SOURCE_NUMBERS[source], passage=passage(one)) for source, one in answer.hits],
        statuses=[status(found) for found in answer.found],
    )


def passage(one: Passage) -> pb.Passage:
    """Return a passage."""
    return pb.Passage(id=one.id, title=one.title, above=one.above, text=one.text, refers_to=one.refers_to)


def _ranked(system: System, code: str, found: tuple[NamingPassage, ...]) -> list[Passage]:
    ranks = []
    for one in found:
        near = [rank for mention in one.names if (rank := mention.rank(system, code)) is not None]
        if near:
            ranks.append((min(near), one.passage.order, one.passage))
    return [one for _, _, one in sorted(ranks, key=lambda rank: rank[:2])]
