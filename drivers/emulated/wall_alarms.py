"""Alarms of emulated devices in wall time, on one asyncio loop.

Inside an alarm the time is the instant that was asked for, not the later one at which the loop got round to it. As nobody
sees a device but through `run_due`, the emulated world is the same as if every alarm had been on time.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from rig.clock import SECOND, WallClock


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
        self._inside: int | None = None
        self._handle: asyncio.TimerHandle | None = None
        self._handle_for = 0

    def now(self) -> int:
        """ns since the run began; inside an alarm the instant it was asked for."""
        return self._clock.now() if self._inside is None else self._inside

    def call_at(self, instant: int, call: Callable[[], None]) -> _Alarm:
        """Call `call` at `instant` (ns), or at once when that has passed."""
        alarm = _Alarm(call)
        self._order += 1
        heapq.heappush(self._waiting, (max(instant, self.now()), self._order, alarm))
        if self._inside is None:
            self._arm()
        return alarm

    def run_due(self) -> None:
        """Run every alarm whose instant has passed. Called before a device is asked or told anything."""
        if self._inside is not None or not self._waiting or self._waiting[0][0] > self._clock.now():
            return
        try:
            while self._waiting and self._waiting[0][0] <= self._clock.now():
                self._inside, _, alarm = heapq.heappop(self._waiting)
                call, alarm.call = alarm.call, None
                if call is not None:
                    call()
        finally:
            self._inside = None
            self._arm()

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
        self.run_due()
        if self._handle is None:
            self._arm()
