"""Page tokens of lookup: how much of an answer was read."""

from typing import Any

from services.runtime import paging
from services.runtime.paging import page_size, refused_token

__all__ = ["decode", "encode", "page_size", "refused_token"]

_MOST_POSITION = 2**31 - 2


def encode(position: int, bound_to: Any) -> str:
    """Return the token of a position in the answer to a request, which `bound_to` describes in JSON values."""
    return paging.encode([position], bound_to)


def decode(token: str, bound_to: Any) -> int:
    """Return the position of a token, 0 for an empty one; refuse `page_token` when it is of another request."""
    if not token:
        return 0
    values = paging.decode(token, bound_to)
    if len(values) != 1 or type(values[0]) is not int or not 1 <= values[0] <= _MOST_POSITION:
        raise refused_token()
    return values[0]
