"""Scenarios pass with instruments that speak their own dialects; a Chroma load that drops out is armed again, and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Word

BENCH = """
format = 1
name = "dialects"
kind = "sim"
limits = {{ volts = 276, amps = 40, watts = 9000, watt_hours = 500000, seconds = 8640000, relay_operations = 9000 }}
emulated = {{ rating_w = 9000, load_dialect = "{load}", source_dialect = "{source}" }}

[[positions]]
name = "P01"
load = {{ rating_w = 9000 }}
"""


@pytest.mark.parametrize(("load", "source"), [("chroma_63800", "chroma_61500"), ("itech_it8600", "chroma_61600")])
def test_the_smoke_plan_passes(tmp_path: Path, load: str, source: str) -> None:
    (tmp_path / "bench.toml").write_text(BENCH.format(load=load, source=source), encoding="utf-8")
    setup = setup_of(Choices(bench=str(tmp_path / "bench.toml"), plan="smoke", out=str(tmp_path / "run")))
    found = run_sim(setup)
    words = {i: o.word for i, o in found.outcomes.items()}
    assert words and words == dict.fromkeys(words, Word.PASS)
    evidence = (tmp_path / "run" / "P01.rig.jsonl").read_text(encoding="utf-8")
    assert ("armed again after its undervoltage" in evidence) is (load == "chroma_63800")
