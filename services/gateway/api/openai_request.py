"""What clients of OpenAI's chat completions API ask, as a question to CasePilot."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from codingahead.assistant.v1 import assistant_pb2 as assistant
from pydantic import BaseModel, Field

from services.runtime.errors import invalid

MODEL = "casepilot"
_MOST_EARLIER = 20


class Message(BaseModel):
    """A message of the conversation."""

    role: Annotated[
        Literal["system", "developer", "user", "assistant"],
        Field(description="Messages of system and developer have no effect"),
    ]
    content: Annotated[Any, Field(description="Text, or a list of parts of the type text")] = None


class ResponseFormat(BaseModel):
    """The form of the answer."""

    type: Literal["text"]


class StreamOptions(BaseModel):
    """What else a stream has."""

    include_usage: bool = False


class ChatCompletionRequest(BaseModel):
    """A conversation that is to go on. Fields that are not listed are ignored, such as temperature and max_tokens."""

    model: Annotated[str, Field(description=MODEL)]
    messages: Annotated[
        list[Message],
        Field(description="The last ones are the question; of those before, the last 20 pairs count", min_length=1),
    ]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None
    response_format: ResponseFormat | None = None
    tool_choice: Annotated[Literal["none", "auto"] | None, Field(description="Tools are accepted and never called")] = (
        None
    )


def conversation(messages: Sequence[Message]) -> tuple[str, list[assistant.Turn]]:
    """Return the question of a conversation, and the turns before it.

    What a user says in several messages is one; what is said to a user who has said nothing yet is left out.
    """
    asked: list[str] = []
    earlier: list[assistant.Turn] = []
    for place, message in enumerate(messages):
        text = _text(message.content, f"messages[{place}].content")
        if message.role == "user":
            asked.append(text)
        elif message.role == "assistant" and asked:
            earlier.append(assistant.Turn(question="\n\n".join(asked), answer=text))
            asked = []
    if not asked:
        raise invalid("messages", "expected the last message to be the user's")
    return "\n\n".join(asked), earlier[-_MOST_EARLIER:]


def _text(content: Any, field: str) -> str:
    """Return the text of a message. Raises a Refusal that names the part which is none."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise invalid(field, "expected text, or a list of parts")
    return "".join(_part(part, f"{field}[{place}]") for place, part in enumerate(content))


def _part(part: Any, field: str) -> str:
    match part:
        case {"type": "text", "text": str(text)} | {"type": "refusal", "refusal": str(text)}:
            return text
    raise invalid(field, "expected a part of the type text: CasePilot reads nothing else")
