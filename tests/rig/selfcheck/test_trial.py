"""Meters through scenarios in virtual time, as a self-check puts them there."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig.catalogue import file_named
from rig.plan import load_plan
from rig.policy import load_policy
from rig.scenarios import shipped
from rig.selfcheck.cells import Cell, Piece, Trial, Tried
from rig.selfcheck.check import Asked, ready
from rig.selfcheck.set_ups import SetUp
from rig.selfcheck.statements import listed
from rig.selfcheck.trial import run_piece
from rig.verdict import Word


def words(tried: Tried) -> dict[str, Word]:
    return {one.scenario: one.word for one in tried.cells}


def one(trial: Trial, folder: Path, *scenarios: str) -> Tried:
    (found,) = run_piece(Piece((trial,)), scenarios, folder)
    assert not found.problem
    return found


def cell(tried: Tried, scenario: str) -> Cell:
    return next(one for one in tried.cells if one.scenario == scenario)


def test_a_good_meter_passes_and_its_edges_lie_in_their_spans(tmp_path: Path) -> None:
    found = one(Trial(SetUp()), tmp_path, "EXH-1", "REL-1", "EXH-8")
    assert words(found) == {"EXH-1": Word.PASS, "REL-1": Word.PASS}
    assert found.excluded["EXH-8"][0] == "not promised"
    assert found.edges >= 3
    assert found.strays == ()
    assert not list(tmp_path.rglob("*.jsonl"))


def test_a_fault_fails_by_the_name_of_its_judgement_and_in_words(tmp_path: Path) -> None:
    found = cell(one(Trial(SetUp(), "C2"), tmp_path, "EXH-1"), "EXH-1")
    reasons = {reason.of: reason.words for reason in found.reasons if reason.word is Word.FAIL}
    assert found.word is Word.FAIL
    assert "lies outside" in reasons["credit at the cut"]


def test_a_finding_has_its_kind_for_a_name(tmp_path: Path) -> None:
    found = cell(one(Trial(SetUp(), "K1"), tmp_path, "RCH-1"), "RCH-1")
    assert [reason.of for reason in found.reasons if reason.word is Word.FAIL] == ["implausible"]


def test_what_one_scenario_leaves_behind_keeps_no_other_from_its_own_word(tmp_path: Path) -> None:
    found = one(Trial(SetUp(), "R2"), tmp_path, "ARR-6", "EXH-2", "REL-6")
    assert set(words(found).values()) == {Word.FAIL}


def test_answers_that_the_line_threw_away_are_counted(tmp_path: Path) -> None:
    late = one(Trial(SetUp(), "K4"), tmp_path, "ARR-1", "RCH-1")
    assert any(cell.counted.get("rejected") for cell in late.cells)
    good = one(Trial(SetUp()), tmp_path, "ARR-1", "RCH-1")
    assert not any(cell.counted.get("rejected") for cell in good.cells)


def test_late_answers_blame_no_meter_whatever_they_meet(tmp_path: Path) -> None:
    found = one(Trial(SetUp(), "K4"), tmp_path, *(scenario.id for scenario, _ in shipped()))
    assert [cell for cell in found.cells if cell.word is Word.FAIL] == []


def test_a_later_set_up_runs_what_was_not_promised_and_what_may_catch(tmp_path: Path) -> None:
    piece = Piece((Trial(SetUp(), "A14"), Trial(SetUp("uppcl_2025_09"), "A14")), frozenset({"RCH-1"}))
    first, second = run_piece(piece, ["RCH-1", "EXH-1", "CHG-6", "EXH-8"], tmp_path)
    assert set(words(first)) == {"RCH-1", "EXH-1", "CHG-6"}
    assert set(words(second)) == {"RCH-1", "EXH-8"}


def test_a_set_up_with_other_promises_and_firmware(tmp_path: Path) -> None:
    set_up = SetUp(promises={"starting_current_a": '"0.02"'}, meter={"control_mode": 3})
    assert set_up.name == 'arrears_first, starting_current_a = "0.02", control_mode = 3'
    assert words(one(Trial(set_up), tmp_path, "REL-1")) == {"REL-1": Word.PASS}


@pytest.mark.parametrize("promises", [{"starting_current_a": "nothing"}, {"no_such_promise": "1"}])
def test_a_set_up_that_cannot_be_is_told(promises: dict[str, str], tmp_path: Path) -> None:
    (found,) = run_piece(Piece((Trial(SetUp(promises=promises)),)), ["REL-1"], tmp_path)
    assert next(iter(promises)) in found.problem
    assert str(tmp_path) not in found.problem


def test_meters_that_are_drawn_go_their_own_way(tmp_path: Path) -> None:
    found = one(Trial(SetUp(), "", 5, 5), tmp_path, "RCH-1", "IDL-1")
    assert all(one.word is Word.PASS for one in found.cells)


def test_every_scenario_meets_every_fault_in_some_set_up() -> None:
    """Whatever the plan's own policy has nothing to do with is promised by one of the few that come after it."""
    checking = ready(Asked(jobs=1))
    policies = {trial.set_up.policy for piece in checking.pieces for trial in piece.trials if trial.fault == "K4"}
    assert load_plan(file_named("plans", "type")).policy in policies
    assert 3 <= len(policies) <= 6
    loaded = [load_policy(file_named("policies", name)) for name in policies]
    about_none = [scenario.id for scenario in checking.scenarios if all(scenario.unless(policy) for policy in loaded)]
    assert about_none == []


def test_a_fault_runs_first_where_it_can_show() -> None:
    checking = ready(Asked(faults=("R8",), jobs=1))
    (piece,) = [piece for piece in checking.pieces if piece.trials[0].fault]
    assert piece.trials[0].set_up.map == "reference_3ph"
    assert piece.trials[1].set_up == SetUp()
    healthy = {piece.trials[0].set_up.name for piece in checking.pieces if not piece.trials[0].fault}
    assert healthy == {trial.set_up.name for trial in piece.trials}


def test_every_listed_fault_is_stated_with_scenarios_that_there_are() -> None:
    scenarios = {one.id for one, _ in shipped()}
    statements = listed(one for one, _ in shipped())
    assert {s.id: set(s.by) - scenarios for s in statements if set(s.by) - scenarios} == {}
