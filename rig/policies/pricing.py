"""What energy costs: by slab of the month and time of day, with duty and rebate, exact or between two bounds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from fractions import Fraction
from functools import cached_property

from rig.interval import Interval
from rig.policies.tariff import Tariff
from rig.policies.week import MINUTES_A_DAY

NONE_USED = Interval.of(0)
PLAIN = Interval.of(1)


class Pricing:
    """The prices of a tariff. Energy is Wh, money paise; `used` is what the month had consumed before."""

    def __init__(self, tariff: Tariff) -> None:
        self.bands = tariff.bands
        self._windows = tariff.time_of_use
        self._factor, self._on_top = tariff.levied

    @cached_property
    def single(self) -> bool:
        """True when every Wh costs the same, whatever the month and the hour."""
        return len({rate for _, rate in self.bands}) == 1 and not self._windows

    def rate(self, used: Fraction, at_rate: Fraction = Fraction(1)) -> Fraction:
        """What the next Wh costs (paise) after `used` Wh of the month."""
        return (
            next(rate for edge, rate in self.bands if edge is None or used < edge) * at_rate * self._factor
            + self._on_top
        )

    @cached_property
    def dearest(self) -> Fraction:
        """The most that a Wh can cost (paise)."""
        return max(rate for _, rate in self.bands) * max(self._rates_of_day()) * self._factor + self._on_top

    @cached_property
    def cheapest(self) -> Fraction:
        """The least that a Wh can cost (paise)."""
        return min(rate for _, rate in self.bands) * min(self._rates_of_day()) * self._factor + self._on_top

    def dearest_from(self, least: Fraction, most: Fraction, at_rate: Fraction) -> Fraction:
        """The most that the next Wh can cost (paise) when between `least` and `most` Wh of the month were used."""
        return self._extreme(self._slab(least), self._slab(most), at_rate, max)

    def cheapest_from(self, used: Fraction, at_rate: Fraction) -> Fraction:
        """The least that a Wh can cost (paise) when `used` Wh of the month or more were used."""
        return self._extreme(self._slab(used), len(self.bands) - 1, at_rate, min)

    def _slab(self, used: Fraction) -> int:
        """Number of the slab that the next Wh falls into."""
        return bisect_right(self._edges, used)

    @cached_property
    def _edges(self) -> list[Fraction]:
        return [edge for edge, _ in self.bands if edge is not None]

    @cached_property
    def _extremes(self) -> dict[object, Fraction]:
        return {}

    def _extreme(self, first: int, last: int, at_rate: Fraction, of: Callable[[list[Fraction]], Fraction]) -> Fraction:
        """The `of` of what a Wh costs in these slabs, kept: it is asked for again and again."""
        key = first, last, at_rate, of
        if key not in self._extremes:
            rate = of([rate for _, rate in self.bands[first : last + 1]])
            self._extremes[key] = rate * at_rate * self._factor + self._on_top
        return self._extremes[key]

    def cost(self, energy: Interval, used: Interval = NONE_USED, at_rate: Interval = PLAIN) -> Interval:
        """What `energy` costs after `used`, at `at_rate` times the rate."""
        if energy.lo is energy.hi and at_rate.lo is at_rate.hi and len(self.bands) == 1:
            return Interval.of(self._levied(energy.lo, used.lo, at_rate.lo))
        return Interval(
            min(self._levied(energy.lo, start, at_rate.lo) for start in self._starts(energy.lo, used)),
            max(self._levied(energy.hi, start, at_rate.hi) for start in self._starts(energy.hi, used)),
        )

    def _levied(self, energy: Fraction, used: Fraction, at_rate: Fraction) -> Fraction:
        if len(self.bands) == 1:
            charge = energy * self.bands[0][1]
        else:
            charge = self._upto(used + energy) - self._upto(used)
        return charge * at_rate * self._factor + energy * self._on_top

    def _starts(self, energy: Fraction, used: Interval) -> set[Fraction]:
        """Where in `used` the cost of this energy can be least or most: at its ends, or where a slab begins or ends."""
        if len(self.bands) == 1:
            return {used.lo}
        edges = {edge - back for edge, _ in self.bands if edge is not None for back in (0, energy)}
        return {used.lo, used.hi, *(edge for edge in edges if used.lo < edge < used.hi)}

    def _upto(self, used: Fraction) -> Fraction:
        """What the first `used` Wh of a month cost before duty and rebate."""
        total, below = Fraction(0), Fraction(0)
        for edge, rate in self.bands:
            top = used if edge is None else min(edge, used)
            if top > below:
                total += (top - below) * rate
                below = top
        return total

    def next_edge(self, used: Fraction) -> Fraction | None:
        """How many Wh are left in the slab that the next Wh falls into; None in the last one."""
        slab = self._slab(used)
        return self._edges[slab] - used if slab < len(self._edges) else None

    # by the hour

    def at_rate(self, minute: int) -> Fraction:
        """What the rate is multiplied by at this minute of the day."""
        for window in self._windows:
            if window.holds(minute):
                return 1 + Fraction(window.percent) / 100
        return Fraction(1)

    def rates_between(self, begins: datetime, ends: datetime) -> Interval:
        """What the rate is multiplied by from `begins` to `ends`: the least and the most."""
        day = datetime.combine(begins.date(), time())
        edges = [day + timedelta(days=on, minutes=minute) for on in (0, 1) for minute in self.edges_of_day]
        shown = [begins, *(edge for edge in edges if begins < edge <= ends)]
        rates = [self.at_rate(at.hour * 60 + at.minute) for at in shown]
        if ends - begins >= timedelta(days=1):
            rates += self._rates_of_day()
        return Interval(min(rates), max(rates))

    @cached_property
    def edges_of_day(self) -> tuple[int, ...]:
        """Minutes of the day at which the rate changes."""
        return tuple(sorted({minute % MINUTES_A_DAY for w in self._windows for minute in (w.begins, w.ends)}))

    def _rates_of_day(self) -> Iterator[Fraction]:
        yield self.at_rate(0)
        yield from (self.at_rate(minute) for minute in self.edges_of_day)
