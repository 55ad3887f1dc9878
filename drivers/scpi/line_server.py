"""An emulated instrument behind a TCP port, for anybody's SCPI client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

Ask = Callable[[str], str | None]
"""An instrument: one line in, its answer out, None when it has nothing to say."""

MOST_BYTES = 65_536
"""A client that sends this much without a line end is cut off."""


class _Conversation(asyncio.Protocol):
    """One client. Lines are answered in the order in which they came, however they were split or joined on the way."""

    def __init__(self, ask: Ask, open_ones: set[asyncio.Transport]) -> None:
        self._ask = ask
        self._open_ones = open_ones
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._open_ones.add(self._transport)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._transport is not None:
            self._open_ones.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        *lines, rest = self._received.split(b"\n")
        self._received = rest
        answers = [self._ask(line.decode("latin-1").strip("\r\0 ")) for line in lines]
        out = b"".join(a.encode("latin-1", "replace") + b"\n" for a in answers if a is not None)
        if self._transport is None:
            return
        if out:
            self._transport.write(out)
        if len(rest) > MOST_BYTES:
            self._transport.abort()


class LineServer(asyncio.AbstractServer):
    """A listening socket together with its clients: `close` ends both, and leaves no task behind."""

    def __init__(self, listening: asyncio.Server, clients: set[asyncio.Transport]) -> None:
        self._listening = listening
        self._clients = clients

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return int(self._listening.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening and hang up on every client; what was answered already is still delivered."""
        self._listening.close()
        for client in list(self._clients):
            client.close()

    async def wait_closed(self) -> None:
        """Return when listening has ended."""
        await self._listening.wait_closed()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop that serves."""
        return self._listening.get_loop()

    def is_serving(self) -> bool:
        """True until `close`."""
        return self._listening.is_serving()

    async def start_serving(self) -> None:
        """It serves from the beginning; nothing to do."""
        await self._listening.start_serving()

    async def serve_forever(self) -> None:
        """Serve until cancelled."""
        await self._listening.serve_forever()


async def serve_lines(ask: Ask, host: str = "127.0.0.1", port: int = 0) -> tuple[LineServer, int]:
    """Serve an instrument's `ask` on a TCP port (0: a free one), in the running loop. Returns the server and its port.

    Raises:
        OSError: the port is taken, or the host is not one of this machine.
    """
    clients: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = LineServer(await loop.create_server(lambda: _Conversation(ask, clients), host, port), clients)
    return server, server.port
