"""`rig plan` says beforehand what a run on the same files then comes to, and `rig run` repeats it."""

import json
from pathlib import Path

import pytest

from rig.evidence import read
from rig.planning.tally import use_of
from tests.rig.planning.outlooks import bench_with
from tests.runs.command import ROOT, rig

PLAN = """
format = 1
name = "few"
title = "A few"
policy = "arrears_first"
scenarios = ["RCH-1", "REL-1", "OVL-3"]
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "few.toml"
    file.write_text(PLAN, encoding="utf-8")
    return file


def test_a_plan_in_words(plan: Path, tmp_path: Path) -> None:
    ended = rig("plan", plan, "--bench", bench_with(tmp_path, every_ms="200"))
    assert (ended.code, ended.err) == (0, "")
    assert "REL-1 will be INCONCLUSIVE: time to open, time to closed: the window of" in ended.out
    assert "4 relay operations" in ended.out
    assert "R3 the contact chatters" in ended.out
    assert "no scenario of this plan looks for" in ended.out


def test_a_plan_as_data_adds_up(plan: Path) -> None:
    ended = rig("plan", plan, "--policy", "nbpdcl", "--json")
    told = json.loads(ended.out)
    assert (told["plan"], told["policy"], told["bench"]) == ("few", "nbpdcl", "sim")
    (position,) = told["positions"]
    assert [one["id"] for one in position["scenarios"]] == ["OVL-3", "RCH-1", "REL-1"]
    for key in ("seconds", "watt_hours", "relay_operations", "load_on_seconds"):
        assert position[key] == pytest.approx(sum(one[key] for one in position["scenarios"]), abs=0.01)
    assert position["announced"]["inconclusive"] == []
    assert "C2" in position["unlooked_for"]
    assert rig("plan", plan, "--policy", "nbpdcl", "--json").out == ended.out


def test_alike_positions_are_told_once(tmp_path: Path) -> None:
    """Two positions differ in their channel; two more only in name."""
    from rig.choices import Choices
    from rig.planning.forecast import forecast, groups

    text = (ROOT / "scenarios" / "benches" / "sim.toml").read_text(encoding="utf-8")
    one = text[text.index("[[positions]]") : text.index("[emulated]")]
    more = "".join(one.replace("P01", name) for name in ("P02", "P03")).replace("every_ms = 20", "every_ms = 10", 1)
    file = tmp_path / "three.toml"
    file.write_text(text.replace(one, one + more), encoding="utf-8")
    found = forecast(Choices(bench=str(file), plan="smoke", drives=False))
    assert [names for names, _, _ in groups(found.positions)] == [["P01", "P03"], ["P02"]]


def test_every_problem_of_every_file_at_once(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(PLAN.replace("REL-1", "REL-99").replace("arrears_first", "no_such_policy"), encoding="utf-8")
    ended = rig("plan", wrong, "--bench", "no_such_bench")
    assert ended.code == 2
    for words in ("REL-99", "no_such_policy", "no_such_bench"):
        assert ended.err.count(words) == 1, ended.said


def test_scenarios_of_ones_own_are_named_as_not_rehearsed(tmp_path: Path) -> None:
    own = tmp_path / "test_own.py"
    own.write_text('@scenario("OWN-1", "mine")\ndef test_own(bench): raise SystemExit(99)\n', encoding="utf-8")
    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN.replace("REL-1", "OWN-1"), encoding="utf-8")
    ended = rig("plan", plan, "--scenarios", own)
    assert ended.code == 0
    assert "Not rehearsed, since no package brings them:\n  OWN-1" in ended.out


def test_a_run_says_the_same_before_anything_is_on_and_keeps_it(plan: Path, tmp_path: Path) -> None:
    bench, out = bench_with(tmp_path, every_ms="200"), tmp_path / "run"
    ended = rig("run", "--plan", plan, "--bench", bench, "--out", out)
    assert ended.code == 3
    first = next(line for line in ended.err.splitlines() if line.startswith("P01"))
    assert first.startswith("P01  beforehand   REL-1 will be INCONCLUSIVE: time to open, time to closed")
    assert "announced beforehand" in next(line for line in ended.out.splitlines() if "REL-1" in line)
    kinds = [record["kind"] for record in read(out / "P01.rig.jsonl").records]
    assert kinds[:3] == ["header", "identity", "announced"]
    told = json.loads(rig("plan", plan, "--bench", bench, "--json").out)["positions"][0]["announced"]
    kept = read(out / "P01.rig.jsonl").of("announced")[0]
    assert {key: kept[key] for key in told} == told


def test_a_run_of_which_everything_can_be_told_is_quiet(plan: Path, tmp_path: Path) -> None:
    ended = rig("run", "--plan", plan, "--out", tmp_path / "run")
    assert ended.code == 0
    assert "beforehand" not in ended.err + ended.out


@pytest.mark.loopback
def test_on_sockets_a_run_takes_what_the_plan_said(tmp_path: Path) -> None:
    """Never much less than was said, and on a busy machine not twice as much; relay operations to the number."""
    ended = rig("run", "--plan", "smoke", "--bench", "loopback", "-k", "EXH-2 or OVL-1", "--out", tmp_path / "run")
    assert ended.code == 0, ended.said
    evidence = read(tmp_path / "run" / "P01.rig.jsonl")
    took = {record["id"]: record["bench_ns"] / 1e9 for record in evidence.of("scenario_end")}
    (told,) = json.loads(rig("plan", "smoke", "--bench", "loopback", "--json").out)["positions"]
    said = {one["id"]: one for one in told["scenarios"]}
    assert set(took) == {"EXH-2", "OVL-1"}
    for id_, seconds in took.items():
        assert 0.7 * said[id_]["seconds"] - 1 < seconds < 2 * said[id_]["seconds"] + 3
    assert use_of(evidence.records).operations == sum(said[id_]["relay_operations"] for id_ in took)
