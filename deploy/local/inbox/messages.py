"""The messages of the inbox, each a file."""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import islice
from pathlib import Path

_ID = re.compile(r"\d+-[0-9a-f]{8}")
# Up to the punctuation that ends the sentence around it.
_LINK = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}'])")


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was received; `text` is its plain text, or its HTML as text when it has nothing else."""

    id: str
    received_at: datetime
    sender: str
    to: str
    subject: str
    text: str
    headers: list[tuple[str, str]]
    source: bytes

    def pieces(self) -> list[tuple[str, bool]]:
        """Return the text cut into (piece, whether it is a link)."""
        return [(piece, place % 2 == 1) for place, piece in enumerate(_LINK.split(self.text))]

    def links(self) -> list[str]:
        """Return the links of the text, in order."""
        return _LINK.findall(self.text)


class Messages:
    """Keeps the `limit` newest messages in a folder. A message is named by when it came: names sort by age."""

    def __init__(self, folder: Path, limit: int = 500) -> None:
        self._folder = folder
        self._limit = limit
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, source: bytes) -> None:
        """Keep a message, and drop the oldest beyond the limit. One at a time.

        Raises what the parser raises, and keeps nothing, when a message is too broken to be shown.
        """
        message_id = f"{time.time_ns()}-{secrets.token_hex(4)}"
        _parsed(message_id, source)
        new = self._folder / "incoming.new"
        new.write_bytes(source)
        new.replace(self._file(message_id))  # whole or not at all
        for file in islice(self._files(), self._limit, None):
            file.unlink(missing_ok=True)

    def newest_first(self) -> list[Message]:
        """Return all messages."""
        return [message for file in self._files() if (message := self.get(file.stem))]

    def get(self, message_id: str) -> Message | None:
        """Return a message, None when there is none of that id."""
        if not _ID.fullmatch(message_id):
            return None
        try:
            source = self._file(message_id).read_bytes()
        except FileNotFoundError:
            return None
        return _parsed(message_id, source)

    def delete_all(self) -> None:
        """Delete every message."""
        for file in self._files():
            file.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"), reverse=True)

    def _file(self, message_id: str) -> Path:
        return self._folder / f"{message_id}.eml"


def _parsed(message_id: str, source: bytes) -> Message:
    message = message_from_bytes(source, EmailMessage, policy=default)
    return Message(
        id=message_id,
        received_at=datetime.fromtimestamp(int(message_id.partition("-")[0]) / 1e9, UTC),
        sender=message.get("from", ""),
        to=message.get("to", ""),
        subject=message.get("subject", ""),
        text=_text(message),
        headers=[(name, str(value)) for name, value in message.items()],
        source=source,
    )


def _text(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except LookupError:  # a character set that does not exist
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        text = payload.decode(errors="replace")
    return text.replace("\r\n", "\n")
