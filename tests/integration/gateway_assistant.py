"""A small stand-in for the assistant: it answers from a script and keeps what members ask."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.runtime import context
from services.runtime.errors import Kind, Refusal, invalid, unavailable

# Is removed from a message.
PATIENT = "John Smith"
BODY = ("11042 and 97597 are **not** paid together", " without a modifier.")
SOURCE = "NCCI PTP practitioner 2024Q3"
SECTION = pb.Source(
    name="ICD-10-CM Guidelines FY2026 Section I.C.4.a",
    book=lookup.FACT_SOURCE_ICD10CM_GUIDELINES,
    passage="I.C.4.a",
)
WHOLE = f"Verdict: fail\n\n{BODY[0]}{BODY[1]}\n\nSources:\n- {SOURCE}\n- {SECTION.name}"


def answer(question: str) -> pb.Answer:
    return pb.Answer(
        opening=pb.Opening(question=question, topic=pb.TOPIC_PAIR, kind=pb.ANSWER_KIND_ANSWER, verdict=pb.VERDICT_FAIL),
        body="".join(BODY),
        ending=pb.Ending(
            sources=[pb.Source(name=SOURCE), SECTION],
            codes=[pb.CodeName(system=lookup.CODE_SYSTEM_CPT, code="11042")],
        ),
    )


@dataclass
class FakeAssistant:
    """Answers each message alike. One that says "stop" ends in the middle, one that says "wait" waits for `release`.

    `when_asked` is called before the answer begins.
    """

    asked: list[pb.AskRequest] = field(default_factory=list)
    when_asked: Callable[[], object] = lambda: None
    subjects: list[str] = field(default_factory=list)
    remaining: list[float | None] = field(default_factory=list)
    # By the subject.
    conversations: dict[str, list[pb.Conversation]] = field(default_factory=dict)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, request: pb.AskRequest) -> AsyncIterator[pb.AskResponse]:
        call = context.current()
        assert call is not None
        self.asked.append(request)
        self.when_asked()
        self.remaining.append(call.remaining())
        if request.effective_on and not request.effective_on.startswith("20"):
            raise invalid("effective_on", "expected a date as YYYY-MM-DD")
        if request.question == "forbidden words":
            raise invalid("question", "expected other words")
        if request.conversation_id and not self._kept(request):
            raise _not_found()
        try:
            yield pb.AskResponse(progress=pb.Progress(doing="NCCI edits of 11042"))
            if "wait" in request.question:
                self.waiting.set()
                await self.release.wait()
            heard = request.question.replace(PATIENT, "[name]")
            found = answer(heard)
            yield pb.AskResponse(opening=found.opening)
            yield _text("Verdict: fail\n\n", framing=True)
            yield _text(BODY[0])
            if "stop" in request.question:
                raise unavailable("Elasticsearch is away.")
            yield _text(BODY[1])
            yield _text(f"\n\nSources:\n- {SOURCE}\n- {SECTION.name}", framing=True)
            yield pb.AskResponse(ending=found.ending)
            yield pb.AskResponse(
                done=pb.Done(
                    conversation_id=self._keep(request),
                    removed_identifiers=1,
                    by_model=True,
                    question=heard,
                )
            )
        finally:
            self.ended.set()

    async def list_conversations(self, request: pb.ListConversationsRequest) -> pb.ListConversationsResponse:
        self.subjects.append(request.subject)
        kept = self.conversations.get(request.subject, [])
        start = int(request.page_token or 0)
        end = start + (request.page_size or 20)
        answer = pb.ListConversationsResponse(next_page_token=str(end) if end < len(kept) else "")
        for conversation in kept[start:end]:
            answer.conversations.add().CopyFrom(conversation)
            del answer.conversations[-1].turns[:]
        return answer

    async def get_conversation(self, request: pb.GetConversationRequest) -> pb.GetConversationResponse:
        self.subjects.append(request.subject)
        conversation = self._kept(request)
        if conversation is None:
            raise _not_found()
        return pb.GetConversationResponse(conversation=conversation)

    async def delete_conversations(self, request: pb.DeleteConversationsRequest) -> pb.DeleteConversationsResponse:
        self.subjects.append(request.subject)
        kept = self.conversations.pop(request.subject, [])
        left = [one for one in kept if request.conversation_id and one.conversation_id != request.conversation_id]
        if left:
            self.conversations[request.subject] = left
        return pb.DeleteConversationsResponse(deleted=len(kept) - len(left))

    def _kept(self, request: pb.AskRequest | pb.GetConversationRequest) -> pb.Conversation | None:
        kept = self.conversations.get(request.subject, [])
        return next((one for one in kept if one.conversation_id == request.conversation_id), None)

    def _keep(self, request: pb.AskRequest) -> str:
        if not request.subject:
            return ""
        conversation = self._kept(request)
        if conversation is None:
            kept = self.conversations.setdefault(request.subject, [])
            conversation = pb.Conversation(conversation_id=f"c{len(kept) + 1}", title=request.question)
            conversation.started_at.GetCurrentTime()
            kept.append(conversation)
        conversation.last_at.GetCurrentTime()
        turn = conversation.turns.add(question=request.question, answers=[answer(request.question)])
        turn.asked_at.GetCurrentTime()
        return conversation.conversation_id


def _not_found() -> Refusal:
    return Refusal(Kind.NOT_FOUND, "CONVERSATION_NOT_FOUND", "There is no such conversation.")


def _text(text: str, *, framing: bool = False) -> pb.AskResponse:
    return pb.AskResponse(text=pb.Text(text=text, framing=framing))
