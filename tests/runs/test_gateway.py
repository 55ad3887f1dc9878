"""A run whose meter stands behind a gateway that passes RTU frames over TCP: real frames, real time, the same verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs.benches import LIMITS
from tests.runs.command import apart, rig

pytestmark = pytest.mark.loopback

BENCH = f"""format = 1
name = "behind-a-gateway"
kind = "loopback"
{LIMITS}
[[positions]]
name = "P01"
every_ms = 10
meter = {{ map = "reference", bus = {{ type = "rtu_over_tcp", baud = 38400, turnaround_s = "0.05" }} }}
"""


def test_a_meter_behind_a_gateway_is_judged_like_any_other(tmp_path: Path) -> None:
    bench = tmp_path / "bench.toml"
    bench.write_text(BENCH, encoding="utf-8")
    assert rig("check", bench).code == 0
    ended = apart("run", "--bench", bench, "--plan", "smoke", "-k", "recharge", "--out", tmp_path / "out")
    assert ended.code == 0, ended.said
    assert "PASS         RCH-1" in ended.err
    frames = (tmp_path / "out" / "P01.frames").read_text(encoding="utf-8")
    assert frames and "00 00 00 06" not in frames  # no header of Modbus TCP


def test_it_is_probed_by_its_own_address(tmp_path: Path) -> None:
    bench = tmp_path / "bench.toml"
    bench.write_text(BENCH, encoding="utf-8")
    ended = rig("probe", bench, "--mains", "--json")
    assert ended.code == 0, ended.said
    (meter,) = [row for row in ended.table() if row["device"] == "P01 meter"]
    assert str(meter["address"]).startswith("rtu_over_tcp 127.0.0.1:")
    assert "EMU0000000000001" in str(meter["identity"])
