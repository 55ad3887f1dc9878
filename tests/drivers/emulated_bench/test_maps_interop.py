"""Every shipped map, served by the emulator, read by other people's clients against constants that were written by hand."""

from __future__ import annotations

import re
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pymodbus.client import ModbusTcpClient

from drivers.emulated.process import EmulatedProcess
from drivers.meters.register_map import shipped_maps
from drivers.sources.opener import open_source
from rig.clock import SECOND, WallClock
from rig.opener import Opening

pytestmark = pytest.mark.loopback

FIRMWARE = {"serial": "EMU000000000042", "opening_balance": 12_345, "power_up_ns": 0, "load_limit": 2317}
UNITS = {
    "acrel_ddsy1352": 11,
    "acrel_legacy": 12,
    "eastron_sdm320y": 13,
    "hiking_dds238": 14,
    "odd_kwh": 15,
    "reference": 16,
    "reference_3ph": 17,
}

READ = {
    "acrel_ddsy1352": [(3, 0x000B, [2300]), (3, 0x000C, [0]), (3, 0x0010, [1000])],
    "acrel_legacy": [(3, 0x004F, [0x0000, 0x3039]), (3, 0x0061, [2317]), (3, 0x0057, [0, 0])],
    "eastron_sdm320y": [(4, 0x0000, [0x4366, 0x0000]), (3, 0xFC00, [0, 42]), (3, 0xFC16, [0x42C8, 0x0000])],
    "hiking_dds238": [(3, 0x000C, [2300]), (3, 0x0011, [5000]), (3, 0x001A, [1])],
    "odd_kwh": [(3, 0x0000, [0x0000, 0x3930]), (4, 0x0006, [0xFC08]), (4, 0x000F, [0x3264]), (3, 0x001E, [2317])],
    "reference": [(3, 0x0100, [0x0000, 0x3039]), (4, 0x0010, [2300]), (3, 0x0140, [0, 2317])],
    "reference_3ph": [(3, 0x0100, [0x0000, 0x3039]), (4, 0x0052, [2300]), (4, 0x0059, [0, 0])],
}
"""Function, address and words at 230.0 V, 50 Hz, no load; balance 12345, limit 2317 W.

Orders by hand: 230.0 V is 2300 = 08FC, bytes turned FC08; as a float 4366 0000; 50 Hz and PF 1.00 in one register are 3264.
"""


@pytest.fixture(scope="module")
def at() -> Iterator[dict[str, dict[str, Any]]]:
    """Addresses by map, the mains on."""
    positions = [{"name": name, "map": name, "unit": unit} for name, unit in UNITS.items()]
    with EmulatedProcess({"positions": positions, "meter": FIRMWARE, "shared_source": True}) as process:
        table = {"type": "scpi", "resource": process.ready["reference"]["source"], "most_volts": 276}
        source = open_source(table, Opening("source", WallClock()))
        source.on(Decimal(230), Decimal(50))
        yield process.ready
        source.off()
        source.close()


def test_every_map_is_here() -> None:
    assert set(READ) == set(UNITS) == set(shipped_maps())


@pytest.mark.parametrize("name", UNITS)
def test_pymodbus_client_reads_the_constants(at: dict[str, dict[str, Any]], name: str) -> None:
    host, _, port = at[name]["modbus"].rpartition(":")
    with ModbusTcpClient(host, port=int(port), timeout=2) as client:
        for function, address, words in READ[name]:
            ask = client.read_holding_registers if function == 3 else client.read_input_registers
            assert ask(address, count=len(words), device_id=UNITS[name]).registers == words


def test_pymodbus_client_moves_a_plain_relay_and_cannot_reach_what_is_forbidden(at: dict[str, dict[str, Any]]) -> None:
    host, _, port = at["hiking_dds238"]["modbus"].rpartition(":")
    with ModbusTcpClient(host, port=int(port), timeout=2) as client:
        assert not client.write_registers(0x001A, [0], device_id=14).isError()
        assert client.read_holding_registers(0x001A, count=1, device_id=14).registers == [0]
        assert not client.write_registers(0x001A, [1], device_id=14).isError()
        assert client.read_holding_registers(0x0000, count=2, device_id=14).exception_code == 2


@pytest.mark.interop
@pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll is not installed")
@pytest.mark.parametrize("name", UNITS)
def test_mbpoll_reads_the_constants(at: dict[str, dict[str, Any]], name: str) -> None:
    host, _, port = at[name]["modbus"].rpartition(":")
    for function, address, words in READ[name]:
        table = {3: "4:hex", 4: "3:hex"}[function]
        ask = ["mbpoll", "-q", "-0", "-1", "-a", str(UNITS[name]), "-t", table, "-r", str(address)]
        line = [*ask, "-c", str(len(words)), "-m", "tcp", "-p", port, host]
        done = subprocess.run(line, capture_output=True, text=True, timeout=10)
        assert done.returncode == 0, done.stdout + done.stderr
        found = [int(word, 16) for word in re.findall(r"^\[\d+\]:\s+(0x[0-9A-F]+)", done.stdout, re.MULTILINE)]
        assert found == words


def test_a_raw_frame_of_the_makers_own_function_is_taken(at: dict[str, dict[str, Any]]) -> None:
    """Function AA on the odd meter: 30.01 kWh under id 70001, then its key to the commit, by bytes that no client makes."""
    host, _, port = at["odd_kwh"]["modbus"].rpartition(":")
    block = bytes.fromhex("AA 0014 0004 08 0BB9 0000 1171 0001")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        for pdu, answer in ((block, "AA00140004"), (bytes.fromhex("06 0018 5AA5"), "0600185AA5")):
            connection.sendall(struct.pack(">HHHB", 1, 0, len(pdu) + 1, 15) + pdu)
            assert connection.recv(64)[7:].hex().upper() == answer
        # 123.45 and 30.01 kWh are 15346 steps, 3BF2, bytes turned.
        clock = WallClock()
        until = clock.now() + 5 * SECOND
        while (words := _balance(connection)) != "0000F23B" and clock.now() < until:
            clock.sleep_until(clock.now() + SECOND // 20)
        assert words == "0000F23B"


def _balance(connection: socket.socket) -> str:
    connection.sendall(bytes.fromhex("0002 0000 0006 0F 03 0000 0002"))
    return connection.recv(64)[9:].hex().upper()
