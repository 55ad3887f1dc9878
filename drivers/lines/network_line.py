"""A serial line at the far end of a TCP connection, as a gateway offers it: bytes go through as they are."""

from __future__ import annotations

import socket

_SLICE_S = 0.005
_SEND_S = 5.0


class NetworkLine:
    """A connection to a gateway. Every method raises OSError when the connection has ended."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        """Connects within `timeout_s`. Raises OSError."""
        self._socket = socket.create_connection((host, port), timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, frame: bytes) -> None:
        """Hand the bytes to the connection; they may still be on their way when this returns."""
        self._socket.settimeout(_SEND_S)
        self._socket.sendall(frame)

    def arrived(self) -> bytes:
        """What has come so far, without waiting."""
        return self._receive(0.0)

    def wait(self) -> bytes:
        """The next bytes as soon as there are any; empty when none came within 5 ms."""
        return self._receive(_SLICE_S)

    def ended(self) -> bool:
        """True when the gateway has closed the connection; bytes are left for the next look."""
        self._socket.settimeout(0.0)
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _receive(self, timeout_s: float) -> bytes:
        self._socket.settimeout(timeout_s)
        try:
            came = self._socket.recv(4096)
        except (BlockingIOError, TimeoutError):
            return b""
        if not came:
            raise ConnectionError("the other end closed it")
        return came
