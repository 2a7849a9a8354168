"""API keys: whose they are and what they may do, asked of accounts."""

import asyncio
import math
import re
import time
from hashlib import sha256
from typing import TYPE_CHECKING

from cachetools import TTLCache
from codingahead.accounts.v1 import accounts_pb2
from codingahead.events.v1 import events_pb2

from services.gateway.identity import Caller
from services.gateway.outages import is_outage
from services.runtime.errors import Kind, Refusal, unavailable
from services.runtime.events.bus import EventBus

if TYPE_CHECKING:
    from codingahead.accounts.v1.accounts_pb2_grpc import AccountsServiceAsyncStub

KEY_NOT_VALID = "KEY_NOT_VALID"

_KEPT_SECONDS = 60.0
# A secret that is no key will not become one; it is kept to spare accounts a program that goes on with an old key.
_REFUSED_KEPT_SECONDS = 10.0
_KEPT = 10_000

# What cannot be a key is not asked about.
_FORM = re.compile(r"cak_[A-Za-z0-9]{1,64}_[A-Za-z0-9_-]{16,128}")


def bearer(authorization: str) -> str | None:
    """Return the secret of an `authorization` header, None when it is not of the scheme Bearer."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


class Keys:
    """The callers that keys stand for. An answer of accounts counts for a minute, unless an event tells its end."""

    def __init__(self, accounts: "AccountsServiceAsyncStub") -> None:
        self._accounts = accounts
        # By the hash of the secret, each with when it was asked for.
        self._callers: TTLCache[bytes, tuple[Caller, float]] = TTLCache(_KEPT, _KEPT_SECONDS)
        self._refused: TTLCache[bytes, None] = TTLCache(_KEPT, _REFUSED_KEPT_SECONDS)
        # When the end of a key, or a change of its owner, was heard of: what was asked for before may be wrong.
        self._ends: TTLCache[str, float] = TTLCache(math.inf, 2 * _KEPT_SECONDS)

    async def caller_of(self, secret: str) -> Caller:
        """Return whom a key stands for.

        Raises a Refusal of kind UNAUTHENTICATED, reason KEY_NOT_VALID, for what is no key, and one of kind UNAVAILABLE
        when accounts does not answer.
        """
        if not _FORM.fullmatch(secret):
            raise _not_valid()
        digest = sha256(secret.encode()).digest()
        if digest in self._refused:
            raise _not_valid()
        caller, asked_at = self._callers.get(digest, (None, 0.0))
        if caller is None or asked_at <= self._ended_at(caller):
            asked_at = time.monotonic()
            caller = await self._ask(secret, digest)
            self._callers[digest] = caller, asked_at
        return caller

    async def follow(self, bus: EventBus) -> None:
        """Hear of the ends of keys and of changes of their owners, until cancelled."""

        async def revoke(event: events_pb2.ApiKeyRevoked, _: str) -> None:
            self.revoke(event)

        async def change_owner(event: events_pb2.SessionRevoked, _: str) -> None:
            self.change_owner(event)

        async with asyncio.TaskGroup() as group:
            group.create_task(bus.follow(events_pb2.ApiKeyRevoked, revoke, _KEPT_SECONDS))
            group.create_task(bus.follow(events_pb2.SessionRevoked, change_owner, _KEPT_SECONDS))

    def revoke(self, event: events_pb2.ApiKeyRevoked) -> None:
        """Ask again about the key that an event names."""
        self._ends[event.api_key_id] = time.monotonic()

    def change_owner(self, event: events_pb2.SessionRevoked) -> None:
        """Ask again about the keys of a member whose plan may have changed."""
        if not event.session_id:
            self._ends[event.subject] = time.monotonic()

    def _ended_at(self, caller: Caller) -> float:
        return max(self._ends.get(caller.key_id, 0.0), self._ends.get(caller.subject, 0.0))

    async def _ask(self, secret: str, digest: bytes) -> Caller:
        try:
            key = await self._accounts.Authenticate(accounts_pb2.AuthenticateRequest(secret=secret))
        except Refusal as refusal:
            if is_outage(refusal):
                raise unavailable("API keys cannot be checked at the moment. Please try again shortly.") from None
            if refusal.kind is not Kind.UNAUTHENTICATED:
                raise
            self._refused[digest] = None
            raise _not_valid() from None
        return Caller(key.subject, key.plan, "", key_id=key.api_key_id, scopes=frozenset(key.scopes))


def _not_valid() -> Refusal:
    return Refusal(Kind.UNAUTHENTICATED, KEY_NOT_VALID, "This is not a valid API key, or it has been revoked.")
