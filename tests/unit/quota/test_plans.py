from collections.abc import Mapping
from datetime import timedelta

import pytest

from services.quota.plans import DEFAULT_PLANS, Plan, Plans
from services.runtime.errors import Kind, Refusal


def test_the_default_plans_are_those_of_the_product() -> None:
    plans = Plans(DEFAULT_PLANS)

    assert plans.named("guest") == Plan("guest", 1, timedelta(days=30))
    assert plans.named("member") == Plan("member", 5, timedelta(days=30), questions_per_day=20)
    assert plans.named("member").calls_per_minute == 60
    subscriber = plans.named("subscriber")
    assert (subscriber.views, subscriber.calls_per_minute, subscriber.questions_per_day) == (None, 600, None)
    assert plans.network == Plan("network", 10, timedelta(days=1), questions_per_day=30)


@pytest.mark.parametrize("name", ["", "vip", "Guest", "network"])
def test_a_request_may_name_only_a_plan_for_people(name: str) -> None:
    with pytest.raises(Refusal) as caught:
        Plans(DEFAULT_PLANS).named(name, "to_plan")

    assert caught.value.kind is Kind.INVALID
    assert caught.value.message == "to_plan: expected one of guest, member, subscriber"


def test_a_plan_needs_no_window_and_there_need_be_no_network_cap() -> None:
    plans = Plans({"trial": {"views": 3}})

    assert plans.named("trial") == Plan("trial", 3, timedelta(days=30))
    assert plans.network is None


def test_calls_and_questions_are_not_limited_only_where_the_plan_says_so() -> None:
    no_limit = {"views": 3, "calls_per_minute": None, "questions_per_day": None}
    plans = Plans({"silent": {"views": 3}, "open": no_limit, "network": {"views": 3}})

    silent, no_limits = plans.named("silent"), plans.named("open")
    assert (silent.calls_per_minute, silent.questions_per_day) == (60, 3)
    assert (no_limits.calls_per_minute, no_limits.questions_per_day) == (None, None)
    assert plans.network is not None
    assert plans.network.questions_per_day == 30


def test_a_network_makes_no_calls() -> None:
    with pytest.raises(ValueError, match="plan network: "):
        Plans({"network": {"views": 10, "calls_per_minute": 60}})


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"window_days": 30},
        {"views": -1},
        {"views": 1.5},
        {"views": 1, "window_days": 0},
        {"views": 1, "window_days": None},
        {"views": 1, "window": 30},
        {"views": 1, "calls_per_minute": 0},
        {"views": 1, "calls_per_minute": -1},
        {"views": 1, "calls_per_minute": 1.5},
        {"views": 1, "questions_per_day": -1},
        {"views": 1, "questions_per_day": 1.5},
    ],
)
def test_a_wrong_configuration_is_refused_by_the_name_of_its_plan(terms: Mapping[str, float | None]) -> None:
    with pytest.raises(ValueError, match="plan trial: "):
        Plans({"trial": terms})
