"""Typed settings, read from the environment (CODINGAHEAD_*) and from secret files."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CODINGAHEAD_"
SECRETS_FOLDER = os.environ.get(f"{PREFIX}SECRETS_DIR")

_SECRET_BYTES = 32


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < _SECRET_BYTES:
        raise ValueError(f"expected at least {_SECRET_BYTES} bytes")
    return secret


# A secret that keys are made of.
LongSecret = Annotated[SecretStr, AfterValidator(_long_enough)]


class Unusable(Exception):
    """A setting that is well formed but cannot be used, such as a file that is missing. The text names it."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{PREFIX}{setting.upper()}: {reason}")


class Settings(BaseSettings):
    """What every service is told. A service adds its own settings in a subclass.

    A setting `redis_url` is read from CODINGAHEAD_REDIS_URL, or from the file of that name in the folder
    CODINGAHEAD_SECRETS_DIR.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, secrets_dir=SECRETS_FOLDER, frozen=True, extra="ignore", env_ignore_empty=True
    )

    nats_url: SecretStr = Field(
        SecretStr("nats://127.0.0.1:4222"),
        description="NATS servers with JetStream, separated by commas: nats://[USER:PASSWORD@]HOST[:PORT], or tls://",
    )
    event_replicas: int = Field(1, ge=1, le=5, description="Copies of each event stream; 3 in production")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Lowest level that is logged")
    log_json: bool | None = Field(None, description="JSON log lines; unset: unless standard error is a terminal")
    health_listen: str = Field(
        "",
        description="Address of gRPC health without TLS, for probes: the service `live` lives, the empty one is ready; "
        "unset: none",
    )
    tls_certificate: Path | None = Field(
        None,
        description="PEM file with the certificate that is shown to other services, its chain behind it; unset: no TLS",
    )
    tls_key: Path | None = Field(None, description="PEM file with the key of that certificate")
    tls_ca: Path | None = Field(
        None,
        description="PEM file with the authorities by which other services are trusted; who calls must show a "
        "certificate of theirs",
    )
    otlp_endpoint: str = Field(
        "",
        pattern="^(https?://.+)?$",
        description="OTLP collector that traces are sent to by gRPC, such as http://collector:4317; unset: no traces",
    )
    trace_share: float = Field(
        1.0, ge=0, le=1, description="Share of the traces that begin here which is kept; callers decide about theirs"
    )
    drain_seconds: float = Field(1.0, ge=0, description="Wait between not ready and stopping, for callers to notice")
    stop_seconds: float = Field(2.5, ge=0, description="Longest wait for the calls under way when stopping")
    connection_age_seconds: float = Field(
        300.0, gt=0, description="Age at which a gRPC connection is renewed, so that new replicas get their share"
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings table."""

    variable: str
    default: str
    description: str


def table(*kinds: type[Settings]) -> list[Setting]:
    """Return every setting of the given classes once, by name."""
    fields = {name: field for kind in kinds for name, field in kind.model_fields.items()}
    return [
        Setting(
            f"{PREFIX}{name.upper()}",
            "" if field.is_required() else _written(field.get_default(call_default_factory=True)),
            field.description or "",
        )
        for name, field in sorted(fields.items())
    ]


def _written(default: object) -> str:
    """Return a default as one would write it in the environment."""
    if default is None:
        return ""
    if isinstance(default, SecretStr):
        return default.get_secret_value()  # what everybody has is no secret
    return json.dumps(default) if isinstance(default, dict) else str(default)


def explain(error: ValidationError) -> str:
    """Return a settings error as lines that name the variables; values are left out, they may be secrets."""
    return "\n".join(f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
