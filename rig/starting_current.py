"""The current below which a meter is promised to show nothing, or not to: what flows then may not be counted."""

from __future__ import annotations

from fractions import Fraction

from rig.interval import Interval
from rig.promises import Promises


class StartingCurrent:
    """As the map promises it; where it promises none, every load counts."""

    def __init__(self, promises: Promises) -> None:
        self._amps = promises.table.starting_current_a
        self.factor = Fraction(1)
        """Power factor of the load (0 to 1): so much less power has the same current."""

    def counted(self, watts: Interval, volts: Interval) -> Interval:
        """What a meter counts (W) of what flows at this voltage (V): all of it, or maybe nothing."""
        if self._amps is None or watts.lo > self._amps * volts.hi * self.factor:
            return watts
        return Interval.of(0, watts.hi)
