from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import commands
from services.accounts.seal import signer_of
from services.runtime.tokens import Verifier

SECRET = "a secret of accounts for tests, of 32 bytes and more"


def test_the_public_key_is_the_one_that_gateways_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODINGAHEAD_ACCOUNTS_SECRET", SECRET)

    result = CliRunner().invoke(commands(()), ["accounts", "public-key"])

    assert result.output == f"{signer_of(SECRET).public_key}\n"
    assert Verifier([result.output.strip()])


def test_migrating_again_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CODINGAHEAD_DATABASE_URL", f"sqlite:///{tmp_path}/accounts.db")

    for _ in range(2):
        result = CliRunner().invoke(commands(()), ["accounts", "migrate"])
        assert (result.exit_code, result.output) == (0, "The accounts database is up to date.\n")


def test_views_are_not_granted_to_who_has_no_limit() -> None:
    result = CliRunner().invoke(commands(()), ["accounts", "grant", "ada@example.org", "--views", "20"])

    assert result.exit_code == 2
    assert "--plan member" in result.output
