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
            steps.append((at.lo, max(before, power) if upper else min(before, power)))
        if before is not None and at.hi < FOREVER:
            steps.append((at.hi, power))
        before, end = power, at.hi
    return steps


def _overlapping(segments: Sequence[Segment], upper: bool) -> list[tuple[int, Fraction]]:
    steps: list[tuple[int, Fraction]] = []
    spans = [at for at, _ in segments]
    earliest = list(accumulate((at.lo for at in reversed(spans)), min))[::-1]  # of this segment and all after it
    first = begun = 0
    for instant in sorted({edge for at in spans for edge in (at.lo, at.hi) if edge < FOREVER}):
        while first + 1 < len(spans) and spans[first + 1].hi <= instant:
            first += 1  # what has ended stays ended
        while begun < len(spans) and earliest[begun] <= instant:
            begun += 1
        possible = [segments[place][1] for place in range(first, begun) if _flows(spans, place, instant)]
        if len(possible) == 1:
            steps.append((instant, possible[0].hi if upper else possible[0].lo))
        else:
            steps.append((instant, max(w.hi for w in possible) if upper else min(w.lo for w in possible)))
    return steps


def _flows(spans: Sequence[Span], place: int, instant: int) -> bool:
    """True for a power that may flow just after `instant`: begun by the earliest reading, not ended by the latest."""
    ended = place + 1 < len(spans) and spans[place + 1].hi <= instant
    return spans[place].lo <= instant and not ended


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
