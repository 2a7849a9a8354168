"""People over the real databases: registering, confirming, logging in, sessions, passwords, closing, plans."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from codingahead.events.v1 import events_pb2

from services.accounts.attempts import LETTERS_ADDRESS, LETTERS_NETWORK, LOG_IN, LOG_IN_ADDRESS, LOG_IN_NETWORK
from services.accounts.keys import Keys
from services.accounts.marks import Marks
from services.accounts.members import Members
from services.accounts.model import Guest, Plan, Session
from services.accounts.passwords import Passwords
from services.accounts.seal import Seal, derive_key
from services.accounts.sweep import sweep
from services.runtime.errors import Kind, Refusal
from services.runtime.mail import MailDelayed, MailRefused
from tests.integration.accounts_stack import (
    ANOTHER_PASSWORD,
    BROWSER,
    DATABASES,
    ELSEWHERE,
    EMAIL,
    NETWORK,
    PASSWORD,
    SECRET,
    People,
    empty_database,
    link_in,
    opened,
    people_on,
    reasons,
)
from tests.support import measured

LETTERS = "codingahead_accounts_letters_total"


@pytest.fixture(scope="module", params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return await empty_database(request, tmp_path_factory.mktemp("accounts"))


@pytest.fixture
async def people(url: str) -> AsyncIterator[People]:
    async with people_on(url) as people:
        await people.forget_all()
        yield people


async def refused(call: Awaitable[object]) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        await call
    return refusal.value


# Registering and confirming


async def test_an_account_begins_when_the_link_is_followed_where_it_was_asked_for(people: People) -> None:
    await people.members.register("Ada@Example.ORG", PASSWORD, BROWSER, NETWORK)
    (letter,) = await people.letters()

    assert letter.to == EMAIL
    assert not await people.told(events_pb2.AccountRegistered)

    session = await people.members.confirm_email(link_in(letter), BROWSER, "", NETWORK)

    account, sessions = await people.members.get(session.subject)
    assert (account.email, account.plan, sessions) == (EMAIL, Plan.MEMBER, 1)
    assert opened(session).subject == session.subject
    (event,) = await people.told(events_pb2.AccountRegistered)
    assert (event.subject, event.plan) == (session.subject, "member")
    assert (event.guest_subject, event.guest_network) == (BROWSER.subject, BROWSER.network)


async def test_another_browser_needs_the_password_of_the_registration(people: People) -> None:
    token = await people.register()

    missing = await refused(people.members.confirm_email(token, ELSEWHERE, "", NETWORK))
    wrong = await refused(people.members.confirm_email(token, ELSEWHERE, ANOTHER_PASSWORD, NETWORK))
    session = await people.members.confirm_email(token, ELSEWHERE, PASSWORD, NETWORK)

    assert (missing.kind, missing.reason) == (Kind.UNAUTHENTICATED, "PASSWORD_REQUIRED")
    assert (wrong.kind, wrong.reason) == (Kind.UNAUTHENTICATED, "WRONG_CREDENTIALS")
    (event,) = await people.told(events_pb2.AccountRegistered)
    assert event.subject == session.subject
    assert event.guest_subject == BROWSER.subject


async def test_browsers_without_a_guest_are_not_taken_for_the_same(people: People) -> None:
    token = await people.register(guest=Guest())

    assert (await refused(people.members.confirm_email(token, Guest(), "", NETWORK))).reason == "PASSWORD_REQUIRED"


async def test_passwords_guessed_at_a_link_are_counted_as_log_ins(people: People) -> None:
    token = await people.register()
    for _ in range(LOG_IN.most):
        await refused(people.members.confirm_email(token, ELSEWHERE, ANOTHER_PASSWORD, NETWORK))

    at_the_link = await refused(people.members.confirm_email(token, ELSEWHERE, PASSWORD, NETWORK))
    at_log_in = await refused(people.members.log_in(EMAIL, PASSWORD, NETWORK))

    assert at_the_link.reason == at_log_in.reason == "TOO_MANY_ATTEMPTS"


async def test_a_link_followed_again_soon_logs_the_same_browser_in_again(people: People) -> None:
    token = await people.register()
    first = await people.members.confirm_email(token, BROWSER, "", NETWORK)
    people.clock.go(minutes=9)

    again = await people.members.confirm_email(token, BROWSER, "", NETWORK)

    assert again.subject == first.subject
    assert again.refresh_token != first.refresh_token
    assert len(await people.told(events_pb2.AccountRegistered)) == 1


async def test_a_link_followed_again_later_needs_the_password_that_the_account_has_now(people: People) -> None:
    token = await people.register()
    session = await people.members.confirm_email(token, BROWSER, "", NETWORK)
    await people.members.change_password(session.subject, "", PASSWORD, ANOTHER_PASSWORD, NETWORK)
    people.clock.go(minutes=11)

    missing = await refused(people.members.confirm_email(token, BROWSER, "", NETWORK))
    old = await refused(people.members.confirm_email(token, BROWSER, PASSWORD, NETWORK))
    again = await people.members.confirm_email(token, BROWSER, ANOTHER_PASSWORD, NETWORK)

    assert [missing.reason, old.reason] == ["PASSWORD_REQUIRED", "WRONG_CREDENTIALS"]
    assert again.subject == session.subject


async def test_a_link_ends_after_a_day(people: People) -> None:
    token = await people.register()
    people.clock.go(hours=24)

    refusal = await refused(people.members.confirm_email(token, BROWSER, "", NETWORK))

    assert (refusal.kind, refusal.reason) == (Kind.PRECONDITION, "LINK_NOT_VALID")


async def test_the_link_of_another_registration_is_void_once_the_address_has_an_account(people: People) -> None:
    first, second = await people.register(), await people.register(guest=ELSEWHERE)
    session = await people.members.confirm_email(second, ELSEWHERE, "", NETWORK)

    for guest, password in ((BROWSER, ""), (ELSEWHERE, ""), (ELSEWHERE, PASSWORD)):
        refusal = await refused(people.members.confirm_email(first, guest, password, NETWORK))
        assert refusal.reason == "LINK_NOT_VALID"
    (event,) = await people.told(events_pb2.AccountRegistered)
    assert event.subject == session.subject


async def test_two_confirmations_at_once_make_one_account_and_one_event(people: People) -> None:
    token = await people.register()

    sessions = await asyncio.gather(
        *(people.members.confirm_email(token, BROWSER, "", NETWORK) for _ in range(4)),
        *(people.members.confirm_email(token, ELSEWHERE, PASSWORD, NETWORK) for _ in range(4)),
    )

    assert len({session.subject for session in sessions}) == 1
    assert len(await people.told(events_pb2.AccountRegistered)) == 1
    assert len((await people.rows())["accounts"]) == 1


async def test_two_registrations_confirmed_at_once_make_one_account(people: People) -> None:
    tokens = [await people.register(), await people.register()]

    results = await asyncio.gather(
        *(people.members.confirm_email(token, BROWSER, "", NETWORK) for token in tokens), return_exceptions=True
    )

    assert reasons(results) == ["LINK_NOT_VALID"]
    assert len(await people.told(events_pb2.AccountRegistered)) == 1


async def test_a_confirmation_that_meets_a_closing_leaves_no_account(people: People) -> None:
    token = await people.register()
    session = await people.members.confirm_email(token, BROWSER, "", NETWORK)

    results = await asyncio.gather(
        *(people.members.confirm_email(token, BROWSER, "", NETWORK) for _ in range(3)),
        people.members.close(session.subject, PASSWORD, NETWORK),
        *(people.members.confirm_email(token, BROWSER, "", NETWORK) for _ in range(3)),
        return_exceptions=True,
    )

    assert all(isinstance(result, Session | Refusal | None) for result in results), results
    rows = await people.rows()
    assert not rows["accounts"]
    assert not rows["sessions"]
    assert len(await people.told(events_pb2.AccountRegistered)) == 1


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("email", {"email": ""}),
        ("email", {"email": "ada"}),
        ("email", {"email": "ada@localhost"}),
        ("email", {"email": "ada@example.org\nBcc: all@example.org"}),
        ("email", {"email": f"{'a' * 65}@example.org"}),
        ("password", {"password": "short"}),
        ("password", {"password": "correct horse battery staple " * 5}),
        ("password", {"password": "violet\x00harbour teapot"}),
        ("password", {"password": "password1234"}),
        ("guest.subject", {"guest": Guest("guest 1")}),
        ("guest.subject", {"guest": Guest("g" * 129)}),
        ("guest.network", {"guest": Guest("guest:1", "n" * 129)}),
        ("guest.network", {"guest": Guest("guest:1", "\x00")}),
    ],
)
async def test_what_is_no_registration_is_refused_by_field_and_leaves_nothing(
    people: People, field: str, changed: dict[str, Any]
) -> None:
    asked: dict[str, Any] = {"email": EMAIL, "password": PASSWORD, "guest": BROWSER, "network": NETWORK} | changed

    refusal = await refused(people.members.register(**asked))

    assert (refusal.kind, refusal.fields[0].field) == (Kind.INVALID, field)
    assert not any((await people.rows()).values())


# What an address tells


async def test_who_asks_for_an_address_cannot_tell_whether_it_has_an_account(people: People) -> None:
    await people.join("known@example.org")
    people.clock.go(hours=1)

    known = await _seen_and_stored(people, "known@example.org", "network-2")
    unknown = await _seen_and_stored(people, "unknown@example.org", "network-3")

    assert known == unknown


async def _seen_and_stored(people: People, email: str, network: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Ask for an address in all ways; return what is answered, and what is stored, names and secrets left out."""
    await sweep(people.database, people.clock)
    before = await people.rows()
    answers: list[Callable[[], Awaitable[object]]] = [
        lambda: people.members.register(email, ANOTHER_PASSWORD, ELSEWHERE, network),
        lambda: people.members.request_password_reset(email, network),
        lambda: people.members.log_in(email, "a wrong password", network),
        lambda: people.members.log_in(email, ANOTHER_PASSWORD, network),
    ]
    seen = [repr(result) for result in [await asyncio.gather(ask(), return_exceptions=True) for ask in answers]]
    compared = ("kind", "subject", "count", "ends_at", "created_at", "sent_at", "used_at", "guest_subject")
    stored = [
        (table, repr({name: value for name, value in row.items() if name in compared}))
        for table, rows in (await people.rows()).items()
        for row in rows
        if row not in before[table]
    ]
    return seen, sorted(stored)


async def test_only_the_mail_of_an_address_tells_whether_it_has_an_account(people: People) -> None:
    await people.join("known@example.org")
    for email in ("known@example.org", "unknown@example.org"):
        await people.members.register(email, ANOTHER_PASSWORD, ELSEWHERE, NETWORK)
        await people.members.request_password_reset(email, NETWORK)

    letters = [(letter.to, letter.subject) for letter in await people.letters()]

    assert letters == [
        ("known@example.org", "Coding Ahead: You have an account"),
        ("known@example.org", "Coding Ahead: Set a new password"),
        ("unknown@example.org", "Coding Ahead: Confirm your e-mail address"),
    ]


async def test_the_letter_to_who_has_an_account_has_no_link_that_changes_it(people: People) -> None:
    session = await people.join()
    account, _ = await people.members.get(session.subject)
    await people.members.register(EMAIL, ANOTHER_PASSWORD, ELSEWHERE, NETWORK)
    (letter,) = await people.letters()

    assert "token=" not in letter.text
    assert (await people.members.get(session.subject))[0] == account


# Logging in


async def test_the_right_password_logs_in_whatever_the_case_of_the_address(people: People) -> None:
    joined = await people.join()

    session = await people.members.log_in("ADA@example.ORG", PASSWORD, NETWORK)

    assert session.subject == joined.subject
    token = opened(session)
    assert (token.subject, token.plan) == (joined.subject, "member")
    assert token.expires_at - token.issued_at == timedelta(minutes=5)
    assert (await people.members.get(session.subject))[1] == 2


async def test_a_password_composed_otherwise_is_the_same(people: People) -> None:
    await people.members.register(EMAIL, "caf\u00e9 und kn\u00f6del satt", BROWSER, NETWORK)
    await people.members.confirm_email(link_in((await people.letters())[0]), BROWSER, "", NETWORK)

    assert await people.members.log_in(EMAIL, "cafe\u0301 und kno\u0308del satt", NETWORK)


async def test_a_wrong_password_and_an_unknown_address_are_refused_alike(people: People) -> None:
    await people.join()

    wrong = await refused(people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK))
    unknown = await refused(people.members.log_in("nobody@example.org", PASSWORD, NETWORK))

    assert (wrong.kind, wrong.reason, wrong.message) == (unknown.kind, unknown.reason, unknown.message)
    assert wrong.reason == "WRONG_CREDENTIALS"


async def test_a_registration_is_told_to_confirm_by_its_password_only(people: People) -> None:
    await people.register()

    right = await refused(people.members.log_in(EMAIL, PASSWORD, NETWORK))
    wrong = await refused(people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK))
    people.clock.go(hours=24)
    too_late = await refused(people.members.log_in(EMAIL, PASSWORD, NETWORK))

    assert (right.kind, right.reason) == (Kind.PRECONDITION, "EMAIL_NOT_CONFIRMED")
    assert wrong.reason == too_late.reason == "WRONG_CREDENTIALS"


async def test_the_password_before_is_not_taken_for_that_of_a_registration(people: People) -> None:
    session = await people.join()
    await people.members.change_password(session.subject, "", PASSWORD, ANOTHER_PASSWORD, NETWORK)

    assert (await refused(people.members.log_in(EMAIL, PASSWORD, NETWORK))).reason == "WRONG_CREDENTIALS"


async def test_registering_an_address_does_not_help_to_guess_its_password(people: People) -> None:
    await people.join()
    people.clock.go(minutes=1)
    await people.members.register(EMAIL, ANOTHER_PASSWORD, ELSEWHERE, NETWORK)

    for _ in range(LOG_IN.most):
        refusal = await refused(people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK))
        assert refusal.reason == "EMAIL_NOT_CONFIRMED"

    assert (await refused(people.members.log_in(EMAIL, "a guess", NETWORK))).reason == "TOO_MANY_ATTEMPTS"


async def test_a_password_is_hashed_anew_when_the_parameters_have_changed(people: People) -> None:
    session = await people.join()
    before, _ = await people.members.get(session.subject)
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    links = Seal(derive_key(SECRET, "letters"))
    members = Members(people.database, stronger, people.sessions, people.attempts, links, people.clock)

    await members.log_in(EMAIL, PASSWORD, NETWORK)
    after, _ = await members.get(session.subject)
    await members.log_in(EMAIL, PASSWORD, NETWORK)

    assert stronger.is_outdated(before.password_hash)
    assert not stronger.is_outdated(after.password_hash)
    assert (await members.get(session.subject))[0] == after


# Attempts


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
async def test_forty_parallel_wrong_log_ins_pass_exactly_the_limit(people: People, email: str) -> None:
    await people.join()

    results = await asyncio.gather(
        *(people.members.log_in(email, ANOTHER_PASSWORD, NETWORK) for _ in range(40)), return_exceptions=True
    )

    counted = reasons(results)
    assert counted.count("WRONG_CREDENTIALS") == LOG_IN.most
    assert counted.count("TOO_MANY_ATTEMPTS") == 40 - LOG_IN.most


async def test_after_too_many_wrong_ones_the_right_password_waits_too(people: People) -> None:
    await people.join()
    for _ in range(LOG_IN.most):
        await refused(people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK))
    people.clock.go(minutes=5)

    refusal = await refused(people.members.log_in(EMAIL, PASSWORD, NETWORK))
    people.clock.go(minutes=10)

    assert (refusal.kind, refusal.reason, refusal.retry_after) == (Kind.EXHAUSTED, "TOO_MANY_ATTEMPTS", 600)
    assert await people.members.log_in(EMAIL, PASSWORD, NETWORK)


async def test_guesses_from_one_network_do_not_lock_out_another(people: People) -> None:
    await people.join()
    for _ in range(LOG_IN.most + 1):
        await refused(people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK))

    assert await people.members.log_in(EMAIL, PASSWORD, "network-2")


async def test_an_address_is_guessed_at_from_many_networks_only_so_often(people: People) -> None:
    for number in range(LOG_IN_ADDRESS.most):
        refusal = await refused(people.members.log_in(EMAIL, PASSWORD, f"network-{number}"))
        assert refusal.reason == "WRONG_CREDENTIALS"

    assert (await refused(people.members.log_in(EMAIL, PASSWORD, "one-more"))).reason == "TOO_MANY_ATTEMPTS"


async def test_a_network_guesses_at_many_addresses_only_so_often_even_by_logging_in_between(people: People) -> None:
    await people.join()
    for number in range(LOG_IN_NETWORK.most):
        refusal = await refused(people.members.log_in(f"nobody{number}@example.org", PASSWORD, NETWORK))
        assert refusal.reason == "WRONG_CREDENTIALS"
        if number < LOG_IN_NETWORK.most - 1:
            await people.members.log_in(EMAIL, PASSWORD, NETWORK)

    assert (await refused(people.members.log_in("x@example.org", PASSWORD, NETWORK))).reason == "TOO_MANY_ATTEMPTS"


async def test_logging_in_is_never_too_often(people: People) -> None:
    await people.join()

    for _ in range(LOG_IN_NETWORK.most + 1):
        assert await people.members.log_in(EMAIL, PASSWORD, NETWORK)


async def test_a_success_lets_an_address_begin_anew(people: People) -> None:
    await people.join()
    for _ in range(3):
        for _ in range(LOG_IN.most - 1):
            await refused(people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK))
        assert await people.members.log_in(EMAIL, PASSWORD, NETWORK)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
async def test_an_address_gets_so_many_letters_an_hour(people: People, email: str) -> None:
    await people.join()
    people.clock.go(hours=1)

    results = await asyncio.gather(
        *(people.members.request_password_reset(email, f"network-{number}") for number in range(10)),
        *(people.members.register(email, PASSWORD, BROWSER, f"network-{number}") for number in range(10)),
        return_exceptions=True,
    )

    assert results.count(None) == LETTERS_ADDRESS.most
    assert reasons(results) == ["TOO_MANY_ATTEMPTS"] * (20 - LETTERS_ADDRESS.most)
    people.clock.go(hours=1)
    await people.members.request_password_reset(email, NETWORK)


async def test_a_network_asks_for_so_many_letters_an_hour(people: People) -> None:
    for number in range(LETTERS_NETWORK.most):
        await people.members.request_password_reset(f"nobody{number}@example.org", NETWORK)

    refusal = await refused(people.members.register(EMAIL, PASSWORD, BROWSER, NETWORK))

    assert refusal.reason == "TOO_MANY_ATTEMPTS"
    await people.members.register(EMAIL, PASSWORD, BROWSER, "network-2")


async def test_counters_are_kept_without_the_address(people: People) -> None:
    await refused(people.members.log_in(EMAIL, PASSWORD, NETWORK))
    await people.members.request_password_reset("other@example.org", NETWORK)

    kept = str((await people.rows())["attempts"])

    assert "@" not in kept
    assert NETWORK not in kept


# Sessions


async def test_a_refresh_trades_both_tokens_and_prolongs_the_session(people: People) -> None:
    first = await people.join()
    people.clock.go(days=29)

    second = await people.sessions.refresh(first.refresh_token)

    assert second.subject == first.subject
    assert second.refresh_token != first.refresh_token
    assert opened(second).session_id == opened(first).session_id
    assert opened(second).issued_at == people.clock.time
    assert second.refresh_expires_at == people.clock.time + timedelta(days=30)


async def test_parallel_refreshes_of_one_token_rotate_once(people: People) -> None:
    first = await people.join()

    sessions = await asyncio.gather(*(people.sessions.refresh(first.refresh_token) for _ in range(20)))

    assert len({session.refresh_token for session in sessions}) == 1
    (row,) = (await people.rows())["sessions"]
    assert row["generation"] == 2


async def test_a_token_traded_just_before_is_answered_again(people: People) -> None:
    first = await people.join()
    second = await people.sessions.refresh(first.refresh_token)
    people.clock.go(seconds=60)

    again = await people.sessions.refresh(first.refresh_token)

    assert again.refresh_token == second.refresh_token
    assert opened(again).issued_at == people.clock.time
    assert await people.sessions.refresh(second.refresh_token)


@pytest.mark.parametrize(("trades", "seconds"), [(1, 61), (2, 0)], ids=["too late", "two trades ago"])
async def test_a_token_that_comes_back_ends_its_session_for_both_holders(
    people: People, trades: int, seconds: int
) -> None:
    stolen = await people.join()
    current = stolen
    for _ in range(trades):
        current = await people.sessions.refresh(current.refresh_token)
    people.clock.go(seconds=seconds)

    refusals = [await refused(people.sessions.refresh(session.refresh_token)) for session in (stolen, current, stolen)]

    assert {(refusal.kind, refusal.reason) for refusal in refusals} == {(Kind.UNAUTHENTICATED, "SESSION_ENDED")}
    (event,) = await people.told(events_pb2.SessionRevoked)
    assert (event.subject, event.session_id) == (stolen.subject, opened(stolen).session_id)
    assert not (await people.rows())["sessions"]


async def test_a_session_that_is_not_used_ends(people: People) -> None:
    session = await people.join()
    people.clock.go(days=30)

    assert (await refused(people.sessions.refresh(session.refresh_token))).reason == "SESSION_ENDED"
    assert (await people.members.get(session.subject))[1] == 0


async def test_logging_out_ends_one_session_and_is_told(people: People) -> None:
    here, there = await people.join(), await people.members.log_in(EMAIL, PASSWORD, NETWORK)

    await people.sessions.log_out(here.refresh_token)
    await people.sessions.log_out(here.refresh_token)

    assert (await refused(people.sessions.refresh(here.refresh_token))).reason == "SESSION_ENDED"
    assert await people.sessions.refresh(there.refresh_token)
    (event,) = await people.told(events_pb2.SessionRevoked)
    assert event.session_id == opened(here).session_id
    assert opened(here).issued_at <= event.revoked_at.ToDatetime(people.clock.time.tzinfo)


async def test_logging_out_everywhere_ends_every_session(people: People) -> None:
    sessions = [await people.join(), await people.members.log_in(EMAIL, PASSWORD, NETWORK)]
    other = await people.join("other@example.org")

    await people.sessions.log_out_everywhere(sessions[0].subject)

    for session in sessions:
        assert (await refused(people.sessions.refresh(session.refresh_token))).reason == "SESSION_ENDED"
    assert await people.sessions.refresh(other.refresh_token)
    (event,) = await people.told(events_pb2.SessionRevoked)
    assert (event.subject, event.session_id) == (sessions[0].subject, "")


# Passwords


async def test_a_reset_link_sets_the_password_once_and_ends_every_session(people: People) -> None:
    session = await people.join()
    await people.members.request_password_reset(EMAIL, NETWORK)
    token = link_in((await people.letters())[0])

    await people.members.reset_password(token, ANOTHER_PASSWORD)

    again = await refused(people.members.reset_password(token, "yet another long one"))
    assert (again.kind, again.reason) == (Kind.PRECONDITION, "LINK_NOT_VALID")
    assert (await refused(people.sessions.refresh(session.refresh_token))).reason == "SESSION_ENDED"
    assert (await refused(people.members.log_in(EMAIL, PASSWORD, NETWORK))).reason == "WRONG_CREDENTIALS"
    assert await people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK)
    assert [letter.subject for letter in await people.letters()] == ["Coding Ahead: Your password was changed"]
    (event,) = await people.told(events_pb2.SessionRevoked)
    assert (event.subject, event.session_id) == (session.subject, "")


async def test_parallel_uses_of_a_reset_link_succeed_once(people: People) -> None:
    await people.join()
    await people.members.request_password_reset(EMAIL, NETWORK)
    token = link_in((await people.letters())[0])

    results = await asyncio.gather(
        *(people.members.reset_password(token, ANOTHER_PASSWORD) for _ in range(8)), return_exceptions=True
    )

    assert results.count(None) == 1
    assert reasons(results) == ["LINK_NOT_VALID"] * 7


async def test_a_reset_link_ends_after_an_hour_and_stays_good_after_a_bad_choice(people: People) -> None:
    await people.join()
    await people.members.request_password_reset(EMAIL, NETWORK)
    token = link_in((await people.letters())[0])

    assert (await refused(people.members.reset_password(token, "short"))).fields[0].field == "new_password"
    people.clock.go(minutes=59)
    await people.members.reset_password(token, ANOTHER_PASSWORD)
    await people.members.request_password_reset(EMAIL, NETWORK)
    late = link_in((await people.letters())[-1])
    people.clock.go(hours=1)

    assert (await refused(people.members.reset_password(late, PASSWORD))).reason == "LINK_NOT_VALID"


async def test_a_link_serves_only_for_what_its_letter_is_about(people: People) -> None:
    confirm = await people.register()
    await people.members.confirm_email(confirm, BROWSER, "", NETWORK)
    await people.members.request_password_reset(EMAIL, NETWORK)
    reset = link_in((await people.letters())[0])

    assert (await refused(people.members.reset_password(confirm, ANOTHER_PASSWORD))).reason == "LINK_NOT_VALID"
    assert (await refused(people.members.confirm_email(reset, BROWSER, "", NETWORK))).reason == "LINK_NOT_VALID"


async def test_a_reset_lets_in_who_was_locked_out(people: People) -> None:
    await people.join()
    for _ in range(LOG_IN.most + 1):
        await refused(people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK))
    await people.members.request_password_reset(EMAIL, NETWORK)

    await people.members.reset_password(link_in((await people.letters())[0]), ANOTHER_PASSWORD)

    assert await people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK)


async def test_changing_the_password_keeps_only_the_session_that_asks(people: People) -> None:
    here, there = await people.join(), await people.members.log_in(EMAIL, PASSWORD, NETWORK)
    await people.members.request_password_reset(EMAIL, NETWORK)
    reset = link_in((await people.letters())[0])

    await people.members.change_password(here.subject, opened(here).session_id, PASSWORD, ANOTHER_PASSWORD, NETWORK)

    assert await people.sessions.refresh(here.refresh_token)
    assert (await refused(people.sessions.refresh(there.refresh_token))).reason == "SESSION_ENDED"
    assert (await refused(people.members.reset_password(reset, PASSWORD))).reason == "LINK_NOT_VALID"
    assert await people.members.log_in(EMAIL, ANOTHER_PASSWORD, NETWORK)
    assert [letter.subject for letter in await people.letters()] == ["Coding Ahead: Your password was changed"]
    (event,) = await people.told(events_pb2.SessionRevoked)
    assert (event.subject, event.session_id) == (here.subject, "")


async def test_a_wrong_current_password_changes_and_closes_nothing_and_is_counted(people: People) -> None:
    session = await people.join()
    before = await people.rows()

    changing = await refused(
        people.members.change_password(session.subject, "", ANOTHER_PASSWORD, "yet another long one", NETWORK)
    )
    closing = await refused(people.members.close(session.subject, ANOTHER_PASSWORD, NETWORK))

    after = await people.rows()
    assert changing.reason == closing.reason == "WRONG_CREDENTIALS"
    assert {row["count"] for row in after.pop("attempts")} >= {2}
    assert after == {table: rows for table, rows in before.items() if table != "attempts"}


async def test_of_parallel_changes_of_a_password_one_succeeds(people: People) -> None:
    session = await people.join()
    choices = ["nine crooked lanterns", "seven muddy trumpets", "eleven silent bakers"]

    results = await asyncio.gather(
        *(people.members.change_password(session.subject, "", PASSWORD, new, NETWORK) for new in choices),
        return_exceptions=True,
    )

    assert results.count(None) == 1
    assert await people.members.log_in(EMAIL, choices[results.index(None)], NETWORK)


# Closing


async def test_closing_leaves_nothing_but_the_letter_that_tells_of_it(people: People) -> None:
    session = await people.join()
    await people.members.request_password_reset(EMAIL, NETWORK)
    await people.letters()
    await Keys(people.database).create(session.subject, "script", ["codes"])
    marks = Marks(people.database)
    await marks.set_favourite(session.subject, "icd10cm:E11.9", favourite=True)
    await marks.save_note(session.subject, "icd10cm:E11.9", "check the eyes")
    opened_page = events_pb2.ViewCharged(subject=session.subject, page="icd10cm:E11.9")
    opened_page.charged_at.FromDatetime(people.clock.time)
    await marks.record_opened(opened_page, "")
    assert all((await people.rows()).values())

    await people.members.close(session.subject, PASSWORD, NETWORK)

    rows = await people.rows()
    (kept,) = rows["letters"]
    assert (kept["kind"], kept["email"]) == ("account_closed", EMAIL)
    for table in set(rows) - {"letters", "attempts", "outbox"}:
        assert not rows[table], table
    (closed,) = await people.told(events_pb2.AccountClosed)
    (revoked,) = await people.told(events_pb2.SessionRevoked)
    assert closed.subject == revoked.subject == session.subject
    assert (await refused(people.sessions.refresh(session.refresh_token))).reason == "SESSION_ENDED"
    assert (await refused(people.members.get(session.subject))).reason == "ACCOUNT_NOT_FOUND"
    assert (await refused(people.members.log_in(EMAIL, PASSWORD, NETWORK))).reason == "WRONG_CREDENTIALS"

    (letter,) = await people.letters()

    assert (letter.to, letter.subject) == (EMAIL, "Coding Ahead: Your account was closed")
    assert not (await people.rows())["letters"]


async def test_a_closed_address_can_register_again_as_somebody_new(people: People) -> None:
    before = await people.join()
    await people.members.close(before.subject, PASSWORD, NETWORK)

    assert (await people.join()).subject != before.subject


@pytest.mark.parametrize("subject", ["", "guest:5f3a", f"member:{'0' * 32}"])
async def test_what_has_no_account_is_refused(people: People, subject: str) -> None:
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: people.members.get(subject),
        lambda: people.members.close(subject, PASSWORD, NETWORK),
        lambda: people.members.change_password(subject, "", PASSWORD, ANOTHER_PASSWORD, NETWORK),
        lambda: people.sessions.log_out_everywhere(subject),
    ]
    for call in calls:
        refusal = await refused(call())
        assert (refusal.kind, refusal.reason) == (Kind.NOT_FOUND, "ACCOUNT_NOT_FOUND")


# Plans


async def test_a_granted_plan_is_in_the_next_access_token_and_goes_when_it_ends(people: People) -> None:
    session = await people.join()
    ends_at = people.clock.time + timedelta(days=10)

    account = await people.members.grant_plan(EMAIL, "subscriber", ends_at)

    assert (account.plan, account.plan_ends_at) == (Plan.SUBSCRIBER, ends_at)
    assert account == (await people.members.get(session.subject))[0]
    (event,) = await people.told(events_pb2.SessionRevoked)
    assert (event.subject, event.session_id) == (session.subject, "")
    granted = await people.sessions.refresh(session.refresh_token)
    people.clock.go(days=10)
    ended = await people.sessions.refresh(granted.refresh_token)
    assert [opened(session).plan, opened(granted).plan, opened(ended).plan] == ["member", "subscriber", "member"]


async def test_a_grant_that_cannot_be_is_refused(people: People) -> None:
    await people.join()

    unknown = await refused(people.members.grant_plan("nobody@example.org", "subscriber", None))
    plan = await refused(people.members.grant_plan(EMAIL, "guest", None))
    past = await refused(people.members.grant_plan(EMAIL, "subscriber", people.clock.time))

    assert (unknown.kind, unknown.reason) == (Kind.NOT_FOUND, "ACCOUNT_NOT_FOUND")
    assert [plan.fields[0].field, past.fields[0].field] == ["plan", "ends_at"]


# Letters


async def test_a_letter_is_sent_once_however_often_its_event_arrives(people: People) -> None:
    await people.register()
    (request,) = await people.told(events_pb2.LetterRequested)

    await people.post.send(request.letter_id)

    assert len(people.mailbox.letters) == 1


@pytest.mark.parametrize("failure", [MailDelayed("the server is away"), MailRefused("the server answered 550")])
async def test_a_letter_that_was_not_taken_can_be_sent_later_under_the_same_message_id(
    people: People, failure: Exception
) -> None:
    await people.members.register(EMAIL, PASSWORD, BROWSER, NETWORK)
    people.mailbox.failure = failure
    result = "delayed" if isinstance(failure, MailDelayed) else "refused"
    before = [measured(LETTERS, kind="confirm", result=one) for one in (result, "sent")]
    with pytest.raises(type(failure)):
        await people.letters()
    people.mailbox.failure = None

    (letter,) = await people.letters()

    assert [measured(LETTERS, kind="confirm", result=one) for one in (result, "sent")] == [n + 1 for n in before]

    (row,) = (await people.rows())["letters"]
    assert letter.message_id == row["id"]
    assert row["sent_at"] == people.clock.time
    assert [measured(LETTERS, kind="confirm", result=one) for one in (result, "sent")] == [n + 1 for n in before]


async def test_a_letter_whose_link_has_ended_is_dropped(people: People) -> None:
    await people.members.register(EMAIL, PASSWORD, BROWSER, NETWORK)
    people.clock.go(hours=24)

    assert not await people.letters()
    assert not (await people.rows())["letters"]


async def test_every_letter_says_what_to_do_when_it_was_not_oneself(people: People) -> None:
    session = await people.join()
    await people.members.register(EMAIL, PASSWORD, BROWSER, NETWORK)
    await people.members.request_password_reset(EMAIL, NETWORK)
    await people.members.change_password(session.subject, "", PASSWORD, ANOTHER_PASSWORD, NETWORK)
    await people.letters()
    await people.members.close(session.subject, ANOTHER_PASSWORD, NETWORK)
    await people.letters()

    assert len({letter.subject for letter in people.mailbox.letters}) == 5
    for letter in people.mailbox.letters:
        assert "If it was not you" in letter.text
        assert letter.text.endswith("\n\nCoding Ahead\n")
        assert "{" not in letter.text


# Sweeping


async def test_what_nobody_needs_any_more_is_swept(people: People) -> None:
    await people.join()
    await people.register("other@example.org")
    people.clock.go(days=6)
    await people.members.log_in(EMAIL, PASSWORD, NETWORK)
    await sweep(people.database, people.clock)
    young = await people.rows()
    people.clock.go(days=1)
    await sweep(people.database, people.clock)
    week = await people.rows()
    people.clock.go(days=29)
    await sweep(people.database, people.clock)
    month = await people.rows()

    assert [len(young[table]) for table in ("registrations", "letters", "sessions")] == [2, 2, 2]
    assert [len(week[table]) for table in ("registrations", "letters", "sessions", "attempts")] == [0, 0, 2, 0]
    assert [len(month[table]) for table in ("accounts", "sessions")] == [1, 0]


# All at once


async def test_whatever_people_do_at_once_they_are_served_or_refused(people: People) -> None:
    chance = random.Random(4)
    links: list[str] = []
    sessions = [await people.join("0@example.org"), await people.join("1@example.org")]

    async def read_letters() -> None:
        links.extend(link_in(letter) for letter in await people.letters() if "token=" in letter.text)

    async def confirm(network: str) -> None:
        sessions.append(await people.members.confirm_email(chance.choice(links), BROWSER, PASSWORD, network))

    async def do_something(network: str) -> None:
        email, subject = f"{chance.randrange(3)}@example.org", chance.choice(sessions).subject
        actions: list[Callable[[], Awaitable[object]]] = [
            lambda: people.members.register(email, PASSWORD, BROWSER, network),
            lambda: people.members.request_password_reset(email, network),
            read_letters,
            lambda: confirm(network),
            lambda: people.members.reset_password(chance.choice(links), PASSWORD),
            lambda: people.members.log_in(email, PASSWORD, network),
            lambda: people.sessions.refresh(chance.choice(sessions).refresh_token),
            lambda: people.members.change_password(subject, "", PASSWORD, PASSWORD, network),
            lambda: people.members.close(subject, PASSWORD, network),
            lambda: people.members.grant_plan(email, "subscriber", None),
            lambda: sweep(people.database, people.clock),
        ]
        people.clock.go(minutes=10)
        with suppress(Refusal):
            await chance.choice(actions)()

    async def person(number: int) -> None:
        for _ in range(40):
            await do_something(f"network-{number}")

    await read_letters()
    links.append(await people.register("2@example.org"))
    await asyncio.gather(*(person(number) for number in range(8)))

    rows = await people.rows()
    registered = await people.told(events_pb2.AccountRegistered)
    closed = await people.told(events_pb2.AccountClosed)
    assert len({event.subject for event in registered}) == len(registered)
    assert {event.subject for event in registered} - {event.subject for event in closed} == {
        f"member:{row['id']}" for row in rows["accounts"]
    }


# Tokens


async def test_tokens_and_links_that_were_altered_anywhere_are_refused(people: People) -> None:
    refresh_token = (await people.join()).refresh_token
    await people.members.request_password_reset(EMAIL, NETWORK)
    reset = link_in((await people.letters())[0])
    confirm = await people.register("other@example.org")
    calls: list[tuple[str, Callable[[str], Awaitable[object]]]] = [
        (refresh_token, people.sessions.refresh),
        (confirm, lambda token: people.members.confirm_email(token, BROWSER, "", NETWORK)),
        (reset, lambda token: people.members.reset_password(token, ANOTHER_PASSWORD)),
    ]
    for token, call in calls:
        altered = {
            f"{token[:at]}{put}{token[at + cut :]}"
            for at in range(len(token))
            for put in ("", "0", ".")
            for cut in (0, 1)
        }
        for text in altered - {token} | {"", ".", "..", "\x00", "ä.ö", token.upper(), f" {token}"}:
            assert (await refused(call(text))).reason in ("SESSION_ENDED", "LINK_NOT_VALID")
        await call(token)
