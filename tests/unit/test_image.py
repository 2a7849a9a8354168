"""The image's files: what goes into it, and that its services can be reached."""

import re
import sys
from pathlib import Path

import pytest

from cli.main import commands
from cli.settings import every_setting
from services.lookup.search.vocabulary import concepts
from tests.conftest import REPOSITORY

DOCKERFILE = re.sub(r"\\\n\s*", "", (REPOSITORY / "deploy" / "docker" / "Dockerfile").read_text())


def test_only_what_is_locked_is_installed() -> None:
    installs = re.findall(r"\bpip (?:--python \S+ )?(?:install|wheel)[^&\n]*", DOCKERFILE)

    assert installs
    for command in installs:
        assert "--require-hashes --only-binary :all:" in command or "--no-index --no-deps" in command


def test_the_build_is_given_the_sources_and_nothing_else() -> None:
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    everything, *exceptions = [line for line in lines if line and not line.startswith("#")]

    assert everything == "*"
    assert {line for line in exceptions if line.startswith("!")} == {
        f"!{path}" for path in ("pyproject.toml", "requirements", "cli", "deploy", "proto/gen", "services")
    }


def test_the_files_of_the_vocabularies_that_are_read_are_kept() -> None:
    read = re.findall(r'"([\w.]+\.(?:tsv|obo))"', Path(concepts.__file__).read_text())

    assert read
    assert set(re.findall(r"! -path [\w/]+/([\w.]+)", DOCKERFILE)) == set(read)


def test_every_listener_is_open_to_others() -> None:
    given = dict(re.findall(r"(CODINGAHEAD_\w+)=(\S+)", DOCKERFILE))
    exposed = re.search(r"^EXPOSE (.*)$", DOCKERFILE, re.MULTILINE)
    listeners = {row.variable: row.default for row in every_setting() if row.variable.endswith("_LISTEN")}

    assert exposed
    assert {address.rpartition(":")[2] for address in given.values() if ":" in address} == set(exposed[1].split())
    for variable, default in listeners.items():
        host, _, port = given[variable].rpartition(":")
        assert host == "[::]"
        assert not default or default.endswith(f":{port}")


def test_commands_are_there_without_what_runs_data_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)

    names = {command.name for command in commands(()).registered_commands}

    assert "serve" in names
    assert "up" not in names
