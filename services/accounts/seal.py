"""What is derived from the one secret of accounts: a key for each purpose, and texts that nobody else can make."""

import hmac

from services.runtime.tokens import Signer

# 128 bits: each guess is a call, so nobody comes near.
_MAC_BYTES = 16


def derive_key(secret: str, purpose: str) -> bytes:
    """Return the 32 bytes for one purpose; they tell nothing of the secret or of those for another."""
    return hmac.digest(secret.encode(), f"codingahead accounts: {purpose}".encode(), "sha256")


def signer_of(secret: str) -> Signer:
    """Return what signs access tokens; its public key is what gateways are told."""
    return Signer(derive_key(secret, "access tokens"))


class Seal:
    """Makes texts that prove where they come from, so that they need not be stored."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def close(self, text: str) -> str:
        """Return `text` with its seal, as "text.seal"."""
        return f"{text}.{self._mac(text)}"

    def open(self, sealed: str) -> str | None:
        """Return the text that was sealed; None when anything of it was altered."""
        text, _, mac = sealed.rpartition(".")
        return text if hmac.compare_digest(mac.encode(), self._mac(text).encode()) else None

    def _mac(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256")[:_MAC_BYTES].hex()
