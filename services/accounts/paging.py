"""Opaque page tokens: the last row of an answer, bound to the list it belongs to.

The next page begins after that row wherever it is by then, so that rows that are added move nothing. A token is not
signed: one that is made up only names another position of the same list.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from services.runtime.errors import Refusal, invalid

_VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Position:
    """A row of a list that is ordered by time and page, both falling."""

    at: datetime
    page: str


def page_size(asked: int, default: int, most: int) -> int:
    """Return the size of a page: the default for 0; refuse `page_size` when it is out of bounds."""
    if not 0 <= asked <= most:
        raise invalid("page_size", f"expected 1 to {most}, or 0 for {default}")
    return asked or default


def encode(position: Position, name: str, subject: str) -> str:
    """Return the token of a position in a named list of a subject."""
    values = [_VERSION, (position.at - _EPOCH) // _MICROSECOND, position.page, _digest(name, subject)]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode(token: str, name: str, subject: str) -> Position | None:
    """Return the position of a token, None for an empty one; refuse `page_token` when it is of another list."""
    if not token:
        return None
    try:
        version, microseconds, page, digest = orjson.loads(
            base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        )
        position = Position(_EPOCH + microseconds * _MICROSECOND, page)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        raise _refused() from None
    if (
        version != _VERSION
        or type(microseconds) is not int
        or not (type(page) is str and page.isprintable())
        or digest != _digest(name, subject)
    ):
        raise _refused()
    return position


def _digest(name: str, subject: str) -> str:
    return hashlib.blake2b(orjson.dumps([name, subject]), digest_size=6).hexdigest()


def _refused() -> Refusal:
    return invalid("page_token", "expected the next_page_token of an answer to the same request")
