"""Time in which nothing is asked of the meter: nothing is counted, nothing is charged, and the clock keeps time."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rig.clock import HOUR, MINUTE
from rig.contracts import Capability, RelayState
from rig.interval import Interval
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, Within, scenario
from scenarios.limits.clock import drift, long_enough_to_tell_drift
from scenarios.limits.energy import nothing_counted
from scenarios.limits.relay import leakage, remote_command

if TYPE_CHECKING:
    from rig.bench import Bench


@scenario(
    "IDL-1",
    "An hour without load",
    requires=("NO-LOAD",),
    needs={Capability.CREDIT_CUT},
    starts=Start(credit=rupees("523.45")),
    catches={"C8": "charged", "M8": "energy counted"},
    judges=(
        Within("energy counted", nothing_counted, "Wh"),
        Equal("charged", 0, "nothing is charged without load", "paise"),
        Absent("stays closed", "opening", HOUR, "the relay does not move by itself"),
        Money("balance afterwards"),
    ),
    wall_seconds=3605,
)
def test_an_hour_without_load(bench: Bench) -> None:
    """The line is live and the relay closed; the load is off."""
    before = bench.read_meter("energy", "balance")
    bench.stays("stays closed", RelayState.CLOSED)
    after = bench.read_meter("energy", "balance")
    counted = Fraction(after.energy_wh or 0) - Fraction(before.energy_wh or 0)
    bench.observe_within("energy counted", Interval.of(counted), after.spans["energy"])
    bench.observe("charged", before.number("balance") - after.number("balance"))
    bench.observe_balance("balance afterwards")


@scenario(
    "IDL-2",
    "The clock keeps time over days",
    requires=("CLOCK",),
    needs={Capability.CLOCK},
    starts=Start(credit=rupees("523.45")),
    catches={"T1": "drift"},
    judges=(
        Absent("stays as it is", "opening", long_enough_to_tell_drift, "the relay does not move by itself"),
        Within("drift", drift(MINUTE), "s"),
    ),
)
def test_the_clock_keeps_time_over_days(bench: Bench) -> None:
    """As many days as the promised drift needs to be told: the clock is caught at the change of a second before and after."""
    before = bench.catch_second()
    bench.stays("stays as it is", RelayState.CLOSED)
    bench.observe_drift("drift", before)


@scenario(
    "IDL-3",
    "An hour with the relay open and a load that asks for more",
    requires=("NO-LOAD", "RELAY-ISOLATES", "RELAY-COMMAND", "POWER-FAIL"),
    needs={Capability.REMOTE_RELAY},
    reads=("energy", "balance"),
    starts=Start(credit=rupees("523.45"), settings={"load_limit": 9000}),
    catches={
        "C8": "balance afterwards",
        "M8": "energy counted",
        "R8": "stays open",
        "R9": "current when open",
        "R12": "stays open",
    },
    judges=(
        Timed("time to open", remote_command),
        Absent("stays open", "closing", HOUR, "the relay does not move by itself"),
        Within("current when open", leakage, "A"),
        Within("energy counted", nothing_counted, "Wh"),
        Money("balance afterwards"),
    ),
    wall_seconds=7220,
)
def test_an_hour_with_the_relay_open(bench: Bench) -> None:
    """Twice, with a power failure in the second hour; nothing flows, so that nothing is counted and nothing charged."""
    for power_fails in (False, True):
        asked = bench.remote_disconnect()
        bench.awaits("time to open", RelayState.OPEN, since=asked)
        before = bench.read_meter("energy")
        failed = bench.power_cycle() if power_fails else None
        bench.draw_watts(2317)
        bench.stays("stays open", RelayState.OPEN, since=failed)
        bench.observe_load_current("current when open")
        bench.observe_rise("energy counted", "energy", before, bench.read_meter("energy"))
        bench.load_off()
        bench.remote_reconnect()
        bench.sleep("2.3")
    bench.observe_balance("balance afterwards")
