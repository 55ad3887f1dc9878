"""When credit runs out under a load that is carried on: through slabs, hours and the charges of days that begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from rig.almanac import Change
from rig.clock import FOREVER, HOUR
from rig.interval import Interval
from rig.policies.pricing import Pricing

Steps = Sequence[tuple[int, Fraction]]
"""(from this instant on, W)."""


class _Walk:
    """One bound of the answer: the earliest that credit can be gone (`soon`), or the latest.

    The earliest takes the dearest that can be true at every moment, the latest the cheapest.
    """

    def __init__(self, level: Fraction, prices: Pricing, used: Interval, at_rate: Interval, soon: bool) -> None:
        self.level = level
        self._prices = prices
        self._soon = soon
        self._least = used.lo
        self._used = used.hi if soon else used.lo
        self._at_rate = at_rate.hi if soon else at_rate.lo
        self._fresh: Fraction | None = None

    def flow(self, since: int, until: int, watts: Fraction) -> Fraction | None:
        """`watts` (as metered) flow from `since` to `until`; when the level is reached in it, the instant."""
        at = Fraction(since)
        while self.level > 0 and watts > 0 and at < until:
            rate = self._rate()
            room = self._prices.next_edge(self._used)
            energy = watts * (until - at) / HOUR
            piece = energy if room is None else min(energy, room)
            if rate > 0 and piece * rate >= self.level:
                return at + self.level / rate * HOUR / watts
            self.level -= piece * rate
            self._used += piece
            if self._fresh is not None:
                self._fresh += piece
            at += piece * HOUR / watts
        return None if self.level > 0 else at

    def _rate(self) -> Fraction:
        if self._soon:
            return self._prices.dearest_from(self._least, self._used, self._at_rate)
        return self._prices.cheapest_from(self._used, self._at_rate)

    def begins(self, change: Change, before: Fraction) -> None:
        """The change may have come; `before` is the rate's factor until now."""
        self._at_rate = max(before, change.at_rate) if self._soon else min(before, change.at_rate)
        if change.new_month:
            self._least = self._fresh = Fraction(0)
            if not self._soon:
                self._used = Fraction(0)

    def ends(self, change: Change) -> None:
        """The change has come."""
        self._at_rate = change.at_rate
        if change.new_month and self._soon and self._fresh is not None:
            self._used = self._fresh
        self._fresh = None


def runs_out(
    level: Fraction,
    steps: Steps,
    prices: Pricing,
    used: Interval,
    at_rate: Interval,
    changes: Sequence[Change],
    day_costs: Callable[[Change, Fraction], Fraction],
    soon: bool,
) -> Fraction | None:
    """The instant (ns) at which `level` (paise) is used up; None when never. `steps` are metered W, the last one for ever, as is
    the rate after the last change.

    `day_costs` says what the day that a change opens takes off a level.
    """
    walk = _Walk(level, prices, used, at_rate, soon)
    now = steps[0][0]
    steps = steps if any(watts for _, watts in steps) else ()
    of_no_matter = prices.single or not steps  # the rate, where it never changes or nothing flows
    before = at_rate.hi if soon else at_rate.lo
    for instant, comes, change in _marks(changes, now, of_no_matter, soon):
        if (gone := _until(walk, steps, now, instant)) is not None:
            return gone
        now = max(now, instant)
        if of_no_matter:
            pass
        elif not comes:
            walk.begins(change, before)
        else:
            walk.ends(change)
            before = change.at_rate
        if comes != soon and change.opens is not None:
            walk.level -= day_costs(change, walk.level)
            if walk.level <= 0:
                return Fraction(now)
    return _until(walk, steps, now, FOREVER)


def _marks(changes: Sequence[Change], now: int, costs_alone: bool, soon: bool) -> list[tuple[int, bool, Change]]:
    """When each change may have come, and when it has; where only its costs matter, just when they are taken."""
    marks = [
        (max(change.at.hi if comes else change.at.lo, now), comes, change)
        for change in changes
        for comes in (False, True)
        if not costs_alone or (comes != soon and change.opens is not None)
    ]
    marks.sort(key=lambda mark: (mark[0], mark[1]))
    return marks


def _until(walk: _Walk, steps: Steps, since: int, until: int) -> Fraction | None:
    if walk.level <= 0:
        return Fraction(since)
    if not steps or until <= since:
        return None
    for place, (instant, watts) in enumerate(steps):
        end = min(steps[place + 1][0] if place + 1 < len(steps) else FOREVER, until)
        if watts and end > max(instant, since) and (gone := walk.flow(max(instant, since), end, watts)) is not None:
            return gone
    return None
