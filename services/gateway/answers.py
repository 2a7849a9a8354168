"""Answers over HTTP: JSON, refusals as problem documents, and the headers that tell of limits."""

import math
import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from hashlib import blake2b
from typing import Any, Literal

import orjson
from codingahead.quota.v1 import quota_pb2
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Scope, Send

from services.gateway.keys import KEY_NOT_VALID
from services.runtime.errors import Refusal
from services.runtime.problems import MEDIA_TYPE, problem

_JSON = "application/json"
_KEPT = "private, max-age=60"

_RESOURCE = "x-ratelimit-resource"
# Where the scope of a request holds the limit headers that its answer gets unless it has its own.
_LIMITS = "codingahead.limits"


class Streamed(StreamingResponse):
    """A stream whose source ends with it, also when the caller goes away."""

    async def stream_response(self, send: Send) -> None:
        """Send the whole of it."""
        assert isinstance(self.body_iterator, AsyncGenerator)
        async with aclosing(self.body_iterator):
            await super().stream_response(send)


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
        {"cache-control": "no-store", **refusal_headers(refusal), **(headers or {})},
        MEDIA_TYPE,
    )


def field_path(location: Iterable[int | str], start: str = "") -> str:
    """Return the path of a field that a validator names, as lookup writes paths: claims[3].lines[0].code."""
    path = start
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def limit_headers(
    resource: Literal["views", "calls", "questions"],
    left: quota_pb2.Balance | quota_pb2.TakeCallResponse | quota_pb2.TakeQuestionResponse | None,
) -> dict[str, str]:
    """Return the x-ratelimit headers of what is left; none when that is not limited or not known."""
    if left is None or left.unlimited:
        return {}
    headers = {_RESOURCE: resource, "x-ratelimit-limit": str(left.limit), "x-ratelimit-remaining": str(left.remaining)}
    if left.HasField("window_ends_at"):
        seconds = left.window_ends_at.ToMilliseconds() / 1000 - time.time()
        headers["x-ratelimit-reset"] = str(max(0, math.ceil(seconds)))
    return headers


def promise_limits(request: Request, headers: Mapping[str, str]) -> None:
    """Let whatever answers a request have these limit headers, unless it tells of a limit itself."""
    request.scope[_LIMITS] = headers


def add_promised_limits(scope: Scope, start: Message) -> None:
    """Add what was promised to the start of an answer."""
    headers = MutableHeaders(scope=start)
    if _LIMITS in scope and _RESOURCE not in headers:
        headers.update(scope[_LIMITS])


def refusal_headers(refusal: Refusal) -> dict[str, str]:
    """Return the headers that tell of a refusal, whatever its body is."""
    headers = {"www-authenticate": "Bearer"} if refusal.reason == KEY_NOT_VALID else {}
    if refusal.retry_after is not None:
        headers["retry-after"] = str(math.ceil(refusal.retry_after))
    if refusal.quotas and "resource" in refusal.metadata:
        headers |= {f"x-ratelimit-{name}": refusal.metadata[name] for name in ("resource", "limit", "remaining")}
        if refusal.retry_after is not None:
            headers["x-ratelimit-reset"] = headers["retry-after"]
    return headers
