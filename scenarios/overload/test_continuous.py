"""How long a load has to be above the limit: without a pause, and equally long however far above it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Money, Start, Timed, scenario
from scenarios.limits.overload import (
    counts_no_time_without_a_pause,
    lock_out,
    longer_than_a_trip,
    no_overload_cut,
    reclose_interval,
    trip_at,
    waits_a_definite_time,
)

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.OVERLOAD, Capability.AUTO_RECLOSE})
SETTINGS = {"overload_enabled": 1, "load_limit": 1517, "over_threshold_duration": 18}
TIMES = ("1.05", "1.2", "1.5", "2")
DELAY = "over_threshold_duration"
SHORT, LONG, LONG_LOCK_OUT = 3, 303, 4001
"""Settings (s), or what comes near in the meter's register: a lock-out and a duration of more than eight bits, and a short one."""


@scenario(
    "OVL-9",
    "A pause begins the count anew, and one shorter than a metering window does not",
    requires=("OVERLOAD-HOLD", "OVERLOAD-TRIP"),
    needs=NEEDS,
    starts=Start(credit=rupees("523.45"), arrears=0, settings=SETTINGS),
    unless=no_overload_cut,
    beyond=counts_no_time_without_a_pause,
    catches={"O3": "no trip while it is interrupted", "O1": "trip in spite of a moment's pause"},
    judges=(
        Absent(
            "no trip while it is interrupted", "opening", longer_than_a_trip, "only time without a pause is counted"
        ),
        Timed("trip in spite of a moment's pause", trip_at("2.1")),
        Money("balance afterwards"),
    ),
    wall_seconds=115,
)
def test_only_continuous_overload_trips(bench: Bench) -> None:
    """Four times seven tenths of the delay with a pause of a window between; then twice as long with hardly any pause."""
    bench.recloses_after_a_look()
    bench.allow_attempts(2)
    first = bench.draw_watts(bench.times_limit("3.2"))
    for _ in range(3):
        bench.sleep_ns(bench.longest_harmless_burst("3.2"))
        bench.load_off()
        bench.sleep_ns(bench.pause_that_ends_an_overload())
        bench.draw_watts(bench.times_limit("3.2"))
    bench.sleep_ns(bench.longest_harmless_burst("3.2"))
    bench.draw_watts(bench.times_limit("0.3"))
    bench.stays("no trip while it is interrupted", RelayState.CLOSED, since=first)
    for _ in range(2):
        over = bench.draw_watts(bench.times_limit("2.1"))
        bench.sleep_ns(bench.longest_harmless_burst("2.1"))
        bench.draw_watts(bench.most_watts_not_above_limit() * 9 // 10)
        bench.sleep_ns(bench.pause_that_ends_nothing())
        bench.draw_watts(bench.times_limit("2.1"))
        trip = bench.awaits("trip in spite of a moment's pause", RelayState.OPEN, since=over)
        bench.load_off()
        if trip is None or not bench.recloses_by_itself(trip):
            return
    bench.observe_balance("balance afterwards")


@scenario(
    "OVL-10",
    "The trip comes when its family says, at 1.05, 1.2, 1.5 and 2 times the limit",
    requires=("OVERLOAD-TRIP", "OVERLOAD-FAMILY", "POWER-FAIL"),
    needs=NEEDS,
    starts=Start(credit=rupees("523.45"), arrears=0, settings={**SETTINGS, "over_threshold_duration": 6}),
    unless=no_overload_cut,
    catches={
        "O1": "trip at 1.05 times the limit",
        "O5": "trip at 1.05 times the limit",
        "O21": "trip at 1.05 times the limit",
    },
    judges=(
        *(Timed(f"trip at {times} times the limit", trip_at(times)) for times in TIMES),
        Money("balance afterwards"),
    ),
    wall_seconds=130,
)
def test_the_trip_comes_when_its_family_says(bench: Bench) -> None:
    """Up, and after a power failure the highest and the lowest once more: they meet a limiter that has started anew."""
    bench.recloses_after_a_look()
    bench.allow_attempts(len(TIMES) + 2)
    for number, times in enumerate((*TIMES, TIMES[-1], TIMES[0])):
        if number == len(TIMES):
            bench.power_cycle()
        over = bench.draw_watts(bench.times_limit(times))
        trip = bench.awaits(f"trip at {times} times the limit", RelayState.OPEN, since=over)
        bench.load_off()
        if trip is None or not bench.recloses_by_itself(trip):
            return
    bench.observe_balance("balance afterwards")


@scenario(
    "OVL-11",
    "Short and long times are kept as they are set",
    requires=("OVERLOAD-TRIP", "OVERLOAD-RETRY", "OVERLOAD-SETTINGS"),
    needs=NEEDS,
    reads=("reclose_attempts", "reclose_interval", "lock_out_duration"),
    starts=Start(
        credit=rupees("523.45"),
        arrears=0,
        settings={**SETTINGS, "reclose_interval": 313, "lock_out_duration": LONG_LOCK_OUT},
    ),
    unless=no_overload_cut,
    beyond=waits_a_definite_time,
    catches={"O5": "trip after the short delay", "O6": "long lock-out", "O8": "long lock-out"},
    judges=(
        Timed("trip after the short delay", trip_at("1.2", over_threshold_duration=SHORT)),
        Timed("long interval to the next attempt", reclose_interval, edges=2),
        Timed("trip after the long delay", trip_at("1.2", over_threshold_duration=LONG)),
        Timed("long lock-out", lock_out, edges=2),
        Money("balance afterwards", moved=rupees("7.01")),
    ),
)
def test_times_are_kept_as_they_are_set(bench: Bench) -> None:
    """Twice: a short delay and an attempt, then a long delay and a lock-out, over a power failure in the long times once."""
    for power_fails in (False, True):
        bench.allow_attempts(1)
        bench.write_setting(DELAY, bench.nearest(DELAY, SHORT))
        over = bench.draw_watts(bench.times_limit("1.2"))
        trip = bench.awaits("trip after the short delay", RelayState.OPEN, since=over)
        bench.load_off()
        if trip is None:
            return
        if power_fails:
            bench.power_cycle()
        if bench.awaits("long interval to the next attempt", RelayState.CLOSED, since=trip.at) is None:
            return
        bench.write_setting(DELAY, bench.nearest(DELAY, LONG))
        over = bench.draw_watts(bench.times_limit("1.2"))
        trip = bench.awaits("trip after the long delay", RelayState.OPEN, since=over)
        bench.load_off()
        if trip is None:
            return
        if power_fails:
            bench.power_cycle("307")
        if bench.awaits("long lock-out", RelayState.CLOSED, since=trip.at) is None:
            return
    bench.observe_balance("balance afterwards")
