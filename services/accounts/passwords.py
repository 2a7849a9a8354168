"""Passwords: which are good enough, and how they are kept."""

import asyncio
import os
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from zxcvbn import zxcvbn

from services.runtime.errors import invalid

SHORTEST = 10
LONGEST = 128
_GOOD_SCORE = 3
# What the estimate looks at: its time grows with the square of the length, and 24 characters say enough.
_JUDGED = 24

T = TypeVar("T")


class Passwords:
    """Judges, hashes and verifies passwords in threads: each hash keeps a core busy, and 64 MB with the defaults."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="passwords")
        # An address without an account costs as much time as one with it.
        self._nobodys = self._hasher.hash(secrets.token_hex())

    async def check(self, password: str, email: str, field: str) -> None:
        """Refuse a new password in `field` that is too short, too long or easily guessed by who knows the address."""
        password = _normalised(password)
        if not SHORTEST <= len(password) <= LONGEST or any(unicodedata.category(c) == "Cc" for c in password):
            raise invalid(field, f"expected {SHORTEST} to {LONGEST} characters without control characters")
        known = [email, *email.split("@"), "codingahead"]
        judgement = await self._in_thread(lambda: zxcvbn(password[:_JUDGED], user_inputs=known))
        if judgement["score"] < _GOOD_SCORE:
            feedback = judgement["feedback"]
            advice = " ".join(text for text in (feedback["warning"], *feedback["suggestions"]) if text)
            raise invalid(field, f"expected one that is not easily guessed. {advice}".strip())

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        return await self._in_thread(lambda: self._hasher.hash(_normalised(password)))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether a password is the one of a hash; of None it never is, after the same time."""

        def matches() -> bool:
            try:
                return self._hasher.verify(password_hash or self._nobodys, _normalised(password))
            except VerifyMismatchError:
                return False

        return await self._in_thread(matches) and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(password_hash)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _normalised(password: str) -> str:
    # Keyboards differ in how they compose the same characters (NIST SP 800-63B, section 5.1.1.2).
    return unicodedata.normalize("NFKC", password)
