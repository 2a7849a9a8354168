"""The mailer against real SMTP servers, polite and otherwise, and the inbox that takes its letters in development."""

import asyncio
import ipaddress
import ssl
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.inbox.messages import Messages
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.stack import LocalStack
from services.runtime.mail import Letter, MailDelayed, Mailer, MailRefused
from tests.conftest import part

SENDER = "Coding Ahead <no-reply@codingahead.example>"
TO = "ann@example.com"
USER, PASSWORD = "mailer@example.com", "s3cr:t/p@ss"
CREDENTIALS = "mailer%40example.com:s3cr%3At%2Fp%40ss"


def letter(to: str = TO, subject: str = "Confirm your address", text: str = "Hello\n", message_id: str = "1") -> Letter:
    return Letter(to, subject, text, message_id)


# The mailer and what servers answer


class Handler:
    """Answers RCPT and DATA as told, and keeps what it takes."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self._rcpt = rcpt
        self._data = data
        self.taken: list[bytes] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self._rcpt.format(address=address)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert envelope.original_content is not None
        self.taken.append(envelope.original_content)
        return self._data


class Logins:
    """Accepts one user and notes every login that reaches the server."""

    def __init__(self) -> None:
        self.seen: list[tuple[bytes, bytes, bool]] = []

    def __call__(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.seen.append((login.login, login.password, session.ssl is not None))
        known = login == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)


@asynccontextmanager
async def serving(handler: Handler, *, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[str]:
    """Serve SMTP on a free port, by TLS from the start where `tls` is given; yields "host:port"."""
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(handler, hostname="localhost", loop=loop, **options)

    server = await loop.create_server(connection, LOOPBACK, 0, ssl=tls)
    async with server:
        yield f"{LOOPBACK}:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("answers", [{"rcpt": "450 4.2.1 {address} is full"}, {"data": "451 4.3.0 later"}])
async def test_a_letter_that_is_not_taken_now_is_delayed(answers: dict[str, str]) -> None:
    async with serving(Handler(**answers)) as server:
        with pytest.raises(MailDelayed, match=r"the server answered 45\d 4\."):
            await Mailer(f"smtp://{server}", SENDER).send(letter())


@pytest.mark.parametrize("answers", [{"rcpt": "550 5.1.1 <{address}>: unknown"}, {"data": "554 5.6.0 not this"}])
async def test_a_letter_whose_recipient_or_content_is_refused_is_refused(answers: dict[str, str]) -> None:
    async with serving(Handler(**answers)) as server:
        with pytest.raises(MailRefused, match=r"the server answered 55\d 5\.") as refused:
            await Mailer(f"smtp://{server}", SENDER).send(letter())
    logged = "".join(traceback.format_exception(refused.value))
    assert TO not in logged


async def test_a_sender_that_is_refused_delays_the_letter_since_an_operator_can_repair_that() -> None:
    class Strict(Handler):
        async def handle_MAIL(  # noqa: N802
            self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
        ) -> str:
            return "550 5.7.1 not you"

    async with serving(Strict()) as server:
        with pytest.raises(MailDelayed, match=r"550 5\.7\.1"):
            await Mailer(f"smtp://{server}", SENDER).send(letter())


async def test_a_server_that_is_away_delays_the_letter() -> None:
    with pytest.raises(MailDelayed):
        await Mailer(f"smtp://{LOOPBACK}:{free_port()}", SENDER).send(letter())


async def test_a_server_is_checked_without_a_letter() -> None:
    handler = Handler(rcpt="550 5.1.1 nobody")
    async with serving(handler) as server:
        await Mailer(f"smtp://{server}", SENDER).check()
    assert handler.taken == []
    with pytest.raises(MailDelayed):
        await Mailer(f"smtp://{server}", SENDER).check()


async def test_a_server_that_accepts_and_never_answers_delays_the_letter() -> None:
    closed = asyncio.Event()

    async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        closed.set()

    async with await asyncio.start_server(stay_silent, LOOPBACK, 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(MailDelayed, match=r"did not answer within 0\.2 s"):
            await Mailer(f"smtp://{LOOPBACK}:{port}", SENDER, timeout=0.2).send(letter())
        async with asyncio.timeout(10):
            await closed.wait()


async def test_a_letter_that_was_taken_is_sent_though_the_server_leaves_at_once() -> None:
    class Hasty(Handler):
        async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "221 Bye"

    handler = Hasty()
    async with serving(handler) as server:
        await Mailer(f"smtp://{server}", SENDER).send(letter())
    assert len(handler.taken) == 1


async def test_an_international_address_needs_a_server_that_takes_it() -> None:
    handler = Handler()
    to = "jörg@müller.example"
    async with serving(handler) as server:
        with pytest.raises(MailRefused, match="SMTPUTF8"):
            await Mailer(f"smtp://{server}", SENDER).send(letter(to))
        # A domain alone has an ASCII form, which every server takes.
        await Mailer(f"smtp://{server}", SENDER).send(letter("joerg@müller.example"))
    async with serving(handler, enable_SMTPUTF8=True) as server:
        await Mailer(f"smtp://{server}", SENDER).send(letter(to))
    recipients = [message_from_bytes(source, policy=default)["To"] for source in handler.taken]
    assert recipients == ["joerg@xn--mller-kva.example", "jörg@xn--mller-kva.example"]


# What a letter says


async def test_the_same_letter_sent_again_has_the_same_message_id_and_asks_for_no_automatic_answer() -> None:
    handler = Handler()
    async with serving(handler) as server:
        mailer = Mailer(f"smtp://{server}", SENDER)
        await mailer.send(letter(message_id="0af3-1"))
        await mailer.send(letter(message_id="0af3-1"))
    first, again = (message_from_bytes(source, policy=default) for source in handler.taken)
    assert first["Message-ID"] == again["Message-ID"] == "<0af3-1@codingahead.example>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert (first["From"], first["To"], first["Subject"]) == (SENDER, TO, "Confirm your address")
    assert abs(datetime.now(UTC) - first["Date"].datetime) < timedelta(minutes=5)


@pytest.mark.parametrize(
    "forged",
    [
        letter(subject="Hello\r\nBcc: eve@example.com"),
        letter(subject="Hello\nBcc: eve@example.com"),
        letter(subject="Hello\u2028Bcc: eve@example.com"),
        letter(to="ann@example.com\r\nBcc: eve@example.com"),
        letter(to="ann@example.com>\r\nRCPT TO:<eve@example.com"),
        letter(to="ann@example.com, eve@example.com"),
        letter(to="ann@example.com\n"),
        letter(to="not an address"),
        letter(message_id="1>\r\nBcc: eve@example.com"),
    ],
)
async def test_a_letter_that_would_forge_headers_or_recipients_is_refused_before_any_server_is_asked(
    forged: Letter,
) -> None:
    with pytest.raises(MailRefused):
        await Mailer(f"smtp://{LOOPBACK}:{free_port()}", SENDER).send(forged)


def test_a_letter_does_not_show_its_address_or_text_when_it_is_logged() -> None:
    shown = repr(letter(text="token"))
    assert TO not in shown
    assert "token" not in shown


# TLS and credentials


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A throw-away certificate of this host, and its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "throw-away")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.usefixtures("trusted")
async def test_credentials_are_sent_over_starttls(server_tls: ssl.SSLContext) -> None:
    handler, logins = Handler(), Logins()
    async with serving(handler, tls_context=server_tls, authenticator=logins, auth_required=True) as server:
        await Mailer(f"smtp://{CREDENTIALS}@{server}", SENDER).send(letter())
    assert logins.seen == [(USER.encode(), PASSWORD.encode(), True)]
    assert len(handler.taken) == 1


@pytest.mark.usefixtures("trusted")
async def test_credentials_are_sent_over_tls_from_the_start(server_tls: ssl.SSLContext) -> None:
    handler, logins = Handler(), Logins()
    options: dict[str, Any] = {"authenticator": logins, "auth_require_tls": False}  # it only counts STARTTLS as TLS
    async with serving(handler, tls=server_tls, **options) as server:
        await Mailer(f"smtps://{CREDENTIALS}@{server}", SENDER).send(letter())
    assert [seen[:2] for seen in logins.seen] == [(USER.encode(), PASSWORD.encode())]
    assert len(handler.taken) == 1


@pytest.mark.usefixtures("trusted")
async def test_wrong_credentials_delay_the_letter(server_tls: ssl.SSLContext) -> None:
    handler, logins = Handler(), Logins()
    async with serving(handler, tls_context=server_tls, authenticator=logins, auth_required=True) as server:
        with pytest.raises(MailDelayed, match="535"):
            await Mailer(f"smtp://{USER.replace('@', '%40')}:wrong@{server}", SENDER).send(letter())
    assert handler.taken == []


async def test_credentials_are_never_sent_over_an_unencrypted_connection() -> None:
    handler, logins = Handler(), Logins()
    async with serving(handler, authenticator=logins, auth_require_tls=False) as server:
        with pytest.raises(MailDelayed, match="STARTTLS"):
            await Mailer(f"smtp://{CREDENTIALS}@{server}", SENDER).send(letter())
    assert logins.seen == []
    assert handler.taken == []


@pytest.mark.parametrize("credentials", ["", f"{CREDENTIALS}@"])
async def test_a_certificate_that_is_not_trusted_delays_the_letter_and_nothing_is_sent(
    server_tls: ssl.SSLContext, credentials: str
) -> None:
    handler, logins = Handler(), Logins()
    options: dict[str, Any] = {"authenticator": logins, "auth_require_tls": False}
    async with serving(handler, tls_context=server_tls, **options) as server:
        with pytest.raises(MailDelayed, match="certificate"):
            await Mailer(f"smtp://{credentials}{server}", SENDER).send(letter())
    async with serving(handler, tls=server_tls, **options) as server:
        with pytest.raises(MailDelayed, match="certificate"):
            await Mailer(f"smtps://{credentials}{server}", SENDER).send(letter())
    assert logins.seen == []
    assert handler.taken == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com:25",
        "http://user:secret@mail.example.com",
        "smtp://",
        "smtp://user:secret@",
        "smtp://user@mail.example.com",
        "smtp://:secret@mail.example.com",
        "smtp://user:secret@mail.example.com:many",
        "smtp://user:secret@mail.example.com:99999",
        "smtp://user:se/cret@mail.example.com",
        "smtp://user:secret%ff@mail.example.com",
        "smtp://user:secret@mail.example.com/path",
        "smtp://user:secret@mail.example.com?tls=no",
        "smtp://user:secret@[mail.example.com",
    ],
)
def test_an_unusable_url_is_told_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="expected smtp://") as refused:
        Mailer(url, SENDER)
    assert "cret" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("sender", ["", "Coding Ahead", "a@example.com\nBcc: b@example.com", "jörg@example.com"])
def test_an_unusable_sender_is_told(sender: str) -> None:
    with pytest.raises(ValueError, match="expected a sender"):
        Mailer("smtp://mail.example.com", sender)


# The inbox


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[LocalStack]:
    async with part(tmp_path, "inbox") as stack:
        yield stack


@pytest.fixture
async def page(inbox: LocalStack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=inbox.inbox_url) as client:
        yield client


@pytest.fixture
def mailer(inbox: LocalStack) -> Mailer:
    return Mailer(inbox.smtp_url, SENDER)


async def test_a_letter_arrives_with_its_text_unchanged(mailer: Mailer, page: httpx.AsyncClient) -> None:
    text = (
        "Guten Tag, Jörg – 你好 👋\n.\n..two dots\n.one dot\nFrom the start\n  spaces around  \n\ta tab\n\n"
        + "long " * 1000
        + "\nhttp://127.0.0.1:8080/confirm?token=a.b-c_d&x=1.\n"
    )
    await mailer.send(letter(subject="Bestätigung für Jörg", text=text))
    (message,) = (await page.get("/messages.json")).json()
    assert message["text"] == text
    assert message["links"] == ["http://127.0.0.1:8080/confirm?token=a.b-c_d&x=1"]
    assert (message["to"], message["subject"]) == (TO, "Bestätigung für Jörg")
    assert (await page.get(f"/messages/{message['id']}.json")).json() == message


async def test_messages_are_shown_newest_first_and_kept_over_a_restart(
    inbox: LocalStack, mailer: Mailer, page: httpx.AsyncClient
) -> None:
    await mailer.send(letter(subject="Older"))
    await inbox.supervisor.kill("inbox")
    with pytest.raises(MailDelayed):
        await mailer.send(letter(subject="Meanwhile"))
    await inbox.supervisor.restart("inbox")
    await mailer.send(letter(subject="Newer"))
    shown = (await page.get("/")).text
    assert 0 < shown.index("Newer") < shown.index("Older")
    assert "Meanwhile" not in shown


async def test_a_message_is_shown_with_its_links_its_headers_and_its_source(
    mailer: Mailer, page: httpx.AsyncClient
) -> None:
    await mailer.send(letter(text="Go to http://127.0.0.1:8080/confirm?token=a&b=c.\n", message_id="77"))
    (message,) = (await page.get("/messages.json")).json()
    address = f"/messages/{message['id']}"
    assert address in (await page.get("/")).text
    shown = (await page.get(address)).text
    link = "http://127.0.0.1:8080/confirm?token=a&amp;b=c"
    assert f'<a href="{link}" rel="noreferrer">{link}</a>.' in shown
    assert "&lt;77@codingahead.example&gt;" in shown
    source = await page.get(f"{address}/source")
    assert source.headers["content-type"].startswith("text/plain")
    assert "Message-ID: <77@codingahead.example>\r\n" in source.text


async def test_what_a_message_says_is_shown_as_text_under_a_policy_without_scripts(
    mailer: Mailer, page: httpx.AsyncClient
) -> None:
    script = "<script>alert(1)</script>"
    await mailer.send(letter(subject=script, text=f'{script}\njavascript:alert(1)\nhttp://x/"onclick="alert(1)\n'))
    (message,) = (await page.get("/messages.json")).json()
    for address in ("/", f"/messages/{message['id']}"):
        answer = await page.get(address)
        assert "<script" not in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
        assert 'href="javascript' not in answer.text
        assert ' onclick="' not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "script-src" not in answer.headers["content-security-policy"]


async def test_only_the_names_of_this_machine_are_answered(inbox: LocalStack, page: httpx.AsyncClient) -> None:
    port = httpx.URL(inbox.inbox_url).port
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
        assert (await page.get("/messages.json", headers={"host": host})).status_code == 200, host
    for host in (f"attacker.example:{port}", f"127.0.0.1.attacker.example:{port}", f"localhost.:{port}", ""):
        assert (await page.get("/messages.json", headers={"host": host})).status_code == 400, host


async def test_all_messages_are_deleted_by_the_page_itself_alone(
    inbox: LocalStack, mailer: Mailer, page: httpx.AsyncClient
) -> None:
    await mailer.send(letter())
    (message,) = (await page.get("/messages.json")).json()
    for foreign in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://attacker.example"},
        {"origin": "null"},
    ):
        assert (await page.post("/delete", headers=foreign)).status_code == 403, foreign
    assert (await page.get("/delete")).status_code == 405
    assert len((await page.get("/messages.json")).json()) == 1

    for own in ({"sec-fetch-site": "same-origin"}, {"origin": inbox.inbox_url}):
        assert (await page.post("/delete", headers=own)).status_code == 303, own
    assert (await page.get("/messages.json")).json() == []
    assert (await page.get(f"/messages/{message['id']}")).status_code == 404


async def test_a_message_is_not_found_by_a_path(page: httpx.AsyncClient) -> None:
    assert (await page.get("/messages/..%2F..%2Flogs%2Finbox")).status_code == 404


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"", ""),
        (b"no header at all", "no header at all"),
        (b"Subject: \xff\xfe\r\n\r\nraw \xe4\r\n", "raw \N{REPLACEMENT CHARACTER}\n"),
        (b"Content-Type: text/plain; charset=unheard-of\r\n\r\nhello\r\n", "hello\n"),
        (b"Content-Type: text/html\r\n\r\n<p>hello</p>\r\n", "<p>hello</p>\n"),
        (b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n", ""),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\nnever ends", ""),
    ],
)
def test_a_message_of_any_other_make_is_kept_and_read(tmp_path: Path, source: bytes, text: str) -> None:
    messages = Messages(tmp_path)
    messages.add(source)
    (message,) = messages.newest_first()
    assert message.text == text
    assert message.source == source


def test_only_the_newest_messages_are_kept(tmp_path: Path) -> None:
    messages = Messages(tmp_path, limit=3)
    for number in range(5):
        messages.add(f"Subject: {number}\r\n\r\n".encode())
    assert [message.subject for message in messages.newest_first()] == ["4", "3", "2"]
    assert len(list(tmp_path.iterdir())) == 3
