"""Two runs beside each other: a verdict that fell, one that rose, a time that moved, and what is no change at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rig.comparing import Comparison, compare
from rig.judged import judged_run
from tests.rig.small_runs import scenario, seconds, write_small_run

GOOD = scenario(time=[seconds(3.0, 3.1)], answer=42)


def compared(folder: Path, a: Any, b: Any, **of_b: Any) -> Comparison:
    """Both written and compared; `of_b` is what only the second run has."""
    first, second = write_small_run(folder / "a", a), write_small_run(folder / "b", b, **of_b)
    return compare(judged_run(first), judged_run(second))


def changes(found: Comparison) -> list[tuple[str, str, str, str, bool]]:
    return [(one.scenario, one.judgement, one.was, one.now, one.fell) for one in found.changed]


def test_nothing_changed(tmp_path: Path) -> None:
    found = compared(tmp_path, {"X-1": GOOD}, {"X-1": GOOD})
    assert (found.changed, found.moved, found.notes, found.exit_code) == ((), (), (), 0)


def test_a_verdict_that_fell_and_why(tmp_path: Path) -> None:
    found = compared(tmp_path, {"X-1": GOOD}, {"X-1": scenario(time=[seconds(3.0, 3.1)], answer=41)})
    assert changes(found) == [("X-1", "", "PASS", "FAIL", True), ("X-1", "answer", "PASS", "FAIL", True)]
    assert found.changed[1].words == "is 41; promised: 42"
    assert found.exit_code == 1


def test_a_verdict_that_rose_is_shown_and_leaves_the_exit_code_alone(tmp_path: Path) -> None:
    found = compared(tmp_path, {"X-1": scenario(answer=41)}, {"X-1": scenario(answer=42)})
    assert changes(found) == [("X-1", "", "FAIL", "PASS", False), ("X-1", "answer", "FAIL", "PASS", False)]
    assert found.exit_code == 0


def test_another_cause_of_the_same_word_is_a_change(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        {"X-1": scenario(time=[seconds(3, 3.1)], answer=41)},
        {"X-1": scenario(time=[seconds(30, 31)], answer=42)},
    )
    assert changes(found) == [("X-1", "time", "PASS", "FAIL", True), ("X-1", "answer", "FAIL", "PASS", False)]


def test_a_finding_that_came_and_one_that_went(tmp_path: Path) -> None:
    a = scenario(answer=42, findings={"money": "the balance is off"})
    b = scenario(answer=42, findings={"contact": "opened by itself"})
    found = compared(tmp_path, {"X-1": a}, {"X-1": b})
    assert changes(found) == [
        ("X-1", "finding: contact", "none", "FAIL", True),
        ("X-1", "finding: money", "FAIL", "none", False),
    ]


@pytest.mark.parametrize(
    ("was", "now", "by"),
    [
        ((3.0, 3.1), (3.1, 3.2), ""),
        ((3.0, 3.1), (3.05, 9.0), ""),
        ((3.0, 3.1), (3.2, 3.4), "later by 0.100 … 0.400 s"),
        ((3.2, 3.4), (3.0, 3.1), "earlier by 0.100 … 0.400 s"),
        ((3.0, 3.1), (5.0, None), "later by at least 1.900 s"),
        ((5.0, None), (3.0, 3.1), "earlier by at least 1.900 s"),
        ((5.0, None), (7.0, None), ""),
    ],
)
def test_a_time_moves_beyond_both_spans_or_not_at_all(
    tmp_path: Path, was: tuple[float, float | None], now: tuple[float, float | None], by: str
) -> None:
    found = compared(tmp_path, {"X-1": scenario(time=[seconds(*was)])}, {"X-1": scenario(time=[seconds(*now)])})
    assert [one.by for one in found.moved] == ([by] if by else [])


def test_a_moved_time_alone_is_only_printed(tmp_path: Path) -> None:
    found = compared(tmp_path, {"X-1": scenario(time=[seconds(3, 3.1)])}, {"X-1": scenario(time=[seconds(4, 4.1)])})
    assert len(found.moved) == 1 and found.exit_code == 0


def test_each_cycle_is_compared_with_its_own(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        {"X-1": scenario(time=[seconds(1, 1.1), seconds(2, 2.1)])},
        {"X-1": scenario(time=[seconds(1, 1.1), seconds(3, 3.1)])},
    )
    assert [(one.was, one.now) for one in found.moved] == [("2.000 … 2.100 s", "3.000 … 3.100 s")]


@pytest.mark.parametrize(("word", "fell"), [("not shown", True), ("not promised", False)])
def test_a_scenario_that_shows_no_more_what_it_showed(tmp_path: Path, word: str, fell: bool) -> None:
    found = compared(tmp_path, {"X-1": GOOD, "X-2": GOOD}, {"X-1": GOOD}, excluded={"X-2": word})
    assert changes(found) == [("X-2", "", "PASS", word, fell)]
    assert found.exit_code == int(fell)


def test_a_scenario_that_one_run_does_not_hold_is_no_fall(tmp_path: Path) -> None:
    found = compared(tmp_path, {"X-1": GOOD, "X-2": GOOD}, {"X-1": GOOD, "X-3": GOOD})
    assert changes(found) == [
        ("X-2", "", "PASS", "not in this run", False),
        ("X-3", "", "not in this run", "PASS", False),
    ]


def test_who_was_tested_under_which_rules_is_said(tmp_path: Path) -> None:
    other = {"firmware": "1.1", "map_": "odd_kwh", "policy": "postpaid"}
    found = compared(tmp_path, {"X-1": GOOD}, {"X-1": GOOD}, **other)
    assert found.notes == (
        "P01: firmware: 1.0, then 1.1",
        "P01: map: reference (referenc), then odd_kwh (odd_kwho)",
        "P01: policy: arrears_first (arrears_), then postpaid (postpaid)",
    )
    assert [side[0]["firmware"] for side in found.sides] == ["1.0", "1.1"]


def test_positions_are_paired_by_name_and_the_rest_is_said(tmp_path: Path) -> None:
    for side, names in (("a", ("P01", "P02")), ("b", ("P02", "P03"))):
        for name in names:
            word = 42 if side == "a" else 41
            write_small_run(tmp_path / side, {f"X-{name}": scenario(answer=word)}, position=name)
    found = compare(judged_run(tmp_path / "a"), judged_run(tmp_path / "b"))
    assert {one.position for one in found.changed} == {"P02"}
    assert found.notes == (
        "only in the first run, and not compared: P01",
        "only in the second run, and not compared: P03",
    )


def test_one_position_is_compared_with_the_other_whatever_they_are_called(tmp_path: Path) -> None:
    found = compared(tmp_path, {"X-1": GOOD}, {"X-1": scenario(time=[seconds(3, 3.1)], answer=1)}, position="P07")
    assert found.exit_code == 1


def test_the_data_says_what_is_emulated(tmp_path: Path) -> None:
    assert compared(tmp_path, {"X-1": GOOD}, {"X-1": GOOD}, emulated=True).as_json()["emulated"] == (
        "EMULATED, NOT A METER"
    )
