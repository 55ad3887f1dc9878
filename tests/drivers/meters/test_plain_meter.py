"""A map for a meter that is not prepaid, from its register list alone: DDS238-2 ZN/SR, a relay and no wallet."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from drivers.meters.register_map import RegisterMap
from rig.contracts import Capability
from rig.errors import ConfigError
from tests.drivers.meters.devices import Bench, written_map

DDS238 = """
format = 1
model = "DDS238-2 ZN/SR"
source = "register list, not tried on a meter"
wallet_location = "engine"
max_registers_per_read = 18
capabilities = ["remote_relay"]
never_touch = [{ table = "holding", address = 0x0000, count = 2, why = "writing 0 clears all three counters" }]

[relay]
disconnect = { register = "relay", value = 0 }
reconnect = { register = "relay", value = 1 }

[registers]
export_energy = { table = "holding", address = 0x0008, type = "u32", scale = "0.01", unit = "kWh" }
energy        = { table = "holding", address = 0x000A, type = "u32", scale = "0.01", unit = "kWh" }
voltage       = { table = "holding", address = 0x000C, type = "u16", scale = "0.1", unit = "V" }
current       = { table = "holding", address = 0x000D, type = "u16", scale = "0.01", unit = "A" }
power         = { table = "holding", address = 0x000E, type = "i16", unit = "W" }
reactive      = { table = "holding", address = 0x000F, type = "u16", unit = "var" }
power_factor  = { table = "holding", address = 0x0010, type = "u16", scale = "0.001" }
frequency     = { table = "holding", address = 0x0011, type = "u16", scale = "0.01", unit = "Hz" }
station       = { table = "holding", address = 0x0015, type = "u8", byte = "high" }
baud          = { table = "holding", address = 0x0015, type = "u8", byte = "low", values = { 1 = 9600, 2 = 4800, 3 = 2400, 4 = 1200 } }
relay         = { table = "holding", address = 0x001A, type = "u16", access = "read_write", values = { 0 = 0, 1 = 1 } }
output_state  = { table = "holding", address = 0x001B, type = "u16" }
"""


@pytest.fixture
def map_(tmp_path: Path) -> RegisterMap:
    return written_map(tmp_path, DDS238, head="")


ANSWERS = {
    "030008000a": "0314" + "00000000" + "0001e240" + "08fd" + "03ef" + "0905" + "0000" + "03e7" + "1386",
    "0300150001": "0302" + "0701",
    "03001a0002": "0304" + "0001" + "0001",
}
"""Made by hand: 1234.56 kWh imported, 230.1 V, 10.07 A, 2309 W, PF 0.999, 49.98 Hz; station 7 at 9600 baud; relay on."""


def test_it_decodes(map_: RegisterMap) -> None:
    bench = Bench(map_)
    bench.store.values |= {
        "energy": Decimal(1234560), "export_energy": Decimal(0), "voltage": Decimal("230.1"), "current": Decimal("10.07"),
        "power": Decimal(2309), "power_factor": Decimal("0.999"), "frequency": Decimal("49.98"), "station": 7, "baud": 9600,
        "relay": 1, "output_state": True,
    }  # fmt: skip
    reading = bench.meter.read()
    assert bench.pdus() == list(ANSWERS)
    for request, expected in ANSWERS.items():
        served = bench.face.read("holding", int(request[2:6], 16), int(request[6:], 16))
        assert "".join(f"{word:04x}" for word in served) == expected[4:]
    assert reading.values == bench.store.values
    assert reading.energy_wh == 1234560
    assert reading.balance_paise is None
    assert reading.cause is None


def test_its_relay_obeys_by_function_16(map_: RegisterMap) -> None:
    bench = Bench(map_)
    bench.meter.disconnect()
    bench.meter.reconnect()
    assert bench.pdus() == ["10001a0001020000", "10001a0001020001"]


def test_what_it_cannot_do(map_: RegisterMap) -> None:
    meter = Bench(map_).meter
    assert meter.capabilities == {Capability.REMOTE_RELAY}
    assert meter.items == frozenset(map_.items)
    with pytest.raises(ConfigError, match="cannot be driven yet"):
        meter.recharge(100, 1)


def test_total_energy_cannot_be_mapped_where_touching_it_is_forbidden(tmp_path: Path) -> None:
    total = 'total = { table = "holding", address = 0x0000, type = "u32", scale = "0.01", unit = "kWh" }\n'
    with pytest.raises(ConfigError, match=r"registers\.total\.address: lies in never_touch"):
        written_map(tmp_path, DDS238 + total, head="")
