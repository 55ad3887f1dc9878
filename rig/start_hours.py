"""The hour of the meter's clock at which a scenario starts: one in which cuts are made, and in which no day begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from rig.clock import SECOND, Clock, Span
from rig.contracts import Capability, Meter, MeterReading
from rig.cutting_hours import cutting_hours
from rig.policy import Policy
from rig.promises import Promises
from rig.quiet_hours import TOO_LATE_TO_SET, lasts, meets_midnight, next_midnight, quiet_hour
from rig.scenario import Scenario
from rig.starting import Starting


class StartHours:
    """Sets the clock of one meter to hours that suit a scenario, where the policy makes a difference between hours."""

    def __init__(self, policy: Policy, clock: Clock, meter: Meter, promises: Promises, starting: Starting) -> None:
        self._policy = policy
        self._clock = clock
        self._meter = meter
        self._promises = promises
        self._starting = starting

    def choose(self, scenario: Scenario) -> None:
        """Set the meter's clock, or let midnight pass, as far as the scenario asks for it and the meter lets it be done."""
        if scenario.starts.cuts and not self._policy.file.no_cut.empty:
            self._to_cutting_hours()
        self._away_from_midnight(scenario)

    def _to_cutting_hours(self) -> None:
        """Where the policy protects the time that the meter's clock shows, set it to an hour at which cuts are made."""
        check = self._meter_clock()
        due = None if check is None else cutting_hours(self._policy, check[0])
        if due is not None and Capability.CLOCK_SET in self._meter.capabilities:
            self._starting.set_clock(due)

    def _away_from_midnight(self, scenario: Scenario) -> None:
        """Where a day that costs something could begin on the way, set the clock to an hour without, or let midnight pass."""
        stretch = lasts(scenario)
        if not self._policy.charges_by_day or not stretch:
            return
        check = self._meter_clock()
        if check is None or not meets_midnight(self._policy, check[0], stretch):
            return
        left = next_midnight(check[0]) - check[0]
        if Capability.CLOCK_SET in self._meter.capabilities and left > TOO_LATE_TO_SET:
            due = quiet_hour(self._policy, check[0], stretch, scenario.starts.cuts)
            if due is not None:
                self._starting.set_clock(due)
            return
        until = check[1].hi + left // timedelta(seconds=1) * SECOND
        self._clock.sleep_until(until + SECOND + self._promises.balance_lag)

    def _meter_clock(self) -> tuple[datetime, Span] | None:
        return self.clock_in(self._meter.read("clock")) if "clock" in self._meter.items else None

    def clock_in(self, reading: MeterReading) -> tuple[datetime, Span] | None:
        """What the meter's clock shows in a reading, and when; None where it shows no time, or is promised to keep none."""
        shown = reading.values.get("clock")
        if Capability.CLOCK not in self._meter.capabilities or not isinstance(shown, datetime):
            return None
        return shown, reading.spans["clock"]
