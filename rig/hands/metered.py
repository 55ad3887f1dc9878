"""What the meter measures, beside what the load took."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from rig.checks.metering import electrical
from rig.clock import SECOND
from rig.contracts import MeterReading
from rig.errors import RigError
from rig.hands.looks import Looks
from rig.hands.registers import ITEMS
from rig.interval import Interval


class Metered(Looks):
    """Lets a load flow for an energy instead of for a time, and judges the meter's own figures of it."""

    def sleep_until_taken(self, watt_hours: Fraction) -> None:
        """Let the load that is on flow until it took so much (Wh).

        Raises:
            RigError: nothing is drawn, so it never will.
        """
        self._books.pull()
        watts = self._books.trace.last.lo
        if watts <= 0:
            raise RigError(f"{float(watt_hours):g} Wh will never be taken: nothing is drawn")
        self.sleep_ns(math.ceil(watt_hours * 3600 * SECOND / watts))

    def settle_metering(self) -> None:
        """Give the meter the time for its counts and means to know everything that has flowed: windows and refresh."""
        self.sleep_ns(self.promises.metering_window * 5 // 2 + self.promises.status_refresh)

    def observe_energy_error(self, judgement: str, before: MeterReading) -> None:
        """Judge the energy register's way since `before`, taken with the load off, beside what the load took since (%)."""
        after = self.read_meter("energy")
        at = after.spans["energy"]
        self._books.pull()
        flowed = self._books.trace.energy_wh(before.spans["energy"].hi, at)
        self._observe_error(judgement, "energy", before, after, (flowed.lo + flowed.hi) / 2)

    def observe_export_error(self, judgement: str, before: MeterReading, taken: Fraction) -> None:
        """As `observe_energy_error`, of the export register, beside `taken` (Wh) that flowed backwards."""
        self._observe_error(judgement, "energy_exported", before, self.read_meter("energy_exported"), taken)

    def _observe_error(
        self, judgement: str, item: str, before: MeterReading, after: MeterReading, taken: Fraction
    ) -> None:
        was, now = before.values[item], after.values[item]
        if not isinstance(was, Decimal) or not isinstance(now, Decimal):
            raise RigError(f"the meter's {item} is no number to judge")
        if taken <= 0:
            raise RigError("an energy error needs energy: nothing has flowed")
        counted = Fraction(now) - Fraction(was)
        self.observe_within(judgement, Interval.of(100 * (counted / taken - 1)), after.spans[item])

    def sleep_while_backwards(self, watts: int, watt_hours: Fraction) -> None:
        """Let a load of `watts` (W) that stands the other way round flow until it gave back so much (Wh)."""
        self.sleep_ns(math.ceil(watt_hours * 3600 * SECOND / watts))

    def observe_register(self, judgement: str, item: str) -> None:
        """Judge what a register of the meter shows now (its own unit)."""
        reading = self.read_meter(item)
        shown = reading.values[item]
        if not isinstance(shown, int | Decimal):
            raise RigError(f"the meter's {item} is no number to judge")
        self.observe_within(judgement, Interval.of(Fraction(shown)), reading.spans[item])

    def observe_registers(self, judgement: str) -> None:
        """Judge voltage, current and power registers, whichever there are, against what the load measures now."""
        reading = self.read_meter(*(item for item in ITEMS if item in self.meter.items))
        load = self._devices.load.measure()
        wrong = electrical(reading, load, self._load_accuracy, self.promises)
        words = wrong[0] if wrong else f"the load measures {load.power_w} W, and the meter shows it"
        self.observe(judgement, not wrong, words)
