"""The other ways to decide that a load is too high. Attempts, interval and lock-out are those of the definite-time limiter.

* demand_average: the mean power over `average_s` is above the limit. Sliding: looked at after each metering window, over
  the time that ends with it. Block: looked at when a block ends; blocks follow one another. A mean begins anew, with
  nothing before it, when the contact moves, power returns or the limit is changed.
* inverse: the higher the load, the sooner. Each point of the curve is a level (times the limit) and how long (s) the load
  may stay above it, window by window without a gap; the first point whose time is full trips.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.metering import Watts
from rig.clock import FOREVER


class SlidingAverage(Limiter):
    """What has not been measured since the start counts as nothing. Runs of equal windows, so that looking ahead is short."""

    def __init__(self, *rooms: Any) -> None:
        self._runs: deque[tuple[int, Watts]] = deque()
        self._sum: Watts = 0
        super().__init__(*rooms)
        self.start_anew()

    def start_anew(self) -> None:
        super().start_anew()
        self._runs, self._sum = deque([(self.windows_to_trip(), 0)]), 0

    def add(self, windows: int, energy: Watts, end: int) -> None:
        super().add(windows, energy, end)
        if not self.relay.position:
            return
        self._sum = _slide(self._runs, self._sum, windows, energy, self.windows_to_trip())

    def trip_by_load(self) -> int:
        metering, window, runs, total = self.metering, self.counted, deque(self._runs), self._sum
        if not self.relay.position:
            return FOREVER
        period = self.windows_to_trip()
        limit = period * self.store.setup["load_limit"] * self.settings.window_ns
        if self.exceeds(total, limit):
            return metering.window_end(window - 1)
        if window == metering.mixed_window:
            total = _slide(runs, total, 1, metering.window_energy(window), period)
            if self.exceeds(total, limit):
                return metering.window_end(window)
            window += 1
        energy = metering.watts * metering.window_ns
        for count, old in tuple(runs):
            more = energy - old
            if more > 0:
                needed = -(-(limit - total) // more) if self.settings.trips_at_limit else (limit - total) // more + 1
                if needed <= count:
                    return metering.window_end(window + needed - 1)
            total += more * count
            window += count
        return FOREVER


def _slide(runs: deque[tuple[int, Watts]], total: Watts, windows: int, energy: Watts, period: int) -> Watts:
    """Put so many windows into the period and let the oldest out; the new sum over the period."""
    windows = min(windows, period)
    left = windows
    while left:
        count, old = runs.popleft()
        out = min(count, left)
        total += (energy - old) * out
        left -= out
        if count > out:
            runs.appendleft((count - out, old))
    runs.append((windows, energy))
    return total


class BlockAverage(Limiter):
    """`_from` is the first window of the first block, `_block` that of the block in progress, whose energy is kept."""

    def __init__(self, *rooms: Any) -> None:
        self._block = self._from = 0
        self._energy: Watts = 0
        super().__init__(*rooms)

    def start_anew(self) -> None:
        super().start_anew()
        self._from = self._block = self.counted
        self._energy = 0

    def add(self, windows: int, energy: Watts, end: int) -> None:
        super().add(windows, energy, end)
        last = self.metering.window_at(end)
        block = self._block_of(last)
        if block != self._block:
            self._block, self._energy = block, 0
        self._energy += energy * min(windows, last - block)

    def trip_by_load(self) -> int:
        metering, window, period = self.metering, self.counted, self.windows_to_trip()
        if not self.relay.position:
            return FOREVER
        limit = period * self.store.setup["load_limit"] * self.settings.window_ns
        energy, ends = metering.watts * metering.window_ns, self._block_of(window) + period
        mixed = metering.window_energy(window) - energy if window == metering.mixed_window else 0
        if self.exceeds(self._energy + mixed + (ends - window) * energy, limit):
            return metering.window_end(ends - 1)
        return metering.window_end(ends + period - 1) if self.exceeds(period * energy, limit) else FOREVER

    def _block_of(self, window: int) -> int:
        period = self.windows_to_trip()
        return max(window - (window - self._from) % period, self._from)


class Inverse(Limiter):
    """A counter a point of the curve."""

    def __init__(self, *rooms: Any) -> None:
        self._runs: tuple[int, ...] = ()
        super().__init__(*rooms)
        self.start_anew()

    def start_anew(self) -> None:
        super().start_anew()
        self._runs = (0,) * len(self.settings.overload_curve)

    def is_above_point(self, level: Fraction, energy: Watts) -> bool:
        """True when a window of this energy is above so many times the limit."""
        limit = self.store.setup["load_limit"] * self.settings.window_ns
        return self.exceeds(energy * level.denominator, limit * level.numerator)

    def add(self, windows: int, energy: Watts, end: int) -> None:
        super().add(windows, energy, end)
        if self.relay.position:
            self._runs = tuple(
                run + windows if self.is_above_point(level, energy) else 0
                for run, (level, _) in zip(self._runs, self.settings.overload_curve, strict=True)
            )

    def trip_by_load(self) -> int:
        points = zip(self._runs, self.settings.overload_curve, strict=True)
        return min(
            self.run_complete(True, run, self.windows(after), partial(self.is_above_point, level))
            for run, (level, after) in points
        )


LIMITERS: Mapping[str, type[Limiter]] = {
    "definite_time": Limiter,
    "demand_average": SlidingAverage,
    "block_average": BlockAverage,
    "inverse": Inverse,
}
"""By the name in `MeterSettings.overload_family`; a demand average by blocks has a name of its own here."""
