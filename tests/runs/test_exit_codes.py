"""What a run exits with, live and when its evidence is judged again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rig.evidence import FORMAT, Writer
from rig.judged import judged_run
from tests.runs.command import ROOT, Ended, evidence, results, rig
from tests.runs.own import own_scenarios

REFERENCE = ROOT / "drivers" / "meters" / "maps" / "reference.toml"


def run_own(folder: Path, *kinds: str) -> Ended:
    return rig("run", own_scenarios(folder / "own", *kinds), "--out", folder / "out")


@pytest.mark.parametrize(
    ("kind", "code", "word", "reason"),
    [
        ("passing", 0, "PASS", ""),
        ("failing", 1, "FAIL", "answer: is 41; promised: 42"),
        ("unclear", 3, "INCONCLUSIVE", "amount: 0 … 3 reaches over the limit of 1 … 2"),
        ("broken", 4, "ERROR", "KeyError: nothing here (test_own.py, line "),
        ("silent", 4, "ERROR", "question: declared and never observed"),
        ("chatty", 4, "ERROR", "'answr' was observed and never declared"),
    ],
)
def test_a_customers_scenario(tmp_path: Path, kind: str, code: int, word: str, reason: str) -> None:
    live = run_own(tmp_path, kind)
    again = rig("report", tmp_path / "out", "--json")

    assert (live.code, again.code) == (code, code), live.said
    assert f"rig: {word}: report in" in live.err
    (row,) = again.table()
    assert row["verdict"] == word
    assert reason in row["reason"]
    assert (results(tmp_path / "out")["word"], results(tmp_path / "out")["exit_code"]) == (word, code)


@pytest.mark.parametrize(
    ("kinds", "code"),
    [(("passing", "unclear"), 3), (("unclear", "broken"), 4), (("broken", "failing"), 1), (("failing", "unclear"), 1)],
)
def test_the_worst_counts(tmp_path: Path, kinds: tuple[str, ...], code: int) -> None:
    assert run_own(tmp_path, *kinds).code == code


def test_an_error_is_in_the_evidence_before_anybody_renders(tmp_path: Path) -> None:
    run_own(tmp_path, "broken")

    assert b'"error":"KeyError","kind":"error"' in evidence(tmp_path / "out")


def test_a_fault_fails_the_plan_and_a_healthy_meter_passes_it(tmp_path: Path) -> None:
    healthy = rig("run", "--plan", "smoke", "--out", tmp_path / "healthy")
    faulty = rig("run", "--plan", "smoke", "--fault", "R1", "--out", tmp_path / "faulty", "--json")

    assert healthy.code == 0, healthy.said
    assert faulty.code == 1
    assert {row["scenario"] for row in faulty.table() if row["verdict"] == "FAIL"} == {"EXH-2", "OVL-1"}


def map_without(folder: Path, pattern: str) -> Path:
    text = REFERENCE.read_text(encoding="utf-8")
    changed = re.sub(pattern, "", text)
    assert changed != text
    file = folder / "narrowed.toml"
    file.write_text(changed, encoding="utf-8")
    return file


def test_what_the_map_declares_absent_is_excluded_and_the_rest_decides(tmp_path: Path) -> None:
    narrowed = map_without(tmp_path, r'"overload", ')

    ended = rig("run", "--plan", "smoke", "--map", narrowed, "--out", tmp_path / "out", "--json")

    assert ended.code == 0, ended.said
    words = {row["scenario"]: row["verdict"] for row in ended.table()}
    assert words.pop("OVL-1") == "not promised"
    assert set(words.values()) == {"PASS"}
    assert "P01  excluded     OVL-1   not promised: the map declares no overload" in ended.err


def test_a_run_of_nothing_but_exclusions_has_shown_nothing(tmp_path: Path) -> None:
    narrowed = map_without(tmp_path, r'"overload", ')

    assert rig("run", "-k", "OVL-1", "--map", narrowed, "--out", tmp_path / "out").code == 3


def test_a_missing_promise_is_not_shown(tmp_path: Path) -> None:
    unpromised = map_without(tmp_path, r"(?m)^overload = .*\n")

    ended = rig("run", "--plan", "smoke", "--map", unpromised, "--out", tmp_path / "out", "--json")

    assert ended.code == 3, ended.said
    words = {row["scenario"]: row["verdict"] for row in ended.table()}
    assert words.pop("OVL-1") == "not shown"
    assert set(words.values()) == {"PASS"}
    assert rig("report", tmp_path / "out").code == 3


@pytest.mark.parametrize(("error", "code"), [("Unsafe", 4), ("LinkError", 130)])
def test_a_stopped_run_that_could_not_be_made_safe_is_said_to_be_unsafe(tmp_path: Path, error: str, code: int) -> None:
    writer = Writer(tmp_path / "P01.rig.jsonl")
    writer.record("header", 0, format=FORMAT, position="P01", emulated=True, bench_kind="loopback")
    writer.record("error", 1, error=error, words="P01 load: no confirmation in time that it is off")
    writer.close(2, "stopped")

    assert judged_run(tmp_path).exit_code == code
