"""Runs as frames: their columns, their units, and that the run path does not pay for pandas."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from reports.frames import edges_frame, judgements_frame, ledger_frame, scenarios_frame
from reports.results import COLUMNS
from rig.judged import judged_run
from rig.results import EMULATED, RunResult
from tests.reports.sample_run import write_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    folder: Path = tmp_path_factory.mktemp("run")
    write_run(folder)
    return judged_run(folder)


def test_scenarios_in_seconds(run: RunResult) -> None:
    frame = scenarios_frame(run).set_index("scenario")
    assert frame.loc["EXH-1", "bench_s"] == pytest.approx(7207.002)
    assert list(frame["word"]) == ["PASS", "FAIL", "INCONCLUSIVE", "ERROR"]
    assert frame.loc["OVL-1", "findings"] == 1


def test_judgements_are_the_rows_of_the_table(run: RunResult) -> None:
    frame = judgements_frame(run)
    assert tuple(frame.columns) == COLUMNS
    assert set(frame["emulated"]) == {EMULATED}
    assert frame.set_index("scenario").loc["EMG-1", "bench_s"] != frame.set_index("scenario").loc["EMG-1", "bench_s"]


def test_edges_carry_their_uncertainty(run: RunResult) -> None:
    edge = edges_frame(run).set_index("scenario").loc["OVL-1"]
    assert (edge["lo_s"], edge["hi_s"]) == (pytest.approx(13.4), pytest.approx(13.42))
    assert edge["u_s"] == pytest.approx(0.01 / 3**0.5)


def test_ledger_money_stays_exact(run: RunResult) -> None:
    last = ledger_frame(run).set_index(["scenario", "entry"]).loc[("EXH-1", "energy")]
    assert last["oracle_lo"] == Fraction(-3, 2) and last["meter"] == 0


def test_rendering_does_not_import_pandas() -> None:
    code = "import sys, reports.folder; sys.exit('pandas' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
