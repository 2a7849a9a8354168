"""Is a server ready? Asked in its own protocol, without its client library. Each raises OSError when nobody listens."""

import asyncio

from deploy.local.ports import LOOPBACK


async def http_ok(port: int, path: str) -> bool:
    """Tell whether `GET path` is answered with 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nConnection: close\r\n\r\n"
    status = await _first_line(port, request.encode())
    return status.split(b" ")[1:2] == [b"200"]


async def redis_ok(port: int) -> bool:
    """Tell whether PING is answered with PONG; a server still loading its data answers LOADING."""
    return await _first_line(port, b"PING\r\n") == b"+PONG\r\n"


async def _first_line(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(request)
        return await reader.readline()
    finally:
        writer.close()
