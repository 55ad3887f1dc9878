"""The device's end of a wire: units behind a TCP port or a serial line, as strict as a good meter.

TCP: pipelined requests are answered in order, a broken header ends the connection. RTU: frames end by silence, answers
take the time that their bytes need, unit 0 is ignored. On both, units that are not there and wrong frames meet silence.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Mapping
from contextlib import suppress

from drivers.modbus.frames import BrokenMbap, MbapFrame, cut_mbap, mbap
from drivers.modbus.listening import Connection, Listening
from drivers.modbus.pace import Pace
from drivers.modbus.rtu_talk import RtuTalk
from drivers.modbus.unit import Answer, Unit
from rig.clock import SECOND

__all__ = ["Answer", "RtuLine", "TcpServer", "Unit", "serve_pty", "serve_rtu", "serve_tcp"]


class TcpServer(Listening):
    """A listening port and everything connected to it."""

    def __init__(self, units: Mapping[int, Unit]) -> None:
        super().__init__()
        self.units = units

    def connection(self) -> Connection:
        """See `Listening`."""
        return _Client(self)


class _Client(Connection):
    def __init__(self, server: TcpServer) -> None:
        super().__init__(server.connections)
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._waiting: deque[tuple[float, bytes]] = deque()
        """Answers held back, with the instant (loop seconds) at which each may go; those behind one wait for it."""

    def lost(self) -> None:
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data
        try:
            while (asked := cut_mbap(buffer)) is not None:
                buffer = buffer[asked.size :]
                self._serve(asked)
        except BrokenMbap:
            self.drop()
            return
        self._buffer = buffer

    def _serve(self, asked: MbapFrame) -> None:
        serve = self._server.units.get(asked.unit)
        given = serve(asked.pdu) if serve is not None and asked.unit else None
        if given is None:
            return
        answer = given if isinstance(given, Answer) else Answer(given)
        transaction = asked.transaction ^ 0x8000 if answer.corrupt else asked.transaction
        self._send(mbap(transaction, asked.unit, answer.pdu) * answer.repeat, answer.delay_ns / SECOND)

    def _send(self, frames: bytes, delay_s: float) -> None:
        if not self._waiting and not delay_s:
            self.write(frames)
            return
        due = self._loop.time() + delay_s
        if not self._waiting:
            self._loop.call_at(due, self._send_due)
        self._waiting.append((due, frames))

    def _send_due(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._loop.time():
            _, frames = self._waiting.popleft()
            self.write(frames)
        if self._waiting:
            self._loop.call_at(self._waiting[0][0], self._send_due)


async def serve_tcp(units: Mapping[int, Unit], host: str = "127.0.0.1", port: int = 0) -> tuple[TcpServer, int]:
    """Serve these units; returns the server and its port. `units` may change while it runs. Raises OSError."""
    return await TcpServer(units).listen(host, port)


class RtuLine:
    """Units on one serial line, given as an open file descriptor. A pty has no baud, so the pace is kept here."""

    def __init__(self, units: Mapping[int, Unit], fd: int, pace: Pace, also_close: tuple[int, ...] = ()) -> None:
        self.talk = RtuTalk(units, pace, self._write)
        self._fd = fd
        self._fds = (fd, *also_close)
        self._loop = asyncio.get_running_loop()
        self._closed = False
        os.set_blocking(fd, False)
        self._loop.add_reader(fd, self._readable)

    def close(self) -> None:
        """Stop serving and close the descriptors."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._fd)
        self.talk.end()
        for fd in self._fds:
            with suppress(OSError):
                os.close(fd)

    def _readable(self) -> None:
        try:
            came = os.read(self._fd, 1024)
        except BlockingIOError:
            return
        except OSError:
            came = b""
        if came:
            self.talk.took(came)
        else:
            self.close()

    def _write(self, frames: bytes) -> None:
        with suppress(BlockingIOError):
            os.write(self._fd, frames)


async def serve_rtu(
    units: Mapping[int, Unit], fd: int, baud: int = 9600, parity: str = "E", stop_bits: int = 1
) -> RtuLine:
    """Serve these units on an open serial port or pty master. Close the line to stop; that closes `fd` too."""
    return RtuLine(units, fd, Pace(baud, parity, stop_bits))


async def serve_pty(
    units: Mapping[int, Unit], baud: int = 9600, parity: str = "E", stop_bits: int = 1
) -> tuple[RtuLine, str]:
    """Serve these units on a new pty; returns the line and the path to open as a serial port. Not on Windows."""
    import pty
    import tty

    pace = Pace(baud, parity, stop_bits)
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    # `theirs` stays open here: when the last client closes it, a pty without it would report an error for ever.
    return RtuLine(units, ours, pace, (theirs,)), os.ttyname(theirs)
