"""What sinks with a cap per period got in it: days, weeks from Monday, months, of the meter's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

Taken = dict[str, tuple[str, int]]
"""Kind of sink -> (period, paise)."""


def period_of(period: str, on: date | None) -> str:
    """The period that a day lies in, by its first day; all days are one period where the calendar is not known."""
    if on is None:
        return ""
    first = {"day": on, "week": on - timedelta(days=on.weekday()), "month": on.replace(day=1)}[period]
    return first.isoformat()


def got(periods: Mapping[str, str], taken: Taken, on: date | None) -> dict[str, int]:
    """What each capped kind got so far in the period of this day (paise)."""
    return {
        kind: taken[kind][1]
        for kind, period in periods.items()
        if kind in taken and taken[kind][0] == period_of(period, on)
    }


def note(periods: Mapping[str, str], taken: Taken, part: Mapping[str, int], on: date | None) -> None:
    """Keep what each capped kind got of one more recharge."""
    before = got(periods, taken, on)
    for kind, period in periods.items():
        taken[kind] = (period_of(period, on), before.get(kind, 0) + part.get(kind, 0))
