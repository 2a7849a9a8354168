"""Settings of the assistant."""

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from services.runtime.database import DatabaseUrl
from services.runtime.settings import Settings


class DatabaseSettings(Settings):
    """Where the database is; all that a migration needs."""

    assistant_database_url: DatabaseUrl = Field(
        SecretStr("sqlite:///assistant.db"),
        description="Database of the assistant: sqlite:///PATH, or postgresql://USER:PASSWORD@HOST/NAME",
    )


class AssistantSettings(DatabaseSettings):
    """What the assistant is told."""

    assistant_listen: str = Field("127.0.0.1:7004", description="Address of the assistant's gRPC")
    assistant_metrics_listen: str = Field("", description="Address of the assistant's metrics; unset: none")
    lookup_target: str = Field("127.0.0.1:7001", description="gRPC target of lookup")
    lookup_timeout_seconds: float = Field(
        10.0, gt=0, description="Longest wait of the assistant for one answer of lookup"
    )
    conversation_retention_days: int = Field(
        90, ge=1, le=3650, description="How long a conversation is kept after its last question"
    )
    llm_base_url: str = Field(
        "",
        pattern="^(https?://.+)?$",
        description="Base URL of an OpenAI compatible API whose model helps the assistant; unset: no model does",
    )
    llm_api_key: SecretStr = Field(SecretStr(""), description="Key for that API, if it wants one")
    llm_model: str = Field("", validate_default=True, description="Name of the model that is asked there")
    llm_timeout_seconds: float = Field(20.0, gt=0, description="Longest time a model may take for one task")

    @field_validator("llm_model")
    @classmethod
    def _is_named(cls, model: str, info: ValidationInfo) -> str:
        if info.data.get("llm_base_url") and not model:
            raise ValueError("expected with CODINGAHEAD_LLM_BASE_URL")
        return model
