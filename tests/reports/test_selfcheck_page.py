"""The page of a self-check: every fault and every word on it, nothing from outside, and nothing by colour alone."""

from __future__ import annotations

import pytest

from reports.selfcheck import KINDS, render_selfcheck
from rig.results import EMULATED
from rig.selfcheck.document import document
from rig.verdict import Word
from tests.reports.page import Markup, parsed
from tests.rig.selfcheck.made import cell, matrix, statement, tried

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    statements = [
        statement("C2", EXH_1="time to cut"),
        statement("R1", REL_1="time to open"),
        statement("B1", Word.ERROR, OVL_1="LinkError"),
        statement("U1", batch="first"),
    ]
    found = matrix(
        statements,
        tried("", excluded={"OVL-1": ("not promised", "no overload")}),
        tried("", cell("REL-1", Word.FAIL, "time to open", "7 s late"), drawn=3),
        tried("C2", cell("EXH-1", Word.FAIL, "time to cut", HOSTILE)),
        tried("R1"),
        tried("B1", cell("OVL-1", Word.ERROR, "LinkError")),
        tried("U1", cell("EXH-1", Word.FAIL, "money", "₹3.00 that nothing explains")),
    )
    path = tmp_path_factory.mktemp("page") / "selfcheck.html"
    render_selfcheck(document(found), path)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Markup:
    return parsed(html)


def test_it_says_that_no_meter_was_there_and_what_it_came_to(page: Markup) -> None:
    assert page.text.count(EMULATED) >= 3
    assert "Not sound" in page.text
    assert "R1 fault R1 REL-1: missed" in page.text
    assert "good meter 3 REL-1: FAIL: time to open: 7 s late" in page.text


def test_each_cell_has_a_sign_and_those_with_a_reason_say_it_on_hover(page: Markup) -> None:
    tips = [attributes["title"] or "" for tag, attributes in page.tags if tag == "td" and "title" in attributes]
    assert any(tip.startswith("C2 × EXH-1: caught\narrears_first: FAIL: time to cut") for tip in tips)
    assert any(tip.startswith("R1 × REL-1: missed") for tip in tips)
    assert all(kind.words in page.text for kind in KINDS.values())
    assert len({kind.sign for kind in KINDS.values()}) == len(KINDS)


def test_unlisted_faults_and_unverifiable_scenarios_stand_apart(page: Markup) -> None:
    assert "Unlisted faults: 1 of 1 caught" in page.text
    assert "money: ₹3.00 that nothing explains" in page.text
    assert "not promised: no overload" in page.text


def test_it_asks_for_nothing_and_runs_nothing(html: str, page: Markup) -> None:
    assert HOSTILE not in html
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "img", "iframe")]
    linked = [value for _, attributes in page.tags for key, value in attributes.items() if key in ("href", "src")]
    assert all(value and value.startswith("#") for value in linked)
    assert "default-src 'none'" in html
    assert "url(" not in html


def test_every_link_leads_to_its_fault(page: Markup) -> None:
    places = {attributes["id"] for _, attributes in page.tags if attributes.get("id")}
    links = {str(attributes["href"])[1:] for tag, attributes in page.tags if tag == "a"}
    assert links == {"fault-C2", "fault-R1", "fault-B1"}
    assert links <= places
