"""The same scenarios under plain pytest: the same evidence, pytest's own outcomes, and nothing for strangers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.runs.command import ROOT, apart, evidence, native, results, rig
from tests.runs.own import own_scenarios
from tests.runs.test_replayed import word_of

FOREIGN = "def test_foreign():\n    assert True\n\n\ndef test_foreign_and_wrong():\n    assert False\n"


def test_the_shipped_plan_gives_the_evidence_of_rig_run(tmp_path: Path) -> None:
    options = ("--rig-plan", "smoke", "--rig-fault", "R1", "--rig-out", tmp_path / "native")
    ended = apart("pytest", "scenarios", *options, rig_=False)
    rig("run", "--plan", "smoke", "--fault", "R1", "--out", tmp_path / "rig")

    assert ended.code == 1
    assert "2 failed, 2 passed" in ended.out
    assert evidence(tmp_path / "native") == evidence(tmp_path / "rig")
    assert results(tmp_path / "native")["positions"] == results(tmp_path / "rig")["positions"]
    assert f"FAIL: report in {tmp_path / 'native' / 'report.html'}" in ended.out


def test_outcomes_and_junit_beside_foreign_tests(tmp_path: Path) -> None:
    own = own_scenarios(tmp_path / "own", "passing", "failing", "unclear", "broken")
    (own.parent / "test_foreign.py").write_text(FOREIGN)

    ended = native(own.parent, "--rig-out", tmp_path / "out", "--junit-xml", tmp_path / "j.xml", "-v")

    assert ended.code == 1
    assert "2 failed, 2 passed, 1 error, 1 inconclusive" in ended.out
    assert "test_own.py::test_unclear_3: INCONCLUSIVE: amount: 0 … 3 reaches over the limit" in ended.out
    words = {str(case.get("name")): word_of(case) for case in ET.parse(tmp_path / "j.xml").iter("testcase")}
    assert words == {
        "test_passing_1": "PASS",
        "test_failing_2": "FAIL",
        "test_unclear_3": "INCONCLUSIVE",
        "test_broken_4": "ERROR",
        "test_foreign": "PASS",
        "test_foreign_and_wrong": "FAIL",
    }
    told = [one["word"] for one in results(tmp_path / "out")["positions"][0]["scenarios"]]
    assert told == ["PASS", "FAIL", "INCONCLUSIVE", "ERROR"]


@pytest.mark.parametrize("kind", ["unclear", "silent"])
def test_what_shows_nothing_is_not_passed(tmp_path: Path, kind: str) -> None:
    assert native(own_scenarios(tmp_path / "own", kind), "--rig-out", tmp_path / "out", "-q").code == 1


def test_wrong_use(tmp_path: Path) -> None:
    own = own_scenarios(tmp_path / "own", "passing")
    (own.parent / "test_undeclared.py").write_text("def test_undeclared(bench):\n    bench.power_on()\n")

    undeclared = native(own.parent, "--rig-out", tmp_path / "out")
    options = native(own, "--rig-fault", "NOPE", "--rig-policy", "nopolicy", "--rig-out", tmp_path / "out")

    assert (undeclared.code, options.code) == (4, 4)
    assert "test_undeclared: takes the rig's bench and is not declared with @scenario" in undeclared.err
    assert "fault NOPE" in options.err and "nopolicy" in options.err
    assert not (tmp_path / "out").exists()


def test_help_tells_the_options() -> None:
    assert "--rig-bench=" in native("--help").out.replace(" ", "=")


def test_a_strangers_project_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "test_foreign.py").write_text(
        "import pytest, sys\n\n\n@pytest.fixture\ndef bench():\n    return 42\n\n\n"
        "def test_own_bench(bench):\n    assert bench == 42\n\n\n"
        "def test_nothing_heavy_was_imported():\n"
        "    assert not {'pandas', 'pymodbus', 'pyvisa', 'typer', 'pydantic', 'rig.session'} & set(sys.modules)\n"
    )
    (tmp_path / "P01.rig.jsonl").write_text("{}\n")

    ended = apart("pytest", "-p", "no:cacheprovider", cwd=tmp_path, rig_=False)

    assert ended.code == 0, ended.said
    assert "2 passed" in ended.out
    assert {file.name for file in tmp_path.iterdir()} - {"__pycache__"} == {"test_foreign.py", "P01.rig.jsonl"}


def test_workers_do_not_share_a_bench(tmp_path: Path) -> None:
    ended = apart("pytest", "scenarios", "-n", "2", "--rig-plan", "smoke", "--rig-out", tmp_path / "out", rig_=False)

    assert ended.code == 4
    assert "run without -n" in ended.err
    assert not (tmp_path / "out").exists()


def test_workers_leave_scenarios_alone_and_run_the_rest(tmp_path: Path) -> None:
    own = own_scenarios(tmp_path / "own", "passing")
    (own.parent / "test_other.py").write_text(
        "def test_other():\n    assert True\n\n\ndef test_bare(bench):\n    pass\n"
    )

    ended = apart("pytest", own.parent, "-n", "2", "-p", "no:cacheprovider", cwd=tmp_path, rig_=False)

    assert ended.code == 4, ended.said
    assert "INTERNALERROR" not in ended.said
    assert "1 passed" in ended.out
    assert "2 scenarios were not run: the scenarios of a position share its bench" in ended.out
    assert not (tmp_path / "out").exists()


def test_a_rule_of_the_utility_that_the_map_is_silent_of_does_not_pass(tmp_path: Path) -> None:
    shipped = (ROOT / "drivers" / "meters" / "maps" / "reference.toml").read_text(encoding="utf-8")
    (tmp_path / "silent.toml").write_text(shipped.replace('"no_cut_windows", ', ""), encoding="utf-8")
    own = own_scenarios(tmp_path / "own", "passing")

    ended = native(own, "--rig-map", tmp_path / "silent.toml", "--rig-policy", "nbpdcl", "--rig-out", tmp_path / "out")

    assert ended.code == 1
    assert "not shown: policy nbpdcl promises: no cut: 13:00 to 10:00" in ended.out
    assert "1 passed" in ended.out and results(tmp_path / "out")["word"] == "INCONCLUSIVE"
