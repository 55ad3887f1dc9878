"""`rig known-relay` on sockets: faults of the bench are found, a wired bench is measured without a meter, and all is off afterwards."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.emulated.process import EmulatedProcess
from drivers.loads.opener import open_load
from drivers.sources.opener import open_source
from rig.clock import WallClock
from rig.opener import Opening
from tests.runs.benches import LIMITS, wired_bench
from tests.runs.command import rig, surroundings
from tests.runs.wall_run import wait

pytestmark = pytest.mark.loopback

FOUND = {
    "B2": "it does not obey",
    "B8": "wired to the line side",
    "B9": "wired behind the relay",
    "B11": "inverted",
    "B13": "belong to another position",
    "B18": "stands still",
    "B20": "nothing arrives",
}


def started(file: Path, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "rig.cli.main", "known-relay", str(file), "--json", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=file.parent, env=surroundings(), stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def test_faults_of_the_bench_are_found_on_sockets(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    positions = "".join(f'\n[[positions]]\nname = "{name}"\nevery_ms = 10\n' for name in ("P01", "P02"))
    file.write_text(f'format = 1\nname = "b"\nkind = "loopback"\n{LIMITS}\n{positions}\n[emulated]\n', encoding="utf-8")
    ends = {fault: started(file, "--position", "P02", "--moves", 5, "--fault", fault) for fault in FOUND}
    for fault, process in ends.items():
        out, err = process.communicate(timeout=120)
        rows: list[dict[str, Any]] = json.loads(out)
        assert process.returncode == 1, err
        wrong = [row for row in rows if row["holds"] == "NO"]
        assert FOUND[fault] in wrong[0]["look at"], (fault, wrong)
    assert [found.name for found in tmp_path.iterdir()] == ["bench.toml"]


@pytest.fixture
def emulator() -> Iterator[EmulatedProcess]:
    with EmulatedProcess({"in_place_of_meter": "known_relay", "sense_delay_us": 15_000}) as process:
        yield process


def bench_without_a_meter(folder: Path, emulator: EmulatedProcess) -> Path:
    """A wired bench whose meter is not there; a relay is."""
    at = dict(emulator.ready["P01"])
    file = wired_bench(folder / "bench.toml", {"P01": {**at, "modbus": "127.0.0.1:1"}})
    host, _, port = str(at["digital_inputs"]).rpartition(":")
    relay = (
        f'known_relay = {{ type = "modbus_coil", bus = {{ type = "tcp", host = "{host}", port = {port} }}, '
        f'coil = {at["button"]}, operates_s = ["0.007", "0.009"], releases_s = ["0.004", "0.006"] }}\n'
    )
    text = file.read_text(encoding="utf-8").replace("line_side = 1 }", 'line_side = 1, delay_s = ["0", "0.03"] }')
    file.write_text(text + relay, encoding="utf-8")
    return file


def power_is_off(emulator: EmulatedProcess) -> bool:
    at, clock = emulator.ready["P01"], WallClock()
    source = open_source({"type": "scpi", "resource": at["source"], "most_volts": 276}, Opening("source", clock))
    load = open_load({"type": "scpi", "resource": at["load"], "rating_w": 5000}, Opening("load", clock))
    try:
        return not source.is_on() and load.measure().power_w == 0
    finally:
        source.close()
        load.close()


def test_a_wired_bench_is_measured_without_a_meter_and_its_delay_holds_the_true_one(
    tmp_path: Path, emulator: EmulatedProcess
) -> None:
    file = bench_without_a_meter(tmp_path, emulator)
    ended = rig("known-relay", file, "--moves", "10", "--json")
    assert ended.code == 0, ended.said
    kept = json.loads((tmp_path / "bench.known-relay.json").read_text(encoding="utf-8"))
    least, most = kept["positions"]["P01"]["delay_ns"]
    assert least <= 15_000_000 <= most
    assert power_is_off(emulator)
    assert rig("check", file).code == 0


def test_ctrl_c_leaves_nothing_energised(tmp_path: Path, emulator: EmulatedProcess) -> None:
    process = started(bench_without_a_meter(tmp_path, emulator))
    assert wait(lambda: not power_is_off(emulator), 30)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert power_is_off(emulator)
    assert not (tmp_path / "bench.known-relay.json").exists()


def test_a_bench_that_describes_no_relay_is_told_so_before_anything_is_opened(
    tmp_path: Path, emulator: EmulatedProcess
) -> None:
    file = wired_bench(tmp_path / "bench.toml", {"P01": emulator.ready["P01"]})
    ended = rig("known-relay", file)
    assert ended.code == 2 and "positions.P01.known_relay: is missing" in ended.err and "--link" in ended.err
    file.write_text(file.read_text(encoding="utf-8") + 'known_relay = { type = "modbus_coil" }\n', encoding="utf-8")
    ended = rig("check", file)
    assert ended.code == 2
    assert all(f"known_relay: {key}: is missing" in ended.said for key in ("operates_s", "releases_s", "bus", "coil"))
