"""Run a command that ends when its parent does: `leash.py PARENT_PID COMMAND...`.

A script between fork and exec, since Python code run there by the parent itself (`preexec_fn`) can deadlock when the
parent has threads. It imports nothing of the project, so that it costs a child no more than some milliseconds.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Become `command`; on Linux the kernel sends it SIGTERM when `parent` ends, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before the kernel was asked to tell
            sys.exit("the parent process has ended")
    os.execvp(command[0], command)  # noqa: S606 - the command is the caller's own


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
