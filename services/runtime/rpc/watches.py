"""Health whose watches end with the server."""

import asyncio
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

_STATUS = {
    True: health_pb2.HealthCheckResponse.SERVING,
    False: health_pb2.HealthCheckResponse.NOT_SERVING,
    None: health_pb2.HealthCheckResponse.SERVICE_UNKNOWN,
}


class HealthServicer(health_pb2_grpc.HealthServicer):
    """Answers grpc.health.v1.Health. Its watches can be let go: a server that stops would wait for their callers.

    The servicer of grpc_health would have to be cancelled for that, and grpc does not always tell the caller then.
    """

    def __init__(self) -> None:
        self._serving: dict[str, bool] = {}
        self._changed = asyncio.Event()
        self._over = False

    def set(self, service: str, *, serving: bool) -> None:
        """Set whether a service serves; "" is the server."""
        self._serving[service] = serving
        self._wake()

    def let_go(self) -> None:
        """End all watches."""
        self._over = True
        self._wake()

    async def Check(  # noqa: N802
        self, request: health_pb2.HealthCheckRequest, context: "grpc.aio.ServicerContext[Any, Any]"
    ) -> health_pb2.HealthCheckResponse:
        """Return the status of a service; NOT_FOUND for one that is not here."""
        if request.service not in self._serving:
            await context.abort(grpc.StatusCode.NOT_FOUND)
        return health_pb2.HealthCheckResponse(status=_STATUS[self._serving[request.service]])

    async def Watch(  # noqa: N802
        self, request: health_pb2.HealthCheckRequest, context: "grpc.aio.ServicerContext[Any, Any]"
    ) -> None:
        """Tell the status and each change of it, until the caller or the server goes."""
        told = None
        while not self._over:
            changed = self._changed
            status = _STATUS[self._serving.get(request.service)]
            if status != told:
                told = status
                await context.write(health_pb2.HealthCheckResponse(status=status))
            await changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
