import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import addresses

VARIABLE = "CODINGAHEAD_LOOKUP_TARGET"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(addresses, "FOLDER", tmp_path)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ.pop(VARIABLE, None)
    return tmp_path


def test_the_addresses_of_a_running_product_are_used(folder: Path) -> None:
    addresses.publish_addresses(folder, {VARIABLE: "127.0.0.1:1234"})

    addresses.adopt_running_addresses()

    assert os.environ[VARIABLE] == "127.0.0.1:1234"


def test_what_the_environment_says_goes_first(folder: Path) -> None:
    os.environ[VARIABLE] = "lookup:7001"
    addresses.publish_addresses(folder, {VARIABLE: "127.0.0.1:1234"})

    addresses.adopt_running_addresses()

    assert os.environ[VARIABLE] == "lookup:7001"


def test_the_addresses_of_a_run_that_was_killed_are_not_used(folder: Path) -> None:
    addresses.publish_addresses(folder, {VARIABLE: "127.0.0.1:1234"})
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    path = folder / "addresses.env"
    path.write_text(path.read_text().replace(str(os.getpid()), str(ended.pid), 1))

    addresses.adopt_running_addresses()

    assert VARIABLE not in os.environ


def test_addresses_that_were_withdrawn_are_not_used(folder: Path) -> None:
    addresses.publish_addresses(folder, {VARIABLE: "127.0.0.1:1234"})
    addresses.withdraw_addresses(folder)

    addresses.adopt_running_addresses()

    assert VARIABLE not in os.environ
