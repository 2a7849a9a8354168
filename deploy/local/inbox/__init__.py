"""The development inbox: takes every e-mail that the product sends, and shows it on a page instead of delivering it."""

import sys
from functools import partial
from pathlib import Path

from deploy.local.probes import http_ok
from deploy.local.supervisor import Child


def child(data: Path, smtp_port: int, page_port: int) -> Child:
    """An SMTP server and its page, with the messages as files under `data`."""
    return Child(
        name="inbox",
        command=(sys.executable, "-I", "-m", "deploy.local.inbox", str(data), str(smtp_port), str(page_port)),
        health=partial(http_ok, page_port, "/inbox.css"),
        port=page_port,
    )
