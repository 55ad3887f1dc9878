"""Loads and times that are surely on one side of a limit, for this load and this meter."""

from __future__ import annotations

from fractions import Fraction

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

    def longest_harmless_burst(self) -> int:
        """How long (ns) a load may be above the limit and surely not trip: seven tenths of the earliest trip."""
        return self.promises.trip_window(self.settings["over_threshold_duration"]).lo * 7 // 10
