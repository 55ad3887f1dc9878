"""What is altered is refused, what was cut off is rendered and says so; neither is ever a PASS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports.folder import render_run
from rig.errors import ConfigError
from rig.verdict import Word
from tests.reports.page import read_page
from tests.reports.sample_run import write_run


def test_an_altered_line_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"watts":2317', b'"watts":2316'))
    with pytest.raises(ConfigError, match=r"P01\.rig\.jsonl: ALTERED: line \d+ does not continue the chain"):
        render_run(tmp_path)
    assert not (tmp_path / "report.html").exists() and not (tmp_path / "results.json").exists()


@pytest.mark.parametrize("recorded", ["PASS", "INCONCLUSIVE"])
def test_a_verdict_that_does_not_follow_is_refused(tmp_path: Path, recorded: str) -> None:
    write_run(tmp_path, misjudge=recorded)
    with pytest.raises(ConfigError, match=f"OVL-1, trip time: recorded {recorded}, observation and limit come to FAIL"):
        render_run(tmp_path)


def test_a_tail_cut_after_the_end_is_refused(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(ConfigError, match=r"provenance\.json names another last line"):
        render_run(tmp_path)


def test_every_broken_file_is_named_at_once(tmp_path: Path) -> None:
    for name in ("P01", "P02"):
        path = write_run(tmp_path, position=name)
        path.write_bytes(path.read_bytes().replace(b"RPM00012345", b"RPM00012346"))
    with pytest.raises(ConfigError) as refused:
        render_run(tmp_path)
    assert len(refused.value.problems) == 2


def test_an_aborted_run_is_rendered_and_lists_what_never_ran(tmp_path: Path) -> None:
    write_run(tmp_path, ("RCH-1", "REL-1", "OVL-1"), cut_in="REL-1")
    assert render_run(tmp_path) is Word.INCONCLUSIVE
    report = read_page(tmp_path / "report.html")
    assert "ABORTED: never closed, the run was cut off" in report.markup.text
    assert "part of plan, no acceptance" in report.markup.text
    assert {n.rpartition("::")[2]: row.verdict for n, row in report.rows.items()} == {
        "RCH-1": "PASS",
        "REL-1": "INCONCLUSIVE",
        "EMG-1": "NOT PROMISED",
        "OVL-1": "NEVER RAN",
    }
    data = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert data["exit_code"] == 3 and data["positions"][0]["evidence"]["state"] == "aborted"


def test_a_torn_last_line_is_rendered_and_said(tmp_path: Path) -> None:
    path = write_run(tmp_path, ("RCH-1",))
    (tmp_path / "provenance.json").unlink()
    path.write_bytes(path.read_bytes()[:-9])
    assert render_run(tmp_path) is Word.INCONCLUSIVE
    assert "TORN: the last line is cut off" in read_page(tmp_path / "report.html").markup.text


def test_what_was_not_shown_is_no_pass(tmp_path: Path) -> None:
    write_run(tmp_path, ("RCH-1",), excluded="not shown")
    assert render_run(tmp_path) is Word.INCONCLUSIVE
    row = read_page(tmp_path / "report.html").rows["P01/not_shown::EMG-1"]
    assert (row.verdict, row.cells["result"]) == ("NOT SHOWN", "Failed")
    assert "1 not shown" in read_page(tmp_path / "report.html").markup.text


def test_part_of_a_plan_is_no_acceptance(tmp_path: Path) -> None:
    write_run(tmp_path, ("RCH-1",), part=True)
    assert render_run(tmp_path) is Word.PASS
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["sentence"] == (
        "PASS: every promise of 1 scenario was kept (part of plan, no acceptance)"
    )


def test_a_copy_under_another_name_is_no_second_meter(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    (tmp_path / "P02.rig.jsonl").write_bytes(path.read_bytes())
    with pytest.raises(ConfigError) as refused:
        render_run(tmp_path)
    (stray, misnamed, twice) = refused.value.problems
    assert "P02.rig.jsonl: provenance.json does not name it" in stray
    assert "its header says position P01, its name P02" in misnamed
    assert "holds the very lines of P01.rig.jsonl" in twice


def test_a_file_that_was_taken_away_is_missed(tmp_path: Path) -> None:
    write_run(tmp_path)
    write_run(tmp_path, position="P02").unlink()
    with pytest.raises(ConfigError, match=r"P02\.rig\.jsonl: provenance\.json names it, and it is gone"):
        render_run(tmp_path)


def test_a_run_without_its_provenance_says_so_above_the_results(tmp_path: Path) -> None:
    write_run(tmp_path)
    render_run(tmp_path)
    assert "provenance.json is missing" not in read_page(tmp_path / "report.html").markup.text
    (tmp_path / "provenance.json").unlink()
    render_run(tmp_path)
    assert "provenance.json is missing" in read_page(tmp_path / "report.html").markup.text
