"""A real Elasticsearch from packages that pip and Maven serve: no Java, no container, nothing installed by hand."""

import sys
from functools import partial
from pathlib import Path

from deploy.local.probes import http_ok
from deploy.local.supervisor import Child

SERVER = Path(__file__).with_name("server.py")
CONFIG = Path(__file__).with_name("config")
HEALTH = "/_cluster/health?wait_for_status=yellow&timeout=1s"


def child(home: Path, data: Path, heap: str, port: int) -> Child:
    """Elasticsearch over a prepared `home`, with its indices under `data` and a Java heap such as `512m`."""
    command = (sys.executable, "-I", str(SERVER), str(home), str(CONFIG), heap)
    settings = (f"http.port={port}", f"path.data={data}", f"path.logs={data / 'logs'}")
    return Child(
        name="elasticsearch",
        command=command + settings,
        health=partial(http_ok, port, HEALTH),
        port=port,
        start_timeout=180,
        stop_grace=20,
    )
