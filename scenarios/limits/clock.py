"""How far the meter's clock and its time stamps may be off."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from rig.clock import DAY, SECOND
from rig.interval import Interval
from rig.scenario import Limit, Terms

if TYPE_CHECKING:
    from rig.policy import Policy
    from rig.promises import Promises

MOST_DAYS = 30


def clock_error(terms: Terms) -> Limit:
    """How far a time stamp may lie from its moment on the meter's own clock (s): two readings cut to whole seconds, and drift."""
    slack = 2 + 2 * _unsure(terms.promises) + Fraction(terms.promises.clock_seconds_per_day, 1440)
    return Limit(
        Interval(-slack, slack),
        "right to the second, as far as two readings of whole seconds tell",
        ("map: promises.clock_s_per_day, status_refresh_s, turnaround_s",),
    )


def _unsure(promises: Promises) -> Fraction:
    """How far a moment is unsure that is read from a changing register (s): refresh and turnaround."""
    return Fraction(promises.status_refresh + (promises.table.turnaround_s or 0), SECOND)


def days_to_tell_drift(promises: Promises) -> int:
    """Days after which the promised drift is four times as wide as what two catches of a second leave unsure; 30 at most."""
    drift = promises.clock_seconds_per_day
    needed = MOST_DAYS if drift == 0 else -(-3 * _unsure(promises) // drift)
    return min(max(int(needed), 1), MOST_DAYS)


def long_enough_to_tell_drift(terms: Terms) -> int:
    """The same in ns."""
    return days_to_tell_drift(terms.promises) * DAY


def drift(extra: int) -> Callable[[Terms], Limit]:
    """How far the clock may run off (s) in these days and `extra` ns, caught at the change of a second at both ends.

    Each catch may be late by a refresh of the register, and is as wide as one answer takes.
    """

    def limit(terms: Terms) -> Limit:
        unsure = _unsure(terms.promises)
        days = days_to_tell_drift(terms.promises) + Fraction(extra, DAY)
        slack = terms.promises.clock_seconds_per_day * days + unsure
        return Limit(
            Interval(-slack, slack),
            f"keeps time to {float(terms.promises.clock_seconds_per_day):g} s a day over {float(days):.0f} day(s)",
            ("map: promises.clock_s_per_day, status_refresh_s, turnaround_s",),
            resolution=2 * unsure,
        )

    return limit


def charges_by_day(policy: Policy) -> str:
    """Why days that are leapt over cannot be judged here."""
    return "the days that are leapt over would all be charged" if policy.charges_by_day else ""
