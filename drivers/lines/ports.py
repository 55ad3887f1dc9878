"""The seam under devices that speak bytes on a serial line: what a port can do, and one in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rig.clock import MICROSECOND, Clock


class BytePort(Protocol):
    """An open serial line. Every method but `close` raises OSError when the line has gone."""

    def write(self, frame: bytes) -> None:
        """Hand the bytes to the line; they may still be on their way when this returns."""

    def arrived(self) -> bytes:
        """What has come so far, without waiting."""

    def wait(self) -> bytes:
        """The next bytes as soon as there are any; empty when none came within a few milliseconds."""

    def close(self) -> None:
        """Let go of the line; the device stays as it is."""


class ByteDevice(Protocol):
    """The far end of a line: bytes in, and bytes out through `speak` whenever it has something to say."""

    speak: Callable[[bytes], None]

    def receive(self, came: bytes) -> None:
        """Take these bytes, however they were split on the way."""


class MemoryPort:
    """A line to a device in the same process; every look costs `latency_ns` of a virtual clock."""

    def __init__(self, device: ByteDevice, clock: Clock, latency_ns: int = 150 * MICROSECOND) -> None:
        self._device = device
        self._clock = clock
        self._latency = latency_ns
        self._came = bytearray()
        self._open = True
        device.speak = self._came.extend

    def write(self, frame: bytes) -> None:
        """See `BytePort`."""
        self._device.receive(self._there(frame))
        self._clock.spend(self._latency)

    def arrived(self) -> bytes:
        """See `BytePort`."""
        came = self._there(bytes(self._came))
        self._came.clear()
        return came

    def wait(self) -> bytes:
        """See `BytePort`. Silence costs 5 ms."""
        if not self._came:
            self._clock.spend(5000 * MICROSECOND)
        return self.arrived()

    def close(self) -> None:
        """See `BytePort`."""
        self._open = False

    def _there(self, frame: bytes) -> bytes:
        if not self._open:
            raise OSError("the line is closed")
        return frame
