"""Settings of quota."""

from pydantic import Field, SecretStr, field_validator

from services.quota.plans import DEFAULT_PLANS, Plans
from services.quota.redis_url import RedisUrl
from services.runtime.settings import Settings


class QuotaSettings(Settings):
    """What quota is told."""

    quota_listen: str = Field("127.0.0.1:7002", description="Address of quota's gRPC")
    quota_metrics_listen: str = Field("", description="Address of quota's metrics; unset: none")
    redis_url: RedisUrl = Field(
        SecretStr("redis://127.0.0.1:6379"),
        description="Redis or Valkey that keeps the view counters: redis://[user:password@]host:port/database, "
        "redis+cluster://host:port,... or redis+sentinel://host:port,.../service; rediss with TLS",
    )
    redis_timeout_seconds: float = Field(0.25, gt=0, description="Longest wait for Redis before quota is unavailable")
    redis_replicas: int = Field(
        0,
        ge=0,
        description="Replicas that have a change before it is answered, so that none is lost when one takes over; "
        "without them quota is unavailable",
    )
    plans: dict[str, dict[str, float | None]] = Field(
        {name: dict(terms) for name, terms in DEFAULT_PLANS.items()},
        description="Views of each plan, days they count, calls a minute of each API key (60 where absent), questions "
        "a day (3 where absent), as JSON; null: not limited; network: what guests share",
    )

    @field_validator("plans")
    @classmethod
    def _are_plans(cls, plans: dict[str, dict[str, float | None]]) -> dict[str, dict[str, float | None]]:
        Plans(plans)
        return plans
