"""Faults of measuring and of the load limiter."""

from __future__ import annotations

from drivers.emulated.faults.fault import Fault, Setting, fails
from drivers.emulated.meter.limiter import Limiter
from drivers.emulated.meter.metering import Metering, Watts
from rig.clock import FOREVER, MILLISECOND

CURRENT_WATCHED = Setting(promises={"over_current": '{ amps = "18.7", delay_s = "5" }'})
"""The shipped map promises no over-current."""


class GainTooHigh(Metering):
    """Power is measured 10 % too high, energy with it."""

    def seen(self, watts: int) -> int:
        return super().seen(watts) * 11 // 10


class NeverTrips(Limiter):
    """An overload is watched and left alone."""

    def trips_at(self) -> int:
        return FOREVER


class ThresholdLow(Limiter):
    """The limit is taken 1 % low, and reaching it is enough."""

    def is_above(self, energy: Watts) -> bool:
        return energy * 100 >= self.store.setup["load_limit"] * self.settings.window_ns * 99


class NoPersistence(Limiter):
    """Trips 20 ms after the load goes above the limit."""

    def trips_at(self) -> int:
        guarding = self.store.overload_enabled and self.relay.position and not self.store.holds
        if guarding and self.is_above(self.metering.watts * self.metering.window_ns):
            return self.metering.changed_at + 20 * MILLISECOND
        return FOREVER


class DelayDoubled(Limiter):
    """Waits twice as long as it is set to."""

    def windows_to_trip(self) -> int:
        return 2 * super().windows_to_trip()


class AttemptsUnlimited(Limiter):
    """Recloses for ever."""

    def attempts_are_used_up(self) -> bool:
        return False


class LockOutForever(Limiter):
    """Nothing ends a lock-out."""

    def lock_out_ends(self, _now: int) -> int:
        return FOREVER


class TripsWhenOff(Limiter):
    """The switch of the function is not looked at."""

    def plan(self, now: int) -> None:
        was, self.store.overload_enabled = self.store.overload_enabled, True
        super().plan(now)
        self.store.overload_enabled = was


class CurrentNotWatched(Limiter):
    """However high the current is, the load limit alone counts."""

    def is_over_current(self, _energy: Watts) -> bool:
        return False


FAULTS = (
    Fault(
        "M1",
        "gain 10 % too high",
        "metering",
        "energy and power are a tenth above the reference",
        (GainTooHigh,),
        ends_in=fails("MET-1", "energy error at 6 % of the load"),
    ),
    Fault(
        "O1",
        "no overload trip",
        "limiter",
        "the relay stays closed on a lasting overload",
        (NeverTrips,),
        ends_in=fails("OVL-1", "overload trip time"),
    ),
    Fault(
        "O2",
        "threshold 1 % low, reaching it is enough",
        "limiter",
        "trips at the limit",
        (ThresholdLow,),
        ends_in=fails("OVL-2", "no trip at the limit"),
    ),
    Fault(
        "O3",
        "persistence ignored",
        "limiter",
        "a short burst trips the relay",
        (NoPersistence,),
        ends_in=fails("OVL-3", "no trip on a burst"),
    ),
    Fault(
        "O5",
        "trip delay doubled",
        "limiter",
        "the trip comes after its window",
        (DelayDoubled,),
        ends_in=fails("CLK-2", "trip time"),
    ),
    Fault(
        "O6",
        "attempts unlimited",
        "limiter",
        "recloses once more where it had to lock out",
        (AttemptsUnlimited,),
        ends_in=fails("OVL-4", "lock-out"),
    ),
    Fault(
        "O10",
        "over-current not watched",
        "limiter",
        "no trip above the promised current",
        (CurrentNotWatched,),
        needs=CURRENT_WATCHED,
        ends_in=fails("OVL-15", "over-current trip time"),
    ),
    Fault(
        "O9",
        "trips although switched off",
        "limiter",
        "an overload that is allowed trips",
        (TripsWhenOff,),
        ends_in=fails("OVL-14", "no trip in an hour"),
        needs=Setting(policy="uppcl_2026_01"),
    ),
    Fault(
        "O8",
        "lock-out never released",
        "limiter",
        "the relay stays open after the lock-out's time",
        (LockOutForever,),
        ends_in=fails("OVL-4", "lock-out"),
    ),
)
