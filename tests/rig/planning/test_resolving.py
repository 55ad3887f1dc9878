"""A fault that is announced as beyond a bench's channels escapes there, and one that is not is caught."""

from pathlib import Path
from typing import Any

import pytest

from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Word
from tests.rig.planning.outlooks import bench_with, outlook_of
from tests.scenarios.variants import map_with


def _told(fault: str, *scenarios: str, **choices: str) -> str:
    found = outlook_of(*scenarios, **choices).unresolved
    return next((one.words for one in found if one.fault == fault), "")


def _caught(fault: str, scenario: str, out: Path, **choices: Any) -> bool:
    run = run_sim(setup_of(Choices(out=str(out), faults=(fault,), **choices)), [scenario])
    return run.outcomes[scenario].word is Word.FAIL


@pytest.mark.parametrize(("accuracy", "resolves"), [("0.05", True), ("1", True), ("2", False)])
def test_a_threshold_one_percent_low_asks_for_a_load_that_is_known_better(
    accuracy: str, resolves: bool, tmp_path: Path
) -> None:
    bench = bench_with(tmp_path, accuracy=accuracy)
    assert ("less than 1 % together" in _told("O2", "OVL-2", bench=bench)) is not resolves
    assert _caught("O2", "OVL-2", tmp_path / "run", bench=bench) is resolves


@pytest.mark.parametrize(("accuracy", "resolves"), [("0.05", True), ("6", True), ("10", False)])
def test_a_gain_of_ten_percent_asks_for_energy_known_better(accuracy: str, resolves: bool, tmp_path: Path) -> None:
    bench = bench_with(tmp_path, accuracy=accuracy)
    assert bool(_told("M1", "MET-1", bench=bench)) is not resolves
    assert _caught("M1", "MET-1", tmp_path / "run", bench=bench) is resolves


@pytest.mark.parametrize(("accuracy", "resolves"), [("0.05", True), ("10", False)])
def test_a_cut_a_minute_late_asks_for_half_a_minute(accuracy: str, resolves: bool, tmp_path: Path) -> None:
    bench = bench_with(tmp_path, accuracy=accuracy)
    assert ("known to 30 s" in _told("C2", "EXH-1", bench=bench)) is not resolves
    assert _caught("C2", "EXH-1", tmp_path / "run", bench=bench) is resolves


@pytest.mark.parametrize(("window", "resolves"), [("1", True), ("4", False)])
def test_a_doubled_delay_asks_for_a_window_shorter_than_the_delay(window: str, resolves: bool, tmp_path: Path) -> None:
    file = map_with(tmp_path, metering_window_s=f'"{window}"')
    assert ("doubled delay" in _told("O5", "OVL-1", map=file)) is not resolves
    assert _caught("O5", "OVL-1", tmp_path / "run", map=file) is resolves


def test_chatter_asks_for_a_thousand_looks_a_second_or_an_edge_logger(tmp_path: Path) -> None:
    assert "looks every 20 ms" in _told("R3", "REL-1")
    assert _told("R3", "REL-1", bench=bench_with(tmp_path, every_ms="1")) == ""


def test_what_fails_all_the_same_is_not_called_unresolved(tmp_path: Path) -> None:
    """A channel too coarse for the time of a command still sees that no edge ever comes."""
    coarse = bench_with(tmp_path, every_ms="200")
    assert ("REL-1", "time to open") in {
        (one.scenario, one.judgement) for one in outlook_of("REL-1", bench=coarse).foretold
    }
    assert _told("R7", "REL-1", bench=coarse) == ""
    assert _caught("R7", "REL-1", tmp_path / "run", bench=coarse)


def test_a_fault_whose_scenario_the_bench_cannot_show_is_named() -> None:
    assert "not shown on this bench: MET-5" in _told("M3", "MET-5", bench="loopback")
    assert "M3" in outlook_of("RCH-1").unlooked_for
