"""The rules of the view wall in plain Python, in memory and without a clock: what the real store is compared with."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from services.quota.decisions import Allowance, Balance, Decision, Grant, Merge, Outcome, Viewer
from services.quota.plans import Plan
from services.runtime.errors import invalid

SOME_DAY = datetime(2026, 7, 1, tzinfo=UTC)


@dataclass
class Window:
    """`pages` says of each opened page whether it was charged."""

    pages: dict[str, bool] = field(default_factory=dict)

    @property
    def used(self) -> int:
        return sum(self.pages.values())


class Reference:
    """A decisions.Store. `events` are (name, subject, what remains or the limit)."""

    def __init__(self) -> None:
        self.windows: dict[str, Window] = {}
        self.networks: Counter[str] = Counter()
        self.granted: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.questions: Counter[str] = Counter()
        self.network_questions: Counter[str] = Counter()
        self.events: list[tuple[str, str, int]] = []
        self._views: dict[tuple[str, str], tuple[str, Decision]] = {}
        self._merges: dict[tuple[str, str], tuple[str, Merge]] = {}
        self._grants: dict[tuple[str, str], tuple[int, Grant]] = {}

    def end_window(self, subject: str) -> None:
        self.windows.pop(subject, None)

    def end_minute(self, subject: str) -> None:
        del self.calls[subject]

    def end_day(self, subject: str) -> None:
        del self.questions[subject]

    async def balance(self, viewer: Viewer, plan: Plan) -> Balance:
        window = self.windows.get(viewer.subject)
        return Balance(plan, window.used if window else 0, self.granted[viewer.subject], SOME_DAY if window else None)

    async def record_view(self, viewer: Viewer, plan: Plan, page: str, request_id: str, cap: Plan | None) -> Decision:
        request = viewer.subject, request_id
        if request in self._views:
            first_page, first = self._views[request]
            if first_page != page:
                raise invalid("request_id", "used")
            return replace(first, replayed=True, balance=replace(first.balance, plan=plan))
        window = self.windows.get(viewer.subject, Window())
        balance = await self.balance(viewer, plan)
        if page in window.pages:
            outcome = Outcome.ALREADY_OPENED
        elif plan.views is not None and balance.remaining == 0:
            return Decision(Outcome.DENIED_LIMIT, False, balance)
        elif cap and cap.views is not None and self.networks[viewer.network] >= cap.views:
            return Decision(Outcome.DENIED_NETWORK, False, balance)
        else:
            outcome = Outcome.CHARGED
            self.windows[viewer.subject] = window
            window.pages[page] = True
            if cap:
                self.networks[viewer.network] += 1
            balance = await self.balance(viewer, plan)
            self.events.append(("ViewCharged", viewer.subject, balance.remaining))
            if balance.used == balance.limit:
                self.events.append(("LimitReached", viewer.subject, balance.limit))
        decision = Decision(outcome, False, balance)
        self._views[request] = page, decision
        return decision

    async def merge(self, source: Viewer, target: Viewer, plan: Plan, request_id: str) -> Merge:
        request = target.subject, request_id
        if request in self._merges:
            first_source, first = self._merges[request]
            if first_source != source.subject:
                raise invalid("request_id", "used")
            return replace(first, replayed=True, balance=replace(first.balance, plan=plan))
        pages = set(self.windows.get(source.subject, Window()).pages)
        new = pages - set(self.windows.get(target.subject, Window()).pages)
        if pages:
            self.windows.setdefault(target.subject, Window()).pages.update(dict.fromkeys(pages, False))
        merge = Merge(len(new), False, await self.balance(target, plan))
        self._merges[request] = source.subject, merge
        return merge

    async def grant(self, viewer: Viewer, plan: Plan, views: int, request_id: str) -> Grant:
        request = viewer.subject, request_id
        if request in self._grants:
            first_views, first = self._grants[request]
            if first_views != views:
                raise invalid("request_id", "used")
            return replace(first, replayed=True, balance=replace(first.balance, plan=plan))
        self.granted[viewer.subject] += views
        grant = Grant(False, await self.balance(viewer, plan))
        self._grants[request] = views, grant
        return grant

    async def take_call(self, subject: str, limit: int) -> Allowance:
        allowed = self.calls[subject] < limit
        self.calls[subject] += allowed
        return Allowance(allowed, limit, max(0, limit - self.calls[subject]), SOME_DAY)

    async def take_question(self, viewer: Viewer, limit: int, cap: int | None) -> Allowance:
        before = await self.questions_left(viewer, limit, cap)
        if not before.allowed:
            return before
        self.questions[viewer.subject] += 1
        if cap is not None:
            self.network_questions[viewer.network] += 1
        return Allowance(True, limit, before.remaining - 1, SOME_DAY)

    async def questions_left(self, viewer: Viewer, limit: int, cap: int | None) -> Allowance:
        used = self.questions[viewer.subject]
        remaining = limit - used
        if cap is not None:
            of_network = self.network_questions[viewer.network]
            remaining, used = min((remaining, used), (cap - of_network, of_network), key=lambda count: count[0])
        return Allowance(remaining > 0, limit, max(0, remaining), SOME_DAY if used else None)

    async def forget(self, viewer: Viewer) -> None:
        self.windows.pop(viewer.subject, None)
        del self.questions[viewer.subject]
        del self.granted[viewer.subject]
        for requests in (self._views, self._merges, self._grants):
            for request in [request for request in requests if request[0] == viewer.subject]:
                del requests[request]
