"""Questions to CasePilot over REST, and the conversations that members have had with it."""

from contextlib import aclosing
from typing import Annotated

from codingahead.assistant.v1 import assistant_pb2 as assistant
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from services.gateway import asking, policy
from services.gateway.answered import Answered
from services.gateway.answers import fresh
from services.gateway.api import ask_models as models
from services.gateway.api import plain
from services.gateway.api.v1 import PROBLEM, PageToken
from services.gateway.edge import edge_of
from services.gateway.words import system_of

router = APIRouter(prefix="/api/v1", responses=PROBLEM)

ConversationId = Annotated[str, Path(description="The conversation", max_length=100)]
_DELETED = plain.model(assistant.DeleteConversationsResponse.DESCRIPTOR)


@router.post("/ask", response_model=models.AskResponse)
async def ask(request: Request, body: models.AskRequest) -> Response:
    """Ask CasePilot in your own words. Each message counts as one of the caller's questions of the day.

    The answer comes whole, which may take up to a minute; /v1/chat/completions and the rpc stream it. Conversations of
    members are stored, those of guests are not.
    """
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.ASK)
    wanted = assistant.AskRequest(
        question=body.question, conversation_id=body.conversation_id, effective_on=body.effective_on
    )
    if body.about:
        wanted.about.CopyFrom(assistant.CodeName(system=system_of(body.about.system), code=body.about.code))
    asked = await asking.ask(edge, caller, wanted)
    answered = Answered()
    async with aclosing(asked.events) as events:
        async for event in events:
            answered.add(event)
    return fresh(models.ask_response(answered), asked.limits)


@router.get("/conversations", response_model=models.ListConversationsResponse)
async def list_conversations(
    request: Request,
    page_size: Annotated[int, Query(description="1 to 100 conversations", ge=1, le=100)] = 20,
    page_token: PageToken = "",
) -> Response:
    """List the conversations of the caller, the latest first. For members."""
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.LIST_CONVERSATIONS)
    answer = await edge.assistant.ListConversations(
        assistant.ListConversationsRequest(
            subject=policy.subject_of(caller), page_size=page_size, page_token=page_token
        )
    )
    return fresh(models.conversations(answer))


@router.get("/conversations/{conversation_id}", response_model=models.Conversation)
async def get_conversation(request: Request, conversation_id: ConversationId) -> Response:
    """Read a conversation of the caller. For members."""
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.GET_CONVERSATION)
    answer = await edge.assistant.GetConversation(
        assistant.GetConversationRequest(subject=policy.subject_of(caller), conversation_id=conversation_id)
    )
    return fresh(models.conversation(answer.conversation))


@router.delete("/conversations/{conversation_id}", response_model=_DELETED)
async def delete_conversation(request: Request, conversation_id: ConversationId) -> Response:
    """Delete a conversation of the caller; one that there is not is no error. For members."""
    return await _deleted(request, conversation_id)


@router.delete("/conversations", response_model=_DELETED)
async def delete_conversations(request: Request) -> Response:
    """Delete all conversations of the caller. For members."""
    return await _deleted(request, "")


async def _deleted(request: Request, conversation_id: str) -> Response:
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.DELETE_CONVERSATIONS)
    answer = await edge.assistant.DeleteConversations(
        assistant.DeleteConversationsRequest(subject=policy.subject_of(caller), conversation_id=conversation_id)
    )
    return fresh(plain.as_json(answer))
