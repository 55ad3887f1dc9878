"""Golden runs of earlier versions, and of this one: verified, judged and rendered to the verdicts that they had."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from reports.folder import render_run
from rig.evidence import read
from rig.judged import judged_run
from tests.rig.golden.make import verdicts
from tests.runs.command import rig

GOLDEN = sorted(file.parent for file in (Path(__file__).parent / "golden").glob("*/*/expected.json"))
pytestmark = pytest.mark.parametrize("run", GOLDEN, ids=lambda folder: f"{folder.parent.name}-{folder.name}")


def expected(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "expected.json").read_text(encoding="utf-8"))
    return found


def test_its_chain_is_whole(run: Path) -> None:
    evidence = read(run / "P01.rig.jsonl")
    assert (evidence.state, evidence.problem) == ("complete", "")
    named = json.loads((run / "provenance.json").read_text(encoding="utf-8"))["files"]
    assert named == {"P01.rig.jsonl": evidence.chain}


def test_it_is_judged_to_the_same_verdicts(run: Path) -> None:
    assert verdicts(run) == expected(run)


def test_it_is_rendered_to_the_same_verdicts(run: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(run, tmp_path / run.name)

    assert render_run(copy) == expected(run)["word"]

    found = json.loads((copy / "results.json").read_text(encoding="utf-8"))
    told = {
        one["id"]: {
            "word": one["word"],
            "reasons": one["reasons"],
            "judgements": {j["name"]: j["word"] for j in one["judgements"]},
        }
        for one in found["positions"][0]["scenarios"]
    }
    assert told == expected(run)["scenarios"]
    assert found["emulated"] == "EMULATED, NOT A METER"


def test_the_command_line_judges_it_alike_and_writes_nothing(run: Path) -> None:
    before = {file: file.read_bytes() for file in run.iterdir()}

    ended = rig("judge", run, "--json")

    assert ended.code == expected(run)["exit_code"]
    told = json.loads(ended.out)
    assert {one["scenario"]: one["word"] for one in told["scenarios"]} == {
        id_: one["word"] for id_, one in expected(run)["scenarios"].items()
    }
    assert {file: file.read_bytes() for file in run.iterdir()} == before


def test_it_is_no_other_run_than_itself(run: Path) -> None:
    ended = rig("compare", run, run, "--json")

    assert ended.code == 0
    told = json.loads(ended.out)
    assert (told["changed"], told["moved"], told["notes"]) == ([], [], [])


def test_there_is_one_of_each_word(run: Path) -> None:
    assert {expected(one)["word"] for one in GOLDEN} >= {"PASS", "FAIL", "INCONCLUSIVE"}
    assert judged_run(run).positions
