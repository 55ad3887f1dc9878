"""One seed, one evidence: three runs are byte-equal wherever and however they are started, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from tests.runs.command import apart, evidence, rig

PLAN = ("run", "--plan", "acceptance", "--seed", "11")


def test_three_runs_of_one_seed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    first = rig(*PLAN, "--out", tmp_path / "first")
    second = rig(*PLAN, "--out", tmp_path / "second")
    third = apart(*PLAN, cwd=elsewhere, PYTHONHASHSEED="2", TZ="America/Lima", LC_ALL="C")

    assert (first.code, second.code, third.code) == (0, 0, 0), third.said
    (folder,) = (elsewhere / "out").iterdir()
    assert evidence(tmp_path / "first") == evidence(tmp_path / "second") == evidence(folder)


def test_seed_and_fault_are_part_of_what_was_tested(tmp_path: Path) -> None:
    choices: dict[str, tuple[str, ...]] = {"plain": (), "seed": ("--seed", "1"), "fault": ("--fault", "E3")}
    for name, options in choices.items():
        rig("run", "--plan", "smoke", "-k", "ARR-1 or EXH-2", *options, "--out", tmp_path / name)

    assert len({evidence(tmp_path / name) for name in choices}) == len(choices)
