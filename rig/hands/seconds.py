"""The meter's clock, read sharply: at the moment at which its second changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from rig.clock import SECOND, Span
from rig.contracts import MeterReading
from rig.hands.looks import Looks
from rig.interval import Interval

GRAINS = (SECOND // 10, SECOND // 100, 0)
"""How far apart the polls are (ns), from one second to the next: the last time one follows the other."""
STOPPED = Interval.of(-(10**9), 10**9)
"""How far a clock is ahead (s) that never moved while it was watched, or that has no time: anything."""


class Seconds(Looks):
    """A clock of whole seconds tells the moment to a poll when its change is caught, and to a second when it is not."""

    def catch_second(self) -> Interval:
        """How far the meter's clock is ahead of the bench's civil time (s), as closely as polls resolve it; takes some seconds."""
        ahead = STOPPED
        for grain in GRAINS:
            before, after = self._watch_for_a_change(grain)
            shown = after.values["clock"]
            if not isinstance(shown, datetime) or before.values["clock"] == shown:
                return STOPPED
            changed = Span(before.spans["clock"].lo, after.spans["clock"].hi)
            late, early = (
                Fraction((shown - self.civil(t)) // timedelta(microseconds=1), 10**6) for t in (changed.hi, changed.lo)
            )
            ahead = Interval(late, early)
            if grain:
                self._clock.sleep_until(changed.lo + SECOND - grain // 10)
        return ahead

    def _watch_for_a_change(self, grain: int) -> tuple[MeterReading, MeterReading]:
        """The last reading of the old second and the first of the new one; two equal ones when none came in two seconds."""
        until = self._clock.now() + 2 * SECOND
        before = after = self.read_meter("clock")
        while after.values["clock"] == before.values["clock"] and self._clock.now() < until:
            before = after
            self._clock.sleep_until(self._clock.now() + grain)
            after = self.read_meter("clock")
        return before, after

    def observe_drift(self, judgement: str, before: Interval) -> None:
        """Judge by how much the meter's clock has moved against the bench's (s) since `catch_second` said `before`."""
        self.observe_within(judgement, self.catch_second() - before, self.now())
