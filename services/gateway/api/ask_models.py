"""The JSON of questions, answers and conversations, as `models` has that of codes."""

from typing import Annotated, Literal

from codingahead.assistant.v1 import assistant_pb2 as assistant
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from services.gateway.answered import Answered
from services.gateway.asking import MOST_CHARACTERS
from services.gateway.words import ANSWER_KIND_WORDS, ANSWER_VERDICT_WORDS, SOURCE_WORDS, SYSTEM_WORDS, TOPIC_WORDS

_TOPICS = {"enum": list(TOPIC_WORDS.values())}
_KINDS = {"enum": [word for word in ANSWER_KIND_WORDS.values() if word]}
_VERDICTS = {"enum": list(ANSWER_VERDICT_WORDS.values())}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class About(_Strict):
    """A code that a question is about."""

    system: Annotated[
        Literal["icd10cm", "icd10pcs", "hcpcs", "cpt", "icd9cm"], Field(description="The code system, such as icd10cm")
    ]
    code: Annotated[str, Field(description="The code, such as E11.9", min_length=1, max_length=32)]


class AskRequest(_Strict):
    """A message to CasePilot."""

    question: Annotated[
        str,
        Field(
            description="One or several questions; patient identifiers are removed first",
            min_length=1,
            max_length=MOST_CHARACTERS,
        ),
    ]
    conversation_id: Annotated[
        str, Field(description="A conversation to go on with, for members; empty begins one", max_length=100)
    ] = ""
    effective_on: Annotated[
        str, Field(description="Date of service of questions that name none, YYYY-MM-DD; empty: today", max_length=10)
    ] = ""
    about: Annotated[About | None, Field(description='The code that "it" means')] = None


class Source(TypedDict):
    """What an answer follows from."""

    name: Annotated[str, Field(description='Source and edition, such as "NCCI PTP practitioner 2024Q3"')]
    book: Annotated[str, Field(description="The book of rules, where it is a section of one; else empty")]
    passage: Annotated[str, Field(description="The path of that section, such as I.C.9.a.2")]


class CodeName(TypedDict):
    """A code."""

    system: Annotated[str, Field(description="The code system, such as icd10cm")]
    code: Annotated[str, Field(description="The code as printed")]


class Answer(TypedDict):
    """The answer to one question."""

    question: Annotated[str, Field(description="The question, as it was taken out of the message")]
    topic: Annotated[str, Field(description="What it is about; empty when not understood", json_schema_extra=_TOPICS)]
    kind: Annotated[str, Field(description="An answer, a question back, or a refusal", json_schema_extra=_KINDS)]
    verdict: Annotated[
        str,
        Field(
            description="What a binary question comes to, else empty; no_data is no pass", json_schema_extra=_VERDICTS
        ),
    ]
    text: Annotated[str, Field(description="Markdown, without the verdict and the sources")]
    sources: list[Source]
    codes: Annotated[list[CodeName], Field(description="The codes that it names")]


def answer(message: assistant.Answer) -> Answer:
    """Return an answer as JSON."""
    return {
        "question": message.opening.question,
        "topic": TOPIC_WORDS[message.opening.topic],
        "kind": ANSWER_KIND_WORDS[message.opening.kind],
        "verdict": ANSWER_VERDICT_WORDS[message.opening.verdict],
        "text": message.body,
        "sources": [
            {"name": source.name, "book": SOURCE_WORDS[source.book], "passage": source.passage}
            for source in message.ending.sources
        ],
        "codes": [{"system": SYSTEM_WORDS[code.system], "code": code.code} for code in message.ending.codes],
    }


class AskResponse(TypedDict):
    """The answers to a message."""

    answers: Annotated[list[Answer], Field(description="In the order of the questions")]
    text: Annotated[str, Field(description="All of it in Markdown, with the verdicts and the sources")]
    conversation_id: Annotated[str, Field(description="The conversation to go on with; empty when nothing is stored")]
    removed_identifiers: Annotated[int, Field(description="Patient identifiers that were removed from the message")]
    by_model: Annotated[bool, Field(description="Whether a language model worded a part of it")]


def ask_response(answered: Answered) -> AskResponse:
    """Return the answers to a message as JSON."""
    return {
        "answers": [answer(each) for each in answered.answers],
        "text": answered.text,
        "conversation_id": answered.done.conversation_id,
        "removed_identifiers": answered.done.removed_identifiers,
        "by_model": answered.done.by_model,
    }


class Turn(TypedDict):
    """A message and its answers."""

    question: Annotated[str, Field(description="The message, without patient identifiers")]
    answers: list[Answer]
    asked_at: str


class Conversation(TypedDict):
    """A conversation of a member."""

    conversation_id: str
    title: Annotated[str, Field(description="The first question, shortened")]
    started_at: str
    last_at: Annotated[str, Field(description="When it was last gone on with")]
    deleted_at: Annotated[str, Field(description="When it will be deleted")]
    turns: Annotated[list[Turn], Field(description="Oldest first; none in a list of conversations")]


def conversation(message: assistant.Conversation) -> Conversation:
    """Return a conversation as JSON."""
    return {
        "conversation_id": message.conversation_id,
        "title": message.title,
        "started_at": message.started_at.ToJsonString(),
        "last_at": message.last_at.ToJsonString(),
        "deleted_at": message.deleted_at.ToJsonString(),
        "turns": [
            {
                "question": turn.question,
                "answers": [answer(each) for each in turn.answers],
                "asked_at": turn.asked_at.ToJsonString(),
            }
            for turn in message.turns
        ],
    }


class ListConversationsResponse(TypedDict):
    """A page of conversations."""

    conversations: Annotated[list[Conversation], Field(description="The latest first")]
    next_page_token: Annotated[str, Field(description="Token of the next page; empty on the last one")]


def conversations(message: assistant.ListConversationsResponse) -> ListConversationsResponse:
    """Return a page of conversations as JSON."""
    return {
        "conversations": [conversation(each) for each in message.conversations],
        "next_page_token": message.next_page_token,
    }
