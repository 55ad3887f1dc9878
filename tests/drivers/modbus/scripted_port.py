"""A serial port in virtual time whose far end follows a script, and a pty whose far end follows the same script."""

from __future__ import annotations

import os
import threading
import time
from collections import deque

from drivers.modbus.pace import Pace
from rig.clock import MILLISECOND, SECOND, VirtualClock
from tests.drivers.modbus.hostile import Step, rtu_frame, words


def healthy(_transaction: int, pdu: bytes) -> list[tuple[float, bytes]]:
    return [(0.002, rtu_frame(words(pdu)))]


class ScriptedPort:
    """Stands in for `SerialPort`; bytes arrive at instants of the clock, counted from the end of the request."""

    def __init__(self, clock: VirtualClock, pace: Pace, *script: Step) -> None:
        self.clock = clock
        self.pace = pace
        self.script = deque(script)
        self.asked: list[bytes] = []
        self.asked_at: list[int] = []
        self.coming: list[tuple[int, bytes]] = []
        self.fails = False
        self.oversleeps_ns = 0
        """How long the rig is kept from looking after each request."""

    def opens(self, path: str, baud: int, parity: str, stop_bits: int) -> ScriptedPort:
        return self

    def write(self, frame: bytes) -> None:
        if self.fails:
            self.fails = False
            raise OSError("device disconnected")
        self.asked.append(frame)
        self.asked_at.append(self.clock.now())
        ended = self.clock.now() + self.pace.bytes_ns(len(frame))
        step = self.script.popleft() if self.script else healthy
        for after, sent in step(0, frame[1:-2]):
            self.coming.append((ended + int(after * SECOND), sent))
        self.coming.sort(key=lambda one: one[0])
        self.clock.spend(self.oversleeps_ns)

    def arrived(self) -> bytes:
        here = b"".join(sent for instant, sent in self.coming if instant <= self.clock.now())
        self.coming = [one for one in self.coming if one[0] > self.clock.now()]
        return here

    def wait(self) -> bytes:
        until = self.clock.now() + 5 * MILLISECOND
        if self.coming:
            until = min(until, max(self.coming[0][0], self.clock.now()))
        self.clock.sleep_until(until)
        return self.arrived()

    def close(self) -> None:
        self.coming.clear()


class ScriptedPty:
    """The far end of a pty: takes a request when the line has gone silent, and sends what the script says."""

    def __init__(self, pace: Pace, *script: Step) -> None:
        import pty
        import tty

        self.pace = pace
        self.script = deque(script)
        self.asked: list[bytes] = []
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()

    def _talk(self) -> None:
        while True:
            frame = os.read(self._ours, 256)
            if frame == b"END":
                return
            time.sleep((self.pace.bytes_ns(len(frame)) + self.pace.silence_ns) / SECOND)
            self.asked.append(frame)
            step = self.script.popleft() if self.script else healthy
            began = time.perf_counter()
            for after, sent in step(0, frame[1:-2]):
                time.sleep(max(0.0, began + after - time.perf_counter()))
                os.write(self._ours, sent)

    def close(self) -> None:
        os.write(self._theirs, b"END")
        self._thread.join()
        os.close(self._ours)
        os.close(self._theirs)
