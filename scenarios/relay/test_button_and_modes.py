"""What a person at the button may open, and the mode in which nothing opens at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.clock import SECOND
from rig.consent import ALWAYS_CLOSED, NO_MODE, button_opens
from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Money, Start, Timed, scenario
from scenarios.limits.credit import longer_than_a_cut
from scenarios.limits.policy import no_cut_at_zero
from scenarios.limits.relay import longer_than_a_command, remote_command

if TYPE_CHECKING:
    from rig.bench import Bench


NEEDS = frozenset({Capability.CONTROL_MODES, Capability.BUTTON, Capability.REMOTE_RELAY})
MODES = (1, 2, 3, 4, 5, 6, 7)
VIEWS = "output state and control state say what the contact does"


@scenario(
    "REL-9",
    "The button opens what is closed in the modes that let it, and in no other",
    requires=("RELAY-CONSENT", "RELAY-TRUTH", "POWER-FAIL"),
    needs=NEEDS,
    reads=("control_mode",),
    starts=Start(credit=rupees("23.45"), settings={"load_limit": 9000}),
    catches={"R14": "opened by the button", "R17": "stays closed at the button"},
    judges=(
        Timed("opened by the button", remote_command),
        Absent("stays open over a power failure", "closing", 7 * SECOND, "the power's return is no consent"),
        Equal("register views when ready", True, VIEWS),
        Absent("a disconnect is not undone", "closing", longer_than_a_command, "a remote disconnect is no person's"),
        Timed("closed by the button", remote_command),
        Absent(
            "stays closed at the button", "opening", longer_than_a_command, "the mode gives the button no disconnect"
        ),
        Money("balance afterwards"),
    ),
    wall_seconds=30,
)
def test_what_the_button_opens(bench: Bench) -> None:
    """In each mode under load; where it opens, a power failure or a command and its end come before it closes again."""
    first = True
    bench.draw_watts(517)
    for mode in bench.modes_taken(MODES):
        bench.write_setting("control_mode", mode)
        pressed = bench.press_button()
        if not button_opens(mode):
            bench.stays("stays closed at the button", RelayState.CLOSED, since=pressed)
            continue
        if bench.awaits("opened by the button", RelayState.OPEN, since=pressed) is None:
            return
        if first:
            failed = bench.power_cycle("0.7")
            bench.stays("stays open over a power failure", RelayState.OPEN, since=failed)
            bench.observe_views("register views when ready", "ready")
            bench.remote_disconnect()
            pressed = bench.press_button()
            bench.stays("a disconnect is not undone", RelayState.OPEN, since=pressed)
            bench.remote_reconnect()
            bench.settle_registers()
            bench.draw_watts(517)
            first = False
        if bench.relay() is RelayState.OPEN:
            pressed = bench.press_button()
            bench.awaits("closed by the button", RelayState.CLOSED, since=pressed)
    bench.load_off()
    bench.observe_balance("balance afterwards")


@scenario(
    "REL-10",
    "In control mode 0 the relay stays closed, whatever is asked of it",
    requires=("RELAY-CONSENT", "POWER-FAIL"),
    needs={
        Capability.CONTROL_MODES, Capability.REMOTE_RELAY, Capability.CREDIT_CUT, Capability.RECHARGE,
        Capability.ACCOUNT_PRESET,
    },
    reads=("control_mode", "balance"),
    writes={"control_mode": (ALWAYS_CLOSED, NO_MODE)},
    unless=no_cut_at_zero,
    starts=Start(credit=rupees("23.45"), arrears=0, cuts=True),
    catches={"R18": "stays closed in mode 0"},
    judges=(
        Absent("stays closed in mode 0", "opening", longer_than_a_cut, "mode 0 has no disconnection"),
        Equal("register views in mode 0", True, VIEWS),
        Absent("stays closed afterwards", "opening", longer_than_a_cut, "nothing holds it any more"),
        Money("balance afterwards"),
    ),
    wall_seconds=30,
)  # fmt: skip
def test_nothing_opens_in_mode_0(bench: Bench) -> None:
    """A disconnect and a reconnect, then want of credit and a recharge, over a power failure the second time."""
    for power_fails in (False, True):
        bench.write_setting("control_mode", ALWAYS_CLOSED)
        bench.try_remote_disconnect()
        began = bench.preset(balance=rupees("-1.03"))
        if power_fails:
            bench.power_cycle()
        bench.stays("stays closed in mode 0", RelayState.CLOSED, since=began)
        bench.observe_views("register views in mode 0", "connected")
        bench.remote_reconnect()
        bench.recharge(rupees("31.07"))
        bench.sleep_ns(bench.promises.reclose_after_recharge.hi)
        bench.write_setting("control_mode", NO_MODE)
        bench.stays("stays closed afterwards", RelayState.CLOSED)
    bench.observe_balance("balance afterwards")


@scenario(
    "REL-11",
    "With the load limit function off, remote commands work as ever",
    requires=("RELAY-COMMAND", "OVERLOAD-SETTINGS"),
    needs={Capability.OVERLOAD, Capability.REMOTE_RELAY},
    reads=("overload_enabled",),
    writes={"overload_enabled": (0, 1)},
    starts=Start(credit=rupees("23.45"), settings={"load_limit": 9000}),
    catches={"R19": "time to open"},
    judges=(
        Timed("time to open", remote_command),
        Equal("register views when open", True, VIEWS),
        Timed("time to closed", remote_command),
        Money("balance afterwards"),
    ),
    wall_seconds=9,
)
def test_commands_without_the_limiter(bench: Bench) -> None:
    """Switched off: a disconnect and a reconnect under load; and once more after a power failure."""
    bench.write_setting("overload_enabled", 0)
    for power_fails in (False, True):
        if power_fails:
            bench.power_cycle()
        bench.draw_watts(1234)
        asked = bench.remote_disconnect()
        bench.awaits("time to open", RelayState.OPEN, since=asked)
        bench.observe_views("register views when open", "command")
        asked = bench.remote_reconnect()
        bench.awaits("time to closed", RelayState.CLOSED, since=asked)
    bench.load_off()
    bench.observe_balance("balance afterwards")
