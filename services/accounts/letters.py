"""Letters: asked for in the transaction of what they tell of, and sent when their event arrives."""

import uuid
from datetime import datetime, timedelta

from codingahead.events.v1 import events_pb2
from prometheus_client import Counter

from services.accounts.model import Clock, Letter, LetterKind, utc_now
from services.accounts.seal import Seal
from services.accounts.store import outbox, people
from services.accounts.store.database import Database, Transaction
from services.runtime import mail, metrics
from services.runtime.mail import MailDelayed, Mailer, MailRefused

LETTERS = Counter("codingahead_accounts_letters_total", "Letters by what became of them", ["kind", "result"])
metrics.begin(LETTERS, LetterKind, ("sent", "delayed", "refused", "dropped"))

# How long the link of a letter is good, from when it was asked for.
LINK_LIFETIMES = {LetterKind.CONFIRM: timedelta(hours=24), LetterKind.RESET: timedelta(hours=1)}

_SIGNATURE = "\n\nCoding Ahead\n"

_CONFIRM = """\
Somebody, most likely you, asked for a free account at Coding Ahead with this address.

To confirm the address and log in, open this link within 24 hours:

{link}

If it was not you, do nothing: without the link there is no account."""

_ALREADY_REGISTERED = """\
Somebody, most likely you, asked for a free account at Coding Ahead with this address. It already has one.

You can log in here:

{public_url}/login

If you do not remember your password, set a new one here:

{public_url}/reset

If it was not you, do nothing: your account is as it was."""

_RESET = """\
Somebody, most likely you, asked to set a new password for your account at Coding Ahead.

To choose a new password, open this link within one hour. It can be used once:

{link}

If it was not you, do nothing: your password stays as it is."""

_CHANGED = """\
The password of your account at Coding Ahead was changed, and other devices were logged out.

If it was not you, set a new password here, at once:

{public_url}/reset"""

_ACCOUNT_CLOSED = """\
Your account at Coding Ahead was closed, and what belonged to it was deleted.

If it was not you, somebody knew your password. Change it wherever else you use it."""


def is_good(letter: Letter, now: datetime) -> bool:
    """Tell whether a letter is of use: its link has not ended, if it has one."""
    lifetime = LINK_LIFETIMES.get(letter.kind)
    return lifetime is None or now < letter.created_at + lifetime


async def ask(
    connection: Transaction, kind: LetterKind, email: str, now: datetime, registration_id: str | None = None
) -> None:
    """Have a letter sent if, and only if, the transaction is committed."""
    letter = Letter(uuid.uuid4().hex, kind, email, registration_id, now, sent_at=None, used_at=None)
    await people.add_letter(connection, letter)
    await outbox.tell(connection, events_pb2.LetterRequested(letter_id=letter.id))


class Post:
    """Sends letters. `links` seals their ids into their links; `public_url` is where people reach the pages."""

    def __init__(self, database: Database, mailer: Mailer, links: Seal, public_url: str, now: Clock = utc_now) -> None:
        self._database = database
        self._mailer = mailer
        self._links = links
        self._public_url = public_url
        self._now = now

    async def send(self, letter_id: str) -> None:
        """Send a letter once; twice when this process dies in between, and then its Message-ID is the same.

        A letter that is of no use any more is dropped. Raises MailDelayed and MailRefused.
        """
        async with self._database.begin() as connection:
            letter = await people.letter(connection, letter_id)
            if letter is None or letter.sent_at:
                return
            account = await people.account_of(connection, letter.email)
            written = self._written(letter, has_account=account is not None)
            if written is None:
                await people.remove_letter(connection, letter.id)
                LETTERS.labels(letter.kind, "dropped").inc()
                return
        subject, text = written
        try:
            await self._mailer.send(mail.Letter(letter.email, subject, text, message_id=letter.id))
        except (MailDelayed, MailRefused) as error:
            LETTERS.labels(letter.kind, "delayed" if isinstance(error, MailDelayed) else "refused").inc()
            raise
        LETTERS.labels(letter.kind, "sent").inc()
        async with self._database.begin() as connection:
            if letter.kind is LetterKind.ACCOUNT_CLOSED:
                await people.remove_letter(connection, letter.id)  # the last that was kept of the account
            else:
                await people.set_sent(connection, letter.id, self._now())

    def _written(self, letter: Letter, has_account: bool) -> tuple[str, str] | None:
        """Return subject and text of a letter, None when it is of no use.

        Whether the address has an account is looked at here and not when it was asked for: all addresses are alike
        until their own mail is written.
        """
        if not is_good(letter, self._now()):
            return None
        match letter.kind, has_account:
            case LetterKind.CONFIRM, False:
                written = "Confirm your e-mail address", _CONFIRM
            case LetterKind.CONFIRM, True:
                written = "You have an account", _ALREADY_REGISTERED
            case LetterKind.RESET, True:
                written = "Set a new password", _RESET
            case LetterKind.PASSWORD_CHANGED, True:
                written = "Your password was changed", _CHANGED
            case LetterKind.ACCOUNT_CLOSED, _:
                written = "Your account was closed", _ACCOUNT_CLOSED
            case _:
                return None
        subject, text = written
        token = self._links.close(letter.id)
        path = "/reset/new" if letter.kind is LetterKind.RESET else "/confirm"
        link = f"{self._public_url}{path}?token={token}"
        return f"Coding Ahead: {subject}", text.format(link=link, public_url=self._public_url) + _SIGNATURE
