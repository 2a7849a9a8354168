import pytest
from pydantic import Field, ValidationError

from services.runtime.settings import Settings, explain, table


class ShopSettings(Settings):
    shelves: int = Field(3, ge=1, description="Shelves")


def test_settings_come_from_prefixed_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODINGAHEAD_SHELVES", "7")

    assert ShopSettings().shelves == 7


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODINGAHEAD_SHELVES", "")

    assert ShopSettings().shelves == 3


def test_a_wrong_value_is_explained_by_its_variable_and_without_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODINGAHEAD_SHELVES", "secret-word")

    with pytest.raises(ValidationError) as caught:
        ShopSettings()

    text = explain(caught.value)
    assert text.startswith("CODINGAHEAD_SHELVES: ")
    assert "secret-word" not in text


def test_the_table_lists_each_setting_once_by_variable() -> None:
    rows = table(Settings, ShopSettings)

    variables = [row.variable for row in rows]
    assert variables == sorted(set(variables))
    assert "CODINGAHEAD_SHELVES" in variables
    assert all(row.description for row in rows)
