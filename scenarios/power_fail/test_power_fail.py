"""The mains fail in every state of the relay: nothing is lost, nothing moves because of it, and what was counting goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, Within, scenario
from scenarios.limits.clock import clock_error
from scenarios.limits.overload import lock_out, no_overload_cut, reclose_interval, trip_at
from scenarios.limits.power import energy_kept, longer_than_a_start, served_at_start

if TYPE_CHECKING:
    from rig.bench import Bench

SETTINGS = {
    "overload_enabled": 1,
    "load_limit": 2317,
    "over_threshold_duration": 3,
    "reclose_interval": 23,
    "lock_out_duration": 67,
}


@scenario(
    "PWR-1",
    "The mains fail under load: the relay stays closed, and money, energy, settings and clock are kept",
    requires=("POWER-FAIL", "CREDIT-DEBIT"),
    needs={Capability.CLOCK},
    reads=("energy", "balance"),
    starts=Start(credit=rupees("523.45"), settings={**SETTINGS, "load_limit": 9000}),
    catches={
        "L7": "energy across the failure",
        "T2": "clock after the failure",
        "T5": "clock after the failure",
        "T7": "clock after the failure",
    },
    judges=(
        Absent("stays closed", "opening", longer_than_a_start, "a power failure does not open the relay"),
        Within("energy across the failure", energy_kept, "Wh"),
        Equal("settings that have changed", "none", "every setting survives"),
        Within("clock after the failure", clock_error, "s"),
        Money("balance after the failure"),
    ),
    wall_seconds=370,
)
def test_the_mains_fail_under_load(bench: Bench) -> None:
    """A failure of seconds and one of minutes, each after a while under load; the load comes back with the mains."""
    for watts, dark in ((1234, "3.3"), (4321, "307")):
        bench.draw_watts(bench.at_most(watts))
        bench.sleep("17.3")
        bench.load_off()
        bench.sleep("2.3")
        before = bench.read_meter("energy")
        failed = bench.power_cycle(dark)
        after = bench.read_meter("energy")
        bench.observe_rise("energy across the failure", "energy", before, after)
        bench.draw_watts(bench.at_most(watts))
        bench.stays("stays closed", RelayState.CLOSED, since=failed)
        bench.load_off()
        bench.observe("settings that have changed", ", ".join(bench.settings_that_changed()) or "none")
        bench.observe_clock("clock after the failure")
        bench.observe_balance("balance after the failure")


@scenario(
    "PWR-2",
    "The mains fail between overload attempts and in the lock-out: times run on, and attempts stay counted",
    requires=("POWER-FAIL", "OVERLOAD-RETRY"),
    needs={Capability.OVERLOAD, Capability.AUTO_RECLOSE},
    reads=("reclose_attempts", "attempts_done"),
    starts=Start(credit=rupees("523.45"), arrears=0, settings=SETTINGS),
    unless=no_overload_cut,
    catches={"R12": "interval with a power failure in it", "O6": "lock-out with a power failure in it"},
    judges=(
        Timed("trip time", trip_at("1.5")),
        Timed("interval with a power failure in it", reclose_interval, edges=2),
        Equal("register views in lock-out", True, "locked out is another control state than ready"),
        Timed("lock-out with a power failure in it", lock_out, edges=2),
        Timed("closed when the interval ends without mains", served_at_start),
        Timed("closed when the lock-out ends without mains", served_at_start),
        Money("balance afterwards"),
    ),
    wall_seconds=290,
)
def test_the_mains_fail_between_attempts(bench: Bench) -> None:
    """One attempt is allowed. Failures shorter than interval and lock-out, then longer ones; one more after each attempt."""
    for outlasts in (False, True):
        bench.allow_attempts(1)
        for hold, longer in (("interval", "29"), ("lock-out", "71")):
            over = bench.draw_watts(bench.times_limit("1.5"))
            trip = bench.awaits("trip time", RelayState.OPEN, since=over)
            bench.load_off()
            if trip is None:
                return
            if not outlasts:
                bench.power_cycle()
                if hold == "lock-out":
                    bench.observe_views("register views in lock-out", "lock_out")
                closed = bench.awaits(f"{hold} with a power failure in it", RelayState.CLOSED, since=trip.at)
            else:
                bench.power_off()
                bench.sleep(longer)
                back = bench.power_on()
                closed = bench.awaits(f"closed when the {hold} ends without mains", RelayState.CLOSED, since=back)
            if closed is None:
                return
            if hold == "interval":
                bench.power_cycle("1.1")
    bench.observe_balance("balance afterwards")


@scenario(
    "PWR-3",
    "Seven failures one after the other, with consumption, a recharge and a recharge to the arrears between",
    requires=("POWER-FAIL", "RECHARGE-CREDIT", "EVENTS"),
    needs={Capability.RECHARGE, Capability.ARREARS, Capability.ACCOUNT_PRESET, Capability.CLOCK},
    reads=("balance", "arrears"),
    starts=Start(credit=rupees("523.45"), arrears=rupees("200.05"), settings={"load_limit": 9000}),
    catches={"L4": "arrears beside the ledger", "T2": "clock after all failures", "L7": "metering"},
    judges=(
        Equal("arrears beside the ledger", 0, "no failure brings arrears back", "paise"),
        Absent("stays closed", "opening", longer_than_a_start, "no failure opens the relay"),
        Within("clock after all failures", clock_error, "s"),
        Money("balance after all failures", moved=rupees("1.07"), failures=7),
    ),
    wall_seconds=60,
)
def test_seven_failures_in_a_row(bench: Bench) -> None:
    """Odd loads for some seconds between failures of about a second."""
    owed = bench.read_meter("arrears").number("arrears")
    failed = None
    for number in range(7):
        if number in (1, 3, 5):
            owed -= bench.recharge(rupees("77.77")).split.to_arrears
        bench.draw_watts(bench.at_most(1013 + 531 * number))
        bench.sleep("2.9")
        began = bench.power_cycle("1.1")
        failed = failed or began
        bench.observe("arrears beside the ledger", bench.read_meter("arrears").number("arrears") - owed)
    bench.stays("stays closed", RelayState.CLOSED, since=failed)
    bench.observe_clock("clock after all failures")
    bench.observe_balance("balance after all failures")
