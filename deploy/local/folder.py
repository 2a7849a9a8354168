"""The folder of one run: who owns it, and which processes an earlier owner left behind."""

import fcntl
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

# Start times are derived from the boot time, which moves a little when the clock is corrected.
START_TIME_TOLERANCE_S = 2.0


class FolderInUse(Exception):
    """Another run owns the folder."""


def try_lock(path: Path) -> IO[str] | None:
    """Lock a file until the returned handle is closed or this process ends; None when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Own `folder` for the length of the block. Raises FolderInUse, naming the process that owns it."""
    path = folder / "run" / "lock"
    handle = try_lock(path)
    if handle is None:
        raise FolderInUse(f"{folder} is in use by process {path.read_text()}: stop it first, or use another folder")
    with handle:
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


class PidFiles:
    """Notes on the running children, so that a later owner of the folder can end those it finds still running."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "run"

    def write(self, name: str, pid: int) -> None:
        """Note that the child `name` runs as `pid`."""
        try:
            note = {"pid": pid, "started": psutil.Process(pid).create_time()}
        except psutil.NoSuchProcess:
            return
        path = self._folder / f"{name}.pid"
        new = path.with_suffix(".new")
        new.write_text(json.dumps(note))
        new.replace(path)  # whole or not at all, whenever this process is killed

    def remove(self, name: str) -> None:
        """Note that the child `name` has ended."""
        (self._folder / f"{name}.pid").unlink(missing_ok=True)

    def end_leftovers(self, grace: float) -> None:
        """End the children of a run that was killed: SIGTERM, `grace` seconds, SIGKILL."""
        paths = list(self._folder.glob("*.pid"))
        leftovers = [process for path in paths if (process := _running(path))]
        for process in leftovers:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        _, stubborn = psutil.wait_procs(leftovers, timeout=grace)
        for process in stubborn:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # each child leads a group of its own
        psutil.wait_procs(stubborn, timeout=grace)
        for path in paths:
            path.unlink()


def _running(path: Path) -> psutil.Process | None:
    """The process that a pid file names, if it is that one that runs and not a later one with its number."""
    try:
        note = json.loads(path.read_text())
        process = psutil.Process(note["pid"])
        same = abs(process.create_time() - note["started"]) < START_TIME_TOLERANCE_S
    except (ValueError, KeyError, psutil.Error):
        return None
    return process if same else None
