import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from cli.main import commands
from services.assistant.settings import AssistantSettings
from services.runtime.settings import explain


def test_nothing_is_needed_and_no_model_is_asked() -> None:
    settings = AssistantSettings()

    assert settings.assistant_database_url.get_secret_value() == "sqlite:///assistant.db"
    assert settings.llm_base_url == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"assistant_database_url": "mysql://user:hunter2@host/a"},
            "ASSISTANT_DATABASE_URL: .*sqlite:/// or ",
        ),
        ({"llm_base_url": "ftp://hunter2.example"}, "LLM_BASE_URL: .*pattern"),
        ({"llm_base_url": "https://models.example/v1"}, "LLM_MODEL: .*expected with CODINGAHEAD_LLM_BASE_URL"),
        ({"conversation_retention_days": 0}, "CONVERSATION_RETENTION_DAYS: "),
    ],
)
def test_a_setting_that_is_wrong_is_named_with_what_was_expected(values: dict[str, object], expected: str) -> None:
    with pytest.raises(ValidationError) as error:
        AssistantSettings(**values)  # type: ignore[arg-type]

    told = explain(error.value)
    assert re.match(f"CODINGAHEAD_{expected}", told)
    assert "hunter2" not in told


def test_migrating_again_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CODINGAHEAD_ASSISTANT_DATABASE_URL", f"sqlite:///{tmp_path}/assistant.db")

    for _ in range(2):
        result = CliRunner().invoke(commands(()), ["assistant", "migrate"])
        assert (result.exit_code, result.output) == (0, "The assistant database is up to date.\n")
