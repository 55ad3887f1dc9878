"""Other people's clients read our server; every expected number is written by hand."""

from __future__ import annotations

import re
import shutil
import subprocess

import minimalmodbus
import pytest
from pymodbus.client import ModbusTcpClient

from tests.drivers.modbus.devices import DISCRETES, Device, on_pty, on_tcp

pytestmark = pytest.mark.loopback

mbpoll = pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll is not installed")


def test_pymodbus_client_over_tcp() -> None:
    device = Device()
    with on_tcp({17: device}) as port:
        client = ModbusTcpClient("127.0.0.1", port=port, timeout=2, retries=0)
        assert client.connect()
        try:
            assert client.read_input_registers(0, count=6, device_id=17).registers == [2307, 1, 65535, 32768, 0, 4660]
            assert client.read_discrete_inputs(0, count=10, device_id=17).bits[:10] == [bool(bit) for bit in DISCRETES]
            assert not client.write_registers(10, [11, 22, 33], device_id=17).isError()
            assert not client.write_register(13, 44, device_id=17).isError()
            assert client.read_holding_registers(10, count=4, device_id=17).registers == [11, 22, 33, 44]
            assert not client.write_coils(5, [True, False, True], device_id=17).isError()
            assert not client.write_coil(9, True, device_id=17).isError()
            assert client.read_coils(4, count=6, device_id=17).bits[:6] == [False, True, False, True, False, True]
            assert client.read_input_registers(5, count=2, device_id=17).exception_code == 2
        finally:
            client.close()


@pytest.mark.parametrize(("baud", "parity", "stop_bits"), [(9600, "E", 1), (115200, "N", 2)])
def test_minimalmodbus_on_a_pty(baud: int, parity: str, stop_bits: int) -> None:
    with on_pty({17: Device()}, baud, parity, stop_bits) as path:
        meter = minimalmodbus.Instrument(path, 17)
        meter.serial.baudrate = baud
        meter.serial.timeout = 0.3
        try:
            assert meter.read_registers(0, 6, functioncode=4) == [2307, 1, 65535, 32768, 0, 4660]
            assert meter.read_register(0, 1, functioncode=4) == 230.7
            assert meter.read_bits(0, 4, functioncode=2) == [1, 0, 1, 1]
            meter.write_registers(10, [11, 22])
            meter.write_register(12, 33, functioncode=6)
            meter.write_bit(3, 1)
            assert meter.read_registers(10, 3) == [11, 22, 33]
            assert meter.read_bit(3, functioncode=1) == 1
            with pytest.raises(minimalmodbus.IllegalRequestError):
                meter.read_registers(5, 2, functioncode=4)
        finally:
            meter.serial.close()


def polled(*arguments: str) -> tuple[int, dict[int, str]]:
    """Exit code and values by address, as mbpoll prints them."""
    done = subprocess.run(["mbpoll", "-1", "-0", *arguments], capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, {int(at): found for at, found in re.findall(r"^\[(\d+)\]:\s+(\S+)", done.stdout, re.M)}


@pytest.mark.interop
@mbpoll
def test_mbpoll_over_tcp() -> None:
    device = Device()
    with on_tcp({17: device}) as port:
        line = ("-m", "tcp", "-p", str(port), "-a", "17")
        code, found = polled(*line, "-t", "3:hex", "-r", "0", "-c", "6", "127.0.0.1")
        assert (code, found) == (0, {0: "0x0903", 1: "0x0001", 2: "0xFFFF", 3: "0x8000", 4: "0x0000", 5: "0x1234"})
        code, found = polled(*line, "-t", "1", "-r", "0", "-c", "4", "127.0.0.1")
        assert (code, found) == (0, {0: "1", 1: "0", 2: "1", 3: "1"})
        code, _ = polled(*line, "-t", "4", "-r", "20", "127.0.0.1", "513", "65535")
        assert code == 0
        assert device.space.tables["holding"][20:22] == [513, 65535]
        code, _ = polled(*line, "-t", "3", "-r", "5", "-c", "2", "127.0.0.1")
        assert code != 0


@pytest.mark.interop
@mbpoll
def test_mbpoll_on_a_pty() -> None:
    with on_pty({17: Device()}, 19200, "E", 1) as path:
        line = ("-m", "rtu", "-b", "19200", "-P", "none", "-a", "17", "-o", "1.0")
        code, found = polled(*line, "-t", "3:hex", "-r", "0", "-c", "3", path)
        assert (code, found) == (0, {0: "0x0903", 1: "0x0001", 2: "0xFFFF"})
