"""Access tokens: who calls, signed by the one service that knows, verified anywhere without a call.

JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037): who verifies them cannot make them.
"""

import base64
import binascii
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ALGORITHM = "EdDSA"
_ISSUER = "codingahead"
_CLAIMS = ["iss", "sub", "sid", "plan", "iat", "exp"]


class TokenRefused(Exception):
    """A token that is not one of ours, or no token at all."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """Who calls: the subject, its plan and session. Times are aware, UTC; those of the token itself."""

    subject: str
    plan: str
    session_id: str
    issued_at: datetime
    expires_at: datetime


class Signer:
    """Makes tokens. `seed` is 32 secret bytes."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._key.public_key().public_bytes_raw()
        self._id = _key_id(raw)
        self.public_key = base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def sign(self, token: AccessToken) -> str:
        """Return a token as it travels; its times are cut to the millisecond."""
        claims = {
            "iss": _ISSUER,
            "sub": token.subject,
            "sid": token.session_id,
            "plan": token.plan,
            "iat": _seconds(token.issued_at),
            "exp": _seconds(token.expires_at),
        }
        return jwt.encode(claims, self._key, _ALGORITHM, headers={"kid": self._id})


class Verifier:
    """Reads tokens. `public_keys` are as `Signer.public_key`; more than one while keys are changed.

    Raises ValueError for a key that is not one.
    """

    def __init__(self, public_keys: Sequence[str]) -> None:
        raws = [_decoded(text) for text in public_keys]
        self._keys = {_key_id(raw): Ed25519PublicKey.from_public_bytes(raw) for raw in raws}

    def read(self, text: str) -> AccessToken:
        """Return what a token says, whether or not it has ended: that is for the caller to look at.

        Raises TokenRefused for one that was not signed with a known key, or not by these rules.
        """
        try:
            key = self._keys[jwt.get_unverified_header(text)["kid"]]
            claims = jwt.decode(
                text,
                key,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False},
            )
            return AccessToken(
                subject=claims["sub"],
                plan=claims["plan"],
                session_id=claims["sid"],
                issued_at=_moment(claims["iat"]),
                expires_at=_moment(claims["exp"]),
            )
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise TokenRefused from error


def _seconds(moment: datetime) -> float:
    # Never later than it was: a token is void when it was issued before a revocation.
    return math.floor(moment.timestamp() * 1000) / 1000


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _key_id(raw: bytes) -> str:
    return sha256(raw).hexdigest()[:16]


def _decoded(text: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ValueError("expected public keys of 32 bytes in base64url")
    return raw
