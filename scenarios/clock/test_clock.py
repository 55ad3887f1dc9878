"""The meter's clock is set, goes over the ends of days, months and years, and moves nothing but itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Money, Start, Timed, Within, scenario
from scenarios.limits.clock import charges_by_day, clock_error
from scenarios.limits.overload import no_overload_cut, reclose_interval, trip_at

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.CLOCK, Capability.CLOCK_SET})
ENDS = (
    datetime(2027, 1, 30, 23, 59, 43),
    datetime(2027, 4, 30, 23, 59, 43),
    datetime(2027, 12, 31, 23, 59, 43),
    datetime(2028, 2, 28, 23, 59, 43),
    datetime(2028, 2, 29, 23, 59, 43),
)
"""Seventeen seconds before a day, a month of 30 days, a year, 29 February, and the March after it."""


@scenario(
    "CLK-1",
    "The clock goes over the end of a day, of months, of a year and of Februaries",
    requires=("CLOCK", "CLOCK-SET", "POWER-FAIL"),
    needs=NEEDS,
    unless=charges_by_day,
    starts=Start(credit=rupees("23.45")),
    catches={"T2": "clock after midnight", "T6": "clock as set", "T7": "clock after midnight"},
    judges=(
        Within("clock as set", clock_error, "s"),
        Within("clock after midnight", clock_error, "s"),
        Money("balance afterwards"),
    ),
    wall_seconds=170,
)
def test_over_the_ends_of_days(bench: Bench) -> None:
    """Set some seconds before each midnight and read after it; the last two midnights come while the mains are off."""
    for number, end in enumerate(ENDS):
        bench.set_clock(end)
        bench.observe_clock("clock as set")
        if number < len(ENDS) - 2:
            bench.sleep("23.7")
        else:
            bench.sleep("13.1")
            bench.power_cycle("7.9")
        bench.observe_clock("clock after midnight")
    bench.observe_balance("balance afterwards")


@scenario(
    "CLK-2",
    "A clock that is set forward and back moves neither relay nor money, and stretches no interval",
    requires=("CLOCK-SET", "CREDIT-DEBIT", "OVERLOAD-RETRY", "POWER-FAIL", "EVENTS"),
    needs=NEEDS | {Capability.OVERLOAD, Capability.AUTO_RECLOSE},
    unless=lambda policy: charges_by_day(policy) or no_overload_cut(policy),
    reads=("balance",),
    starts=Start(
        credit=rupees("523.45"),
        arrears=0,
        settings={
            "overload_enabled": 1,
            "load_limit": 2317,
            "over_threshold_duration": 3,
            "reclose_interval": 11,
        },
    ),
    catches={"O5": "trip time", "T2": "clock after the failure"},
    judges=(
        Absent("stays closed when the clock is set", "opening", 13 * SECOND, "no time of day opens the relay"),
        Money("balance under load", "the energy is charged, whatever time it is"),
        Timed("trip time", trip_at("1.5")),
        Timed("interval with a step of the clock in it", reclose_interval, edges=2),
        Within("clock after the failure", clock_error, "s"),
        Money("balance afterwards"),
    ),
    wall_seconds=95,
)
def test_the_clock_is_set_forward_and_back(bench: Bench) -> None:
    """Under load and in a reclose interval: months forward, and years back; then a power failure."""
    bench.allow_attempts(2)
    for steps in (
        (datetime(2026, 3, 7, 17, 59, 58), datetime(2026, 9, 14, 3, 7, 11)),
        (datetime(2026, 8, 2, 0, 0, 1), datetime(2024, 2, 29, 12, 34, 56)),
    ):
        bench.draw_watts(1234)
        bench.set_clock(steps[0])
        bench.stays("stays closed when the clock is set", RelayState.CLOSED)
        bench.observe_balance("balance under load")
        bench.load_off()
        bench.wait_until_a_mean_has_forgotten()
        over = bench.draw_watts(bench.times_limit("1.5"))
        trip = bench.awaits("trip time", RelayState.OPEN, since=over)
        bench.load_off()
        if trip is None:
            return
        bench.set_clock(steps[1])
        bench.awaits("interval with a step of the clock in it", RelayState.CLOSED, since=trip.at)
        bench.power_cycle()
        bench.observe_clock("clock after the failure")
    bench.observe_balance("balance afterwards")
