"""Downloads published files over HTTP: whole or not at all, resumed where an earlier attempt was cut off."""

import fcntl
import hashlib
import ipaddress
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from services.lookup.sources.errors import SourceError

MOST_BYTES = 2 << 30
_MOST_REDIRECTS = 5
# How often one download is taken up again by itself.
_ATTEMPTS = 5
_TIMEOUT = httpx.Timeout(10.0, read=60.0)
_LONGEST_NAME = 200
_SHA256 = re.compile(r"sha256=([0-9a-fA-F]{64})")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")

# Called with the bytes that are there, and how many there will be if the server says it.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a file is published; `sha256` is the digest it must have, in lower case, empty when any will do."""

    url: httpx.URL
    sha256: str

    @property
    def name(self) -> str:
        """The name it is kept under: the last part of the path, of plain characters alone."""
        last = self.url.path.rpartition("/")[2]
        return re.sub(r"[^A-Za-z0-9._-]", "_", last).lstrip(".")[-_LONGEST_NAME:]

    def __str__(self) -> str:
        """Return the address for people, without user and query: they may be secret."""
        return f"{self.url.host}{self.url.path}"


def parse_address(text: str) -> Address:
    """Read an address such as https://HOST/PATH/NAME or https://HOST/PATH/NAME#sha256=HEX.

    HTTP without TLS is for this machine alone. Raises ValueError that says what was expected.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError("expected an address") from error
    digest = _SHA256.fullmatch(url.fragment)
    if url.fragment and not digest:
        raise ValueError("expected nothing behind the # of an address but sha256= and 64 hexadecimal digits")
    address = Address(url.copy_with(fragment=None), digest[1].lower() if digest else "")
    if not url.host or not (url.scheme == "https" or (url.scheme == "http" and _is_this_machine(url))):
        raise ValueError("expected an address that begins with https://")
    if not address.name:
        raise ValueError("expected an address that ends with the name of a file")
    return address


def fetch(address: Address, folder: Path, progress: Progress) -> Path:
    """Download a file into a folder and return its path; one that has the expected digest already is left as it is.

    What is cut off stays in the folder as NAME.part, and is taken up again when the file has not changed meanwhile. The
    finished file takes the place of an earlier one in one step. Raises SourceError, in one line, for an answer that is
    not the file, one that is not complete, too large or of another digest, and while another process uses the folder.
    """
    target = folder / address.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _claimed(folder, address):
            if not (address.sha256 and target.is_file() and _sha256(target) == address.sha256):
                _Download(address, target, progress).run()
    except OSError as error:
        raise SourceError(str(address), None, f"cannot be written: {error.strerror or error}") from error
    return target


class _Download:
    """One download: the part that is there, and the note of which version of the file it is a part of."""

    def __init__(self, address: Address, target: Path, progress: Progress) -> None:
        self._address = address
        self._target = target
        self._part = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")
        self._progress = progress

    def run(self) -> None:
        """Receive the file, in as many attempts as it takes, check it and put it in its place."""
        fault = "the file changed again and again"
        with self._client() as client, self._part.open("ab") as part:
            for _ in range(_ATTEMPTS):
                try:
                    if self._receive(client, part):
                        break
                except httpx.TooManyRedirects as error:
                    raise self._refusal(f"expected at most {_MOST_REDIRECTS} redirects") from error
                except httpx.TransportError as error:
                    fault = str(error) or type(error).__name__
            else:
                raise self._refusal(f"expected the whole file, {part.tell()} bytes are there: {fault}")
            part.flush()
            os.fsync(part.fileno())
        if self._address.sha256 and (found := _sha256(self._part)) != self._address.sha256:
            self._part.unlink()
            self._note.unlink()
            raise self._refusal(f"expected SHA-256 {self._address.sha256}, found {found}")
        self._part.replace(self._target)
        self._note.unlink(missing_ok=True)

    def _client(self) -> httpx.Client:
        return httpx.Client(
            headers={"Accept-Encoding": "identity"},
            event_hooks={"request": [self._check_scheme]},
            timeout=_TIMEOUT,
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
        )

    def _check_scheme(self, request: httpx.Request) -> None:
        url = request.url
        if url.scheme != "https" and not (self._address.url.scheme == "http" and _is_this_machine(url)):
            raise self._refusal(f"expected a redirect to https://, found one to {url.scheme}://{url.host}")

    def _receive(self, client: httpx.Client, part: IO[bytes]) -> bool:
        """Receive what is missing; False when the server has no such rest: the part is dropped then."""
        version = self._noted_version()
        begun = part.tell() if version else 0
        headers = {"Range": f"bytes={begun}-", "If-Range": version} if begun else {}
        with client.stream("GET", self._address.url, headers=headers) as answer:
            if answer.status_code == httpx.codes.OK:
                self._check_form(answer)
                total = int(answer.headers.get("Content-Length", 0))
                _empty(part)
                self._note.write_text(json.dumps([self._address_digest(), _version(answer)]))
            elif begun and (rest := _total_of_rest(answer, begun, version)):
                total = rest
            elif begun and answer.status_code in (
                httpx.codes.PARTIAL_CONTENT,
                httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE,
            ):
                _empty(part)
                return False
            else:
                raise self._refusal(f"expected the file, the server answered {answer.status_code}")
            self._check_size(total, part)
            self._progress(part.tell(), total or None)
            for chunk in answer.iter_raw():
                part.write(chunk)
                self._check_size(part.tell(), part)
                self._progress(part.tell(), total or None)
        if total and part.tell() != total:
            _empty(part)
            raise self._refusal(f"expected {total} bytes, found another number")
        return True

    def _check_form(self, answer: httpx.Response) -> None:
        """Refuse what is no file, such as a page that asks for a licence, and what does not say where it ends."""
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind == "text/html" and not self._address.name.lower().endswith((".html", ".htm")):
            raise self._refusal("expected a file, the server answered with a page")
        if (encoding := answer.headers.get("Content-Encoding", "identity").lower()) != "identity":
            raise self._refusal(f"expected the file as it is, the server packed it ({encoding})")
        if not {"content-length", "transfer-encoding"} & answer.headers.keys():
            raise self._refusal("expected the server to say how long the file is")

    def _check_size(self, size: int, part: IO[bytes]) -> None:
        if size > MOST_BYTES:
            _empty(part)
            raise self._refusal(f"expected at most {MOST_BYTES} bytes")

    def _noted_version(self) -> str:
        """Return the version that the part is of; empty when that is not known."""
        try:
            address, version = json.loads(self._note.read_text())
        except (FileNotFoundError, TypeError, ValueError):
            return ""
        return str(version) if address == self._address_digest() else ""

    def _address_digest(self) -> str:
        return hashlib.sha256(str(self._address.url).encode()).hexdigest()

    def _refusal(self, message: str) -> SourceError:
        return SourceError(str(self._address), None, message)


def _empty(part: IO[bytes]) -> None:
    part.seek(0)
    part.truncate()


def _version(answer: httpx.Response) -> str:
    """Return what tells a version of the file from others: its strong ETag, else when it was last modified."""
    tag: str = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else str(answer.headers.get("Last-Modified", ""))


def _total_of_rest(answer: httpx.Response, begun: int, version: str) -> int:
    """Return the size of the whole file when an answer is the rest of this version of it, else 0."""
    found = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if answer.status_code != httpx.codes.PARTIAL_CONTENT or not found or int(found[1]) != begun:
        return 0
    return int(found[2]) if _version(answer) in ("", version) else 0


def _is_this_machine(url: httpx.URL) -> bool:
    if url.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _claimed(folder: Path, address: Address) -> Iterator[None]:
    """Own the folder for the length of the block."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise SourceError(
            str(address), None, f"expected {folder} to be free, another process fetches into it"
        ) from error
    finally:
        os.close(handle)
