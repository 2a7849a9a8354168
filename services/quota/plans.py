"""Plans: how many views a subject has and for how long they count, its questions, and the calls of its API keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.runtime.errors import invalid

# The cap that all guests of one network share. Configured like a plan, but no caller may name it.
NETWORK = "network"

# "views", "calls_per_minute" and "questions_per_day" null: not limited. "window_days" is also how long an opened page
# stays open.
DEFAULT_PLANS: Mapping[str, Mapping[str, float | None]] = {
    "guest": {"views": 1, "window_days": 30, "questions_per_day": 3},
    "member": {"views": 5, "window_days": 30, "calls_per_minute": 60, "questions_per_day": 20},
    "subscriber": {"views": None, "window_days": 30, "calls_per_minute": 600, "questions_per_day": None},
    NETWORK: {"views": 10, "window_days": 1, "questions_per_day": 30},
}

_DEFAULT_WINDOW_DAYS = 30
# A configuration that does not speak of calls or of questions must not leave them without a limit.
_DEFAULT_CALLS_PER_MINUTE = 60
_DEFAULT_QUESTIONS_PER_DAY = 3
_DEFAULT_QUESTIONS_OF_A_NETWORK = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: `views` in each window, `calls_per_minute` for each API key, `questions_per_day`; None for no limit."""

    name: str
    views: int | None
    window: timedelta
    calls_per_minute: int | None = _DEFAULT_CALLS_PER_MINUTE
    questions_per_day: int | None = _DEFAULT_QUESTIONS_PER_DAY

    def __post_init__(self) -> None:
        if self.views is not None and self.views < 0:
            raise ValueError(f"plan {self.name}: views must not be negative")
        if self.window < timedelta(milliseconds=1):
            raise ValueError(f"plan {self.name}: the window must be positive")
        if self.calls_per_minute is not None and self.calls_per_minute < 1:
            raise ValueError(f"plan {self.name}: calls_per_minute must be positive")
        if self.questions_per_day is not None and self.questions_per_day < 0:
            raise ValueError(f"plan {self.name}: questions_per_day must not be negative")


class Plans:
    """The configured plans. Raises ValueError for a configuration that is not one, such as `DEFAULT_PLANS` is.

    Without the entry `network`, guests of one network share no cap.
    """

    def __init__(self, config: Mapping[str, Mapping[str, float | None]]) -> None:
        plans = {name: _plan(name, terms) for name, terms in config.items()}
        self.network = plans.pop(NETWORK, None)
        self._plans = plans
        self._expected = f"expected one of {', '.join(plans)}"

    def named(self, name: str, field: str = "plan") -> Plan:
        """Return the plan that a request names in `field`. Raises a refusal when there is none."""
        plan = self._plans.get(name)
        if plan is None:
            raise invalid(field, self._expected)
        return plan


def _plan(name: str, terms: Mapping[str, float | None]) -> Plan:
    optional = ["window_days", "questions_per_day"] + ([] if name == NETWORK else ["calls_per_minute"])
    if "views" not in terms or terms.keys() - {"views", *optional}:
        raise ValueError(f"plan {name}: expected views (a number or null) and, if wished, {', '.join(optional)}")
    days = terms.get("window_days", _DEFAULT_WINDOW_DAYS)
    if days is None:
        raise ValueError(f"plan {name}: window_days must be a number")
    questions = _DEFAULT_QUESTIONS_OF_A_NETWORK if name == NETWORK else _DEFAULT_QUESTIONS_PER_DAY
    return Plan(
        name,
        views=_whole(name, "views", terms["views"]),
        window=timedelta(days=days),
        calls_per_minute=_whole(name, "calls_per_minute", terms.get("calls_per_minute", _DEFAULT_CALLS_PER_MINUTE)),
        questions_per_day=_whole(name, "questions_per_day", terms.get("questions_per_day", questions)),
    )


def _whole(plan: str, term: str, number: float | None) -> int | None:
    if number is None:
        return None
    if number != int(number):
        raise ValueError(f"plan {plan}: {term} must be a whole number")
    return int(number)
