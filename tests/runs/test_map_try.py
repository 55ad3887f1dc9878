"""`rig map try` as a user meets it: a wrong map is told in which way, nothing is left on, and exit codes tell which."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from drivers.loads.opener import open_load
from drivers.sources.opener import open_source
from rig.clock import WallClock
from rig.opener import Opening
from tests.runs.benches import Emulator, wired_bench
from tests.runs.command import ROOT, apart, rig, surroundings
from tests.runs.wall_run import wait

RIGHT = (files("drivers.meters.maps") / "reference.toml").read_text(encoding="utf-8")


def spoilt(folder: Path, right: str, wrong: str) -> Path:
    assert right in RIGHT
    path = folder / "mine.toml"
    path.write_text(RIGHT.replace(right, wrong), encoding="utf-8")
    return path


def test_the_right_map_exits_0() -> None:
    ended = rig("map", "try", "reference", "--watts", "2317", "--json")
    assert ended.code == 0
    words = {row["item"]: row["word"] for row in ended.table()}
    assert [words[item] for item in ("voltage", "current", "power", "frequency")] == ["agrees"] * 4


def test_a_wrong_word_order_is_named_and_exits_1(tmp_path: Path) -> None:
    mine = spoilt(tmp_path, '0x0011, type = "u32"', '0x0011, type = "u32", word_order = "low_first"')
    ended = rig("map", "try", mine, "--watts", "2317", "--json")
    assert ended.code == 1
    (current,) = [row for row in ended.table() if row["item"] == "current"]
    assert current["word"] == "WRONG"
    assert 'it fits with word_order = "high_first"' in current["why"]


def test_without_a_load_it_says_what_cannot_be_compared() -> None:
    ended = rig("map", "try", "reference", "--json")
    assert ended.code == 0
    assert [row["item"] for row in ended.table() if "give --watts" in row["why"]] == ["current", "power"]


def test_every_shipped_map_is_tried_on_its_own_emulated_meter(tmp_path: Path) -> None:
    bench = tmp_path / "bench.toml"
    for name in ("odd_kwh", "hiking_dds238", "acrel_ddsy1352", "eastron_sdm320y"):
        bench.write_text(
            f'format = 1\nname = "b"\nkind = "sim"\nlimits = {{ volts = 253, amps = 20, watts = 4600, watt_hours = 5000, '
            f'seconds = 7200, relay_operations = 200 }}\n[[positions]]\nname = "P01"\nmeter = {{ map = "{name}" }}\n'
        )
        ended = rig("map", "try", name, "--bench", bench, "--watts", "2317", "--json")
        assert ended.code == 0, ended.said
        words = {row["item"]: row["word"] for row in ended.table()}
        assert [words[item] for item in ("voltage", "current", "power")] == ["agrees"] * 3


def test_a_load_above_the_limits_of_the_bench_is_refused() -> None:
    ended = rig("map", "try", "reference", "--watts", "99999")
    assert ended.code == 2
    assert "--watts 99999" in ended.err and "nothing was sent" in ended.err


def test_a_map_that_is_none_is_refused_before_anything(tmp_path: Path) -> None:
    mine = spoilt(tmp_path, "format = 1", "format = 2")
    ended = rig("map", "try", mine)
    assert ended.code == 2
    assert "format" in ended.err


@pytest.mark.loopback
def test_on_real_sockets(tmp_path: Path) -> None:
    mine = spoilt(tmp_path, '0x0013, type = "i32"', '0x0013, type = "i32", scale = "0.1"')
    ended = apart("map", "try", mine, "--bench", "loopback", "--watts", "2317", "--out", tmp_path / "out")
    assert ended.code == 1, ended.said
    assert 'it fits with scale = "1"' in ended.out
    assert list((tmp_path / "out").glob("*.frames"))


@pytest.mark.loopback
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_in_the_middle_it_leaves_nothing_on(tmp_path: Path, number: signal.Signals) -> None:
    emulator = Emulator(tmp_path / "emulator", "--meters", "1", "--serve", "tcp")
    try:
        bench = wired_bench(tmp_path / "bench.toml", emulator.ready)
        command = [sys.executable, "-m", "rig.cli.main", "map", "try", "reference", "--bench", str(bench)]
        trying = subprocess.Popen(
            [*command, "--watts", "2317", "--out", str(tmp_path / "out")], cwd=ROOT, env=surroundings()
        )
        opening = Opening("P01", WallClock())
        at = {"type": "scpi", "resource": emulator.ready["P01"]["load"], "rating_w": 5000}
        load = open_load(at, opening)
        assert wait(lambda: load.measure().power_w > 2000, 30)
        trying.send_signal(number)
        assert trying.wait(20) == 130
        assert load.measure().power_w == 0
        source = open_source({"type": "scpi", "resource": emulator.ready["P01"]["source"], "most_volts": 276}, opening)
        assert not source.is_on()
        load.close()
        source.close()
    finally:
        emulator.end()
