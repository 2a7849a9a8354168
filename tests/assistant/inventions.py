"""What an answer names that does not exist: found by asking lookup, not by the assistant's own check."""

import re
from collections.abc import Iterable, Iterator

from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.lookup.v1 import lookup_pb2_grpc

from services.runtime.errors import Kind, Refusal

# A vitamin is no category.
_ICD10CM = re.compile(r"\b[A-Z]\d[0-9AB](?:\.[0-9A-Z]{1,4})\b|(?<!itamin )\b[A-TV-Z]\d[0-9AB](?![0-9A-Z.-])\b")
_ICD10PCS = re.compile(r"\b(?=[0-9A-HJ-NP-Z]*\d)(?=[0-9A-HJ-NP-Z]*[A-HJ-NP-Z])[0-9A-HJ-NP-Z]{7}\b")
_PROCEDURE = re.compile(r"(?<![\d.,$-])\b(?:\d{4}[0-9FTUM]|[A-V]\d{4})\b(?![\d.,-]*\d)")
_GUIDELINE = re.compile(r"Guidelines \S+ Section ([IVX]+(?:\.[A-Za-z0-9]+)*)")
_MANUAL = re.compile(r"Policy Manual \d+ Chapter ([IVX]+)(?:, Section ([A-Z](?:\.[A-Za-z0-9]+)*))?")

_SYSTEMS = (
    (_ICD10CM, (lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_ICD9CM)),
    (_ICD10PCS, (lookup.CODE_SYSTEM_ICD10PCS,)),
    (_PROCEDURE, (lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS, lookup.CODE_SYSTEM_ICD9CM)),
)


class Inventions:
    """Looks up what answers name, each thing once."""

    def __init__(self, stub: "lookup_pb2_grpc.LookupServiceAsyncStub") -> None:
        self._stub = stub
        self._exist: dict[tuple[object, str], bool] = {}
        self._dates: list[str] = []

    async def of(self, text: str, questions: Iterable[str]) -> list[str]:
        """Return the codes that no loaded release has and no question names, and the sections that no book has."""
        asked = " ".join(questions).upper().replace(".", "")
        named = [(systems, code) for finder, systems in _SYSTEMS for code in finder.findall(text)]
        invented = [
            code
            for systems, code in dict.fromkeys(named)
            if code.replace(".", "") not in asked and not await self._is_code(systems, code)
        ]
        return invented + [section for book, section in _sections(text) if not await self._is_section(book, section)]

    async def _is_code(self, systems: Iterable[lookup.CodeSystem.ValueType], code: str) -> bool:
        if (systems, code) not in self._exist:
            self._exist[systems, code] = any(
                [await self._has(system, code, day) for system in systems for day in await self._days()]
            )
        return self._exist[systems, code]

    async def _has(self, system: lookup.CodeSystem.ValueType, code: str, day: str) -> bool:
        request = lookup.BatchGetCodesRequest(system=system, codes=[code], effective_on=day)
        try:
            answer = await self._stub.BatchGetCodes(request)
        except Refusal as refusal:
            if refusal.kind in (Kind.PRECONDITION, Kind.NOT_FOUND):
                return False
            raise
        return answer.results[0].HasField("entry")

    async def _is_section(self, book: lookup.FactSource.ValueType, section: str) -> bool:
        if (book, section) not in self._exist:
            found = [await self._has_section(book, section, day) for day in await self._days()]
            self._exist[book, section] = any(found)
        return self._exist[book, section]

    async def _has_section(self, book: lookup.FactSource.ValueType, section: str, day: str) -> bool:
        try:
            answer = await self._stub.GetPassage(lookup.GetPassageRequest(source=book, id=section, effective_on=day))
        except Refusal as refusal:
            if refusal.kind is Kind.NOT_FOUND:
                return False
            raise
        return answer.HasField("passage")

    async def _days(self) -> list[str]:
        """Return the last dates of service of all loaded editions."""
        if not self._dates:
            answer = await self._stub.ListReleases(lookup.ListReleasesRequest())
            ends = {one.effective_to for one in answer.releases} | {one.effective_to for one in answer.sources}
            self._dates = sorted(filter(None, ends), reverse=True)
        return self._dates


def _sections(text: str) -> Iterator[tuple[lookup.FactSource.ValueType, str]]:
    for section in dict.fromkeys(_GUIDELINE.findall(text)):
        yield lookup.FACT_SOURCE_ICD10CM_GUIDELINES, section
    for chapter, section in dict.fromkeys(_MANUAL.findall(text)):
        yield lookup.FACT_SOURCE_NCCI_POLICY_MANUAL, f"{chapter}.{section}" if section else chapter
