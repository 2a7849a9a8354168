"""The view wall: who may open how many code pages.

The rules themselves run inside the store, as one atomic step for each call; this module says what may be asked, under
which plan, and what the answers mean.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from prometheus_client import Counter

from services.quota.plans import Plan, Plans
from services.runtime.errors import invalid

DECISIONS = Counter(
    "codingahead_quota_decisions_total", "Decisions on views, questions and calls", ["kind", "plan", "outcome"]
)

_SUBJECT = re.compile(r"[A-Za-z0-9:_.-]{1,128}")
_LONGEST = 128
_MOST_VIEWS = 10_000


class Outcome(IntEnum):
    """The result of a decision, numbered as in the contract."""

    CHARGED = 1
    ALREADY_OPENED = 2
    DENIED_LIMIT = 3
    DENIED_NETWORK = 4


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose views: a subject, and for a guest the network it was first seen on. Both together find the counters."""

    subject: str
    network: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a subject has under a plan. `granted` views come on top of the plan's, in every window."""

    plan: Plan
    used: int
    granted: int
    window_ends_at: datetime | None

    @property
    def unlimited(self) -> bool:
        """Whether the plan has no limit."""
        return self.plan.views is None

    @property
    def limit(self) -> int:
        """Views of the window, grants included; 0 when unlimited."""
        return 0 if self.plan.views is None else self.plan.views + self.granted

    @property
    def remaining(self) -> int:
        """Views that remain; 0 when unlimited."""
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one view. `replayed`: it was given before to the same request id."""

    outcome: Outcome
    replayed: bool
    balance: Balance

    @property
    def allowed(self) -> bool:
        """Whether the page may be served."""
        return self.outcome <= Outcome.ALREADY_OPENED


@dataclass(frozen=True, slots=True)
class Merge:
    """The result of a merge: `pages` are newly remembered."""

    pages: int
    replayed: bool
    balance: Balance


@dataclass(frozen=True, slots=True)
class Grant:
    """The result of a grant."""

    replayed: bool
    balance: Balance


@dataclass(frozen=True, slots=True)
class Allowance:
    """The answer to a call of an API key or to a question: of `limit` in the window, None for no limit, some remain.

    `window_ends_at`: None without a limit, and before the first one of the window.
    """

    allowed: bool
    limit: int | None
    remaining: int
    window_ends_at: datetime | None


_NO_LIMIT = Allowance(True, None, 0, None)


class Store(Protocol):
    """Where the counters are. Each method is exact under concurrency and raises a refusal when it cannot answer.

    A request id belongs to the subject and the kind of call. Used again for the same thing it returns the first answer;
    used for something else it is refused.
    """

    async def record_view(self, viewer: Viewer, plan: Plan, page: str, request_id: str, cap: Plan | None) -> Decision:
        """Decide one view and charge it; `cap` is what the viewer's network shares, if anything."""

    async def balance(self, viewer: Viewer, plan: Plan) -> Balance:
        """Return what remains, changing nothing."""

    async def merge(self, source: Viewer, target: Viewer, plan: Plan, request_id: str) -> Merge:
        """Remember for `target` the pages that `source` has opened, and give back what was charged for them."""

    async def grant(self, viewer: Viewer, plan: Plan, views: int, request_id: str) -> Grant:
        """Add views to this and every following window."""

    async def take_call(self, subject: str, limit: int) -> Allowance:
        """Count one call of an API key, unless it had `limit` of them in the minute that the first one began."""

    async def take_question(self, viewer: Viewer, limit: int, cap: int | None) -> Allowance:
        """Count one question, unless the viewer had `limit` of them in the day that the first one began.

        Nor when its network had `cap` of them in its day; what remains is the lesser of the two.
        """

    async def questions_left(self, viewer: Viewer, limit: int, cap: int | None) -> Allowance:
        """Return whether `take_question` would allow a question and how many remain, changing nothing."""

    async def forget(self, viewer: Viewer) -> None:
        """Delete what is kept of a viewer, the answers to its requests included."""


class ViewWall:
    """Checks what is asked and has the store decide it. Raises refusals that name the field."""

    def __init__(self, plans: Plans, store: Store) -> None:
        self._plans = plans
        self._store = store

    async def record_view(self, subject: str, plan: str, page: str, request_id: str, network: str) -> Decision:
        """Decide one view and charge it in the same step."""
        viewer = _viewer(subject, network)
        _check_text("page", page)
        _check_text("request_id", request_id)
        cap = self._plans.network if network else None
        decision = await self._store.record_view(viewer, self._plans.named(plan), page, request_id, cap)
        DECISIONS.labels("view", plan, "replayed" if decision.replayed else decision.outcome.name.lower()).inc()
        return decision

    async def get_balance(self, subject: str, plan: str, network: str) -> Balance:
        """Return what remains. Never writes."""
        return await self._store.balance(_viewer(subject, network), self._plans.named(plan))

    async def merge_balances(
        self, from_subject: str, from_network: str, to_subject: str, to_plan: str, request_id: str
    ) -> Merge:
        """Remember for one subject the pages that another has opened, without charging them.

        What was charged for one of them before is given back. The other keeps its count: a guest that became a member
        has no view left as a guest.
        """
        source = _viewer(from_subject, from_network, "from_subject", "from_network")
        target = _viewer(to_subject, "", "to_subject")
        _check_text("request_id", request_id)
        return await self._store.merge(source, target, self._plans.named(to_plan, "to_plan"), request_id)

    async def grant_views(self, subject: str, plan: str, network: str, views: int, request_id: str) -> Grant:
        """Add views to the current and following windows of a subject."""
        viewer = _viewer(subject, network)
        _check_text("request_id", request_id)
        if not 1 <= views <= _MOST_VIEWS:
            raise invalid("views", f"expected 1 to {_MOST_VIEWS}")
        return await self._store.grant(viewer, self._plans.named(plan), views, request_id)

    async def take_call(self, subject: str, plan: str) -> Allowance:
        """Count one call of an API key against what its owner's plan allows in a minute."""
        _check_subject("subject", subject)
        limit = self._plans.named(plan).calls_per_minute
        return _counted("call", plan, _NO_LIMIT if limit is None else await self._store.take_call(subject, limit))

    async def take_question(self, subject: str, plan: str, network: str) -> Allowance:
        """Count one question against what a plan allows in a day, and for a guest against what its network shares."""
        viewer = _viewer(subject, network)
        limit, cap = self._questions_of(plan, network)
        allowance = _NO_LIMIT if limit is None else await self._store.take_question(viewer, limit, cap)
        return _counted("question", plan, allowance)

    async def get_questions(self, subject: str, plan: str, network: str) -> Allowance:
        """Return how many questions remain, as `take_question` counts them. Never writes."""
        viewer = _viewer(subject, network)
        limit, cap = self._questions_of(plan, network)
        return _NO_LIMIT if limit is None else await self._store.questions_left(viewer, limit, cap)

    async def forget(self, subject: str) -> None:
        """Delete what is kept of a member: views, opened pages, grants, questions and remembered requests.

        What reaches the counters during or after this is not of it: it ends with its window.
        """
        await self._store.forget(_viewer(subject, ""))

    def _questions_of(self, plan: str, network: str) -> tuple[int | None, int | None]:
        """Return the questions of a plan in a day, and those that the guests of a network share; None for no limit."""
        cap = self._plans.network.questions_per_day if network and self._plans.network else None
        return self._plans.named(plan).questions_per_day, cap


def _counted(kind: str, plan: str, allowance: Allowance) -> Allowance:
    DECISIONS.labels(kind, plan, "allowed" if allowance.allowed else "denied").inc()
    return allowance


def _viewer(subject: str, network: str, subject_field: str = "subject", network_field: str = "network") -> Viewer:
    _check_subject(subject_field, subject)
    if network:
        _check_text(network_field, network)
    return Viewer(subject, network)


def _check_subject(field: str, subject: str) -> None:
    if not _SUBJECT.fullmatch(subject):
        raise invalid(field, 'expected 1 to 128 characters of letters, digits and ":_-."')


def _check_text(field: str, text: str) -> None:
    if not (0 < len(text) <= _LONGEST and text.isprintable()):
        raise invalid(field, f"expected 1 to {_LONGEST} printable characters")
