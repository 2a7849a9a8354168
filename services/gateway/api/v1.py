"""The REST API: a translation of the rpcs, one route for each."""

from typing import Annotated, Any

from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from services.gateway import policy
from services.gateway.answers import cacheable, fresh, limit_headers
from services.gateway.api import models
from services.gateway.edge import edge_of
from services.gateway.words import PAGE_SECTION_WORDS, SYSTEM_WORDS, section_of, system_of
from services.runtime.errors import invalid, unavailable
from services.runtime.problems import MEDIA_TYPE

DESCRIPTION = (
    "Code search and lookup for medical coders. Every answer names the release it came from; every refusal is a "
    "problem document (RFC 9457). A code page counts as one view of the caller; opening it again is free. Who has no "
    "account sees its descriptions and its history, members see all of it. Programs send an API key of an account in "
    "the header authorization, as Bearer; each key may make so many calls a minute. The x-ratelimit headers say how "
    "many remain, and x-ratelimit-resource of what: views or calls."
)

# The security scheme of the OpenAPI document.
API_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key of an account. Its scopes are codes (search, names, browsing, releases) and pages.",
}

PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Why there is no answer",
        "content": {MEDIA_TYPE: {"schema": TypeAdapter(models.Problem).json_schema(mode="serialization")}},
    }
}
_SYSTEM_WORDS: dict[str, Any] = {"type": "string", "enum": [word for word in SYSTEM_WORDS.values() if word]}
_SECTION_WORDS: dict[str, Any] = {"type": "string", "enum": [word for word in PAGE_SECTION_WORDS.values() if word]}

System = Annotated[str, Path(description="The code system", json_schema_extra=_SYSTEM_WORDS)]
Code = Annotated[str, Path(description="The code, with or without its dot", max_length=32)]
EffectiveOn = Annotated[str, Query(description="Date of service, YYYY-MM-DD; empty means today", max_length=10)]
Systems = Annotated[
    list[str],
    Query(alias="system", description="Only these systems", max_length=8, json_schema_extra={"items": _SYSTEM_WORDS}),
]
PageToken = Annotated[str, Query(description="next_page_token of the answer before", max_length=2000)]

router = APIRouter(prefix="/api/v1", responses=PROBLEM)


@router.get("/search", response_model=models.SearchResponse)
async def search(
    request: Request,
    query: Annotated[
        str, Query(description="Words, a code, or a range of codes such as E10-E14", min_length=1, max_length=300)
    ],
    systems: Systems = [],  # noqa: B006
    chapter: Annotated[list[str], Query(description="Only these chapters", max_length=50)] = [],  # noqa: B006
    billable: Annotated[bool | None, Query(description="Only codes valid for submission, or only others")] = None,
    prefer_billable: Annotated[
        bool, Query(description="Codes valid for submission go before headers that match about as well")
    ] = False,
    by_category: Annotated[
        bool,
        Query(
            description="Each hit is the best of its category, with the next ones in more; the best 200 codes of a "
            "system are grouped"
        ),
    ] = False,
    effective_on: EffectiveOn = "",
    page_size: Annotated[int, Query(description="1 to 100 hits", ge=1, le=100)] = 20,
    page_token: PageToken = "",
    as_typed: Annotated[bool, Query(description="The last word may be cut; matches are not counted")] = False,
) -> Response:
    """Find codes, best first."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.SEARCH)
    answer = await edge.lookup.Search(
        lookup.SearchRequest(
            query=query,
            systems=[system_of(word) for word in systems],
            chapters=chapter,
            billable=billable,
            prefer_billable=prefer_billable,
            by_category=by_category,
            effective_on=effective_on,
            page_size=page_size,
            page_token=page_token,
            as_typed=as_typed,
        )
    )
    return cacheable(request, models.search_response(answer))


@router.get("/codes/{system}/{code}/page", response_model=models.CodePage)
async def get_code_page(
    request: Request,
    system: System,
    code: Code,
    effective_on: EffectiveOn = "",
    section: Annotated[
        list[str], Query(description="Only these sections", max_length=20, json_schema_extra={"items": _SECTION_WORDS})
    ] = [],  # noqa: B006
    x_request_id: Annotated[
        str, Header(description="Your own name for the view: the same page with the same name is charged once")
    ] = "",
) -> Response:
    """Open a code page. It counts as one view; the x-ratelimit headers say how many remain."""
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.GET_CODE_PAGE)
    page = await edge.lookup.GetCodePage(
        policy.page_request(
            caller.plan,
            system=system_of(system),
            code=code,
            effective_on=effective_on,
            sections=[section_of(word) for word in section],
        )
    )
    admission = await edge.wall.admit(caller, policy.page_name(page.entry), x_request_id)
    if not admission.allowed:
        raise edge.wall.refusal(caller, admission)
    return fresh(models.code_page(page), limit_headers("views", admission.balance))


@router.get("/codes/{system}/{code}", response_model=models.Code)
async def get_code(request: Request, system: System, code: Code, effective_on: EffectiveOn = "") -> Response:
    """Name a code: its title, whether it is billable, where it stands. Free."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.GET_CODE)
    answer = await edge.lookup.GetCode(
        lookup.GetCodeRequest(system=system_of(system), code=code, effective_on=effective_on)
    )
    return cacheable(request, models.code(answer))


@router.post("/codes/{system}/batch", response_model=models.BatchGetCodesResponse)
async def batch_get_codes(request: Request, system: System, body: models.BatchGetCodesRequest) -> Response:
    """Name many codes; one that is malformed or unknown fails alone."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.BATCH_GET_CODES)
    answer = await edge.lookup.BatchGetCodes(
        lookup.BatchGetCodesRequest(system=system_of(system), codes=body.codes, effective_on=body.effective_on)
    )
    return fresh(models.batch_response(answer))


@router.get("/browse/{system}", response_model=models.BrowseResponse)
async def browse(
    request: Request,
    system: System,
    under: Annotated[str, Query(description="The entries right below this one", max_length=32)] = "",
    first: Annotated[str, Query(description="The first code of a range, with last", max_length=32)] = "",
    last: Annotated[str, Query(description="The last code of a range, with first", max_length=32)] = "",
    around: Annotated[str, Query(description="This code and its neighbours", max_length=32)] = "",
    effective_on: EffectiveOn = "",
    page_size: Annotated[
        int | None, Query(description="1 to 500, usually 100; with around, to each side, usually 10", ge=1, le=500)
    ] = None,
    page_token: PageToken = "",
) -> Response:
    """Walk a system as a book: its top, what stands below an entry, a range, or the neighbours of a code."""
    if bool(first) != bool(last):
        raise invalid("last" if first else "first", "expected both ends of the range, first and last")
    if sum(map(bool, (under, first, around))) > 1:
        raise invalid("under", "expected only one of under, around, and first with last")
    wanted = lookup.BrowseRequest(
        system=system_of(system), effective_on=effective_on, page_size=page_size or 0, page_token=page_token
    )
    if under:
        wanted.under = under
    elif around:
        wanted.around = around
    elif first:
        wanted.range.CopyFrom(lookup.CodeRange(first=first, last=last))
    edge = edge_of(request)
    await edge.access.of_request(request, policy.BROWSE)
    answer = await edge.lookup.Browse(wanted)
    return cacheable(request, models.browse_response(answer))


@router.get("/releases", response_model=models.ListReleasesResponse)
async def list_releases(
    request: Request,
    systems: Systems = [],  # noqa: B006
) -> Response:
    """List the releases and the sources of facts that are loaded and serving."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.LIST_RELEASES)
    answer = await edge.lookup.ListReleases(lookup.ListReleasesRequest(systems=[system_of(word) for word in systems]))
    return cacheable(request, models.releases_response(answer))


@router.get("/balance", response_model=models.Balance)
async def get_balance(request: Request) -> Response:
    """Tell how many code page views remain to the caller. It never counts as one."""
    edge = edge_of(request)
    balance = await edge.wall.balance(await edge.access.of_request(request, None))
    if balance is None:
        raise unavailable("Page views cannot be counted at the moment. Please try again shortly.")
    return fresh(models.balance(balance), limit_headers("views", balance))
