"""The device's side of RTU, whatever brings the bytes: silence ends a frame, and an answer takes the time of its bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from drivers.modbus.frames import cut_rtu, rtu
from drivers.modbus.pace import Pace
from drivers.modbus.unit import Answer, Unit
from rig.clock import SECOND

_MOST_KEPT = 1024


class RtuTalk:
    """Units that answer what `took` brings, through `write`, at the pace of their serial line."""

    def __init__(self, units: Mapping[int, Unit], pace: Pace, write: Callable[[bytes], None]) -> None:
        self.units = units
        self.pace = pace
        self._send = write
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._began = 0.0
        self._ends = 0.0
        self._frame_end: asyncio.TimerHandle | None = None
        self._ended = False

    def took(self, came: bytes) -> None:
        """Bytes have come."""
        now = self._loop.time()
        if not self._buffer:
            self._began = now
        self._buffer = (self._buffer + came)[-_MOST_KEPT:]
        sent = max(now, self._began + self.pace.bytes_ns(len(self._buffer)) / SECOND)
        self._ends = sent + self.pace.silence_ns / SECOND
        if self._frame_end is not None:
            self._frame_end.cancel()
        self._frame_end = self._loop.call_at(self._ends, self._frame_ended)

    def end(self) -> None:
        """Nothing is answered any more."""
        self._ended = True
        if self._frame_end is not None:
            self._frame_end.cancel()

    def _frame_ended(self) -> None:
        asked, self._buffer = cut_rtu(self._buffer), b""
        serve = self.units.get(asked[0]) if asked is not None else None
        if asked is None or serve is None or asked[0] == 0:
            return
        given = serve(asked[1])
        if given is None:
            return
        answer = given if isinstance(given, Answer) else Answer(given)
        frame = rtu(asked[0], answer.pdu)
        if answer.corrupt:
            frame = frame[:-1] + bytes((frame[-1] ^ 0xFF,))
        frames = frame * answer.repeat
        # Counted from the frame's own end: this call may be late by a tick of the loop, and must not add it.
        due = self._ends + (answer.delay_ns + self.pace.bytes_ns(len(frames))) / SECOND
        self._loop.call_at(due, self._write, frames)

    def _write(self, frames: bytes) -> None:
        if not self._ended:
            self._send(frames)
