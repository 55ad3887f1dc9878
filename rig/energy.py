"""The power that flowed through a meter, as the rig knows it, and the energy of it: exact, between two bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from rig.clock import FOREVER, HOUR, Span
from rig.interval import Interval

_NOTHING = Fraction(0)
NO_ENERGY = Interval.of(0)

Segment = tuple[Span, Interval]
"""From a moment in the span on, the power lies in the interval (W), until the next segment begins."""


class PowerTrace:
    """Power by time: segments in the order in which they began. Before the first one nothing flowed."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []

    def set(self, at: Span, watts: Interval) -> None:
        """From a moment in `at` on (ns), the power lies in `watts` (W, not negative)."""
        if watts.lo < 0:
            raise ValueError(f"no load gives power back: {watts.lo} W")
        self._segments.append((at, watts))

    @property
    def last(self) -> Interval:
        """The power that flows now (W)."""
        return self._segments[-1][1] if self._segments else Interval.of(0)

    def segments(self, since: int) -> list[Segment]:
        """What may have been in effect at `since` (ns), and everything after it."""
        found: list[Segment] = []
        for at, watts in reversed(self._segments):
            if at.hi <= since:
                return [(Span.at(since), watts), *reversed(found)]
            found.append((at if at.lo >= since else Span(since, at.hi), watts))
        return [(Span.at(since), Interval.of(0)), *reversed(found)]

    def energy_wh(self, since: int, until: Span) -> Interval:
        """Wh from `since` (ns) to a moment in `until`: the least and the most that can have flowed."""
        segments = self.segments(since)
        if len(segments) == 1 and not segments[0][1].hi:
            return NO_ENERGY
        return Interval(
            _sum_wh(bound(segments, upper=False), until.lo),
            _sum_wh(bound(segments, upper=True), until.hi),
        )


def bound(segments: Sequence[Segment], *, upper: bool) -> list[tuple[int, Fraction]]:
    """The most (`upper`) or the least power (W) that can flow, as (from this instant on, W); segments overlap where their
    spans do."""
    steps = _in_order(segments, upper)
    return _overlapping(segments, upper) if steps is None else steps


def _in_order(segments: Sequence[Segment], upper: bool) -> list[tuple[int, Fraction]] | None:
    """The same for segments of which each begins after the one before surely has, as nearly all do; None for others."""
    steps: list[tuple[int, Fraction]] = []
    before: Fraction | None = None
    end = -1
    for at, watts in segments:
        if at.lo < end:
            return None
        power = watts.hi if upper else watts.lo
        if before is None:
            steps.append((at.lo, power))
        elif at.lo < at.hi:
            steps.append((at.lo, _either(before, power, upper)))
        if before is not None and at.hi < FOREVER:
            steps.append((at.hi, power))
        before, end = power, at.hi
    return steps


def _either(one: Fraction, other: Fraction, upper: bool) -> Fraction:
    """The more (`upper`) or the less of two powers, of which one is often the other, or none at all."""
    if one is other:
        return one
    if not one or not other:
        return (one or other) if upper else _NOTHING
    return max(one, other) if upper else min(one, other)


def _overlapping(segments: Sequence[Segment], upper: bool) -> list[tuple[int, Fraction]]:
    """For any segments: at each instant every power that may have begun and has not surely ended."""
    steps: list[tuple[int, Fraction]] = []
    begins, ends = [at.lo for at, _ in segments], [at.hi for at, _ in segments]
    powers = [watts.hi if upper else watts.lo for _, watts in segments]
    earliest = list(accumulate(reversed(begins), min))[::-1]  # of this segment and all after it
    first = begun = 0
    for instant in sorted({edge for edge in (*begins, *ends) if edge < FOREVER}):
        while first + 1 < len(ends) and ends[first + 1] <= instant:
            first += 1  # what has ended stays ended
        while begun < len(begins) and earliest[begun] <= instant:
            begun += 1
        flows: Fraction | None = None
        for place in range(first, begun):
            if begins[place] <= instant and (place + 1 == len(ends) or ends[place + 1] > instant):
                flows = powers[place] if flows is None else _either(flows, powers[place], upper)
        assert flows is not None, "the last that has surely begun flows until another does"
        steps.append((instant, flows))
    return steps


def _sum_wh(steps: Sequence[tuple[int, Fraction]], until: int) -> Fraction:
    """Wh until then (ns), summed in whole numbers over one denominator: a sum of fractions takes ten times as long."""
    total, over, end = 0, 1, until
    for instant, watts in reversed(steps):
        if instant >= end:
            continue
        power, parts = watts.as_integer_ratio()
        if power:
            if parts != over:
                common = math.lcm(parts, over)
                total, power, over = total * (common // over), power * (common // parts), common
            total += power * (end - instant)
        end = instant
    return Fraction(total, over * HOUR) if total else _NOTHING


def when_used(steps: Sequence[tuple[int, Fraction]], energy_wh: Fraction) -> Fraction | None:
    """When this energy (Wh) has flowed (ns, exact), the last power being carried on for ever; None when never."""
    over = math.lcm(energy_wh.denominator, *(watts.denominator for _, watts in steps))
    left = energy_wh.numerator * (over // energy_wh.denominator) * HOUR  # in whole parts of a W·ns
    for place, (instant, watts) in enumerate(steps):
        if left <= 0:
            return Fraction(instant)
        end = steps[place + 1][0] if place + 1 < len(steps) else FOREVER
        power = watts.numerator * (over // watts.denominator)
        if power > 0 and power * (end - instant) >= left:
            return instant + Fraction(left, power)
        left -= power * (end - instant)
    return None
