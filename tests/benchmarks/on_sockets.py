"""Loopback TCP and SCPI beside their baselines, and how wide the span of an edge is in wall time."""

from __future__ import annotations

import itertools
import socket
import struct
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pymodbus.client import ModbusTcpClient

from drivers.emulated.process import EmulatedProcess
from drivers.loads.opener import open_load
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.opener import open_meter
from drivers.meters.register_map import RegisterMap, load_map
from drivers.modbus.opener import open_bus
from drivers.relays.opener import open_digital_input
from drivers.scpi.visa import VisaLine
from drivers.sources.opener import open_source
from rig.clock import MILLISECOND, SECOND, Clock, WallClock
from rig.config import BenchFile, filled, parse_bench
from rig.contracts import Bus, RelayState, Reply, Request
from rig.evidence import Writer
from rig.journal import Journal
from rig.keeper.parent import KeeperProcess
from rig.keeper.remote import RemotePosition
from rig.opener import Opening
from rig.workplace import bus_rules
from tests.benchmarks.figures import Figure, cpus, duration, in_turns, percentile, pin, show

MAINS = (Decimal(230), Decimal(50))
CPUS = cpus()
EVERY_MS = 10
EDGES = 40
LIMITS = {"volts": 276, "amps": 25, "watts": 5000, "watt_hours": 20_000, "seconds": 36_000, "relay_operations": 1000}


class Listening:
    """A bus that remembers what was asked, to ask the same with a bare socket."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.asked: list[Request] = []

    def exchange(self, requests: Sequence[Request]) -> list[Reply]:
        self.asked += requests
        return self._bus.exchange(requests)

    def close(self) -> None:
        self._bus.close()


@dataclass
class Served:
    """An emulated bench on sockets, its mains on and its meter awake."""

    process: EmulatedProcess
    at: dict[str, Any]
    bench: BenchFile
    clock: Clock
    map_: RegisterMap

    @property
    def meter_table(self) -> dict[str, Any]:
        return dict(self.bench.positions[0].meter.bus or {})


def serve(stack: ExitStack) -> Served:
    """One emulated bench in a process of its own, on another CPU where there is one."""
    process = stack.enter_context(EmulatedProcess({}))
    pin(process.pid, CPUS[-1])
    position = {"name": "P01", "every_ms": EVERY_MS}
    table = {"format": 1, "name": "bench", "kind": "loopback", "limits": LIMITS, "positions": [position]}
    bench = filled(parse_bench(table, "bench"), process.ready)
    clock = WallClock()
    source = open_source(bench.positions[0].source or {}, Opening("source", clock))
    source.on(*MAINS)
    source.close()
    clock.sleep_until(clock.now() + 3 * SECOND)
    return Served(process, process.ready["P01"], bench, clock, load_map("reference"))


def bare(served: Served, requests: Sequence[Request]) -> Callable[[], None]:
    """The least that a client can do: the same requests on a socket, no checking, no decoding."""
    line = socket.create_connection((served.meter_table["host"], served.meter_table["port"]))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    frames = [struct.pack(">HHHB", 7, 0, len(r.pdu) + 1, r.unit) + r.pdu for r in requests]

    def snapshot() -> None:
        for frame in frames:
            line.sendall(frame)
            came = line.recv(4096)
            while len(came) < 6 or len(came) < 6 + (came[4] << 8 | came[5]):
                came += line.recv(4096)

    return snapshot


def item_by_item(served: Served) -> Callable[[], None]:
    """pymodbus' own synchronous client, one request an item, its values left undecoded."""
    client = ModbusTcpClient(served.meter_table["host"], port=served.meter_table["port"])
    assert client.connect()  # type: ignore[no-untyped-call]
    ask = {
        "coil": client.read_coils,
        "discrete": client.read_discrete_inputs,
        "input": client.read_input_registers,
        "holding": client.read_holding_registers,
    }
    items = [served.map_.items[name] for name in served.map_.readable]
    calls = [(ask[str(one.read_table)], one.address, one.registers) for one in items]

    def snapshot() -> None:
        for read, address, count in calls:
            assert not read(address, count=count, device_id=1).isError()

    return snapshot


def with_evidence(meter: ModbusMeter, clock: Clock, file: Path) -> Callable[[], None]:
    """What the rig does: everything that the map offers, decoded, in the evidence."""
    journal = Journal(Writer(file), clock)
    return lambda: journal.reading(meter.read())


def snapshots(served: Served, folder: Path) -> list[Figure]:
    """Link called directly, beside a bare socket and pymodbus."""
    bus = Listening(open_bus(served.meter_table, Opening("P01 meter", served.clock)))
    meter = open_meter(served.map_, bus, 1, served.clock, "P01 meter", {})
    meter.read()
    requests = list(bus.asked)
    direct = open_meter(
        served.map_, open_bus(served.meter_table, Opening("P01 meter", served.clock)), 1, served.clock, "P01 meter", {}
    )
    least, ours, theirs = in_turns(
        [
            bare(served, requests),
            with_evidence(direct, served.clock, folder / "direct.rig.jsonl"),
            item_by_item(served),
        ]
    )
    what = f"{len(served.map_.readable)} items in {len(requests)} requests"
    return [
        Figure(f"baseline: bare socket client, {len(requests)} requests", str(least)),
        Figure("baseline: pymodbus sync client, item by item", str(theirs)),
        Figure(f"snapshot, {what}, link directly, evidence included", str(ours)),
        Figure("  beside the bare socket", ours.beside(least), "aim: at most 1.6 times"),
        Figure("  pymodbus item by item beside it", theirs.beside(ours), "aim: at least 3 times"),
    ]


def keep(served: Served, stack: ExitStack) -> RemotePosition:
    """The position behind a keeper; its clock beats while it sleeps."""
    rules = {"P01": bus_rules(served.map_, 1)}
    keeper = stack.enter_context(KeeperProcess(served.bench, rules, lifeline=served.process.lifeline))
    position = keeper.reach("P01")
    position.devices.source.on(*MAINS)
    position.clock.sleep_until(position.clock.now() + 3 * SECOND)
    return position


def kept_snapshots(served: Served, position: RemotePosition, folder: Path) -> list[Figure]:
    """The same through the keeper, which samples the contact all the while."""
    clock, devices = position.clock, position.devices
    bus = Listening(devices.bus)
    open_meter(served.map_, bus, 1, clock, "P01 meter", {}).read()
    requests = list(bus.asked)
    kept = open_meter(served.map_, devices.bus, 1, clock, "P01 meter", {})
    least, ours = in_turns([bare(served, requests), with_evidence(kept, clock, folder / "kept.rig.jsonl")])
    return [
        Figure(f"baseline: bare socket client, the keeper sampling each {EVERY_MS} ms", str(least)),
        Figure("snapshot through the keeper, evidence included", str(ours)),
        Figure("  beside the bare socket", ours.beside(least), "aim: at most 2.2 times"),
    ]


def edges(served: Served, position: RemotePosition) -> list[Figure]:
    """Remote disconnects and reconnects, each seen by the sampler."""
    clock, devices = position.clock, position.devices
    meter = open_meter(served.map_, devices.bus, 1, clock, "P01 meter", {})
    sense = open_digital_input(served.bench.positions[0].sense or {}, Opening("sense", served.clock))
    samples = [sense.sample() for _ in range(200)]
    exchange = percentile([one.received - one.sent for one in samples], 0.5)
    began = len(devices.sensing.watch().edges)
    for number in range(EDGES):
        wanted = RelayState.OPEN if number % 2 == 0 else RelayState.CLOSED
        command = meter.disconnect if wanted is RelayState.OPEN else meter.reconnect
        command()
        until = clock.now() + 3 * SECOND
        while devices.sensing.watch().state is not wanted and clock.now() < until:
            clock.sleep_until(clock.now() + 30 * MILLISECOND)
    seen = devices.sensing.watch().edges[began:]
    widths = [edge.at.hi - edge.at.lo for edge in seen]
    aim = EVERY_MS * MILLISECOND + exchange + 2 * MILLISECOND
    return [
        Figure(f"baseline: poll interval {EVERY_MS} ms, one exchange on the wire", duration(exchange)),
        Figure(f"span of an edge, {len(widths)} edges, median", duration(percentile(widths, 0.5))),
        Figure("span of an edge, 95th percentile", duration(percentile(widths, 0.95)), f"aim: at most {duration(aim)}"),
    ]


def scpi(served: Served) -> list[Figure]:
    """A setting written and read back, by PyVISA's line and by a bare socket; then all that a load is asked for it."""
    table = served.bench.positions[0].load or {}
    line = VisaLine(table["resource"], served.clock, "load", SECOND)
    load = open_load(table, Opening("P01 load", served.clock))
    host, port = table["resource"].split("::")[1:3]
    plain = socket.create_connection((host, int(port)))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    watts = itertools.cycle([1234, 2317])

    def by_socket() -> None:
        plain.sendall(f"POW {next(watts)}\nPOW?\n".encode())
        while not plain.recv(256).endswith(b"\n"):
            pass

    def by_line() -> None:
        line.tell(f"POW {next(watts)}")
        line.ask("POW?")

    least, visa, whole = in_turns([by_socket, by_line, lambda: load.draw_watts(next(watts))])
    load.off()
    return [
        Figure("baseline: bare socket, set and query in one packet", str(least)),
        Figure("SCPI set and read-back through PyVISA", str(visa), "aim: at most 0.4 ms"),
        Figure("draw_watts: set, read back, protection, error queue", str(whole)),
    ]


def run() -> None:
    """Print the sections."""
    pin(0, CPUS[0])
    apart = f"client and keeper on CPU {CPUS[0]}, emulated bench on CPU {CPUS[-1]}"
    with ExitStack() as stack:
        stack.callback(pin, 0, *CPUS)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        served = serve(stack)
        show(f"Loopback TCP ({apart})", snapshots(served, folder))
        show(f"SCPI on a loopback socket ({apart})", scpi(served))
        position = keep(served, stack)
        show(f"Loopback TCP through the keeper ({apart})", kept_snapshots(served, position, folder))
        show(f"Edges in wall time ({apart})", edges(served, position))
        position.close()


if __name__ == "__main__":
    run()
