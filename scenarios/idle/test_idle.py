"""An hour in which nothing is asked of the meter: nothing is counted, nothing is charged, and the clock keeps time."""

from fractions import Fraction

from rig.bench import Bench
from rig.clock import HOUR
from rig.contracts import Capability, RelayState
from rig.interval import Interval
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Within, scenario
from scenarios.limits.clock import clock_error_over
from scenarios.limits.energy import nothing_counted


@scenario(
    "IDL-1",
    "An hour without load",
    requires=("NO-LOAD", "CLOCK"),
    needs={Capability.CREDIT_CUT, Capability.CLOCK},
    starts=Start(credit=rupees("523.45")),
    catches={"C8": "energy counted", "T1": "clock over the hour"},
    judges=(
        Within("energy counted", nothing_counted, "Wh"),
        Equal("charged", 0, "nothing is charged without load", "paise"),
        Within("clock over the hour", clock_error_over(HOUR), "s"),
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
    bench.observe_clock("clock over the hour")
    bench.observe_balance("balance afterwards")
