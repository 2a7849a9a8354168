"""Page tokens of lists that are ordered by time: the last row of an answer.

The next page begins after that row wherever it is by then, so that rows that are added move nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.runtime import paging

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Position:
    """A row of a list that is ordered by time and key, both falling."""

    at: datetime
    key: str


def encode(position: Position, name: str, subject: str) -> str:
    """Return the token of a position in a named list of a subject."""
    return paging.encode([(position.at - _EPOCH) // _MICROSECOND, position.key], [name, subject])


def decode(token: str, name: str, subject: str) -> Position | None:
    """Return the position of a token, None for an empty one; refuse `page_token` when it is of another list."""
    if not token:
        return None
    try:
        microseconds, key = paging.decode(token, [name, subject])
        position = Position(_EPOCH + microseconds * _MICROSECOND, key)
    except (ValueError, TypeError, OverflowError):
        raise paging.refused_token() from None
    if type(microseconds) is not int or not (type(key) is str and key.isprintable()):
        raise paging.refused_token()
    return position
