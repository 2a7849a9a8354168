"""Templates into responses."""

import hashlib
from pathlib import Path
from typing import Any

from codingahead.quota.v1 import quota_pb2 as quota
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

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
_templates.globals.update(css=_static("app.css"), js=_static("app.js"), logo=_static("logo.svg"))


def page(
    request: Request,
    template: str,
    *,
    balance: quota.Balance | None = None,
    query: str = "",
    status: int = 200,
    **data: Any,
) -> HTMLResponse:
    """Return the page that `template` makes of `data`; its header holds the query and what remains of `balance`."""
    html = _templates.get_template(template).render(
        query=query,
        effective_on=request.query_params.get("effective_on", ""),
        views=views_remaining(balance),
        **data,
    )
    return HTMLResponse(html, status, _PRIVATE)


def views_remaining(balance: quota.Balance | None) -> str:
    """Return what remains in words; empty when it is not known."""
    if balance is None:
        return ""
    if balance.unlimited:
        return "Code page views are not limited"
    return f"{balance.remaining} code page view{'' if balance.remaining == 1 else 's'} remaining"
