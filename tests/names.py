"""A name server of a test: what the headless Services of Kubernetes resolve to."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from typing import Any, cast

from deploy.local.ports import LOOPBACK

_ADDRESS, _INTERNET = 1, 1


class Names(asyncio.DatagramProtocol):
    """Answers with the addresses that a name has at the moment, and may not be remembered."""

    def __init__(self) -> None:
        self._addresses: dict[str, list[str]] = {}
        self.port = 0

    def add(self, name: str, address: str) -> None:
        self._addresses.setdefault(name, []).append(address)

    def remove(self, name: str, address: str) -> None:
        self._addresses[name].remove(address)

    def addresses(self, name: str) -> list[str]:
        return self._addresses.get(name, [])

    def target(self, name: str, port: int) -> str:
        """Return the gRPC target of a name: its host is the name alone."""
        return f"dns://{LOOPBACK}:{self.port}/{name}:{port}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, peer: Any) -> None:
        # RFC 1035: a header, one question, and for each address an answer that points to the name in the question.
        end = data.index(0, 12) + 5
        labels, kind = data[12 : end - 4], struct.unpack("!H", data[end - 4 : end - 2])[0]
        addresses = self.addresses(_name(labels)) if kind == _ADDRESS else []
        header = struct.pack("!2sHHHHH", data[:2], 0x8580, 1, len(addresses), 0, 0)
        answers = (
            struct.pack("!HHHIH4s", 0xC00C, _ADDRESS, _INTERNET, 0, 4, IPv4Address(address).packed)
            for address in addresses
        )
        self._transport.sendto(header + data[12:end] + b"".join(answers), peer)


def _name(labels: bytes) -> str:
    parts, rest = [], labels
    while length := rest[0]:
        parts.append(rest[1 : length + 1].decode().lower())
        rest = rest[length + 1 :]
    return ".".join(parts)


@asynccontextmanager
async def answering() -> AsyncIterator[Names]:
    """Run a name server on a free port."""
    transport, names = await asyncio.get_running_loop().create_datagram_endpoint(Names, local_addr=(LOOPBACK, 0))
    try:
        yield names
    finally:
        transport.close()
