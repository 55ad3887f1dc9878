"""A lock-out lasts its time, whatever comes, and after it everything begins anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.overload import (
    after_a_quiet_time,
    lock_out,
    longer_than_a_lock_out,
    longer_than_a_trip,
    no_overload_cut,
    reclose_interval,
    trip_at,
)
from scenarios.limits.policy import no_cut_at_zero
from scenarios.limits.recharge import reclosed_in_time

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.OVERLOAD, Capability.AUTO_RECLOSE})
SETTINGS = {
    "overload_enabled": 1,
    "load_limit": 2317,
    "over_threshold_duration": 3,
    "reclose_interval": 11,
    "lock_out_duration": 67,
}
START = Start(credit=rupees("523.45"), arrears=0, settings=SETTINGS)


@scenario(
    "OVL-5",
    "With no attempts allowed the first trip locks out, and so does the next",
    requires=("OVERLOAD-RETRY", "OVERLOAD-TRIP"),
    needs=NEEDS,
    reads=("reclose_attempts", "disconnect_cause"),
    starts=Start(
        credit=rupees("523.45"), arrears=0, settings={**SETTINGS, "reclose_attempts": 0, "lock_out_duration": 313}
    ),
    unless=no_overload_cut,
    catches={
        "O1": "trip at 1.2 times the limit",
        "O6": "lock-out",
        "O8": "lock-out",
        "R5": "register views in lock-out",
    },
    judges=(
        *(Timed(f"trip at {times} times the limit", trip_at(times)) for times in ("1.2", "2.1")),
        Equal("register views in lock-out", True, "locked out is another control state than ready"),
        Equal("disconnect cause in lock-out", DisconnectCause.OVERLOAD.name, "overload locked it out"),
        Timed("lock-out", lock_out, edges=2),
        Absent("stays closed without load", "opening", longer_than_a_trip),
        Money("balance afterwards"),
    ),
    wall_seconds=650,
)
def test_no_attempts_allowed(bench: Bench) -> None:
    """Twice, first a little above the limit, then far above; the load is taken away in the lock-out."""
    for times in ("1.2", "2.1"):
        over = bench.draw_watts(bench.times_limit(times))
        trip = bench.awaits(f"trip at {times} times the limit", RelayState.OPEN, since=over)
        if trip is None:
            return
        bench.load_off()
        bench.observe_views("register views in lock-out", "lock_out")
        bench.observe_cause("disconnect cause in lock-out")
        if bench.awaits("lock-out", RelayState.CLOSED, since=trip.at) is None:
            return
    bench.stays("stays closed without load", RelayState.CLOSED)
    bench.observe_balance("balance afterwards")


@scenario(
    "OVL-6",
    "A lock-out lasts its time over a recharge, a reconnect and a power failure, and attempts begin anew after it",
    requires=("OVERLOAD-RETRY", "POWER-FAIL"),
    needs=NEEDS | {Capability.RECHARGE, Capability.REMOTE_RELAY},
    reads=("reclose_attempts", "attempts_done"),
    starts=START,
    unless=no_overload_cut,
    catches={"C14": "lock-out", "R12": "lock-out"},
    judges=(
        Timed("trip time", trip_at("1.5"), edges=2),
        Timed("time to the next attempt", reclose_interval, edges=2),
        Equal("register views in lock-out", True, "locked out is another control state than ready"),
        Timed("lock-out", lock_out, edges=2),
        Absent("stays closed without load", "opening", longer_than_a_trip),
        Money("balance afterwards"),
    ),
    wall_seconds=210,
)
def test_a_lock_out_lasts_whatever_comes(bench: Bench) -> None:
    """One attempt is allowed and the load stays on: first a recharge and a reconnect come in the lock-out, then a power failure."""
    bench.allow_attempts(1)
    over = bench.draw_watts(bench.times_limit("1.5"))
    for cycle in (1, 2):
        trip = bench.awaits("trip time", RelayState.OPEN, since=over)
        if trip is None:
            return
        closed = bench.awaits("time to the next attempt", RelayState.CLOSED, since=trip.at)
        if closed is None:
            return
        last = bench.awaits("trip time", RelayState.OPEN, since=closed.at)
        if last is None:
            return
        if cycle == 1:
            bench.recharge(rupees("123.45"))
            bench.remote_reconnect()
            bench.write_setting("reclose_attempts", 1)
        else:
            bench.power_cycle()
        bench.observe_views("register views in lock-out", "lock_out")
        released = bench.awaits("lock-out", RelayState.CLOSED, since=last.at)
        if released is None:
            return
        over = released.at
    bench.stays("stays closed without load", RelayState.CLOSED)
    bench.observe_balance("balance afterwards")


@scenario(
    "OVL-7",
    "A lock-out that ends without credit closes nothing, and credit does not end a lock-out",
    requires=("OVERLOAD-RETRY", "CREDIT-CUT", "CREDIT-RESTORE", "POWER-FAIL"),
    needs=NEEDS | {Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ACCOUNT_PRESET},
    reads=("balance", "disconnect_cause", "reclose_attempts"),
    starts=Start(cuts=True, credit=rupees("523.45"), arrears=0, settings={**SETTINGS, "reclose_attempts": 0}),
    unless=lambda policy: no_overload_cut(policy) or no_cut_at_zero(policy),
    catches={"R12": "lock-out with a recharge in it", "C1": "stays open without credit"},
    judges=(
        Timed("trip time", trip_at("1.2")),
        Absent("stays open without credit", "closing", longer_than_a_lock_out, "the end of a lock-out gives no credit"),
        Equal("disconnect cause", DisconnectCause.CREDIT.name, "after the lock-out credit alone holds the relay"),
        Equal("register views without credit", True, "output state and control state say what the contact does"),
        Timed("closed by a recharge", reclosed_in_time),
        Timed("lock-out with a recharge in it", lock_out, edges=2),
        Absent("stays closed", "opening", 13 * SECOND, "nothing holds the relay any more"),
        Money("balance afterwards"),
    ),
    wall_seconds=220,
)
def test_lock_out_and_no_credit(bench: Bench) -> None:
    """Both at once: the lock-out ends first and a recharge closes; then the recharge comes first, over a power failure."""
    for credit_comes_first in (False, True):
        over = bench.draw_watts(bench.times_limit("1.2"))
        trip = bench.awaits("trip time", RelayState.OPEN, since=over)
        if trip is None:
            return
        bench.load_off()
        bench.preset(balance=rupees("-1.03"))
        if credit_comes_first:
            bench.power_cycle()
            bench.recharge(rupees("31.07"))
            bench.awaits("lock-out with a recharge in it", RelayState.CLOSED, since=trip.at)
        else:
            bench.stays("stays open without credit", RelayState.OPEN)
            bench.observe_cause("disconnect cause")
            bench.observe_views("register views without credit", "credit")
            paid = bench.recharge(rupees("31.07"))
            bench.awaits("closed by a recharge", RelayState.CLOSED, since=paid.result.sent)
    bench.stays("stays closed", RelayState.CLOSED)
    bench.observe_balance("balance afterwards")


@scenario(
    "OVL-8",
    "Attempts still count after a short quiet time, and no more after a long one",
    requires=("OVERLOAD-RETRY",),
    needs=NEEDS,
    reads=("reclose_attempts", "attempts_done"),
    starts=START,
    unless=no_overload_cut,
    catches={"O6": "lock-out soon after an attempt", "O5": "trip time"},
    judges=(
        Timed("trip time", trip_at("1.2")),
        Timed("time to the first attempt", reclose_interval, edges=2),
        Timed("lock-out soon after an attempt", lock_out, edges=2),
        Timed("closed after a long quiet time", after_a_quiet_time, edges=2),
        Money("balance afterwards"),
    ),
)
def test_attempts_are_cleared_by_a_quiet_time(bench: Bench) -> None:
    """One attempt is allowed: used up, it counts on for three quarters of the promised time, and not for five quarters."""
    bench.allow_attempts(1)
    for parts, judgement in ((3, "lock-out soon after an attempt"), (5, "closed after a long quiet time")):
        for name in ("time to the first attempt", judgement):
            over = bench.draw_watts(bench.times_limit("1.2"))
            trip = bench.awaits("trip time", RelayState.OPEN, since=over)
            if trip is None:
                return
            bench.load_off()
            if bench.awaits(name, RelayState.CLOSED, since=trip.at) is None:
                return
            if name != judgement:
                bench.sleep_ns(bench.until_attempts_are_cleared() * parts // 4)
        bench.allow_attempts(1)
    bench.observe_balance("balance afterwards")
