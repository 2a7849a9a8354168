"""What the assistant may look up: the rpcs of lookup, and nothing else.

Every fact of an answer comes from a message returned here; `Tools.answered` keeps them, for the check at the end.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar, cast

from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.lookup.v1 import lookup_pb2_grpc
from google.protobuf.message import Message

from services.assistant.editions import Dated, Edition, Editions
from services.assistant.question import Code, Dates, Setting, System
from services.runtime.errors import Kind, Refusal

Answered = TypeVar("Answered", bound=Message)
Tell = Callable[[str], None]

_SEARCHED = 10


class Found:
    """A code that was asked for: what it is on the date, or None when the release does not have it.

    `printed`: the release has the notes of its book, or none is known to have them.
    """

    def __init__(
        self, code: Code, dated: Dated, entry: lookup.Entry | None, system: System, *, printed: bool = True
    ) -> None:
        self.printed = printed
        self.code = code
        self.dated = dated
        self.entry = entry
        self.system = system


class Tools:
    """Looks things up for one message. Each thing is asked once, whoever wants it; `tell` hears what is being done."""

    def __init__(
        self,
        stub: "lookup_pb2_grpc.LookupServiceAsyncStub",
        editions: Editions,
        today: date,
        tell: Tell,
        effective_on: date | None = None,
    ) -> None:
        self._stub = stub
        self._editions = editions
        self.today = today
        self._tell = tell
        self._default = Dates(effective_on, effective_on, effective_on.isoformat()) if effective_on else None
        self._kept: dict[tuple[str, bytes], Message] = {}

    @property
    def answered(self) -> Iterable[Message]:
        """All that lookup has answered."""
        return self._kept.values()

    def on(self, source: "lookup.FactSource.ValueType", dates: Dates | None) -> Dated:
        """Return the date of service that a source of facts is asked for, and the edition that answers."""
        return self._editions.of_source(source).on(dates or self._default, self.today)

    def on_system(self, system: System, dates: Dates | None) -> Dated:
        """Return the date of service that a code system is asked for, and the release that answers."""
        return self._editions.of_system(system).on(dates or self._default, self.today)

    def loaded(self, systems: Sequence[System]) -> list[Edition]:
        """Return the loaded editions of some code systems; of everything when none is named."""
        if not systems:
            return self._editions.all()
        return [edition for system in systems for edition in self._editions.of_system(system).editions]

    async def find(self, code: Code, dates: Dates | None = None) -> Found:
        """Return what a code is, in the first system that has it; in none, it is not found in the likeliest one."""
        not_found = None
        for system in code.systems:
            dated = self.on_system(system, dates)
            entry = await self._entry(system, code.text, dated)
            found = Found(code, dated, entry, system)
            if entry:
                return found
            not_found = not_found or found
        assert not_found, "a code is of at least one system"
        return not_found

    async def in_print(self, found: Found) -> Found:
        """Return a diagnosis in the release that has the tabular list, with its chapters and notes.

        That is the one of the date, else the next of its fiscal year that has it; where none has, it is not `printed`.
        """
        dated, entry = found.dated, found.entry
        if found.system != lookup.CODE_SYSTEM_ICD10CM or entry is None or not dated.edition:
            return found
        if await self._is_printed(found):
            return found
        for edition in reversed(dated.loaded):
            if dated.edition.first < edition.first <= dated.edition.last:
                later = dated.lent_by(edition)
                other = Found(found.code, later, await self._entry(found.system, entry.code, later), found.system)
                if other.entry and await self._is_printed(other):
                    return other
        return Found(found.code, dated, entry, found.system, printed=False)

    async def _is_printed(self, found: Found) -> bool:
        assert found.entry
        page = await self.page(found.system, found.entry.code, found.dated, lookup.PAGE_SECTION_NOTES)
        return page.notes.printed != lookup.AVAILABILITY_NOT_LOADED

    async def entries(self, system: System, codes: Sequence[str], dated: Dated) -> dict[str, lookup.Entry]:
        """Return those of some codes that exist, by the code as it was asked for."""
        if not codes or (dated.loaded and dated.edition is None):
            return {}
        request = lookup.BatchGetCodesRequest(system=system, codes=codes, effective_on=_asked(dated))
        try:
            answer = await self._ask(self._stub.BatchGetCodes, request, f"Codes {', '.join(codes[:3])}")
        except Refusal as refusal:
            # None of the codes of a system without a release is known by its number.
            if refusal.kind is Kind.PRECONDITION:
                return {}
            raise
        return {one.asked: one.entry for one in answer.results if one.HasField("entry")}

    async def code(self, system: System, code: str, dated: Dated) -> lookup.GetCodeResponse:
        """Return a code with what is above it."""
        request = lookup.GetCodeRequest(system=system, code=code, effective_on=_asked(dated))
        return await self._ask(self._stub.GetCode, request, f"Code {code}")

    async def page(
        self, system: System, code: str, dated: Dated, *sections: "lookup.PageSection.ValueType"
    ) -> lookup.GetCodePageResponse:
        """Return sections of the page of a code."""
        request = lookup.GetCodePageRequest(system=system, code=code, effective_on=_asked(dated), sections=sections)
        return await self._ask(self._stub.GetCodePage, request, f"Page of {code}")

    async def browse(self, request: lookup.BrowseRequest) -> lookup.BrowseResponse:
        """Return a stretch of a book."""
        return await self._ask(self._stub.Browse, request, "Book")

    async def search(
        self,
        query: str,
        systems: Sequence[System] = (),
        dated: Dated | None = None,
        *,
        chapter: str = "",
        prefer_billable: bool = False,
        page_size: int = _SEARCHED,
    ) -> lookup.SearchResponse:
        """Return the codes that are meant by words, best first; of one chapter, if it is named."""
        request = lookup.SearchRequest(
            query=query,
            systems=systems,
            chapters=[chapter] if chapter else [],
            effective_on=dated.iso if dated else "",
            prefer_billable=prefer_billable,
            page_size=page_size,
        )
        return await self._ask(self._stub.Search, request, f"Codes for {query}")

    async def specify(self, code: str, dated: Dated) -> lookup.SpecifyResponse:
        """Return the choices from an ICD-10-CM code down to those that are valid for submission."""
        request = lookup.SpecifyRequest(system=lookup.CODE_SYSTEM_ICD10CM, code=code, effective_on=dated.iso)
        return await self._ask(self._stub.Specify, request, f"Choices below {code}")

    async def check(self, claim: lookup.Claim) -> lookup.CheckEditsResponse:
        """Return what speaks against a claim."""
        codes = " and ".join(line.code for line in claim.lines[:3])
        return await self._ask(self._stub.CheckEdits, lookup.CheckEditsRequest(claim=claim), f"Edits of {codes}")

    async def edits(
        self, code: str, setting: Setting, column: int, dated: Dated, page_size: int = 20, page_token: str = ""
    ) -> lookup.ListEditsResponse:
        """Return a page of the procedure-to-procedure edits of a code in one column."""
        request = lookup.ListEditsRequest(
            code=code,
            setting=setting,
            column=column,
            effective_on=dated.iso,
            page_size=page_size,
            page_token=page_token,
        )
        return await self._ask(self._stub.ListEdits, request, f"Edits of {code}")

    async def fees(self, request: lookup.GetFeesRequest, *, named: bool = True) -> lookup.GetFeesResponse:
        """Return what Medicare pays for a service; one that nobody `named` is not told."""
        return await self._ask(self._stub.GetFees, request, f"Fees of {request.code}" if named else "")

    async def localities(self, dated: Dated) -> lookup.ListLocalitiesResponse:
        """Return the payment localities."""
        request = lookup.ListLocalitiesRequest(effective_on=dated.iso)
        return await self._ask(self._stub.ListLocalities, request, "Localities")

    async def places_of_service(self, dated: Dated) -> lookup.ListPlacesOfServiceResponse:
        """Return the place of service codes."""
        request = lookup.ListPlacesOfServiceRequest(effective_on=dated.iso)
        return await self._ask(self._stub.ListPlacesOfService, request, "Places of service")

    async def modifiers(self, dated: Dated) -> lookup.ListModifiersResponse:
        """Return the modifiers."""
        request = lookup.ListModifiersRequest(effective_on=dated.iso)
        return await self._ask(self._stub.ListModifiers, request, "Modifiers")

    async def passages(
        self,
        query: str,
        sources: Sequence["lookup.FactSource.ValueType"],
        dated: Dated | None,
        setting: "lookup.CareSetting.ValueType | None" = None,
        page_size: int = 5,
    ) -> lookup.SearchPassagesResponse:
        """Return the sections of books of rules that words are about, best first; without a date, of the newest."""
        request = lookup.SearchPassagesRequest(
            query=query, sources=sources, effective_on=dated.iso if dated else "", page_size=page_size
        )
        if setting:
            request.setting = setting
        return await self._ask(self._stub.SearchPassages, request, f"Guidelines on {query}")

    async def passage(
        self, source: "lookup.FactSource.ValueType", section: str, dated: Dated
    ) -> lookup.GetPassageResponse | None:
        """Return a section of the guidelines or of the policy manual; None when there is no such section."""
        request = lookup.GetPassageRequest(source=source, id=section, effective_on=dated.iso)
        try:
            return await self._ask(self._stub.GetPassage, request, f"Section {section}")
        except Refusal as refusal:
            if refusal.kind is Kind.NOT_FOUND:
                return None
            raise

    async def index(self, request: lookup.BrowseIndexRequest) -> lookup.BrowseIndexResponse:
        """Return a stretch of the alphabetic index."""
        return await self._ask(self._stub.BrowseIndex, request, "Alphabetic index")

    async def _entry(self, system: System, code: str, dated: Dated) -> lookup.Entry | None:
        return (await self.entries(system, [code], dated)).get(code)

    async def _ask(self, call: Callable[[Any], Awaitable[Answered]], request: Message, doing: str) -> Answered:
        key = (type(request).__name__, request.SerializeToString(deterministic=True))
        if key not in self._kept:
            if doing:
                self._tell(doing)
            self._kept[key] = await call(request)
        return cast(Answered, self._kept[key])


def _asked(dated: Dated) -> str:
    """Return the date that a request names; none for a system without releases, which is known for whatever date."""
    return dated.iso if dated.loaded else ""
