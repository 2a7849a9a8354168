"""What surrounds every HTTP request: its context, its session, its log line, its limits and the security headers."""

import time
from collections.abc import Callable

from prometheus_client import Gauge, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.answers import add_promised_limits, refused
from services.gateway.identity import Identity
from services.gateway.keys import bearer
from services.gateway.sessions import Sessions
from services.runtime import context, logs, telemetry
from services.runtime.errors import Kind, Refusal, defect
from services.runtime.metrics import SECONDS
from services.runtime.telemetry import Span

HTTP_SECONDS = Histogram(
    "codingahead_http_request_duration_seconds",
    "Duration of the HTTP requests served; route: as it is declared, empty for an address that there is not",
    ["method", "route", "status"],
    buckets=SECONDS,
)
HTTP_FIRST_BYTE_SECONDS = Histogram(
    "codingahead_http_first_byte_seconds",
    "Time to the beginning of the answer to the HTTP requests that were answered by a stream",
    ["route"],
    buckets=SECONDS,
)
HTTP_IN_PROGRESS = Gauge("codingahead_http_requests_in_progress", "HTTP requests that are being served")

MAX_ADDRESS_BYTES = 8_000
MAX_BODY_BYTES = 1_000_000

_SECURITY = (
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
# While draining: a connection that is kept would have to be cut later, perhaps under a request.
_LEAVE = (b"connection", b"close")

_STREAMS = (b"text/event-stream", b"application/x-ndjson")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# What is the same for everyone: it may be kept by whatever stands between, and has nothing to do with a session.
_IMPERSONAL = ("/static/", "/api/docs", "/api/openapi.json", "/healthz", "/readyz", "/metrics")

# By the HTTP status that tells them.
LIMITS = {
    413: Refusal(Kind.INVALID, "CONTENT_TOO_LARGE", f"Expected a body of at most {MAX_BODY_BYTES:,} bytes."),
    414: Refusal(Kind.INVALID, "URI_TOO_LONG", f"Expected an address of at most {MAX_ADDRESS_BYTES:,} bytes."),
}
_CROSS_SITE = Refusal(
    Kind.FORBIDDEN, "CROSS_SITE_REQUEST", "This request was sent by a page of another site, which may only link here."
)


class Surroundings:
    """Surrounds the application `app`. `ready` says whether callers should keep their connections."""

    def __init__(
        self,
        app: ASGIApp,
        identity: Identity,
        sessions: Sessions,
        timeout: float,
        ready: Callable[[], bool],
        log: logs.Logger,
    ) -> None:
        self._app = app
        self._identity = identity
        self._sessions = sessions
        self._timeout = timeout
        self._ready = ready
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = time.perf_counter()
        request = Request(scope)
        call = context.begin(request.headers.get(context.TRACE_HEADER, ""), timeout=self._timeout)
        probe = scope["path"] in _PROBES
        span = telemetry.NOTHING if probe else telemetry.serving(call, "http", telemetry.Kind.SERVER, {})
        status = 0
        extra = list(_SECURITY)
        if self._identity.is_https(request):
            extra.append(_HTTPS_ONLY)
        if not self._ready():
            extra.append(_LEAVE)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if _is_stream(message):
                    HTTP_FIRST_BYTE_SECONDS.labels(_route(scope)).observe(time.perf_counter() - started)
                message["headers"] = [*message["headers"], *extra, *self._sessions.cookies(request)]
                add_promised_limits(scope, message)
            await send(message)

        HTTP_IN_PROGRESS.inc()
        try:
            exceeded = _exceeded(request)
            if exceeded:
                await refused(request, LIMITS[exceeded], exceeded)(scope, receive, send_with_headers)
            elif _is_cross_site(request):
                await refused(request, _CROSS_SITE)(scope, receive, send_with_headers)
            else:
                if _may_have_session(request):
                    await self._sessions.open(request)
                await self._app(scope, receive, send_with_headers)
        except Exception:
            self._log.exception("request failed", path=scope["path"])
            if not status:
                await refused(request, defect())(scope, receive, send_with_headers)
        finally:
            HTTP_IN_PROGRESS.dec()
            self._record(scope, status, time.perf_counter() - started, call)
            _end(span, scope, status)

    def _record(self, scope: Scope, status: int, elapsed: float, call: context.CallContext) -> None:
        HTTP_SECONDS.labels(_method(scope), _route(scope), status).observe(elapsed)
        # The query is left out: people type what concerns patients into it.
        self._log.info(
            "http",
            method=_method(scope),
            path=scope["path"],
            status=status,
            ms=round(elapsed * 1000, 2),
            subject=call.subject,
        )


def _end(span: Span, scope: Scope, status: int) -> None:
    """End the span of a request. Its address is left out: people type what concerns patients into it."""
    method, route = _method(scope), _route(scope)
    span.rename(f"{method} {route}".rstrip())
    span.set("http.request.method", method)
    span.set("http.route", route)
    span.set("http.response.status_code", status)
    span.end(str(status) if status >= 500 else "")


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def _route(scope: Scope) -> str:
    """Return the route of a request as it is declared, that of a mount by its root, empty where there is none."""
    path: str = getattr(scope.get("route"), "path", "") or scope.get("root_path", "")
    return path


def _is_stream(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(_STREAMS) for name, value in start["headers"])


def _exceeded(request: Request) -> int:
    """Return the status of the limit that a request says it exceeds, 0 for none.

    A body that does not say its length is measured while it is read: that limit is the application's.
    """
    if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > MAX_ADDRESS_BYTES:
        return 414
    length = request.headers.get("content-length", "")
    return 413 if length.isdigit() and int(length[:12]) > MAX_BODY_BYTES else 0


def _is_cross_site(request: Request) -> bool:
    """Return whether a page of another site makes the browser of its reader change something here.

    Browsers say where a request comes from; those that do not know Sec-Fetch-Site yet send Origin. Who sends neither is
    a program, which has no cookies but its own.
    """
    if request.method in _SAFE_METHODS:
        return False
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and origin.partition("://")[2] != request.headers.get("host", "")


def _may_have_session(request: Request) -> bool:
    """Return whether the cookies of a request count: not where everyone gets the same, nor beside an API key."""
    if bearer(request.headers.get("authorization", "")) is not None:
        return False
    path: str = request.scope["path"]
    return not path.startswith(_IMPERSONAL)
