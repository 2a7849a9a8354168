"""CasePilot as a model of OpenAI's chat completions API, for programs that are written for that.

Such a program sends the whole conversation each time: nothing of it is stored here. An answer is CasePilot's whole
Markdown, with the verdict and the sources. What asks for several answers or for another form is refused; what only
tunes a language model is ignored.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from codingahead.assistant.v1 import assistant_pb2 as assistant
from fastapi import APIRouter, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from services.gateway import asking, policy
from services.gateway.answers import Streamed, field_path, fresh, refusal_headers
from services.gateway.api.openai_completion import ChatCompletion, Completion, ErrorResponse, Model, ModelList, error
from services.gateway.api.openai_request import MODEL, ChatCompletionRequest, conversation
from services.gateway.edge import edge_of
from services.gateway.questions import LIMIT_REACHED
from services.runtime.errors import Kind, Refusal, invalid

# When CasePilot came to be, in seconds since 1970: clients want one.
_CREATED = 1_795_910_400
_EVENT_STREAM = "text/event-stream"


class _Route(APIRoute):
    """A route whose refusals have OpenAI's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_in_terms(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as wrong:
                fault = wrong.errors()[0]
                return _refused(invalid(field_path(fault["loc"][1:]) or "body", fault["msg"]))
            except Refusal as refusal:
                return _refused(refusal)

        return handle_in_terms


router = APIRouter(
    prefix="/v1",
    route_class=_Route,
    responses={"default": {"description": "Why there is no answer", "model": ErrorResponse}},
)


@router.post(
    "/chat/completions",
    response_model=ChatCompletion,
    response_description="With stream, events of the type chat.completion.chunk, the last one [DONE]",
    responses={200: {"content": {_EVENT_STREAM: {"schema": {"$ref": "#/components/schemas/ChatCompletion"}}}}},
)
async def create_chat_completion(request: Request, body: ChatCompletionRequest) -> Response:
    """Ask CasePilot through a client that is written for OpenAI's API. It counts as one of the questions of the day.

    Clients send an API key of the scope pages, or none. Images and other parts than text are refused, and so are
    several answers and JSON as response format. Nothing of the conversation is stored.
    """
    edge = edge_of(request)
    caller = await edge.access.of_request(request, policy.ASK)
    _check_model(body.model)
    question, earlier = conversation(body.messages)
    try:
        asked = await asking.ask(edge, caller, assistant.AskRequest(question=question, earlier=earlier), keep=False)
    except Refusal as refusal:
        raise _of_messages(refusal) from None
    completion = Completion(question, earlier)
    if body.stream:
        with_usage = body.stream_options is not None and body.stream_options.include_usage
        headers = {"cache-control": "no-store", **asked.limits}
        return Streamed(completion.streamed(asked, with_usage), headers=headers, media_type=_EVENT_STREAM)
    return fresh(await completion.whole(asked), asked.limits)


@router.get("/models", response_model=ModelList)
async def list_models(request: Request) -> Response:
    """List the models of the OpenAI compatible API: there is one."""
    await edge_of(request).access.of_request(request, None)
    models: ModelList = {"object": "list", "data": [_model()]}
    return fresh(models)


@router.get("/models/{model}", response_model=Model)
async def get_model(request: Request, model: Annotated[str, Path(description=MODEL, max_length=100)]) -> Response:
    """Describe a model of the OpenAI compatible API."""
    await edge_of(request).access.of_request(request, None)
    _check_model(model)
    return fresh(_model())


def _of_messages(refusal: Refusal) -> Refusal:
    """Return a refusal that names the field of this API: all that is asked is made of the messages."""
    if refusal.kind is not Kind.INVALID:
        return refusal
    expected = refusal.fields[0].description if refusal.fields else refusal.message
    return invalid("messages", expected)


def _check_model(name: str) -> None:
    if name != MODEL:
        raise Refusal(
            Kind.NOT_FOUND,
            "MODEL_NOT_FOUND",
            f"There is no model {name!r}, only {MODEL!r}.",
            metadata={"field": "model"},
        )


def _model() -> Model:
    return {"id": MODEL, "object": "model", "created": _CREATED, "owned_by": "codingahead"}


def _refused(refusal: Refusal) -> Response:
    headers = refusal_headers(refusal)
    if refusal.reason == LIMIT_REACHED:
        # OpenAI's clients would ask again at once, and then twice more.
        headers["x-should-retry"] = "false"
    response = fresh({"error": error(refusal)}, headers)
    response.status_code = refusal.kind.http_status
    return response
