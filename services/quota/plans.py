"""Plans: how many views a subject has, and for how long they count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.runtime.errors import invalid

# The cap that all guests of one network share. Configured like a plan, but no caller may name it.
NETWORK = "network"

# "views" null: not limited. "window_days" is also how long an opened page stays open.
DEFAULT_PLANS: Mapping[str, Mapping[str, float | None]] = {
    "guest": {"views": 1, "window_days": 30},
    "member": {"views": 5, "window_days": 30},
    "subscriber": {"views": None, "window_days": 30},
    NETWORK: {"views": 10, "window_days": 1},
}

_DEFAULT_WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: `views` in each window, None for no limit."""

    name: str
    views: int | None
    window: timedelta

    def __post_init__(self) -> None:
        if self.views is not None and self.views < 0:
            raise ValueError(f"plan {self.name}: views must not be negative")
        if self.window < timedelta(milliseconds=1):
            raise ValueError(f"plan {self.name}: the window must be positive")


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
    if "views" not in terms or terms.keys() - {"views", "window_days"}:
        raise ValueError(f'plan {name}: expected "views" (a number or null) and "window_days"')
    views, days = terms["views"], terms.get("window_days", _DEFAULT_WINDOW_DAYS)
    if views is not None and views != int(views):
        raise ValueError(f"plan {name}: views must be a whole number")
    if days is None:
        raise ValueError(f"plan {name}: window_days must be a number")
    return Plan(name, None if views is None else int(views), timedelta(days=days))
