"""The relay obeys, tells the truth about itself, isolates, and keeps its state without power."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.contracts import Capability, DisconnectCause, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, Within, scenario
from scenarios.limits.clock import clock_error
from scenarios.limits.policy import no_cut_at_zero
from scenarios.limits.relay import leakage, remote_command

if TYPE_CHECKING:
    from rig.bench import Bench

A_LITTLE = rupees("0.02")


@scenario(
    "REL-1",
    "Remote disconnect and reconnect, three register views against the electrical truth",
    requires=("RELAY-COMMAND", "RELAY-TRUTH", "RELAY-ISOLATES", "EVENTS"),
    needs={Capability.REMOTE_RELAY},
    starts=Start(credit=rupees("523.45"), arrears=0, settings={"load_limit": 9000}),
    catches={
        "R1": "time to open",
        "R3": "unexplained edge",
        "R5": "register views when open",
        "R7": "time to open",
        "R8": "time to open",
        "R9": "current when open",
        "E1": "events",
        "E3": "events",
        "E5": "register views when open",
    },
    judges=(
        Timed("time to open", remote_command),
        Equal("register views when open", True, "output state and control state say what the contact does"),
        Within("current when open", leakage, "A"),
        Timed("time to closed", remote_command),
        Equal("register views when closed", True, "output state and control state say what the contact does"),
    ),
    wall_seconds=8,
)
def test_remote_disconnect_and_reconnect(bench: Bench) -> None:
    """Two cycles under load."""
    for watts in (1234, 517):
        bench.draw_watts(watts)
        asked = bench.remote_disconnect()
        bench.awaits("time to open", RelayState.OPEN, since=asked)
        bench.observe_views("register views when open", "command")
        bench.observe_load_current("current when open")
        asked = bench.remote_reconnect()
        bench.awaits("time to closed", RelayState.CLOSED, since=asked)
        bench.observe_views("register views when closed", "connected")


@scenario(
    "REL-2",
    "A power failure keeps money, cause, state and clock",
    requires=("POWER-FAIL", "RECHARGE-CREDIT", "CREDIT-CUT"),
    needs={Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ARREARS, Capability.ACCOUNT_PRESET, Capability.CLOCK},
    unless=no_cut_at_zero,
    starts=Start(cuts=True, credit=A_LITTLE, arrears=rupees("2000.01"), settings={"load_limit": 9000}),
    catches={"L4": "arrears lost", "R12": "stays open", "T2": "clock after the failure"},
    judges=(
        Equal("arrears lost", 0, "a recharge that was accepted survives", "paise"),
        Equal("balance lost", 0, "the balance survives", "paise"),
        Within("clock after the failure", clock_error, "s"),
        Absent("stays open", "closing", 7 * SECOND, "the relay stays open across the failure"),
        Equal("disconnect cause", DisconnectCause.CREDIT.name, "the cause survives"),
        Equal("register views after the failure", True, "output state and control state say what the contact does"),
        Money("balance afterwards", moved=A_LITTLE),
    ),
    wall_seconds=30,
)
def test_a_power_failure_keeps_everything(bench: Bench) -> None:
    """Power fails soon after a recharge that went to arrears, and again after credit ran out."""
    bench.recharge(rupees("123.45"))
    bench.sleep("1.7")
    before = bench.read_money()
    bench.power_off()
    bench.sleep("3.3")
    bench.power_on()
    after = bench.read_money()
    bench.observe("arrears lost", after.number("arrears") - before.number("arrears"))
    bench.observe("balance lost", before.number("balance") - after.number("balance"))
    bench.observe_clock("clock after the failure")
    bench.preset(balance=A_LITTLE)
    bench.draw_watts(bench.at_most(4321))
    bench.wait_for_cut()
    bench.settle_registers()
    failed = bench.power_off()
    bench.sleep("3.3")
    bench.power_on()
    bench.stays("stays open", RelayState.OPEN, since=failed)
    bench.observe_cause("disconnect cause")
    bench.observe_views("register views after the failure", "credit")
    bench.observe_clock("clock after the failure")
    bench.observe_balance("balance afterwards")
