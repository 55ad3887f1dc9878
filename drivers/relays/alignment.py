"""From the ticks of a board to the rig's clock: never a point, always what all pings together leave open."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from rig.clock import SECOND, Span

KEPT = 8
"""Pings that are held against each other; older ones say little, since the clocks drift."""


class _Ping(NamedTuple):
    ticks: int
    sent: int
    received: int


class Alignment:
    """Unwraps ticks and places them. `hertz`: ticks a second; `bits`: of the counter; `drift_ppm`: how far its clock may run off.

    A ping was answered at some moment between its sending and the arrival of the answer; that, and the drift since, bounds
    every other tick.
    """

    def __init__(self, hertz: int, bits: int, drift_ppm: int) -> None:
        self._hertz = hertz
        self._wrap = 1 << bits
        self._drift = drift_ppm
        self._pings: deque[_Ping] = deque(maxlen=KEPT)
        self._newest = -1

    def unwrapped(self, ticks: int) -> int:
        """The ticks since the counter was first seen: lines come in their order, so each is at or after the one before."""
        self._newest = ticks if self._newest < 0 else self._newest + (ticks - self._newest) % self._wrap
        return self._newest

    def ping(self, ticks: int, sent: int, received: int) -> None:
        """Ticks (unwrapped) that the board said in answer to a ping, and the stamps around it (ns)."""
        self._pings.append(_Ping(ticks, sent, received))

    def at(self, ticks: int) -> Span:
        """When this tick (unwrapped) was. Raises ValueError when the pings contradict each other: a clock has jumped."""
        bounds = [self._bounds(ping, ticks) for ping in self._pings]
        lo, hi = max(lo for lo, _ in bounds), min(hi for _, hi in bounds)
        if lo > hi:
            raise ValueError("the pings contradict each other")
        return Span(lo, hi)

    def _bounds(self, ping: _Ping, ticks: int) -> tuple[int, int]:
        """The tick itself is one tick wide on either side: a counter says when it last moved."""
        apart = ticks - ping.ticks
        nearest, farthest = (apart - 1) * SECOND // self._hertz, -(-(apart + 1) * SECOND // self._hertz)
        drift = (abs(apart) + 1) * SECOND * self._drift // (self._hertz * 1_000_000) + 1
        return ping.sent + nearest - drift, ping.received + farthest + drift
