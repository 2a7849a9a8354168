"""Where the parts of a `codingahead up` listen, told to the other commands."""

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(os.environ.get("CODINGAHEAD_LOCAL_DIR", ".local"))


def _file(folder: Path) -> Path:
    return folder / "addresses.env"


def publish_addresses(folder: Path, variables: Mapping[str, str]) -> None:
    """Write the settings under which the running parts are reached."""
    _file(folder).write_text("".join(f"{name}={value}\n" for name, value in variables.items()))


def withdraw_addresses(folder: Path) -> None:
    """Forget them: nothing listens there any more."""
    _file(folder).unlink(missing_ok=True)


def adopt_running_addresses() -> None:
    """Use the addresses of the running `codingahead up`, where the environment does not name others."""
    if not _file(FOLDER).exists():
        return
    for line in _file(FOLDER).read_text().splitlines():
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)
