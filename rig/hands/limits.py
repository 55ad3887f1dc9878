"""Loads and times that are surely on one side of a limit, for this load and this meter."""

from __future__ import annotations

import math
from fractions import Fraction

from rig.clock import HOUR
from rig.errors import RigError
from rig.hands.mains import Mains
from rig.interval import Interval
from rig.limiting import over_current_watts, step_window


class Limits(Mains):
    """Derives what a scenario draws and how long, from settings, promises and the load's accuracy."""

    def most_watts_not_above_limit(self) -> int:
        """The largest whole W that is surely not too much, for this load and this meter."""
        unsure = (1 + self._load_accuracy) * (1 + self.promises.overload_tolerance)
        return int(self._too_much_above() / unsure)

    def least_watts_above_limit(self) -> int:
        """The smallest whole W that is surely too much, for this load and this meter."""
        sure = (1 - self._load_accuracy) / (1 + self.promises.overload_tolerance)
        return int(self._too_much_above() / sure) + 1

    def times_limit(self, times: str, load_limit: int | None = None) -> int:
        """So many times ("1.05") what is too much at a limit (W; the one that is set); what load and meter may carry at most (W)."""
        return self.at_most(math.ceil(self._too_much_above(load_limit) * Fraction(times)))

    def _too_much_above(self, load_limit: int | None = None) -> Fraction:
        limit = self.settings["load_limit"] if load_limit is None else load_limit
        return limit * self.promises.overload_begins_at

    def watts_around_over_current(self) -> tuple[int, int]:
        """The largest W that surely is no over-current at the bench's voltage, and the smallest that surely is one.

        Raises:
            RigError: the map promises none.
        """
        around = over_current_watts(self.promises, self._load_accuracy, self._apparent_volts())
        if around is None:
            raise RigError("the map promises no over-current")
        return around

    def pause_that_ends_an_overload(self) -> int:
        """A pause (ns) without load that pulls the mean of at least one metering window down to a quarter of what flows around it."""
        return self.promises.metering_window * 3 // 2

    def pause_that_ends_nothing(self) -> int:
        """A pause (ns) so short that the mean of its window is still above the limit at 1.5 times it and more."""
        return self.promises.metering_window * 3 // 10

    def until_attempts_are_cleared(self) -> int:
        """The promised quiet time (ns) after which reclose attempts count from nought; an hour where none is promised."""
        return min(self.promises.attempts_cleared_after, HOUR)

    def longest_harmless_burst(self, times: str) -> int:
        """How long (ns) so many times the limit may flow, from nothing, and surely not trip: seven tenths of the earliest trip.

        Raises:
            RigError: no trip is promised at all.
        """
        watts = self.times_limit(times)
        around = Interval(watts * (1 - self._load_accuracy), watts * (1 + self._load_accuracy))
        trip = step_window(self.promises, self.settings["load_limit"], around, self.settings)
        if trip is None:
            raise RigError(f"no trip is promised at {watts} W, so no burst of it is short")
        return trip[0].lo * 7 // 10
