"""Time for the whole rig: spans, clocks and alarms. The only module that imports `time`.

Every instant is an integer of nanoseconds since the run began. A moment is never a point: it is a `Span`.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FOREVER = 2**62
"""Upper end of a span whose event has not come: waited for, and not seen."""

IST = timezone(timedelta(hours=5, minutes=30), "IST")


def seconds(text: str | int) -> int:
    """Decimal seconds, as text or whole number, in nanoseconds. Exact; finer than 1 ns is a ValueError."""
    whole, _, part = str(text).partition(".")
    if len(part) > 9 or not (part + "0").isdigit() or not whole.lstrip("-").isdigit():
        raise ValueError(f"{text!r} is not a number of seconds with at most nine decimals")
    magnitude = abs(int(whole)) * SECOND + int(part.ljust(9, "0"))
    return -magnitude if whole.startswith("-") else magnitude


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A moment that lies somewhere in [lo, hi], ns since the run began; `hi` = FOREVER when it has not come yet."""

    lo: int
    hi: int

    def __post_init__(self) -> None:
        if self.lo > self.hi:
            raise ValueError(f"a span cannot end before it begins: {self.lo} > {self.hi}")

    @classmethod
    def at(cls, instant: int) -> Span:
        """A moment known exactly."""
        return cls(instant, instant)

    @property
    def censored(self) -> bool:
        """True when the event was waited for until `lo` and did not come."""
        return self.hi >= FOREVER

    @property
    def width(self) -> int:
        """hi - lo in ns."""
        return self.hi - self.lo

    @property
    def standard_uncertainty(self) -> float:
        """u = a / sqrt(3) of a rectangular distribution of half width a, in ns (GUM 4.3.7)."""
        return self.width / 2 / math.sqrt(3)

    def since(self, earlier: Span) -> Span:
        """The duration from `earlier` to this moment, worst case both ways; may be negative."""
        return Span(self.lo - earlier.hi, FOREVER if self.censored else self.hi - earlier.lo)

    def plus(self, least: int, most: int | None = None) -> Span:
        """This moment later by at least `least` and at most `most` (ns; `least` when left out)."""
        most = least if most is None else most
        return Span(self.lo + least, FOREVER if self.censored or most >= FOREVER else self.hi + most)

    def widened(self, before: int, after: int = 0) -> Span:
        """The span with `before` ns more room at its start and `after` at its end."""
        return Span(self.lo - before, FOREVER if self.censored else self.hi + after)

    def overlaps(self, other: Span) -> bool:
        """True when both could be the same moment."""
        return self.lo <= other.hi and other.lo <= self.hi

    def within(self, other: Span) -> bool:
        """True when this span lies wholly inside `other`."""
        return other.lo <= self.lo and self.hi <= other.hi


class Alarm(Protocol):
    """A call that was asked for and may be taken back."""

    def cancel(self) -> None:
        """The call is not made; harmless when it was made already."""


class Alarms(Protocol):
    """Where an emulated device learns the time and asks to be woken."""

    def now(self) -> int:
        """ns since the run began."""

    def call_at(self, instant: int, call: Callable[[], None]) -> Alarm:
        """Call `call` at `instant` (ns), or at once when that has passed."""


class Clock(Protocol):
    """Where scenarios, links and samplers learn the time. Time passes only in `sleep_until` and `spend`."""

    @property
    def virtual(self) -> bool:
        """True when sleeping jumps."""

    def now(self) -> int:
        """ns since the run began."""

    def sleep_until(self, instant: int, unless: Callable[[], bool] | None = None) -> bool:
        """Wait until `instant` (ns). Ends early, with True, as soon as `unless` answers True."""

    def spend(self, duration: int) -> None:
        """Charge what a wire took (ns) to a virtual clock; a wall clock has spent it already."""


class _Timer:
    __slots__ = ("call", "instant")

    def __init__(self, instant: int, call: Callable[[], None]) -> None:
        self.instant = instant
        self.call: Callable[[], None] | None = call

    def cancel(self) -> None:
        self.call = None


class VirtualClock:
    """A clock that jumps: sleeping runs every timer that falls due, in order, then stands at the instant asked for."""

    virtual = True

    def __init__(self) -> None:
        self._now = 0
        self._order = 0
        self._timers: list[tuple[int, int, _Timer]] = []
        self._in_timer = False

    def now(self) -> int:
        """ns since the run began."""
        return self._now

    def call_at(self, instant: int, call: Callable[[], None]) -> _Timer:
        """Call `call` when the clock passes `instant`; timers of one instant run in the order they were asked for."""
        timer = _Timer(max(instant, self._now), call)
        self._order += 1
        heapq.heappush(self._timers, (timer.instant, self._order, timer))
        return timer

    def sleep_until(self, instant: int, unless: Callable[[], bool] | None = None) -> bool:
        """See `Clock`. Raises RuntimeError when called from inside a timer: a device never sleeps."""
        if self._in_timer:
            raise RuntimeError("a timer must not sleep: settle to now and ask to be woken")
        if unless is not None and unless():
            return True
        while self._timers and self._timers[0][0] <= instant:
            due, _, timer = heapq.heappop(self._timers)
            call, timer.call = timer.call, None
            if call is None:
                continue
            self._now = max(self._now, due)
            self._in_timer = True
            try:
                call()
            finally:
                self._in_timer = False
            if unless is not None and unless():
                return True
        self._now = max(self._now, instant)
        return False

    def spend(self, duration: int) -> None:
        """Move on by `duration` ns, running due timers; inside a timer the clock stands still."""
        if self._in_timer:
            return
        target = self._now + duration
        if not self._timers or self._timers[0][0] > target:
            self._now = target
        else:
            self.sleep_until(target)


class WallClock:
    """The monotonic clock of this machine, counted from a zero that all processes of a run share.

    `perf_counter_ns` because on Windows the other monotonic clock ticks at 15.6 ms. `zero` is a reading of `raw_now`.
    """

    virtual = False
    POLL = 2 * MILLISECOND

    def __init__(self, zero: int | None = None) -> None:
        self.zero = raw_now() if zero is None else zero

    def now(self) -> int:
        """ns since the run began."""
        return time.perf_counter_ns() - self.zero

    def sleep_until(self, instant: int, unless: Callable[[], bool] | None = None) -> bool:
        """See `Clock`. With `unless`, asks it every 2 ms."""
        if unless is None:
            if (left := instant - self.now()) > 0:
                time.sleep(left / SECOND)
            return False
        while not unless():
            left = instant - self.now()
            if left <= 0:
                return False
            time.sleep(min(left, self.POLL) / SECOND)
        return True

    def spend(self, duration: int) -> None:
        """Nothing: the time has passed by itself."""


def raw_now() -> int:
    """The monotonic clock as it is, ns; only differences mean anything."""
    return time.perf_counter_ns()


def utc_now() -> datetime:
    """The civil time of this machine."""
    return datetime.now(UTC)


def suspended_ns() -> int:
    """ns that this machine has been suspended since boot (BOOTTIME - MONOTONIC); 0 where the system does not tell.

    A monotonic clock stands still while the machine sleeps, so a growth of this number voids every open span.
    """
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    if boottime is None:
        return 0
    return time.clock_gettime_ns(boottime) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def boot_id() -> str:
    """What names this boot of the machine; empty where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
