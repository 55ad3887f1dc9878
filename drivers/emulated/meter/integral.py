"""Something that flows, constant between two changes: its exact integral, and its mean over windows on a grid."""

from __future__ import annotations


class Integral:
    """Whole units times ns. Instants lie in the present stretch or ahead of it, as if nothing changed any more."""

    def __init__(self, window_ns: int) -> None:
        self._window_ns = window_ns
        self.rate = 0
        """What flows in the present stretch."""
        self.ever = False
        """True when anything has flowed since the start."""
        self._anchor = self._from = self._sum = 0
        self._mark = self._mark_sum = self._before = 0

    def start(self, now: int, rate: int, anchor: int) -> None:
        """Begin at zero; windows are counted from `anchor`."""
        self._anchor, self._from = anchor, now
        self._sum = self._mark = self._mark_sum = self._before = 0
        self.rate, self.ever = rate, rate != 0

    def take(self, now: int, rate: int) -> None:
        """From now on `rate` flows."""
        if rate == self.rate:
            return
        window = (now - self._anchor) // self._window_ns
        if window != self._mark:
            self._before = self._in_window(window - 1)
            self._mark_sum = self.at(self._anchor + window * self._window_ns)
            self._mark = window
        self._sum, self._from, self.rate, self.ever = self.at(now), now, rate, True

    def at(self, instant: int) -> int:
        """The integral since the start."""
        return self._sum + self.rate * (instant - self._from)

    def mean(self, now: int) -> int:
        """Mean over the last complete window, rounded; 0 before the first one is complete."""
        window = (now - self._anchor) // self._window_ns - 1
        if window < 0:
            return 0
        return (2 * self._in_window(window) + self._window_ns) // (2 * self._window_ns)

    def _in_window(self, window: int) -> int:
        if window < self._mark:
            return self._before
        if window == self._mark:
            return self.at(self._anchor + (window + 1) * self._window_ns) - self._mark_sum
        return self.rate * self._window_ns
