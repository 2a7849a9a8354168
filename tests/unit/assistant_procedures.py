"""A lookup that knows a few procedures, for tests of answers about them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from codingahead.lookup.v1 import lookup_pb2 as pb
from google.protobuf.message import Message

from services.assistant.answer import Answer
from services.assistant.editions import Editions
from services.assistant.question import Code, Dates, Question, Topic
from services.assistant.tools import Tools

DAY = date(2024, 8, 15)
KNOWN = ("11111", "22222", "33333")
SOURCES = {
    pb.FACT_SOURCE_PTP_PRACTITIONER: "NCCI PTP practitioner 2024Q3",
    pb.FACT_SOURCE_PTP_HOSPITAL: "NCCI PTP hospital 2024Q3",
    pb.FACT_SOURCE_MUE_PRACTITIONER: "NCCI MUE practitioner 2024Q3",
    pb.FACT_SOURCE_ADD_ON_CODES: "NCCI add-on codes 2024Q3",
    pb.FACT_SOURCE_RVU: "MPFS RVU July 2024",
    pb.FACT_SOURCE_GPCI: "MPFS GPCI 2024",
    pb.FACT_SOURCE_COVERAGE: "Medicare Coverage Database August 2024",
    pb.FACT_SOURCE_PLACE_OF_SERVICE: "Place of service 2024",
    pb.FACT_SOURCE_MODIFIERS_HCPCS: "HCPCS modifiers July 2024",
}


class FakeLookup:
    """Answers each rpc with what `answers` has for its name, and keeps what it was asked."""

    def __init__(self, **answers: Callable[[Any], Message]) -> None:
        self.asked: list[Any] = []
        self.answers: Mapping[str, Callable[[Any], Message]] = {
            "ListReleases": releases,
            "BatchGetCodes": codes,
            "ListModifiers": modifiers,
            **answers,
        }

    def __getattr__(self, rpc: str) -> Callable[[Any], Any]:
        async def call(request: Any) -> Message:
            self.asked.append(request)
            return self.answers[rpc](request)

        return call

    def requests(self, kind: type[Message]) -> list[Any]:
        """Return the requests of a kind."""
        return [one for one in self.asked if isinstance(one, kind)]


def releases(_: pb.ListReleasesRequest) -> pb.ListReleasesResponse:
    """Return the editions of July to September 2024."""
    return pb.ListReleasesResponse(
        sources=[
            pb.SourceRelease(source=source, name=name, effective_from="2024-07-01", effective_to="2024-09-30")
            for source, name in SOURCES.items()
        ]
    )


def releases_with_manual(request: pb.ListReleasesRequest) -> pb.ListReleasesResponse:
    """Return those and an edition of the policy manual."""
    answer = releases(request)
    answer.sources.add(source=pb.FACT_SOURCE_NCCI_POLICY_MANUAL, name="Manual", effective_from="2024-01-01")
    return answer


def codes(request: pb.BatchGetCodesRequest) -> pb.BatchGetCodesResponse:
    """Return the known procedures by their numbers alone, and every diagnosis."""
    response = pb.BatchGetCodesResponse()
    for code in request.codes:
        one = response.results.add(asked=code)
        if code in KNOWN or request.system == pb.CODE_SYSTEM_ICD10CM:
            one.entry.CopyFrom(pb.Entry(system=request.system, code=code, number_only=code in KNOWN))
        else:
            one.failure.reason = "CODE_NOT_FOUND"
    return response


def modifiers(_: pb.ListModifiersRequest) -> pb.ListModifiersResponse:
    """Return a few modifiers."""
    associated = [pb.Modifier(modifier=one, ncci_associated=True) for one in ("25", "59", "LT")]
    return pb.ListModifiersResponse(modifiers=[pb.Modifier(modifier="GY", title="Excluded"), *associated])


def question(topic: Topic, *named: Code, on: date | None = DAY, text: str = "", **fields: Any) -> Question:
    """Return a binary question on a date of service."""
    dates = Dates(on, on, on.isoformat()) if on else None
    return Question(text, topic, codes=named, dates=dates, **{"binary": True, **fields})


def code(text: str, *with_modifiers: str, units: int | None = None) -> Code:
    """Return a CPT code as a message names it."""
    return Code(text, (pb.CODE_SYSTEM_CPT,), with_modifiers, units)


async def answered(composer: Callable[[Question, Tools], Any], asked: Question, lookup: FakeLookup) -> Answer:
    """Return the answer of a composer."""
    stub: Any = lookup
    editions = Editions(stub)
    await editions.refresh()
    answer: Answer = await composer(asked, Tools(stub, editions, date(2024, 12, 1), lambda _: None))
    return answer
