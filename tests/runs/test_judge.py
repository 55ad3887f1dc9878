"""`rig judge` and `rig compare` as a user meets them: words, exit codes, refusals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runs.command import rig

GOLDEN = Path(__file__).resolve().parents[1] / "rig" / "golden" / "0.1.0"
HEALTHY, LATE, SLOW = (GOLDEN / name for name in ("healthy", "late_cut", "slow_channel"))


def broken(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    copy = shutil.copytree(HEALTHY, folder)
    file = copy / "P01.rig.jsonl"
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))
    return copy


class TestJudge:
    @pytest.mark.parametrize(
        ("run", "code", "word"), [(HEALTHY, 0, "PASS"), (LATE, 1, "FAIL"), (SLOW, 3, "INCONCLUSIVE")]
    )
    def test_every_verdict_again_with_its_reason(self, run: Path, code: int, word: str) -> None:
        ended = rig("judge", run)

        assert ended.code == code
        assert "EMULATED, NOT A METER" in ended.out
        assert f"{word}: 12 verdicts of 2 scenarios were judged again from the evidence alone" in ended.out
        line = next(line for line in ended.out.splitlines() if " EXH-2 " in line)
        assert word in line
        assert not any(file.name == "report.html" for file in run.iterdir()), "nothing is written"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda lines: [*lines[:40], lines[40].replace(b'"at":', b'"at":1'), *lines[41:]],
             "ALTERED: line 41 does not continue the chain: it was altered"),
            (lambda lines: [*lines[:40], *lines[42:]],
             "ALTERED: line 41 does not continue the chain: 2 lines before it are missing"),
            (lambda lines: lines[:-3], "CUT: provenance.json names another last line: lines after line"),
            (lambda lines: [*lines[:-3], lines[-3][:40]], "the file was cut off in the middle of line"),
        ],
    )  # fmt: skip
    def test_evidence_that_is_not_whole_is_refused_for_what_it_is(
        self, tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], said: str
    ) -> None:
        ended = rig("judge", broken(tmp_path / "run", change))

        assert ended.code == 2
        assert f"P01.rig.jsonl: {said}" in ended.err or said in ended.err
        assert not ended.out

    @pytest.mark.parametrize("torn", [False, True])
    def test_a_run_that_died_is_judged_as_far_as_it_goes(self, tmp_path: Path, torn: bool) -> None:
        run = broken(tmp_path / "run", lambda lines: [*lines[:-6], *([lines[-6][:30]] if torn else [])])
        (run / "provenance.json").unlink()

        ended = rig("judge", run)

        assert ended.code == 3
        assert ("TORN: line" if torn else "UNCLOSED: has no closing record") in ended.err

    def test_another_policy(self) -> None:
        ended = rig("judge", HEALTHY, "--policy", "postpaid")

        assert "Under policy postpaid: " in ended.out
        line = next(line for line in ended.out.splitlines() if " EXH-2 " in line)
        said = " ".join(line.split())
        # A later version may have another arrears_first, or read promises otherwise, and then says so.
        assert any(
            words in said
            for words in (
                "PASS not promised policy postpaid: is postpaid",
                "PASS cannot be told the run's own policy",
                "PASS cannot be told this version does not read",
            )
        )

    def test_another_plan_brings_its_policy(self) -> None:
        ended = rig("judge", HEALTHY, "--plan", "acceptance", "--json")

        assert ended.code == 3
        told = json.loads(ended.out)["other_limits"]
        assert (told["plan"], told["policy"]) == ("acceptance", "arrears_first")
        assert {"scenario": "RCH-2", "now": "never ran"}.items() <= next(
            one for one in told["scenarios"] if one["scenario"] == "RCH-2"
        ).items()

    def test_every_file_that_is_wrong_is_named(self) -> None:
        ended = rig("judge", HEALTHY, "--policy", "nopolicy", "--plan", "noplan")

        assert ended.code == 2
        assert "noplan: is no entry of plans" in ended.err and "nopolicy: is no entry of policies" in ended.err

    def test_a_folder_without_a_run(self, tmp_path: Path) -> None:
        assert rig("judge", tmp_path).code == 2


class TestCompare:
    def test_a_verdict_that_fell(self) -> None:
        ended = rig("compare", HEALTHY, LATE)

        assert ended.code == 1
        assert "P01: faults: none, then C2" in ended.out
        lines = [line.split() for line in ended.out.splitlines() if " EXH-2 " in line and " fell " in line]
        assert lines[0][:7] == ["P01", "EXH-2", "the", "scenario", "PASS", "FAIL", "fell"]

    def test_one_that_rose(self) -> None:
        ended = rig("compare", LATE, HEALTHY)

        assert ended.code == 0
        assert "Verdicts that changed: 2" in ended.out and "fell" not in ended.out

    def test_firmware_map_and_policy_of_each(self) -> None:
        told = json.loads(rig("compare", HEALTHY, SLOW, "--json").out)

        for side in ("a", "b"):
            (facts,) = told[side]
            assert facts["firmware"] == "1.0.0"
            assert facts["map"].startswith("reference (") and facts["policy"].startswith("arrears_first (")
        assert any(note.startswith("P01: bench: sim (") for note in told["notes"])
        assert told["fell"] and told["exit_code"] == 1

    def test_what_is_broken_of_both_is_named_at_once(self, tmp_path: Path) -> None:
        first = broken(tmp_path / "a", lambda lines: lines[:-1])
        second = broken(tmp_path / "b", lambda lines: lines[1:])

        ended = rig("compare", first, second)

        assert ended.code == 2
        assert f"{first / 'P01.rig.jsonl'}: CUT" in ended.err
        assert f"{second / 'P01.rig.jsonl'}: ALTERED: line 1" in ended.err
