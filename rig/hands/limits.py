"""Loads and times that are surely on one side of a limit, for this load and this meter."""

from __future__ import annotations

import math
from fractions import Fraction

from rig.clock import HOUR
from rig.hands.shared import Shared


class Limits(Shared):
    """Derives what a scenario draws and how long, from settings, promises and the load's accuracy."""

    def most_watts_not_above_limit(self) -> int:
        """The largest whole W that is surely not above the load limit, for this load and this meter."""
        unsure = (1 + self._load_accuracy) * (1 + self.promises.overload_tolerance)
        return int(Fraction(self.settings["load_limit"]) / unsure)

    def least_watts_above_limit(self) -> int:
        """The smallest whole W that is surely above the load limit, for this load and this meter."""
        sure = (1 - self._load_accuracy) / (1 + self.promises.overload_tolerance)
        return int(Fraction(self.settings["load_limit"]) / sure) + 1

    def times_limit(self, times: str) -> int:
        """So many times ("1.05") the load limit, in whole W above it, or the rating of the load where that is less."""
        return min(math.ceil(self.settings["load_limit"] * Fraction(times)), self._devices.load.rating_w)

    def pause_that_ends_an_overload(self) -> int:
        """The shortest pause (ns) into which a whole metering window surely fits."""
        return self.promises.metering_window * 41 // 20

    def pause_that_ends_nothing(self) -> int:
        """A pause (ns) so short that the mean of its window is still above the limit at 1.5 times it and more."""
        return self.promises.metering_window * 3 // 10

    def until_attempts_are_cleared(self) -> int:
        """The promised quiet time (ns) after which reclose attempts count from nought; an hour where none is promised."""
        return min(self.promises.attempts_cleared_after, HOUR)

    def longest_harmless_burst(self) -> int:
        """How long (ns) a load may be above the limit and surely not trip: seven tenths of the earliest trip."""
        return self.promises.trip_window(self.settings["over_threshold_duration"]).lo * 7 // 10
