"""Sending e-mail: one letter to one person over SMTP (RFC 5321), each on a connection of its own."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import TypedDict
from urllib.parse import unquote, urlsplit

import aiosmtplib
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

_QUIT_SECONDS = 1.0
_URL_FORM = "expected smtp://[user:password@]host[:port] or smtps://[user:password@]host[:port]"
_MESSAGE_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_ENHANCED_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class MailDelayed(Exception):
    """The letter was not taken; trying again may help. The text names no address."""


class MailRefused(Exception):
    """The letter's recipient or content was refused; trying again is useless. The text names no address."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain text for one address.

    `message_id` is of up to 64 letters, digits, dots and hyphens, and the same whenever the same letter is sent again:
    a repeat is recognised by it.
    """

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    message_id: str


class Mailer:
    """Sends letters through the server at `url` in the name of `sender`, "address" or "name <address>".

    smtp:// turns to TLS where the server offers it, and insists on it when there are credentials; smtps:// is TLS from
    the start. Certificates are verified against the system's authorities, or those of SSL_CERT_FILE. `timeout` is in
    seconds, for the whole exchange. Raises ValueError, without the value, for an unusable `url` or `sender`.
    """

    def __init__(self, url: str, sender: str, timeout: float = 10.0) -> None:
        self._server = _parsed(url)
        self._timeout = timeout
        try:
            own = validate_email(sender, check_deliverability=False, allow_display_name=True, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValueError('expected a sender as "address" or "name <address>"') from None
        self._domain = own.ascii_domain
        self._sender = Address(own.display_name or "", own.local_part, own.ascii_domain)

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the server. Returns when it has taken it, else raises MailDelayed or MailRefused."""
        try:
            to = validate_email(letter.to, check_deliverability=False)
        except EmailNotValidError:
            raise MailRefused("the address is not valid") from None
        message = self._message(letter, to)
        async with self._connected() as client:
            await self._hand_over(client, message, to)

    async def check(self) -> None:
        """Greet the server, with the credentials if there are any. Raises MailDelayed when it takes no letters."""
        async with self._connected():
            pass

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Connect for a block; what fails in it is told as `send` does."""
        # Named by our domain: the machine's own name may be slow to find and says more than a server needs.
        client = aiosmtplib.SMTP(**self._server, local_hostname=self._domain, timeout=None)
        try:
            async with asyncio.timeout(self._timeout):
                await client.connect()
                yield client
            with suppress(aiosmtplib.SMTPException):  # the letter is taken, whatever becomes of the farewell
                await client.quit(timeout=_QUIT_SECONDS)
        # From here on `from None`: what the client raises quotes the address.
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
            failure = MailRefused if 500 <= error.code < 600 else MailDelayed
            raise failure(_status(error)) from None
        except aiosmtplib.SMTPResponseException as error:
            # Refused is not this letter but us, by our greeting, credentials or sender: an operator can repair that.
            raise MailDelayed(_status(error)) from None
        except TimeoutError:
            raise MailDelayed(f"the server did not answer within {self._timeout:g} s") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailDelayed(str(error)) from None
        finally:
            client.close()

    def _message(self, letter: Letter, to: ValidatedEmail) -> EmailMessage:
        if not letter.subject.isprintable():
            raise MailRefused("the subject is not one line of printable characters")
        if not _MESSAGE_ID.fullmatch(letter.message_id):
            raise MailRefused("the message id is not of letters, digits, dots and hyphens")
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = Address(username=to.local_part, domain=to.ascii_domain)
        message["Subject"] = letter.subject
        message["Date"] = datetime.now(UTC)
        message["Message-ID"] = f"<{letter.message_id}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        message.set_content(letter.text, cte="quoted-printable")  # passes every server unchanged, dots and long lines
        return message

    async def _hand_over(self, client: aiosmtplib.SMTP, message: EmailMessage, to: ValidatedEmail) -> None:
        address = f"{to.local_part}@{to.ascii_domain}"
        options: list[str] = []
        encoding = "ascii"
        if to.smtputf8:
            await client.ehlo()
            if not client.supports_extension("smtputf8"):
                raise MailRefused("the address needs SMTPUTF8, which the server does not offer")
            options, encoding = ["SMTPUTF8", "BODY=8BITMIME"], "utf-8"
        await client.mail(self._sender.addr_spec, options=options, encoding=encoding)
        await client.rcpt(address, encoding=encoding)
        await client.data(message.as_bytes(policy=SMTPUTF8 if to.smtputf8 else SMTP))


class _Server(TypedDict):
    hostname: str
    port: int | None
    username: str | None
    password: str | None
    use_tls: bool
    start_tls: bool | None


def _parsed(url: str) -> _Server:
    try:
        parts = urlsplit(url)
        port = parts.port
        username, password = (
            text if text is None else unquote(text, errors="strict") for text in (parts.username, parts.password)
        )
    except ValueError:  # its text may hold a part of the password
        raise ValueError(_URL_FORM) from None
    if (
        parts.scheme not in ("smtp", "smtps")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
        or bool(username) != bool(password)
    ):
        raise ValueError(_URL_FORM)
    tls = parts.scheme == "smtps"
    return _Server(
        hostname=parts.hostname,
        port=port,
        username=username or None,
        password=password or None,
        use_tls=tls,
        # None: where the server offers it; True: or nothing is sent.
        start_tls=False if tls else (True if username else None),
    )


def _status(error: aiosmtplib.SMTPResponseException) -> str:
    """Return a server's answer as its codes: the words may repeat the address."""
    enhanced = _ENHANCED_STATUS.match(error.message)
    return f"the server answered {error.code}{f' {enhanced[0]}' if enhanced else ''}"
