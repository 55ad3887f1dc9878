"""A meter, a map or a policy may call itself anything; none of it is ever taken for markup or for a formula."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
from pathlib import Path

import pytest

from reports.folder import render_run
from reports.results import cell
from tests.reports.page import read_page
from tests.reports.sample_run import HOSTILE, write_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_run(folder, serial=HOSTILE, text=HOSTILE)
    render_run(folder)
    return folder


def test_hostile_names_are_shown_as_text(run: Path) -> None:
    report = read_page(run / "report.html")
    assert HOSTILE in report.markup.text
    assert not any("onerror" in attributes for _, attributes in report.markup.tags)
    for row in report.rows.values():
        assert "img" not in {tag for tag, _ in row.under.tags}
        assert not any("onerror" in attributes for _, attributes in row.under.tags)
    assert HOSTILE in report.rows["P01/recharge/test_exact.py::RCH-1"].under.text
    assert HOSTILE in report.rows["P01/not_promised::EMG-1"].under.text


def test_page_forbids_every_script_but_its_own(run: Path) -> None:
    """A second wall: were something not escaped, the page's policy would not run it."""
    text = (run / "report.html").read_text(encoding="utf-8")
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script is not None
    seal = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    tags = read_page(run / "report.html").markup.tags
    policy = next(str(a["content"]) for tag, a in tags if tag == "meta" and a.get("http-equiv"))
    assert f"script-src 'sha256-{seal}'" in policy and policy.startswith("default-src 'none'")


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "-cmd|x", "\t=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.005 s", "RPM1", "", "₹1.00"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_a_serial_that_is_a_formula_is_disarmed_in_the_table(tmp_path: Path) -> None:
    write_run(tmp_path, ("RCH-1",), serial='=HYPERLINK("x")')
    render_run(tmp_path)
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["serial"] for row in csv.DictReader(file)} == {'\'=HYPERLINK("x")'}
