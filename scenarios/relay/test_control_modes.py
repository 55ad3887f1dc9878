"""Who may close the relay, control mode by control mode: a command, the meter itself, or a person at the button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.consent import waits_after_command, waits_after_own_reason
from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.credit import cut_once_gone
from scenarios.limits.policy import no_cut_at_zero
from scenarios.limits.recharge import reclosed_in_time
from scenarios.limits.relay import longer_than_a_command, remote_command

if TYPE_CHECKING:
    from rig.bench import Bench

NEEDS = frozenset({Capability.CONTROL_MODES, Capability.BUTTON, Capability.REMOTE_RELAY})
MODES = (1, 2, 3, 4, 5, 6, 7)
VIEWS = "output state and control state say what the contact does"
WITHOUT_CONSENT = 31 * SECOND
"""So long a relay that waits for the button is watched (faults.md R11)."""


@scenario(
    "REL-7",
    "A remote reconnect closes the relay, or makes it ready for the button, as the control mode says",
    requires=("RELAY-CONSENT", "RELAY-COMMAND", "POWER-FAIL"),
    needs=NEEDS,
    reads=("control_mode",),
    starts=Start(credit=rupees("23.45"), settings={"load_limit": 9000}),
    catches={
        "R11": "stays open without consent",
        "R13": "the button undoes no command",
        "R14": "closed by the button",
        "R15": "stays open without consent",
    },
    judges=(
        Timed("time to open", remote_command),
        Absent("the button undoes no command", "closing", longer_than_a_command, "a remote disconnect is no person's"),
        Absent("stays open without consent", "closing", WITHOUT_CONSENT, "only the button closes what is ready"),
        Equal("register views when ready", True, VIEWS),
        Timed("closed by the button", remote_command),
        Timed("closed by the command", remote_command),
        Money("balance afterwards"),
    ),
    wall_seconds=150,
)
def test_a_command_in_every_mode(bench: Bench) -> None:
    """Disconnected, the button pressed in vain, reconnected; where it waits, the mains fail once before it is pressed."""
    modes = bench.modes_taken(MODES)
    for mode in modes:
        bench.write_setting("control_mode", mode)
        bench.draw_watts(517)
        asked = bench.remote_disconnect()
        bench.awaits("time to open", RelayState.OPEN, since=asked)
        pressed = bench.press_button()
        bench.stays("the button undoes no command", RelayState.OPEN, since=pressed)
        asked = bench.remote_reconnect()
        if not waits_after_command(mode):
            bench.awaits("closed by the command", RelayState.CLOSED, since=asked)
            continue
        if mode == modes[0]:
            bench.power_cycle()
            bench.draw_watts(517)
        bench.stays("stays open without consent", RelayState.OPEN, since=asked)
        bench.observe_views("register views when ready", "ready")
        pressed = bench.press_button()
        if bench.awaits("closed by the button", RelayState.CLOSED, since=pressed) is None:
            return
    bench.load_off()
    bench.observe_balance("balance afterwards")


@scenario(
    "REL-8",
    "Credit closes the relay, or makes it ready for the button, as the control mode says",
    requires=("RELAY-CONSENT", "CREDIT-RESTORE", "POWER-FAIL"),
    needs=NEEDS | {Capability.CREDIT_CUT, Capability.RECHARGE, Capability.ACCOUNT_PRESET},
    reads=("control_mode", "balance"),
    starts=Start(credit=rupees("23.45"), arrears=0, cuts=True),
    unless=no_cut_at_zero,
    catches={"R11": "stays open without consent", "R15": "stays open without consent", "P8": "closed by the button"},
    judges=(
        Timed("opens without credit", cut_once_gone),
        Absent("stays open without consent", "closing", WITHOUT_CONSENT, "only the button closes what is ready"),
        Equal("register views when ready", True, VIEWS),
        Timed("closed by the button", remote_command),
        Timed("closed by the recharge", reclosed_in_time),
        Money("balance afterwards"),
    ),
    wall_seconds=150,
)
def test_credit_in_every_mode(bench: Bench) -> None:
    """The credit is taken away by hand and paid again; the mains fail once while the relay waits for the button."""
    modes = bench.modes_taken(MODES)
    for mode in modes:
        bench.write_setting("control_mode", mode)
        written = bench.preset(balance=rupees("-1.03"))
        bench.awaits("opens without credit", RelayState.OPEN, since=written)
        paid = bench.recharge(rupees("31.07"))
        if not waits_after_own_reason(mode):
            bench.awaits("closed by the recharge", RelayState.CLOSED, since=paid.result.sent)
            continue
        if mode == modes[0]:
            bench.sleep("2.3")
            bench.power_cycle()
        bench.stays("stays open without consent", RelayState.OPEN, since=paid.result.sent)
        bench.observe_views("register views when ready", "ready")
        pressed = bench.press_button()
        if bench.awaits("closed by the button", RelayState.CLOSED, since=pressed) is None:
            return
    bench.observe_balance("balance afterwards")
