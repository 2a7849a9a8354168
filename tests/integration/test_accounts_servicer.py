"""The contract of accounts over a real connection, on the real databases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from codingahead.accounts.v1 import accounts_pb2 as pb
from codingahead.accounts.v1 import accounts_pb2_grpc
from codingahead.events.v1 import events_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.accounts.keys import Keys
from services.accounts.main import CONTRACT
from services.accounts.marks import Marks
from services.accounts.model import Plan
from services.accounts.servicer import AccountsServicer
from services.accounts.store.database import Database
from services.accounts.store.outbox import SqlOutbox
from services.runtime import logs
from services.runtime.errors import Kind, Refusal
from services.runtime.events.bus import EventBus
from services.runtime.events.bus import connect as connect_bus
from services.runtime.events.outbox import Relay
from services.runtime.rpc.client import Client
from services.runtime.rpc.server import Server
from tests.integration.accounts_rows import NO_ACCOUNTS, add_member
from tests.integration.accounts_stack import ANOTHER_PASSWORD, DATABASES, PASSWORD, People, empty_database, people_on

LOG = logs.get("test")
PAGE = "icd10cm:E11.9"


class CountedRelay(Relay):
    """A relay that is not running and counts how often it is told that there is something."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        super().__init__(SqlOutbox(database), bus, LOG)
        self.told = 0

    def notify(self) -> None:
        self.told += 1


@dataclass(frozen=True, slots=True)
class Accounts:
    """A served contract with what it stands on."""

    stub: "accounts_pb2_grpc.AccountsServiceAsyncStub"
    people: People
    marks: Marks
    relay: CountedRelay

    async def call(self, method: str, request: Message) -> Any:
        return await getattr(self.stub, method)(request)


@pytest.fixture(scope="module", params=DATABASES)
async def accounts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, nats_url: str
) -> AsyncIterator[Accounts]:
    async with (
        people_on(await empty_database(request, tmp_path_factory.mktemp("accounts"))) as people,
        connect_bus(nats_url, LOG, "test") as bus,
    ):
        clock, keys = people.clock, Keys(people.database, people.clock)
        marks, relay = Marks(people.database, clock), CountedRelay(people.database, bus)
        server = Server(LOG, "127.0.0.1:0")
        server.add(CONTRACT, AccountsServicer(people.members, people.sessions, keys, marks, relay, clock))
        await server.start()
        await server.set_ready(True)
        client = Client(CONTRACT, f"127.0.0.1:{server.port}")
        yield Accounts(client.stub(accounts_pb2_grpc.AccountsServiceStub, 5.0), people, marks, relay)
        await client.close()
        await server.stop(0)


@pytest.fixture
async def subject(accounts: Accounts) -> str:
    return await add_member(accounts.people.database, password_hash=await accounts.people.passwords.hash(PASSWORD))


async def opened(accounts: Accounts, subject: str, page: str) -> None:
    event = events_pb2.ViewCharged(subject=subject, page=page)
    event.charged_at.FromDatetime(accounts.people.clock.go(seconds=1))
    await accounts.marks.record_opened(event, "id")


async def test_a_key_is_made_used_listed_and_revoked(accounts: Accounts, subject: str) -> None:
    made = await accounts.stub.CreateApiKey(
        pb.CreateApiKeyRequest(subject=subject, name="script", scopes=["pages", "codes"])
    )
    holder = await accounts.stub.Authenticate(pb.AuthenticateRequest(secret=made.secret))
    (listed,) = (await accounts.stub.GetAccount(pb.GetAccountRequest(subject=subject))).account.api_keys
    told = accounts.relay.told
    await accounts.stub.RevokeApiKey(pb.RevokeApiKeyRequest(subject=subject, api_key_id=made.api_key.id))

    assert accounts.relay.told == told + 1
    assert not made.api_key.HasField("last_used_at")
    assert holder == pb.AuthenticateResponse(
        subject=subject, plan="member", api_key_id=made.api_key.id, scopes=["codes", "pages"]
    )
    assert listed.HasField("last_used_at")
    listed.ClearField("last_used_at")
    assert listed == made.api_key
    assert (listed.name, list(listed.scopes)) == ("script", ["codes", "pages"])
    assert made.secret.endswith(listed.ending)
    with pytest.raises(Refusal) as caught:
        await accounts.stub.Authenticate(pb.AuthenticateRequest(secret=made.secret))
    assert (caught.value.kind, caught.value.reason) == (Kind.UNAUTHENTICATED, "KEY_NOT_VALID")
    assert not (await accounts.stub.GetAccount(pb.GetAccountRequest(subject=subject))).account.api_keys


async def test_marks_are_kept_listed_and_exported(accounts: Accounts, subject: str) -> None:
    await accounts.stub.SetFavourite(pb.SetFavouriteRequest(subject=subject, page=PAGE, favourite=True))
    await accounts.stub.SaveNote(pb.SaveNoteRequest(subject=subject, page=PAGE, text="ask"))
    saved_at = accounts.people.clock.time
    await opened(accounts, subject, PAGE)
    await opened(accounts, subject, "icd10cm:I10")

    marks = await accounts.stub.GetCodeMarks(pb.GetCodeMarksRequest(subject=subject, page=PAGE))
    favourites = await accounts.stub.ListFavourites(pb.ListFavouritesRequest(subject=subject))
    notes = await accounts.stub.ListNotes(pb.ListNotesRequest(subject=subject))
    first = await accounts.stub.ListHistory(pb.ListHistoryRequest(subject=subject, page_size=1))
    second = await accounts.stub.ListHistory(
        pb.ListHistoryRequest(subject=subject, page_size=1, page_token=first.next_page_token)
    )
    export = await accounts.stub.ExportAccount(pb.ExportAccountRequest(subject=subject))

    assert marks == pb.GetCodeMarksResponse(favourite=True, note="ask")
    assert [favourite.page for favourite in favourites.favourites] == [PAGE]
    assert [(note.page, note.text) for note in notes.notes] == [(PAGE, "ask")]
    assert [page.page for page in (*first.opened, *second.opened)] == ["icd10cm:I10", PAGE]
    assert not second.next_page_token
    assert export == pb.ExportAccountResponse(
        account=(await accounts.stub.GetAccount(pb.GetAccountRequest(subject=subject))).account,
        history=[*first.opened, *second.opened],
        favourites=favourites.favourites,
        notes=notes.notes,
    )
    assert notes.notes[0].changed_at.ToDatetime(UTC) == saved_at

    await accounts.stub.ClearHistory(pb.ClearHistoryRequest(subject=subject))
    assert not (await accounts.stub.ListHistory(pb.ListHistoryRequest(subject=subject))).opened


async def test_an_export_tells_when_sessions_began(accounts: Accounts, subject: str) -> None:
    for _ in range(2):
        await accounts.stub.LogIn(pb.LogInRequest(email=email_of(subject), password=PASSWORD, network="office"))

    export = await accounts.stub.ExportAccount(pb.ExportAccountRequest(subject=subject))
    assert len(export.sessions_began_at) == export.account.sessions == 2


async def test_an_account_tells_the_plan_that_is_in_force(accounts: Accounts) -> None:
    now = accounts.people.clock.time
    to_come, over = now + timedelta(days=1), now - timedelta(days=1)

    async def plan_of(ends_at: datetime | None) -> tuple[str, datetime | None]:
        subject = await add_member(accounts.people.database, Plan.SUBSCRIBER, ends_at)
        account = (await accounts.stub.GetAccount(pb.GetAccountRequest(subject=subject))).account
        return account.plan, account.plan_ends_at.ToDatetime(UTC) if account.HasField("plan_ends_at") else None

    assert await plan_of(None) == ("subscriber", None)
    assert await plan_of(to_come) == ("subscriber", to_come)
    assert await plan_of(over) == ("member", None)


async def test_a_plan_is_granted_until_a_time_or_for_good(accounts: Accounts, subject: str) -> None:
    ends_at = Timestamp(seconds=int(accounts.people.clock.time.timestamp()) + 86_400)
    told = accounts.relay.told
    until = await accounts.stub.GrantPlan(
        pb.GrantPlanRequest(email=email_of(subject), plan="subscriber", ends_at=ends_at)
    )
    for_good = await accounts.stub.GrantPlan(pb.GrantPlanRequest(email=email_of(subject), plan="subscriber"))

    assert (until.account.plan, until.account.plan_ends_at) == ("subscriber", ends_at)
    assert not for_good.account.HasField("plan_ends_at")
    assert for_good == pb.GrantPlanResponse(
        account=(await accounts.stub.GetAccount(pb.GetAccountRequest(subject=subject))).account
    )
    assert accounts.relay.told == told + 2


async def test_a_plan_that_is_only_validated_is_not_granted(accounts: Accounts, subject: str) -> None:
    before = (await accounts.stub.GetAccount(pb.GetAccountRequest(subject=subject))).account
    request = pb.GrantPlanRequest(email=email_of(subject), plan="subscriber", validate_only=True)

    assert (await accounts.stub.GrantPlan(request)).account == before
    assert (await accounts.stub.GetAccount(pb.GetAccountRequest(subject=subject))).account == before
    request.email = "nobody@example.org"
    with pytest.raises(Refusal) as caught:
        await accounts.stub.GrantPlan(request)
    assert caught.value.reason == "ACCOUNT_NOT_FOUND"


async def test_a_time_beyond_all_years_is_refused_by_its_field(accounts: Accounts, subject: str) -> None:
    for ends_at in (Timestamp(seconds=2**60), Timestamp(seconds=1, nanos=-1)):
        with pytest.raises(Refusal) as caught:
            await accounts.stub.GrantPlan(
                pb.GrantPlanRequest(email=email_of(subject), plan="subscriber", ends_at=ends_at)
            )
        assert caught.value.metadata == {"field": "ends_at"}


def email_of(subject: str) -> str:
    return f"{subject.removeprefix('member:')}@example.org"


async def test_a_closed_account_leaves_no_row_of_its_own(accounts: Accounts, subject: str) -> None:
    await accounts.stub.CreateApiKey(pb.CreateApiKeyRequest(subject=subject, name="script", scopes=["codes"]))
    await accounts.stub.LogIn(pb.LogInRequest(email=email_of(subject), password=PASSWORD, network="office"))
    await accounts.stub.SetFavourite(pb.SetFavouriteRequest(subject=subject, page=PAGE, favourite=True))
    await accounts.stub.SaveNote(pb.SaveNoteRequest(subject=subject, page=PAGE, text="ask"))
    await opened(accounts, subject, PAGE)

    async def tables() -> set[str]:
        rows = await accounts.people.rows()
        account_id = subject.removeprefix("member:")
        return {table for table in rows for row in rows[table] if account_id in (row.get("account_id"), row.get("id"))}

    assert await tables() == {"accounts", "sessions", "api_keys", "opened_pages", "favourites", "notes"}
    await accounts.stub.CloseAccount(pb.CloseAccountRequest(subject=subject, password=PASSWORD, network="office"))
    assert await tables() == set()


@dataclass(frozen=True, slots=True)
class Tokens:
    """A page token of each list."""

    history: str = ""
    favourites: str = ""
    notes: str = ""


def requests_as(subject: str, api_key_id: str = "0" * 32, tokens: Tokens = Tokens()) -> list[tuple[str, Message]]:
    """Return a call of every method that takes a subject, the one that closes the account last."""
    return [
        ("GetAccount", pb.GetAccountRequest(subject=subject)),
        ("ExportAccount", pb.ExportAccountRequest(subject=subject)),
        ("CreateApiKey", pb.CreateApiKeyRequest(subject=subject, name="script", scopes=["codes"])),
        ("RevokeApiKey", pb.RevokeApiKeyRequest(subject=subject, api_key_id=api_key_id)),
        ("GetCodeMarks", pb.GetCodeMarksRequest(subject=subject, page=PAGE)),
        ("SetFavourite", pb.SetFavouriteRequest(subject=subject, page=PAGE)),
        ("SaveNote", pb.SaveNoteRequest(subject=subject, page=PAGE)),
        ("ListHistory", pb.ListHistoryRequest(subject=subject)),
        ("ListHistory", pb.ListHistoryRequest(subject=subject, page_token=tokens.history)),
        ("ListFavourites", pb.ListFavouritesRequest(subject=subject)),
        ("ListFavourites", pb.ListFavouritesRequest(subject=subject, page_token=tokens.favourites)),
        ("ListNotes", pb.ListNotesRequest(subject=subject)),
        ("ListNotes", pb.ListNotesRequest(subject=subject, page_token=tokens.notes)),
        ("ClearHistory", pb.ClearHistoryRequest(subject=subject)),
        (
            "ChangePassword",
            pb.ChangePasswordRequest(
                subject=subject,
                current_password=PASSWORD,
                new_password=ANOTHER_PASSWORD,
                network="home",
            ),
        ),
        ("LogOutEverywhere", pb.LogOutEverywhereRequest(subject=subject)),
        ("CloseAccount", pb.CloseAccountRequest(subject=subject, password=ANOTHER_PASSWORD, network="home")),
    ]


def test_every_method_that_takes_a_subject_is_called_below() -> None:
    taking = {method.name for method in CONTRACT.methods if "subject" in method.input_type.fields_by_name}

    assert {method for method, _ in requests_as("")} == taking


async def test_nobody_reads_or_changes_what_is_another_members(accounts: Accounts, subject: str) -> None:
    made = await accounts.stub.CreateApiKey(pb.CreateApiKeyRequest(subject=subject, name="mine", scopes=["codes"]))
    session = (
        await accounts.stub.LogIn(pb.LogInRequest(email=email_of(subject), password=PASSWORD, network="office"))
    ).session
    for page in (PAGE, "icd10cm:OWN"):
        await accounts.stub.SetFavourite(pb.SetFavouriteRequest(subject=subject, page=page, favourite=True))
        await accounts.stub.SaveNote(pb.SaveNoteRequest(subject=subject, page=page, text="for nobody else"))
        await opened(accounts, subject, page)
    history = await accounts.stub.ListHistory(pb.ListHistoryRequest(subject=subject, page_size=1))
    favourites = await accounts.stub.ListFavourites(pb.ListFavouritesRequest(subject=subject, page_size=1))
    notes = await accounts.stub.ListNotes(pb.ListNotesRequest(subject=subject, page_size=1))
    tokens = Tokens(history.next_page_token, favourites.next_page_token, notes.next_page_token)
    before = await accounts.stub.ExportAccount(pb.ExportAccountRequest(subject=subject))
    stranger = await add_member(accounts.people.database, password_hash=await accounts.people.passwords.hash(PASSWORD))

    refused = {}
    for method, request in requests_as(stranger, made.api_key.id, tokens):
        try:
            answer = str(await accounts.call(method, request))
        except Refusal as refusal:
            refused[method] = refusal.reason
            continue
        for theirs in (subject, email_of(subject), made.api_key.id, made.secret, PAGE, "OWN", "for nobody else"):
            assert theirs not in answer, method

    assert refused == {"RevokeApiKey": "KEY_NOT_FOUND"} | dict.fromkeys(
        ("ListHistory", "ListFavourites", "ListNotes"), "INVALID_ARGUMENT"
    )
    assert await accounts.stub.ExportAccount(pb.ExportAccountRequest(subject=subject)) == before
    assert (await accounts.stub.Authenticate(pb.AuthenticateRequest(secret=made.secret))).subject == subject
    await accounts.stub.RefreshSession(pb.RefreshSessionRequest(refresh_token=session.refresh_token))
    await accounts.stub.LogIn(pb.LogInRequest(email=email_of(subject), password=PASSWORD, network="office"))


@pytest.mark.parametrize("nobody", NO_ACCOUNTS)
async def test_who_has_no_account_is_told_so_by_every_method(accounts: Accounts, nobody: str) -> None:
    reasons = {}
    for method, request in requests_as(nobody):
        with pytest.raises(Refusal) as caught:
            await accounts.call(method, request)
        reasons[method] = (caught.value.kind, caught.value.reason)

    assert set(reasons.values()) == {(Kind.NOT_FOUND, "ACCOUNT_NOT_FOUND")}
