"""A load that climbs: a limiter goes by all that flowed, and a step of the load begins nothing anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Money, Start, Timed, scenario
from scenarios.limits.climbing import longer_than_a_mean, trip_after_a_step, trip_after_long_at
from scenarios.limits.overload import no_overload_cut

if TYPE_CHECKING:
    from rig.bench import Bench

SETTINGS = {"overload_enabled": 1, "load_limit": 1517, "over_threshold_duration": 18}
AFTER_LONG = "trip after a long load below the limit"


@scenario(
    "OVL-17",
    "A load that climbs trips by all that flowed",
    requires=("OVERLOAD-TRIP", "OVERLOAD-FAMILY", "OVERLOAD-HOLD"),
    needs={Capability.OVERLOAD, Capability.AUTO_RECLOSE},
    starts=Start(credit=rupees("523.45"), arrears=0, settings=SETTINGS),
    unless=no_overload_cut,
    catches={"O5": AFTER_LONG, "O22": AFTER_LONG},
    judges=(
        Absent("no trip below the limit", "opening", longer_than_a_mean, "nine tenths of the limit may flow for ever"),
        Timed(AFTER_LONG, trip_after_long_at("0.9", "1.5")),
        Timed("trip after a step of the load", trip_after_a_step("1.2", "2")),
        Money("balance afterwards"),
    ),
    wall_seconds=110,
)
def test_a_load_that_climbs(bench: Bench) -> None:
    """From long just below the limit to above it; then from nothing to above it, and while that lasts to more."""
    bench.recloses_after_a_look()
    bench.allow_attempts(2)
    low = bench.draw_watts(bench.times_limit("0.9"))
    bench.stays("no trip below the limit", RelayState.CLOSED, since=low)
    over = bench.draw_watts(bench.times_limit("1.5"))
    trip = bench.awaits(AFTER_LONG, RelayState.OPEN, since=over)
    bench.load_off()
    if trip is None or not bench.recloses_by_itself(trip):
        return
    over = bench.draw_watts(bench.times_limit("1.2"))
    bench.sleep_ns(bench.longest_harmless_burst("1.2"))
    bench.draw_watts(bench.times_limit("2"))
    bench.awaits("trip after a step of the load", RelayState.OPEN, since=over)
    bench.load_off()
    bench.observe_balance("balance afterwards")
