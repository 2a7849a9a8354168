"""Refusals: the one kind of error that callers are meant to see.

Domain code raises a `Refusal`; the rpc server turns it into a gRPC status with one ErrorInfo, the rpc client turns that
back into a `Refusal`, and the edge turns it into an RFC 9457 problem document. Any other exception is a defect: it is
logged and reaches the caller as INTERNAL without its text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

DOMAIN = "codingahead"


class Kind(Enum):
    """The kinds of refusal, each with its gRPC status code name and HTTP status."""

    INVALID = ("INVALID_ARGUMENT", 400)
    UNAUTHENTICATED = ("UNAUTHENTICATED", 401)
    FORBIDDEN = ("PERMISSION_DENIED", 403)
    NOT_FOUND = ("NOT_FOUND", 404)
    CONFLICT = ("ABORTED", 409)
    PRECONDITION = ("FAILED_PRECONDITION", 422)
    EXHAUSTED = ("RESOURCE_EXHAUSTED", 429)
    INTERNAL = ("INTERNAL", 500)
    UNIMPLEMENTED = ("UNIMPLEMENTED", 501)
    UNAVAILABLE = ("UNAVAILABLE", 503)
    TIMEOUT = ("DEADLINE_EXCEEDED", 504)

    def __init__(self, grpc_code: str, http_status: int) -> None:
        self.grpc_code = grpc_code
        self.http_status = http_status


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field of the request and what was expected of it."""

    field: str
    description: str


@dataclass(frozen=True, slots=True)
class QuotaViolation:
    """Whose quota was exceeded, and how."""

    subject: str
    description: str


class Refusal(Exception):
    """A request was refused.

    `reason` is UPPER_SNAKE and stable: callers switch on it. `message` is a sentence for people, safe to show.
    `retry_after` is in seconds, None when a retry will not help.
    """

    def __init__(
        self,
        kind: Kind,
        reason: str,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        fields: tuple[FieldViolation, ...] = (),
        quotas: tuple[QuotaViolation, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.fields = fields
        self.quotas = quotas
        self.retry_after = retry_after


def invalid(field: str, expected: str) -> Refusal:
    """Refuse a field; `expected` says what would have been right."""
    return Refusal(
        Kind.INVALID,
        "INVALID_ARGUMENT",
        f"{field}: {expected}",
        metadata={"field": field},
        fields=(FieldViolation(field, expected),),
    )


def unavailable(message: str, retry_after: float = 1.0) -> Refusal:
    """Refuse because a part that is needed does not answer; a retry may help."""
    return Refusal(Kind.UNAVAILABLE, "UNAVAILABLE", message, retry_after=retry_after)


def defect() -> Refusal:
    """Tell a caller of a defect without its text, which belongs in the log."""
    return Refusal(Kind.INTERNAL, "INTERNAL", "Something went wrong on our side. It has been logged.")
