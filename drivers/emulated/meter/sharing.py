"""How a recharge is shared among its sinks, in their order. Whole paise in, whole paise out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from drivers.emulated.meter.money_table import SinkRule

SIMPLE: Mapping[str, tuple[SinkRule, ...]] = {
    "first": (SinkRule(kind="arrears"), SinkRule(kind="balance")),
    "none": (SinkRule(kind="balance"),),
}
"""The rules that have a name: the whole recharge pays arrears until none are left, or arrears are collected elsewhere."""


class Sharing:
    """The sinks. Whatever is left after the last one is balance."""

    def __init__(self, sinks: tuple[SinkRule, ...]) -> None:
        self.sinks = sinks

    def shares(
        self, amount: int, owed: Mapping[str, int], taken: Mapping[str, tuple[date, int]], on: date
    ) -> dict[str, int]:
        """What of `amount` goes to each kind. `owed`: what each is due; `taken`: (period, what it got in it)."""
        rest, due, found = amount, dict(owed), {"balance": 0}
        for sink in self.sinks:
            wanted = self.wanted(sink, amount, rest, owed.get("arrears", 0))
            if sink.kind != "balance":
                wanted = min(wanted, due.get(sink.kind, 0))
            if sink.cap_per_period is not None:
                wanted = min(wanted, self.left_in_period(sink, sink.cap_per_period, taken, on))
            got = max(0, min(wanted, rest))
            found[sink.kind] = found.get(sink.kind, 0) + got
            rest -= got
            if sink.kind in ("arrears", "charges"):  # missed instalments are arrears too
                due["arrears"] = due.get("arrears", 0) - got
                due["charges"] = min(due.get("charges", 0), due["arrears"])
        found["balance"] += rest
        return found

    def wanted(self, sink: SinkRule, amount: int, rest: int, arrears: int) -> int:
        """What a sink asks for, between its floor and its cap."""
        base = amount if sink.base == "gross" else rest
        wanted = base
        if sink.mode == "fixed":
            wanted = sink.fixed or 0
        elif sink.mode != "all":
            wanted = self.part(base, self.percent(sink, arrears), sink.rounding)
        return self.capped(sink, max(wanted, sink.floor or 0))

    def percent(self, sink: SinkRule, arrears: int) -> Fraction:
        """The percentage that holds with these arrears before the recharge."""
        for upto, percent in sink.slabs:
            if upto is None or arrears <= upto:
                return percent
        return sink.percent or Fraction(0)

    def capped(self, sink: SinkRule, wanted: int) -> int:
        """No more than the cap of one recharge."""
        return wanted if sink.cap is None else min(wanted, sink.cap)

    def left_in_period(self, sink: SinkRule, cap: int, taken: Mapping[str, tuple[date, int]], on: date) -> int:
        """What the cap of the period that `on` lies in leaves."""
        period, got = taken.get(sink.kind, (date.min, 0))
        return max(0, cap - got) if period == period_of(sink, on) else cap

    def part(self, base: int, percent: Fraction, rounding: str) -> int:
        """So many percent of `base`, rounded to whole paise."""
        top, bottom = base * percent.numerator, 100 * percent.denominator
        if rounding == "down":
            return top // bottom
        whole, left = divmod(top, bottom)
        up = 2 * left > bottom or (2 * left == bottom and (rounding == "half_up" or whole % 2 == 1))
        return whole + int(up)

    def note(
        self, parts: Mapping[str, int], taken: Mapping[str, tuple[date, int]], on: date
    ) -> dict[str, tuple[date, int]]:
        """What each kind with a cap by the period has got in it, after a recharge that was shared like `parts`."""
        noted = dict(taken)
        for sink in self.sinks:
            if sink.cap_per_period is not None:
                period, got = noted.get(sink.kind, (date.min, 0))
                here = period_of(sink, on)
                noted[sink.kind] = (here, (got if period == here else 0) + parts.get(sink.kind, 0))
        return noted


def period_of(sink: SinkRule, on: date) -> date:
    """The first day of the period that `on` lies in; weeks begin on Monday."""
    if sink.period == "month":
        return on.replace(day=1)
    return on if sink.period == "day" else on - timedelta(days=on.weekday())
