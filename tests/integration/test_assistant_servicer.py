"""The contract of the assistant over a real connection and database; how questions are answered is scripted."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import cast

import pytest
from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.assistant.v1 import assistant_pb2_grpc
from codingahead.lookup.v1 import lookup_pb2 as lookup
from prometheus_client import REGISTRY

from deploy.local.ports import LOOPBACK, free_port
from services.assistant import messages
from services.assistant.answer import Answer, NamedCode, Source, Verdict, clarification, head, tail
from services.assistant.asking import Assistant, Message, Record
from services.assistant.conversations import Conversations
from services.assistant.main import CONTRACT
from services.assistant.question import Code, Question, Topic, Turn
from services.assistant.servicer import AssistantServicer
from services.assistant.store.database import connect, migrate
from services.runtime import logs
from services.runtime.errors import Kind, Refusal, unavailable
from services.runtime.rpc.client import Client, stream
from services.runtime.rpc.server import Server
from tests.integration.accounts_rows import Clock
from tests.support import eventually

LOG = logs.get("test")
SUBJECT = "member:81c2"
ICD10CM = lookup.CODE_SYSTEM_ICD10CM
CPT = lookup.CODE_SYSTEM_CPT
BILLABLE = Answer(
    "**E11.9** is valid for submission (billable).",
    Verdict.YES,
    (Source("ICD-10-CM FY2026"),),
    (NamedCode(ICD10CM, "E11.9"),),
)


@dataclass
class Scripted:
    """Answers every message alike, and remembers what it was asked."""

    answers: list[Answer] = field(default_factory=lambda: [BILLABLE])
    explanation: str = ""
    failure: Refusal | None = None
    asked: list[Message] = field(default_factory=list)
    endless: bool = False
    ended: bool = False

    async def ask(self, message: Message, record: Record) -> AsyncGenerator[pb.AskResponse, None]:
        self.asked.append(message)
        try:
            yield messages.progress("Codes E11.9")
            if self.endless:
                await asyncio.get_running_loop().create_future()
            for number, answer in enumerate(self.answers):
                question = Question(f"Question {number}", Topic.BILLABLE)
                yield messages.opening(question, answer)
                yield messages.text(head(answer), framing=True)
                yield messages.text(answer.body)
                if self.explanation:
                    record.by_model = True
                    yield messages.text(self.explanation)
                if self.failure:
                    raise self.failure
                yield messages.text(tail(answer), framing=True)
                yield messages.ending(answer)
        finally:
            self.ended = True


@dataclass
class Running:
    """A running servicer with what it stands on."""

    stub: "assistant_pb2_grpc.AssistantServiceAsyncStub"
    assistant: Scripted
    conversations: Conversations
    database: Path

    async def ask(self, question: str = "Is E11.9 billable?", **fields: object) -> list[pb.AskResponse]:
        request = pb.AskRequest(question=question, **fields)  # type: ignore[arg-type]
        return [event async for event in stream(self.stub.Ask(request))]

    async def refused(self, **fields: object) -> Refusal:
        with pytest.raises(Refusal) as refusal:
            await self.ask(**fields)  # type: ignore[arg-type]
        assert self.assistant.asked == []
        return refusal.value

    async def get(self, conversation_id: str) -> pb.Conversation:
        request = pb.GetConversationRequest(subject=SUBJECT, conversation_id=conversation_id)
        return (await self.stub.GetConversation(request)).conversation


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    path = tmp_path / "assistant.db"
    await migrate(f"sqlite:///{path}")
    async with connect(f"sqlite:///{path}") as database:
        scripted, conversations = Scripted(), Conversations(database, timedelta(days=90), Clock())
        target = f"{LOOPBACK}:{free_port()}"
        server = Server(LOG, target)
        server.add(CONTRACT, AssistantServicer(cast(Assistant, scripted), conversations, LOG))
        await server.start()
        await server.set_ready(True)
        client = Client(CONTRACT, target)
        yield Running(client.stub(assistant_pb2_grpc.AssistantServiceStub, 10), scripted, conversations, path)
        await client.close()
        await server.stop(0)


def kinds(events: list[pb.AskResponse]) -> list[str | None]:
    return [event.WhichOneof("event") for event in events]


def counted(**labels: str) -> float:
    return REGISTRY.get_sample_value("codingahead_assistant_answers_total", labels) or 0.0


async def test_steps_are_told_as_they_come_and_then_that_it_is_done(running: Running) -> None:
    events = await running.ask()

    assert kinds(events) == ["progress", "opening", "text", "text", "text", "ending", "done"]
    assert "".join(event.text.text for event in events) == (
        "Verdict: yes\n\n**E11.9** is valid for submission (billable).\n\nSources:\n- ICD-10-CM FY2026"
    )
    assert events[-1].done == pb.Done(question="Is E11.9 billable?")


async def test_patient_identifiers_go_no_further_and_are_counted(running: Running) -> None:
    events = await running.ask(
        "Mr. Jones, MRN 00123456: is E11.9 billable?",
        subject=SUBJECT,
        earlier=[pb.Turn(question="patient John Smith has I10", answer="Ok.")],
    )

    done = events[-1].done
    assert done.removed_identifiers == 2
    assert done.question == "Mr. [name], [MRN]: is E11.9 billable?"
    (message,) = running.assistant.asked
    assert message.text == "Mr. [name], [MRN]: is E11.9 billable?"
    assert message.earlier == [Turn("patient [name] has I10")]
    assert (await running.get(done.conversation_id)).turns[0].question == message.text
    assert not any(b"Jones" in path.read_bytes() for path in running.database.parent.iterdir())


async def test_the_turn_of_a_member_is_kept_and_gone_on_with(running: Running) -> None:
    began = (await running.ask(subject=SUBJECT))[-1].done.conversation_id

    again = (await running.ask("And E11?", subject=SUBJECT, conversation_id=began))[-1].done.conversation_id

    assert began == again != ""
    assert running.assistant.asked[1].earlier == [Turn("Is E11.9 billable?", (Code("E11.9", (ICD10CM,)),))]
    conversation = await running.get(began)
    assert [turn.question for turn in conversation.turns] == ["Is E11.9 billable?", "And E11?"]
    assert list(conversation.turns[0].answers) == [
        pb.Answer(
            opening=messages.opened(Question("Question 0", Topic.BILLABLE), BILLABLE),
            body=BILLABLE.body,
            ending=messages.ended(BILLABLE),
        )
    ]
    assert conversation.title == "Is E11.9 billable?"
    assert conversation.deleted_at.ToDatetime(UTC) == conversation.last_at.ToDatetime(UTC) + timedelta(days=90)


async def test_of_several_questions_each_answer_is_kept_with_what_a_model_added(running: Running) -> None:
    running.assistant.answers = [BILLABLE, clarification("Which code do you mean?")]
    running.assistant.explanation = "\n\nAn explanation."

    done = (await running.ask(subject=SUBJECT))[-1].done

    assert done.by_model
    answers = (await running.get(done.conversation_id)).turns[0].answers
    assert [answer.body for answer in answers] == [
        f"{BILLABLE.body}\n\nAn explanation.",
        "Which code do you mean?\n\nAn explanation.",
    ]
    assert [answer.opening.kind for answer in answers] == [pb.ANSWER_KIND_ANSWER, pb.ANSWER_KIND_CLARIFICATION]


async def test_who_is_no_member_leaves_nothing_behind(running: Running) -> None:
    done = (await running.ask())[-1].done

    assert done.conversation_id == ""
    assert not any(b"billable" in path.read_bytes() for path in running.database.parent.iterdir())


async def test_an_answer_that_does_not_come_to_its_end_is_not_kept(running: Running) -> None:
    running.assistant.failure = unavailable("Lookup cannot be reached.")

    with pytest.raises(Refusal, match="Lookup cannot be reached"):
        await running.ask(subject=SUBJECT)

    assert await running.conversations.latest(SUBJECT, 0, "") == ([], "")


async def test_a_conversation_that_is_deleted_meanwhile_is_answered_still(running: Running) -> None:
    conversation_id = (await running.ask(subject=SUBJECT))[-1].done.conversation_id
    request = pb.AskRequest(question="And E11?", subject=SUBJECT, conversation_id=conversation_id)

    events = stream(running.stub.Ask(request))
    first = await anext(events)
    await running.conversations.delete(SUBJECT, conversation_id)
    rest = [event async for event in events]

    assert kinds([first, *rest])[-2:] == ["ending", "done"]


async def test_a_caller_may_tell_what_was_said_before(running: Running) -> None:
    answer = "Verdict: fail\n\n**97597** is column 2 of 11042.\n\nSources:\n- NCCI PTP 2024Q3\n- Book of J3301"

    await running.ask(
        "and with modifier 59?",
        earlier=[pb.Turn(question="97597 with 11042?", answer=answer)],
        about=pb.CodeName(system=ICD10CM, code=" e11.9 "),
        effective_on="2024-08-01",
    )

    (message,) = running.assistant.asked
    (turn,) = message.earlier
    assert [(code.text, code.systems[0]) for code in turn.codes] == [("97597", CPT), ("11042", CPT)]
    assert message.about == Code("E11.9", (ICD10CM,))
    assert message.effective_on == date(2024, 8, 1)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"question": " \n\t "}, "question"),
        ({"question": "x" * 4001}, "question"),
        ({"earlier": [pb.Turn()] * 21}, "earlier"),
        ({"effective_on": "2024-13-01"}, "effective_on"),
        ({"effective_on": "20240801"}, "effective_on"),
        ({"about": pb.CodeName(code="E11.9")}, "about.system"),
        ({"about": pb.CodeName(system=cast(lookup.CodeSystem.ValueType, 99), code="E11.9")}, "about.system"),
        ({"about": pb.CodeName(system=ICD10CM, code="E11.9 or so")}, "about.code"),
        ({"subject": "m" * 129}, "subject"),
        ({"conversation_id": "a" * 32}, "subject"),
        ({"subject": SUBJECT, "conversation_id": "1\x00"}, "conversation_id"),
        ({"subject": SUBJECT, "conversation_id": "a" * 32, "earlier": [pb.Turn()]}, "earlier"),
    ],
)
async def test_a_request_that_is_wrong_is_refused_by_its_field(
    running: Running, fields: dict[str, object], wrong: str
) -> None:
    refusal = await running.refused(**fields)

    assert refusal.kind is Kind.INVALID
    assert refusal.metadata == {"field": wrong}


async def test_a_question_of_4000_characters_and_control_characters_is_taken(running: Running) -> None:
    await running.ask(f"\x0cIs\x00E11.9\nok?{'x' * 3986} ", subject=SUBJECT)

    assert running.assistant.asked[0].text.startswith("Is E11.9\nok?x")
    assert len(running.assistant.asked[0].text) == 3998


async def test_an_unknown_conversation_is_not_gone_on_with(running: Running) -> None:
    refusal = await running.refused(subject=SUBJECT, conversation_id="a" * 32)

    assert refusal.reason == "CONVERSATION_NOT_FOUND"


async def test_a_caller_who_goes_away_ends_the_work(running: Running) -> None:
    running.assistant.endless = True
    events = stream(running.stub.Ask(pb.AskRequest(question="Is E11.9 billable?", subject=SUBJECT)))
    await anext(events)
    assert not running.assistant.ended

    await events.aclose()

    await eventually(lambda: running.assistant.ended)


async def test_conversations_are_listed_page_by_page_and_deleted(running: Running) -> None:
    ids = [(await running.ask(str(number), subject=SUBJECT))[-1].done.conversation_id for number in range(3)]

    first = await running.stub.ListConversations(pb.ListConversationsRequest(subject=SUBJECT, page_size=2))
    rest = await running.stub.ListConversations(
        pb.ListConversationsRequest(subject=SUBJECT, page_size=2, page_token=first.next_page_token)
    )
    deleted = await running.stub.DeleteConversations(
        pb.DeleteConversationsRequest(subject=SUBJECT, conversation_id=ids[0])
    )
    all_deleted = await running.stub.DeleteConversations(pb.DeleteConversationsRequest(subject=SUBJECT))

    found = [*first.conversations, *rest.conversations]
    assert sorted(one.conversation_id for one in found) == sorted(ids)
    assert not any(one.turns for one in found)
    assert (rest.next_page_token, deleted.deleted, all_deleted.deleted) == ("", 1, 2)


async def test_requests_about_conversations_name_a_member(running: Running) -> None:
    for call in (
        running.stub.ListConversations(pb.ListConversationsRequest()),
        running.stub.GetConversation(pb.GetConversationRequest(conversation_id="a" * 32)),
        running.stub.DeleteConversations(pb.DeleteConversationsRequest()),
    ):
        with pytest.raises(Refusal) as refusal:
            await call
        assert refusal.value.metadata == {"field": "subject"}


async def test_answers_are_counted_by_what_they_come_to(running: Running) -> None:
    running.assistant.answers = [BILLABLE, clarification("Which code?")]
    before = (
        counted(topic="billable", kind="answer", verdict="yes"),
        counted(topic="billable", kind="clarification", verdict="none"),
    )

    await running.ask()

    assert counted(topic="billable", kind="answer", verdict="yes") == before[0] + 1
    assert counted(topic="billable", kind="clarification", verdict="none") == before[1] + 1
