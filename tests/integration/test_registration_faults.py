"""From guest to member while accounts, quota or NATS are killed: no account is lost, and no view is granted twice."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx
import nats
import pytest
from codingahead.accounts.v1 import accounts_pb2 as accounts
from codingahead.accounts.v1 import accounts_pb2_grpc
from codingahead.events.v1 import events_pb2
from codingahead.quota.v1 import quota_pb2 as quota
from codingahead.quota.v1 import quota_pb2_grpc

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.stack import LocalStack
from deploy.local.supervisor import Child
from services.accounts.store.database import migrate
from services.gateway.main import ACCOUNTS, QUOTA
from services.runtime.errors import Kind, Refusal
from services.runtime.rpc.client import Client, is_serving
from tests.support import eventually

PASSWORD = "a quiet harbour at dawn"
PAGE = "icd10cm:I10"
_NUMBERS = itertools.count(1)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a browser, from guest on."""

    email: str
    guest: accounts.Guest


@dataclass(frozen=True, slots=True)
class Platform:
    """What registering takes, without a gateway."""

    stack: LocalStack
    accounts: "accounts_pb2_grpc.AccountsServiceAsyncStub"
    quota: "quota_pb2_grpc.QuotaServiceAsyncStub"

    async def kill_and_restart(self, name: str) -> None:
        await self.stack.supervisor.kill(name)
        await self.stack.supervisor.restart(name)

    async def guest(self) -> Person:
        """Return a guest who has opened a page and has no view left."""
        number = next(_NUMBERS)
        guest = accounts.Guest(subject=f"guest:{number}", network=f"network-{number}")
        view = quota.RecordViewRequest(
            subject=guest.subject, plan="guest", page=PAGE, request_id="first", network=guest.network
        )
        assert (await _persistently(lambda: self.quota.RecordView(view))).allowed
        return Person(f"coder{number}@example.org", guest)

    async def register(self, person: Person) -> None:
        request = accounts.RegisterRequest(
            email=person.email, password=PASSWORD, guest=person.guest, network=person.guest.network
        )
        await _persistently(lambda: self.accounts.Register(request))

    async def token(self, person: Person) -> str:
        """Wait for the letter and return the token of its link."""

        async def links() -> list[str]:
            async with httpx.AsyncClient(base_url=self.stack.inbox_url) as inbox:
                listed = (await inbox.get("/messages.json")).json()
                mine = [message for message in listed if person.email in message["to"]]
                return [(await inbox.get(f"/messages/{message['id']}.json")).json()["links"][0] for message in mine]

        return (await eventually(links, within=60))[0].partition("token=")[2]

    async def confirm(self, person: Person, token: str) -> str:
        request = accounts.ConfirmEmailRequest(token=token, guest=person.guest, network=person.guest.network)
        return (await _persistently(lambda: self.accounts.ConfirmEmail(request))).session.subject

    async def expect_member(self, person: Person, subject: str) -> None:
        """Expect one account, told once, with five views and the page of the guest open."""

        async def merged() -> bool:
            request = quota.GetBalanceRequest(subject=subject, plan="member")
            return (await _persistently(lambda: self.quota.GetBalance(request))).balance.HasField("window_ends_at")

        await eventually(merged, within=60)
        assert await self._registered(person) == [subject]
        view = quota.RecordViewRequest(subject=subject, plan="member", page=PAGE, request_id="as a member")
        answer = await _persistently(lambda: self.quota.RecordView(view))
        assert answer.outcome == quota.OUTCOME_ALREADY_OPENED
        assert (answer.balance.limit, answer.balance.used, answer.balance.remaining) == (5, 0, 5)
        log_in = accounts.LogInRequest(email=person.email, password=PASSWORD, network=person.guest.network)
        assert (await _persistently(lambda: self.accounts.LogIn(log_in))).session.subject == subject

    async def _registered(self, person: Person) -> list[str]:
        connection = await nats.connect(self.stack.nats_url)
        try:
            js = connection.jetstream()
            last = (await js.stream_info("ACCOUNTS")).state.last_seq
            messages = [await js.get_msg("ACCOUNTS", sequence) for sequence in range(1, last + 1)]
        finally:
            await connection.close()
        events = [
            events_pb2.AccountRegistered.FromString(message.data or b"")
            for message in messages
            if message.subject == "accounts.account.registered"
        ]
        return [event.subject for event in events if event.guest_subject == person.guest.subject]


async def _persistently(call: Callable[[], Awaitable[T]]) -> T:
    """Return the answer of a call that is repeated, as people do, while it gets none."""
    answers: list[T] = []

    async def answered() -> bool:
        try:
            answers.append(await call())
        except Refusal as refusal:
            if refusal.kind not in (Kind.UNAVAILABLE, Kind.TIMEOUT):
                raise
            return False
        return True

    await eventually(answered, within=30)
    return answers[0]


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    folder: Path = tmp_path_factory.mktemp("registration")
    database = f"sqlite:///{folder / 'accounts.db'}"
    await migrate(database)
    async with LocalStack(folder, {"nats", "redis", "inbox"}, ports={}) as stack:
        targets = {name: f"{LOOPBACK}:{free_port()}" for name in ("accounts", "quota")}
        env = {
            "CODINGAHEAD_NATS_URL": stack.nats_url,
            "CODINGAHEAD_REDIS_URL": stack.redis_url,
            "CODINGAHEAD_SMTP_URL": stack.smtp_url,
            "CODINGAHEAD_DATABASE_URL": database,
            "CODINGAHEAD_ACCOUNTS_SECRET": "a secret for tests, of 32 bytes and more",
            "CODINGAHEAD_DRAIN_SECONDS": "0",
            "CODINGAHEAD_PLANS": json.dumps({"guest": {"views": 1}, "member": {"views": 5}}),
            **{f"CODINGAHEAD_{name.upper()}_LISTEN": target for name, target in targets.items()},
        }
        for name, target in targets.items():
            command = (sys.executable, "-m", "cli", "serve", name)
            port = int(target.rpartition(":")[2])
            await stack.supervisor.start(Child(name, command, partial(is_serving, target), port=port, env=env))
        people, views = Client(ACCOUNTS, targets["accounts"]), Client(QUOTA, targets["quota"])
        yield Platform(
            stack,
            people.stub(accounts_pb2_grpc.AccountsServiceStub, 5.0),
            views.stub(quota_pb2_grpc.QuotaServiceStub, 5.0),
        )
        await people.close()
        await views.close()


@pytest.mark.parametrize("victim", ["accounts", "quota", "nats"])
async def test_a_part_that_is_killed_between_any_two_steps_loses_and_doubles_nothing(
    platform: Platform, victim: str
) -> None:
    person = await platform.guest()
    await platform.kill_and_restart(victim)
    await platform.register(person)
    await platform.kill_and_restart(victim)
    token = await platform.token(person)
    await platform.kill_and_restart(victim)
    subject = await platform.confirm(person, token)
    await platform.kill_and_restart(victim)

    await platform.expect_member(person, subject)


@pytest.mark.parametrize("victim", ["accounts", "nats"])
async def test_a_part_that_is_killed_during_a_step_loses_and_doubles_nothing(platform: Platform, victim: str) -> None:
    person = await platform.guest()
    await asyncio.gather(platform.register(person), platform.kill_and_restart(victim))
    token = await platform.token(person)
    subject, _ = await asyncio.gather(platform.confirm(person, token), platform.kill_and_restart(victim))

    await platform.expect_member(person, subject)
