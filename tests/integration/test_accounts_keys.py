"""API keys over the real databases."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from services.accounts.keys import KeyHolder, Keys
from services.accounts.model import Account, ApiKey, Plan, Scope
from services.accounts.store import keys as store
from services.accounts.store.database import Database
from services.accounts.store.tables import api_keys
from services.runtime.errors import Kind, Refusal
from tests.integration.accounts_rows import NO_ACCOUNTS, Clock, add_member, close, count, revoked_keys
from tests.integration.accounts_stack import DATABASES, empty_database, people_on

# What makes every note of a use fail, and the way back.
BROKEN_WRITES = {
    "sqlite": (
        "CREATE TRIGGER broken BEFORE UPDATE ON api_keys BEGIN SELECT RAISE(ABORT, 'broken'); END",
        "DROP TRIGGER broken",
    ),
    "postgresql": (
        "ALTER TABLE api_keys ADD CONSTRAINT broken CHECK (last_used_at IS NULL) NOT VALID",
        "ALTER TABLE api_keys DROP CONSTRAINT broken",
    ),
}


@pytest.fixture(scope="module", params=DATABASES)
async def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with people_on(await empty_database(request, tmp_path_factory.mktemp("accounts"))) as people:
        yield people.database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(database: Database, clock: Clock) -> Keys:
    return Keys(database, clock)


@pytest.fixture
async def subject(database: Database) -> str:
    return await add_member(database)


async def keys_of(database: Database, subject: str) -> list[ApiKey]:
    async with database.begin() as connection:
        return await store.of(connection, subject.removeprefix("member:"))


async def test_a_key_speaks_for_its_owner(keys: Keys, database: Database, subject: str, clock: Clock) -> None:
    key, secret = await keys.create(subject, "  billing script ", ["pages", "codes"])

    assert key == ApiKey(
        key.id, "billing script", frozenset({Scope.CODES, Scope.PAGES}), clock.time, None, ending=secret[-4:]
    )
    assert await keys_of(database, subject) == [key]
    assert await keys.authenticate(secret) == KeyHolder(subject, Plan.MEMBER, key.id, key.scopes)


async def test_only_a_hash_of_the_secret_is_kept(keys: Keys, database: Database, subject: str) -> None:
    key, secret = await keys.create(subject, "script", ["codes"])

    found = re.fullmatch(f"cak_{key.id}_([A-Za-z0-9_-]{{43}})", secret)
    assert found
    async with database.begin() as connection:
        row = (await connection.execute(select(api_keys).where(api_keys.c.id == key.id))).one()
    assert row.secret_hash == sha256(found[1].encode()).digest()
    assert found[1] not in repr(row)


async def test_keys_are_listed_oldest_first(keys: Keys, database: Database, subject: str, clock: Clock) -> None:
    made = []
    for name in ("b", "c", "a"):
        made.append((await keys.create(subject, name, ["codes"]))[0])
        clock.go(seconds=1)

    account = Account(subject.removeprefix("member:"), "", "", Plan.MEMBER, None, clock.time)
    assert await keys.of(account) == made


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb", "a\x00b", "a\u2028b"])
async def test_a_name_that_cannot_be_shown_is_refused(keys: Keys, subject: str, name: str) -> None:
    with pytest.raises(Refusal, match="name: expected 1 to 64 printable characters"):
        await keys.create(subject, name, ["codes"])


@pytest.mark.parametrize("scopes", [[], [""], ["codes", "everything"], ["CODES"]])
async def test_scopes_that_are_not_known_are_refused(keys: Keys, subject: str, scopes: list[str]) -> None:
    with pytest.raises(Refusal, match="scopes: expected at least one of codes, pages"):
        await keys.create(subject, "script", scopes)


async def test_an_account_has_ten_keys_however_many_are_asked_for_at_once(
    keys: Keys, database: Database, subject: str
) -> None:
    for n in range(9):
        await keys.create(subject, f"script {n}", ["codes"])
    # Opens the connections: calls that wait for one are not made at once.
    await asyncio.gather(*(keys_of(database, subject) for _ in range(20)))
    answers = await asyncio.gather(
        *(keys.create(subject, f"another {n}", ["codes"]) for n in range(20)), return_exceptions=True
    )

    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [(refusal.kind, refusal.reason) for refusal in refusals] == [(Kind.PRECONDITION, "TOO_MANY_KEYS")] * 19
    assert len(await keys_of(database, subject)) == 10


async def test_a_revoked_key_makes_room_for_another(keys: Keys, subject: str) -> None:
    made = [(await keys.create(subject, f"script {n}", ["codes"]))[0] for n in range(10)]
    await keys.revoke(subject, made[3].id)

    await keys.create(subject, "one more", ["codes"])
    with pytest.raises(Refusal, match="at most 10"):
        await keys.create(subject, "and another", ["codes"])


async def test_a_revoked_key_is_not_valid_and_that_is_told_once(keys: Keys, database: Database, subject: str) -> None:
    key, secret = await keys.create(subject, "script", ["codes"])
    other, other_secret = await keys.create(subject, "other", ["codes"])
    await keys.revoke(subject, key.id)

    with pytest.raises(Refusal, match="not valid"):
        await keys.authenticate(secret)
    with pytest.raises(Refusal) as caught:
        await keys.revoke(subject, key.id)
    assert (caught.value.kind, caught.value.reason) == (Kind.NOT_FOUND, "KEY_NOT_FOUND")
    assert await revoked_keys(database, subject) == [key.id]
    assert (await keys.authenticate(other_secret)).key_id == other.id


@pytest.mark.parametrize("key_id", ["", "1", "\x00", "x" * 1000])
async def test_what_names_no_key_is_not_found(keys: Keys, subject: str, key_id: str) -> None:
    with pytest.raises(Refusal) as caught:
        await keys.revoke(subject, key_id)
    assert caught.value.reason == "KEY_NOT_FOUND"


async def test_nobody_revokes_the_key_of_another(keys: Keys, database: Database, subject: str) -> None:
    key, secret = await keys.create(subject, "script", ["codes"])
    stranger = await add_member(database)

    with pytest.raises(Refusal) as caught:
        await keys.revoke(stranger, key.id)
    assert caught.value.reason == "KEY_NOT_FOUND"
    assert (await keys.authenticate(secret)).subject == subject
    assert await revoked_keys(database, stranger) == []


async def test_whatever_is_wrong_with_a_secret_the_answer_is_the_same(keys: Keys, subject: str) -> None:
    key, secret = await keys.create(subject, "script", ["codes"])
    _, other = await keys.create(subject, "other", ["codes"])
    random = secret.removeprefix(f"cak_{key.id}_")
    wrong = [
        "",
        "cak_",
        f"cak_{key.id}_",
        key.id,
        random,
        f"cak_{key.id}_{random[:-1]}",
        f"cak_{key.id}_{random}A",
        f"cak_{key.id}_{'A' * 43}",
        f"cak_{key.id}_{other[-43:]}",
        f"cak_{'0' * 32}_{random}",
        f"key_{key.id}_{random}",
        f"{secret}\n",
        f" {secret}",
        f"\x00{secret}",
        secret * 1000,
    ]

    answers = set()
    for text_ in wrong:
        with pytest.raises(Refusal) as caught:
            await keys.authenticate(text_)
        answers.add((caught.value.kind, caught.value.reason, caught.value.message))
    assert answers == {(Kind.UNAUTHENTICATED, "KEY_NOT_VALID", "The API key is not valid.")}


async def test_a_key_has_the_plan_that_is_in_force(keys: Keys, database: Database, clock: Clock) -> None:
    subject = await add_member(database, Plan.SUBSCRIBER, clock.time + timedelta(days=1))
    _, secret = await keys.create(subject, "script", ["codes"])

    assert (await keys.authenticate(secret)).plan is Plan.SUBSCRIBER
    clock.go(days=1)
    assert (await keys.authenticate(secret)).plan is Plan.MEMBER


async def test_the_use_of_a_key_is_noted_once_a_minute(
    keys: Keys, database: Database, subject: str, clock: Clock
) -> None:
    _, secret = await keys.create(subject, "script", ["codes"])

    async def last_used_after(seconds: float) -> timedelta | None:
        clock.go(seconds=seconds)
        await keys.authenticate(secret)
        (key,) = await keys_of(database, subject)
        return key.last_used_at - key.created_at if key.last_used_at else None

    assert await last_used_after(5) == timedelta(seconds=5)
    assert await last_used_after(59) == timedelta(seconds=5)
    assert await last_used_after(1) == timedelta(seconds=65)


async def test_of_uses_at_the_same_time_one_is_noted(
    database: Database, keys: Keys, subject: str, clock: Clock
) -> None:
    key, _ = await keys.create(subject, "script", ["codes"])
    for _ in range(2):
        async with database.begin() as connection:
            await store.set_last_used(connection, key, clock.go(seconds=1))

    assert await keys_of(database, subject) == [replace(key, last_used_at=key.created_at + timedelta(seconds=1))]


async def test_a_use_that_cannot_be_noted_is_served(keys: Keys, database: Database, subject: str) -> None:
    key, secret = await keys.create(subject, "script", ["codes"])
    async with database.begin() as connection:
        breaking, mending = BROKEN_WRITES[connection.dialect.name]
        await connection.execute(text(breaking))
    try:
        with capture_logs() as lines:
            holder = await keys.authenticate(secret)
    finally:
        async with database.begin() as connection:
            await connection.execute(text(mending))

    assert holder.key_id == key.id
    assert [(line["log_level"], line["api_key_id"]) for line in lines] == [("error", key.id)]
    assert await keys_of(database, subject) == [key]


@pytest.mark.parametrize("nobody", NO_ACCOUNTS)
async def test_who_has_no_account_has_no_keys(keys: Keys, nobody: str) -> None:
    for call in (keys.create(nobody, "script", ["codes"]), keys.revoke(nobody, "0" * 32)):
        with pytest.raises(Refusal) as caught:
            await call
        assert (caught.value.kind, caught.value.reason) == (Kind.NOT_FOUND, "ACCOUNT_NOT_FOUND")


async def test_keys_go_with_their_account(keys: Keys, database: Database, subject: str) -> None:
    _, secret = await keys.create(subject, "script", ["codes"])
    await close(database, subject)

    with pytest.raises(Refusal, match="not valid"):
        await keys.authenticate(secret)
    assert await count(database, api_keys, subject) == 0


async def test_a_key_that_is_made_while_its_account_is_closed_is_refused_or_gone(
    keys: Keys, database: Database
) -> None:
    for _ in range(10):
        subject = await add_member(database)
        made, _ = await asyncio.gather(
            keys.create(subject, "script", ["codes"]), close(database, subject), return_exceptions=True
        )

        assert not isinstance(made, Exception) or getattr(made, "reason", "") == "ACCOUNT_NOT_FOUND"
        assert await count(database, api_keys, subject) == 0
