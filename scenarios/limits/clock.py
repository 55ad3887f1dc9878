"""How far the meter's clock and its time stamps may be off."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rig.clock import DAY
from rig.interval import Interval
from rig.scenario import Limit, Terms


def clock_error(terms: Terms) -> Limit:
    """How far a time stamp may lie from its moment on the meter's own clock (s): two readings cut to whole seconds, and drift."""
    slack = 2 + Fraction(terms.promises.clock_seconds_per_day, 1440)
    return Limit(
        Interval(-slack, slack),
        "right to the second, as far as two readings of whole seconds tell",
        ("map: promises.clock_s_per_day",),
    )


def clock_error_over(duration: int) -> Callable[[Terms], Limit]:
    """How far the clock may run off (s) in `duration` (ns): the promise for that long, and two readings of whole seconds."""

    def limit(terms: Terms) -> Limit:
        slack = 2 + terms.promises.clock_seconds_per_day * Fraction(duration, DAY)
        return Limit(
            Interval(-slack, slack),
            "keeps time, as far as two readings of whole seconds tell",
            ("map: promises.clock_s_per_day",),
        )

    return limit
