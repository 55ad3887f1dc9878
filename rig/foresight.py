"""When a balance will have been used up, as far as load, prices and calendar are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rig.almanac import Change
from rig.clock import FOREVER, Span
from rig.crossing import Crossing
from rig.energy import Segment, bound, when_used
from rig.interval import Interval
from rig.money_rules import MoneyRules
from rig.running_out import Steps, runs_out

NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Foresight:
    """What is ahead: the power that flows from now on (W), what the month has used (Wh), what the calendar brings.

    `unsure` is the part by which the meter may measure more or less; `at_rate` multiplies the rate until the first change.
    `a_day` is the most that an instalment can take (paise), `owed` what all of them can.
    """

    rules: MoneyRules
    used_wh: Interval
    trace: Sequence[Segment]
    unsure: Fraction
    at_rate: Interval
    changes: Sequence[Change]
    a_day: int = 0
    owed: int = 0

    def reached(self, level: Interval, grain: Fraction, crossing: Crossing) -> Span | None:
        """When `level` (paise; `grain` more on the meter) is used up, or since when it has been; None when it never will be."""
        first = self.trace[0][0]
        earliest = self._end(level.lo, crossing.since, first.lo, soon=True)
        if earliest is None:
            return None
        latest = self._end(level.hi + grain, crossing.by, first.hi, soon=False)
        return Span(math.floor(earliest), FOREVER if latest is None else min(math.ceil(latest), FOREVER))

    def _end(self, left: Fraction, since: int | None, now: int, soon: bool) -> Fraction | None:
        if left <= 0:
            return Fraction(now if since is None else since)
        factor = 1 + self.unsure if soon else 1 - self.unsure
        flows = bound(self.trace, upper=soon)
        if not self.changes and self.rules.prices.single:
            price = self.rules.paise_per_wh
            return when_used(flows, left / (price * factor)) if price > 0 else None
        steps: Steps = [(instant, watts * factor) for instant, watts in flows]
        costs = self._soon_costs() if soon else self._late_costs
        return runs_out(left, steps, self.rules.prices, self.used_wh, self.at_rate, self.changes, costs, soon)

    def _late_costs(self, change: Change, _level: Fraction) -> Fraction:
        """What a day surely takes; an instalment may be missed."""
        assert change.opens is not None, "only a day costs"
        return sum((charge.amount for charge in self.rules.opens_day(change.opens)), NOTHING)

    def _soon_costs(self) -> Callable[[Change, Fraction], Fraction]:
        """What a day may take: an instalment too, as far as the level covers it, until nothing is owed."""
        owed = Fraction(self.owed)

        def costs(change: Change, level: Fraction) -> Fraction:
            nonlocal owed
            charges = self._late_costs(change, level)
            paid = min(Fraction(self.a_day), owed, max(level - charges, NOTHING))
            owed -= paid
            return charges + paid

        return costs
