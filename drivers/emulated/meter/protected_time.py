"""Time in which supply is not cut for want of credit, by the meter's own clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from drivers.emulated.meter.money_table import DAY_MINUTES, NoCutRule

LOOKED_AHEAD = 400
"""Days after which a protected time that has not ended is taken as one that never does."""


class ProtectedTime:
    """Daily windows and whole days. Naive civil time in, naive civil time out."""

    def __init__(self, rule: NoCutRule) -> None:
        self._rule = rule
        self._edges = sorted({edge % DAY_MINUTES for window in rule.daily for edge in window} | {0})

    def holds(self, at: datetime) -> bool:
        """True when supply is not cut at this time."""
        return self.day_is_protected(at.date()) or self.minute_is_protected(at.hour * 60 + at.minute)

    def ends(self, at: datetime) -> datetime | None:
        """The first time from `at` on at which supply may be cut; None when there is none in sight."""
        if not self.holds(at):
            return at
        midnight = datetime.combine(at.date(), time())
        for day in range(LOOKED_AHEAD):
            for minute in self._edges:
                edge = midnight + timedelta(days=day, minutes=minute)
                if edge > at and not self.holds(edge):
                    return edge
        return None

    def minute_is_protected(self, minute: int) -> bool:
        """True inside a daily window."""
        return any(
            begins <= minute < ends if begins < ends else minute >= begins or minute < ends
            for begins, ends in self._rule.daily
        )

    def day_is_protected(self, on: date) -> bool:
        """True on a holiday, a protected weekday, a second Saturday."""
        rule = self._rule
        return on.weekday() in rule.weekdays or on in rule.holidays or (rule.second_saturday and is_second_saturday(on))


def is_second_saturday(on: date) -> bool:
    """True on the second Saturday of a month."""
    return on.weekday() == 5 and 8 <= on.day <= 14
