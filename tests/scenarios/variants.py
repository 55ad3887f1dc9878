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
    return _bench_with(folder, f"meter = {{ {firmware} }}")


def bench_with_meter_of(folder: Path, family: str) -> str:
    """The path of a copy of the shipped bench in virtual time whose meter really is of this family, whatever its map promises."""
    real = folder / "real"
    real.mkdir()
    map_ = Path(map_of_family(real, family)).as_posix()
    return _bench_with(folder, f'positions = [{{ name = "P01", map = "{map_}" }}]')


def _bench_with(folder: Path, line: str) -> str:
    text = (MAIN / "scenarios" / "benches" / "sim.toml").read_text(encoding="utf-8")
    file = folder / "bench.toml"
    file.write_text(text.replace("[emulated]", f"[emulated]\n{line}"), encoding="utf-8")
    return str(file)
