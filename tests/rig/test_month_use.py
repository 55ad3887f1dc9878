"""What a month has used, when the meter's clock is set from one month to another and back."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from rig.interval import Interval
from rig.month_use import MonthUse

JULY, FEBRUARY = date(2026, 7, 11), date(2026, 2, 1)
USED = Interval.of(Fraction(201_420), Fraction(201_450))


def test_in_the_same_month_nothing_changes() -> None:
    months = MonthUse()
    months.leave(JULY, USED)
    assert months.after_setting(JULY, date(2026, 7, 30), USED) == USED


def test_another_month_may_go_on_or_begin_anew_however_much_it_had_used() -> None:
    months = MonthUse()
    months.leave(FEBRUARY, USED)
    months.leave(JULY, USED)
    assert months.after_setting(JULY, FEBRUARY, USED) == Interval.of(Fraction(0), USED.hi)


def test_where_the_day_before_is_not_known_anything_may_be() -> None:
    assert MonthUse().after_setting(None, FEBRUARY, USED) == Interval.of(Fraction(0), USED.hi)
    assert MonthUse().after_setting(JULY, None, USED) == Interval.of(Fraction(0), USED.hi)
