"""What the calendar does to an account, by the meter's own clock: days and months begin, the rate changes with the hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from rig.clock import Span
from rig.meter_time import MeterTime, civil_ns, civil_time
from rig.policies.week import MINUTES_A_DAY
from rig.policy import Policy


@dataclass(frozen=True, slots=True)
class Change:
    """At a moment in `at` (ns) the meter's clock shows `civil`, and from then on the rate is `at_rate` times the rate.

    `opens` is the day that begins, None at any other hour; it takes nothing before `begins` (ns).
    """

    at: Span
    civil: datetime
    at_rate: Fraction
    opens: date | None
    begins: int

    @property
    def new_month(self) -> bool:
        """True when the month's consumption begins at nothing."""
        return self.opens is not None and self.opens.day == 1


class Almanac:
    """The changes of a policy. A meter may count by the new rate what flowed up to `before` (ns) earlier, and take what a day
    costs up to `later` (ns) after it began."""

    def __init__(self, policy: Policy, time: MeterTime, before: int, later: int) -> None:
        self._policy = policy
        self._time = time
        self._before = before
        self._later = later
        days = policy.charges_by_day or len(policy.prices.bands) > 1
        self._minutes = sorted({*policy.prices.edges_of_day, *([0] if days else [])})

    @property
    def empty(self) -> bool:
        """True when the hour and the day make no difference."""
        return not self._minutes

    def at_rate(self, civil: int) -> Fraction:
        """What the rate is multiplied by when the clock shows this (ns since 1970)."""
        at = civil_time(civil)
        return self._policy.prices.at_rate(at.hour * 60 + at.minute)

    def after(self, civil: int) -> Iterator[Change]:
        """Every change after the clock shows `civil` (ns since 1970), without end; none while the clock is not known."""
        if self.empty or not self._time.known:
            return
        since = civil_time(civil)
        midnight = datetime.combine(since.date(), time())
        while True:
            for minute in self._minutes:
                edge = midnight + timedelta(minutes=minute)
                if edge > since:
                    yield self._change(edge, minute)
            midnight += timedelta(days=1)

    def _change(self, edge: datetime, minute: int) -> Change:
        prices, opens = self._policy.prices, edge.date() if minute == 0 else None
        was, becomes = prices.at_rate((minute - 1) % MINUTES_A_DAY), prices.at_rate(minute)
        differs = was != becomes or (edge.day == 1 and minute == 0 and len(prices.bands) > 1)
        shown = self._time.when(civil_ns(edge))
        return Change(shown.widened(self._before if differs else 0, self._later), edge, becomes, opens, shown.lo)
