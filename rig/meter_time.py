"""The meter's own clock, as far as the rig knows it: an interval that readings narrow and drift widens."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from rig.clock import DAY, SECOND, Span

EPOCH = datetime(1970, 1, 1)


def civil_ns(civil: datetime) -> int:
    """Naive civil time as ns since 1970."""
    return (civil - EPOCH) // timedelta(microseconds=1) * 1000


def civil_time(ns: int) -> datetime:
    """The civil time of ns since 1970, cut to whole microseconds."""
    return EPOCH + timedelta(microseconds=ns // 1000)


class MeterTime:
    """What the meter's clock shows at an instant (ns since the run began), between two bounds (ns since 1970).

    `drift` is how far it may run off in a day (s). Nothing is known before the first reading.
    """

    def __init__(self, drift: Fraction) -> None:
        self._drift = drift * SECOND / DAY
        self._known: tuple[int, int, int] | None = None

    @property
    def known(self) -> bool:
        """True once the clock was read or set."""
        return self._known is not None

    @property
    def knowledge(self) -> object:
        """Equal as long as nothing more, and nothing else, is known of it."""
        return self._known

    def read(self, shown: datetime, at: Span) -> bool:
        """The clock showed this (whole seconds) at a moment in `at`. False when it cannot be the clock that was known."""
        lo, hi = self._offset_of(shown, at)
        if self._known is not None:
            known = self._offset(at.lo)
            if lo > known[1] or hi < known[0]:
                self._known = (lo, hi, at.lo)
                return False
            lo, hi = max(lo, known[0]), min(hi, known[1])
        self._known = (lo, hi, at.lo)
        return True

    def set(self, to: datetime, at: Span) -> None:
        """The clock was set to this (whole seconds) at a moment in `at`; what is below a second, it may have kept."""
        self._known = (*self._offset_of(to, at), at.lo)

    def _offset_of(self, shown: datetime, at: Span) -> tuple[int, int]:
        ns = civil_ns(shown)
        return ns - at.hi, ns + SECOND - 1 - at.lo

    def _offset(self, instant: int) -> tuple[int, int]:
        assert self._known is not None, "the clock was read"
        lo, hi, at = self._known
        drift = self.runs_off(instant - at)
        return lo - drift, hi + drift

    def runs_off(self, duration: int) -> int:
        """How far the clock may run off in so long (ns)."""
        return -(-abs(duration) * self._drift.numerator // self._drift.denominator)

    def shows(self, instant: int) -> tuple[int, int]:
        """The least and the most that the clock shows at `instant`."""
        lo, hi = self._offset(instant)
        return instant + lo, instant + hi

    def when(self, civil: int) -> Span:
        """When the clock shows this; it may lie in the past."""
        assert self._known is not None, "the clock was read"
        near = civil - (self._known[0] + self._known[1]) // 2
        lo, hi = self._offset(near)
        beside = self.runs_off(hi - lo)
        return Span(civil - hi - beside, civil - lo + beside)
