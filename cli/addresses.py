"""Where the parts of a `codingahead up` listen, told to the other commands."""

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(os.environ.get("CODINGAHEAD_LOCAL_DIR", ".local"))

_OWNER = "CODINGAHEAD_UP_PID"


def publish_addresses(folder: Path, variables: Mapping[str, str]) -> None:
    """Write the settings under which the running parts are reached."""
    lines = {_OWNER: str(os.getpid()), **variables}
    _file(folder).write_text("".join(f"{name}={value}\n" for name, value in lines.items()))


def withdraw_addresses(folder: Path) -> None:
    """Forget them: nothing listens there any more."""
    _file(folder).unlink(missing_ok=True)


def adopt_running_addresses() -> None:
    """Use the addresses of the running `codingahead up`, where the environment does not name others."""
    if not _file(FOLDER).exists():
        return
    lines = dict(line.split("=", 1) for line in _file(FOLDER).read_text().splitlines())
    # A run that was killed has left its file behind.
    if _runs(int(lines.pop(_OWNER))):
        for name, value in lines.items():
            os.environ.setdefault(name, value)


def _file(folder: Path) -> Path:
    return folder / "addresses.env"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return True
