"""`rig selfcheck` as a user meets it: its exit codes, what it prints and writes, and how it ends when it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rig.clock import SECOND, WallClock
from rig.scenario import Scenario
from rig.selfcheck import check
from rig.selfcheck.set_ups import SetUp
from rig.selfcheck.statements import Statement, listed
from rig.verdict import Word
from tests.runs.command import ROOT, rig, surroundings


def selfcheck(out: Path, *arguments: object) -> tuple[int, dict[str, Any], str]:
    """Exit code, matrix and what was printed."""
    ended = rig("selfcheck", "--out", out, "--jobs", 1, *arguments)
    return ended.code, json.loads((out / "selfcheck.json").read_text(encoding="utf-8")), ended.out


@pytest.fixture
def stated(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts other statements in the place of those of some faults."""

    def put(**changes: dict[str, Any]) -> None:
        def changed(scenarios: Iterable[Scenario]) -> list[Statement]:
            return [replace(one, **changes.get(one.id, {})) for one in listed(scenarios)]

        monkeypatch.setattr(check, "listed", changed)

    return put


def test_caught_faults_and_good_meters_exit_0(tmp_path: Path) -> None:
    code, found, printed = selfcheck(tmp_path, "-k", "EXH-1 or REL-1", "--fault", "C2", "--fault", "R1", "--healthy", 2)
    assert (code, found["sound"]) == (0, True)
    assert found["summary"]["caught"] == 2
    assert found["summary"]["good meters"] >= 3
    assert "caught        C2    cuts 60 s late  [EXH-1" in printed
    assert printed.rstrip().endswith(f"sha256: {found['sha256']}")
    assert found["sha256"] in (tmp_path / "selfcheck.html").read_text(encoding="utf-8")


def test_a_missed_fault_exits_1(tmp_path: Path, stated: Any) -> None:
    stated(C2={"by": {"REL-1": frozenset({"time to open"})}})
    code, found, printed = selfcheck(tmp_path, "-k", "REL-1", "--fault", "C2")
    assert (code, found["faults"][0]["end"]) == (1, "missed")
    assert "C2 REL-1: missed" in printed


def test_a_wrong_reason_exits_1_and_is_told(tmp_path: Path, stated: Any) -> None:
    stated(R1={"by": {"REL-1": frozenset({"time to close"})}})
    code, found, printed = selfcheck(tmp_path, "-k", "REL-1", "--fault", "R1")
    assert (code, found["faults"][0]["end"]) == (1, "wrong reason")
    assert "R1 REL-1: wrong reason: FAIL: time to open: never came" in printed


def test_a_fault_of_the_bench_that_blames_the_meter_exits_1(tmp_path: Path, stated: Any) -> None:
    stated(R1={"by": {"REL-1": frozenset({"LinkError"})}, "word": Word.ERROR})
    code, found, _ = selfcheck(tmp_path, "-k", "REL-1", "--fault", "R1")
    assert (code, found["faults"][0]["end"]) == (1, "wrong reason")
    assert found["faults"][0]["broken"]["REL-1"].startswith("blames the meter: FAIL")


def test_a_good_meter_that_fails_exits_1_and_its_scenario_is_listed_as_unverifiable(
    tmp_path: Path, stated: Any
) -> None:
    stated(C2={"needs": SetUp(meter={"error_ppm": 300_000})})
    code, found, printed = selfcheck(tmp_path, "-k", "MET-1", "--fault", "C2")
    assert code == 1
    assert found["summary"]["false alarms"] >= 1
    assert "words on good meters that are wrong" in printed


def test_a_scenario_that_no_set_up_promises_is_listed_as_unverifiable(tmp_path: Path) -> None:
    code, found, printed = selfcheck(tmp_path, "-k", "OVL-15", "--fault", "R1")
    (scenario,) = found["scenarios"]
    assert "not promised" in scenario["unverifiable"]
    assert "unverifiable: no good meter passes" in printed
    assert (code, found["faults"][0]["end"]) == (0, "not looked at")


def test_json_is_the_matrix_itself(tmp_path: Path) -> None:
    ended = rig("selfcheck", "-k", "REL-1", "--fault", "R1", "--jobs", 1, "--out", tmp_path, "--json")
    assert json.loads(ended.out) == json.loads((tmp_path / "selfcheck.json").read_text(encoding="utf-8"))


def test_every_mistake_at_once_and_nothing_is_run(tmp_path: Path) -> None:
    ended = rig(
        "selfcheck", "-k", "nothing-like-this", "--fault", "XX", "--fault", "YY", "--seeds", 0, "--out", tmp_path
    )
    assert ended.code == 2
    assert all(words in ended.err for words in ("fault XX", "fault YY", "--seeds 0", "-k nothing-like-this"))
    assert not list(tmp_path.iterdir())


def test_a_matrix_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "selfcheck.json").write_text("{}", encoding="utf-8")
    ended = rig("selfcheck", "-k", "REL-1", "--fault", "R1", "--out", tmp_path)
    assert (ended.code, "holds another matrix" in ended.err) == (2, True)


@pytest.mark.loopback
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_it_leaves_no_process_behind(number: signal.Signals, tmp_path: Path) -> None:
    import psutil  # type: ignore[import-untyped]

    command = [sys.executable, "-m", "rig.cli.main", "selfcheck", "--jobs", "2", "--out", str(tmp_path / "out")]
    started = subprocess.Popen(
        command, cwd=ROOT, env=surroundings(), stderr=subprocess.PIPE, start_new_session=True, text=True
    )
    clock = WallClock()

    def wait(true: Any, seconds: int) -> bool:
        return clock.sleep_until(clock.now() + seconds * SECOND, true) or bool(true())

    try:
        parent = psutil.Process(started.pid)
        assert wait(lambda: sum(p.cpu_times().user > 0.2 for p in parent.children(recursive=True)) >= 2, 60)
        crew = parent.children(recursive=True)
        if number is signal.SIGINT:
            os.killpg(started.pid, number)
        else:
            started.send_signal(number)
        _, said = started.communicate(timeout=60)
        assert started.returncode == (-signal.SIGKILL if number is signal.SIGKILL else 130), said
        assert "Traceback" not in said
        assert wait(lambda: not any(p.is_running() for p in crew), 20)
    finally:
        started.kill()
    assert not (tmp_path / "out" / "selfcheck.json").exists()
