"""Since when a balance is not above a mark, as a meter finds it: it looks at its ticks, and not while it is dark."""

from __future__ import annotations

from fractions import Fraction

from rig.clock import Span
from rig.interval import Interval


class Crossing:
    """Since when a balance is not above a mark: surely not before `since`, surely by `by` (ns); None while it may be above."""

    def __init__(self) -> None:
        self.since: int | None = None
        self.by: int | None = None
        self._blind: Span | None = None

    def note(self, balance: Interval, mark: Interval, grain: Fraction, at: Span) -> None:
        """The balance (paise) moved at `at`; `grain` more may be left on the meter."""
        if balance.lo > mark.hi:
            self.since = None
        elif self.since is None:
            self.since = at.lo
        if balance.hi + grain > mark.lo:
            self.by = None
        elif self.by is None:
            self.by = self._seen(at.hi)

    def blind(self, during: Span) -> None:
        """From now on the meter is known not to look at its balance in this time (ns): what happens in it, it finds at its end."""
        self._blind = during
        if self.by is not None and self.by >= during.lo:
            self.by = during.hi

    def _seen(self, instant: int) -> int:
        blind = self._blind
        return blind.hi if blind is not None and blind.lo <= instant <= blind.hi else instant

    def anew(self, at: Span, surely: bool) -> None:
        """It may have been above the mark for a moment at `at`; `surely` where it was."""
        if self.since is not None and surely:
            self.since = max(self.since, at.lo)
        if self.by is not None:
            self.by = max(self.by, at.hi)
