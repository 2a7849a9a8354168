"""The accounts process with its database, NATS and mail, and what becomes of people when one of them is killed."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path
from typing import TypeVar

import nats
import pytest
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from codingahead.accounts.v1 import accounts_pb2 as pb
from codingahead.accounts.v1 import accounts_pb2_grpc
from codingahead.events.v1 import events_pb2
from codingahead.quota.v1 import quota_pb2, quota_pb2_grpc

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.stack import LocalStack
from deploy.local.supervisor import Child
from services.accounts.main import CONTRACT
from services.accounts.seal import signer_of
from services.accounts.store.database import migrate
from services.runtime import logs
from services.runtime.errors import Kind, Refusal
from services.runtime.events import bus
from services.runtime.events.catalogue import TYPE
from services.runtime.events.connection import connected
from services.runtime.rpc.client import Client, is_serving
from services.runtime.tokens import Verifier
from tests.integration.accounts_stack import (
    ANOTHER_PASSWORD,
    BROWSER,
    DATABASES,
    ELSEWHERE,
    NETWORK,
    PAGES,
    PASSWORD,
    SECRET,
    empty_database,
)
from tests.support import eventually

LOG = logs.get("test")
COMMAND = (sys.executable, "-m", "cli")
_LINK = re.compile(r"token=(\S+)")
T = TypeVar("T")


class MailSink:
    """An SMTP server that keeps every letter."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"

    def to(self, email: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == email]

    def link_to(self, email: str) -> str:
        """Return the token of the latest link that was sent to an address, empty for none."""
        tokens = [found[1] for letter in self.to(email) if (found := _LINK.search(letter.get_content()))]
        return tokens[-1] if tokens else ""


@dataclass(frozen=True, slots=True)
class Accounts:
    """A running accounts with what it stands on."""

    stack: LocalStack
    env: dict[str, str]
    target: str
    stub: "accounts_pb2_grpc.AccountsServiceAsyncStub"
    mail: MailSink
    log: Path

    async def register(self, email: str) -> None:
        guest = pb.Guest(subject=BROWSER.subject, network=BROWSER.network)
        # Each from a network of its own, which may ask for so many letters only.
        await self.stub.Register(pb.RegisterRequest(email=email, password=PASSWORD, guest=guest, network=email))

    async def confirm(self, email: str) -> pb.Session:
        token = await eventually(lambda: self._link_to(email), within=60)
        guest = pb.Guest(subject=BROWSER.subject, network=BROWSER.network)
        request = pb.ConfirmEmailRequest(token=token, guest=guest, network=NETWORK)
        return (await self.stub.ConfirmEmail(request)).session

    async def join(self, email: str) -> pb.Session:
        await self.register(email)
        return await self.confirm(email)

    async def kill(self) -> None:
        await self.stack.supervisor.kill("accounts")
        await self.stack.supervisor.restart("accounts")

    async def told(self) -> list[tuple[str, bytes]]:
        """Return type and body of every event on the stream, oldest first."""
        connection = await nats.connect(self.stack.nats_url)
        try:
            js = connection.jetstream()
            last = (await js.stream_info("ACCOUNTS")).state.last_seq
            messages = [await js.get_msg("ACCOUNTS", sequence) for sequence in range(1, last + 1)]
        finally:
            await connection.close()
        return [((message.headers or {})[TYPE], message.data or b"") for message in messages]

    async def registered(self, subject: str) -> list[events_pb2.AccountRegistered]:
        told = await self.told()
        events = [
            events_pb2.AccountRegistered.FromString(body)
            for kind, body in told
            if kind == "accounts.account.registered"
        ]
        return [event for event in events if event.subject == subject]

    async def _link_to(self, email: str) -> str:
        return self.mail.link_to(email)


@pytest.fixture(scope="module")
async def mail() -> AsyncIterator[tuple[MailSink, str]]:
    sink, port = MailSink(), free_port()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost", loop=loop), LOOPBACK, port)
    yield sink, f"smtp://{LOOPBACK}:{port}"
    server.close()
    await server.wait_closed()


@pytest.fixture(scope="module", params=DATABASES)
async def accounts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, mail: tuple[MailSink, str]
) -> AsyncIterator[Accounts]:
    folder = tmp_path_factory.mktemp("accounts")
    database_url = await empty_database(request, folder)
    await migrate(database_url)
    async with LocalStack(folder, {"nats", "redis"}, ports={}) as stack:
        port = free_port()
        target = f"{LOOPBACK}:{port}"
        env = {
            "CODINGAHEAD_NATS_URL": stack.nats_url,
            "CODINGAHEAD_DATABASE_URL": database_url,
            "CODINGAHEAD_SMTP_URL": mail[1],
            "CODINGAHEAD_ACCOUNTS_SECRET": SECRET,
            "CODINGAHEAD_ACCOUNTS_LISTEN": target,
            "CODINGAHEAD_PUBLIC_URL": PAGES,
            "CODINGAHEAD_DRAIN_SECONDS": "0",
        }
        child = Child("accounts", (*COMMAND, "serve", "accounts"), partial(is_serving, target), port=port, env=env)
        await stack.supervisor.start(child)
        client = Client(CONTRACT, target)
        stub = client.stub(accounts_pb2_grpc.AccountsServiceStub, 10.0)
        yield Accounts(stack, env, target, stub, mail[0], folder / "logs" / "accounts.log")
        await client.close()


@pytest.fixture
def email(request: pytest.FixtureRequest) -> str:
    return f"{abs(hash(request.node.nodeid)):x}@example.org"


async def answered(call: Callable[[], Awaitable[T]]) -> T:
    """Repeat a call, as a person does, until there is an answer."""

    async def answer() -> list[T]:
        try:
            return [await call()]
        except Refusal as refusal:
            if refusal.kind not in (Kind.UNAVAILABLE, Kind.TIMEOUT):
                raise
            return []

    return (await eventually(answer, within=60))[0]


async def test_from_a_registration_to_the_event_of_the_new_member(accounts: Accounts, email: str) -> None:
    session = await accounts.join(email)

    token = Verifier([signer_of(SECRET).public_key]).read(session.access_token)
    assert (token.subject, token.plan) == (session.subject, "member")
    (event,) = await eventually(lambda: accounts.registered(session.subject))
    assert (event.guest_subject, event.guest_network) == (BROWSER.subject, BROWSER.network)
    (letter,) = accounts.mail.to(email)
    assert f"{PAGES}/confirm?token=" in letter.get_content()
    assert letter["Subject"] == "Coding Ahead: Confirm your e-mail address"


async def test_the_whole_life_of_an_account_over_rpc(accounts: Accounts, email: str) -> None:
    session = await accounts.join(email)
    subject, stub = session.subject, accounts.stub
    session = (await stub.RefreshSession(pb.RefreshSessionRequest(refresh_token=session.refresh_token))).session
    await stub.ChangePassword(
        pb.ChangePasswordRequest(
            subject=subject, current_password=PASSWORD, new_password=ANOTHER_PASSWORD, network=NETWORK
        )
    )
    await stub.LogIn(pb.LogInRequest(email=email, password=ANOTHER_PASSWORD, network=NETWORK))
    account = (await stub.GetAccount(pb.GetAccountRequest(subject=subject))).account
    await stub.LogOutEverywhere(pb.LogOutEverywhereRequest(subject=subject))
    await stub.RequestPasswordReset(pb.RequestPasswordResetRequest(email=email, network=NETWORK))
    await eventually(lambda: len(accounts.mail.to(email)) == 3)
    await stub.ResetPassword(pb.ResetPasswordRequest(token=accounts.mail.link_to(email), new_password=PASSWORD))
    await stub.CloseAccount(pb.CloseAccountRequest(subject=subject, password=PASSWORD, network=NETWORK))

    assert (account.email, account.plan, account.sessions) == (email, "member", 1)
    await eventually(lambda: len(accounts.mail.to(email)) == 5)
    assert [letter["Subject"].removeprefix("Coding Ahead: ") for letter in accounts.mail.to(email)] == [
        "Confirm your e-mail address",
        "Your password was changed",
        "Set a new password",
        "Your password was changed",
        "Your account was closed",
    ]
    with pytest.raises(Refusal) as refusal:
        await stub.GetAccount(pb.GetAccountRequest(subject=subject))
    assert refusal.value.reason == "ACCOUNT_NOT_FOUND"


async def test_a_charged_view_becomes_the_history_of_its_member(accounts: Accounts, email: str) -> None:
    session = await accounts.join(email)
    charged = events_pb2.ViewCharged(subject=session.subject, page="icd10cm:E11.9")
    charged.charged_at.FromDatetime(datetime.now(UTC))
    async with bus.connect(accounts.stack.nats_url, LOG, "test") as events:
        await events.publish(charged, f"charged-{session.subject}")

    async def history() -> list[str]:
        answer = await accounts.stub.ListHistory(pb.ListHistoryRequest(subject=session.subject))
        return [page.page for page in answer.opened]

    assert await eventually(history) == ["icd10cm:E11.9"]


@pytest.mark.parametrize("accounts", ["sqlite"], indirect=True)
async def test_one_whose_database_is_not_migrated_yet_leaves_events_to_the_others(
    accounts: Accounts, tmp_path: Path
) -> None:
    log = accounts.log.with_name("new.log")

    async def is_waiting() -> bool:
        return "not ready" in log.read_text()

    env = accounts.env | {
        "CODINGAHEAD_DATABASE_URL": f"sqlite:///{tmp_path}/empty.db",
        "CODINGAHEAD_ACCOUNTS_LISTEN": f"{LOOPBACK}:{free_port()}",
    }
    await accounts.stack.supervisor.start(Child("new", (*COMMAND, "serve", "accounts"), is_waiting, env=env))
    charged = events_pb2.ViewCharged(subject=f"member:{'0' * 32}", page="icd10cm:E11.9")
    async with (
        bus.connect(accounts.stack.nats_url, LOG, "test") as events,
        connected(accounts.stack.nats_url) as client,
    ):

        async def all_handled() -> bool:
            consumer = await client.jetstream().consumer_info("QUOTA", "accounts-view-charged")
            return (consumer.num_pending, consumer.num_ack_pending) == (0, 0)

        for number in range(30):
            await events.publish(charged, f"charged-{number}")
            await eventually(all_handled)
    await accounts.stack.supervisor.stop("new")

    assert "was not handled" not in log.read_text()


@pytest.mark.parametrize("accounts", ["sqlite"], indirect=True)
async def test_killed_after_each_step_accounts_loses_nobody_and_tells_of_each_once(
    accounts: Accounts, email: str
) -> None:
    await accounts.register(email)
    await accounts.kill()
    session = await answered(lambda: accounts.confirm(email))
    await accounts.kill()
    again = await answered(lambda: accounts.confirm(email))
    refresh = pb.RefreshSessionRequest(refresh_token=session.refresh_token)
    first = (await answered(lambda: accounts.stub.RefreshSession(refresh))).session
    await accounts.kill()
    second = (await answered(lambda: accounts.stub.RefreshSession(refresh))).session

    assert again.subject == session.subject
    assert first.refresh_token == second.refresh_token
    await eventually(lambda: accounts.registered(session.subject))
    assert len(await accounts.registered(session.subject)) == 1
    assert len({letter["Message-ID"] for letter in accounts.mail.to(email)}) == 1


@pytest.mark.parametrize("accounts", ["postgresql"], indirect=True)
async def test_without_nats_people_register_and_confirm_and_all_is_told_when_it_is_back(
    accounts: Accounts, email: str
) -> None:
    await accounts.register(email)
    await eventually(lambda: bool(accounts.mail.to(email)))
    waiting = f"waiting-{email}"
    await accounts.stack.supervisor.kill("nats")
    session = await accounts.confirm(email)
    await accounts.register(waiting)
    await accounts.kill()
    assert not accounts.mail.to(waiting)
    await accounts.stack.supervisor.restart("nats")
    later = await accounts.confirm(waiting)

    for subject in (session.subject, later.subject):
        await eventually(partial(accounts.registered, subject), within=30)
        assert len(await accounts.registered(subject)) == 1


@pytest.mark.parametrize("accounts", ["sqlite"], indirect=True)
async def test_killed_among_many_who_join_accounts_keeps_every_one_of_them(accounts: Accounts, email: str) -> None:
    emails = [f"{number}-{email}" for number in range(8)]

    async def join(email: str) -> pb.Session:
        await answered(lambda: accounts.register(email))
        return await answered(lambda: accounts.confirm(email))

    joining = asyncio.gather(*(join(email) for email in emails))
    # Twice: who asks a fourth time for a letter is refused.
    await eventually(lambda: bool(accounts.mail.to(emails[0])), within=60)
    await accounts.kill()
    await accounts.stack.supervisor.kill("nats")
    await accounts.kill()
    await accounts.stack.supervisor.restart("nats")
    sessions = await joining

    assert len({session.subject for session in sessions}) == len(emails)
    for session in sessions:
        account = (await accounts.stub.GetAccount(pb.GetAccountRequest(subject=session.subject))).account
        assert account.email in emails
        await eventually(partial(accounts.registered, session.subject), within=30)
        assert len(await accounts.registered(session.subject)) == 1


async def test_neither_addresses_nor_tokens_nor_passwords_are_logged(accounts: Accounts, email: str) -> None:
    session = await accounts.join(email)
    for call in (
        accounts.stub.LogIn(pb.LogInRequest(email=email, password=ANOTHER_PASSWORD, network=NETWORK)),
        accounts.stub.RefreshSession(pb.RefreshSessionRequest(refresh_token=session.refresh_token[:-1])),
        accounts.stub.ConfirmEmail(pb.ConfirmEmailRequest(token="x.y", guest=pb.Guest(subject=ELSEWHERE.subject))),
    ):
        with pytest.raises(Refusal):
            await call
    log = accounts.log.read_text()

    assert "AccountsService.LogIn" in log
    for secret in (email, PASSWORD, ANOTHER_PASSWORD, SECRET, session.refresh_token[:-1], session.access_token):
        assert secret not in log


@pytest.mark.parametrize("accounts", ["sqlite"], indirect=True)
async def test_an_operator_grants_a_plan_and_views(accounts: Accounts, email: str) -> None:
    session = await accounts.join(email)
    quota = f"{LOOPBACK}:{free_port()}"
    env = {
        "CODINGAHEAD_NATS_URL": accounts.stack.nats_url,
        "CODINGAHEAD_REDIS_URL": accounts.stack.redis_url,
        "CODINGAHEAD_QUOTA_LISTEN": quota,
        "CODINGAHEAD_QUOTA_TARGET": quota,
        "CODINGAHEAD_ACCOUNTS_TARGET": accounts.target,
        "CODINGAHEAD_LOG_JSON": "false",  # as on a terminal: the lines for collectors are left out
    }
    await accounts.stack.supervisor.start(
        Child("quota", (*COMMAND, "serve", "quota"), partial(is_serving, quota), env=env)
    )

    async def command(*arguments: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *(*COMMAND, "accounts", *arguments), stdout=PIPE, stderr=STDOUT, env={**os.environ, **env}
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    async def account() -> pb.Account:
        return (await accounts.stub.GetAccount(pb.GetAccountRequest(subject=session.subject))).account

    subscribed = await command("grant", email, "--until", "2099-12-31")
    subscriber = await account()
    more = await command("grant", email, "--plan", "member", "--views", "20")
    member = await account()
    client = Client(quota_pb2.DESCRIPTOR.services_by_name["QuotaService"], quota)
    balance = await client.stub(quota_pb2_grpc.QuotaServiceStub, 5.0).GetBalance(
        quota_pb2.GetBalanceRequest(subject=session.subject, plan="member")
    )
    await client.close()

    assert subscribed == (0, f"{email} has the plan subscriber until the end of 2099-12-31, UTC.\n")
    assert (subscriber.plan, subscriber.plan_ends_at.ToDatetime(UTC)) == (
        "subscriber",
        datetime(2100, 1, 1, tzinfo=UTC),
    )
    assert more == (0, f"{email} has the plan member, and 20 more views.\n")
    assert (member.plan, member.HasField("plan_ends_at")) == ("member", False)
    assert balance.balance.limit == 25
    assert await command("grant", "nobody@example.org") == (1, "There is no such account.\n")
