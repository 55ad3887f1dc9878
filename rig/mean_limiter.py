"""A limiter that looks at a mean of the power: when it is due to trip, with every load that it has seen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from rig.clock import FOREVER, HOUR, Span
from rig.energy import PowerTrace
from rig.interval import Interval

Window = tuple[Span, bool]
"""When a trip may come (ns), and whether it has to."""


class MeanLimiter:
    """Trips when the mean over `length` (ns) is above the limit: at any moment, or, in `blocks`, at the end of one.

    A mean begins anew with a whole metering window, up to `early` (ns) before it is told to. Blocks are counted from there, and
    are of whole windows too, so that they drift where these do not fill the length; where it is not known any more, a block
    may end at any moment. `late` (ns) is what measuring takes.
    """

    def __init__(self, length: int, blocks: bool, early: int, late: int) -> None:
        self._length = length
        self._blocks = blocks
        self._early = early
        self._late = late
        self._least, self._most = length, length
        if early:
            self._least, self._most = length // early * early or early, -(-length // early) * early
        self._trace = PowerTrace()
        self._begun: Span | None = None
        self._fresh = False
        self.due: Window | None = None

    def begins_anew(self, at: Span) -> None:
        """Nothing is remembered from before `at`."""
        self._trace = PowerTrace()
        self._begun = at
        self._fresh = True
        self.due = None

    def load(self, at: Span, watts: Interval, limit: Interval) -> None:
        """So much flows (W) from a moment in `at` on; `limit` (W) is where the limiter may see its limit."""
        self._trace.set(at.widened(min(self._early, at.lo)) if self._fresh else at, watts)
        self._fresh = False
        before, self.due = self.due, self._foreseen(at, limit)
        if before is None or before[0].lo > at.hi + self._late:
            return
        window, must = before
        still = Span(window.lo, min(window.hi, max(at.hi + self._late, window.lo)))
        if self.due is None:
            self.due = (still, must and window.hi <= at.lo)
        else:
            self.due = (Span(min(still.lo, self.due[0].lo), max(still.hi, self.due[0].hi)), self.due[1])

    def _foreseen(self, at: Span, limit: Interval) -> Window | None:
        if self._blocks and self._begun is not None and self._knows_blocks(self._begun, at):
            return self._at_a_blocks_end(self._begun, at, limit)
        earliest = next((begins for begins, _ in self._above(at.lo, limit.lo, upper=True)), None)
        if earliest is None:
            return None
        waits = self._length if self._blocks else 0
        stays = waits + self._early
        surely = (begins for begins, ends in self._above(at.hi, limit.hi, upper=False) if ends - begins >= stays)
        latest = next(surely, None)
        hi = FOREVER if latest is None else math.ceil(latest) + waits + self._late
        return Span(max(math.floor(earliest) - self._early, 0), hi), latest is not None

    def _knows_blocks(self, begun: Span, at: Span) -> bool:
        """True as long as blocks have not drifted by as much as one of them."""
        return (at.lo - begun.lo) // self._least * (self._most - self._least) < self._least

    def _at_a_blocks_end(self, begun: Span, at: Span, limit: Interval) -> Window | None:
        earliest = latest = None
        first, last = (at.lo - begun.hi) // self._most, (at.lo - begun.lo) // self._least
        for block in range(max(first, 0), max(last, 0) + 3):
            starts, ends = (begun.plus(n * self._least, n * self._most) for n in (block, block + 1))
            soonest, surest = max(starts.lo - self._early, 0), ends.lo - self._early
            if earliest is None and self._energy(soonest, ends.hi, upper=True) > self._threshold(limit.lo):
                earliest = ends.lo
            whole = self._energy(starts.hi, surest, upper=False) if surest > starts.hi else 0
            if latest is None and whole * self._length > self._threshold(limit.hi) * self._most:
                latest = ends.hi
        if earliest is None:
            return None
        hi = FOREVER if latest is None else latest + self._late
        return Span(max(earliest - self._early, 0), hi), latest is not None

    def _above(self, now: int, watts: Fraction, upper: bool) -> Iterator[tuple[Fraction, Fraction]]:
        """From when to when, from `now` on, the mean lies above `watts`; with the present load carried on."""
        needed = self._threshold(watts)
        marks = sorted(set(self._marks(now)))
        flowed = [self._energy(mark - self._length, mark, upper=upper) for mark in marks]
        begins = Fraction(now) if flowed[0] > needed else None
        for (mark, before), (after, then) in pairwise(zip(marks, flowed, strict=True)):
            if (before > needed) == (then > needed):
                continue
            crossed = mark + (needed - before) / (then - before) * (after - mark)
            if begins is None:
                begins = crossed
            else:
                yield begins, crossed
                begins = None
        if begins is not None:
            yield begins, Fraction(FOREVER)

    def _marks(self, now: int) -> Iterator[int]:
        """Where the mean changes its slope, until the present load fills it."""
        yield now
        for span, _ in self._trace.segments(max(now - self._length, 0)):
            for edge in (span.lo, span.hi, span.lo + self._length, span.hi + self._length):
                if now < edge < FOREVER:
                    yield edge

    def _energy(self, since: int, until: int, upper: bool) -> Fraction:
        energy = self._trace.energy_wh(since, Span.at(until))
        return energy.hi if upper else energy.lo

    def _threshold(self, watts: Fraction) -> Fraction:
        return watts * self._length / HOUR
