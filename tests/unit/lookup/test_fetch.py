"""Downloads from a real server, which breaks off, changes its mind and lies."""

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from services.lookup.sources import fetch as fetching
from services.lookup.sources.errors import SourceError
from services.lookup.sources.fetch import fetch, parse_address

FILE = os.urandom(300_000)
OTHER = os.urandom(200_000)

Respond = Callable[["Handler"], None]


@dataclass
class Script:
    """What the server does with each request, one after the other; then it serves the file."""

    content: bytes = FILE
    etag: str = '"one"'
    steps: list[Respond] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    script: Script

    def do_GET(self) -> None:
        self.script.ranges.append(self.headers.get("Range"))
        if self.script.steps:
            self.script.steps.pop(0)(self)
        else:
            self.serve()

    def serve(self, *, length: int | None = None, stop_at: int | None = None, headers: bool = True) -> None:
        """Serve the file or, for a range of the version that the caller has, the rest of it."""
        content, begin = self.script.content, 0
        asked = self.headers.get("Range")
        if asked and self.headers.get("If-Range") == self.script.etag:
            begin = int(asked.removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        if headers:
            self.send_header("ETag", self.script.etag)
            self.send_header("Content-Length", str(len(content) - begin if length is None else length))
        self.end_headers()
        self.wfile.write(content[begin:stop_at])

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def base(script: Script) -> Iterator[str]:
    handler = type("Scripted", (Handler,), {"script": script})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def download(address: str, folder: Path) -> Path:
    return fetch(parse_address(address), folder, lambda _done, _total: None)


def breaks_off(at: int) -> Respond:
    return lambda handler: handler.serve(stop_at=at)


def test_a_file_is_downloaded_whole(base: str, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []

    path = fetch(
        parse_address(f"{base}/files/current%20article.zip?key=x"), tmp_path / "coverage", lambda *at: seen.append(at)
    )

    assert path == tmp_path / "coverage" / "current_article.zip"
    assert path.read_bytes() == FILE
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert seen[0] == (0, len(FILE))
    assert seen[-1] == (len(FILE), len(FILE))


def test_a_connection_that_breaks_is_taken_up_where_it_broke(base: str, script: Script, tmp_path: Path) -> None:
    script.steps = [breaks_off(100_000), breaks_off(250_000)]

    assert download(f"{base}/file.zip", tmp_path).read_bytes() == FILE
    assert script.ranges == [None, "bytes=100000-", "bytes=250000-"]


def test_a_later_run_takes_up_what_an_earlier_one_left(base: str, script: Script, tmp_path: Path) -> None:
    script.steps = [breaks_off(100_000)] * 5
    with pytest.raises(SourceError, match="expected the whole file, 100000 bytes are there: "):
        download(f"{base}/file.zip", tmp_path)
    script.ranges.clear()

    assert download(f"{base}/file.zip", tmp_path).read_bytes() == FILE
    assert script.ranges == ["bytes=100000-"]


def test_a_file_that_changed_meanwhile_is_downloaded_whole(base: str, script: Script, tmp_path: Path) -> None:
    def changes(handler: Handler) -> None:
        handler.serve(stop_at=100_000)
        script.content, script.etag = OTHER, '"two"'

    script.steps = [changes]

    assert download(f"{base}/file.zip", tmp_path).read_bytes() == OTHER
    assert script.ranges == [None, "bytes=100000-"]


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: handler.answer(416),
        lambda handler: handler.answer(206, b"rest", Content_Range="bytes 7-10/11", ETag='"one"'),
        lambda handler: handler.answer(206, b"rest", Content_Range="bytes 100000-100003/100004", ETag='"two"'),
        lambda handler: handler.answer(206, b"rest"),
    ],
)
def test_a_rest_that_does_not_go_on_with_the_part_is_not_used(
    base: str, script: Script, tmp_path: Path, answer: Respond
) -> None:
    script.steps = [breaks_off(100_000), answer]

    assert download(f"{base}/file.zip", tmp_path).read_bytes() == FILE
    assert script.ranges == [None, "bytes=100000-", None]


def test_a_part_of_another_address_is_not_taken_up(base: str, script: Script, tmp_path: Path) -> None:
    script.steps = [breaks_off(100_000)] * 5
    with pytest.raises(SourceError):
        download(f"{base}/2025/file.zip", tmp_path)
    script.ranges.clear()

    assert download(f"{base}/2026/file.zip", tmp_path).read_bytes() == FILE
    assert script.ranges == [None]


@pytest.mark.parametrize("note", ["", "{", "[]", '"x"', "7"])
def test_a_part_without_a_sound_note_is_not_taken_up(base: str, script: Script, tmp_path: Path, note: str) -> None:
    (tmp_path / "file.zip.part").write_bytes(b"of another file")
    (tmp_path / "file.zip.part.json").write_text(note)

    assert download(f"{base}/file.zip", tmp_path).read_bytes() == FILE
    assert script.ranges == [None]


def test_a_part_of_a_version_without_a_name_is_not_taken_up(base: str, script: Script, tmp_path: Path) -> None:
    script.etag = 'W/"weak"'
    script.steps = [breaks_off(100_000)]

    assert download(f"{base}/file.zip", tmp_path).read_bytes() == FILE
    assert script.ranges == [None, None]


def test_a_shorter_file_than_announced_is_refused(base: str, script: Script, tmp_path: Path) -> None:
    script.steps = [lambda handler: handler.serve(length=len(FILE) + 10)] * 5

    with pytest.raises(SourceError, match="expected the whole file"):
        download(f"{base}/file.zip", tmp_path)
    assert not (tmp_path / "file.zip").exists()


def test_a_rest_of_another_size_than_announced_is_refused(base: str, script: Script, tmp_path: Path) -> None:
    rest = lambda handler: handler.answer(206, b"rest", Content_Range="bytes 100000-299999/300000")  # noqa: E731
    script.steps = [breaks_off(100_000), rest]

    with pytest.raises(SourceError, match="expected 300000 bytes, found another number"):
        download(f"{base}/file.zip", tmp_path)


def test_an_answer_that_does_not_say_its_length_is_refused(base: str, script: Script, tmp_path: Path) -> None:
    script.steps = [lambda handler: handler.serve(headers=False)]

    with pytest.raises(SourceError, match="expected the server to say how long the file is"):
        download(f"{base}/file.zip", tmp_path)


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_that_is_too_large_is_refused(
    base: str, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, announced: bool
) -> None:
    def chunked(handler: Handler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(FILE), FILE))
        handler.close_connection = True

    monkeypatch.setattr(fetching, "MOST_BYTES", 200_000)
    script.steps = [] if announced else [chunked]

    with pytest.raises(SourceError, match="expected at most 200000 bytes"):
        download(f"{base}/file.zip", tmp_path)
    assert (tmp_path / "file.zip.part").stat().st_size == 0


def test_the_digest_decides(base: str, script: Script, tmp_path: Path) -> None:
    digest = hashlib.sha256(FILE).hexdigest()
    path = download(f"{base}/file.zip#sha256={digest.upper()}", tmp_path)
    assert path.read_bytes() == FILE

    assert download(f"{base}/file.zip#sha256={digest}", tmp_path) == path
    assert len(script.ranges) == 1, "a file with the digest is not downloaded again"

    with pytest.raises(SourceError, match=f"expected SHA-256 {'0' * 64}, found {digest}"):
        download(f"{base}/file.zip#sha256={'0' * 64}", tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["file.zip"]
    assert path.read_bytes() == FILE, "what was there stays"


def test_a_new_file_takes_the_place_of_the_old_one(base: str, script: Script, tmp_path: Path) -> None:
    download(f"{base}/file.zip", tmp_path)
    script.content = OTHER

    assert download(f"{base}/file.zip", tmp_path).read_bytes() == OTHER


def test_redirects_are_followed(base: str, script: Script, tmp_path: Path) -> None:
    script.steps = [lambda handler: handler.answer(302, Location="/elsewhere/x")]

    path = download(f"{base}/file.zip", tmp_path)

    assert path.name == "file.zip"
    assert path.read_bytes() == FILE


@pytest.mark.parametrize("location", ["http://files.example/file.zip", "ftp://files.example/file.zip"])
def test_a_redirect_away_from_tls_is_refused(base: str, script: Script, tmp_path: Path, location: str) -> None:
    script.steps = [lambda handler: handler.answer(302, Location=location)]

    with pytest.raises(SourceError, match="expected a redirect to https://, found one to"):
        download(f"{base}/file.zip", tmp_path)


def test_redirects_without_end_are_refused(base: str, script: Script, tmp_path: Path) -> None:
    script.steps = [lambda handler: handler.answer(302, Location="/file.zip")] * 6

    with pytest.raises(SourceError, match="expected at most 5 redirects"):
        download(f"{base}/file.zip", tmp_path)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda handler: handler.answer(404), "the server answered 404"),
        (lambda handler: handler.answer(206, b"x", Content_Range="bytes 0-0/1"), "the server answered 206"),
        (lambda handler: handler.answer(200, b"<p>", Content_Type="text/html; charset=utf-8"), "answered with a page"),
        (lambda handler: handler.answer(200, b"x", Content_Encoding="gzip"), r"the server packed it \(gzip\)"),
    ],
)
def test_an_answer_that_is_not_the_file_is_refused(
    base: str, script: Script, tmp_path: Path, answer: Respond, message: str
) -> None:
    script.steps = [answer]

    with pytest.raises(SourceError, match=message) as refused:
        download(f"{base}/file.zip?token=secret", tmp_path)
    assert "secret" not in str(refused.value)


def test_two_processes_do_not_fetch_into_one_folder(base: str, tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(SourceError, match="another process fetches into it"):
            download(f"{base}/file.zip", tmp_path)
    finally:
        os.close(handle)

    assert download(f"{base}/file.zip", tmp_path).read_bytes() == FILE


def test_a_folder_that_cannot_be_made_is_refused(base: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    with pytest.raises(SourceError, match="cannot be written"):
        download(f"{base}/file.zip", tmp_path / "taken")


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^127\.0\.0\.1/file\.zip: expected the whole file, 0 bytes are there: "):
        download("http://127.0.0.1:1/file.zip?token=secret", tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("http://files.example/x.zip", "begins with https://"),
        ("ftp://127.0.0.1/x.zip", "begins with https://"),
        ("x.zip", "begins with https://"),
        ("https://files.example/", "ends with the name of a file"),
        ("https://files.example/..", "ends with the name of a file"),
        ("https://files.example/x.zip#sha256=12", "64 hexadecimal digits"),
        ("https://files.example/x.zip#md5=12", "64 hexadecimal digits"),
        ("https://files.example:port/x.zip", "expected an address"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_address(text)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/rvu26a.zip", "rvu26a.zip"),
        ("a/%2e%2e%2fetc%2fpasswd", "passwd"),
        ("a/.hidden", "hidden"),
        ("a/caf%C3%A9 1.zip", "caf__1.zip"),
    ],
)
def test_the_name_of_a_file_is_plain(path: str, name: str) -> None:
    assert parse_address(f"https://files.example/{path}?q=/x").name == name
