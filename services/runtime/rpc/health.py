"""Health for probes: plain gRPC beside the TLS of everything else, there from the first moment to the last."""

import grpc
from grpc_health.v1 import health_pb2_grpc

from services.runtime.rpc.server import bind
from services.runtime.rpc.watches import HealthServicer

LIVE = "live"


class HealthEndpoint:
    """Serves grpc.health.v1.Health alone on `listen`: "live" always serves, "" while the process is ready."""

    def __init__(self, listen: str) -> None:
        self._listen = listen
        self._server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
        self._health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.port = 0

    async def start(self) -> None:
        """Bind and serve: live, not ready yet. Raises OSError when the address is taken."""
        self._health.set(LIVE, serving=True)
        await self.set_ready(False)
        self.port = bind(self._server, self._listen)
        await self._server.start()

    async def set_ready(self, ready: bool) -> None:
        """Tell probes whether callers may be sent here."""
        self._health.set("", serving=ready)

    async def stop(self, grace: float) -> None:
        """Refuse new probes, and wait up to `grace` seconds for those under way."""
        self._health.let_go()
        await self._server.stop(grace)
