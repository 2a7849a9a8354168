"""The contract of lookup: a request becomes a call of the domain, its answer a message."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.browse import PageRequest
from services.lookup.fees.quote import parse_query
from services.lookup.lookup import Around, Lookup, Range, Under
from services.lookup.messages import alphabetic, checks, edits, fees, guidelines, line_fields, sources, specificity
from services.lookup.messages import codes as messages
from services.lookup.search.request import SearchRequest
from services.lookup.sections import concerned
from services.runtime.context import timeout_within
from services.runtime.errors import Refusal, invalid

_SECONDS = 5.0
_MOST_CLAIMS = 1000


class LookupServicer:
    """Answers codingahead.lookup.v1.LookupService."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    async def search(self, request: pb.SearchRequest) -> pb.SearchResponse:
        """Find codes."""
        asked = SearchRequest(
            query=request.query,
            systems=tuple(messages.system_of(number) for number in request.systems),
            chapters=tuple(request.chapters),
            billable=request.billable if request.HasField("billable") else None,
            effective_on=request.effective_on,
            page_size=request.page_size,
            page_token=request.page_token,
            as_typed=request.as_typed,
            prefer_billable=request.prefer_billable,
            by_category=request.by_category,
            counted=request.counted,
        )
        return messages.search(await self._lookup.search(asked, timeout_within(_SECONDS)))

    async def specify(self, request: pb.SpecifyRequest) -> pb.SpecifyResponse:
        """Lead to codes that are valid for submission."""
        system = messages.system_of(request.system)
        answer = await self._lookup.specify(system, request.code, request.effective_on, timeout_within(_SECONDS))
        return specificity.specified(answer)

    async def get_code(self, request: pb.GetCodeRequest) -> pb.GetCodeResponse:
        """Return one code."""
        system = messages.system_of(request.system)
        answer = await self._lookup.get_code(system, request.code, request.effective_on, timeout_within(_SECONDS))
        return messages.code(answer)

    async def get_code_page(self, request: pb.GetCodePageRequest) -> pb.GetCodePageResponse:
        """Return a code page."""
        sections = messages.sections_of(request.sections, "sections") or messages.ALL_SECTIONS
        locked = messages.sections_of(request.locked_sections, "locked_sections")
        system = messages.system_of(request.system)
        answer = await self._lookup.get_code_page(
            system, request.code, request.effective_on, sections - locked, timeout_within(_SECONDS)
        )
        return messages.page(answer, concerned(system, sections & locked))

    async def batch_get_codes(self, request: pb.BatchGetCodesRequest) -> pb.BatchGetCodesResponse:
        """Return many codes."""
        system = messages.system_of(request.system)
        answer = await self._lookup.batch_get_codes(
            system, request.codes, request.effective_on, timeout_within(_SECONDS)
        )
        return messages.batch(answer)

    async def browse(self, request: pb.BrowseRequest) -> pb.BrowseResponse:
        """Walk the book."""
        target: Under | Range | Around | None
        match request.WhichOneof("target"):
            case "under":
                target = Under(request.under)
            case "range":
                target = Range(request.range.first, request.range.last)
            case "around":
                target = Around(request.around)
            case _:
                target = None
        answer = await self._lookup.browse(
            messages.system_of(request.system),
            target,
            request.effective_on,
            request.page_size,
            request.page_token,
            timeout_within(_SECONDS),
        )
        return messages.browse(answer)

    async def list_releases(self, request: pb.ListReleasesRequest) -> pb.ListReleasesResponse:
        """Return what is loaded."""
        systems = [messages.system_of(number) for number in request.systems]
        return pb.ListReleasesResponse(
            releases=[messages.chosen(choice) for choice in self._lookup.list_releases(systems)],
            sources=[] if systems else [sources.release(choice) for choice in self._lookup.list_sources()],
        )

    async def check_edits(self, request: pb.CheckEditsRequest) -> pb.CheckEditsResponse:
        """Check a claim."""
        claim = checks.claim(request.claim, self._lookup.today())
        return checks.response(await self._lookup.checker.check(claim, timeout_within(_SECONDS)))

    async def check_claims(self, request: pb.CheckClaimsRequest) -> AsyncIterator[pb.CheckClaimsResponse]:
        """Check many claims, each for itself."""
        if not 1 <= len(request.claims) <= _MOST_CLAIMS:
            raise invalid("claims", f"expected 1 to {_MOST_CLAIMS} claims")
        claims, places = [], []
        for place, message in enumerate(request.claims):
            try:
                claims.append(checks.claim(message, self._lookup.today(), f"claims[{place}]"))
                places.append(place)
            except Refusal as refusal:
                yield pb.CheckClaimsResponse(position=place, failure=messages.failure(refusal))
        position = iter(places)
        # A caller that leaves ends what is under way.
        async with aclosing(self._lookup.checker.check_all(claims, timeout_within(_SECONDS))) as findings:
            async for checked in findings:
                yield pb.CheckClaimsResponse(position=next(position), findings=checks.response(checked))

    async def list_edits(self, request: pb.ListEditsRequest) -> pb.ListEditsResponse:
        """Return a page of the edits of a code."""
        answer = await self._lookup.procedures.list_edits(
            request.code,
            edits.setting_of(request.setting),
            request.column or 1,
            request.effective_on,
            PageRequest(request.page_size, request.page_token),
            timeout_within(_SECONDS),
        )
        return edits.edits_answer(answer)

    async def get_fees(self, request: pb.GetFeesRequest) -> pb.GetFeesResponse:
        """Return what Medicare pays for a service."""
        query = parse_query(request.modifiers, request.locality, request.place_of_service, request.units)
        answer = await self._lookup.procedures.get_fees(
            request.code, query, request.effective_on, timeout_within(_SECONDS)
        )
        return fees.quoted(answer)

    async def list_localities(self, request: pb.ListLocalitiesRequest) -> pb.ListLocalitiesResponse:
        """Return the payment localities."""
        answers = await self._lookup.procedures.localities(request.effective_on, timeout_within(_SECONDS))
        return fees.localities(answers)

    async def list_places_of_service(self, request: pb.ListPlacesOfServiceRequest) -> pb.ListPlacesOfServiceResponse:
        """Return the place of service codes."""
        return line_fields.places(await self._lookup.line_fields.places(request.effective_on, timeout_within(_SECONDS)))

    async def list_modifiers(self, request: pb.ListModifiersRequest) -> pb.ListModifiersResponse:
        """Return the modifiers."""
        return line_fields.modifiers(
            await self._lookup.line_fields.modifiers(request.effective_on, timeout_within(_SECONDS))
        )

    async def browse_index(self, request: pb.BrowseIndexRequest) -> pb.BrowseIndexResponse:
        """Walk the alphabetic index."""
        answer = await self._lookup.index.browse(
            alphabetic.book_of(request.book),
            alphabetic.target_of(request),
            request.effective_on,
            PageRequest(request.page_size, request.page_token),
            timeout_within(_SECONDS),
        )
        return alphabetic.browsed(answer)

    async def search_passages(self, request: pb.SearchPassagesRequest) -> pb.SearchPassagesResponse:
        """Find sections of books of rules."""
        asked = guidelines.passage_search(request)
        return guidelines.passage_hits(await self._lookup.passages.search(asked, timeout_within(_SECONDS)))

    async def get_passage(self, request: pb.GetPassageRequest) -> pb.GetPassageResponse:
        """Return a section of a book of rules."""
        source = guidelines.source_of(request.source)
        answer = await self._lookup.passages.get(source, request.id, request.effective_on, timeout_within(_SECONDS))
        return guidelines.passage_answer(answer)
