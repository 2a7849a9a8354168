"""Forms as browsers send them: what was typed, and why it was not accepted."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from services.gateway.outages import is_outage
from services.runtime.errors import Refusal, invalid

Typed = ImmutableMultiDict[str, str]
NOTHING_TYPED: Typed = ImmutableMultiDict()

# A note of 2,000 characters, each four bytes that the encoding makes twelve, and room for the rest of its form.
_MAX_BYTES = 32_000
_MAX_FIELDS = 20
_OUTAGE = "That did not go through: accounts do not answer at the moment. Please try again shortly."


class Failure(NamedTuple):
    """Why a form was not accepted: a message for each field, under "" what concerns the whole form."""

    status: int
    faults: Mapping[str, str]
    retry_after: float | None = None


NO_FAILURE = Failure(200, {})


async def read(request: Request, max_bytes: int = _MAX_BYTES) -> Typed:
    """Return the fields of the form that a request carries. Raises a Refusal for any other body."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise invalid("body", f"expected a form of at most {max_bytes:,} bytes")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise invalid("body", "expected a form as application/x-www-form-urlencoded") from None
    return ImmutableMultiDict(pairs)


def failure(refusal: Refusal, told: Mapping[str, tuple[str, str]]) -> Failure:
    """Return what a form says of a refusal; `told` has the field and the message of this form for some reasons."""
    if refusal.reason in told:
        field, message = told[refusal.reason]
        faults = {field: message}
    elif refusal.fields:
        faults = {violation.field: _sentence(violation.description) for violation in refusal.fields}
    else:
        faults = {"": _OUTAGE if is_outage(refusal) else refusal.message}
    return Failure(refusal.kind.http_status, faults, refusal.retry_after)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
