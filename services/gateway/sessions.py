"""Sessions of members: an access token that is verified here, and a refresh token that accounts trades for new ones."""

import asyncio
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cachetools import LRUCache, TTLCache
from codingahead.accounts.v1 import accounts_pb2
from codingahead.events.v1 import events_pb2
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.identity import MEMBER, Identity
from services.runtime import logs
from services.runtime.errors import Kind, Refusal
from services.runtime.events.bus import EventBus
from services.runtime.tokens import AccessToken, TokenRefused, Verifier

if TYPE_CHECKING:
    from codingahead.accounts.v1.accounts_pb2_grpc import AccountsServiceAsyncStub

SESSION_COOKIE = "codingahead_session"
REFRESH_COOKIE = "codingahead_refresh"

# How long after its end a token still counts while accounts does not answer.
_GRACE = timedelta(hours=1)
# No token that was issued longer ago counts, whatever it says: what was revoked before that need not be remembered.
_LONGEST_LIFE = timedelta(hours=2)

_TOKENS_KEPT = 10_000
# Long enough for the requests that a browser sends together, and for one wait for accounts.
_REFRESH_KEPT_SECONDS = 5.0

# What accounts says of a refresh token that is none, or no more; anything else says nothing about the session.
_ENDED = (Kind.UNAUTHENTICATED, Kind.INVALID)

_LOG = logs.get("gateway")

# Where the scope of a request holds the headers that set the cookies of a session that was refreshed or has ended, and
# the refresh token that counts from then on.
_COOKIES = "codingahead.session_cookies"
_TRADED = "codingahead.session_traded"


class Sessions:
    """The sessions of browsers, in two cookies.

    An access token that has ended, or was revoked by an event, is renewed by the refresh token. While accounts does not
    answer, one that ended up to an hour ago and was not revoked still counts, so that members can go on reading:
    revocations arrive by another way than refreshes.
    """

    def __init__(self, accounts: "AccountsServiceAsyncStub", verifier: Verifier, identity: Identity) -> None:
        self._accounts = accounts
        self._verifier = verifier
        self._identity = identity
        self._revocations = _Revocations()
        # Verifying a signature costs more than all the rest of a small request.
        self._verified: LRUCache[str, AccessToken] = LRUCache(_TOKENS_KEPT)
        self._refreshes: TTLCache[str, asyncio.Task[accounts_pb2.RefreshSessionResponse]] = TTLCache(
            _TOKENS_KEPT, _REFRESH_KEPT_SECONDS
        )

    async def open(self, request: Request) -> None:
        """Find the session of a request, refreshing it when it is time: before anything asks who calls."""
        token = self._read(request.cookies[SESSION_COOKIE]) if SESSION_COOKIE in request.cookies else None
        if token is None or token.expires_at <= datetime.now(UTC):
            token = await self._renewed(request, token)
        if token:
            request.scope[MEMBER] = token

    def begin(self, request: Request, response: Response, session: accounts_pb2.Session) -> None:
        """Give a browser the cookies of a session, in place of any that it has."""
        # Both last as long as the refresh token: an access token that has ended may be good still, see above.
        lifetime = session.refresh_expires_at.ToDatetime(UTC) - datetime.now(UTC)
        for cookie, value in ((SESSION_COOKIE, session.access_token), (REFRESH_COOKIE, session.refresh_token)):
            response.set_cookie(
                cookie,
                value,
                max_age=max(0, int(lifetime.total_seconds())),
                secure=self._identity.is_https(request),
                httponly=True,
                samesite="lax",
            )
        request.scope.pop(_COOKIES, None)

    def end(self, request: Request, response: Response) -> None:
        """Take both cookies back."""
        for cookie in (SESSION_COOKIE, REFRESH_COOKIE):
            response.delete_cookie(cookie, secure=self._identity.is_https(request), httponly=True, samesite="lax")
        request.scope.pop(_COOKIES, None)

    def refresh_token(self, request: Request) -> str:
        """Return the refresh token that counts now, empty for none."""
        token: str = request.scope.get(_TRADED, request.cookies.get(REFRESH_COOKIE, ""))
        return token

    def cookies(self, request: Request) -> list[tuple[bytes, bytes]]:
        """Return the headers that tell the browser of a session that was refreshed, or has ended, by `open`."""
        headers: list[tuple[bytes, bytes]] = request.scope.get(_COOKIES, [])
        return headers

    async def follow(self, bus: EventBus) -> None:
        """Hear of revocations, also of those before the start that still matter, until cancelled."""

        async def revoke(event: events_pb2.SessionRevoked, _: str) -> None:
            self.revoke(event)

        await bus.follow(events_pb2.SessionRevoked, revoke, _LONGEST_LIFE.total_seconds())

    def revoke(self, event: events_pb2.SessionRevoked) -> None:
        """Let the tokens that an event names count no more."""
        self._revocations.add(event)

    def _read(self, text: str) -> AccessToken | None:
        """Return a token that is ours and not void, though it may have ended."""
        token = self._verified.get(text)
        if token is None:
            try:
                token = self._verified[text] = self._verifier.read(text)
            except TokenRefused:
                return None
        return None if self._revocations.void(token) else token

    async def _renewed(self, request: Request, ended: AccessToken | None) -> AccessToken | None:
        """Return the token that the refresh token of a request is traded for; None when nobody is logged in."""
        refresh_token = self.refresh_token(request)
        if not refresh_token:
            if SESSION_COOKIE in request.cookies:
                self._tell(request, None)
            return None
        try:
            session = await self._refresh(refresh_token)
        except Refusal as refusal:
            if refusal.kind in _ENDED:
                self._tell(request, None)
                return None
            return ended if ended and datetime.now(UTC) < ended.expires_at + _GRACE else None
        self._tell(request, session)
        token = self._read(session.access_token)
        if session.access_token not in self._verified:
            _LOG.error("access tokens of accounts cannot be verified: is their key among the session_public_keys?")
        return token

    async def _refresh(self, refresh_token: str) -> accounts_pb2.Session:
        """Trade a refresh token once for all requests that bring it at about the same time."""
        refresh = self._refreshes.get(refresh_token)
        if refresh is None:
            asked = accounts_pb2.RefreshSessionRequest(refresh_token=refresh_token)
            refresh = asyncio.ensure_future(self._accounts.RefreshSession(asked))
            self._refreshes[refresh_token] = refresh
        # The others still wait for it when one request is given up.
        answer = await asyncio.shield(refresh)
        return answer.session

    def _tell(self, request: Request, session: accounts_pb2.Session | None) -> None:
        carrier = Response()
        if session:
            self.begin(request, carrier, session)
        else:
            self.end(request, carrier)
        request.scope[_TRADED] = session.refresh_token if session else ""
        request.scope[_COOKIES] = [(name, value) for name, value in carrier.raw_headers if name == b"set-cookie"]


class _Revocations:
    """Until when the tokens of a session, or of a member, are void."""

    def __init__(self) -> None:
        # Not bounded by number: one that is forgotten too early would make its tokens good again.
        self._until: TTLCache[str, datetime] = TTLCache(math.inf, _LONGEST_LIFE.total_seconds())

    def add(self, event: events_pb2.SessionRevoked) -> None:
        name, until = event.session_id or event.subject, event.revoked_at.ToDatetime(UTC)
        self._until[name] = max(until, self._until.get(name, until))

    def void(self, token: AccessToken) -> bool:
        if token.issued_at < datetime.now(UTC) - _LONGEST_LIFE:
            return True
        return any(
            token.issued_at <= until for name in (token.session_id, token.subject) if (until := self._until.get(name))
        )
