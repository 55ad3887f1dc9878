"""The ends of a setting's range come from the map in the rig's unit; a value beyond them can be offered, and is refused."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from drivers.emulated.bench import open_sim
from drivers.meters.bounds import bounds_of, planned_beyond
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.register_map import RegisterMap, load_map
from rig.clock import SECOND, VirtualClock
from rig.errors import DeviceRefused

LIMIT = "load_limit               = "


def map_with_limit(folder: Path, rest: str) -> RegisterMap:
    """The shipped map with another register for the load limit."""
    lines = (files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8").splitlines()
    lines = [f"load_limit = {{ {rest} }}" if line.startswith(LIMIT) else line for line in lines]
    file = folder / "map.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return load_map(str(file))


@pytest.mark.parametrize(
    ("rest", "bounds"),
    [
        ('type = "u32", unit = "W", least = 1, most = 100000', (1, 100_000, 1)),
        ('type = "u16", scale = "0.01", unit = "kW", least = "0.5", most = 60', (500, 60_000, 10)),
        ('type = "u16", unit = "W", least = 1', None),
        ('type = "u16", scale = "0.1", unit = "W", least = 1, most = 5000', None),
    ],
)
def test_they_come_in_the_rig_s_unit(rest: str, bounds: tuple[int, int, int] | None, tmp_path: Path) -> None:
    found = map_with_limit(tmp_path, f'table = "holding", address = 0x0140, access = "read_write", {rest}')
    assert bounds_of(found, "load_limit") == bounds


def test_what_cannot_be_written_or_is_no_item_has_none() -> None:
    reference = load_map("reference")
    assert bounds_of(reference, "attempts_done") is bounds_of(reference, "nothing") is None
    with pytest.raises(ValueError, match="attempts_done: the map states no least and most"):
        planned_beyond(reference, "attempts_done", 7)


def test_a_step_beyond_is_sent_and_refused_and_changes_nothing() -> None:
    clock = VirtualClock()
    devices = open_sim({}, clock)
    devices.source.on(Decimal(230), Decimal(50))
    clock.sleep_until(5 * SECOND)
    meter = ModbusMeter(load_map("reference"), devices.bus, 1, clock, "P01 meter")
    least, most, step = meter.bounds("reclose_attempts") or (0, 0, 0)
    before = meter.read("reclose_attempts").values
    with pytest.raises(DeviceRefused) as refused:
        meter.offer("reclose_attempts", most + step)
    assert refused.value.code == 3 and meter.read("reclose_attempts").values == before
    with pytest.raises(ValueError, match=r"outside 0\.\.65535"):
        meter.offer("reclose_attempts", least - step)
    meter.write("reclose_attempts", most)
    assert meter.read("reclose_attempts").values == {"reclose_attempts": most}
