"""A map that is wrong is told in which way: the emulated meter keeps the right one, the tried one is spoilt."""

from __future__ import annotations

import re
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
CLOSED = ("control_state", "output_state")
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
    assert {item for item, row in rows.items() if row["word"] == "agrees"} == {*MEASURED, "clock", *CLOSED}
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


def test_counted_from_the_wrong_base_is_said_once_and_first_and_the_rest_is_read_right(tmp_path: Path) -> None:
    path = tmp_path / "tried.toml"
    path.write_text(
        RIGHT.replace("address_base = 0", "address_base = 1").replace("= 0x0000,", "= 0x0300,"), encoding="utf-8"
    )
    devices, clock = bench()
    first, *rest = METERS.trial(load_map(path), devices.bus, 1, clock, "P01 meter", MEASURED, NOW)
    assert (first["item"], first["word"]) == ("address_base", "WRONG")
    assert "stands one address further on: write address_base = 0" in first["why"]
    assert {row["word"] for row in rest if row["item"] in MEASURED} == {"agrees"}
    assert not any("address =" in row["why"] for row in rest)


def test_a_list_that_is_off_by_one_and_cannot_be_counted_otherwise(tmp_path: Path) -> None:
    text = re.sub(r"address = 0x([0-9A-F]{4})", lambda found: f"address = 0x{int(found[1], 16) + 2:04X}", RIGHT)
    rows = tried(tmp_path, text.replace("address_base = 0", "address_base = 1"))
    assert rows["address_base"]["why"].endswith("take one off each address")


def test_the_place_is_as_the_map_counts_with_the_wire_beside_it(tmp_path: Path) -> None:
    one_up = re.sub(r"address = 0x([0-9A-F]{4})", lambda found: f"address = 0x{int(found[1], 16) + 1:04X}", RIGHT)
    assert tried(tmp_path, RIGHT)["current"]["place"] == "input 0x0011+2"
    rows = tried(tmp_path, one_up.replace("address_base = 0", "address_base = 1"))
    assert rows["current"]["place"] == "input 0x0012+2 (0x0011 on the wire)"
    assert "address_base" not in rows


def test_a_relay_register_that_is_turned_around(tmp_path: Path) -> None:
    turned = RIGHT.replace('0x0021, type = "u16" }', '0x0021, type = "u16", values = { 0 = 1, 1 = 0 } }')
    row = tried(tmp_path, turned)["output_state"]
    assert row["word"] == "WRONG" and "says open, and the load side is live" in row["why"]
    assert row["why"].endswith("take values out")


def test_nothing_where_the_map_promises_no_nothing(tmp_path: Path) -> None:
    rows = {row["item"]: row for row in _on_dates('fields = ["YY", "MM", "DD", "hh", "mm", "ss"]', tmp_path)}
    assert rows["clock"]["word"] == "WRONG"
    assert 'clock.fields = ["ss", "mm", "hh", "DD", "MM", "YY"]' in rows["clock"]["why"]
    assert (
        rows["last_recharge_time"]["word"] == "doubtful" and "write never = [0x0]" in rows["last_recharge_time"]["why"]
    )
    assert rows["serial_again"]["word"] == "WRONG" and "digit above nine" in rows["serial_again"]["why"]


def test_a_clock_in_the_other_format(tmp_path: Path) -> None:
    rows = {row["item"]: row for row in _on_dates('format = "binary"', tmp_path)}
    assert rows["clock"]["word"] in ("WRONG", "doubtful") and 'clock.format = "bcd"' in rows["clock"]["why"]
    rows = {row["item"]: row for row in _on_dates("", tmp_path)}
    assert rows["clock"]["word"] == "agrees"


def _on_dates(wrong: str, folder: Path) -> list[dict[str, str]]:
    """What is said when a map with a wrong key is tried on a meter that shows its time in fields."""
    order, format_ = 'fields = ["ss", "mm", "hh", "DD", "MM", "YY"]', 'format = "bcd"'
    text = RIGHT.replace('format = "seconds"', f"{format_}\n{order}").replace(
        '{ name = "time", type = "u32" }', '{ name = "time", type = "date" }'
    )
    text = text.replace("registers_per_entry = 4", "registers_per_entry = 5").replace(
        '0x0150, type = "u32"', '0x0150, type = "date"'
    )
    text = text.replace(
        '0x010C, type = "u32", format = "clock", never = [0, 0xFFFFFFFF]',
        '0x0400, type = "date", format = "clock", never = [0]',
    )
    right = folder / "right.toml"
    right.write_text(text, encoding="utf-8")
    clock = VirtualClock()
    devices = open_sim({"map": str(right)}, clock)
    devices.source.on(Decimal(230), Decimal(50))
    clock.sleep_until(10 * SECOND)
    text = text.replace(order if wrong.startswith("fields") else format_, wrong) if wrong else text
    text = text.replace(', format = "clock", never = [0]', ', format = "clock"')
    text = text.replace(
        'serial                   = { table = "input", address = 0x0000, type = "string", length = 8 }',
        'serial_again = { table = "input", address = 0x0000, type = "bcd", digits = 4 }',
    )
    file = folder / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    return METERS.trial(load_map(file), devices.bus, 1, clock, "P01 meter", {"voltage": Decimal(230)}, NOW)


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
    assert [item for item, row in rows.items() if row["word"] == "agrees"] == ["voltage", *CLOSED, "clock"]


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
