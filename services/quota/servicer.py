"""The contract of quota: a request becomes a call of the view wall, its answer a message."""

from typing import TypeVar

from codingahead.quota.v1 import quota_pb2 as pb

from services.quota.decisions import Allowance, Balance, Outcome, ViewWall
from services.runtime.events.outbox import Relay

Told = TypeVar("Told", pb.TakeCallResponse, pb.TakeQuestionResponse, pb.GetQuestionsResponse)


class QuotaServicer:
    """Answers codingahead.quota.v1.QuotaService."""

    def __init__(self, wall: ViewWall, relay: Relay) -> None:
        self._wall = wall
        self._relay = relay

    async def record_view(self, request: pb.RecordViewRequest) -> pb.RecordViewResponse:
        """Decide one view and charge it."""
        decision = await self._wall.record_view(
            request.subject, request.plan, request.page, request.request_id, request.network
        )
        if decision.outcome is Outcome.CHARGED:
            self._relay.notify()
        return pb.RecordViewResponse(
            outcome=pb.Outcome.ValueType(decision.outcome),
            allowed=decision.allowed,
            replayed=decision.replayed,
            balance=_balance(decision.balance),
        )

    async def get_balance(self, request: pb.GetBalanceRequest) -> pb.GetBalanceResponse:
        """Return what remains."""
        balance = await self._wall.get_balance(request.subject, request.plan, request.network)
        return pb.GetBalanceResponse(balance=_balance(balance))

    async def merge_balances(self, request: pb.MergeBalancesRequest) -> pb.MergeBalancesResponse:
        """Remember a guest's pages for a member."""
        merge = await self._wall.merge_balances(
            request.from_subject, request.from_network, request.to_subject, request.to_plan, request.request_id
        )
        return pb.MergeBalancesResponse(
            merged_pages=merge.pages, replayed=merge.replayed, balance=_balance(merge.balance)
        )

    async def grant_views(self, request: pb.GrantViewsRequest) -> pb.GrantViewsResponse:
        """Add views."""
        grant = await self._wall.grant_views(
            request.subject, request.plan, request.network, request.views, request.request_id
        )
        return pb.GrantViewsResponse(balance=_balance(grant.balance), replayed=grant.replayed)

    async def take_call(self, request: pb.TakeCallRequest) -> pb.TakeCallResponse:
        """Count a call of an API key."""
        allowance = await self._wall.take_call(request.subject, request.plan)
        return _told(allowance, pb.TakeCallResponse(allowed=allowance.allowed))

    async def take_question(self, request: pb.TakeQuestionRequest) -> pb.TakeQuestionResponse:
        """Count a question."""
        allowance = await self._wall.take_question(request.subject, request.plan, request.network)
        return _told(allowance, pb.TakeQuestionResponse(allowed=allowance.allowed))

    async def get_questions(self, request: pb.GetQuestionsRequest) -> pb.GetQuestionsResponse:
        """Return how many questions remain."""
        allowance = await self._wall.get_questions(request.subject, request.plan, request.network)
        return _told(allowance, pb.GetQuestionsResponse())


def _told(allowance: Allowance, answer: Told) -> Told:
    answer.unlimited = allowance.limit is None
    answer.limit = allowance.limit or 0
    answer.remaining = allowance.remaining
    if allowance.window_ends_at:
        answer.window_ends_at.FromDatetime(allowance.window_ends_at)
    return answer


def _balance(balance: Balance) -> pb.Balance:
    message = pb.Balance(
        plan=balance.plan.name,
        unlimited=balance.unlimited,
        limit=balance.limit,
        used=balance.used,
        remaining=balance.remaining,
    )
    if balance.window_ends_at:
        message.window_ends_at.FromDatetime(balance.window_ends_at)
    return message
