"""Two meters and the relay sense of both on one serial line: one port, every request in its turn, nobody starved."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig.clock import SECOND
from rig.config import BenchFile
from rig.contracts import RelayState, Request
from rig.contradictions import contradictions
from rig.keeper.gate import BusRules
from rig.keeper.parent import KeeperProcess
from tests.drivers.modbus.devices import Device, on_pty
from tests.rig.keeper.staging import FakeBench

pytestmark = pytest.mark.loopback


def bench_on(port: str, fake: FakeBench) -> BenchFile:
    bus = {"type": "rtu", "port": port, "baud": 38400, "parity": "N", "timeout_s": "0.5", "turnaround_s": "0"}
    positions = []
    for unit, name in ((1, "P01"), (2, "P02")):
        inputs = {"load_side": 4 * (unit - 1), "line_side": 4 * (unit - 1) + 3}
        positions.append(
            {
                "name": name,
                "meter": {"unit": unit, "bus": bus},
                "load": fake.table(name),
                "source": fake.table(name),
                "sense": {"type": "modbus_digital_input", "bus": bus, "unit": 9, **inputs},
            }
        )
    table = fake.bench().model_dump() | {"positions": positions}
    return BenchFile.model_validate(table)


def test_meters_and_sense_channels_share_a_port(fake: FakeBench, tmp_path: Path) -> None:
    meters, module = (Device(), Device()), Device()
    meters[1].space.tables["holding"][0] = 4711
    with on_pty({1: meters[0], 2: meters[1], 9: module}, 38400, "N") as port:
        rules = {name: BusRules(unit) for name, unit in (("P01", 1), ("P02", 2))}
        with KeeperProcess(bench_on(port, fake), rules, out=tmp_path) as keeper:
            one, other = keeper.connect("P01"), keeper.reach("P02")
            for _ in range(20):
                assert one.bus.exchange([Request(1, bytes([4, 0, 0, 0, 1]))])[0].pdu.hex() == "04020903"
                assert other.devices.bus.exchange([Request(2, bytes([3, 0, 0, 0, 1]))])[0].pdu.hex() == "03021267"
            other.clock.sleep_until(other.clock.now() + SECOND // 2)
            first, second = one.sensing.watch(), other.devices.sensing.watch()
            one.close()

    # Discrete inputs of the module: 1 0 1 1 0 0 0 1; the first channel sees 1 and 1, the second 0 and 1.
    assert (first.state, second.state) == (RelayState.CLOSED, RelayState.OPEN)
    assert first.samples > 5 and second.samples > 5
    assert first.largest_gap < SECOND // 4 and second.largest_gap < SECOND // 4
    assert " 02 04 71 3b" not in (tmp_path / "P01.frames").read_text()
    assert " 01 04 " in (tmp_path / "P01.frames").read_text() and " 09 02 " not in (tmp_path / "P01.frames").read_text()
    assert " 09 02 " in (tmp_path / "P01.sense.frames").read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("sense", "unit", 1), "positions.P01.sense.unit: 1 is positions.P01.meter on the same bus"),
        (("meter", "unit", 1), "positions.P02.meter.unit: 1 is positions.P01.meter on the same bus"),
        (("sense", "load_side", 0), "positions.P02.sense.load_side: input 0 is positions.P01.sense's already"),
    ],
)
def test_what_cannot_share_a_port_is_said(fake: FakeBench, change: tuple[str, str, int], said: str) -> None:
    table = bench_on("/dev/ttyUSB0", fake).model_dump()
    which = 0 if said.startswith("positions.P01") else 1
    table["positions"][which][change[0]][change[1]] = change[2]

    assert any(line.startswith(said) for line in contradictions(table)), contradictions(table)


def test_one_line_has_one_pace(fake: FakeBench) -> None:
    table = bench_on("/dev/ttyUSB0", fake).model_dump()
    table["positions"][1]["meter"]["bus"]["baud"] = 9600

    assert "positions.P02.meter.bus.baud: differs from positions.P01.meter.bus, and one line has one pace" in (
        contradictions(table)
    )
