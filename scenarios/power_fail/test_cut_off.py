"""What a power failure cuts off is done or not done: a command, a setting. Never something between, and the registers say which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Equal, Money, Start, Timed, scenario
from scenarios.limits.relay import remote_command

if TYPE_CHECKING:
    from rig.bench import Bench


VIEWS = "register views after the failure"
OLD_OR_NEW = "neither old nor new"
LIMITS = (70001, 2317)
"""W: each differs from the one before in both halves of its number."""
DURATIONS = (1022, 259)
"""s, likewise."""


@scenario(
    "PWR-4",
    "A remote command that a power failure cuts off",
    requires=("POWER-FAIL", "RELAY-COMMAND", "RELAY-TRUTH"),
    needs={Capability.REMOTE_RELAY},
    starts=Start(credit=rupees("23.45")),
    catches={"R16": VIEWS},
    judges=(
        Equal(VIEWS, True, "whether it was carried out or not, output state and control state say how it is"),
        Timed("time to open", remote_command),
        Timed("time to closed", remote_command),
        Money("balance afterwards"),
    ),
    wall_seconds=20,
)
def test_a_command_is_cut_off(bench: Bench) -> None:
    """Disconnect, then reconnect, each with the mains gone before the contact can have moved; put right by commands. Twice."""
    for dark in ("3.3", "0.7"):
        state = bench.command_cut_off(RelayState.OPEN, dark)
        bench.observe_views(VIEWS, "command" if state is RelayState.OPEN else "connected")
        if state is RelayState.OPEN:
            asked = bench.remote_reconnect()
            bench.awaits("time to closed", RelayState.CLOSED, since=asked)
        asked = bench.remote_disconnect()
        bench.awaits("time to open", RelayState.OPEN, since=asked)
        state = bench.command_cut_off(RelayState.CLOSED, dark)
        bench.observe_views(VIEWS, "command" if state is RelayState.OPEN else "connected")
        if state is RelayState.OPEN:
            asked = bench.remote_reconnect()
            bench.awaits("time to closed", RelayState.CLOSED, since=asked)
    bench.observe_balance("balance afterwards")


@scenario(
    "PWR-5",
    "A setting that a power failure cuts off is the old one or the new one",
    requires=("POWER-FAIL", "OVERLOAD-SETTINGS"),
    needs={Capability.OVERLOAD},
    reads=("load_limit",),
    starts=Start(credit=rupees("23.45"), settings={"load_limit": 9000}),
    catches={"L8": OLD_OR_NEW},
    judges=(
        Equal(OLD_OR_NEW, False, "what survives is the whole of one of them"),
        Equal("settings that have changed", "none", "no other setting is touched"),
        Money("balance afterwards"),
    ),
    wall_seconds=13,
)
def test_a_setting_is_cut_off(bench: Bench) -> None:
    """Numbers of which each half differs from the one before, written one after the other with the mains gone at once."""
    seen: list[tuple[object, str]] = []
    for item, values in (("load_limit", LIMITS), ("over_threshold_duration", DURATIONS)):
        for to in values if item in bench.settings else ():
            old, new = bench.setting(item), bench.nearest(item, to)
            reads = bench.setting_cut_off(item, new, "1.1")
            seen.append((reads not in (old, new), f"{item} was {old}, was to be {new}, and reads {reads}"))
    bench.observe_each(OLD_OR_NEW, seen)
    bench.observe("settings that have changed", ", ".join(bench.settings_that_changed()) or "none")
    bench.observe_balance("balance afterwards")
