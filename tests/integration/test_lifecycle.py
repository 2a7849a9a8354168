"""How a service process begins and ends, as probes and SIGTERM meet it."""

import sys
from functools import partial
from pathlib import Path

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.supervisor import Child, Supervisor
from services.runtime.rpc.client import is_serving
