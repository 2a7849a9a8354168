"""How often an API key may call, asked of quota."""

import time
from typing import TYPE_CHECKING

from codingahead.quota.v1 import quota_pb2
from prometheus_client import Counter

from services.gateway.identity import Caller
from services.gateway.outages import is_outage
from services.gateway.settings import GatewaySettings
from services.runtime import metrics
from services.runtime.errors import Kind, QuotaViolation, Refusal, unavailable

if TYPE_CHECKING:
    from codingahead.quota.v1.quota_pb2_grpc import QuotaServiceAsyncStub

CALLS = Counter("codingahead_gateway_calls_total", "Calls of API keys by what became of them", ["outcome"])
metrics.begin(CALLS, ("counted", "denied", "uncounted", "refused"))


class Calls:
    """Counts the calls of each API key. While quota does not answer, the setting `quota_failure` says what happens."""

    def __init__(self, quota: "QuotaServiceAsyncStub", settings: GatewaySettings) -> None:
        self._quota = quota
        self._serves_without_quota = settings.quota_failure == "serve"

    async def take(self, caller: Caller) -> quota_pb2.TakeCallResponse | None:
        """Count a call of a key; return what remains, None when quota does not answer and calls go on without it.

        Raises a Refusal of kind EXHAUSTED, reason CALL_LIMIT_REACHED, when none remains.
        """
        subject = f"key:{caller.key_id}"
        try:
            answer = await self._quota.TakeCall(quota_pb2.TakeCallRequest(subject=subject, plan=caller.plan))
        except Refusal as refusal:
            if not is_outage(refusal):
                raise
            if self._serves_without_quota:
                CALLS.labels("uncounted").inc()
                return None
            CALLS.labels("refused").inc()
            raise unavailable("Calls cannot be counted at the moment. Please try again shortly.") from None
        CALLS.labels("counted" if answer.allowed else "denied").inc()
        if not answer.allowed:
            raise _limit_reached(subject, answer)
        return answer


def _limit_reached(subject: str, answer: quota_pb2.TakeCallResponse) -> Refusal:
    calls = "call" if answer.limit == 1 else "calls"
    message = f"0 calls remaining. This API key is limited to {answer.limit} {calls} a minute."
    return Refusal(
        Kind.EXHAUSTED,
        "CALL_LIMIT_REACHED",
        message,
        metadata={
            "resource": "calls",
            "limit": str(answer.limit),
            "remaining": "0",
            "window_ends_at": answer.window_ends_at.ToJsonString(),
        },
        quotas=(QuotaViolation(subject, message),),
        retry_after=max(answer.window_ends_at.ToMilliseconds() / 1000 - time.time(), 1.0),
    )
