"""A device on a pseudo terminal, so that anybody's program finds it as a serial port. Not on Windows."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

from drivers.lines.ports import ByteDevice


class PtyDevice:
    """Serves `device` in the running loop until `close`. `path` is what to open as a serial port."""

    def __init__(self, device: ByteDevice) -> None:
        """Raises ImportError where there are no pseudo terminals."""
        import pty
        import tty

        self._ours, self._theirs = pty.openpty()  # theirs stays open: without it the pty ends with its last client
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)
        self._device = device
        self.closed = False
        self._loop = asyncio.get_running_loop()
        device.speak = self._speak
        self._loop.add_reader(self._ours, self._readable)

    def close(self) -> None:
        """Unplug it; harmless when that was done before."""
        if self.closed:
            return
        self.closed = True
        self._loop.remove_reader(self._ours)
        for fd in (self._ours, self._theirs):
            with suppress(OSError):
                os.close(fd)

    def _readable(self) -> None:
        try:
            came = os.read(self._ours, 4096)
        except BlockingIOError:
            return
        except OSError:
            came = b""
        if came:
            self._device.receive(came)
        else:
            self.close()

    def _speak(self, said: bytes) -> None:
        """A client that does not read loses what does not fit, as a serial port does."""
        if not self.closed:
            with suppress(BlockingIOError, OSError):
                os.write(self._ours, said)
