"""Claims checked over REST: one at a time, or many whose findings stream as they are ready."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
from codingahead.lookup.v1 import lookup_pb2 as lookup
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway import policy
from services.gateway.answers import Streamed, fresh
from services.gateway.api.claims import Claim, as_message, read_claims
from services.gateway.api.plain import as_json, model
from services.gateway.api.v1 import PROBLEM
from services.gateway.edge import edge_of
from services.runtime import context
from services.runtime.errors import FieldViolation, Refusal
from services.runtime.problems import problem
from services.runtime.rpc.client import stream

_NDJSON = "application/x-ndjson"
# The body of check_edits has the type, too.
_CLAIM = {"$ref": f"#/components/schemas/{Claim.__name__}"}

router = APIRouter(prefix="/api/v1", responses=PROBLEM)


class _Lines(Streamed):
    """A stream of JSON lines."""

    media_type = _NDJSON


@router.post("/check", response_model=model(lookup.CheckEditsResponse.DESCRIPTOR))
async def check_edits(request: Request, claim: Claim) -> Response:
    """Check a claim against the edits in force on its dates of service. For members; free, and nothing is kept of it.

    The verdict is the worst of the findings: fail, else no_data, else bypassed, else pass. No data is not a pass.
    """
    edge = edge_of(request)
    await edge.access.of_request(request, policy.CHECK_EDITS)
    try:
        answer = await edge.lookup.CheckEdits(lookup.CheckEditsRequest(claim=as_message(claim)))
    except Refusal as refusal:
        raise _of_body(refusal) from None
    return fresh(as_json(answer))


@router.post(
    "/check/batch",
    response_class=_Lines,
    response_model=model(lookup.CheckClaimsResponse.DESCRIPTOR),
    response_description="A line for each claim",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "array", "items": _CLAIM, "minItems": 1, "maxItems": 1000}},
                _NDJSON: {"schema": _CLAIM},
            },
        }
    },
)
async def check_claims(request: Request) -> Response:
    """Check 1 to 1,000 claims, as an array or one a line, each for itself; the body may have a megabyte.

    The answer has a line of JSON for each claim as soon as it is checked, with its place in the request: findings, or
    the failure of a claim that cannot be checked. When the answer cannot be completed its last line is a problem
    document, as other answers have them: claims without a line were not checked.
    """
    edge = edge_of(request)
    call = context.current()
    assert call is not None
    # A stream may take as long as the table says, not as other requests.
    call.deadline = None
    await edge.access.of_request(request, policy.CHECK_CLAIMS)
    asked = lookup.CheckClaimsRequest(claims=read_claims(await request.body()))
    answers = stream(edge.lookup.CheckClaims(asked))
    # What is refused as a whole is refused before the stream begins.
    first = await anext(answers)
    return _Lines(_lines(first, answers, request.url.path), headers={"cache-control": "no-store"})


async def _lines(
    first: lookup.CheckClaimsResponse, rest: AsyncGenerator[lookup.CheckClaimsResponse, None], path: str
) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        yield _line(as_json(first))
        try:
            async for answer in rest:
                yield _line(as_json(answer))
        except Refusal as refusal:
            yield _line(problem(refusal, path))


def _line(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _of_body(refusal: Refusal) -> Refusal:
    """Return a refusal with the paths of fields as the body of the request has them: it is the claim."""
    if not refusal.fields:
        return refusal
    fields = tuple(FieldViolation(each.field.removeprefix("claim."), each.description) for each in refusal.fields)
    message = refusal.message.removeprefix("claim.")
    metadata = {name: value.removeprefix("claim.") for name, value in refusal.metadata.items()}
    return Refusal(refusal.kind, refusal.reason, message, metadata=metadata, fields=fields)
