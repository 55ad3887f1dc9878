"""One evidence, four views of it: page, JUnit, JSON and CSV say the same, whoever renders."""

from __future__ import annotations

import csv
import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from reports.folder import render_run
from rig.errors import ConfigError
from rig.results import EMULATED
from rig.verdict import Word
from tests.reports.page import read_page
from tests.reports.sample_run import write_run

WORDS = {
    "P01/recharge/test_exact.py::RCH-1": "PASS",
    "P01/overload/test_trip.py::OVL-1": "FAIL",
    "P01/exhaustion/test_cut.py::EXH-1": "INCONCLUSIVE",
    "P01/relay/test_remote.py::REL-1": "ERROR",
    "P01/not_promised::EMG-1": "NOT PROMISED",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_run(folder)
    assert render_run(folder) is Word.FAIL
    return folder


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cases_of(folder: Path) -> dict[str, ET.Element]:
    return {case.attrib["name"]: case for case in ET.parse(folder / "junit.xml").iter("testcase")}


def test_page_has_each_scenario_with_its_own_word(run: Path) -> None:
    rows = read_page(run / "report.html").rows
    assert {nodeid: row.verdict for nodeid, row in rows.items()} == WORDS


def test_pytest_html_filters_and_counts_by_results_it_knows(run: Path) -> None:
    rows = read_page(run / "report.html").rows.values()
    assert [row.cells["result"] for row in rows] == ["Passed", "Failed", "Failed", "Error", "Skipped"]


def test_json_and_csv_agree_with_the_page(run: Path) -> None:
    data = json.loads((run / "results.json").read_text(encoding="utf-8"))
    (position,) = data["positions"]
    words = {s["id"]: s["word"] for s in position["scenarios"]}
    words |= {a["id"]: a["word"].upper() for a in position["without_result"]}
    assert words == {nodeid.rpartition("::")[2]: word for nodeid, word in WORDS.items()}
    assert {r["scenario"]: r["scenario_word"] for r in rows_of(run)} == words
    assert data["word"] == "FAIL" and data["exit_code"] == 1
    assert data["sentence"] == "FAIL: 1 of 4 scenarios broke a promise, 1 ended in a bench error, 1 cannot be told"


def test_junit_tells_failure_error_and_inconclusive_apart(run: Path) -> None:
    cases = cases_of(run)
    assert [child.tag for child in cases["RCH-1"]] == ["properties"]
    assert cases["OVL-1"].find("failure") is not None and "type" not in cases["OVL-1"].find("failure").attrib
    assert cases["EXH-1"].find("failure").attrib["type"] == "inconclusive"
    assert cases["REL-1"].find("error") is not None and cases["REL-1"].find("failure") is None
    assert cases["EMG-1"].find("skipped") is not None


def test_junit_takes_time_requirement_and_names_from_the_evidence(run: Path) -> None:
    case = cases_of(run)["OVL-1"]
    assert case.attrib["classname"] == "P01.overload.test_trip"
    assert case.attrib["time"] == "14.054"
    properties = [(p.attrib["name"], p.attrib["value"]) for p in case.iter("property")]
    assert ("requirement", "REQ-OVL-1") in properties and ("emulated", EMULATED) in properties
    suite = next(ET.parse(run / "junit.xml").iter("testsuite"))
    assert suite.attrib["timestamp"] == "2026-11-25T08:00:00+00:00" and "hostname" not in suite.attrib
    assert suite.attrib["time"] == "7226.342"


def test_emulated_stands_in_every_row_page_and_file(run: Path) -> None:
    report = read_page(run / "report.html")
    assert report.markup.text.count(EMULATED) >= 2 and report.title.startswith(EMULATED)
    assert {r["emulated"] for r in rows_of(run)} == {EMULATED}
    assert json.loads((run / "results.json").read_text(encoding="utf-8"))["emulated"] == EMULATED


def test_a_real_meter_is_not_called_emulated(tmp_path: Path) -> None:
    write_run(tmp_path, emulated=False)
    render_run(tmp_path)
    for name in ("report.html", "results.json", "results.csv", "junit.xml"):
        assert EMULATED not in (tmp_path / name).read_text(encoding="utf-8")


def test_page_asks_for_nothing_outside_itself(run: Path) -> None:
    text = (run / "report.html").read_text(encoding="utf-8")
    assert "http://" not in text and "https://" not in text and "@import" not in text and "url(" not in text
    assert not {tag for tag, _ in read_page(run / "report.html").markup.tags} & {"link", "iframe", "object", "base"}


def test_page_top_says_who_was_tested_how_and_by_what_rule(run: Path) -> None:
    text = read_page(run / "report.html").markup.text
    for words in (
        "serial RPM00012345",
        "NEVER TRIED ON HARDWARE",
        "resolves a moment to 25 ms",
        "EXPIRED: it was valid to 2026-06-30",
        "no source",
        "whole observed interval lies inside the limit",
        "u = a/√3",
        "at most 25 ms on either side",
        "The results relate only to the item tested",
        "Authorised by (a person)",
    ):
        assert words in text
    assert text.endswith("End of report") or "End of report" in text


def test_row_opens_to_promise_judgements_timeline_and_ledger(run: Path) -> None:
    under = read_page(run / "report.html").rows["P01/recharge/test_exact.py::RCH-1"].under
    assert "REQ-RCH-1 A recharge raises the balance" in under.text
    assert "is ₹76.55, as promised" in under.text
    assert "arrears first, the rest is balance" in under.text and "199.98 … 200.00" in under.text
    assert "alarm_1 ₹20.00 ₹5.00 ₹20.00 restored" in under.text
    assert "fault P1 (balance rise), fault P2 (recharge count)" in under.text
    assert [tag for tag, _ in under.tags].count("svg") == 2


def test_renders_equal_but_for_the_time_of_rendering(run: Path) -> None:
    names = ("report.html", "results.json", "results.csv", "junit.xml")
    before = {name: (run / name).read_text(encoding="utf-8") for name in names}
    render_run(run)
    for name in names:
        now = (run / name).read_text(encoding="utf-8")
        assert without_date(now) == without_date(before[name])


def without_date(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if 'class="made"' not in line)


def test_rendering_leaves_the_pytest_around_it_alone(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    current = os.environ["PYTEST_CURRENT_TEST"]
    assert render_run(run) is Word.FAIL
    assert os.environ["PYTEST_CURRENT_TEST"] == current and os.environ["PYTEST_ADDOPTS"] == "--no-such-option"


def test_several_meters_share_a_report(tmp_path: Path) -> None:
    for name, serial in (("P01", "A-1"), ("P02", "B-2")):
        write_run(tmp_path, ("RCH-1",), position=name, serial=serial)
    assert render_run(tmp_path) is Word.PASS
    report = read_page(tmp_path / "report.html")
    assert [row.cells["position"] for row in report.rows.values()] == ["P01", "P01", "P02", "P02"]
    assert "P01 PASS Reference prepaid meter A-1" in report.markup.text
    assert "PASS: all promises of 2 scenarios were kept" in report.markup.text


def test_a_folder_without_evidence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no evidence"):
        render_run(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_else_in_the_folder_is_run(tmp_path: Path) -> None:
    write_run(tmp_path, ("RCH-1",))
    (tmp_path / "conftest.py").write_text("raise RuntimeError('loaded')\n", encoding="utf-8")
    (tmp_path / "test_strange.py").write_text("def test_strange():\n    assert False\n", encoding="utf-8")
    write_run(tmp_path / "older", ("OVL-1",))
    assert render_run(tmp_path) is Word.PASS
    assert set(cases_of(tmp_path)) == {"RCH-1", "EMG-1"}
