"""Time in which supply is not cut for want of credit, and when a cut that falls into it is made. Naive civil time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from rig.policies.week import MINUTES_A_DAY, WEEKDAYS

if TYPE_CHECKING:
    from rig.policies.supply import NoCut

LOOKED_AHEAD = 400
"""Days after which a protected time is one without end."""


def is_second_saturday(on: date) -> bool:
    """True on the second Saturday of a month."""
    return WEEKDAYS[on.weekday()] == "saturday" and (on.day - 1) // 7 == 1


class ProtectedTime:
    """The protected time of a policy."""

    def __init__(self, rules: NoCut) -> None:
        self._rules = rules
        self._holidays = {day.on for day in rules.holidays}
        self._free = list(_free_parts(rules)) if rules.daily else [(0, MINUTES_A_DAY)]

    @property
    def empty(self) -> bool:
        """True when supply may be cut at any time."""
        return self._rules.empty

    def whole_day(self, on: date) -> bool:
        """True when supply is not cut on this day at all."""
        rules = self._rules
        return (
            on in self._holidays
            or WEEKDAYS[on.weekday()] in rules.weekdays
            or (rules.second_saturday and is_second_saturday(on))
        )

    def holds(self, at: datetime) -> bool:
        """True when supply is not cut at this time."""
        return self.next_cut(at) != at

    def next_cut(self, at: datetime) -> datetime | None:
        """The first time from `at` on at which supply may be cut; None when there is none within a year."""
        for day in range(LOOKED_AHEAD):
            midnight = datetime.combine(at.date() + timedelta(days=day), time())
            if self.whole_day(midnight.date()):
                continue
            for begins, ends in self._free:
                if at < midnight + timedelta(minutes=ends):
                    return max(at, midnight + timedelta(minutes=begins))
        return None

    def begins_between(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Every time in (since, until] at which protected time may begin or end, in order."""
        minutes = sorted({0} | {edge % MINUTES_A_DAY for part in self._free for edge in part})
        midnight = datetime.combine(since.date(), time())
        while midnight <= until:
            for minute in minutes:
                if since < (edge := midnight + timedelta(minutes=minute)) <= until:
                    yield edge
            midnight += timedelta(days=1)


def _free_parts(rules: NoCut) -> Iterator[tuple[int, int]]:
    """The parts of a day (minutes) that no daily window holds, in order."""
    begins: int | None = None
    for minute in range(MINUTES_A_DAY + 1):
        free = minute < MINUTES_A_DAY and not any(window.holds(minute) for window in rules.daily)
        if free and begins is None:
            begins = minute
        elif not free and begins is not None:
            yield begins, minute
            begins = None
