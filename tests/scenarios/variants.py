"""Maps and benches that differ from the shipped ones in a promise, or in what the emulated meter really does."""

import re
from pathlib import Path

MAIN = Path(__file__).parents[2]
FAMILIES = {
    "definite time": 'family = "definite_time", delay = "over_threshold_duration"',
    "sliding mean": 'family = "demand_average", average_s = "60", average = "sliding"',
    "mean of blocks": 'family = "demand_average", average_s = "20", average = "block"',
    "inverse": (
        'family = "inverse", pairs = [{ times = "1.1", delay_s = "40" }, { times = "1.5", delay_s = "10" }, '
        '{ times = "2", delay_s = "3" }]'
    ),
}
"""How a map promises each family."""
FIRMWARE = {
    "definite time": 'overload_family = "definite_time", average_s = 0, overload_curve = []',
    "sliding mean": 'overload_family = "demand_average", average_s = 60, overload_curve = []',
    "mean of blocks": 'overload_family = "block_average", average_s = 20, overload_curve = []',
}
"""How the emulated meter is told to be of a family, whatever its map promises."""
OVER_CURRENT = {"over_current": '{ amps = "8.3", delay_s = "5" }'}
"""The promise of over-current, which the shipped map does not make."""


def map_with(folder: Path, **promises: str) -> str:
    """The path of a copy of the shipped map in which these promises read so (TOML); a new one is added."""
    text = (MAIN / "drivers" / "meters" / "maps" / "reference.toml").read_text(encoding="utf-8")
    for key, to in promises.items():
        text, found = re.subn(rf"(?m)^{key} *=.*$", f"{key} = {to}", text)
        if not found:
            text = text.replace("[promises]", f"[promises]\n{key} = {to}", 1)
    file = folder / "map.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def map_of_family(folder: Path, family: str) -> str:
    """The path of a copy of the shipped map whose limiter is promised to be of this family."""
    return map_with(folder, overload=f'{{ {FAMILIES[family]}, cleared_after_s = "3600", tolerance_percent = "0" }}')


def bench_with_meter(folder: Path, firmware: str) -> str:
    """The path of a copy of the shipped bench in virtual time whose meter really is like this."""
    text = (MAIN / "scenarios" / "benches" / "sim.toml").read_text(encoding="utf-8")
    file = folder / "bench.toml"
    file.write_text(text.replace("[emulated]", f"[emulated]\nmeter = {{ {firmware} }}"), encoding="utf-8")
    return str(file)
