"""`rig conform`: emulated benches hold in every dialect, a driver or device that lies is found, and wrong use is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rig.cli.main import app
from rig.errors import ConfigError

ROOT = Path(__file__).parents[3]
BENCH = """
format = 1
name = "b"
kind = "{kind}"
limits = {{ volts = 260, amps = 25, watts = 4600, watt_hours = 50000, seconds = 72000, relay_operations = 200 }}
emulated = {{ load_dialect = "{load}", source_dialect = "{source}" }}

[[positions]]
name = "P01"
"""


def bench_file(folder: Path, load: str = "generic", source: str = "generic", kind: str = "sim") -> str:
    file = folder / "bench.toml"
    file.write_text(BENCH.format(load=load, source=source, kind=kind), encoding="utf-8")
    return str(file)


def conform(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    done = CliRunner().invoke(app, ["conform", *arguments, "--json"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, json.loads(done.stdout) if done.stdout else []


@pytest.mark.parametrize(
    ("load", "source"), [("generic", "generic"), ("chroma_63800", "chroma_61500"), ("itech_it8600", "chroma_61600")]
)
def test_the_emulated_bench_holds_in_every_dialect(tmp_path: Path, load: str, source: str) -> None:
    code, rows = conform(bench_file(tmp_path, load, source), "--act", "--within", "0.1")
    assert [row["case"] for row in rows if row["holds"] != "yes"] == []
    assert code == 0
    assert {row["device"] for row in rows} == {"meter", "sense", "source", "load", "button"}
    assert len(rows) >= 29


def test_a_load_that_measures_wrong_is_found(tmp_path: Path) -> None:
    file = Path(bench_file(tmp_path))
    text = file.read_text(encoding="utf-8").replace("emulated = {", "emulated = { load_error_ppm = 50000,")
    file.write_text(text, encoding="utf-8")
    code, rows = conform(str(file))
    assert code == 1
    broken = {row["case"]: row["why"] for row in rows if row["holds"] == "NO"}
    assert "measures what is there" in broken
    assert "voltage (V): 241.500 came, 230 was expected" in broken["measures what is there"]


def test_a_meter_whose_contact_is_open_is_the_benchs_affair(tmp_path: Path) -> None:
    file = tmp_path / "bench.toml"
    text = BENCH.format(load="generic", source="generic", kind="sim")
    file.write_text(text.replace("emulated = {", "emulated = { meter = { opening_balance = -500 },"), encoding="utf-8")
    code, rows = conform(str(file))
    assert code == 4, rows
    [failed] = [row for row in rows if row["holds"] != "yes"]
    assert (failed["device"], failed["holds"]) == ("load", "the bench failed")
    assert "recharge or reconnect the meter first" in failed["why"]


@pytest.mark.parametrize(
    "arguments", [("nowhere",), ("sim", "--within", "x", "--settle", "y"), ("sim", "--position", "P9")]
)
def test_wrong_use_is_a_config_error(arguments: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError):
        conform(*arguments)


@pytest.mark.loopback
def test_on_sockets_through_the_keeper_and_everything_is_off_afterwards(tmp_path: Path) -> None:
    file = bench_file(tmp_path, "chroma_63800", "chroma_61500", "loopback")
    done = subprocess.run(
        [sys.executable, "-m", "rig.cli.main", "conform", file, "--settle", "0.1", "--act"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert " NO " not in done.stdout
    assert [f.name for f in tmp_path.iterdir()] == ["bench.toml"]
