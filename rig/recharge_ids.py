"""Ids of recharges that no earlier run has used."""

from __future__ import annotations

from datetime import datetime

from rig.clock import IST, Clock, utc_now


class RechargeIds:
    """Counts on from a first id: the seconds since 2025 (times four) in wall time, the seed in virtual time."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._seed = seed
        self._last = 0

    def __call__(self) -> int:
        """The next id."""
        if not self._last:
            base = datetime(2025, 1, 1, tzinfo=IST)
            since = int((utc_now() - base).total_seconds()) * 4
            self._last = self._seed % 1000 * 1_000_003 + 7000 if self._clock.virtual else since
        self._last += 1
        return self._last
