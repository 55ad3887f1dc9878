"""Several reasons hold the relay open at once: it closes when the last one is gone, in whatever order they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import HOUR, SECOND
from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.overload import lock_out, longer_than_an_interval, no_overload_cut, reclose_interval, trip_at
from scenarios.limits.policy import no_cut_at_zero
from scenarios.limits.recharge import reclosed_in_time
from scenarios.limits.relay import longer_than_a_command, remote_command

if TYPE_CHECKING:
    from rig.bench import Bench

BOTH = DisconnectCause.COMMAND | DisconnectCause.CREDIT
VIEWS = "output state and control state say what the contact does"


@scenario(
    "REL-3",
    "A remote disconnect and want of credit hold the relay together",
    requires=("RELAY-HOLDS", "RELAY-COMMAND", "CREDIT-CUT", "CREDIT-RESTORE", "RELAY-TRUTH"),
    needs={Capability.REMOTE_RELAY, Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ACCOUNT_PRESET},
    reads=("balance", "disconnect_cause"),
    starts=Start(cuts=True, credit=rupees("23.45"), arrears=0),
    unless=no_cut_at_zero,
    catches={"C14": "stays open without credit", "R12": "stays open after the recharge", "R7": "time to open"},
    judges=(
        Timed("time to open", remote_command),
        Equal("cause is command, or credit, or both", True, "the meter says why it is open"),
        Absent("stays open after the recharge", "closing", 7 * SECOND, "credit does not undo a remote disconnect"),
        Equal("register views when commanded", True, VIEWS),
        Timed("time to closed", remote_command),
        Absent("stays open without credit", "closing", longer_than_a_command, "a reconnect gives no credit"),
        Equal("register views without credit", True, VIEWS),
        Timed("closed by the recharge", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=60,
)
def test_command_and_credit(bench: Bench) -> None:
    """Disconnected and without credit, twice: credit comes first, then the reconnect; the other way round, over a power failure."""
    for credit_comes_first in (True, False):
        asked = bench.remote_disconnect()
        bench.awaits("time to open", RelayState.OPEN, since=asked)
        bench.preset(balance=rupees("-1.03"))
        bench.wait_until_credit_is_missed()
        cause = bench.read_meter("disconnect_cause").cause or DisconnectCause.NONE
        bench.observe("cause is command, or credit, or both", bool(cause) and not cause & ~BOTH, f"is {cause.name}")
        if credit_comes_first:
            bench.recharge(rupees("31.07"))
            failed = bench.power_cycle()
            bench.stays("stays open after the recharge", RelayState.OPEN, since=failed)
            bench.observe_views("register views when commanded", "command")
            asked = bench.remote_reconnect()
            bench.awaits("time to closed", RelayState.CLOSED, since=asked)
        else:
            bench.remote_reconnect()
            bench.stays("stays open without credit", RelayState.OPEN)
            bench.observe_views("register views without credit", "credit")
            paid = bench.recharge(rupees("31.07"))
            bench.awaits("closed by the recharge", RelayState.CLOSED, since=paid.result.sent)
    bench.observe_balance("balance afterwards")


@scenario(
    "REL-4",
    "A remote disconnect holds over the reclose interval and the lock-out of an overload",
    requires=("RELAY-HOLDS", "RELAY-COMMAND", "OVERLOAD-RETRY", "RELAY-TRUTH"),
    needs={Capability.REMOTE_RELAY, Capability.OVERLOAD, Capability.AUTO_RECLOSE},
    reads=("disconnect_cause", "reclose_attempts"),
    starts=Start(
        credit=rupees("523.45"),
        arrears=0,
        settings={
            "overload_enabled": 1,
            "load_limit": 2317,
            "over_threshold_duration": 3,
            "reclose_interval": 11,
            "lock_out_duration": 13,
        },
    ),
    unless=no_overload_cut,
    catches={"O1": "trip time", "R7": "stays open after the interval", "C14": "lock-out with a command in it"},
    judges=(
        Timed("trip time", trip_at("1.2")),
        Absent(
            "stays open after the interval", "closing", longer_than_an_interval, "an attempt does not undo a disconnect"
        ),
        Equal("disconnect cause", DisconnectCause.COMMAND.name, "after the interval the command alone holds the relay"),
        Timed("time to closed", remote_command),
        Timed("attempt with a command in it", reclose_interval, edges=2),
        Timed("lock-out with a command in it", lock_out, edges=2),
        Money("balance afterwards"),
    ),
    wall_seconds=90,
)
def test_command_and_overload(bench: Bench) -> None:
    """A disconnect while it is open: it outlasts interval and lock-out; when a reconnect comes first, these run to their end."""
    for attempts in (1, 0):
        bench.write_setting("reclose_attempts", 0)
        if attempts:
            bench.allow_attempts(2)
        for reconnects_first in (False, True):
            over = bench.draw_watts(bench.times_limit("1.2"))
            trip = bench.awaits("trip time", RelayState.OPEN, since=over)
            bench.load_off()
            if trip is None:
                return
            bench.remote_disconnect()
            if reconnects_first:
                bench.remote_reconnect()
                name = "attempt" if attempts else "lock-out"
                bench.awaits(f"{name} with a command in it", RelayState.CLOSED, since=trip.at)
                continue
            bench.stays("stays open after the interval", RelayState.OPEN)
            bench.observe_cause("disconnect cause")
            asked = bench.remote_reconnect()
            bench.awaits("time to closed", RelayState.CLOSED, since=asked)
    bench.observe_balance("balance afterwards")


@scenario(
    "REL-5",
    "A remote disconnect holds while there is credit, whatever comes",
    requires=("RELAY-HOLDS", "RELAY-COMMAND", "POWER-FAIL"),
    needs={Capability.REMOTE_RELAY, Capability.RECHARGE},
    reads=("balance",),
    starts=Start(credit=rupees("23.45"), arrears=0, settings={"load_limit": 9000}),
    catches={"R12": "stays open over a power failure", "R1": "time to open", "R2": "time to closed"},
    judges=(
        Timed("time to open", remote_command),
        Absent("stays open for an hour", "closing", HOUR, "neither time nor credit undoes a remote disconnect"),
        Absent("stays open over a power failure", "closing", 7 * SECOND, "the power's return undoes no command"),
        Equal("register views afterwards", True, VIEWS),
        Timed("time to closed", remote_command),
        Absent("stays closed", "opening", 7 * SECOND, "a reconnect is for good"),
        Money("balance afterwards"),
    ),
    wall_seconds=3660,
)
def test_a_remote_disconnect_holds(bench: Bench) -> None:
    """The load is asked for all the time. A recharge and an hour; a second disconnect and two power failures."""
    for number in (1, 2):
        bench.draw_watts(1234)
        asked = bench.remote_disconnect()
        bench.awaits("time to open", RelayState.OPEN, since=asked)
        bench.remote_disconnect()
        if number == 1:
            bench.recharge(rupees("31.07"))
            bench.stays("stays open for an hour", RelayState.OPEN)
        else:
            failed = bench.power_cycle()
            bench.power_cycle("0.7")
            bench.draw_watts(517)
            bench.stays("stays open over a power failure", RelayState.OPEN, since=failed)
        bench.observe_views("register views afterwards", "command")
        asked = bench.remote_reconnect()
        bench.awaits("time to closed", RelayState.CLOSED, since=asked)
        bench.stays("stays closed", RelayState.CLOSED)
    bench.load_off()
    bench.observe_balance("balance afterwards")
