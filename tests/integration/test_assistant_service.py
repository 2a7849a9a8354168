"""The assistant process with its database and NATS; of lookup there is only what it has loaded."""

import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.assistant.v1 import assistant_pb2_grpc
from codingahead.events.v1 import events_pb2
from codingahead.lookup.v1 import lookup_pb2 as lookup

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.stack import LocalStack
from deploy.local.supervisor import Child
from services.assistant.main import CONTRACT, LOOKUP
from services.assistant.store.database import migrate
from services.runtime import logs
from services.runtime.errors import Refusal, unavailable
from services.runtime.events import bus
from services.runtime.rpc.client import Client, is_serving, stream
from services.runtime.rpc.server import Server
from tests.support import eventually

LOG = logs.get("test")


class Loaded:
    """Answers which releases are loaded, and nothing else."""

    async def list_releases(self, request: lookup.ListReleasesRequest) -> lookup.ListReleasesResponse:
        release = lookup.Release(
            system=lookup.CODE_SYSTEM_ICD10CM,
            edition="FY2026",
            effective_from="2025-10-01",
            effective_to="2026-09-30",
        )
        return lookup.ListReleasesResponse(releases=[release])

    def __getattr__(self, name: str) -> Any:
        async def away(request: object) -> None:
            raise unavailable(f"{name} is not here")

        return away


@dataclass(frozen=True, slots=True)
class Running:
    """A running assistant with what it stands on."""

    stack: LocalStack
    stub: "assistant_pb2_grpc.AssistantServiceAsyncStub"
    log: Path

    async def ask(self, question: str, subject: str) -> list[pb.AskResponse]:
        return [event async for event in stream(self.stub.Ask(pb.AskRequest(question=question, subject=subject)))]

    async def conversations(self, subject: str) -> list[pb.Conversation]:
        answer = await self.stub.ListConversations(pb.ListConversationsRequest(subject=subject))
        return list(answer.conversations)


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder = tmp_path_factory.mktemp("assistant")
    database = f"sqlite:///{folder}/assistant.db"
    await migrate(database)
    lookup_target, target = (f"{LOOPBACK}:{free_port()}" for _ in range(2))
    server = Server(LOG, lookup_target)
    server.add(LOOKUP, Loaded())
    await server.start()
    await server.set_ready(True)
    async with LocalStack(folder, {"nats"}, ports={}) as stack:
        env = {
            "CODINGAHEAD_NATS_URL": stack.nats_url,
            "CODINGAHEAD_LOOKUP_TARGET": lookup_target,
            "CODINGAHEAD_ASSISTANT_LISTEN": target,
            "CODINGAHEAD_ASSISTANT_DATABASE_URL": database,
        }
        port = int(target.rpartition(":")[2])
        command = (sys.executable, "-m", "cli", "serve", "assistant")
        await stack.supervisor.start(Child("assistant", command, partial(is_serving, target), port=port, env=env))
        client = Client(CONTRACT, target)
        yield Running(
            stack, client.stub(assistant_pb2_grpc.AssistantServiceStub, 10), folder / "logs" / "assistant.log"
        )
        await client.close()
    await server.stop(0)


@pytest.fixture
def subject() -> str:
    return f"member:{uuid.uuid4().hex}"


async def test_a_question_is_answered_from_what_lookup_says_and_kept(running: Running, subject: str) -> None:
    events = await running.ask("Which releases are loaded?", subject)

    text = "".join(event.text.text for event in events)
    assert "ICD-10-CM FY2026 (2025-10-01 to 2026-09-30)" in text
    (conversation,) = await running.conversations(subject)
    assert conversation.conversation_id == events[-1].done.conversation_id


async def test_neither_questions_nor_identifiers_are_logged(running: Running, subject: str) -> None:
    await running.ask("Mr. Zbigniew, MRN 00123456: which releases are loaded?", subject)

    log = running.log.read_text()
    assert "AssistantService.Ask" in log
    assert not any(word in log for word in ("Zbigniew", "00123456", "releases are loaded"))


async def test_what_a_refusing_lookup_says_reaches_the_caller(running: Running, subject: str) -> None:
    with pytest.raises(Refusal, match="is not here"):
        await running.ask("Is E11.9 billable?", subject)

    assert await running.conversations(subject) == []


async def test_the_conversations_of_a_closed_account_are_forgotten(running: Running, subject: str) -> None:
    other = f"member:{uuid.uuid4().hex}"
    for member in (subject, other):
        await running.ask("Which releases are loaded?", member)
    event = events_pb2.AccountClosed(subject=subject)
    event.closed_at.FromDatetime(datetime.now(UTC))

    async with bus.connect(running.stack.nats_url, LOG, "test") as events:
        await events.publish(event, uuid.uuid4().hex)

    async def forgotten() -> bool:
        return await running.conversations(subject) == []

    await eventually(forgotten)
    assert len(await running.conversations(other)) == 1
