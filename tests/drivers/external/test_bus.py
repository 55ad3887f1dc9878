"""The example meter by its map: the usual driver over a program, and a whole bench of programs for `rig conform`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.external.bus import open_external_bus
from drivers.meters.modbus_meter import ModbusMeter
from drivers.meters.register_map import load_map
from rig.clock import WallClock
from rig.conformance.holding import look
from rig.conformance.meters import ACTING, CASES, MeterUnderTest
from rig.contracts import RechargeOutcome, Request
from rig.errors import DeviceRefused
from rig.opener import Opening

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "external"
CLOCK = WallClock()
MAP = str(EXAMPLE / "meter_in_a_file.toml")

pytestmark = pytest.mark.loopback


def command(state: Path) -> list[str]:
    return [sys.executable, str(EXAMPLE / "bench.py"), str(state)]


@pytest.fixture
def meter(tmp_path: Path) -> Iterator[ModbusMeter]:
    table = {"type": "external", "map": MAP, "command": command(tmp_path / "state.json")}
    bus = open_external_bus(table, Opening("P01 meter", CLOCK))
    yield ModbusMeter(load_map(MAP), bus, 1, CLOCK, "P01 meter")
    bus.close()


def test_it_is_a_meter_like_any_other(meter: ModbusMeter) -> None:
    for finding in look(CASES + ACTING, MeterUnderTest(meter, CLOCK, meter)):
        assert finding.held, finding


def test_values_procedures_and_refusals(meter: ModbusMeter) -> None:
    seen = meter.read()
    assert (seen.balance_paise, seen.values["voltage"], seen.values["serial"]) == (50_000, Decimal(0), "FILE-0001")
    assert meter.recharge(12_345, 9).outcome is RechargeOutcome.ACCEPTED
    assert meter.recharge(12_345, 9).outcome is RechargeOutcome.DUPLICATE
    assert meter.recharge(-1, 10).outcome is RechargeOutcome.REFUSED
    assert meter.read("balance", "last_recharge_id").values == {"balance": 62_345, "last_recharge_id": 9}
    meter.disconnect()
    meter.reconnect()
    assert meter.read("output_state").output_closed is True
    assert [(e.sequence, e.code) for e in meter.events()] == [(1, 301), (2, 302)]
    meter.write("load_limit", 2317)
    assert meter.read("load_limit").number("load_limit") == 2317


def test_a_map_with_more_than_the_program_has_is_refused(tmp_path: Path) -> None:
    table = {"type": "external", "map": "reference", "command": command(tmp_path / "state.json")}
    with pytest.raises(DeviceRefused, match=r"offers no .*alarm_1.*, which the map reference.* has"):
        open_external_bus(table, Opening("P01 meter", WallClock()))


def test_what_stands_nowhere_in_the_map_is_an_exception(tmp_path: Path) -> None:
    frames: list[tuple[int, str, bytes]] = []
    table = {"type": "external", "map": MAP, "command": command(tmp_path / "state.json")}
    bus = open_external_bus(table, Opening("P01 meter", WallClock(), lambda *one: frames.append(one)))
    try:
        [reply] = bus.exchange([Request(1, bytes.fromhex("03 7000 0001"))])
        assert reply.pdu == bytes.fromhex("83 02")
        bus.exchange([Request(1, bytes.fromhex("10 0010 0002 04 0000 0001"), secret=True)])
    finally:
        bus.close()
    assert [frame for _, _, frame in frames[:2]] == [bytes.fromhex("01 03 7000 0001"), bytes.fromhex("01 83 02")]
    assert frames[2][2].endswith(b"****"), "a secret is masked, and the program's own lines are not logged"
    assert not any(b"{" in frame for _, _, frame in frames)


BENCH = """
format = 1
name = "programs"
kind = "wired"
limits = {{ volts = 253, amps = 20, watts = 3000, watt_hours = 5000, seconds = 7200, relay_operations = 2000 }}

[[positions]]
name = "P01"
live = "source"
load = {{ type = "external", command = {command}, rating_w = 3000 }}
source = {{ type = "external", command = {command}, most_volts = 253 }}
meter = {{ map = "{map}", bus = {{ type = "external", map = "{map}", command = {command} }} }}
sense = {{ type = "load", threshold_v = 30, delay_s = ["0", "0.05"] }}
"""


def test_a_whole_bench_of_programs_passes_and_ends_off(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    text = BENCH.format(command=json.dumps(command(state)), map=MAP)
    (tmp_path / "bench.toml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "rig.cli.main", "conform", "bench.toml", "--settle", "0.1", "--act", "--json"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), "RIG_STATE": str(tmp_path / "blocked")},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(done.stdout)
    assert {row["device"] for row in rows} == {"meter", "sense", "source", "load"}
    left = json.loads(state.read_text(encoding="utf-8"))
    assert (left["on"], left["input"]) == (False, False)


def test_scenarios_are_judged_on_a_meter_behind_a_program(tmp_path: Path) -> None:
    text = BENCH.format(command=json.dumps(command(tmp_path / "state.json")), map=MAP)
    (tmp_path / "bench.toml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "rig.cli.main", "run", "--bench", "bench.toml", "-k", "one_id_is_credited", "--out", "out"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), "RIG_STATE": str(tmp_path / "blocked")},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS" in done.stdout
