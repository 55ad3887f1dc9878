"""Mains that fail and come back."""

from __future__ import annotations

from rig.clock import Span
from rig.hands.mains import Mains
from rig.hands.waiting import Waiting


class Outages(Mains, Waiting):
    """Lets the mains fail, and waits for the meter to have started."""

    def power_cycle(self, dark: str = "3.3") -> Span:
        """Mains off, with the load, for `dark` s, and on again; returns when they failed. The meter has had its time to start."""
        failed = self.power_off()
        self.sleep(dark)
        self.power_on()
        return failed
