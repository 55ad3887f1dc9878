"""A socket whose other end keeps an emulator alive: when the last holder is gone, however it died, the emulator ends.

It works wherever sockets do, and needs nobody to clean up after a killed process: the system closes its sockets.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from rig.errors import LinkError

GRACE_S = 0.5
"""How long the emulator lives on after its last holder."""

UNCLAIMED_S = 15.0
"""How long it waits for its first holder."""


class Lifeline:
    """Counts those who hold on, and calls `end` (in the loop) when nobody does any more."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._holders = 0
        self._countdown: asyncio.TimerHandle | None = None
        self._server: asyncio.Server | None = None

    async def serve(self, host: str = "127.0.0.1") -> int:
        """Listen on any free port of `host`, and return it. From here on someone must hold on within 15 s."""
        self._server = await asyncio.start_server(self._hold, host, 0)
        self._count_down(UNCLAIMED_S)
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening and counting."""
        self._stop_countdown()
        if self._server is not None:
            self._server.close()

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._holders += 1
        self._stop_countdown()
        try:
            while await reader.read(64):
                pass
        except ConnectionError:
            pass  # a killed holder resets its connection: gone is gone
        finally:
            writer.close()
            self._holders -= 1
            if not self._holders:
                self._count_down(GRACE_S)

    def _count_down(self, seconds: float) -> None:
        self._stop_countdown()
        self._countdown = asyncio.get_running_loop().call_later(seconds, self._end)

    def _stop_countdown(self) -> None:
        if self._countdown is not None:
            self._countdown.cancel()
            self._countdown = None


def hold(address: str) -> socket.socket:
    """Hold the lifeline at `address` ("127.0.0.1:PORT") until the returned socket is closed or this process ends.

    Raises LinkError when nobody listens there.
    """
    host, _, port = address.rpartition(":")
    try:
        return socket.create_connection((host, int(port)), timeout=2)
    except OSError as error:
        raise LinkError(
            f"emulator's lifeline ({address}): cannot be held: {error.strerror or error}; has it ended?"
        ) from None
