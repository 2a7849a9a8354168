"""Who calls: a member, known by its session, or else a guest, known by a signed cookie or by its network."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from urllib.parse import unquote

from itsdangerous import BadSignature, Signer
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.settings import GatewaySettings
from services.runtime import context
from services.runtime.errors import invalid
from services.runtime.tokens import AccessToken

COOKIE = "codingahead_guest"
GUEST = "guest"

# The field that a refused cookie is named by; the answer that tells it also clears the cookie.
COOKIE_FIELD = "cookie"

# Where the scope of a request holds the access token of its session, if it has one: see sessions.
MEMBER = "codingahead.member"

_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    `network` is where a guest was first seen, empty for a member: members share no cap. `new_cookie` is the cookie that
    a guest has yet to be given. A member calls by its session, or by an API key with certain scopes.
    """

    subject: str
    plan: str
    network: str
    new_cookie: str | None = None
    session_id: str = ""
    key_id: str = ""
    scopes: frozenset[str] = frozenset()

    @property
    def is_member(self) -> bool:
        """Whether the caller has an account."""
        return self.plan != GUEST


class Identity:
    """Tells callers apart without storing anything about them.

    A browser that is not logged in gets a signed cookie that carries a random id and the network it was first seen on,
    so that its counter travels with it while clearing the cookie only makes another guest of the same network. A
    program that sends no cookie is one guest with all others of its network.
    """

    def __init__(self, settings: GatewaySettings) -> None:
        self._secret = settings.cookie_secret.get_secret_value().encode()
        self._signer = Signer(self._secret, salt="codingahead.guest", digest_method=sha256)
        self._proxies = settings.trusted_proxies

    def of_request(self, request: Request) -> Caller:
        """Return the caller of a page: the member of its session, otherwise the guest of its browser.

        Raises as `guest_of`.
        """
        return known(_member_of(request) or self.guest_of(request))

    def guest_of(self, request: Request) -> Caller:
        """Return the guest that a browser is when nobody is logged in; without a cookie a new one: see `remember`.

        Raises a Refusal of the field "cookie" for one that this gateway did not sign.
        """
        if COOKIE in request.cookies:
            return self._of_cookie(request.cookies[COOKIE])
        guest, network = secrets.token_hex(8), self.network_of(request)
        return Caller(f"guest:{guest}", GUEST, network, self._signer.sign(f"{guest}-{network}").decode())

    def of_api_request(self, request: Request) -> Caller:
        """Return the caller of an API without a key: as of a page, but without a cookie the one guest of its network.

        Raises as `guest_of`.
        """
        caller = _member_of(request)
        if not caller and COOKIE in request.cookies:
            caller = self._of_cookie(request.cookies[COOKIE])
        return known(caller or _network_guest(self.network_of(request)))

    def of_call(self, peer: str, forwarded_for: str = "") -> Caller:
        """Return the caller of an rpc by its peer ("ipv4:192.0.2.1:5000") and its x-forwarded-for metadata."""
        address = unquote(peer.partition(":")[2]).rpartition(":")[0].strip("[]")
        return known(_network_guest(self._network(address, forwarded_for)))

    def network_of(self, request: Request) -> str:
        """Return the network a request came from, as a keyed hash."""
        peer = request.client.host if request.client else ""
        return self._network(peer, ",".join(request.headers.getlist("x-forwarded-for")))

    def is_https(self, request: Request) -> bool:
        """Return whether the caller came by https, to us or to the first trusted proxy."""
        forwarded = request.headers.get("x-forwarded-proto", "") if self._proxies else ""
        return (forwarded or request.scope["scheme"]) == "https"

    def remember(self, caller: Caller, request: Request, response: Response) -> None:
        """Give a new guest its cookie."""
        if caller.new_cookie:
            response.set_cookie(
                COOKIE,
                caller.new_cookie,
                max_age=_YEAR_SECONDS,
                secure=self.is_https(request),
                httponly=True,
                samesite="lax",
            )

    def forget(self, response: Response) -> None:
        """Take the cookie back, so that the next page makes a new guest."""
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")

    def _of_cookie(self, cookie: str) -> Caller:
        try:
            guest, _, network = self._signer.unsign(cookie).decode().partition("-")
        except BadSignature:
            raise invalid(COOKIE_FIELD, "expected the cookie that this site has set") from None
        return Caller(f"guest:{guest}", GUEST, network)

    def _network(self, peer: str, forwarded_for: str) -> str:
        """Return the keyed hash of the network that a caller is on, so that no address is stored anywhere."""
        prefix = _network_prefix(self._client_address(peer, forwarded_for))
        return hmac.digest(self._secret, b"codingahead.network:" + prefix, "sha256").hex()[:16]

    def _client_address(self, peer: str, forwarded_for: str) -> str:
        """Each trusted proxy has appended whom it was called by; what stands before that, anyone may have written."""
        hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
        return hops[-self._proxies] if 0 < self._proxies <= len(hops) else peer


def _network_prefix(address: str) -> bytes:
    """Return the first bytes of an address that its network shares: /24 of IPv4, /56 of IPv6."""
    try:
        ip = ip_address(address)
    except ValueError:
        # One network for all of these: an odd address must not be a way around the cap.
        return b""
    if isinstance(ip, IPv6Address):
        return ip.ipv4_mapped.packed[:3] if ip.ipv4_mapped else ip.packed[:7]
    return ip.packed[:3]


def _network_guest(network: str) -> Caller:
    return Caller(f"guest:{network}", GUEST, network)


def _member_of(request: Request) -> Caller | None:
    token: AccessToken | None = request.scope.get(MEMBER)
    return Caller(token.subject, token.plan, "", session_id=token.session_id) if token else None


def known(caller: Caller) -> Caller:
    """Tell the logs and the next services whom the current call is for."""
    call = context.current()
    if call:
        call.subject = caller.subject
    return caller
