"""The limiter does what it is set to at once: switched off it leaves the load alone, and a changed limit is the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import HOUR
from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.overload import cuts_for_overload, longer_than_a_trip, no_overload_cut, trip_since_a_setting

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.OVERLOAD, Capability.AUTO_RECLOSE})
LOW, HIGH = 1517, 4321


@scenario(
    "OVL-12",
    "Switched off, no trip in an hour; switched on again, a trip in time",
    requires=("OVERLOAD-SETTINGS", "OVERLOAD-TRIP", "POWER-FAIL"),
    needs=NEEDS,
    reads=("overload_enabled",),
    starts=Start(
        credit=rupees("523.45"),
        arrears=0,
        settings={"overload_enabled": 0, "load_limit": LOW, "over_threshold_duration": 6},
    ),
    unless=no_overload_cut,
    catches={"O1": "trip once it is switched on", "O25": "trip once it is switched on"},
    judges=(
        Absent(
            "no trip in an hour while switched off", "opening", HOUR, "a limiter that is switched off does not trip"
        ),
        Timed("trip once it is switched on", trip_since_a_setting("1.5")),
        Absent("switched off over a power failure", "opening", longer_than_a_trip, "the switch survives the failure"),
        Money("balance afterwards", moved=rupees("31.07")),
    ),
    wall_seconds=3640,
)
def test_switched_off_and_on(bench: Bench) -> None:
    """1.5 times the limit for an hour, then on with the load; off again, over a power failure, and on once more."""
    bench.recloses_after_a_look()
    bench.allow_attempts(2)
    bench.draw_watts(bench.times_limit("1.5"))
    for first in (True, False):
        if first:
            bench.stays("no trip in an hour while switched off", RelayState.CLOSED)
        else:
            bench.write_setting("overload_enabled", 0)
            bench.power_cycle()
            bench.draw_watts(bench.times_limit("1.5"))
            bench.stays("switched off over a power failure", RelayState.CLOSED)
        switched_on = bench.write_setting("overload_enabled", 1)
        trip = bench.awaits("trip once it is switched on", RelayState.OPEN, since=switched_on)
        bench.load_off()
        if trip is None or not bench.recloses_by_itself(trip):
            return
    bench.observe_balance("balance afterwards")


@scenario(
    "OVL-13",
    "A changed limit acts at once, and only with its delay",
    requires=("OVERLOAD-SETTINGS", "OVERLOAD-TRIP", "OVERLOAD-HOLD", "POWER-FAIL"),
    needs=NEEDS,
    starts=Start(
        credit=rupees("523.45"),
        arrears=0,
        settings={"overload_enabled": 1, "load_limit": HIGH, "over_threshold_duration": 6},
    ),
    unless=no_overload_cut,
    catches={"O1": "trip after the limit was lowered", "O3": "no trip after the limit was raised"},
    judges=(
        Absent("no trip below the high limit", "opening", longer_than_a_trip, "the load is below the limit"),
        Absent(
            "no trip after the limit was raised",
            "opening",
            longer_than_a_trip,
            "a limit raised in time ends an overload",
        ),
        Timed("trip after the limit was lowered", trip_since_a_setting("1.5", load_limit=LOW)),
        Absent("the raised limit holds", "opening", longer_than_a_trip, "the load is below the new limit"),
        Money("balance afterwards", moved=rupees("7.01")),
    ),
    wall_seconds=120,
)
def test_a_changed_limit_acts_at_once(bench: Bench) -> None:
    """The load stays, the limit moves: lowered and raised in time, lowered, raised; a power failure in the second round."""
    bench.recloses_after_a_look()
    bench.allow_attempts(2)
    low, high = bench.nearest("load_limit", LOW), bench.nearest("load_limit", HIGH)
    watts = bench.times_limit("1.5", low)
    bench.draw_watts(watts)
    bench.stays("no trip below the high limit", RelayState.CLOSED)
    for power_fails in (False, True):
        began = bench.write_setting("load_limit", low)
        written = bench.now().hi - began.lo  # a meter may answer slowly, and its limiter counts all the while
        bench.sleep_ns(max(bench.longest_harmless_burst("1.5") - written, 0))
        raised = bench.write_setting("load_limit", high)
        bench.stays("no trip after the limit was raised", RelayState.CLOSED, since=raised)
        lowered = bench.write_setting("load_limit", low)
        trip = bench.awaits("trip after the limit was lowered", RelayState.OPEN, since=lowered)
        if trip is None:
            return
        bench.write_setting("load_limit", high)
        if not bench.recloses_by_itself(trip):
            return
        if power_fails:
            bench.power_cycle()
            bench.draw_watts(watts)
        bench.stays("the raised limit holds", RelayState.CLOSED)
    bench.load_off()
    bench.observe_balance("balance afterwards")


@scenario(
    "OVL-14",
    "Where supply is not cut for too much load: no trip in an hour",
    requires=("OVERLOAD-OFF", "POWER-FAIL"),
    needs={Capability.OVERLOAD},
    reads=("overload_enabled",),
    starts=Start(credit=rupees("523.45"), settings={"load_limit": LOW, "over_threshold_duration": 6}),
    unless=cuts_for_overload,
    catches={"O9": "no trip in an hour"},
    judges=(
        Equal("overload function", 0, "the function is switched off, as the policy wants it"),
        Absent("no trip in an hour", "opening", HOUR, "too much load is no reason to cut supply"),
        Absent("no trip after a power failure", "opening", longer_than_a_trip, "the function stays off"),
        Money("balance afterwards", moved=rupees("31.07")),
    ),
    wall_seconds=3620,
)
def test_no_cut_for_too_much_load(bench: Bench) -> None:
    """1.5 times the limit for an hour, and 2.1 times after a power failure; the function is left as it was found."""
    bench.observe("overload function", bench.setting("overload_enabled"))
    bench.draw_watts(bench.times_limit("1.5"))
    bench.stays("no trip in an hour", RelayState.CLOSED)
    bench.power_cycle()
    bench.draw_watts(bench.times_limit("2.1"))
    bench.stays("no trip after a power failure", RelayState.CLOSED)
    bench.load_off()
    bench.observe("overload function", bench.read_meter("overload_enabled").number("overload_enabled"))
    bench.observe_balance("balance afterwards")
