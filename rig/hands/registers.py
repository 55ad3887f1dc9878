"""A look at the meter's electrical registers whenever the load has drawn steadily for long enough."""

from __future__ import annotations

from rig.checks.metering import electrical
from rig.contracts import RelayState, Wiring
from rig.hands.shared import Shared

ITEMS = ("voltage", "current", "power")
WINDOWS = 2
"""Metering windows after which a mean of the last complete one knows nothing of the load before."""


class Registers(Shared):
    """Compares voltage, current and power with what the load measures; what does not fit is a finding of the scenario."""

    def look_if_steady(self) -> None:
        """Look once a load, when it has flowed unchanged for long enough. A scenario need not ask for it."""
        self._books.pull()
        items = [item for item in ITEMS if item in self.meter.items]
        at, watts = self._books.trace.segments(0)[-1]
        settled = at.hi + (WINDOWS + 1) * self.promises.metering_window + self.promises.status_refresh
        if (
            self.wiring is not Wiring.USUAL
            or not items
            or watts.lo <= 0
            or at == self.steady_since
            or self._clock.now() < settled
        ):
            return
        reading, load = self.read_meter(*items), self._devices.load.measure()
        self._books.pull()
        if self._books.state is RelayState.CLOSED and self._books.trace.segments(0)[-1][0] == at:
            self.steady_since = at
            words = electrical(reading, load, self._load_accuracy, self.promises)
            self.misread += words
            self._journal.record(
                "steady",
                values=reading.values,
                voltage_v=load.voltage_v,
                current_a=load.current_a,
                power_w=load.power_w,
                span=reading.at,
            )
