"""Members: from a registration to a closed account."""

import re
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from codingahead.events.v1 import events_pb2
from email_validator import EmailNotValidError, validate_email

from services.accounts import letters
from services.accounts.attempts import Attempts
from services.accounts.letters import LINK_LIFETIMES
from services.accounts.model import Account, Clock, Guest, Letter, LetterKind, Plan, Registration, Session, utc_now
from services.accounts.passwords import Passwords
from services.accounts.seal import Seal
from services.accounts.sessions import Sessions
from services.accounts.store import outbox, owners, people, sessions
from services.accounts.store.database import Database, Transaction
from services.runtime.errors import Kind, Refusal, invalid

# A link that made an account logs its browser in again for so long: answers are lost.
CONFIRMED_AGAIN_WITHIN = timedelta(minutes=10)

_GUEST = re.compile(r"[A-Za-z0-9:_.-]{0,128}")
_LONGEST = 128


class Members:
    """What people do with their accounts; refusals are those of codingahead.accounts.v1.

    Whoever asks for an address learns nothing of it: known and unknown ones take the same steps, and what differs is
    written into the letter.
    """

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: Sessions,
        attempts: Attempts,
        links: Seal,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._attempts = attempts
        self._links = links
        self._now = now

    async def register(self, email: str, password: str, guest: Guest, network: str) -> None:
        """Keep what is to become an account, and have a letter with a link sent."""
        email = _address(email)
        _check_guest(guest)
        await self._passwords.check(password, email, "password")
        await self._attempts.count_letter(email, network)
        password_hash = await self._passwords.hash(password)
        async with self._database.begin() as connection:
            registration = Registration(uuid.uuid4().hex, email, password_hash, guest, self._now())
            await people.add_registration(connection, registration)
            await letters.ask(connection, LetterKind.CONFIRM, email, self._now(), registration.id)

    async def confirm_email(self, token: str, guest: Guest, password: str, network: str) -> Session:
        """Make the account of a registration, unless its link has done that before, and begin a session."""
        async with self._database.begin() as connection:
            letter = await self._letter(connection, token, LetterKind.CONFIRM)
            registration = await people.registration(connection, letter.registration_id or "")
            if registration is None:
                raise _link_not_valid()
            account = await people.account_of(connection, registration.email)
        if account and account.id != registration.id:
            raise _link_not_valid()
        expected = (account or registration).password_hash
        needs_password = not self._is_same_browser(guest, registration, account)
        if needs_password:
            if not password:
                raise Refusal(Kind.UNAUTHENTICATED, "PASSWORD_REQUIRED", "Enter the password chosen when registering.")
            await self._check_password(registration.email, expected, password, network)
        async with self._database.begin() as connection:
            await self._add_account(connection, registration)
            # Somebody may have followed the link, or closed the account, meanwhile: what they left is looked at here.
            account = await people.hold_account(connection, registration.id)
            if (
                account is None
                or account.password_hash != expected
                or await people.registration(connection, registration.id) is None
            ):
                raise _link_not_valid()
            if needs_password:
                await self._attempts.succeed(connection, account.email, network)
            return await self._sessions.begin(connection, account)

    async def log_in(self, email: str, password: str, network: str) -> Session:
        """Begin a session by address and password."""
        email = _address(email)
        async with self._database.begin() as connection:
            account = await people.account_of(connection, email)
            since = self._now() - LINK_LIFETIMES[LetterKind.CONFIRM]
            waiting = await people.latest_registration(connection, email, since)
        if account and waiting and waiting.id == account.id:
            waiting = None
        await self._attempts.count_log_in(email, network)
        is_right = await self._passwords.verify(account.password_hash if account else None, password)
        if account is None or not is_right:
            # Looked at with and without an account: by this password, who registered the address could else tell which.
            if await self._passwords.verify(waiting.password_hash if waiting else None, password):
                raise _not_confirmed()
            raise _wrong_credentials()
        outdated = self._passwords.is_outdated(account.password_hash)
        renewed = await self._passwords.hash(password) if outdated else None
        async with self._database.begin() as connection:
            # Accounts before counters, as in every transaction: none waits for one that waits for it.
            await self._hold(connection, account)
            await self._attempts.succeed(connection, email, network)
            if renewed:
                await people.set_password(connection, account.id, renewed)
            return await self._sessions.begin(connection, account)

    async def request_password_reset(self, email: str, network: str) -> None:
        """Have a letter with a link sent, if the address has an account when the letter is written."""
        email = _address(email)
        await self._attempts.count_letter(email, network)
        async with self._database.begin() as connection:
            await letters.ask(connection, LetterKind.RESET, email, self._now())

    async def reset_password(self, token: str, new_password: str) -> None:
        """Set a new password by the link of a letter, once, and end every session."""
        async with self._database.begin() as connection:
            email = (await self._letter(connection, token, LetterKind.RESET)).email
        await self._passwords.check(new_password, email, "new_password")
        password_hash = await self._passwords.hash(new_password)
        async with self._database.begin() as connection:
            account = await people.account_of(connection, email)
            if account is None or await people.hold_account(connection, account.id) is None:
                raise _link_not_valid()
            # Looked at again while the account is held: a link serves once.
            await self._letter(connection, token, LetterKind.RESET)
            await self._set_password(connection, account, password_hash)

    async def change_password(
        self, subject: str, session_id: str, current_password: str, new_password: str, network: str
    ) -> None:
        """Set a new password by the one before, and end every session but one."""
        account, _ = await self.get(subject)
        await self._passwords.check(new_password, account.email, "new_password")
        await self._check_password(account.email, account.password_hash, current_password, network)
        password_hash = await self._passwords.hash(new_password)
        async with self._database.begin() as connection:
            await self._hold(connection, account)
            await self._set_password(connection, account, password_hash, goes_on=session_id)

    async def close(self, subject: str, password: str, network: str) -> None:
        """Delete an account with everything that belongs to it."""
        account, _ = await self.get(subject)
        await self._check_password(account.email, account.password_hash, password, network)
        async with self._database.begin() as connection:
            await self._hold(connection, account)
            await people.remove_account(connection, account)
            await self._sessions.void_access(connection, subject)
            event = events_pb2.AccountClosed(subject=subject)
            event.closed_at.FromDatetime(self._now())
            await outbox.tell(connection, event)
            # The one row that is left, until it is sent.
            await letters.ask(connection, LetterKind.ACCOUNT_CLOSED, account.email, self._now())

    async def get(self, subject: str) -> tuple[Account, int]:
        """Return an account and how many devices are logged in. Refused with ACCOUNT_NOT_FOUND."""
        async with self._database.begin() as connection:
            account = await people.account(connection, await owners.find(connection, subject))
            if account is None:
                raise owners.not_found()
            return account, await sessions.count(connection, account.id, self._now())

    async def grant_plan(
        self, email: str, plan: str, ends_at: datetime | None, *, validate_only: bool = False
    ) -> Account:
        """Give the account of an address a plan, until `ends_at` or for good. Refused with ACCOUNT_NOT_FOUND.

        With `validate_only` nothing is changed, and the account is returned as it is.
        """
        email = _address(email)
        if plan not in set(Plan):
            raise invalid("plan", f"expected one of {', '.join(Plan)}")
        if ends_at and ends_at <= self._now():
            raise invalid("ends_at", "expected a time that is yet to come")
        async with self._database.begin() as connection:
            account = await people.account_of(connection, email)
            account = account and await people.hold_account(connection, account.id)
            if account is None:
                raise owners.not_found()
            if validate_only:
                return account
            await people.set_plan(connection, account.id, Plan(plan), ends_at)
            await self._sessions.void_access(connection, account.subject)
        return replace(account, plan=Plan(plan), plan_ends_at=ends_at)

    async def _check_password(self, email: str, password_hash: str, password: str, network: str) -> None:
        """Refuse a wrong password, and any after too many: each is counted before it is looked at."""
        await self._attempts.count_log_in(email, network)
        if not await self._passwords.verify(password_hash, password):
            raise _wrong_credentials()

    async def _hold(self, connection: Transaction, account: Account) -> None:
        """Keep others from changing an account whose password was checked; refuse when they just have."""
        held = await people.hold_account(connection, account.id)
        if held is None or held.password_hash != account.password_hash:
            raise _wrong_credentials()

    async def _set_password(
        self, connection: Transaction, account: Account, password_hash: str, goes_on: str = ""
    ) -> None:
        """Give an account that is held a new password; only the session `goes_on` does."""
        now = self._now()
        await people.set_password(connection, account.id, password_hash)
        await people.use_resets(connection, account.email, now)
        await self._sessions.end_all(connection, account.id, account.subject, but=goes_on)
        await self._attempts.clear(connection, account.email)
        await letters.ask(connection, LetterKind.PASSWORD_CHANGED, account.email, now)

    async def _add_account(self, connection: Transaction, registration: Registration) -> None:
        """Make the account of a registration and tell of it, unless there is one."""
        now = self._now()
        account = Account(
            registration.id, registration.email, registration.password_hash, Plan.MEMBER, None, registered_at=now
        )
        if await people.add_account(connection, account):
            event = events_pb2.AccountRegistered(
                subject=account.subject,
                plan=account.plan,
                guest_subject=registration.guest.subject,
                guest_network=registration.guest.network,
            )
            event.registered_at.FromDatetime(now)
            await outbox.tell(connection, event)

    async def _letter(self, connection: Transaction, token: str, kind: LetterKind) -> Letter:
        """Return the letter whose link has this token. Refused with LINK_NOT_VALID."""
        letter_id = self._links.open(token)
        letter = letter_id and await people.letter(connection, letter_id)
        if not letter or letter.kind is not kind or letter.used_at or not letters.is_good(letter, self._now()):
            raise _link_not_valid()
        return letter

    def _is_same_browser(self, guest: Guest, registration: Registration, account: Account | None) -> bool:
        """Tell whether a browser is the one that registered, and follows the link for the first time or just has."""
        return guest.subject == registration.guest.subject != "" and (
            account is None or self._now() < account.registered_at + CONFIRMED_AGAIN_WITHIN
        )


def _address(email: str) -> str:
    """Return an address as it is kept and compared. Refuses what is none."""
    try:
        address = validate_email(email, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise invalid("email", "expected an e-mail address such as name@example.org") from None
    # Local parts could differ by case alone (RFC 5321), but no provider gives those to different people.
    return f"{address.local_part}@{address.ascii_domain}".lower()


def _check_guest(guest: Guest) -> None:
    if not _GUEST.fullmatch(guest.subject):
        raise invalid("guest.subject", f'expected up to {_LONGEST} characters of letters, digits and ":_-."')
    if len(guest.network) > _LONGEST or not guest.network.isprintable():
        raise invalid("guest.network", f"expected up to {_LONGEST} printable characters")


def _wrong_credentials() -> Refusal:
    return Refusal(Kind.UNAUTHENTICATED, "WRONG_CREDENTIALS", "The address or the password is wrong.")


def _not_confirmed() -> Refusal:
    message = "Open the link in our letter first: it confirms your address."
    return Refusal(Kind.PRECONDITION, "EMAIL_NOT_CONFIRMED", message)


def _link_not_valid() -> Refusal:
    return Refusal(Kind.PRECONDITION, "LINK_NOT_VALID", "The link is unknown, used or too old.")
