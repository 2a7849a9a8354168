"""The pages of CasePilot: a question in plain words, its answer as it is made, and the conversations of a member."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, NamedTuple

import orjson
from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.quota.v1 import quota_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from services.gateway import asking, policy
from services.gateway.answered import Answered
from services.gateway.answers import Streamed, refusal_headers
from services.gateway.asking import Asked
from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.outages import is_outage
from services.gateway.questions import LIMIT_REACHED
from services.gateway.web import addresses, casepilot_form, editions, failures, forms
from services.gateway.web.addresses import BOOKS
from services.gateway.web.casepilot_turns import turn_of
from services.gateway.web.forms import Typed
from services.gateway.web.members import members_only
from services.gateway.web.render import fragment, fresh_page
from services.runtime.errors import Kind, Refusal

EXAMPLES = (
    "Is E11.9 valid for submission?",
    "Can 11042 and 97597 be billed together?",
    "How many units of J1885 are paid a day?",
    "When does modifier XS apply instead of 59?",
    "What does Medicare pay for 99214 in Alabama?",
    "How is hypertension with heart failure sequenced?",
)
_OUTAGE = "CasePilot does not answer at the moment. Your question is still in the box: please try again shortly."
_LABELS = {"question": "The question", "effective_on": "The date of service", "code": "The code"}


class Talk(NamedTuple):
    """A conversation of a member as a line."""

    id: str
    title: str
    href: str
    when: str


class Trouble(NamedTuple):
    """Why a question was not answered, in words, and ways on."""

    heading: str
    message: str
    ways: list[tuple[str, str]]


_LOST = Trouble("The connection was lost", "Your question is still in the box: send it again.", [])


def routes() -> list[BaseRoute]:
    """Return the routes of these pages."""
    return [
        Route("/casepilot", casepilot, methods=["GET", "POST"]),
        Route("/casepilot/stream", stream, methods=["POST"]),
        Route("/casepilot/delete-all", members_only(delete_all), methods=["GET", "POST"]),
        Route("/casepilot/{conversation}", members_only(conversation)),
        Route("/casepilot/{conversation}/delete", members_only(delete), methods=["POST"]),
    ]


async def casepilot(request: Request) -> Response:
    """The box to ask in; and, for a browser without JavaScript, the answer."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    if request.method == "POST":
        response = await _asked(request, caller)
    else:
        casepilot_form.about(request.query_params.get("code", ""))
        response = await _page(request, caller, Typed(request.query_params))
    edge.identity.remember(caller, request, response)
    return response


async def stream(request: Request) -> Response:
    """The answer as server-sent events: progress, the answer so far, and how to go on; or why there is none."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    response: Response
    try:
        typed = await forms.read(request, casepilot_form.MAX_BYTES)
        earlier = casepilot_form.earlier(typed)
        asked = await asking.ask(edge, caller, casepilot_form.message(caller, typed, earlier))
    except Refusal as refusal:
        response = HTMLResponse(_told(refusal, caller), refusal.kind.http_status, refusal_headers(refusal))
    else:
        # A proxy that gathers answers would hold the events back.
        headers = {"x-accel-buffering": "no"}
        response = Streamed(_events(caller, typed, earlier, asked), headers=headers, media_type="text/event-stream")
    response.headers["cache-control"] = "no-store"
    edge.identity.remember(caller, request, response)
    return response


async def conversation(request: Request, caller: Caller) -> Response:
    """A stored conversation, to be gone on with."""
    found = await _stored(request, caller, request.path_params["conversation"])
    removed = request.query_params.get("removed", "")
    typed = Typed({"effective_on": request.query_params.get("effective_on", "")})
    return await _page(request, caller, typed, found, removed=int(removed) if removed.isdecimal() else 0)


async def delete(request: Request, caller: Caller) -> Response:
    """Delete a conversation."""
    await _delete(request, caller, request.path_params["conversation"])
    return RedirectResponse("/casepilot?notice=conversation-deleted", 303)


async def delete_all(request: Request, caller: Caller) -> Response:
    """Delete every conversation of the member, once that is confirmed."""
    if request.method != "POST":
        return fresh_page(request, "casepilot_delete.html", caller)
    await _delete(request, caller, "")
    return RedirectResponse("/casepilot?notice=conversations-deleted", 303)


async def _asked(request: Request, caller: Caller) -> Response:
    """Answer a question with a page: that of its conversation, or, where none is stored, one that carries it."""
    typed = await forms.read(request, casepilot_form.MAX_BYTES)
    earlier = casepilot_form.earlier(typed)
    answered = Answered()
    try:
        asked = await asking.ask(edge_of(request), caller, casepilot_form.message(caller, typed, earlier))
        async with aclosing(asked.events) as events:
            async for event in events:
                answered.add(event)
    except Refusal as refusal:
        return await _refused(request, caller, typed, earlier, refusal)
    done = answered.done
    if done.conversation_id:
        removed = str(done.removed_identifiers or "")
        return RedirectResponse(_address(done.conversation_id, typed, removed=removed), 303)
    earlier.turns.append(_turn(answered))
    kept = Typed({"effective_on": typed.get("effective_on", "")})
    return await _page(request, caller, kept, earlier, removed=done.removed_identifiers)


async def _refused(
    request: Request, caller: Caller, typed: Typed, earlier: pb.Conversation, refusal: Refusal
) -> Response:
    """Return the page with what was typed, and why it was not answered."""
    shown, stored = earlier, typed.get("conversation_id", "")
    if caller.is_member and stored:
        try:
            shown = await _stored(request, caller, stored)
        except Refusal as gone:
            # While the assistant is away the form still knows its conversation; one that is no more is not asked again.
            if not is_outage(gone) and gone.kind is not Kind.NOT_FOUND:
                raise
            shown = pb.Conversation(conversation_id=stored if is_outage(gone) else "")
    response = await _page(
        request, caller, typed, shown, trouble=_trouble(refusal, caller), status=refusal.kind.http_status
    )
    response.headers.update(refusal_headers(refusal))
    return response


async def _events(caller: Caller, typed: Typed, earlier: pb.Conversation, asked: Asked) -> AsyncGenerator[bytes, None]:
    answered = Answered()
    try:
        async with aclosing(asked.events) as events:
            async for event in events:
                answered.add(event)
                if event.HasField("progress"):
                    yield _event("progress", doing=_doing(event.progress.doing))
                elif answered.answers and not event.text.framing:
                    yield _event("answer", html=_fragment(typed, answered, complete=event.HasField("done")))
    except Refusal as refusal:
        yield _event("failed", html=_told(refusal, caller))
        return
    stored = answered.done.conversation_id
    if not stored:
        earlier.turns.append(_turn(answered))
    yield _event(
        "done",
        remaining=_remaining(asked.left),
        conversation_id=stored,
        earlier="" if stored else casepilot_form.carried(earlier),
        address=_address(stored, typed),
    )


def _event(name: str, **data: str) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))


def _fragment(typed: Typed, answered: Answered, *, complete: bool) -> str:
    turn = turn_of(_turn(answered), typed.get("effective_on", ""), answered.done.removed_identifiers)
    return fragment("casepilot_turn.html", turn=turn, latest=True, complete=complete)


def _turn(answered: Answered) -> pb.ConversationTurn:
    """Return the turn; its message is known, without identifiers of patients, once the answer is whole."""
    return pb.ConversationTurn(question=answered.done.question, answers=answered.answers)


def _doing(what: str) -> str:
    """Return what is being done as the middle of a sentence: "Codes of E11" begins small, "NCCI edits" does not."""
    return f"{what[:1].lower()}{what[1:]}" if what[1:2].islower() else what


def _remaining(left: quota_pb2.GetQuestionsResponse | quota_pb2.TakeQuestionResponse | None) -> str:
    """Return how many questions remain, in words; empty when they are not limited or not known."""
    if left is None or left.unlimited:
        return ""
    return f"{left.remaining} of {left.limit} question{'' if left.limit == 1 else 's'} remaining today"


def _address(conversation_id: str, typed: Typed, **more: str) -> str:
    return addresses.casepilot(conversation_id, effective_on=typed.get("effective_on", ""), **more)


def _told(refusal: Refusal, caller: Caller) -> str:
    return fragment("casepilot_trouble.html", trouble=_trouble(refusal, caller))


def _trouble(refusal: Refusal, caller: Caller) -> Trouble:
    message = refusal.message
    ways = []
    if refusal.reason == LIMIT_REACHED and not caller.is_member:
        ways = [("Register free account", "/register"), ("Log in", addresses.log_in("/casepilot"))]
    elif refusal.reason == LIMIT_REACHED and "window_ends_at" in refusal.metadata:
        again = Timestamp()
        again.FromJsonString(refusal.metadata["window_ends_at"])
        message += f" The count starts again on {editions.moment(again)}."
    elif refusal.kind in (Kind.NOT_FOUND, Kind.PRECONDITION):
        ways = [("Begin a new conversation", "/casepilot")]
    elif is_outage(refusal):
        message = _OUTAGE
    elif refusal.fields:
        message = " ".join(f"{_LABELS.get(one.field, 'The form')}: {one.description}." for one in refusal.fields)
    return Trouble(failures.heading(refusal), message, ways)


async def _page(
    request: Request,
    caller: Caller,
    typed: Typed,
    shown: pb.Conversation | None = None,
    *,
    trouble: Trouble | None = None,
    removed: int = 0,
    status: int = 200,
) -> Response:
    """Return the page of a conversation, None for one that has not begun; `removed` is of its last turn."""
    shown = shown or pb.Conversation()
    on = typed.get("effective_on", "")
    last = len(shown.turns) - 1
    return fresh_page(
        request,
        "casepilot.html",
        caller,
        status=status,
        typed=typed,
        trouble=trouble,
        lost=_LOST,
        turns=[turn_of(turn, on, removed if place == last else 0) for place, turn in enumerate(shown.turns)],
        remaining=_remaining(await edge_of(request).questions.left(caller)),
        about=_chip(typed),
        without_about=addresses.casepilot(question=typed.get("question", ""), effective_on=on),
        examples=[(text, addresses.casepilot(question=text, effective_on=on)) for text in EXAMPLES],
        longest=casepilot_form.LONGEST_QUESTION,
        conversation_id=shown.conversation_id,
        kept_until=editions.moment(shown.deleted_at) if shown.HasField("deleted_at") else "",
        earlier="" if shown.conversation_id else casepilot_form.carried(shown),
        register_questions=edge_of(request).settings.register_questions,
        **await _talks(request, caller),
    )


def _chip(typed: Typed) -> str:
    """Return the code that the question is asked about, empty for none or one that is refused."""
    try:
        code = casepilot_form.about(typed.get("code", ""))
    except Refusal:
        return ""
    return f"{BOOKS[code.system].name} {code.code}" if code else ""


async def _talks(request: Request, caller: Caller) -> dict[str, Any]:
    """Return the conversations of a member, None while the assistant does not answer, and where more are."""
    if not caller.is_member:
        return {"talks": [], "more": ""}
    asked = pb.ListConversationsRequest(
        subject=policy.subject_of(caller), page_token=request.query_params.get("page_token", "")
    )
    try:
        answer = await edge_of(request).assistant.ListConversations(asked)
    except Refusal as refusal:
        if not is_outage(refusal):
            raise
        return {"talks": None, "more": ""}
    talks = [
        Talk(one.conversation_id, one.title, addresses.casepilot(one.conversation_id), editions.moment(one.last_at))
        for one in answer.conversations
    ]
    token = answer.next_page_token
    return {"talks": talks, "more": addresses.casepilot(page_token=token) if token else ""}


async def _stored(request: Request, caller: Caller, conversation_id: str) -> pb.Conversation:
    asked = pb.GetConversationRequest(subject=policy.subject_of(caller), conversation_id=conversation_id)
    answer = await edge_of(request).assistant.GetConversation(asked)
    return answer.conversation


async def _delete(request: Request, caller: Caller, conversation_id: str) -> None:
    asked = pb.DeleteConversationsRequest(subject=policy.subject_of(caller), conversation_id=conversation_id)
    await edge_of(request).assistant.DeleteConversations(asked)
