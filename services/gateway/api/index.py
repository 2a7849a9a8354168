"""The alphabetic index over HTTP."""

from typing import Annotated

from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from services.gateway import policy
from services.gateway.answers import cacheable
from services.gateway.api import plain
from services.gateway.api.v1 import PROBLEM, EffectiveOn, PageToken
from services.gateway.edge import edge_of
from services.gateway.words import INDEX_BOOK_WORDS, index_book_of
from services.runtime.errors import invalid

IndexBook = Annotated[
    str,
    Path(
        description="The book of the index",
        json_schema_extra={"enum": [word for word in INDEX_BOOK_WORDS.values() if word]},
    ),
]

router = APIRouter(prefix="/api/v1", responses=PROBLEM)


@router.get("/index/{book}", response_model=plain.model(lookup.BrowseIndexResponse.DESCRIPTOR))
async def browse_index(
    request: Request,
    book: IndexBook,
    prefix: Annotated[str, Query(description="The main terms that begin with this", max_length=100)] = "",
    term: Annotated[str, Query(description="The line of this id, with those above and below it", max_length=300)] = "",
    find: Annotated[
        str, Query(description='The line that a text such as "Pain, abdominal" names', max_length=300)
    ] = "",
    effective_on: EffectiveOn = "",
    page_size: Annotated[int, Query(description="With prefix, 1 to 500 main terms", ge=1, le=500)] = 100,
    page_token: PageToken = "",
) -> Response:
    """Walk a book of the alphabetic index: its letters, main terms by how they begin, or a line."""
    targets = {name: text for name, text in (("prefix", prefix), ("term", term), ("find", find)) if text}
    if len(targets) > 1:
        raise invalid("prefix", "expected only one of prefix, term and find")
    edge = edge_of(request)
    await edge.access.of_request(request, policy.BROWSE_INDEX)
    wanted = lookup.BrowseIndexRequest(
        book=index_book_of(book), effective_on=effective_on, page_size=page_size, page_token=page_token
    )
    for name, text in targets.items():
        setattr(wanted, name, text)
    return cacheable(request, plain.as_json(await edge.lookup.BrowseIndex(wanted)))
