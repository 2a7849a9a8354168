"""The view wall: whether a code page may be served, asked of quota."""

import asyncio
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from codingahead.events.v1 import events_pb2
from codingahead.quota.v1 import quota_pb2
from google.protobuf.message import Message
from prometheus_client import Counter

from services.gateway.identity import GUEST, Caller
from services.gateway.outages import is_outage
from services.gateway.settings import GatewaySettings
from services.runtime import metrics
from services.runtime.errors import Kind, QuotaViolation, Refusal, invalid, unavailable

if TYPE_CHECKING:
    from codingahead.quota.v1.quota_pb2_grpc import QuotaServiceAsyncStub

VIEWS = Counter("codingahead_gateway_views_total", "Page views by what became of them", ["outcome"])

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_PUBLISH_SECONDS = 2.0


class Outcome(StrEnum):
    """What became of a view."""

    CHARGED = "charged"
    ALREADY_OPENED = "already_opened"
    DENIED_LIMIT = "denied_limit"
    DENIED_NETWORK = "denied_network"
    # Quota did not answer: served now, charged when quota hears of it.
    DEFERRED = "deferred"


metrics.begin(VIEWS, (*Outcome, "refused"))

_OUTCOMES: Mapping[int, Outcome] = {
    quota_pb2.OUTCOME_CHARGED: Outcome.CHARGED,
    quota_pb2.OUTCOME_ALREADY_OPENED: Outcome.ALREADY_OPENED,
    quota_pb2.OUTCOME_DENIED_LIMIT: Outcome.DENIED_LIMIT,
    quota_pb2.OUTCOME_DENIED_NETWORK: Outcome.DENIED_NETWORK,
}


@dataclass(frozen=True, slots=True)
class Admission:
    """The decision on a view. `balance` is what remains, None when quota did not answer."""

    outcome: Outcome
    balance: quota_pb2.Balance | None

    @property
    def allowed(self) -> bool:
        """Whether the page may be served."""
        return self.outcome not in (Outcome.DENIED_LIMIT, Outcome.DENIED_NETWORK)

    @property
    def deferred(self) -> bool:
        """Whether quota has yet to charge it."""
        return self.outcome is Outcome.DEFERRED


class Publisher(Protocol):
    """Where a view is kept that quota could not be asked about: the event bus."""

    async def publish(self, event: Message, event_id: str) -> None:
        """Keep an event. Raises OSError when it is not known to be kept."""


class Wall:
    """The view wall. While quota does not answer, the setting `quota_failure` says what happens.

    `serve`: the view is told to JetStream, which keeps it until quota charges it, and served; if that fails too it is
    refused, so that no view is lost. `refuse`: it is refused.
    """

    def __init__(self, quota: "QuotaServiceAsyncStub", events: Publisher, settings: GatewaySettings) -> None:
        self._quota = quota
        self._events = events
        self._serves_without_quota = settings.quota_failure == "serve"
        self._register_views = settings.register_views

    async def admit(self, caller: Caller, page: str, request_id: str = "") -> Admission:
        """Decide a view of `page` (see policy.page_name) and charge it; a denial is an answer, not an error.

        `request_id` is the caller's own name for the view, empty for none: the same again is charged once.
        Raises a Refusal when quota does not answer and the view is not served without it.
        """
        view = quota_pb2.RecordViewRequest(
            subject=caller.subject,
            plan=caller.plan,
            page=page,
            request_id=_view_id(caller, page, request_id),
            network=caller.network,
        )
        try:
            answer = await self._quota.RecordView(view)
            admission = Admission(_OUTCOMES[answer.outcome], answer.balance)
        except Refusal as refusal:
            if not is_outage(refusal):
                raise
            await self._keep_for_quota(view)
            admission = Admission(Outcome.DEFERRED, None)
        VIEWS.labels(admission.outcome).inc()
        return admission

    async def balance(self, caller: Caller) -> quota_pb2.Balance | None:
        """Return what remains to a caller, None when quota does not answer."""
        try:
            answer = await self._quota.GetBalance(
                quota_pb2.GetBalanceRequest(subject=caller.subject, plan=caller.plan, network=caller.network)
            )
        except Refusal as refusal:
            if not is_outage(refusal):
                raise
            return None
        return answer.balance

    def refusal(self, caller: Caller, admission: Admission) -> Refusal:
        """Return the refusal that tells an API caller of a denied view."""
        balance = admission.balance or quota_pb2.Balance()
        metadata = {"resource": "views", "limit": str(balance.limit), "used": str(balance.used), "remaining": "0"}
        retry_after = None
        if balance.HasField("window_ends_at"):
            metadata["window_ends_at"] = balance.window_ends_at.ToJsonString()
            retry_after = max(balance.window_ends_at.ToMilliseconds() / 1000 - time.time(), 1.0)
        message = self.limit_message(admission)
        by_network = admission.outcome is Outcome.DENIED_NETWORK
        return Refusal(
            Kind.EXHAUSTED,
            "NETWORK_VIEW_LIMIT_REACHED" if by_network else "VIEW_LIMIT_REACHED",
            message,
            metadata=metadata,
            quotas=(QuotaViolation(f"network:{caller.network}" if by_network else caller.subject, message),),
            retry_after=retry_after,
        )

    def limit_message(self, admission: Admission) -> str:
        """Return what a person is told whose view was denied."""
        balance = admission.balance or quota_pb2.Balance()
        reason = f"{balance.plan.capitalize()} accounts are limited to {balance.limit} page {_views(balance.limit)}."
        if admission.outcome is Outcome.DENIED_NETWORK:
            reason = "The guests of your network have used the views they share."
        register = ""
        if balance.plan == GUEST and self._register_views:
            register = f" Register free account to get {self._register_views} more {_views(self._register_views)}."
        return f"0 code page views remaining. {reason}{register}"

    async def _keep_for_quota(self, view: quota_pb2.RecordViewRequest) -> None:
        if self._serves_without_quota:
            served = events_pb2.ViewServed(
                subject=view.subject,
                plan=view.plan,
                page=view.page,
                request_id=view.request_id,
                network=view.network,
            )
            try:
                async with asyncio.timeout(_PUBLISH_SECONDS):
                    await self._events.publish(served, f"view-served:{view.request_id}")
                return
            except OSError:  # a timeout is one too
                pass
        VIEWS.labels("refused").inc()
        raise unavailable("Page views cannot be counted at the moment. Please try again shortly.")


def _view_id(caller: Caller, page: str, request_id: str) -> str:
    """Return the id that quota charges a view once by.

    The caller's own id counts only together with the caller and the page: quota answers an id again as it did first,
    so an id alone would open any page for anyone who knows one that was allowed.
    """
    if not request_id:
        return secrets.token_hex(16)
    if not _REQUEST_ID.fullmatch(request_id):
        raise invalid("x-request-id", "expected 1 to 128 letters, digits and _ . : -")
    return sha256(f"{caller.subject} {page} {request_id}".encode()).hexdigest()


def _views(count: int) -> str:
    return "view" if count == 1 else "views"
