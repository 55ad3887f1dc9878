"""Alarms of emulated devices in wall time, on one asyncio loop.

Inside an alarm the time is the instant that was asked for, not the later one at which the loop got round to it. As nobody
sees a device but through `at_one_instant`, the emulated world is the same as if every alarm had been on time.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from typing import TypeVar

from drivers.lines.ports import ByteDevice
from rig.clock import SECOND, WallClock

Given = TypeVar("Given")
Taken = TypeVar("Taken")


class _Alarm:
    __slots__ = ("call",)

    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call

    def cancel(self) -> None:
        """The call is not made; harmless when it was made already."""
        self.call = None


class WallAlarms:
    """`rig.clock.Alarms` on the running loop: alarms of one instant run in the order they were asked for, never early."""

    def __init__(self, clock: WallClock, loop: asyncio.AbstractEventLoop) -> None:
        self._clock = clock
        self._loop = loop
        self._waiting: list[tuple[int, int, _Alarm]] = []
        self._order = 0
        self._standing: int | None = None
        self._handle: asyncio.TimerHandle | None = None
        self._handle_for = 0

    def now(self) -> int:
        """ns since the run began; inside an alarm the instant it was asked for, and standing still while a device is asked."""
        return self._clock.now() if self._standing is None else self._standing

    def call_at(self, instant: int, call: Callable[[], None]) -> _Alarm:
        """Call `call` at `instant` (ns), or at once when that has passed."""
        alarm = _Alarm(call)
        self._order += 1
        heapq.heappush(self._waiting, (max(instant, self.now()), self._order, alarm))
        if self._standing is None:
            self._arm()
        return alarm

    def at_one_instant(self, ask: Callable[[Given], Taken], given: Given) -> Taken:
        """`ask(given)` with everything done that is due, and with the time standing still.

        Were time to pass meanwhile, an alarm could fall due behind the back of what is being asked, and would then run
        at an instant before one that the device has seen already.
        """
        instant = self._clock.now()
        self._run_due(instant)
        self._standing = instant
        try:
            return ask(given)
        finally:
            self._standing = None
            self._arm()

    def _run_due(self, until: int) -> None:
        try:
            while self._waiting and self._waiting[0][0] <= until:
                self._standing, _, alarm = heapq.heappop(self._waiting)
                call, alarm.call = alarm.call, None
                if call is not None:
                    call()
        finally:
            self._standing = None

    def _arm(self) -> None:
        while self._waiting and self._waiting[0][2].call is None:
            heapq.heappop(self._waiting)
        if not self._waiting:
            return
        due = self._waiting[0][0]
        if self._handle is not None:
            if self._handle_for == due:
                return
            self._handle.cancel()
        self._handle_for = due
        self._handle = self._loop.call_later(max(0, due - self._clock.now()) / SECOND, self._wake)

    def _wake(self) -> None:
        self._handle = None
        try:
            self._run_due(self._clock.now())
        finally:
            self._arm()


class OnTime:
    """A `ByteDevice` that is spoken to with everything done that is due, and with the time standing still."""

    def __init__(self, device: ByteDevice, alarms: WallAlarms) -> None:
        self._device = device
        self._alarms = alarms

    @property
    def speak(self) -> Callable[[bytes], None]:
        """See `ByteDevice`."""
        return self._device.speak

    @speak.setter
    def speak(self, speak: Callable[[bytes], None]) -> None:
        self._device.speak = speak

    def receive(self, came: bytes) -> None:
        """See `ByteDevice`."""
        self._alarms.at_one_instant(self._device.receive, came)
