"""Relay edges in wall time: what the emulator knows to be true, beside the spans that a channel of the rig states."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from drivers.emulated.process import EmulatedProcess
from drivers.emulated.served_bench import INPUTS_ON_RTU
from drivers.emulated.truth_log import read_truth
from drivers.meters.opener import open_meter
from drivers.meters.register_map import load_map
from rig.clock import MILLISECOND, SECOND, Span, raw_now
from rig.config import BenchFile, filled, parse_bench
from rig.contracts import RelayState
from rig.keeper.parent import KeeperProcess
from rig.keeper.remote import RemotePosition
from rig.workplace import bus_rules

LIMITS = {"volts": 276, "amps": 20, "watts": 4600, "watt_hours": 9999, "seconds": 3600, "relay_operations": 10_000}
_MOVED = (RelayState.OPEN, RelayState.CLOSED)
_BITS_A_CHARACTER = 10
_CHARACTERS = 8 + 6
"""A request for two inputs, and its answer."""


@dataclass(frozen=True, slots=True)
class Channel:
    """How the contact is sensed: over `baud` of a paced pty (0: over TCP), or by the load's own measurement."""

    name: str
    every_ms: int
    baud: int = 0
    by_load: bool = False

    @property
    def on_the_wire(self) -> int:
        """What the bits of one look take (ns); nothing over TCP."""
        return _CHARACTERS * _BITS_A_CHARACTER * SECOND // self.baud if self.baud else 0


CHANNELS = (
    Channel("digital input, TCP", 10),
    Channel("digital input, RTU 115200", 10, 115_200),
    Channel("digital input, RTU 19200", 20, 19_200),
    Channel("digital input, RTU 9600", 40, 9_600),
    Channel("load side, SCPI", 10, by_load=True),
)


@dataclass(frozen=True, slots=True)
class Times:
    """What came of one channel: true instants (raw ns) with the state after them, and the edges that were stated."""

    channel: Channel
    true: Sequence[tuple[int, RelayState]]
    stated: Sequence[tuple[Span, RelayState]]

    def outside(self) -> list[str]:
        """Every true edge that its stated one does not contain, in words; none on an honest rig."""
        if [state for _, state in self.true] != [state for _, state in self.stated]:
            return [f"{self.channel.name}: {len(self.true)} true edges, {len(self.stated)} stated"]
        return [
            f"{self.channel.name}: edge {place}: {instant - at.lo} ns after the beginning of a span of {at.width} ns"
            for place, ((instant, _), (at, _)) in enumerate(zip(self.true, self.stated, strict=True))
            if not at.lo <= instant <= at.hi
        ]

    @property
    def widths(self) -> list[int]:
        """How wide each stated span is (ns)."""
        return [at.width for at, _ in self.stated]


def measure(channel: Channel, edges: int, folder: Path) -> Times:
    """So many remote disconnects and reconnects of an emulated meter, sensed through a keeper."""
    truth, zero = folder / f"{channel.name}.jsonl", raw_now()
    emulated = {"serve": "both", "baud": channel.baud or 115_200, "parity": "N"}
    with EmulatedProcess(emulated, zero=zero, truth=truth) as process:
        bench = _bench(channel, process.ready)
        map_ = load_map("reference")
        with KeeperProcess(bench, {"P01": bus_rules(map_, 1)}, zero=zero, lifeline=process.lifeline) as keeper:
            position = keeper.reach("P01")
            try:
                began, stated = _toggled(position, edges)
            finally:
                position.close()
    true = [
        (int(str(line["raw"])) - zero, RelayState.CLOSED if line["to"] else RelayState.OPEN)
        for line in read_truth(truth)
        if line["what"] == "contact" and int(str(line["raw"])) - zero > began
    ]
    return Times(channel, true, stated)


def _bench(channel: Channel, ready: dict[str, dict[str, Any]]) -> BenchFile:
    table = {
        "format": 1,
        "name": "true-times",
        "kind": "loopback",
        "limits": LIMITS,
        "positions": [{"name": "P01", "every_ms": channel.every_ms}],
    }
    bench = filled(parse_bench(table, "bench"), ready)
    (position,) = bench.positions
    sense: dict[str, Any] = position.sense or {}
    if channel.by_load:
        sense = {"type": "load", "threshold_v": 100}
    elif channel.baud:
        bus = {"type": "rtu", "port": ready["P01"]["rtu"], "baud": channel.baud, "parity": "N"}
        sense = {**sense, "bus": bus, "unit": INPUTS_ON_RTU}
    live = "source" if channel.by_load else "line_side"
    return bench.model_copy(update={"positions": [position.model_copy(update={"sense": sense, "live": live})]})


def _toggled(position: RemotePosition, edges: int) -> tuple[int, list[tuple[Span, RelayState]]]:
    """Toggle the relay; since when (ns), and every edge that was stated from then on."""
    clock, devices = position.clock, position.devices
    meter = open_meter(load_map("reference"), devices.bus, 1, clock, "P01 meter", {})
    devices.source.on(Decimal(230), Decimal(50))
    clock.sleep_until(clock.now() + 3 * SECOND)
    began, before = clock.now(), len(devices.sensing.watch().edges)
    for number in range(edges):
        wanted = _MOVED[number % 2]
        (meter.disconnect if wanted is RelayState.OPEN else meter.reconnect)()
        until = clock.now() + 3 * SECOND
        while devices.sensing.watch(1 << 30).state is not wanted and clock.now() < until:
            clock.sleep_until(clock.now() + 15 * MILLISECOND)
    return began, [(edge.at, edge.state) for edge in devices.sensing.watch(before).edges]


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """So many processes beside it that do nothing but compute."""
    started = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for one in started:
            one.kill()
            one.wait()
