"""The button of an emulated meter: pressed at once, as by a person who stands beside it."""

from __future__ import annotations

from drivers.emulated.meter.meter import EmulatedMeter
from rig.clock import Alarms, Span


class EmulatedButton:
    """Presses the button of one meter."""

    def __init__(self, meter: EmulatedMeter, alarms: Alarms) -> None:
        self._meter = meter
        self._alarms = alarms

    def press(self) -> Span:
        """Press it once."""
        self._meter.press_button()
        return Span.at(self._alarms.now())
