"""The contract of the assistant: a request becomes a domain call, what comes of it messages."""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import date, datetime

from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client import Counter

from services.assistant import messages
from services.assistant.answer import Kind, Verdict
from services.assistant.asking import Assistant, Message, Record
from services.assistant.conversations import MOST_EARLIER, Conversations
from services.assistant.privacy import redact
from services.assistant.question import Code, Topic, Turn
from services.assistant.store.conversations import AnsweredTurn, Conversation
from services.assistant.understanding.codes import take_codes
from services.runtime import logs
from services.runtime.errors import Refusal, invalid

ANSWERS = Counter("codingahead_assistant_answers_total", "Answers to questions", ["topic", "kind", "verdict"])

LONGEST_QUESTION = 4000
# So much of an answer that a caller tells is read.
_LONGEST_ANSWER = 20_000
_LONGEST_SUBJECT = 128
_CONVERSATION_ID = re.compile("[0-9a-f]{32}")
_CODE = re.compile(r"[0-9A-Z.]{2,10}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SOURCES = re.compile(r"^Sources:.*(?:\n- .*)*", re.MULTILINE)
_NO_SYSTEM = lookup.CODE_SYSTEM_UNSPECIFIED


class AssistantServicer:
    """Answers codingahead.assistant.v1.AssistantService."""

    def __init__(self, assistant: Assistant, conversations: Conversations, log: logs.Logger) -> None:
        self._assistant = assistant
        self._conversations = conversations
        self._log = log

    async def ask(self, request: pb.AskRequest) -> AsyncGenerator[pb.AskResponse, None]:
        """Answer the questions of a message as it is done; then keep the turn of a member."""
        subject = _subject(request.subject) if request.subject or request.conversation_id else ""
        question = redact(_question(request.question))
        about, effective_on = _about(request), _effective_on(request)
        message = Message(question.text, await self._earlier(subject, request), about, effective_on)
        record = Record()
        answers = _Answers()
        async with aclosing(self._assistant.ask(message, record)) as events:
            async for event in events:
                answers.add(event)
                yield event
        conversation_id = await self._keep(subject, request.conversation_id, question.text, answers.complete)
        yield messages.done(question, conversation_id, record.by_model)

    async def list_conversations(self, request: pb.ListConversationsRequest) -> pb.ListConversationsResponse:
        """Return the conversations of a member."""
        subject = _subject(request.subject)
        found, token = await self._conversations.latest(subject, request.page_size, request.page_token)
        return pb.ListConversationsResponse(conversations=map(self._conversation, found), next_page_token=token)

    async def get_conversation(self, request: pb.GetConversationRequest) -> pb.GetConversationResponse:
        """Return a conversation."""
        subject, conversation_id = _subject(request.subject), _conversation_id(request.conversation_id)
        conversation, turns = await self._conversations.get(subject, conversation_id)
        return pb.GetConversationResponse(conversation=self._conversation(conversation, turns))

    async def delete_conversations(self, request: pb.DeleteConversationsRequest) -> pb.DeleteConversationsResponse:
        """Forget a conversation, or all."""
        subject = _subject(request.subject)
        conversation_id = _conversation_id(request.conversation_id) if request.conversation_id else ""
        return pb.DeleteConversationsResponse(deleted=await self._conversations.delete(subject, conversation_id))

    async def _earlier(self, subject: str, request: pb.AskRequest) -> Sequence[Turn]:
        if not request.conversation_id:
            return _told_earlier(request)
        if request.earlier:
            raise invalid("earlier", "expected none together with conversation_id")
        turns = await self._conversations.earlier(subject, _conversation_id(request.conversation_id))
        return [_turn(turn) for turn in turns]

    async def _keep(self, subject: str, conversation_id: str, question: str, answers: Sequence[pb.Answer]) -> str:
        if not subject:
            return ""
        try:
            return await self._conversations.keep(subject, conversation_id, question, answers)
        except Refusal as refusal:
            # What was answered is answered.
            self._log.warning("a turn was not kept", reason=refusal.reason)
            return ""

    def _conversation(self, conversation: Conversation, turns: Sequence[AnsweredTurn] = ()) -> pb.Conversation:
        return pb.Conversation(
            conversation_id=conversation.id,
            title=conversation.title,
            started_at=_timestamp(conversation.started_at),
            last_at=_timestamp(conversation.last_at),
            deleted_at=_timestamp(self._conversations.deleted_at(conversation)),
            turns=[
                pb.ConversationTurn(question=turn.question, answers=turn.answers, asked_at=_timestamp(turn.asked_at))
                for turn in turns
            ],
        )


class _Answers:
    """The answers that the steps of one rpc tell, each counted when it is complete."""

    def __init__(self) -> None:
        self.complete: list[pb.Answer] = []
        self._answer = pb.Answer()

    def add(self, event: pb.AskResponse) -> None:
        """Take the next step."""
        match event.WhichOneof("event"):
            case "opening":
                self._answer = pb.Answer(opening=event.opening)
            case "text" if not event.text.framing:
                self._answer.body += event.text.text
            case "ending":
                self._answer.ending.CopyFrom(event.ending)
                self.complete.append(self._answer)
                _count(self._answer.opening)


def _count(opening: pb.Opening) -> None:
    verdict = Verdict(opening.verdict).word if opening.verdict else "none"
    ANSWERS.labels(Topic(opening.topic).name.lower(), Kind(opening.kind).name.lower(), verdict).inc()


def _question(text: str) -> str:
    text = _CONTROL.sub(" ", text).strip()
    if not 1 <= len(text) <= LONGEST_QUESTION:
        raise invalid("question", f"expected 1 to {LONGEST_QUESTION} characters")
    return text


def _told_earlier(request: pb.AskRequest) -> Sequence[Turn]:
    if len(request.earlier) > MOST_EARLIER:
        raise invalid("earlier", f"expected at most {MOST_EARLIER} turns")
    return [
        Turn(redact(turn.question[:LONGEST_QUESTION]).text, _codes_in(turn.answer[:_LONGEST_ANSWER]))
        for turn in request.earlier
    ]


def _codes_in(answer: str) -> tuple[Code, ...]:
    """Return the codes that the text of an answer is about; its sources name editions and sections."""
    codes, _ = take_codes(_SOURCES.sub("", answer))
    return tuple(Code(code.text, code.systems) for code in codes)


def _turn(turn: AnsweredTurn) -> Turn:
    codes = [Code(named.code, (named.system,)) for answer in turn.answers for named in answer.ending.codes]
    return Turn(turn.question, tuple(codes))


def _about(request: pb.AskRequest) -> Code | None:
    if not request.HasField("about"):
        return None
    system, code = request.about.system, request.about.code.strip().upper()
    if system == _NO_SYSTEM or system not in lookup.CodeSystem.values():
        raise invalid("about.system", "expected a code system")
    if not _CODE.fullmatch(code):
        raise invalid("about.code", 'expected a code, such as "E11.9"')
    return Code(code, (system,))


def _effective_on(request: pb.AskRequest) -> date | None:
    text = request.effective_on
    if not text:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise invalid("effective_on", "expected a date as YYYY-MM-DD")


def _subject(subject: str) -> str:
    if not (1 <= len(subject) <= _LONGEST_SUBJECT and subject.isprintable()):
        raise invalid("subject", "expected the member")
    return subject


def _conversation_id(text: str) -> str:
    if not _CONVERSATION_ID.fullmatch(text):
        raise invalid("conversation_id", "expected the id of a conversation")
    return text


def _timestamp(time: datetime) -> Timestamp:
    message = Timestamp()
    message.FromDatetime(time)
    return message
