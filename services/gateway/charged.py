"""Answers that show the page of a code are paid for by its view, whichever face asks for them."""

from google.protobuf.message import Message

from services.gateway.edge import Edge
from services.gateway.identity import Caller
from services.gateway.policy import Row
from services.gateway.wall import Admission


async def admit_answer(edge: Edge, caller: Caller, row: Row, answer: Message, request_id: str = "") -> Admission | None:
    """Charge the page that an answer of the rpc of `row` shows; None when it shows nothing and costs nothing.

    `request_id` and failures are those of Wall.admit.
    """
    page = row.charge(answer.SerializeToString()) if row.charge else ""
    return await edge.wall.admit(caller, page, request_id) if page else None
