"""Sessions: log-ins, their tokens, and how they end."""

import uuid
from dataclasses import replace
from datetime import timedelta

from codingahead.events.v1 import events_pb2

from services.accounts.model import Account, Clock, Session, utc_now
from services.accounts.seal import Seal, derive_key, signer_of
from services.accounts.store import outbox, owners
from services.accounts.store import sessions as store
from services.accounts.store.database import Database, Transaction
from services.accounts.store.sessions import StoredSession
from services.runtime.errors import Kind, Refusal
from services.runtime.tokens import AccessToken

# Answers are lost, tabs ask at the same time, a caller tries again after an outage.
TRADED_AGAIN_WITHIN = timedelta(seconds=60)


class Sessions:
    """The sessions of accounts.

    A refresh token is the id of its session and a generation, sealed: nothing that is stored lets one in. An access
    token is good for `access_lifetime`, a session for `lifetime` after its last refresh.
    """

    def __init__(
        self,
        database: Database,
        secret: str,
        access_lifetime: timedelta,
        lifetime: timedelta,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._seal = Seal(derive_key(secret, "refresh tokens"))
        self._signer = signer_of(secret)
        self._access_lifetime = access_lifetime
        self._lifetime = lifetime
        self._now = now

    async def begin(self, connection: Transaction, account: Account) -> Session:
        """Begin a session of an account that is held."""
        now = self._now()
        session = StoredSession(uuid.uuid4().hex, account.id, 1, now, now, now + self._lifetime)
        await store.add(connection, session)
        return self._with_tokens(account, session)

    async def refresh(self, refresh_token: str) -> Session:
        """Trade a refresh token for new tokens, on the plan that is in force now.

        The one before the current is answered with the current for a while; any other is taken for stolen, and its
        session ends. Refused with SESSION_ENDED.
        """
        async with self._database.begin() as connection:
            session = await self._refreshed(connection, refresh_token)
        if session is None:
            raise Refusal(Kind.UNAUTHENTICATED, "SESSION_ENDED", "The session has ended. Log in again.")
        return session

    async def log_out(self, refresh_token: str) -> None:
        """End the session of a refresh token; one that is unknown or has ended changes nothing."""
        named = self._read(refresh_token)
        if not named:
            return
        async with self._database.begin() as connection:
            if held := await store.hold(connection, named[0]):
                await self._end(connection, *held)

    async def log_out_everywhere(self, subject: str) -> None:
        """End every session of an account. Refused with ACCOUNT_NOT_FOUND."""
        async with self._database.begin() as connection:
            await self.end_all(connection, await owners.hold(connection, subject), subject)

    async def end_all(self, connection: Transaction, account_id: str, subject: str, but: str = "") -> None:
        """End the sessions of an account that is held, all `but` one, which needs a new access token."""
        await store.remove_all(connection, account_id, but)
        await self.void_access(connection, subject)

    async def void_access(self, connection: Transaction, subject: str, session_id: str = "") -> None:
        """Have gateways accept no access token of before: of a session, or of all that an account has."""
        event = events_pb2.SessionRevoked(subject=subject, session_id=session_id)
        event.revoked_at.FromDatetime(self._now())
        await outbox.tell(connection, event)

    async def _refreshed(self, connection: Transaction, refresh_token: str) -> Session | None:
        named = self._read(refresh_token)
        held = named and await store.hold(connection, named[0])
        if not named or not held:
            return None
        account, session = held
        now = self._now()
        if session.ends_at <= now:
            return None
        behind = session.generation - named[1]
        if behind == 0:
            session = replace(
                session, generation=session.generation + 1, refreshed_at=now, ends_at=now + self._lifetime
            )
            await store.refresh(connection, session)
        elif behind != 1 or now > session.refreshed_at + TRADED_AGAIN_WITHIN:
            await self._end(connection, account, session)
            return None
        return self._with_tokens(account, session)

    async def _end(self, connection: Transaction, account: Account, session: StoredSession) -> None:
        await store.remove(connection, session.id)
        await self.void_access(connection, account.subject, session.id)

    def _with_tokens(self, account: Account, session: StoredSession) -> Session:
        now = self._now()
        access = AccessToken(
            account.subject, account.plan_on(now), session.id, now, expires_at=now + self._access_lifetime
        )
        return Session(
            subject=account.subject,
            access_token=self._signer.sign(access),
            access_expires_at=access.expires_at,
            refresh_token=self._seal.close(f"{session.id}.{session.generation}"),
            refresh_expires_at=session.ends_at,
        )

    def _read(self, refresh_token: str) -> tuple[str, int] | None:
        """Return the session id and the generation of a refresh token, None when it is not one of ours."""
        text = self._seal.open(refresh_token)
        if text is None:
            return None
        session_id, _, generation = text.partition(".")
        return session_id, int(generation)
