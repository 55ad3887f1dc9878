"""The meter's civil clock: runs on a battery, may drift, and can be set."""

from __future__ import annotations

from datetime import datetime, timedelta

from drivers.emulated.meter.settings import MeterSettings
from rig.clock import SECOND


class Clock:
    """Naive civil time of the meter's zone, in whole seconds as the registers show it."""

    def __init__(self, settings: MeterSettings, civil_zero: datetime) -> None:
        self.drift_ppb = settings.drift_ppb
        """How much it runs fast (parts in 1e9)."""
        self._set_at = 0
        self._set_to = civil_zero

    def civil(self, now: int) -> datetime:
        """What the clock shows at `now`."""
        elapsed = (now - self._set_at) * (SECOND + self.drift_ppb) // SECOND
        return (self._set_to + timedelta(microseconds=elapsed // 1000)).replace(microsecond=0)

    def when(self, civil: datetime) -> int:
        """The instant at which the clock, left alone, first shows `civil` (whole seconds); it may lie in the past."""
        elapsed = (civil - self._set_to) // timedelta(microseconds=1) * 1000
        return self._set_at - -elapsed * SECOND // (SECOND + self.drift_ppb)

    def set(self, now: int, to: datetime) -> None:
        """Show `to` from `now` on."""
        self._set_at, self._set_to = now, to

    def power_fails(self, now: int) -> None:
        """The mains went."""

    def power_returns(self, now: int) -> None:
        """The mains are back after a failure."""
