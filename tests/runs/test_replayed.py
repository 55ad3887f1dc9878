"""What a run came to live, and what its evidence comes to in every output and whenever it is judged again."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from importlib.resources import files as files_of
from pathlib import Path

import pytest

from tests.runs.command import evidence, results, rig
from tests.runs.own import own_scenarios

REFERENCE = Path(str(files_of("drivers.meters.maps"))) / "reference.toml"
PROGRESS = re.compile(r"^P01  (PASS|FAIL|INCONCLUSIVE|ERROR) +([A-Z]+-\d+)", re.MULTILINE)


def words_in_results(out: Path) -> dict[str, str]:
    return {one["id"]: one["word"] for position in results(out)["positions"] for one in position["scenarios"]}


def words_in_csv(out: Path) -> dict[str, str]:
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["scenario"]: row["scenario_word"] for row in csv.DictReader(file)}


def words_in_page(out: Path) -> dict[str, str]:
    blob = re.search(r'data-jsonblob="([^"]*)"', (out / "report.html").read_text(encoding="utf-8"))
    assert blob
    tests = json.loads(html.unescape(blob[1]))["tests"]
    return {nodeid.rpartition("::")[2]: rows[-1]["verdict"] for nodeid, rows in tests.items()}


def words_in_junit(out: Path) -> dict[str, str]:
    return {str(case.get("name")): word_of(case) for case in ET.parse(out / "junit.xml").iter("testcase")}


def word_of(case: ET.Element) -> str:
    failure = case.find("failure")
    if failure is not None:
        return "INCONCLUSIVE" if failure.get("type") == "inconclusive" else "FAIL"
    return "PASS" if case.find("error") is None else "ERROR"


def files(out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in out.iterdir()}


@pytest.mark.parametrize("faults", [("R1",), ("A1", "T2"), ("M1", "E1")])
def test_every_output_says_what_was_said_live(tmp_path: Path, faults: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    options = [option for fault in faults for option in ("--fault", fault)]

    ended = rig("run", "--plan", "smoke", *options, "--out", out, "--json")

    live = {id_: word for word, id_ in PROGRESS.findall(ended.err)}
    assert len(live) == 4
    assert {row["scenario"]: row["verdict"] for row in ended.table()} == live
    for told in (words_in_results, words_in_csv, words_in_page, words_in_junit):
        assert told(out) == live, told.__name__
    assert ended.code == results(out)["exit_code"] == (1 if "FAIL" in live.values() else 0)


def test_the_same_pages_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    own = own_scenarios(tmp_path / "own", "passing", "failing", "unclear", "broken")
    live = rig("run", own, "--out", out, "--json")
    before = files(out)

    again = rig("report", out, "--json")

    assert again.code == live.code == 1
    assert again.table() == live.table()
    assert files(out) == before


class TestDamaged:
    @pytest.fixture
    def out(self, tmp_path: Path) -> Path:
        own = own_scenarios(tmp_path / "own", "passing", "passing")
        assert rig("run", own, "--out", tmp_path / "out").code == 0
        return tmp_path / "out"

    def change(self, out: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
        changed = shutil.copytree(out, out.parent / "changed")
        lines = evidence(out).splitlines(keepends=True)
        (changed / "P01.rig.jsonl").write_bytes(b"".join(change(lines)))
        return changed

    def test_an_altered_line_is_refused_by_its_number(self, out: Path) -> None:
        line = next(n for n, text in enumerate(evidence(out).splitlines()) if b'"kind":"observation"' in text)

        def alter(lines: list[bytes]) -> list[bytes]:
            assert b"42" in lines[line]
            return [*lines[:line], lines[line].replace(b"42", b"43", 1), *lines[line + 1 :]]

        changed = self.change(out, alter)
        before = files(changed)
        ended = rig("report", changed)

        assert ended.code == 2
        assert (
            f"P01.rig.jsonl: ALTERED: line {line + 1} does not continue the chain: it was altered; altered evidence is not judged"
            in ended.err
        )
        assert files(changed) == before

    def test_lines_cut_away_from_a_run_that_had_ended_are_missed(self, out: Path) -> None:
        ended = rig("report", self.change(out, lambda lines: lines[:-5]))

        assert ended.code == 2
        assert "P01.rig.jsonl: CUT: provenance.json names another last line: lines after line" in ended.err

    @pytest.mark.parametrize("torn", [False, True])
    def test_a_run_that_died_is_reported_as_cut_off(self, out: Path, torn: bool) -> None:
        changed = self.change(out, lambda lines: [*lines[:-6], lines[-6][:30]] if torn else lines[:-6])
        (changed / "provenance.json").unlink()

        ended = rig("report", changed)

        assert ended.code == 3, ended.said
        assert ("is cut off in the middle" if torn else "the run was cut off") in ended.err
        assert results(changed)["positions"][0]["evidence"]["state"] == ("torn" if torn else "aborted")
        page = html.unescape((changed / "report.html").read_text(encoding="utf-8"))
        assert "cut off" in page


def test_no_evidence_to_report(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        ended = rig("report", folder)
        assert ended.code == 2
        assert "holds no evidence" in ended.err or "there is no such folder" in ended.err


def test_what_is_not_known_of_a_run_or_not_judged_stands_on_the_console_and_above_the_results(tmp_path: Path) -> None:
    shipped = REFERENCE.read_text(encoding="utf-8")
    silent = tmp_path / "silent.toml"
    silent.write_text(shipped.replace('"no_cut_windows", ', ""), encoding="utf-8")
    said = tmp_path / "said.toml"
    said.write_text(
        shipped.replace('"no_cut_windows", ', "", 1).replace(
            "capabilities =", 'absent = ["no_cut_windows"]\ncapabilities =', 1
        )
    )
    options = ("--policy", "nbpdcl", "-k", "RCH-1")

    live = rig("run", "--map", silent, *options, "--out", tmp_path / "out")
    excluded = rig("run", "--map", said, *options, "--out", tmp_path / "said")
    (tmp_path / "said" / "provenance.json").unlink()
    again = rig("report", tmp_path / "said")

    assert (live.code, excluded.code, again.code) == (3, 0, 0), live.said
    assert "rig: not shown: policy nbpdcl promises: no cut: 13:00 to 10:00" in live.err
    assert "declares no no_cut_windows, and does not say that it is absent" in live.err
    assert "rig: not promised: policy nbpdcl promises: no cut: 13:00 to 10:00" in excluded.err
    assert "declares no_cut_windows absent" in excluded.err
    assert "rig: provenance.json is missing" in again.err
    assert (
        "policy nbpdcl promises: no cut: 13:00 to 10:00"
        in (tmp_path / "out" / "report.html").read_text(encoding="utf-8").split("<table")[0]
    )
