"""A wallet that holds energy keeps the same promises, in its own steps; and its faults are found in them."""

from pathlib import Path

import pytest

from reports.folder import render_run
from rig.choices import Choices, setup_of
from rig.sim_run import run_sim
from rig.verdict import Word

MAP = "odd_kwh"
MONEY = (
    "RCH-1",
    "RCH-2",
    "RCH-3",
    "RCH-4",
    "RCH-6",
    "ARR-1",
    "ARR-3",
    "ARR-5",
    "EXH-2",
    "EXH-3",
    "EXH-4",
    "EXH-5",
    "PAY-1",
)


def run(out: Path, *faults: str) -> dict[str, Word]:
    found = run_sim(setup_of(Choices(out=str(out / "run"), map=MAP, faults=faults)), MONEY)
    return {i: o.word for i, o in found.outcomes.items()}


def test_a_healthy_one_passes(tmp_path: Path) -> None:
    words = run(tmp_path)
    assert words == dict.fromkeys(words, Word.PASS)
    assert {"RCH-1", "RCH-4", "EXH-2", "EXH-3"} <= words.keys()


@pytest.mark.parametrize(
    ("fault", "scenario"), [("P11", "RCH-4"), ("P2", "RCH-2"), ("C3", "EXH-3"), ("C1", "EXH-2"), ("P22", "EXH-4")]
)
def test_its_faults_are_found(fault: str, scenario: str, tmp_path: Path) -> None:
    assert run(tmp_path, fault)[scenario] is Word.FAIL


@pytest.mark.parametrize("faults", [(), ("P11", "C1", "P2")])
def test_its_amounts_are_told_in_kwh_and_nothing_in_rupees(faults: tuple[str, ...], tmp_path: Path) -> None:
    run(tmp_path, *faults)
    render_run(tmp_path / "run")

    evidence = (tmp_path / "run" / "P01.rig.jsonl").read_text(encoding="utf-8")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    table = (tmp_path / "run" / "results.csv").read_text(encoding="utf-8-sig")

    for text in (evidence, page, table):
        assert "₹" not in text and " INR" not in text and " paise" not in text
    assert "Balance the meter shows (kWh)" in page and "Amount kWh" in page
    assert "recharge 123.45 kWh, id" in evidence
    if faults:
        assert "the meter is at least" in table and "kWh above the oracle" in table
