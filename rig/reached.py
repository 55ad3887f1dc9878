"""One position of a bench in wall time, behind its keeper, for a command that runs no scenario and writes no evidence."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from rig.catalogue import thing
from rig.clock import Clock, raw_now
from rig.config import BenchFile, filled
from rig.contracts import Devices
from rig.keeper.parent import KeeperProcess
from rig.keeper.signals import unwind_on_signals
from rig.setup import Setup
from rig.workplace import bus_rules, emulated_settings, read_map


def through_the_keeper(setup: Setup, stack: ExitStack) -> tuple[BenchFile, Devices, Clock]:
    """The bench with every address, the devices of the setup's position, and their clock; `stack` ends keeper and emulator.

    The other positions are out: nothing is energised for them.
    """
    unwind_on_signals()
    zero, bench, lifeline = raw_now(), setup.bench, ""
    if bench.kind == "loopback":
        process: Any = thing("kinds", "served")(emulated_settings(setup), zero=zero)
        stack.callback(process.close)
        bench, lifeline = filled(bench, process.ready), process.lifeline
    rules = {p.name: bus_rules(read_map(p.meter.map), p.meter.unit) for p in bench.positions}
    keeper = stack.enter_context(KeeperProcess(bench, rules, zero=zero, lifeline=lifeline))
    reached = keeper.reach(setup.position)
    for other in bench.positions:
        if other.name != setup.position:
            keeper.out(other.name, "it is not looked at")
    return bench, reached.devices, reached.clock
