"""Answers over HTTP: JSON, and refusals as problem documents."""

import math
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from codingahead.quota.v1 import quota_pb2
from starlette.requests import Request
from starlette.responses import Response

from services.runtime.errors import Refusal
from services.runtime.problems import MEDIA_TYPE, problem

_JSON = "application/json"
_KEPT = "private, max-age=60"


def fresh(value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Return JSON that is right only now."""
    return Response(orjson.dumps(value), media_type=_JSON, headers={"cache-control": "no-store", **(headers or {})})


def cacheable(request: Request, value: Any) -> Response:
    """Return JSON that the caller may keep for a minute, and then ask about by its tag."""
    body = orjson.dumps(value)
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"cache-control": _KEPT, "etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=_JSON, headers=headers)


def refused(
    request: Request, refusal: Refusal, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the problem document of a refusal; `status` as in problems.problem."""
    document = problem(refusal, request.url.path, status)
    return Response(
        orjson.dumps(document),
        document["status"],
        {"cache-control": "no-store", **_limit_headers(refusal), **(headers or {})},
        MEDIA_TYPE,
    )


def balance_headers(balance: quota_pb2.Balance | None, now: float) -> dict[str, str]:
    """Return the x-ratelimit headers of what remains; none when that is not limited or not known.

    `x-ratelimit-reset` is in seconds from `now`, which is a time since the epoch.
    """
    if balance is None or balance.unlimited:
        return {}
    headers = {"x-ratelimit-limit": str(balance.limit), "x-ratelimit-remaining": str(balance.remaining)}
    if balance.HasField("window_ends_at"):
        headers["x-ratelimit-reset"] = str(max(0, math.ceil(balance.window_ends_at.ToMilliseconds() / 1000 - now)))
    return headers


def _limit_headers(refusal: Refusal) -> dict[str, str]:
    headers = {f"x-ratelimit-{name}": refusal.metadata[name] for name in ("limit", "remaining") if refusal.quotas}
    if refusal.retry_after is not None:
        headers["retry-after"] = str(math.ceil(refusal.retry_after))
        if refusal.quotas:
            headers["x-ratelimit-reset"] = headers["retry-after"]
    return headers
