"""A time axis that gives its width to what happens: long quiet stretches are drawn short, and marked as broken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rig.clock import DAY, HOUR, MILLISECOND, MINUTE, SECOND

QUIET_RATIO = 10
"""A stretch is quiet when it is this many times longer than everything shorter together."""

WORTH_SEEING = 50 * MILLISECOND
"""Less than this is not worth a broken axis."""

_STEPS = (
    [m * unit for unit in (MILLISECOND, 10 * MILLISECOND, 100 * MILLISECOND, SECOND, 10 * SECOND) for m in (1, 2, 5)]
    + [m * MINUTE for m in (1, 2, 5, 10, 20, 30)]
    + [m * HOUR for m in (1, 2, 6, 12)]
    + [m * DAY for m in (1, 2, 5, 10)]
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `lo` to `hi` (ns) drawn from `left` to `right` (px)."""

    lo: int
    hi: int
    left: float
    right: float
    broken: bool


class TimeAxis:
    """Maps instants (ns) to pixels. `instants` are the moments that matter; the axis runs from the first to the last."""

    def __init__(self, instants: Iterable[int], left: float, right: float) -> None:
        knots = sorted(set(instants))
        if len(knots) < 2:
            knots = [knots[0] if knots else 0, (knots[0] if knots else 0) + SECOND]
        self.start, self.end = knots[0], knots[-1]
        gaps = [b - a for a, b in pairwise(knots)]
        quiet = _quiet(gaps)
        loud = sum(g for g in gaps if g < quiet)
        broken = sum(g >= quiet for g in gaps)
        drawn = [g if g < quiet else loud / max(broken, 2) for g in gaps]
        self._scale = (right - left) / sum(drawn)
        self.stretches: list[Stretch] = []
        x = left
        for knot, gap, width in zip(knots, gaps, drawn, strict=False):
            to = x + width * self._scale
            self.stretches.append(Stretch(knot, knot + gap, x, to, gap >= quiet))
            x = to
        self._starts = [s.lo for s in self.stretches]

    @property
    def shortened(self) -> bool:
        """True when a quiet stretch is drawn short."""
        return any(s.broken for s in self.stretches)

    def x(self, instant: int) -> float:
        """Where an instant is drawn; beyond the ends, at the end."""
        instant = min(max(instant, self.start), self.end)
        s = self.stretches[max(bisect_right(self._starts, instant) - 1, 0)]
        return s.left + (s.right - s.left) * (instant - s.lo) / (s.hi - s.lo)

    def ticks(self, apart: float = 62) -> Iterator[tuple[float, str]]:
        """Positions and labels, at least `apart` px from each other, in round steps since the start, outside the breaks."""
        step = next((s for s in _STEPS if s * self._scale >= apart), _STEPS[-1])
        last = -apart
        for stretch in self.stretches:
            if stretch.broken:
                continue
            since = stretch.lo - self.start
            tick = -(-since // step) * step
            while tick <= stretch.hi - self.start:
                x = self.x(self.start + tick)
                if x - last >= apart * 0.9:
                    yield x, moment(tick, step)
                    last = x
                tick += step


def _quiet(gaps: list[int]) -> int:
    """From which length on a stretch is drawn short; more than any where none is."""
    ordered = sorted(gaps)
    for i in range(len(ordered) - 1, 0, -1):
        shorter = sum(ordered[:i])
        if shorter >= WORTH_SEEING and ordered[i] > QUIET_RATIO * shorter:
            return ordered[i]
    return ordered[-1] + 1


def moment(ns: int, step: int = SECOND) -> str:
    """An instant since the start as text: "12.5 s", "4:05", "2:00:03", "3 d 4 h"."""
    if ns < 2 * MINUTE:
        decimals = 0 if step >= SECOND else 1 if step >= 100 * MILLISECOND else 3
        return f"{ns / SECOND:.{decimals}f} s"
    if ns >= 3 * DAY:
        days, hours = divmod(ns // HOUR, 24)
        return f"{days} d {hours} h" if hours else f"{days} d"
    minutes, rest = divmod(ns // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def stretch_words(ns: int) -> str:
    """How long a stretch is, roughly: "7.2 s", "12 min", "2 h 0 min", "3 d 4 h"."""
    if ns < 2 * MINUTE:
        return f"{ns / SECOND:.3g} s"
    minutes = round(ns / MINUTE)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"
