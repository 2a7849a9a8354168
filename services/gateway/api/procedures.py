"""Answers over HTTP that belong to the page of a procedure, and are paid for by its view."""

from typing import Annotated

from fastapi import Header
from google.protobuf.message import Message
from starlette.responses import Response

from services.gateway.answers import fresh, limit_headers
from services.gateway.api import plain
from services.gateway.charged import admit_answer
from services.gateway.edge import Edge
from services.gateway.identity import Caller
from services.gateway.policy import Row
from services.runtime.errors import invalid

ViewId = Annotated[
    str, Header(alias="x-request-id", description="Your own name for the view: with the same name charged once")
]

_SYSTEMS = ("cpt", "hcpcs")


def procedure(system: str, code: str) -> str:
    """Return the code of a procedure that an address names. Raises a Refusal for a system that has none.

    lookup tells CPT from HCPCS codes by how they are written, and so does this.
    """
    if system not in _SYSTEMS:
        raise invalid("system", f"expected {' or '.join(_SYSTEMS)}")
    if (system == "hcpcs") != code.strip()[:1].isalpha():
        raise invalid("code", f"expected a {system.upper()} code")
    return code


async def opened(edge: Edge, caller: Caller, row: Row, answer: Message, request_id: str) -> Response:
    """Return an answer of the rpc of `row` once its view is charged. Raises the Refusal of one that is denied."""
    admission = await admit_answer(edge, caller, row, answer, request_id)
    if admission and not admission.allowed:
        raise edge.wall.refusal(caller, admission)
    return fresh(plain.as_json(answer), limit_headers("views", admission.balance) if admission else None)
