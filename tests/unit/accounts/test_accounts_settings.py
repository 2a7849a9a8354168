import pytest
from pydantic import ValidationError

from services.accounts.settings import AccountsSettings
from services.runtime.settings import explain

SECRET = "a secret of accounts for tests, of 32 bytes and more"


def test_the_secret_alone_is_needed() -> None:
    settings = AccountsSettings(accounts_secret=SECRET)

    assert settings.database_url.get_secret_value() == "sqlite:///accounts.db"
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("accounts_secret", "too-short-to-be-secret", "at least 32 bytes"),
        ("database_url", "mysql://user:hunter2@host/accounts", "sqlite:/// or postgresql://"),
        ("smtp_url", "http://user:hunter2@host", "smtp://"),
        ("mail_from", "nobody", "expected a sender"),
        ("public_url", "codes.example.org", "pattern"),
        ("public_url", "https://codes.example.org/pages/", "pattern"),
    ],
)
def test_a_setting_that_is_wrong_is_named_with_what_was_expected_and_without_its_value(
    variable: str, value: str, expected: str
) -> None:
    with pytest.raises(ValidationError) as error:
        AccountsSettings(**{"accounts_secret": SECRET, variable: value})  # type: ignore[arg-type]

    told = explain(error.value)
    assert told.startswith(f"CODINGAHEAD_{variable.upper()}: ")
    assert expected in told
    assert value not in told
    assert "hunter2" not in told
