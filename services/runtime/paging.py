"""Pages of lists: their size, and opaque tokens that hold a position and are bound to the request they belong to.

A token is not signed: one that is made up only names another position of the same list.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any

import orjson

from services.runtime.errors import Refusal, invalid

_VERSION = 1


def page_size(asked: int, default: int, most: int) -> int:
    """Return the size of a page: the default for 0; refuse `page_size` when it is out of bounds."""
    if not 0 <= asked <= most:
        raise invalid("page_size", f"expected 1 to {most}, or 0 for {default}")
    return asked or default


def encode(position: Sequence[int | str], bound_to: Any) -> str:
    """Return the token of a position in the answer to a request, which `bound_to` describes in JSON values."""
    return base64.urlsafe_b64encode(orjson.dumps([_VERSION, *position, _digest(bound_to)])).decode().rstrip("=")


def decode(token: str, bound_to: Any) -> list[Any]:
    """Return the values of a position; refuse `page_token` when it is none, or of another request.

    What the values are, a made-up token decides: that is for the caller to look at.
    """
    position: list[Any]
    try:
        version, *position, digest = orjson.loads(
            base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        )
    except (binascii.Error, ValueError, TypeError):
        raise refused_token() from None
    if version != _VERSION or digest != _digest(bound_to):
        raise refused_token()
    return position


def refused_token() -> Refusal:
    """Refuse `page_token`."""
    return invalid("page_token", "expected the next_page_token of an answer to the same request")


def _digest(bound_to: Any) -> str:
    return hashlib.blake2b(orjson.dumps(bound_to), digest_size=6).hexdigest()
