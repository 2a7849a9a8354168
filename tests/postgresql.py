"""A PostgreSQL server of a test."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.ports import LOOPBACK, free_port


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Run a server with one empty database, and yield its URL; its user may make more of them."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    # It refuses to run as root, and its user cannot reach into the folders of pytest.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    if user:
        shutil.chown(folder, user)
    port = free_port()

    data = ("-D", str(folder / "data"))
    initialise = [str(programs / "initdb"), *data, "-U", "codingahead", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initialise, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    settings = (f"listen_addresses={LOOPBACK}", f"port={port}", f"unix_socket_directories={folder}", "fsync=off")
    serve = [str(programs / "postgres"), *data, *(part for setting in settings for part in ("-c", setting))]
    with (folder / "log").open("wb") as log, subprocess.Popen(serve, user=user, cwd=folder, stderr=log) as server:
        try:
            ready = [str(programs / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(port)]
            while subprocess.run(ready, check=False).returncode:
                assert server.poll() is None, (folder / "log").read_text()
            yield f"postgresql://codingahead@{LOOPBACK}:{port}/postgres"
        finally:
            server.send_signal(signal.SIGQUIT)  # ends at once and writes nothing back
    shutil.rmtree(folder)
