"""The meter's clock, set by hand, and waited for."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from rig.clock import DAY, SECOND, Span
from rig.errors import RigError
from rig.hands.looks import Looks

MONTH = "energy_of_month"


class ClockSetting(Looks):
    """Sets the clock, and tells the books."""

    def set_clock(self, to: datetime) -> Span:
        """Let the meter's clock show `to` (naive, its own zone, whole seconds); the session puts it right afterwards."""
        at = self._starting.set_clock(to)
        self.clock_offset = self.ahead(to, at)
        self._books.clock_set(to, at)
        self.clock_was_set = (to, at)
        if len(self.policy.prices.bands) > 1 and MONTH in self.meter.items:
            self._books.keeping.hear_month(self.read_meter(MONTH))
        return at

    def when_clock_shows(self, civil: datetime) -> Span:
        """When the meter's clock, as it was set last, begins to show this second, between two instants (ns).

        Up to a second earlier than since the setting, as what is below a second it may have kept; and its promised drift.

        Raises:
            RigError: the clock was not set in this scenario.
        """
        if self.clock_was_set is None:
            raise RigError("the meter's clock was not set, so it is not known when it shows what")
        to, at = self.clock_was_set
        later = (civil - to) // timedelta(microseconds=1) * 1000
        drift = math.ceil(abs(later) * self.promises.clock_seconds_per_day * SECOND / DAY)
        return Span(at.lo + later - SECOND - drift, at.hi + later + drift)

    def wait_until_clock_shows(self, civil: datetime) -> Span:
        """Let time pass until the meter's clock surely shows this; returns when it began to, between two instants (ns)."""
        when = self.when_clock_shows(civil)
        self.sleep_ns(max(when.hi - self._clock.now(), 0))
        return when
