"""Too much current opens the relay whatever the load limit and the policy say: it protects the meter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.overload import (
    longer_than_an_over_current,
    over_current_is_out_of_reach,
    over_current_trip,
    promises_no_over_current,
    reclose_interval,
)

if TYPE_CHECKING:
    from rig.bench import Bench

SETTINGS = {"load_limit": 100_000, "reclose_interval": 11}


@scenario(
    "OVL-15",
    "Over-current: no trip at what is promised, a trip in time above it",
    requires=("OVER-CURRENT", "OVERLOAD-RETRY", "POWER-FAIL"),
    needs={Capability.OVERLOAD, Capability.AUTO_RECLOSE},
    beyond=promises_no_over_current,
    unshown=over_current_is_out_of_reach,
    reads=("disconnect_cause", "reclose_attempts"),
    starts=Start(credit=rupees("523.45"), settings=SETTINGS),
    catches={"O10": "over-current trip time", "O24": "over-current trip time"},
    judges=(
        Absent("no trip below", "opening", longer_than_an_over_current, "a current that is allowed does not trip"),
        Timed("over-current trip time", over_current_trip),
        Equal("disconnect cause", DisconnectCause.OVER_CURRENT.name, "the meter says that it was over-current"),
        Timed("time to the next attempt", reclose_interval, edges=2),
        Money("balance afterwards", moved=rupees("7.01")),
    ),
    wall_seconds=75,
)
def test_over_current(bench: Bench) -> None:
    """As close to the promised current as load and meter are known, on both sides; again after a power failure."""
    bench.allow_attempts(2)
    below, above = bench.watts_around_over_current()
    for power_fails in (False, True):
        if power_fails:
            bench.power_cycle()
        bench.draw_watts(below)
        bench.stays("no trip below", RelayState.CLOSED)
        over = bench.draw_watts(above)
        trip = bench.awaits("over-current trip time", RelayState.OPEN, since=over)
        bench.load_off()
        if trip is None:
            return
        bench.settle_registers()
        bench.observe_cause("disconnect cause")
        if bench.awaits("time to the next attempt", RelayState.CLOSED, since=trip.at) is None:
            return
    bench.observe_balance("balance afterwards")
