"""Other people's clients read the emulated bench, and find constants that were written by hand."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from drivers.emulated.process import EmulatedProcess
from drivers.loads.opener import open_load
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.opener import open_meter
from drivers.meters.register_map import load_map
from drivers.modbus.opener import open_bus
from drivers.relays.opener import open_digital_input
from drivers.sources.opener import open_source
from rig.clock import SECOND, WallClock
from rig.opener import Opening

pytestmark = pytest.mark.loopback

SERIAL, SERIAL_WORDS = "TEST000000000042", 8
VOLTAGE_REGISTER, VOLTAGE_WORD = 0x0010, 2300
BALANCE_REGISTER, BALANCE_WORDS = 0x0100, [0x0000, 0x3039]
FIRMWARE = {"serial": SERIAL, "opening_balance": 12_345, "power_up_ns": 0}
BAUD = 19_200


@pytest.fixture(scope="module")
def at() -> Iterator[dict[str, Any]]:
    """Addresses of one position with the mains on, 230.0 V."""
    settings = {"meters": 1, "serve": "all", "baud": BAUD, "meter": FIRMWARE}
    with EmulatedProcess(settings) as process:
        source = open_source(
            {"type": "scpi", "resource": process.ready["P01"]["source"], "most_volts": 276},
            Opening("P01 source", WallClock()),
        )
        source.on(Decimal(230), Decimal(50))
        yield process.ready["P01"]
        source.off()
        source.close()


def host_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


@pytest.mark.parametrize("carrier", ["tcp", "rtu", "rtu_over_tcp"])
def test_our_own_meter_driver(at: dict[str, Any], carrier: str) -> None:
    clock = WallClock()
    (host, port), (gateway, behind) = host_port(at["modbus"]), host_port(at["gateway"])
    table = {
        "tcp": {"type": "tcp", "host": host, "port": port},
        "rtu": {"type": "rtu", "port": at.get("rtu"), "baud": BAUD},
        "rtu_over_tcp": {"type": "rtu_over_tcp", "host": gateway, "port": behind, "baud": BAUD},
    }[carrier]
    bus = open_bus(table, Opening("P01 meter", clock))
    meter: ModbusMeter = open_meter(load_map("reference"), bus, 1, clock, "P01 meter", {})
    values = meter.read().values
    assert (values["serial"], values["voltage"], values["balance"]) == (SERIAL, Decimal("230.0"), 12_345)
    assert meter.read("voltage").at.width < SECOND
    bus.close()


def test_load_and_sense_through_pyvisa_and_modbus(at: dict[str, Any]) -> None:
    clock = WallClock()
    load = open_load({"type": "scpi", "resource": at["load"], "rating_w": 3680}, Opening("P01 load", clock))
    host, port = host_port(at["digital_inputs"])
    table = {
        "type": "modbus_digital_input",
        "bus": {"type": "tcp", "host": host, "port": port},
        "load_side": at["load_side"],
        "line_side": at["line_side"],
    }
    sense = open_digital_input(table, Opening("P01 sense", clock))
    load.draw_watts(2317)
    measured = load.measure()
    assert (measured.voltage_v, measured.power_w) == (Decimal("230.000"), Decimal("2317.000"))
    sample = sense.sample()
    assert sample.load_side and sample.line_side
    load.off()
    assert load.measure().power_w == 0
    load.close()
    sense.close()


def test_pymodbus_client(at: dict[str, Any]) -> None:
    from pymodbus.client import ModbusTcpClient

    host, port = host_port(at["modbus"])
    with ModbusTcpClient(host, port=port, timeout=2) as client:
        serial = client.read_input_registers(0, count=SERIAL_WORDS, device_id=1).registers
        assert b"".join(word.to_bytes(2, "big") for word in serial) == SERIAL.encode()
        assert client.read_input_registers(VOLTAGE_REGISTER, count=1, device_id=1).registers == [VOLTAGE_WORD]
        assert client.read_holding_registers(BALANCE_REGISTER, count=2, device_id=1).registers == BALANCE_WORDS
        refused = client.read_input_registers(0x0030, count=1, device_id=1)
        assert refused.isError() and refused.exception_code == 2


def test_pymodbus_client_through_the_gateway(at: dict[str, Any]) -> None:
    from pymodbus import FramerType
    from pymodbus.client import ModbusTcpClient

    host, port = host_port(at["gateway"])
    with ModbusTcpClient(host, port=port, timeout=2, framer=FramerType.RTU) as client:
        assert client.read_input_registers(VOLTAGE_REGISTER, count=1, device_id=1).registers == [VOLTAGE_WORD]
        assert client.read_holding_registers(BALANCE_REGISTER, count=2, device_id=1).registers == BALANCE_WORDS


def test_minimalmodbus_on_the_pty(at: dict[str, Any]) -> None:
    minimalmodbus = pytest.importorskip("minimalmodbus")
    instrument = minimalmodbus.Instrument(at["rtu"], 1)
    instrument.serial.baudrate = BAUD
    instrument.serial.timeout = 1
    assert instrument.read_string(0, SERIAL_WORDS, 4) == SERIAL
    assert instrument.read_register(VOLTAGE_REGISTER, 1, 4) == 230.0
    assert instrument.read_long(BALANCE_REGISTER, 3, signed=True) == 12_345
    instrument.serial.close()


@pytest.mark.interop
@pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll is not installed")
@pytest.mark.parametrize("carrier", ["tcp", "rtu"])
def test_mbpoll(at: dict[str, Any], carrier: str) -> None:
    assert mbpoll(at, carrier, "3", VOLTAGE_REGISTER, 1) == [VOLTAGE_WORD]
    assert mbpoll(at, carrier, "4", BALANCE_REGISTER, 2) == BALANCE_WORDS
    serial = mbpoll(at, carrier, "3", 0, SERIAL_WORDS)
    assert b"".join(word.to_bytes(2, "big") for word in serial) == SERIAL.encode()


def mbpoll(at: dict[str, Any], carrier: str, table: str, register: int, count: int) -> list[int]:
    """Registers as mbpoll prints them (`-0`: addresses from zero, `-1`: once)."""
    host, port = host_port(at["modbus"])
    there = {
        "tcp": ["-m", "tcp", "-p", str(port), host],
        "rtu": ["-m", "rtu", "-b", str(BAUD), "-P", "even", at["rtu"]],
    }[carrier]
    ask = ["mbpoll", "-q", "-0", "-1", "-a", "1", "-t", table, "-r", str(register), "-c", str(count)]
    done = subprocess.run([*ask, *there], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0, done.stdout + done.stderr
    return [int(word) for word in re.findall(r"^\[\d+\]:\s+(\d+)", done.stdout, re.MULTILINE)]


@pytest.mark.interop
@pytest.mark.skipif(shutil.which("lxi") is None, reason="lxi is not installed")
def test_lxi_scpi(at: dict[str, Any]) -> None:
    _, host, port, _ = at["load"].split("::")
    ask = ["lxi", "scpi", "--raw", "--address", host, "--port", port, "MEAS:VOLT?"]
    done = subprocess.run(ask, capture_output=True, text=True, timeout=10)
    assert done.stdout.strip() == "230.000", done.stdout + done.stderr
