"""The device's end of a gateway: units on a serial line, reached through a TCP port that passes RTU frames as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from drivers.modbus.pace import Pace
from drivers.modbus.rtu_talk import RtuTalk
from drivers.modbus.unit import Unit


class Gateway:
    """A listening port, and a serial line with the same units for everything connected to it."""

    def __init__(self, units: Mapping[int, Unit], pace: Pace) -> None:
        self.units = units
        self.pace = pace
        self.connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Bind and accept; returns the port (of use with port 0). Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), host, port)
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.drop()


class _Connection(asyncio.Protocol):
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._talk = RtuTalk(gateway.units, gateway.pace, self._write)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._gateway.connections.add(self)

    def connection_lost(self, _why: Exception | None) -> None:
        self._transport = None
        self._talk.end()
        self._gateway.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._talk.took(data)

    def drop(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _write(self, frames: bytes) -> None:
        if self._transport is not None:
            self._transport.write(frames)


async def serve_gateway(
    units: Mapping[int, Unit],
    host: str = "127.0.0.1",
    port: int = 0,
    baud: int = 9600,
    parity: str = "E",
    stop_bits: int = 1,
) -> tuple[Gateway, int]:
    """Serve these units on a line of this pace behind a TCP port; returns the gateway and its port. Raises OSError."""
    gateway = Gateway(units, Pace(baud, parity, stop_bits))
    return gateway, await gateway.listen(host, port)
