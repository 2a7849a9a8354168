"""The HTTP server as an endpoint of the service's life."""

import asyncio
import math
import socket

import uvicorn
from starlette.types import ASGIApp

# Longer than load balancers keep an idle connection, so that it is never us who cut one they are about to use.
_KEEP_ALIVE_SECONDS = 75


class HttpEndpoint:
    """Serves an application on `listen` ("host:port", port 0 takes a free one).

    Whether it is ready is for the application to tell: load balancers ask /readyz.
    """

    def __init__(self, app: ASGIApp, listen: str) -> None:
        self._listen = listen
        self._config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._server = uvicorn.Server(self._config)
        self.port = 0

    async def start(self) -> None:
        """Bind and serve. Raises OSError when the address is taken."""
        listener = _bind(self._listen)
        self.port = listener.getsockname()[1]
        # The parts of uvicorn's serve(), without its signal handlers: signals are the lifecycle's.
        self._config.load()
        self._server.lifespan = self._config.lifespan_class(self._config)
        await self._server.startup(sockets=[listener])
        self._serving = asyncio.create_task(self._server.main_loop(), name="http")

    async def set_ready(self, ready: bool) -> None:
        """Do nothing, see above."""

    async def stop(self, grace: float) -> None:
        """Refuse new requests, and wait up to `grace` seconds for those under way."""
        self._config.timeout_graceful_shutdown = math.floor(grace)
        self._server.should_exit = True
        await self._serving
        await self._server.shutdown()


def _bind(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    with_ipv6 = ":" in host
    family = socket.AF_INET6 if with_ipv6 else socket.AF_INET
    try:
        # "[::]" is every address, those of IPv4 too, as it is for gRPC.
        return socket.create_server((host, int(port)), family=family, backlog=2048, dualstack_ipv6=with_ipv6)
    except OSError as error:
        raise OSError(error.errno, f"cannot listen on {listen}: {error.strerror}") from error
