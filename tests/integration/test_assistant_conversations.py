"""Conversations of members, over the real databases."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2 as lookup
from sqlalchemy import func, insert, select

from services.assistant.conversations import MOST_EARLIER, MOST_TURNS, Conversations
from services.assistant.store.database import Database, connect, migrate
from services.assistant.store.tables import turns
from services.runtime.errors import Kind, Refusal
from tests.integration.accounts_rows import Clock
from tests.integration.accounts_stack import DATABASES, empty_database

KEPT = timedelta(days=90)
ANSWERS = [
    pb.Answer(
        opening=pb.Opening(question="Is E11.9 billable?", topic=pb.TOPIC_BILLABLE, verdict=pb.VERDICT_YES),
        body="**E11.9** is valid for submission.",
        ending=pb.Ending(
            sources=[pb.Source(name="ICD-10-CM FY2026")],
            codes=[pb.CodeName(system=lookup.CODE_SYSTEM_ICD10CM, code="E11.9")],
        ),
    ),
    pb.Answer(opening=pb.Opening(question="And E11?"), body="No."),
]


@pytest.fixture(scope="module", params=DATABASES)
async def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    url = await empty_database(request, tmp_path_factory.mktemp("assistant"))
    await migrate(url)
    async with connect(url) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conversations(database: Database, clock: Clock) -> Conversations:
    return Conversations(database, KEPT, clock)


@pytest.fixture
def subject() -> str:
    return f"member:{uuid.uuid4().hex}"


async def fill(database: Database, clock: Clock, conversation_id: str, count: int) -> None:
    """Give a conversation of one turn so many."""
    row = {"conversation_id": conversation_id, "answers": b"", "asked_at": clock()}
    rows = [row | {"number": n, "question": f"Question {n}"} for n in range(1, count)]
    async with database.begin() as connection:
        await connection.execute(insert(turns), rows)


async def count_turns(database: Database, conversation_id: str) -> int | None:
    async with database.begin() as connection:
        return await connection.scalar(
            select(func.count()).select_from(turns).where(turns.c.conversation_id == conversation_id)
        )


async def titles(conversations: Conversations, subject: str) -> list[str]:
    return [found.title for found in (await conversations.latest(subject, 100, ""))[0]]


async def test_a_conversation_is_read_as_it_was_kept(conversations: Conversations, clock: Clock, subject: str) -> None:
    began = clock.time
    conversation_id = await conversations.keep(subject, "", "Is E11.9 billable? And E11?", ANSWERS)
    last = clock.go(minutes=5)
    assert await conversations.keep(subject, conversation_id, "Why?", []) == conversation_id

    conversation, kept = await conversations.get(subject, conversation_id)

    assert (conversation.id, conversation.title) == (conversation_id, "Is E11.9 billable? And E11?")
    assert (conversation.started_at, conversation.last_at) == (began, last)
    assert conversations.deleted_at(conversation) == last + KEPT
    assert [(turn.question, list(turn.answers), turn.asked_at) for turn in kept] == [
        ("Is E11.9 billable? And E11?", ANSWERS, began),
        ("Why?", [], last),
    ]


async def test_a_title_is_one_short_line(conversations: Conversations, subject: str) -> None:
    await conversations.keep(subject, "", f"First\n  line {'x' * 100}", [])

    (title,) = await titles(conversations, subject)

    assert title.startswith("First line xxx")
    assert title.endswith("x…")
    assert len(title) == 80


async def test_the_latest_conversation_comes_first_and_pages_meet(
    conversations: Conversations, clock: Clock, subject: str
) -> None:
    ids = []
    for number in range(5):
        clock.go(seconds=number % 2)  # some at the same time
        ids.append(await conversations.keep(subject, "", str(number), []))
    clock.go(hours=1)
    await conversations.keep(subject, ids[1], "again", [])

    found: list[str] = []
    token, pages = "", 0
    while pages == 0 or token:
        stretch, token = await conversations.latest(subject, 2, token)
        found += [conversation.id for conversation in stretch]
        pages += 1

    assert pages == 3
    assert found[0] == ids[1]
    assert sorted(found) == sorted(ids)
    assert [one.id for one in (await conversations.latest(subject, 0, ""))[0]] == found


async def test_nobody_sees_or_changes_the_conversation_of_another(conversations: Conversations, subject: str) -> None:
    conversation_id = await conversations.keep(subject, "", "mine", ANSWERS)
    other = f"member:{uuid.uuid4().hex}"

    for asking in (conversations.get(other, conversation_id), conversations.earlier(other, conversation_id)):
        with pytest.raises(Refusal) as refusal:
            await asking
        assert (refusal.value.kind, refusal.value.reason) == (Kind.NOT_FOUND, "CONVERSATION_NOT_FOUND")
    assert await conversations.keep(other, conversation_id, "theirs", []) == ""
    assert await conversations.delete(other, conversation_id) == 0
    assert await conversations.delete(other, "") == 0
    assert await titles(conversations, other) == []
    assert len((await conversations.get(subject, conversation_id))[1]) == 1


async def test_of_a_long_conversation_the_last_turns_come_before_a_question(
    conversations: Conversations, database: Database, clock: Clock, subject: str
) -> None:
    conversation_id = await conversations.keep(subject, "", "Question 0", [])
    await fill(database, clock, conversation_id, 30)

    earlier = await conversations.earlier(subject, conversation_id)

    assert [turn.question for turn in earlier] == [f"Question {n}" for n in range(30 - MOST_EARLIER, 30)]


async def test_a_full_conversation_takes_no_further_turn(
    conversations: Conversations, database: Database, clock: Clock, subject: str
) -> None:
    conversation_id = await conversations.keep(subject, "", "Question 0", [])
    await fill(database, clock, conversation_id, MOST_TURNS - 1)
    await conversations.earlier(subject, conversation_id)

    assert await conversations.keep(subject, conversation_id, "the last one", []) == conversation_id

    with pytest.raises(Refusal, match="Begin a new one") as refusal:
        await conversations.earlier(subject, conversation_id)
    assert (refusal.value.kind, refusal.value.reason) == (Kind.PRECONDITION, "CONVERSATION_FULL")
    assert await conversations.keep(subject, conversation_id, "one more", []) == ""
    assert len((await conversations.get(subject, conversation_id))[1]) == MOST_TURNS


async def test_turns_that_are_kept_at_once_are_all_kept(conversations: Conversations, subject: str) -> None:
    conversation_id = await conversations.keep(subject, "", "first", [])

    await asyncio.gather(*(conversations.keep(subject, conversation_id, str(n), []) for n in range(20)))

    _, kept = await conversations.get(subject, conversation_id)
    assert sorted(turn.question for turn in kept[1:]) == sorted(map(str, range(20)))


async def test_one_conversation_is_deleted_with_its_turns_or_all_are(
    conversations: Conversations, database: Database, subject: str
) -> None:
    ids = [await conversations.keep(subject, "", str(number), ANSWERS) for number in range(3)]
    other = f"member:{uuid.uuid4().hex}"
    kept = await conversations.keep(other, "", "theirs", [])

    assert await conversations.delete(subject, ids[0]) == 1
    assert await conversations.delete(subject, ids[0]) == 0
    assert await count_turns(database, ids[0]) == 0
    assert len(await titles(conversations, subject)) == 2
    assert await conversations.delete(subject, "") == 2
    assert await titles(conversations, subject) == []
    assert await count_turns(database, kept) == 1


async def test_a_conversation_that_is_deleted_while_it_is_answered_is_not_kept(
    conversations: Conversations, database: Database, subject: str
) -> None:
    conversation_id = await conversations.keep(subject, "", "first", [])
    await conversations.delete(subject, conversation_id)

    assert await conversations.keep(subject, conversation_id, "second", ANSWERS) == ""
    assert await count_turns(database, conversation_id) == 0


async def test_what_nobody_goes_on_with_is_forgotten_when_its_time_is_over(
    conversations: Conversations, clock: Clock, subject: str
) -> None:
    old = await conversations.keep(subject, "", "old", [])
    used = await conversations.keep(subject, "", "used", [])
    clock.go(days=89)
    await conversations.keep(subject, used, "again", [])
    await conversations.sweep()
    assert len(await titles(conversations, subject)) == 2

    clock.go(days=1)
    await conversations.sweep()

    with pytest.raises(Refusal):
        await conversations.get(subject, old)
    assert await titles(conversations, subject) == ["used"]
