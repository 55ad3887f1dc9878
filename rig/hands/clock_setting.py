"""The meter's clock, set by hand."""

from __future__ import annotations

from datetime import datetime

from rig.clock import Span
from rig.hands.looks import Looks


class ClockSetting(Looks):
    """Sets the clock, and tells the books."""

    def set_clock(self, to: datetime) -> Span:
        """Let the meter's clock show `to` (naive, its own zone, whole seconds); the session puts it right afterwards."""
        at = self._starting.set_clock(to)
        self.clock_offset = self.ahead(to, at)
        return at
