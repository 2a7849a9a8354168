"""Templates into responses."""

import hashlib
import math
from pathlib import Path
from typing import Any

from codingahead.quota.v1 import quota_pb2 as quota
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.gateway.edge import edge_of
from services.gateway.identity import Caller
from services.gateway.web import addresses
from services.gateway.web.forms import NO_FAILURE, NOTHING_TYPED, Failure, Typed

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

# Held by the browser while it is shown, never by anything between.
_PRIVATE = {"cache-control": "private, no-cache"}


def _static(name: str) -> str:
    """Return the address of a static file; it changes with the content, so that browsers may keep it."""
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(
    css=_static("app.css"), js=_static("app.js"), casepilot_js=_static("casepilot.js"), logo=_static("logo.svg")
)


# What an address says under `notice` that was done before it.
_NOTICES = {
    "welcome": "Welcome to Coding Ahead. Your address is confirmed and you are logged in.",
    "logged-out": "You are logged out.",
    "logged-out-everywhere": "You are logged out on every device.",
    "password-changed": "Your password is changed. Your other devices are logged out.",
    "password-reset": "Your new password is set. Log in with it.",
    "key-revoked": "The key is revoked. It is not accepted any more.",
    "history-cleared": "Your history is cleared.",
    "conversation-deleted": "The conversation is deleted.",
    "conversations-deleted": "Your conversations are deleted.",
    "account-closed": "Your account is closed and deleted.",
}
# Whoever logs in from one of these does not want to come back to it.
_ENTRANCES = ("/login", "/register", "/confirm", "/reset")


def page(
    request: Request,
    template: str,
    caller: Caller | None,
    *,
    balance: quota.Balance | None = None,
    query: str = "",
    status: int = 200,
    **data: Any,
) -> HTMLResponse:
    """Return the page that `template` makes of `data`.

    Its header holds the query, what remains of `balance`, and what `caller` may do; None is a caller who is not known.
    """
    html = _templates.get_template(template).render(
        query=query,
        effective_on=request.query_params.get("effective_on", ""),
        views=views_remaining(balance),
        member=caller is not None and caller.is_member,
        log_in=_log_in(request),
        notice=_NOTICES.get(request.query_params.get("notice", ""), ""),
        register_views=edge_of(request).settings.register_views,
        **data,
    )
    return HTMLResponse(html, status, _PRIVATE)


def fresh_page(request: Request, template: str, caller: Caller | None, **data: Any) -> HTMLResponse:
    """Return a page, see `page`, that is right only now, or for nobody else's eyes."""
    response = page(request, template, caller, **data)
    response.headers["cache-control"] = "no-store"
    return response


def fragment(template: str, **data: Any) -> str:
    """Return the part of a page that `template` makes of `data`."""
    return _templates.get_template(template).render(**data)


def form_page(
    request: Request,
    template: str,
    caller: Caller,
    typed: Typed = NOTHING_TYPED,
    failure: Failure = NO_FAILURE,
    **data: Any,
) -> HTMLResponse:
    """Return the page of a form with what was typed and why it was not accepted."""
    response = fresh_page(request, template, caller, status=failure.status, typed=typed, faults=failure.faults, **data)
    if failure.retry_after is not None:
        response.headers["retry-after"] = str(math.ceil(failure.retry_after))
    return response


def _log_in(request: Request) -> str:
    path = request.url.path
    if request.method not in ("GET", "HEAD") or path == "/" or path.startswith(_ENTRANCES):
        return addresses.log_in()
    return addresses.log_in(addresses.here(request))


def views_remaining(balance: quota.Balance | None) -> str:
    """Return what remains in words; empty when it is not known."""
    if balance is None:
        return ""
    if balance.unlimited:
        return "Code page views are not limited"
    return f"{balance.remaining} code page view{'' if balance.remaining == 1 else 's'} remaining"
