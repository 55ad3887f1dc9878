"""The limiters that a meter's maker promises, and when they are due to trip: three families of overload, and over-current."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from rig.clock import Span
from rig.interval import Interval
from rig.mean_limiter import MeanLimiter, Window
from rig.timed_limiter import TimedLimiter

if TYPE_CHECKING:
    from rig.promises import Promises

USUAL_VOLTS = Interval.of(195, 265)
"""What a current is reckoned by where the bench does not say its voltage: 230 V less or more 15 %."""
MAINS_KEPT = Fraction(1, 100)
"""How closely a source keeps the voltage that it is set to, relative."""


def around_mains(volts: Fraction) -> Interval:
    """What the mains may be where the bench sets them to this (V)."""
    return Interval(volts * (1 - MAINS_KEPT), volts * (1 + MAINS_KEPT))


class Limiter(Protocol):
    """One limiter."""

    due: Window | None

    def begins_anew(self, at: Span) -> None:
        """Nothing is counted any more."""

    def load(self, at: Span, watts: Interval, limit: Interval) -> None:
        """So much flows (W)."""


@dataclass(slots=True)
class Stage:
    """A limiter at `times` the load limit, or at a power of its own (W) where that is given."""

    limiter: Limiter
    times: Fraction
    tolerance: Fraction
    watts: Interval | None = None
    _limits: dict[int, Interval] = field(default_factory=dict, init=False, repr=False, compare=False)

    def limit(self, load_limit: int) -> Interval:
        """Where it may see its limit (W)."""
        known = self._limits.get(load_limit)
        if known is None:
            around = Interval.of(load_limit) if self.watts is None else self.watts
            low, high = self.times * (1 - self.tolerance), self.times * (1 + self.tolerance)
            known = self._limits[load_limit] = Interval(around.lo * low, around.hi * high)
        return known

    def move(self, watts: Interval) -> None:
        """Its power is another one from now on (W)."""
        self.watts = watts
        self._limits.clear()


def overload_stages(promises: Promises, settings: Mapping[str, int]) -> list[Stage]:
    """The stages of the promised family; none where no overload is promised."""
    overload = promises.table.overload
    if overload is None:
        return []
    tolerance = promises.overload_tolerance
    if overload.family == "demand_average":
        assert overload.average_s is not None, "the table was checked"
        late = promises.trip_tail
        mean = MeanLimiter(overload.average_s, overload.average == "block", promises.metering_window, late)
        return [Stage(mean, Fraction(1), tolerance)]
    delays = [(pair.times, pair.delay_s) for pair in overload.pairs] or [
        (Fraction(1), promises.overload_delay(settings))
    ]
    return [Stage(_timed(promises, delay), times, tolerance) for times, delay in delays]


def over_current_stage(promises: Promises, volts: Interval = USUAL_VOLTS) -> Stage | None:
    """The promised over-current limiter, as a power at this voltage (V); None where none is promised."""
    promised = promises.table.over_current
    if promised is None:
        return None
    percent = promised.tolerance_percent
    tolerance = promises.energy_uncertainty if percent is None else percent / 100
    return Stage(
        _timed(promises, promised.delay_s), Fraction(1), tolerance, carried_watts(promises, volts, promised.amps)
    )


def carried_watts(promises: Promises, volts: Interval, amps: Fraction) -> Interval:
    """What the load draws (W) when the phase that carries most carries so many A at this voltage (V)."""
    part = promises.heaviest_phase
    return Interval(volts.lo * amps / part.hi, volts.hi * amps / part.lo)


def over_current_watts(promises: Promises, load_accuracy: Fraction, mains_volts: Decimal) -> tuple[int, int] | None:
    """The largest W that surely is no over-current at this voltage, and the smallest that surely is; None: none promised."""
    promised = promises.table.over_current
    if promised is None:
        return None
    percent = promised.tolerance_percent
    tolerance = promises.energy_uncertainty if percent is None else percent / 100
    unsure = (1 + load_accuracy) * (1 + tolerance)
    watts = carried_watts(promises, around_mains(Fraction(mains_volts)), promised.amps)
    return int(watts.lo / unsure), int(watts.hi * unsure) + 1


def _timed(promises: Promises, delay: int) -> TimedLimiter:
    return TimedLimiter(promises.trip_after(delay), promises.trip_tail, 2 * promises.metering_window)


def step_window(
    promises: Promises, limit: int, watts: Interval, settings: Mapping[str, int], before: Interval | None = None
) -> Window | None:
    """From a step to `watts` (W), after a long time at `before` (W; nothing where left out), to the trip; None: no trip.

    `settings` hold over_threshold_duration (s) where the map's delay is that register.
    """
    start = long_for_a_mean(promises)
    found = climb_window(promises, limit, ((Span.at(0), before or Interval.of(0)), (Span.at(start), watts)), settings)
    return None if found is None else (Span(max(found[0].lo - start, 0), found[0].plus(-start).hi), found[1])


def long_for_a_mean(promises: Promises) -> int:
    """So long (ns) that no mean knows any more what flowed before; 0 where none is promised."""
    overload = promises.table.overload
    return 3 * (overload.average_s or 0) if overload else 0


def climb_window(
    promises: Promises, limit: int, climb: Sequence[tuple[Span, Interval]], settings: Mapping[str, int]
) -> Window | None:
    """From 0 to the trip, with each of these powers (W) from its moment on (ns; the first at 0); None: no trip."""
    windows = []
    for stage in overload_stages(promises, settings):
        for at, watts in climb:
            stage.limiter.load(at, watts, stage.limit(limit))
        if stage.limiter.due is not None:
            windows.append(stage.limiter.due)
    return first_of(windows)


def first_of(windows: list[Window]) -> Window | None:
    """When the first of several limiters trips: not before the earliest may, by when the first of those that must has."""
    if not windows:
        return None
    sure = [window.hi for window, must in windows if must]
    lo = min(window.lo for window, _ in windows)
    hi = min(sure) if sure else max(window.hi for window, _ in windows)
    return Span(lo, max(lo, hi)), bool(sure)
