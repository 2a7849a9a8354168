"""The contract of lookup: a request becomes a call of the domain, its answer a message."""

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.lookup import Around, Lookup, Range, Under
from services.lookup.messages import codes as messages
from services.lookup.search.request import SearchRequest
from services.runtime.context import timeout_within

_SECONDS = 5.0


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
        )
        return messages.search(await self._lookup.search(asked, timeout_within(_SECONDS)))

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
        answer = await self._lookup.get_code_page(system, request.code, request.effective_on, timeout_within(_SECONDS))
        return messages.page(answer, sections, locked)

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
            releases=[messages.chosen(choice) for choice in self._lookup.list_releases(systems)]
        )
