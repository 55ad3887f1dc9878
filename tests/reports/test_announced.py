"""The report repeats what was said beforehand, and tells an INCONCLUSIVE that was announced from one that was not."""

import json
from pathlib import Path
from typing import Any

from reports.folder import render_run
from tests.reports.page import Report, read_page
from tests.reports.sample_run import HOSTILE, write_run

EXH = "P01/exhaustion/test_cut.py::EXH-1"
CHATTER = {"fault": "R3", "title": "the contact chatters", "words": "too fast for 20 ms", "escapes": False}


def said(*inconclusive: tuple[str, str, bool], words: str = "too coarse by far", **more: Any) -> dict[str, Any]:
    """The record of an announcement."""
    nothing: dict[str, Any] = {"by": "rehearsed", "not_shown": [], "unresolved": [], "amiss": [], "limits": []}
    told = [{"id": id_, "judgement": name, "words": words, "surely": sure} for id_, name, sure in inconclusive]
    return {**nothing, "inconclusive": told, **more}


def rendered(folder: Path, announced: dict[str, Any] | None) -> tuple[Report, dict[str, Any]]:
    write_run(folder, announced=announced)
    render_run(folder)
    (position,) = json.loads((folder / "results.json").read_text(encoding="utf-8"))["positions"]
    return read_page(folder / "report.html"), position


def mark(position: dict[str, Any], id_: str = "EXH-1") -> str:
    (found,) = [one["announced"] for one in position["scenarios"] if one["id"] == id_]
    return str(found)


def test_an_inconclusive_that_was_announced_is_shown_as_announced(tmp_path: Path) -> None:
    page, position = rendered(tmp_path, said(("EXH-1", "cut", True), unresolved=[CHATTER]))
    assert mark(position) == "announced beforehand"
    assert page.rows[EXH].verdict == "INCONCLUSIVE announced beforehand"
    assert "EXH-1 will be INCONCLUSIVE: cut: too coarse by far. It came to INCONCLUSIVE" in page.markup.text
    assert "R3 the contact chatters: too fast for 20 ms" in page.markup.text
    assert "(announced beforehand)" in page.markup.text
    assert "Announced beforehand cut too coarse by far" in page.rows[EXH].under.text
    assert position["announced"]["unresolved"] == [CHATTER]


def test_one_that_was_not_is_marked_so_with_its_judgement(tmp_path: Path) -> None:
    page, position = rendered(tmp_path, said(("EXH-1", "balance at the cut", False), ("RCH-1", "credited", False)))
    assert mark(position) == "NOT announced beforehand"
    assert page.rows[EXH].verdict == "INCONCLUSIVE NOT announced beforehand"
    assert "EXH-1 cannot be told, and that was not announced: cut" in page.markup.text
    assert "Not announced beforehand: cut" in page.rows[EXH].under.text
    assert "RCH-1 may be INCONCLUSIVE: credited: too coarse by far. It came to PASS" in page.markup.text


def test_an_announcement_of_nothing_says_so(tmp_path: Path) -> None:
    page, position = rendered(tmp_path, said())
    assert mark(position) == "NOT announced beforehand"
    assert mark(position, "RCH-1") == mark(position, "OVL-1") == ""
    assert "Announced beforehand EXH-1 cannot be told" in page.markup.text


def test_a_run_of_a_rig_that_announced_nothing_is_not_blamed_for_it(tmp_path: Path) -> None:
    page, position = rendered(tmp_path, None)
    assert mark(position) == ""
    assert position["announced"] == {}
    assert page.rows[EXH].verdict == "INCONCLUSIVE"
    assert "Announced beforehand" not in page.markup.text


def test_positions_with_one_identity_are_told_together(tmp_path: Path) -> None:
    missing = [{"id": "MET-5", "why": "nobody changes the wiring"}, {"id": "MET-4", "why": "nobody changes the wiring"}]
    told = said(("EXH-1", "cut", True), not_shown=missing, limits=["limits.seconds is 10"], unresolved=[CHATTER])
    write_run(tmp_path, announced=told)
    write_run(tmp_path, announced=told, position="P02", serial="RPM2")
    render_run(tmp_path)
    text = read_page(tmp_path / "report.html").markup.text
    assert "P01 EXH-1 will be INCONCLUSIVE" in text
    assert "P02 EXH-1 will be INCONCLUSIVE" in text
    assert "P01 MET-5, P01 MET-4, P02 MET-5, P02 MET-4 nobody changes the wiring" in text
    assert text.count("R3 the contact chatters") == 1


def test_what_stands_in_an_announcement_is_escaped(tmp_path: Path) -> None:
    page, _ = rendered(tmp_path, said(("EXH-1", "cut", True), words=HOSTILE, limits=[HOSTILE], by=HOSTILE))
    markups = [page.markup, *(row.under for row in page.rows.values())]
    assert all(tag != "img" or "onerror" not in attributes for one in markups for tag, attributes in one.tags)
