"""Refusals to gRPC statuses and back: google.rpc.Status with one ErrorInfo, and details where they apply."""

from typing import cast

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from services.runtime.errors import DOMAIN, FieldViolation, Kind, QuotaViolation, Refusal

_KIND_BY_CODE = {kind.grpc_code: kind for kind in Kind}

# What a caller is told when the other side said nothing in our own terms: transport texts name hosts and ports.
_TRANSPORT_MESSAGES = {
    Kind.UNAVAILABLE: "The service is not available at the moment.",
    Kind.TIMEOUT: "The answer did not arrive in time.",
    Kind.UNIMPLEMENTED: "This method is not offered.",
}


def to_status(refusal: Refusal) -> grpc.Status:
    """Return the status that tells a refusal."""
    status = status_pb2.Status(code=code_pb2.Code.Value(refusal.kind.grpc_code), message=refusal.message)
    status.details.add().Pack(
        error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=refusal.metadata)
    )
    if refusal.fields:
        fields = error_details_pb2.BadRequest()
        for field in refusal.fields:
            fields.field_violations.add(field=field.field, description=field.description)
        status.details.add().Pack(fields)
    if refusal.quotas:
        quotas = error_details_pb2.QuotaFailure()
        for quota in refusal.quotas:
            quotas.violations.add(subject=quota.subject, description=quota.description)
        status.details.add().Pack(quotas)
    if refusal.retry_after is not None:
        delay = Duration()
        delay.FromNanoseconds(int(refusal.retry_after * 1e9))
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    return rpc_status.to_status(status)


def to_refusal(error: grpc.aio.AioRpcError) -> Refusal:
    """Return the refusal that an rpc ended with; one that did not come from our services gets a plain message."""
    # An AioRpcError answers code(), details() and trailing_metadata(): all that from_call asks of a call.
    status = rpc_status.from_call(cast(grpc.Call, error))
    info = error_details_pb2.ErrorInfo()
    if status is None or not any(d.Unpack(info) and info.domain == DOMAIN for d in status.details):
        return _transport_refusal(error.code())
    fields, quotas, retry = (
        error_details_pb2.BadRequest(),
        error_details_pb2.QuotaFailure(),
        error_details_pb2.RetryInfo(),
    )
    for detail in status.details:
        for message in (fields, quotas, retry):
            detail.Unpack(message)
    return Refusal(
        _KIND_BY_CODE.get(error.code().name, Kind.INTERNAL),
        info.reason,
        status.message,
        metadata=dict(info.metadata),
        fields=tuple(FieldViolation(v.field, v.description) for v in fields.field_violations),
        quotas=tuple(QuotaViolation(v.subject, v.description) for v in quotas.violations),
        retry_after=retry.retry_delay.ToNanoseconds() / 1e9 if retry.HasField("retry_delay") else None,
    )


def _transport_refusal(code: grpc.StatusCode) -> Refusal:
    # A server that stops cancels what it did not finish: to the caller that is an outage, not its own wish.
    name = "UNAVAILABLE" if code is grpc.StatusCode.CANCELLED else code.name
    kind = _KIND_BY_CODE.get(name, Kind.INTERNAL)
    return Refusal(
        kind,
        name,
        _TRANSPORT_MESSAGES.get(kind, "The request could not be answered."),
        retry_after=1.0 if kind is Kind.UNAVAILABLE else None,
    )
