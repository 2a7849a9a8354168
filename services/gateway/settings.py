"""Settings of the gateway."""

from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from services.runtime.settings import LongSecret, Settings
from services.runtime.tokens import Verifier


class Upstreams(Settings):
    """Where the services behind the gateway are; all that a client on the same side of it needs."""

    lookup_target: str = Field("127.0.0.1:7001", description="gRPC target of lookup")
    quota_target: str = Field("127.0.0.1:7002", description="gRPC target of quota")
    accounts_target: str = Field("127.0.0.1:7003", description="gRPC target of accounts")
    assistant_target: str = Field("127.0.0.1:7004", description="gRPC target of the assistant")


class GatewaySettings(Upstreams):
    """What the gateway is told."""

    http_listen: str = Field("127.0.0.1:8080", description="Address of the web pages and the HTTP APIs")
    grpc_listen: str = Field("127.0.0.1:9090", description="Address of the public gRPC")
    gateway_metrics_listen: str = Field(
        "", description="Address of the gateway's metrics; unset: /metrics on the HTTP address"
    )
    cookie_secret: LongSecret = Field(
        description="Signs the guests' cookies and hashes their networks; at least 32 bytes, the same in every replica"
    )
    session_public_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        description="Public keys that access tokens are signed by, separated by commas; two while the key is changed"
    )
    trusted_proxies: int = Field(
        0, ge=0, le=8, description="Proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed"
    )
    quota_failure: Literal["serve", "refuse"] = Field(
        "serve",
        description="While quota does not answer: serve page views and charge them later, and calls of API keys and "
        "questions without counting them; or refuse all of them",
    )
    quota_timeout_seconds: float = Field(0.5, gt=0, description="Longest wait for quota before it counts as failed")
    accounts_timeout_seconds: float = Field(3.0, gt=0, description="Longest wait for accounts")
    request_timeout_seconds: float = Field(
        10.0, gt=0, description="Longest time an HTTP request may take, but for streams"
    )
    register_views: int = Field(5, ge=0, description="Views that registering adds, as told to guests at the limit")
    register_questions: int = Field(
        20, ge=0, description="Questions a day that registering gives, as told to guests at the limit"
    )

    @field_validator("session_public_keys", mode="before")
    @classmethod
    def _as_list(cls, keys: object) -> object:
        return [key.strip() for key in keys.split(",")] if isinstance(keys, str) else keys

    @field_validator("session_public_keys")
    @classmethod
    def _are_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        Verifier(keys)
        return keys
