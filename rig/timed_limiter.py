"""A limiter that waits: the load has to stay above its limit for a delay."""

from __future__ import annotations

from rig.clock import Span
from rig.interval import Interval
from rig.mean_limiter import Window


class TimedLimiter:
    """Trips when the load was above the limit for `trip.lo` to `trip.hi` (ns).

    Measuring takes up to `late` (ns); a pause shorter than `forgives` (ns) may go unseen, and not end the count.
    """

    def __init__(self, trip: Span, late: int, forgives: int) -> None:
        self._trip = trip
        self._late = late
        self._forgives = forgives
        self._over: tuple[int, int | None] | None = None
        self.due: Window | None = None

    def begins_anew(self, _at: Span) -> None:
        """Nothing is counted any more."""
        self._over = self.due = None

    def load(self, at: Span, watts: Interval, limit: Interval) -> None:
        """So much flows (W) from a moment in `at` on; `limit` (W) is where the limiter may see its limit."""
        surely, maybe = watts.lo > limit.hi, watts.hi > limit.lo
        if surely or maybe:
            began = self._since(at)
            if self.due is None or (surely and not self.due[1]):
                self.due = (Span(began + self._trip.lo, at.hi + self._trip.hi), surely)
            return
        if self._over is not None and self._over[1] is None:
            self._over = (self._over[0], at.hi)
        if self.due is not None:
            self._ends(*self.due, at)

    def _since(self, at: Span) -> int:
        """Since when the meter may have counted; a pause in which no whole window fits may not have ended it."""
        began, paused = (at.lo, None) if self._over is None else self._over
        if paused is not None and at.lo - paused >= self._forgives:
            began = at.lo
        self._over = (began, None)
        return began

    def _ends(self, window: Span, must: bool, at: Span) -> None:
        """The load went back: a trip may still come if its time had begun to be up, and is not due any more."""
        latest = at.hi + self._late
        if window.lo > latest:
            self.due = None
        else:
            self.due = (Span(window.lo, min(window.hi, latest)), must and window.hi <= at.lo)
