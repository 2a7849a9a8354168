"""Page tokens of accounts: the last row of an answer.

The next page begins after that row wherever it is by then, so that rows that are added move nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.runtime import paging
from services.runtime.paging import page_size, refused_token

__all__ = ["Position", "decode", "encode", "page_size"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Position:
    """A row of a list that is ordered by time and page, both falling."""

    at: datetime
    page: str


def encode(position: Position, name: str, subject: str) -> str:
    """Return the token of a position in a named list of a subject."""
    return paging.encode([(position.at - _EPOCH) // _MICROSECOND, position.page], [name, subject])


def decode(token: str, name: str, subject: str) -> Position | None:
    """Return the position of a token, None for an empty one; refuse `page_token` when it is of another list."""
    if not token:
        return None
    try:
        microseconds, page = paging.decode(token, [name, subject])
        position = Position(_EPOCH + microseconds * _MICROSECOND, page)
    except (ValueError, TypeError, OverflowError):
        raise refused_token() from None
    if type(microseconds) is not int or not (type(page) is str and page.isprintable()):
        raise refused_token()
    return position
