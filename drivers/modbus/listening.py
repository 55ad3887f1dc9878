"""A listening TCP port together with everything connected to it, whatever the connections say."""

from __future__ import annotations

import asyncio
from typing import Self


class Connection(asyncio.Protocol):
    """One client of a port. A subclass takes what comes in `data_received`, and puts away what it keeps in `lost`."""

    def __init__(self, among: set[Connection]) -> None:
        self._among = among
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._among.add(self)

    def connection_lost(self, _why: Exception | None) -> None:
        self._transport = None
        self._among.discard(self)
        self.lost()

    def lost(self) -> None:
        """The client has gone. Nothing to put away, unless a subclass keeps something."""

    def drop(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def write(self, frames: bytes) -> None:
        """Send, unless the client has gone."""
        if self._transport is not None:
            self._transport.write(frames)


class Listening:
    """A port. A subclass makes the connection of each client with `connection`, among `connections`."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    def connection(self) -> Connection:
        """A connection for the next client."""
        return Connection(self.connections)

    async def listen(self, host: str, port: int) -> tuple[Self, int]:
        """Bind and accept; returns itself and the port (of use with port 0). Raises OSError."""
        self._server = await asyncio.get_running_loop().create_server(self.connection, host, port)
        return self, int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.drop()
