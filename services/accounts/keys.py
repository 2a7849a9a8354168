"""API keys: what programs call with in the name of a member."""

import hmac
import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from codingahead.events.v1 import events_pb2

from services.accounts.model import Account, ApiKey, Clock, Plan, Scope, utc_now
from services.accounts.store import keys as store
from services.accounts.store import outbox, owners, people
from services.accounts.store.database import Database
from services.runtime import logs
from services.runtime.errors import Kind, Refusal, invalid

MOST_KEYS = 10
LONGEST_NAME = 64
_USE_WRITTEN_EVERY = timedelta(minutes=1)
_ENDING = 4
_KEY_ID = "[0-9a-f]{32}"
_SECRET = re.compile(f"cak_({_KEY_ID})_([A-Za-z0-9_-]{{43}})")
_LOG = logs.get("accounts")


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whose a key is and what it may do; `plan` is the one in force."""

    subject: str
    plan: Plan
    key_id: str
    scopes: frozenset[Scope]


class Keys:
    """The API keys of accounts. `now` is the clock."""

    def __init__(self, database: Database, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def create(self, subject: str, name: str, scopes: Iterable[str]) -> tuple[ApiKey, str]:
        """Make a key; return it with its secret, which is not kept.

        Refused with TOO_MANY_KEYS when the account has as many as it may.
        """
        random = secrets.token_urlsafe(32)
        key = ApiKey(
            id=uuid.uuid4().hex,
            name=_checked_name(name),
            scopes=_checked_scopes(scopes),
            created_at=self._now(),
            last_used_at=None,
            ending=random[-_ENDING:],
        )
        async with self._database.begin() as connection:
            account_id = await owners.hold(connection, subject)
            if len(await store.of(connection, account_id)) >= MOST_KEYS:
                raise Refusal(
                    Kind.PRECONDITION,
                    "TOO_MANY_KEYS",
                    f"An account has at most {MOST_KEYS} API keys. Revoke one that is not used.",
                )
            await store.add(connection, account_id, key, _hash(random))
        return key, f"cak_{key.id}_{random}"

    async def revoke(self, subject: str, key_id: str) -> None:
        """End a key. Refused with KEY_NOT_FOUND when the account has no such key."""
        async with self._database.begin() as connection:
            account_id = await owners.find(connection, subject)
            if not (re.fullmatch(_KEY_ID, key_id) and await store.remove(connection, account_id, key_id)):
                raise Refusal(Kind.NOT_FOUND, "KEY_NOT_FOUND", "The account has no such API key.")
            await outbox.tell(connection, events_pb2.ApiKeyRevoked(subject=subject, api_key_id=key_id))

    async def authenticate(self, secret: str) -> KeyHolder:
        """Return whose a key is. Refused with KEY_NOT_VALID for any text that is not the secret of one."""
        parts = _SECRET.fullmatch(secret)
        if not parts:
            raise _not_valid()
        async with self._database.begin() as connection:
            # An unknown id takes the steps of a wrong secret.
            stored = await store.find(connection, parts[1])
            right = hmac.compare_digest(_hash(parts[2]), stored.secret_hash if stored else bytes(32))
            account = await people.account(connection, stored.account_id) if stored and right else None
        if not (stored and account):
            raise _not_valid()
        now = self._now()
        await self._note_use(stored.key, now)
        return KeyHolder(account.subject, account.plan_on(now), stored.key.id, stored.key.scopes)

    async def of(self, account: Account) -> list[ApiKey]:
        """Return the keys of an account, oldest first."""
        async with self._database.begin() as connection:
            return await store.of(connection, account.id)

    async def _note_use(self, key: ApiKey, now: datetime) -> None:
        if key.last_used_at and now - key.last_used_at < _USE_WRITTEN_EVERY:
            return
        try:
            async with self._database.begin() as connection:
                await store.set_last_used(connection, key, now)
        except Exception:
            # Whatever is wrong with the database, the key is good and its caller is served.
            _LOG.exception("the use of a key was not written", api_key_id=key.id)


def _hash(random: str) -> bytes:
    # Slow hashes protect what people think up; 32 random bytes cannot be guessed, and every call pays for the hash.
    return sha256(random.encode()).digest()


def _checked_name(name: str) -> str:
    name = name.strip()
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        raise invalid("name", f"expected 1 to {LONGEST_NAME} printable characters")
    return name


def _checked_scopes(scopes: Iterable[str]) -> frozenset[Scope]:
    asked = frozenset(scopes)
    if not asked or not asked <= set(Scope):
        raise invalid("scopes", f"expected at least one of {', '.join(Scope)}")
    return frozenset(map(Scope, asked))


def _not_valid() -> Refusal:
    return Refusal(Kind.UNAUTHENTICATED, "KEY_NOT_VALID", "The API key is not valid.")
