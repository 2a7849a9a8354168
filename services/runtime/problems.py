"""Refusals as RFC 9457 problem documents."""

from typing import Any

from services.runtime.errors import Refusal

MEDIA_TYPE = "application/problem+json"

# The title of a problem type does not change from one occurrence to the next (RFC 9457, section 3.1.4).
_TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Content too large",
    414: "Address too long",
    422: "Cannot be answered",
    429: "Limit reached",
    500: "Internal error",
    501: "Not implemented",
    503: "Temporarily unavailable",
    504: "Timed out",
}


def problem(refusal: Refusal, instance: str, status: int | None = None) -> dict[str, Any]:
    """Return the problem document of a refusal.

    `instance` is the path of the request, `status` an HTTP status that says more than that of the refusal's kind.
    """
    status = status or refusal.kind.http_status
    document: dict[str, Any] = {
        "type": f"urn:codingahead:problem:{refusal.reason.lower().replace('_', '-')}",
        "title": _TITLES[status],
        "status": status,
        "detail": refusal.message,
        "instance": instance,
        "reason": refusal.reason,
    }
    if refusal.metadata:
        document["metadata"] = refusal.metadata
    if refusal.fields:
        document["errors"] = [{"field": v.field, "detail": v.description} for v in refusal.fields]
    return document
