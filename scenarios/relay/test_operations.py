"""The relay operates many times, with any load and with hardly any, and its registers say so each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.contracts import Capability, RelayState
from rig.money import rupees
from rig.scenario import Absent, Equal, Start, Timed, Within, scenario
from scenarios.limits.relay import leakage, longer_than_a_command, remote_command

if TYPE_CHECKING:
    from rig.bench import Bench

VIEWS = "output state and control state say what the contact does"
LOADS = (0, 3, 231, 4321)
"""W: none, one below the starting current of a class 1 meter of 10 A (40 mA), a lamp, a cooker."""


@scenario(
    "REL-6",
    "Command after command, with no load, next to none, and much",
    requires=("RELAY-COMMAND", "RELAY-TRUTH", "RELAY-ISOLATES", "EVENTS"),
    needs={Capability.REMOTE_RELAY},
    starts=Start(credit=rupees("523.45"), arrears=0, settings={"load_limit": 9000}),
    catches={
        "R1": "time to open",
        "R2": "time to closed",
        "R5": "register views when open",
        "R7": "time to open",
        "R9": "current when open",
    },
    judges=(
        Timed("time to open", remote_command),
        Equal("register views when open", True, VIEWS),
        Within("current when open", leakage, "A"),
        Timed("time to closed", remote_command),
        Equal("register views when closed", True, VIEWS),
        Absent("stays closed when closed is asked", "opening", longer_than_a_command, "it is closed already"),
    ),
    wall_seconds=30,
)
def test_command_after_command(bench: Bench) -> None:
    """Eight operations and four commands that ask for what is so already, a power failure before the last pair."""
    for watts in LOADS:
        if watts == LOADS[-1]:
            bench.power_cycle()
        bench.draw_watts(bench.at_most(watts))
        asked = bench.remote_disconnect()
        bench.awaits("time to open", RelayState.OPEN, since=asked)
        bench.observe_views("register views when open", "command")
        bench.observe_load_current("current when open")
        asked = bench.remote_reconnect()
        bench.awaits("time to closed", RelayState.CLOSED, since=asked)
        bench.observe_views("register views when closed", "connected")
        bench.remote_reconnect()
        bench.stays("stays closed when closed is asked", RelayState.CLOSED)
    bench.load_off()
