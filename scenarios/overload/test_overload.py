"""Too much load trips the relay: in time, not before, again after each attempt, and then it locks out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.overload import (
    lock_out,
    longer_than_a_trip,
    no_overload_cut,
    reclose_interval,
    trip_at,
    trip_just_above,
)

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.OVERLOAD})
SETTINGS = {"overload_enabled": 1, "load_limit": 2317, "over_threshold_duration": 3}
RETRIES = {**SETTINGS, "reclose_interval": 11, "lock_out_duration": 67}
ATTEMPTS = 2
START = Start(credit=rupees("523.45"), arrears=0, settings=SETTINGS)


@scenario(
    "OVL-1",
    "The relay opens in time when the load stays above the limit",
    requires=("OVERLOAD-TRIP", "RELAY-TRUTH"),
    needs=NEEDS,
    starts=START,
    unless=no_overload_cut,
    catches={
        "O1": "overload trip time",
        "O5": "overload trip time",
        "R6": "register views after the trip",
        "E5": "disconnect cause",
    },
    judges=(
        Timed("overload trip time", trip_at("1.2")),
        Equal("disconnect cause", DisconnectCause.OVERLOAD.name, "the meter says that it was overload"),
        Equal("register views after the trip", True, "output state and control state say what the contact does"),
        Money("balance after the trip"),
    ),
    wall_seconds=7,
)
def test_overload_trips_in_time(bench: Bench) -> None:
    """A step to 1.2 times the limit."""
    bench.recloses_after_a_look()
    bench.allow_attempts(1)
    start = bench.draw_watts(bench.times_limit("1.2"))
    bench.awaits("overload trip time", RelayState.OPEN, since=start)
    bench.load_off()
    bench.observe_views("register views after the trip", "overload")
    bench.observe_cause("disconnect cause")
    bench.observe_balance("balance after the trip")


@scenario(
    "OVL-2",
    "No trip at the limit, a trip just above it",
    requires=("OVERLOAD-HOLD", "OVERLOAD-TRIP"),
    needs=NEEDS,
    starts=START,
    unless=no_overload_cut,
    catches={"O2": "no trip at the limit"},
    judges=(
        Absent(
            "no trip at the limit", "opening", longer_than_a_trip, "a load that is not above the limit does not trip"
        ),
        Timed("trip just above the limit", trip_just_above),
    ),
    wall_seconds=13,
)
def test_no_trip_at_the_limit(bench: Bench) -> None:
    """As close to the limit as meter and load are known, on both sides."""
    bench.recloses_after_a_look()
    bench.allow_attempts(1)
    bench.wait_until_a_mean_has_forgotten()
    bench.draw_watts(bench.most_watts_not_above_limit())
    bench.stays("no trip at the limit", RelayState.CLOSED)
    bench.load_off()
    bench.wait_until_a_mean_has_forgotten()
    above = bench.draw_watts(bench.least_watts_above_limit())
    bench.awaits("trip just above the limit", RelayState.OPEN, since=above)


@scenario(
    "OVL-3",
    "No trip on a short burst",
    requires=("OVERLOAD-HOLD",),
    needs=NEEDS,
    starts=START,
    unless=no_overload_cut,
    catches={"O3": "no trip on a burst"},
    judges=(
        Absent(
            "no trip on a burst",
            "opening",
            longer_than_a_trip,
            "a load above the limit for less than the delay does not trip",
        ),
    ),
    wall_seconds=17,
)
def test_no_trip_on_a_short_burst(bench: Bench) -> None:
    """2.1 and 1.05 times the limit for less than any trip may take, with a pause after each, watched on."""
    for times in ("2.1", "1.05"):
        burst = bench.draw_watts(bench.times_limit(times))
        bench.sleep_ns(bench.longest_harmless_burst(times))
        bench.draw_watts(bench.setting("load_limit") // 3)
        bench.stays("no trip on a burst", RelayState.CLOSED, since=burst)


@scenario(
    "OVL-4",
    "Attempts, lock-out and release",
    requires=("OVERLOAD-RETRY", "OVERLOAD-TRIP"),
    needs=NEEDS | {Capability.AUTO_RECLOSE},
    starts=Start(credit=rupees("523.45"), arrears=0, settings=RETRIES),
    unless=no_overload_cut,
    catches={"O6": "lock-out", "O8": "lock-out"},
    judges=(
        Timed("trip time", trip_at("1.5"), edges=2),
        Timed("time to the next attempt", reclose_interval, edges=2),
        Equal("register views in lock-out", True, "locked out is another control state than ready"),
        Timed("lock-out", lock_out, edges=2),
        Absent("stays closed once the load is gone", "opening", longer_than_a_trip),
        Money("balance afterwards"),
    ),
    wall_seconds=130,
)
def test_attempts_lock_out_and_release(bench: Bench) -> None:
    """The overload persists through every attempt and is taken away in the lock-out."""
    bench.allow_attempts(ATTEMPTS)
    over = bench.draw_watts(bench.times_limit("1.5"))
    for _ in range(ATTEMPTS):
        trip = bench.awaits("trip time", RelayState.OPEN, since=over)
        if trip is None:
            return
        closed = bench.awaits("time to the next attempt", RelayState.CLOSED, since=trip.at)
        if closed is None:
            return
        over = closed.at
    last = bench.awaits("trip time", RelayState.OPEN, since=over)
    if last is None:
        return
    bench.load_off()
    bench.observe_views("register views in lock-out", "lock_out")
    bench.awaits("lock-out", RelayState.CLOSED, since=last.at)
    bench.draw_watts(bench.setting("load_limit") // 2)
    bench.stays("stays closed once the load is gone", RelayState.CLOSED)
    bench.load_off()
    bench.observe_balance("balance afterwards")
