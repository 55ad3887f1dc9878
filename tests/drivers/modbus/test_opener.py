"""A bus from its table in a bench file: every problem at once, each with its key as it stands in the file."""

from __future__ import annotations

import pytest

from drivers.modbus.opener import open_bus
from drivers.modbus.pace import Pace
from drivers.modbus.rtu import RtuBus
from drivers.modbus.rtu_over_tcp import GatewayBus
from drivers.modbus.tcp import TcpBus
from rig.clock import SECOND, WallClock
from rig.errors import ConfigError, LinkError
from rig.opener import Opening
from tests.drivers.modbus.devices import Device, on_pty

OPENING = Opening("P03 meter", WallClock())


def test_a_tcp_bus_is_opened_without_a_meter_there() -> None:
    bus = open_bus({"type": "tcp", "host": "127.0.0.1", "port": 1, "timeout_s": "0.25"}, OPENING)
    assert isinstance(bus, TcpBus)
    assert bus.timeout_ns == SECOND // 4
    assert bus.place(9) == "P03 meter (modbus tcp 127.0.0.1:1 unit 9)"


def test_a_gateway_is_opened_without_a_meter_there() -> None:
    table = {"type": "rtu_over_tcp", "host": "127.0.0.1", "port": 1, "baud": 19200, "turnaround_s": "0.3"}
    bus = open_bus(table, OPENING)
    assert isinstance(bus, GatewayBus)
    assert (bus.pace, bus.turnaround_ns, bus.timeout_ns) == (Pace(19200, "E", 1), 300_000_000, SECOND)
    assert bus.place(9) == "P03 meter (modbus rtu over tcp 127.0.0.1:1 unit 9)"


@pytest.mark.loopback
def test_a_serial_bus_opens_its_port() -> None:
    with on_pty({1: Device()}) as path:
        table = {"type": "rtu", "port": path, "baud": 19200, "parity": "N", "stop_bits": 2, "turnaround_s": "0.06"}
        bus = open_bus(table, OPENING)
        assert isinstance(bus, RtuBus)
        assert (bus.pace, bus.turnaround_ns, bus.timeout_ns) == (Pace(19200, "N", 2), 60_000_000, SECOND)
        bus.close()


def test_a_port_that_is_not_there_is_named() -> None:
    with pytest.raises(LinkError, match=r"P03 meter \(modbus rtu /dev/absent 9600 8E1\): cannot open the port"):
        open_bus({"type": "rtu", "port": "/dev/absent"}, OPENING)


@pytest.mark.parametrize(
    ("table", "problems"),
    [
        ({"type": "udp"}, ["type: must be 'tcp', 'rtu' or 'rtu_over_tcp' (given: 'udp')", "port: is missing"]),
        ({"type": "tcp"}, ["host: is missing", "port: is missing"]),
        (
            {"type": "rtu_over_tcp", "port": "COM3"},
            ["host: is missing", "port: must be a whole number from 1 to 65535"],
        ),
        ({"type": "tcp", "host": "h", "port": "502"}, ["port: must be a whole number from 1 to 65535 (given: '502')"]),
        ({"type": "tcp", "host": "h", "port": 70000}, ["port: must be a whole number from 1 to 65535 (given: 70000)"]),
        ({"type": "tcp", "host": "h", "port": 1, "baud": 9600}, ['baud: is not a key of type "tcp" (given: 9600)']),
        ({"type": "tcp", "host": "h", "port": 1, "retry": 1}, ["retry: is not a known key (given: 1)"]),
        (
            {"type": "rtu", "port": 3, "host": "h", "baud": 0, "parity": "X", "stop_bits": 3},
            ["host: ", "port: ", "baud: ", "parity: ", "stop_bits: "],
        ),
        (
            {"type": "tcp", "host": "h", "port": 1, "timeout_s": "0"},
            ["timeout_s: must be more than 0 s (given: '0')"],
        ),
        ({"type": "tcp", "host": "h", "port": 1, "timeout_s": 1.5}, ["timeout_s: must be text in quotes"]),
        (
            {"type": "rtu", "port": "COM3", "turnaround_s": "soon"},
            ["turnaround_s: 'soon' is not a number"],
        ),
    ],
)
def test_every_problem_with_its_key(table: dict[str, object], problems: list[str]) -> None:
    found = open_bus.check(table, "bench.toml: positions.P03.meter.bus")
    assert len(found) == len(problems)
    for line, problem in zip(found, problems, strict=True):
        assert line.startswith(f"bench.toml: positions.P03.meter.bus: {problem}")
    with pytest.raises(ConfigError):
        open_bus(table, OPENING)
