"""A map that is wrong is told in which way: the emulated meter keeps the right one, the tried one is spoilt."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from drivers.emulated.bench import CIVIL_ZERO, SimDevices, open_sim
from drivers.meters.entry import METERS
from drivers.meters.register_map import load_map
from rig.clock import SECOND, VirtualClock
from rig.errors import LinkError

RIGHT = (files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")
MEASURED = {"voltage": Decimal(230), "current": Decimal("10.074"), "power": Decimal(2317), "frequency": Decimal(50)}
NOW = datetime(2026, 3, 3, 9, 41, 21)


@cache
def bench() -> tuple[SimDevices, VirtualClock]:
    """The reference meter at 230 V, its load at 2317 W, settled."""
    clock = VirtualClock()
    devices = open_sim({"map": "reference"}, clock)
    devices.source.on(Decimal(230), Decimal(50))
    clock.sleep_until(10 * SECOND)
    devices.load.draw_watts(2317)
    clock.sleep_until(14 * SECOND)
    return devices, clock


def with_room(text: str) -> str:
    """The map without the neighbours that a register in the wrong place would lie upon."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(("power_factor ", "energy ")))


def tried(folder: Path, text: str, measured: dict[str, Decimal] = MEASURED) -> dict[str, dict[str, str]]:
    """What is said of each item when a map of this text is tried on the reference meter."""
    path = folder / "tried.toml"
    path.write_text(text, encoding="utf-8")
    devices, clock = bench()
    rows = METERS.trial(load_map(path), devices.bus, 1, clock, "P01 meter", measured, NOW)
    return {row["item"]: row for row in rows}


def test_the_right_map_agrees(tmp_path: Path) -> None:
    rows = tried(tmp_path, RIGHT)
    assert {item for item, row in rows.items() if row["word"] == "agrees"} == {*MEASURED, "clock"}
    assert {row["word"] for row in rows.values()} == {"agrees", "sensible"}
    assert rows["current"]["raw"] == "0000 275A"
    assert rows["current"]["value"] == "10.074 A"
    assert rows["balance"]["value"].endswith(" paise")


@pytest.mark.parametrize(
    ("right", "wrong", "item", "named"),
    [
        (
            '0x0013, type = "i32", unit = "W"',
            '0x0013, type = "i32", unit = "W", word_order = "low_first"',
            "power",
            'word_order = "high_first"',
        ),
        (
            '0x0011, type = "u32", scale',
            '0x0011, type = "u32", byte_order = "little", scale',
            "current",
            'byte_order = "big"',
        ),
        (
            '0x0011, type = "u32", scale',
            '0x0011, type = "u32", word_order = "low_first", byte_order = "little", scale',
            "current",
            'word_order = "high_first" and byte_order = "big"',
        ),
        (
            '0x0010, type = "u16", scale = "0.1"',
            '0x0010, type = "u16", byte_order = "little", scale = "0.1"',
            "voltage",
            'byte_order = "big"',
        ),
        ('0x0010, type = "u16", scale = "0.1"', '0x0010, type = "u16"', "voltage", 'scale = "0.1"'),
        ('0x0011, type = "u32", scale = "0.001"', '0x0011, type = "u32", scale = "0.01"', "current", 'scale = "0.001"'),
        ('0x0013, type = "i32", unit = "W"', '0x0013, type = "i32", unit = "kW"', "power", 'scale = "0.001"'),
        ('0x0013, type = "i32"', '0x0013, type = "float32"', "power", 'type = "'),
        ('0x0013, type = "i32"', '0x0014, type = "i32"', "power", "address = 0x0013"),
        ('0x0019, type = "u16"', '0x001A, type = "u16"', "frequency", "address = 0x0019"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, right: str, wrong: str, item: str, named: str) -> None:
    assert right in RIGHT
    row = tried(tmp_path, with_room(RIGHT.replace(right, wrong)))[item]
    assert row["word"] == "WRONG"
    assert f"it fits with {named}" in row["why"] or f"or with {named}" in row["why"]


def test_counted_from_the_wrong_base_every_measurement_says_so(tmp_path: Path) -> None:
    rows = tried(tmp_path, RIGHT.replace("address_base = 0", "address_base = 1").replace("= 0x0000,", "= 0x0300,"))
    assert "address = 0x0012" in rows["current"]["why"]
    assert "address = 0x0014" in rows["power"]["why"]


def test_an_item_that_is_not_there_and_one_that_makes_no_sense(tmp_path: Path) -> None:
    absent = 'gone = { table = "input", address = 0x0900, type = "u16" }\n'
    senseless = RIGHT.replace('0x0140, type = "u32"', '0x0140, type = "u32", word_order = "low_first"')
    rows = tried(tmp_path, senseless + absent)
    assert rows["gone"]["word"] == "WRONG"
    assert "no such register" in rows["gone"]["why"] and "exception 2" in rows["gone"]["why"]
    assert rows["load_limit"]["word"] == "doubtful"
    assert "the other way round it reads 3000" in rows["load_limit"]["why"]


def test_without_a_load_voltage_alone_is_compared(tmp_path: Path) -> None:
    rows = tried(tmp_path, RIGHT.replace('0x0011, type = "u32"', '0x0011, type = "i32"'), {"voltage": Decimal(230)})
    assert [item for item, row in rows.items() if row["word"] == "agrees"] == ["voltage", "clock"]


def test_a_clock_of_another_epoch_is_doubted(tmp_path: Path) -> None:
    rows = tried(tmp_path, RIGHT.replace('epoch = "1970-01-01T00:00:00"', 'epoch = "1988-01-01T00:00:00"'))
    assert rows["clock"]["word"] == "doubtful"
    assert "check epoch, zone and fields" in rows["clock"]["why"]


def test_nothing_is_written_and_no_forbidden_address_is_read(tmp_path: Path) -> None:
    devices, clock = bench()
    asked: list[bytes] = []

    class Listening:
        def exchange(self, requests):  # type: ignore[no-untyped-def]
            asked.extend(request.pdu for request in requests)
            return devices.bus.exchange(requests)

    forbidden = '{ table = "input", address = 0x0013, count = 1, why = "test" }'
    text = RIGHT.replace("never_touch = [", f"never_touch = [{forbidden}, ").replace(
        '0x0013, type = "i32"', '0x0014, type = "i32"'
    )
    path = tmp_path / "tried.toml"
    path.write_text(with_room(text), encoding="utf-8")
    METERS.trial(load_map(path), Listening(), 1, clock, "P01 meter", MEASURED, NOW)  # type: ignore[arg-type]
    assert asked and all(pdu[0] <= 4 for pdu in asked)
    for pdu in asked:
        first, count = int.from_bytes(pdu[1:3], "big"), int.from_bytes(pdu[3:5], "big")
        assert pdu[0] != 4 or not first <= 0x0013 < first + count


def test_a_dead_meter_is_one_error(tmp_path: Path) -> None:
    clock = VirtualClock()
    devices = open_sim({"map": "reference"}, clock)
    with pytest.raises(LinkError, match="nothing else was asked"):
        METERS.trial(load_map("reference"), devices.bus, 1, clock, "P01 meter", {}, CIVIL_ZERO)
