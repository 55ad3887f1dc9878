"""Where credit begins and ends, to the paisa; and that nothing but credit closes a relay that opened for want of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rig.clock import MINUTE, SECOND
from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, Within, scenario
from scenarios.limits.credit import credit_at_cut, cut_once_gone, longer_than_a_cut, longer_than_a_reclosing
from scenarios.limits.overload import trips_before_a_cut
from scenarios.limits.policy import no_cut_at_zero
from scenarios.limits.recharge import reclosed_in_time

if TYPE_CHECKING:
    from rig.bench import Bench

WATTS = 4321
A_LITTLE = rupees("0.05")
NEEDS = frozenset({Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ACCOUNT_PRESET})
READS = ("balance", "disconnect_cause")
START = Start(credit=rupees("23.45"), arrears=0, settings={"load_limit": 9000}, cuts=True)


@scenario(
    "EXH-3",
    "One paisa is credit, nothing is none",
    requires=("CREDIT-CUT", "CREDIT-RESTORE"),
    needs=NEEDS,
    reads=READS,
    unless=no_cut_at_zero,
    starts=START,
    catches={"C1": "opens at zero", "C3": "stays closed with a paisa", "C11": "opens at zero"},
    judges=(
        Absent("stays closed with a paisa", "opening", longer_than_a_cut, "a paisa above zero the relay stays closed"),
        Timed("opens at zero", cut_once_gone),
        Equal("disconnect cause", DisconnectCause.CREDIT.name, "the meter says that credit is gone"),
        Timed("closed by the least recharge", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=35,
)
def test_one_paisa_is_credit(bench: Bench) -> None:
    """The balance is set by hand, so that no consumption blurs it: first to exactly zero, then to a paisa below."""
    for none in (0, -1):
        bench.preset(balance=1)
        bench.stays("stays closed with a paisa", RelayState.CLOSED)
        written = bench.preset(balance=none)
        bench.awaits("opens at zero", RelayState.OPEN, since=written)
        bench.settle_registers()
        bench.observe_cause("disconnect cause")
        bench.awaits("closed by the least recharge", RelayState.CLOSED, since=bench.recharge_to_close())
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-4",
    "A recharge that leaves less than reconnection asks for closes nothing, to the paisa",
    requires=("CREDIT-RESTORE", "RECHARGE-CREDIT", "POWER-FAIL"),
    needs=NEEDS,
    reads=READS,
    unless=no_cut_at_zero,
    starts=START,
    catches={
        "P9": "stays open without credit",
        "P22": "stays open without credit",
        "P8": "closed once there is credit",
        "P23": "balance below zero",
    },
    judges=(
        Timed("opens below zero", cut_once_gone),
        Absent(
            "stays open without credit", "closing", longer_than_a_reclosing, "a recharge without credit closes nothing"
        ),
        Money("balance below zero"),
        Equal("register views below zero", True, "output state and control state say what the contact does"),
        Timed("closed once there is credit", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=65,
)
def test_a_recharge_that_is_not_enough(bench: Bench) -> None:
    """From 50.03 below: 10.01, then a paisa short of enough, then a little; again straight to enough, over a power failure."""
    enough = bench.least_credit_to_close() + rupees("50.03") - rupees("10.01")
    little = bench.promises.smallest_recharge
    for amounts in ((rupees("10.01"), enough - 1, little), (rupees("10.01"), enough)):
        written = bench.preset(balance=rupees("-50.03"))
        bench.awaits("opens below zero", RelayState.OPEN, since=written)
        for amount in amounts[:-1]:
            bench.recharge(amount)
            bench.stays("stays open without credit", RelayState.OPEN)
            bench.observe_balance("balance below zero")
        bench.power_off()
        bench.sleep("3.3")
        bench.power_on()
        bench.observe_balance("balance below zero")
        bench.observe_views("register views below zero", "credit")
        paid = bench.recharge(amounts[-1])
        bench.awaits("closed once there is credit", RelayState.CLOSED, since=paid.result.sent)
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-5",
    "A recharge just before the cut, and one just after it",
    requires=("CREDIT-CUT", "CREDIT-RESTORE"),
    needs=NEEDS,
    reads=READS,
    unless=no_cut_at_zero,
    starts=START,
    catches={"C2": "credit at the cut", "P8": "closed by a recharge at once"},
    judges=(
        Absent(
            "no cut after a recharge in time", "opening", 30 * SECOND, "a recharge before the end of credit is in time"
        ),
        Within("credit at the cut", credit_at_cut(WATTS, A_LITTLE), "paise"),
        Timed("closed by a recharge at once", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=120,
)
def test_just_before_and_just_after(bench: Bench) -> None:
    """Twice under load: as late as is surely in time, then as soon as the relay has opened."""
    for amount in (rupees("31.07"), rupees("10.01")):
        bench.preset(balance=A_LITTLE)
        bench.draw_watts(bench.at_most(WATTS))
        bench.wait_until_nearly_gone()
        bench.recharge(amount)
        bench.stays("no cut after a recharge in time", RelayState.CLOSED)
        bench.load_off()
        bench.preset(balance=A_LITTLE)
        bench.draw_watts(bench.at_most(WATTS))
        bench.observe_credit_at("credit at the cut", bench.wait_for_cut())
        if bench.awaits("closed by a recharge at once", RelayState.CLOSED, since=bench.recharge_to_close()) is None:
            return
        bench.load_off()
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-6",
    "Without credit neither time nor a power failure nor a command closes the relay",
    requires=("CREDIT-CUT", "RELAY-COMMAND", "POWER-FAIL"),
    needs=NEEDS | {Capability.REMOTE_RELAY},
    reads=READS,
    unless=no_cut_at_zero,
    starts=START,
    catches={"R12": "stays open over a power failure", "C14": "stays open after a remote reconnect"},
    judges=(
        Within("credit at the cut", credit_at_cut(WATTS, A_LITTLE), "paise"),
        Absent("stays open over a power failure", "closing", 13 * SECOND, "a power failure gives no credit"),
        Absent("stays open after a remote reconnect", "closing", 7 * SECOND, "a remote reconnect gives no credit"),
        Absent("stays open for half an hour", "closing", 31 * MINUTE, "time gives no credit"),
        Equal("register views without credit", True, "output state and control state say what the contact does"),
        Timed("closed by a recharge", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=1980,
)
def test_nothing_but_credit_closes(bench: Bench) -> None:
    """A power failure, a command, half an hour; then a second cut and the same temptations, the long watch left out."""
    for number in (1, 2):
        bench.preset(balance=A_LITTLE)
        bench.draw_watts(bench.at_most(WATTS))
        bench.observe_credit_at("credit at the cut", bench.wait_for_cut())
        failed = bench.power_off()
        bench.sleep("3.3")
        bench.power_on()
        bench.stays("stays open over a power failure", RelayState.OPEN, since=failed)
        bench.remote_reconnect()
        bench.stays("stays open after a remote reconnect", RelayState.OPEN)
        if number == 1:
            bench.stays("stays open for half an hour", RelayState.OPEN)
        bench.observe_views("register views without credit", "credit")
        paid = bench.recharge(rupees("31.07"))
        bench.awaits("closed by a recharge", RelayState.CLOSED, since=paid.result.sent)
    bench.observe_balance("balance afterwards")


@scenario(
    "EXH-7",
    "An overload that is being timed does not hold the cut back",
    requires=("CREDIT-CUT",),
    needs=NEEDS | {Capability.OVERLOAD},
    reads=READS,
    unless=no_cut_at_zero,
    beyond=trips_before_a_cut(WATTS, 4000, 120),
    starts=Start(
        credit=rupees("23.45"),
        arrears=0,
        settings={"overload_enabled": 1, "load_limit": 4000, "over_threshold_duration": 120},
        cuts=True,
    ),
    catches={"C12": "credit at the cut"},
    judges=(
        Within("credit at the cut", credit_at_cut(WATTS, A_LITTLE), "paise"),
        Equal("disconnect cause", DisconnectCause.CREDIT.name, "credit opened the relay, not the load"),
        Timed("closed by a recharge", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=45,
)
def test_an_overload_does_not_hold_the_cut_back(bench: Bench) -> None:
    """Twice: the load is above its limit from the beginning, and credit is gone long before the limiter's time is up."""
    a_second = Fraction(bench.policy.paise_per_wh * bench.at_most(WATTS), 3600)
    little = min(A_LITTLE, max(int(14 * a_second), 1))  # a step of a wallet of energy lasts long
    for _ in range(2):
        bench.preset(balance=little)
        bench.draw_watts(bench.at_most(WATTS))
        bench.observe_credit_at("credit at the cut", bench.wait_for_cut())
        bench.settle_registers()
        bench.observe_cause("disconnect cause")
        bench.load_off()
        bench.awaits("closed by a recharge", RelayState.CLOSED, since=bench.recharge_to_close())
    bench.observe_balance("balance afterwards")
