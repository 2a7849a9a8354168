"""The books of coding rules over HTTP."""

from typing import Annotated

from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from services.gateway import policy
from services.gateway.answers import fresh
from services.gateway.api import plain
from services.gateway.api.v1 import PROBLEM, EffectiveOn
from services.gateway.edge import edge_of
from services.gateway.passages import CARE_SETTINGS, passage_search
from services.gateway.words import BOOKS_OF_RULES, book_of_rules

BookOfRules = Annotated[str, Path(description="The book of rules", json_schema_extra={"enum": list(BOOKS_OF_RULES)})]

router = APIRouter(prefix="/api/v1", responses=PROBLEM)

_PASSAGE = plain.model(lookup.GetPassageResponse.DESCRIPTOR)


# Stands before /guidelines/{book}, which takes "search" for a book.
@router.get("/guidelines/search", response_model=plain.model(lookup.SearchPassagesResponse.DESCRIPTOR))
async def search_passages(
    request: Request,
    query: Annotated[
        str, Query(description="Words in any order, or the path of a section", min_length=1, max_length=300)
    ],
    source: Annotated[
        list[str],
        Query(
            description="Only these books of rules",
            max_length=len(BOOKS_OF_RULES),
            json_schema_extra={"items": {"type": "string", "enum": list(BOOKS_OF_RULES)}},
        ),
    ] = [],  # noqa: B006
    setting: Annotated[
        str,
        Query(
            description="Only what concerns such patients; empty means all",
            json_schema_extra={"enum": list(CARE_SETTINGS)},
        ),
    ] = "",
    effective_on: EffectiveOn = "",
    page_size: Annotated[int, Query(description="1 to 50 sections", ge=1, le=50)] = 10,
) -> Response:
    """Find sections of the books of rules, best first. For members."""
    edge = edge_of(request)
    await edge.access.of_request(request, policy.SEARCH_PASSAGES)
    answer = await edge.lookup.SearchPassages(passage_search(query, source, setting, effective_on, page_size))
    return fresh(plain.as_json(answer))


@router.get("/guidelines/{book}", response_model=_PASSAGE)
async def get_contents(request: Request, book: BookOfRules, effective_on: EffectiveOn = "") -> Response:
    """List the sections of a book of rules. For members."""
    return await _answered(request, book, "", effective_on)


@router.get("/guidelines/{book}/{id}", response_model=_PASSAGE)
async def get_passage(
    request: Request,
    book: BookOfRules,
    id: Annotated[str, Path(description="The path of the section, such as I.C.9.a.2 or IV.E.7", max_length=100)],
    effective_on: EffectiveOn = "",
) -> Response:
    """Read a section of a book of rules. For members."""
    return await _answered(request, book, id, effective_on)


async def _answered(request: Request, book: str, id: str, effective_on: str) -> Response:
    edge = edge_of(request)
    await edge.access.of_request(request, policy.GET_PASSAGE)
    answer = await edge.lookup.GetPassage(
        lookup.GetPassageRequest(source=book_of_rules(book), id=id, effective_on=effective_on)
    )
    return fresh(plain.as_json(answer))
