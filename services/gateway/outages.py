"""What is done while a service behind the gateway does not answer depends on telling that from its refusals."""

from services.runtime.errors import Kind, Refusal


def is_outage(refusal: Refusal) -> bool:
    """Return whether a call failed because the service did not answer, not because it refused."""
    return refusal.kind in (Kind.UNAVAILABLE, Kind.TIMEOUT)
