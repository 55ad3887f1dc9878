"""What a meter has used in each month of its clock, as far as the rig saw it: a month that comes again may go on or begin anew."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rig.contracts import MeterReading
from rig.interval import Interval

NOTHING = Fraction(0)


class MonthUse:
    """Wh by month, between two bounds; kept for as long as a session lasts."""

    def __init__(self) -> None:
        self._seen: dict[date, Fraction] = {}

    def at_opening(self, reading: MeterReading, today: date | None, quantum: Fraction) -> Interval:
        """What the month has used when an account is opened: as the meter shows it; else anything up to its whole register."""
        shown = reading.values.get("energy_of_month")
        if shown is not None:
            used = Fraction(str(shown))
            return Interval(max(used - quantum, NOTHING), used + 2 * quantum)
        most = Interval.of(NOTHING, Fraction(reading.energy_wh or 0) + quantum)
        if today is not None:
            self.leave(today, most)
        return most

    def leave(self, today: date | None, used: Interval) -> None:
        """The month of this day is left with so much used."""
        if today is not None:
            self._seen[today.replace(day=1)] = used.hi

    def begins(self, first: date, fresh: Interval) -> Interval:
        """A month begins by itself, and `fresh` has flowed since; one that was seen before may go on."""
        return Interval(NOTHING, fresh.hi + self._seen.get(first.replace(day=1), NOTHING))

    def after_setting(self, before: date | None, today: date | None, used: Interval) -> Interval:
        """The clock was set from one day to another: in the same month nothing changes; in another the meter may go on or
        begin anew."""
        if today is None:
            return Interval(NOTHING, used.hi)
        month = today.replace(day=1)
        if before is not None and before.replace(day=1) == month:
            return used
        return Interval(NOTHING, max(used.hi, self._seen.get(month, NOTHING)))
