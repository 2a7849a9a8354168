"""How many questions a caller may ask, asked of quota."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

from codingahead.quota.v1 import quota_pb2
from prometheus_client import Counter

from services.gateway.identity import Caller
from services.gateway.outages import is_outage
from services.gateway.settings import GatewaySettings
from services.runtime import metrics
from services.runtime.errors import Kind, QuotaViolation, Refusal, unavailable

if TYPE_CHECKING:
    from codingahead.quota.v1.quota_pb2_grpc import QuotaServiceAsyncStub

QUESTIONS = Counter("codingahead_gateway_questions_total", "Questions by what became of them", ["outcome"])
metrics.begin(QUESTIONS, ("counted", "denied", "uncounted", "refused"))

LIMIT_REACHED = "QUESTION_LIMIT_REACHED"

Event = TypeVar("Event")


class Questions:
    """Counts questions. While quota does not answer, the setting `quota_failure` says what happens.

    `serve`: they are answered and not counted. `refuse`: they are refused.
    """

    def __init__(self, quota: "QuotaServiceAsyncStub", settings: GatewaySettings) -> None:
        self._quota = quota
        self._serves_without_quota = settings.quota_failure == "serve"
        self._register_questions = settings.register_questions

    async def left(self, caller: Caller) -> quota_pb2.GetQuestionsResponse | None:
        """Return what remains to a caller, None when quota does not answer."""
        request = quota_pb2.GetQuestionsRequest(subject=caller.subject, plan=caller.plan, network=caller.network)
        try:
            return await self._quota.GetQuestions(request)
        except Refusal as refusal:
            if not is_outage(refusal):
                raise
            return None

    async def charge(
        self, caller: Caller, answer: AsyncGenerator[Event, None]
    ) -> tuple[quota_pb2.TakeQuestionResponse | None, AsyncGenerator[Event, None]]:
        """Count a question once its answer has begun; return what remains, and the whole answer.

        What remains is None when quota does not answer and questions go on without it. Raises what the answer raises
        instead of beginning, which costs nothing, and a Refusal of kind EXHAUSTED, reason LIMIT_REACHED, when no
        question remains, which ends the answer.
        """
        left = await self.left(caller)
        # Who has none is not worked for, and finds nothing answered in a stored conversation.
        if left and not left.unlimited and left.remaining == 0:
            QUESTIONS.labels("denied").inc()
            raise self._limit_reached(caller, left)
        first = await anext(answer)
        try:
            taken = await self._take(caller)
        except BaseException:
            await answer.aclose()
            raise
        return taken, _resumed(first, answer)

    async def _take(self, caller: Caller) -> quota_pb2.TakeQuestionResponse | None:
        request = quota_pb2.TakeQuestionRequest(subject=caller.subject, plan=caller.plan, network=caller.network)
        try:
            answer = await self._quota.TakeQuestion(request)
        except Refusal as refusal:
            if not is_outage(refusal):
                raise
            if self._serves_without_quota:
                QUESTIONS.labels("uncounted").inc()
                return None
            QUESTIONS.labels("refused").inc()
            raise unavailable("Questions cannot be counted at the moment. Please try again shortly.") from None
        QUESTIONS.labels("counted" if answer.allowed else "denied").inc()
        if not answer.allowed:
            raise self._limit_reached(caller, answer)
        return answer

    def _limit_reached(
        self, caller: Caller, answer: quota_pb2.GetQuestionsResponse | quota_pb2.TakeQuestionResponse
    ) -> Refusal:
        message = f"0 questions remaining. {self._reason(caller, answer.limit)}"
        metadata = {"resource": "questions", "limit": str(answer.limit), "remaining": "0"}
        retry_after = None
        if answer.HasField("window_ends_at"):
            metadata["window_ends_at"] = answer.window_ends_at.ToJsonString()
            retry_after = max(answer.window_ends_at.ToMilliseconds() / 1000 - time.time(), 1.0)
        return Refusal(
            Kind.EXHAUSTED,
            LIMIT_REACHED,
            message,
            metadata=metadata,
            quotas=(QuotaViolation(caller.subject, message),),
            retry_after=retry_after,
        )

    def _reason(self, caller: Caller, limit: int) -> str:
        """Return why none remains, and what would help."""
        reason = f"{caller.plan.capitalize()} accounts are limited to {_questions(limit)} a day"
        if caller.is_member:
            return f"{reason}."
        register = ""
        if self._register_questions:
            register = f" Register free account to get {_questions(self._register_questions)} a day."
        return f"{reason}, and the guests of a network share a limit.{register}"


async def _resumed(first: Event, rest: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
    async with aclosing(rest):
        yield first
        async for event in rest:
            yield event


def _questions(count: int) -> str:
    return f"{count} question" if count == 1 else f"{count} questions"
