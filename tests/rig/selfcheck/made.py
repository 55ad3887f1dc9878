"""Statements, cells and trials made by hand, for tests of what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rig.scenario import Scenario
from rig.scenarios import shipped
from rig.selfcheck.cells import Cell, Reason, Trial, Tried
from rig.selfcheck.matrix import Matrix
from rig.selfcheck.set_ups import SetUp
from rig.selfcheck.statements import Statement
from rig.verdict import Word

SCENARIOS: tuple[Scenario, ...] = tuple(one for one, _ in shipped() if one.id in ("EXH-1", "OVL-1", "REL-1"))


def statement(id_: str = "C2", word: Word = Word.FAIL, counted: str = "", batch: str = "", **by: str) -> Statement:
    """A fault that must end in a word; `by` has scenarios with `_` for `-`, and the reason of each."""
    reasons = {scenario.replace("_", "-"): frozenset({reason}) for scenario, reason in by.items()}
    return Statement(id_, f"fault {id_}", "wallet", "what a good rig sees", batch, word, reasons, counted, None)


def cell(scenario: str, word: Word = Word.PASS, of: str = "", words: str = "why", **more: Any) -> Cell:
    """A cell with one reason, or none."""
    return Cell(scenario, word, (Reason(word, of, words),) if of else (), **more)


def tried(fault: str = "", *cells: Cell, policy: str = "arrears_first", **more: Any) -> Tried:
    """A trial with these cells; the other scenarios pass. `more`: seed, drawn, and fields of `Tried`."""
    trial = Trial(SetUp(policy), fault, more.pop("seed", 0), more.pop("drawn", None))
    said = {one.scenario: one for one in cells}
    excluded: Mapping[str, tuple[str, str]] = more.pop("excluded", {})
    every = tuple(said.get(one.id) or cell(one.id) for one in SCENARIOS if one.id not in excluded)
    return Tried(trial, every, excluded, **more)


def matrix(statements: Sequence[Statement], *trials: Tried) -> Matrix:
    """The matrix of these, after a good meter that passes everything where none was tried."""
    healthy = () if any(not one.trial.fault for one in trials) else (tried(),)
    return Matrix("type", SCENARIOS, tuple(statements), (*healthy, *trials))
